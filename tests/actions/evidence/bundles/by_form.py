"""The same things in another form: what a careless reader takes for what was signed.

``ways`` must be refused by every checker; ``harmless`` ones change nothing that was signed, and no
checker may raise an alarm at them. Each was thought of by somebody who wrote a checker from
``docs/evidence-format.md`` alone and looked for what the page leaves open.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from headstamp.evidence import base64, export
from headstamp.evidence.note import Signer, sign
from tests.actions.evidence.bundles.bundle import (
    Bundle,
    all_entries,
    entries_in,
    lines_of,
    statement,
    write_lines,
)

Tamper = Callable[[Bundle, Random], Bundle | None]


def ways() -> dict[str, Tamper]:
    """All that must be refused, by name."""
    return {
        "a tile one hash wider": widened, "a narrower tile beside it": narrower_too,
        "a full tile beside it": full_too, "a hash twice": hash_twice,
        "an entry in the next file": entry_moved, "a byte in the next file": byte_moved,
        "two checkpoints in one": _text(lambda text: text * 2),
        "carriage returns": _text(lambda text: text.replace("\n", "\r\n")),
        "a mark of byte order": _text(lambda text: "\ufeff" + text),
        "no line feed": _text(lambda text: text[:-1]), "one line feed more": _text(lambda text: text + "\n"),
        "a hyphen": _text(lambda text: text.replace("\N{EM DASH}", "-")),
        "a name with a wide space": _text(lambda text: text + "\N{EM DASH} a\u00a0b AAAAAAA=\n"),
        "a signature without padding": _text(lambda text: text + "\N{EM DASH} a AAAAAAA\n"),
        "a signature of four bytes": _text(lambda text: text + "\N{EM DASH} a AAAAAA==\n"),
        "a name in no encoding": bad_name, "the key signs and does not": also_wrong,
        "kept with carriage returns": _kept(lambda note: note.replace(b"\n", b"\r\n")),
        "kept without line feeds": _kept(lambda note: note.replace(b"\n", b"\r")),
        "kept with a mark of byte order": _kept(lambda note: b"\xef\xbb\xbf" + note),
        "kept, and no text": _kept(lambda _: b"\xff\xfe\0"), "kept, and empty": _kept(lambda _: b""),
        "kept with a line of other software": kept_extended,
        "a log without end": _resized(2**53 - 1), "a log beyond all numbers": _resized(2**53),
        "a count twice": _stated(lambda text: text.replace('"entries":', '"entries":1,"entries":')),
        "a count with a point": _stated(lambda text: text.replace(',"format"', '.0,"format"')),
        "a count with an exponent": _stated(lambda text: text.replace(',"format"', 'e0,"format"')),
        "a count of five thousand digits": _stated(
            lambda text: text.replace('"originals":', f'"originals":{"9" * 5000}')),
        "a count that is none": _stated(lambda text: text.replace('"originals":', '"originals":NaN,"x":')),
        "half a letter": _stated(lambda text: text.replace('"key":"', '"key":"\\ud800')),
        "lists in lists": _stated(lambda _: "[" * 100_000 + "]" * 100_000 + "\n"),
        "salts exchanged": salts_exchanged, "a byte of the value in the salt": byte_in_salt,
        "a value of what is withheld": shown_of_withheld,
        "the tiles by a link": _linked("tile"), "the entries by a link": _linked("tile/entries"),
        "the originals by a link": _linked("originals"), "a link to nowhere": to_nowhere,
        "originals that are no folder": no_folder, "a pipe": pipe, "a name in capitals": capitals,
        "a name in wide digits": wide_digits, "a name that a terminal obeys": escape,
    }


def harmless() -> dict[str, Tamper]:
    """All that change nothing that was signed, by name."""
    stranger = "\N{EM DASH} witness.example AAAAAAA=\n"
    return {
        "a stranger signs too": _text(lambda text: text + stranger),
        "a stranger signs first": _text(lambda text: text.replace("\n\n", f"\n\n{stranger}")),
        "a stranger of the log's name": _text(
            lambda text: text + f"\N{EM DASH} {text.partition(chr(10))[0]} AAAAAAA=\n"),
        "the key signs twice": _text(lambda text: text + text.rpartition("\n\n")[2]),
        "signatures in another order": signers_reordered, "an empty line of keys": no_changes,
        "fewer checkpoints": fewer, "a folder without files": empty_folder, "a file beside": file_beside,
    }


def _text(change: Callable[[str], str]) -> Tamper:
    """The latest checkpoint, its text changed."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        path = bundle.folder / export.CHECKPOINT
        path.write_bytes(change(path.read_bytes().decode("utf-8")).encode("utf-8"))
        return bundle
    return tamper


def _kept(change: Callable[[bytes], bytes]) -> Tamper:
    """A true checkpoint that was kept elsewhere, its bytes changed."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        return _with_kept(bundle, change((bundle.folder / export.CHECKPOINT).read_bytes()))
    return tamper


def _with_kept(bundle: Bundle, note: bytes) -> Bundle:
    kept = bundle.folder.parent / f"{bundle.folder.name}.kept"
    kept.write_bytes(note)
    return replace(bundle, against=(kept,))


def kept_extended(bundle: Bundle, random: Random) -> Bundle | None:
    text = (bundle.folder / export.CHECKPOINT).read_text("utf-8").rpartition("\n\n")[0]
    return _with_kept(bundle, sign(f"{text}\nmore\n", bundle.newest).encode("utf-8"))


def _stated(change: Callable[[str], str]) -> Tamper:
    """What the folder says of itself, in other letters."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        path = bundle.folder / export.STATEMENT
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        return bundle
    return tamper


def _resized(size: int) -> Tamper:
    """So large a log is signed and told of: nobody may make a list of all its tiles."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        path = bundle.folder / export.CHECKPOINT
        origin, _, *rest = path.read_text("utf-8").rpartition("\n\n")[0].split("\n")
        note = sign("\n".join((origin, str(size), *rest)) + "\n", bundle.newest)
        path.write_text(note, "utf-8")
        lines = [*lines_of(bundle, export.CHECKPOINTS)[:-1], json.dumps(note, ensure_ascii=False).encode() + b"\n"]
        told = json.loads((bundle.folder / export.STATEMENT).read_text("utf-8")) | {"entries": size}
        (bundle.folder / export.STATEMENT).write_text(
            json.dumps(told, sort_keys=True, separators=(",", ":")) + "\n", "utf-8")
        return write_lines(bundle, export.CHECKPOINTS, lines)
    return tamper


def _partial(bundle: Bundle) -> Path | None:
    return next((path for path in bundle.files("tile0") if path.parent.suffix == ".p"), None)


def widened(bundle: Bundle, random: Random) -> Bundle | None:
    path = _partial(bundle)
    if path is None:
        return None
    path.with_name(str(int(path.name) + 1)).write_bytes(path.read_bytes() + bytes(32))
    path.unlink()
    return bundle


def narrower_too(bundle: Bundle, random: Random) -> Bundle | None:
    path = _partial(bundle)
    if path is None or path.name == "1":
        return None
    path.with_name(str(int(path.name) - 1)).write_bytes(path.read_bytes()[:-32])
    return bundle


def full_too(bundle: Bundle, random: Random) -> Bundle | None:
    path = _partial(bundle)
    if path is None:
        return None
    path.parent.with_suffix("").write_bytes(path.read_bytes().ljust(8192, b"\0"))
    return bundle


def hash_twice(bundle: Bundle, random: Random) -> Bundle | None:
    path = random.choice(bundle.files("tile0"))
    data = path.read_bytes()
    if len(data) < 64:
        return None
    path.write_bytes(data[:32] * 2 + data[64:])
    return bundle


def entry_moved(bundle: Bundle, random: Random) -> Bundle | None:
    files = bundle.files("entries")
    if len(files) < 2:
        return None
    first, second = entries_in(files[0]), entries_in(files[1])
    if first[-1] == second[0]:
        return None
    first[-1], second[0] = second[0], first[-1]
    files[0].write_bytes(export.pack(first))
    files[1].write_bytes(export.pack(second))
    return bundle


def byte_moved(bundle: Bundle, random: Random) -> Bundle | None:
    files = bundle.files("entries")
    if len(files) < 2:
        return None
    first, second = files[0].read_bytes(), files[1].read_bytes()
    files[0].write_bytes(first[:-1])
    files[1].write_bytes(first[-1:] + second)
    return bundle


def bad_name(bundle: Bundle, random: Random) -> Bundle | None:
    path = bundle.folder / export.CHECKPOINT
    path.write_bytes(path.read_bytes() + b"\xe2\x80\x94 \xff AAAAAAA=\n")
    return bundle


def also_wrong(bundle: Bundle, random: Random) -> Bundle | None:
    """A second signature by name and id of the log's key, which does not hold."""
    path = bundle.folder / export.CHECKPOINT
    told = base64.encode(bundle.newest.hash + bytes(random.choice((1, 63, 64, 65))))
    path.write_text(path.read_text("utf-8") + f"\N{EM DASH} {bundle.newest.name} {told}\n", "utf-8")
    return bundle


def _shown(bundle: Bundle, change: Callable[[list[dict[str, object]]], bool]) -> Bundle | None:
    told = [json.loads(line) for line in lines_of(bundle, export.DISCLOSED)]
    if not change(told):
        return None
    return write_lines(bundle, export.DISCLOSED, [
        json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        for one in told])


def salts_exchanged(bundle: Bundle, random: Random) -> Bundle | None:
    def change(told: list[dict[str, object]]) -> bool:
        pairs = [(a, b) for a, b in itertools.pairwise(told) if a["entry"] == b["entry"]]
        if pairs:
            one, other = random.choice(pairs)
            one["salt"], other["salt"] = other["salt"], one["salt"]
        return bool(pairs)
    return _shown(bundle, change)


def byte_in_salt(bundle: Bundle, random: Random) -> Bundle | None:
    """The sum is the same: only the length of the salt tells where the value begins."""
    def change(told: list[dict[str, object]]) -> bool:
        if told:
            one = random.choice(told)
            value = str(one["value"])
            one["salt"] = base64.encode(base64.decode(str(one["salt"])) + value[:1].encode())
            one["value"] = value[1:]
        return bool(told)
    return _shown(bundle, change)


def shown_of_withheld(bundle: Bundle, random: Random) -> Bundle | None:
    entries = all_entries(bundle)
    if b"" not in entries:
        return None
    one = export.Disclosure(entries.index(b""), "make", bytes(16), b'"x"')
    some = [*map(export.Disclosure.parse, lines_of(bundle, export.DISCLOSED)), one]
    some.sort(key=lambda shown: (shown.entry, shown.field))
    stated = replace(statement(bundle), disclosed=len(some))
    (bundle.folder / export.STATEMENT).write_bytes(stated.text())
    return write_lines(bundle, export.DISCLOSED, [shown.line() for shown in some])


def _linked(name: str) -> Tamper:
    """A whole folder is elsewhere, and a link leads to it."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        path, away = bundle.folder / name, bundle.folder / "elsewhere"
        if not path.exists():
            return None
        path.rename(away)
        path.symlink_to(away, target_is_directory=True)
        return bundle
    return tamper


def _without_originals(bundle: Bundle) -> Path:
    place = bundle.folder / export.ORIGINALS
    shutil.rmtree(place, ignore_errors=True)
    (bundle.folder / export.STATEMENT).write_bytes(replace(statement(bundle), originals=0).text())
    return place


def to_nowhere(bundle: Bundle, random: Random) -> Bundle | None:
    _without_originals(bundle).symlink_to("nowhere")
    return bundle


def no_folder(bundle: Bundle, random: Random) -> Bundle | None:
    _without_originals(bundle).write_bytes(b"x")
    return bundle


def pipe(bundle: Bundle, random: Random) -> Bundle | None:
    """Whoever opens it waits for ever."""
    path = bundle.folder / random.choice((export.CHECKPOINT, export.DISCLOSED, "tile/pipe"))
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return bundle


def capitals(bundle: Bundle, random: Random) -> Bundle | None:
    return _renamed(bundle, str.upper)


def wide_digits(bundle: Bundle, random: Random) -> Bundle | None:
    return _renamed(bundle, lambda name: name.translate({ord(d): 0xFF10 + int(d) for d in "0123456789"}))


def _renamed(bundle: Bundle, change: Callable[[str], str]) -> Bundle | None:
    path = next((one for one in bundle.files("originals") if change(one.name) != one.name), None)
    if path is None:
        return None
    path.rename(path.with_name(change(path.name)))
    return bundle


def escape(bundle: Bundle, random: Random) -> Bundle | None:
    """It is told of, and the terminal stays as it is."""
    (bundle.folder / "tile" / "e\u0301\n\x1b[31m\udcff").write_bytes(b"x")
    return bundle


def signers_reordered(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.KEYS)
    if not lines:
        return None
    text, _, signatures = export.parse_checkpoint_line(lines[-1]).rpartition("\n\n")
    turned = "".join(reversed(signatures.splitlines(keepends=True)))
    return write_lines(bundle, export.KEYS, [*lines[:-1], export.checkpoint_line(f"{text}\n\n{turned}")])


def no_changes(bundle: Bundle, random: Random) -> Bundle | None:
    path = bundle.folder / export.KEYS
    if path.exists():
        return None
    path.write_bytes(b"")
    return bundle


def fewer(bundle: Bundle, random: Random) -> Bundle | None:
    """Old checkpoints are not handed on, and that is said."""
    lines = lines_of(bundle, export.CHECKPOINTS)
    (bundle.folder / export.STATEMENT).write_bytes(replace(statement(bundle), checkpoints=1).text())
    return write_lines(bundle, export.CHECKPOINTS, lines[-1:])


def empty_folder(bundle: Bundle, random: Random) -> Bundle | None:
    (bundle.folder / random.choice(("tile", export.ORIGINALS)) / "empty").mkdir(parents=True)
    return bundle


def file_beside(bundle: Bundle, random: Random) -> Bundle | None:
    stranger = Signer.generate("stranger.example")
    (bundle.folder / "note.txt").write_text(sign("not looked at\n", stranger), "utf-8")
    return bundle
