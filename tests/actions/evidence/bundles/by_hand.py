"""Ways to tamper without a key: each takes a copy of a good bundle and gives the bad one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random

from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from headstamp.evidence.key_line import REPLACED, REVOKED, KeyChange
from headstamp.evidence.note import Signer, sign
from headstamp.evidence.tree import leaf_hash
from tests.actions.evidence.bundles.bundle import (
    Bundle,
    entries_in,
    lines_of,
    statement,
    write_lines,
)

# Gives None where a bundle has nothing to do it to.
Tamper = Callable[[Bundle, Random], Bundle | None]
FILES = ("log.json", "checkpoint", "checkpoints.jsonl", "keys.jsonl", "disclosed.jsonl", "tile0", "tiles",
         "entries", "originals")


def ways() -> dict[str, Tamper]:
    """All of them by name."""
    found: dict[str, Tamper] = {}
    for of in FILES:
        for name, act in (("flip", flip), ("cut", cut), ("add", add), ("drop", drop), ("empty", empty),
                          ("byte", byte)):
            found[f"{name} {of}"] = _on_a_file(of, act)
        found[f"link {of}"] = _linked(of)
    return found | {
        "swap entries": swap_entries, "drop entry": drop_entry, "repeat entry": repeat_entry,
        "withhold unsaid": withhold, "edit entry": edit_entry, "edit entry and leaf": edit_leaf,
        "stray tile": stray_tile, "stray original": stray_original, "swap tiles": swap_tiles,
        "swap originals": swap_originals, "replay checkpoint": replay_checkpoint,
        "swap checkpoints": swap_checkpoints, "drop a checkpoint": drop_checkpoint,
        "edit shown value": edit_shown, "swap shown": swap_shown, "drop shown": drop_shown,
        "repeat shown": repeat_shown, "other count": other_count, "loose base64": loose_base64,
        "foreign checkpoint": foreign_checkpoint, "swap key changes": swap_key_changes,
        "drop a key change": drop_key_change, "repeat a key change": repeat_key_change,
        "a stranger's key change": strange_key_change,
    }


def _on_a_file(of: str, act: Callable[[Path, Random], bool]) -> Tamper:
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        files = bundle.files(of)
        # A signature of an old key that can no longer be read is one that is not there: who
        # knows the newest key needs none.
        if of == "keys.jsonl" and not (bundle.key == bundle.held[0].signer.verifier_key and all(
                held.witnessed for held in bundle.held)):
            return None
        return bundle if files and act(random.choice(files), random) else None
    return tamper


def flip(path: Path, random: Random) -> bool:
    """One bit is another."""
    data = bytearray(path.read_bytes())
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        path.write_bytes(data)
    return bool(data)


def byte(path: Path, random: Random) -> bool:
    """One byte becomes one that means something in some of the formats."""
    data = bytearray(path.read_bytes())
    places = list(range(len(data)))
    if not places:
        return False
    at = random.choice(places)
    new = random.choice([b for b in b'\0\n \t"\\+=/AZaz09{}[],:x\xff\xc3' if b != data[at]])
    data[at] = new
    path.write_bytes(data)
    return True


def cut(path: Path, random: Random) -> bool:
    """The end is gone."""
    data = path.read_bytes()
    path.write_bytes(data[: random.randrange(len(data))] if data else b"")
    return bool(data)


def add(path: Path, random: Random) -> bool:
    """Something follows."""
    path.write_bytes(path.read_bytes() + random.choice((b"\n", b"\0", b"x", b" ", b"\0\0", b"{}\n")))
    return True


def drop(path: Path, random: Random) -> bool:
    """The file is gone."""
    path.unlink()
    return True


def empty(path: Path, random: Random) -> bool:
    """The file is there and empty."""
    had = path.stat().st_size > 0
    path.write_bytes(b"")
    return had


def _linked(of: str) -> Tamper:
    """The same bytes by way of a link to somewhere else: a link is no plain file."""
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        files = bundle.files(of)
        if not files:
            return None
        path, away = random.choice(files), bundle.folder / "elsewhere"
        path.rename(away)
        path.symlink_to(away)
        return bundle
    return tamper


def _in_a_bundle(bundle: Bundle, random: Random, least: int, shown: bool = True) -> tuple[
        Path, list[bytes], list[int]] | None:
    files = [p for p in bundle.files("entries")
             if len([e for e in entries_in(p) if e or not shown]) >= least]
    if not files:
        return None
    path = random.choice(files)
    some = entries_in(path)
    places = [n for n, entry in enumerate(some) if entry or not shown]
    return path, some, random.sample(places, least)


def swap_entries(bundle: Bundle, random: Random) -> Bundle | None:
    found = _in_a_bundle(bundle, random, 2)
    if found is None:
        return None
    path, some, (one, other) = found
    some[one], some[other] = some[other], some[one]
    path.write_bytes(export.pack(some))
    return bundle


def drop_entry(bundle: Bundle, random: Random) -> Bundle | None:
    found = _in_a_bundle(bundle, random, 1, shown=False)
    if found is None:
        return None
    path, some, (one,) = found
    del some[one]
    path.write_bytes(export.pack(some))
    return bundle


def repeat_entry(bundle: Bundle, random: Random) -> Bundle | None:
    found = _in_a_bundle(bundle, random, 1)
    if found is None:
        return None
    path, some, (one,) = found
    some.insert(one, some[one])
    path.write_bytes(export.pack(some))
    return bundle


def withhold(bundle: Bundle, random: Random) -> Bundle | None:
    found = _in_a_bundle(bundle, random, 1)
    if found is None:
        return None
    path, some, (one,) = found
    some[one] = b""
    path.write_bytes(export.pack(some))
    return bundle


def _edited(entry: bytes, random: Random) -> bytes:
    told = json.loads(entry)
    what = random.choice(("actor", "reason", "id", "at", "field"))
    if what == "field" and told["fields"]:
        told["fields"].pop(random.choice(sorted(told["fields"])))
    elif what == "at":
        told["at"] = "1999" + told["at"][4:]
    else:
        told[what if what != "field" else "reason"] += "x"
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def edit_entry(bundle: Bundle, random: Random) -> Bundle | None:
    found = _in_a_bundle(bundle, random, 1)
    if found is None:
        return None
    path, some, (one,) = found
    some[one] = _edited(some[one], random)
    path.write_bytes(export.pack(some))
    return bundle


def edit_leaf(bundle: Bundle, random: Random) -> Bundle | None:
    """The entry and its leaf agree; the rest of the tree does not."""
    found = _in_a_bundle(bundle, random, 1)
    if found is None:
        return None
    path, some, (one,) = found
    some[one] = _edited(some[one], random)
    path.write_bytes(export.pack(some))
    tile = Path(str(path).replace("/tile/entries/", "/tile/0/"))
    data = bytearray(tile.read_bytes())
    data[32 * one : 32 * one + 32] = leaf_hash(some[one])
    tile.write_bytes(data)
    return bundle


def stray_tile(bundle: Bundle, random: Random) -> Bundle | None:
    name = random.choice(("tile/0/999", "tile/entries/998.p/3", "tile/9/000.p/1", "tile/x", "tile/0/a/b"))
    (bundle.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (bundle.folder / name).write_bytes(b"\0" * 32)
    return bundle


def stray_original(bundle: Bundle, random: Random) -> Bundle | None:
    data = random.randbytes(9)
    (bundle.folder / "originals").mkdir(exist_ok=True)
    name = random.choice((sha256(data).hexdigest(), "readme.txt", ".hidden"))
    (bundle.folder / "originals" / name).write_bytes(data)
    return bundle


def _swap_files(files: list[Path], random: Random) -> bool:
    pairs = [(a, b) for a in files for b in files if a < b and a.read_bytes() != b.read_bytes()]
    if not pairs:
        return False
    one, other = random.choice(pairs)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return True


def swap_tiles(bundle: Bundle, random: Random) -> Bundle | None:
    return bundle if _swap_files(bundle.files("tile0") + bundle.files("tiles"), random) else None


def swap_originals(bundle: Bundle, random: Random) -> Bundle | None:
    return bundle if _swap_files(bundle.files("originals"), random) else None


def replay_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    older = lines_of(bundle, export.CHECKPOINTS)[:-1]
    (bundle.folder / export.CHECKPOINT).write_text(json.loads(random.choice(older)), "utf-8")
    return bundle


def foreign_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    """A good checkpoint of another log in the place of the latest."""
    signer = Signer.generate("headstamp.local/other")
    note = sign_checkpoint(Checkpoint("headstamp.local/other", 5, bytes(32)), signer)
    (bundle.folder / export.CHECKPOINT).write_text(note, "utf-8")
    return bundle


def swap_checkpoints(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.CHECKPOINTS)
    one, other = random.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return write_lines(bundle, export.CHECKPOINTS, lines)


def drop_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.CHECKPOINTS)
    del lines[random.randrange(len(lines))]
    return write_lines(bundle, export.CHECKPOINTS, lines)


def edit_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.DISCLOSED)
    if not lines:
        return None
    at = random.randrange(len(lines))
    told = json.loads(lines[at])
    what = random.choice(("value", "salt", "field", "entry"))
    told[what] = {"value": '"another"', "salt": "AAAAAAAAAAAAAAAAAAAAAA==", "field": "zz",
                  "entry": told["entry"] + 1}[what]
    lines[at] = (json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
    return write_lines(bundle, export.DISCLOSED, lines)


def swap_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.DISCLOSED)
    if len(lines) < 2:
        return None
    at = random.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return write_lines(bundle, export.DISCLOSED, lines)


def drop_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.DISCLOSED)
    if not lines:
        return None
    del lines[random.randrange(len(lines))]
    return write_lines(bundle, export.DISCLOSED, lines)


def repeat_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.DISCLOSED)
    if not lines:
        return None
    lines.insert(at := random.randrange(len(lines)), lines[at])
    return write_lines(bundle, export.DISCLOSED, lines)


def other_count(bundle: Bundle, random: Random) -> Bundle | None:
    stated = statement(bundle)
    what = random.choice(("entries", "withheld", "checkpoints", "disclosed", "originals"))
    other = replace(stated, **{what: getattr(stated, what) + random.choice((1, 255, 10**9))})
    (bundle.folder / export.STATEMENT).write_bytes(other.text())
    return bundle


def loose_base64(bundle: Bundle, random: Random) -> Bundle | None:
    """The spare bits of a signature's last letter: lenient readers do not see them."""
    path = bundle.folder / export.CHECKPOINT
    text = path.read_text("utf-8")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("\n=")) - 1
    path.write_text(text[:at] + letters[letters.index(text[at]) ^ 1] + text[at + 1 :], "utf-8")
    return bundle


def swap_key_changes(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.KEYS)
    if len(lines) < 2:
        return None
    at = random.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return write_lines(bundle, export.KEYS, lines)


def drop_key_change(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.KEYS)
    if not lines:
        return None
    del lines[random.randrange(len(lines))]
    return write_lines(bundle, export.KEYS, lines)


def repeat_key_change(bundle: Bundle, random: Random) -> Bundle | None:
    lines = lines_of(bundle, export.KEYS)
    if not lines:
        return None
    lines.insert(at := random.randrange(len(lines)), lines[at])
    return write_lines(bundle, export.KEYS, lines)


def strange_key_change(bundle: Bundle, random: Random) -> Bundle | None:
    """One more change, of which only its own new key knows."""
    latest = (bundle.folder / export.CHECKPOINT).read_text("utf-8")
    at = open_checkpoint(latest, bundle.newest.verifier)
    stranger = Signer.generate(bundle.newest.name)
    change = KeyChange(at.origin, at.size, at.root, bundle.newest.verifier, stranger.verifier,
                       random.choice((REPLACED, REVOKED)))
    signers = random.choice(((stranger,), (stranger, Signer.generate(at.origin))))
    line = export.checkpoint_line(sign(change.text(), *signers))
    return write_lines(bundle, export.KEYS, [*lines_of(bundle, export.KEYS), line])
