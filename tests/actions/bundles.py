"""Exported logs by the hundred, whole and tampered with, each by its seed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

from headstamp.actions.export_log import export_log
from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.note import Signer
from headstamp.evidence.tile import Tiles
from headstamp.evidence.tree import leaf_hash
from headstamp.records import Document, Item, Note, Photograph, Site
from headstamp.store.case import Case


@dataclass(frozen=True)
class Bundle:
    """A folder with what its checker was given by another way: the key, kept checkpoints."""

    folder: Path
    key: str
    against: tuple[Path, ...] = ()
    signer: Signer | None = field(default=None, repr=False)
    older: Path | None = None
    case: Path | None = None

    def files(self, of: str) -> list[Path]:
        """Its files of one class, in a fixed order."""
        globs = {"tile0": "tile/0/**/*", "tiles": "tile/[1-9]/**/*", "entries": "tile/entries/**/*",
                 "originals": "originals/*"}
        return sorted(p for p in self.folder.glob(globs.get(of, of)) if p.is_file())


def good(seed: int, folder: Path) -> Bundle:
    """A whole bundle of a small case; half of them with entries withheld from their reader."""
    random = Random(seed)
    case = Case.create(folder / "case")
    kept = folder / "kept"
    older = None
    many = random.choice((1, 2, 3, 40, 255, 256, 257, 300, 520))
    changes = random.randint(1, 4)
    clearance = random.choice(("public", "partner", "restricted", "sealed"))
    records = random.random() < 0.5
    for number in range(changes):
        with case.change(actor=random.choice(("A. Field", "Б. Хранитель", "ع")),
                         reason=random.choice(("", "entered on site", 'say "7\\1"\n\t\x7f'))) as change:
            site = Site.build(name=f"Mill {number}", tier=random.choice(("public", "partner", "sealed")))
            change.put(site)
            change.put_many([
                Note.build(about=site.id, text=f"n{n}",
                           tier=random.choice(("public", "partner", "sealed")))
                for n in range(many // changes)
            ])
            item = Item.build(make="x", tier="public")
            change.put(item)
            for version in range(random.randint(0, 3)):
                change.put(item.model_copy(update={"make": f"v{version}"}))
            for _ in range(random.randint(1, 3)):
                original = change.file(random.randbytes(random.choice((0, 1, 5000))))
                change.put(Document.build(title="d", digest=original.digest, tier="public"))
            original = change.file(random.randbytes(99))
            change.put(Photograph.build(digest=original.digest, tier="partner"))
        if number < changes - 1 and random.random() < 0.7:
            kept.write_text(case.checkpoint_note(), "utf-8")
            older = folder / f"older{number}"
            export_log(case, older, clearance=clearance)
    here = folder / "bundle"
    export_log(case, here, clearance=clearance, records=records, originals=random.random() < 0.8)
    signer = Signer.parse((case.folder / "keys/device.key").read_text("utf-8").strip())
    against = (kept,) if kept.exists() else ()
    case.close()
    return Bundle(here, case.verifier.text(), against, signer, older, case.folder)


# --- ways to tamper: each takes a copy of a good bundle and gives the bad one --------------

Tamper = Callable[[Bundle, Random], Bundle | None]
FILES = ("log.json", "checkpoint", "checkpoints.jsonl", "disclosed.jsonl", "tile0", "tiles",
         "entries", "originals")


@cache
def ways() -> dict[str, Tamper]:
    """All ways by name. One gives None where a bundle has nothing to do it to."""
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
        "rolled back": roll_back, "forked": fork, "another key": another_key,
        "signed nonsense": signed_nonsense, "cut and signed": cut_and_signed,
        "foreign checkpoint": foreign_checkpoint,
    }


def tampered(whole: Bundle, way: str, seed: int, folder: Path) -> Bundle | None:
    """A copy of a whole bundle, tampered with that way; None where that cannot be done to it."""
    shutil.copytree(whole.folder, folder, symlinks=True)
    return ways()[way](replace(whole, folder=folder), Random(seed))


def _on_a_file(of: str, act: Callable[[Path, Random], bool]) -> Tamper:
    def tamper(bundle: Bundle, random: Random) -> Bundle | None:
        files = bundle.files(of)
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


def _entries(path: Path) -> list[bytes]:
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : end])
        at = end
    return found


def _in_a_bundle(bundle: Bundle, random: Random, least: int, shown: bool = True) -> tuple[
        Path, list[bytes], list[int]] | None:
    files = [p for p in bundle.files("entries")
             if len([e for e in _entries(p) if e or not shown]) >= least]
    if not files:
        return None
    path = random.choice(files)
    some = _entries(path)
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


def _lines(bundle: Bundle, name: str) -> list[bytes]:
    return (bundle.folder / name).read_bytes().splitlines(keepends=True)


def _to(bundle: Bundle, name: str, lines: list[bytes]) -> Bundle:
    (bundle.folder / name).write_bytes(b"".join(lines))
    return bundle


def replay_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    older = _lines(bundle, export.CHECKPOINTS)[:-1]
    (bundle.folder / export.CHECKPOINT).write_text(json.loads(random.choice(older)), "utf-8")
    return bundle


def foreign_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    """A good checkpoint of another log in the place of the latest."""
    signer = Signer.generate("headstamp.local/other")
    note = sign_checkpoint(Checkpoint("headstamp.local/other", 5, bytes(32)), signer)
    (bundle.folder / export.CHECKPOINT).write_text(note, "utf-8")
    return bundle


def swap_checkpoints(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.CHECKPOINTS)
    one, other = random.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return _to(bundle, export.CHECKPOINTS, lines)


def drop_checkpoint(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.CHECKPOINTS)
    del lines[random.randrange(len(lines))]
    return _to(bundle, export.CHECKPOINTS, lines)


def edit_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.DISCLOSED)
    if not lines:
        return None
    at = random.randrange(len(lines))
    told = json.loads(lines[at])
    what = random.choice(("value", "salt", "field", "entry"))
    told[what] = {"value": '"another"', "salt": "AAAAAAAAAAAAAAAAAAAAAA==", "field": "zz",
                  "entry": told["entry"] + 1}[what]
    lines[at] = (json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
    return _to(bundle, export.DISCLOSED, lines)


def swap_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.DISCLOSED)
    if len(lines) < 2:
        return None
    at = random.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return _to(bundle, export.DISCLOSED, lines)


def drop_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.DISCLOSED)
    if not lines:
        return None
    del lines[random.randrange(len(lines))]
    return _to(bundle, export.DISCLOSED, lines)


def repeat_shown(bundle: Bundle, random: Random) -> Bundle | None:
    lines = _lines(bundle, export.DISCLOSED)
    if not lines:
        return None
    lines.insert(at := random.randrange(len(lines)), lines[at])
    return _to(bundle, export.DISCLOSED, lines)


def other_count(bundle: Bundle, random: Random) -> Bundle | None:
    stated = export.Statement.parse((bundle.folder / export.STATEMENT).read_bytes())
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


# --- by one who holds the key: only what was kept elsewhere shows it, or the form of entries -----


def _all_entries(bundle: Bundle) -> list[bytes]:
    stated = export.Statement.parse((bundle.folder / export.STATEMENT).read_bytes())
    paths = [p for p, (level, _, _) in export.paths_of(stated.entries).items() if level < 0]
    return [entry for path in paths for entry in _entries(bundle.folder / path)]


def _rewrite(bundle: Bundle, entries: list[bytes], signer: Signer, old: list[bytes]) -> Bundle:
    """The same folder around other entries, signed anew: faultless by itself."""
    stated = export.Statement.parse((bundle.folder / export.STATEMENT).read_bytes())
    sizes = [int(json.loads(line).split("\n")[1]) for line in _lines(bundle, export.CHECKPOINTS)]
    leaves = b"".join((bundle.folder / p).read_bytes() for p, (level, _, _) in
                      export.paths_of(stated.entries).items() if level == 0)
    shutil.rmtree(bundle.folder / "tile")
    sizes = sorted({min(size, len(entries)) for size in sizes} | {len(entries)})
    tiles, notes, made = Tiles(), [], {}
    for number in range(len(entries) + 1):
        if number in sizes:
            made_at = Checkpoint(signer.name, number, tiles.root())
            notes.append(sign_checkpoint(made_at, signer))
        if number < len(entries):
            leaf = leaf_hash(entries[number]) if entries[number] else leaves[32 * number : 32 * number + 32]
            for level, index, hashes in tiles.add([leaf]):
                made[level, index] = hashes
    edge = dict(enumerate(tiles.partial()))
    for path, (level, index, width) in export.paths_of(len(entries)).items():
        data = made.get((level, index), edge.get(level, b"")) if level >= 0 else export.pack(
            entries[256 * index : 256 * index + width])
        (bundle.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (bundle.folder / path).write_bytes(data)
    (bundle.folder / export.CHECKPOINT).write_text(notes[-1], "utf-8")
    _to(bundle, export.CHECKPOINTS, [export.checkpoint_line(note) for note in notes])
    # What is shown of entries that are no longer the same is shown no longer.
    shown = [line for line in map(export.Disclosure.parse, _lines(bundle, export.DISCLOSED))
             if shown_still(line, entries, old)]
    _to(bundle, export.DISCLOSED, [line.line() for line in shown])
    digests = {one.original() for one in shown} - {None}
    if stated.originals:
        for path in bundle.files("originals"):
            if path.name not in digests:
                path.unlink()
    new = export.Statement(signer.verifier_key, len(entries), entries.count(b""), len(notes), len(shown),
                           len(digests) if stated.originals else 0)
    (bundle.folder / export.STATEMENT).write_bytes(new.text())
    return bundle


def shown_still(one: export.Disclosure, entries: list[bytes], old: list[bytes]) -> bool:
    """Whether a shown value's entry is where and what it was."""
    return one.entry < len(entries) and entries[one.entry] == old[one.entry]


def _kept(bundle: Bundle) -> Bundle:
    """The same with its latest checkpoint kept elsewhere before it was tampered with."""
    kept = bundle.folder.parent / f"{bundle.folder.name}.kept"
    shutil.copyfile(bundle.folder / export.CHECKPOINT, kept)
    return replace(bundle, against=(kept,))


def roll_back(bundle: Bundle, random: Random) -> Bundle | None:
    """An older folder, whole by itself, in the place of the new one."""
    if bundle.older is None:
        return None
    bundle = _kept(bundle)
    shutil.rmtree(bundle.folder)
    shutil.copytree(bundle.older, bundle.folder)
    return bundle


def cut_and_signed(bundle: Bundle, random: Random) -> Bundle | None:
    """The last entries taken away, and a new checkpoint signed."""
    old = _all_entries(bundle)
    assert bundle.signer is not None
    return _rewrite(_kept(bundle), old[: random.randrange(len(old))], bundle.signer, old)


def fork(bundle: Bundle, random: Random) -> Bundle | None:
    """One entry's reason or actor edited, the whole log rewritten and signed by its own key."""
    old = _all_entries(bundle)
    places = [n for n, entry in enumerate(old) if entry]
    assert bundle.signer is not None
    if not places:
        return None
    at, new = random.choice(places), list(old)
    told = json.loads(old[at])
    told[random.choice(("actor", "reason"))] += " (edited)"
    new[at] = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return _rewrite(_kept(bundle), new, bundle.signer, old)


def another_key(bundle: Bundle, random: Random) -> Bundle | None:
    """All signed anew by another key, which the folder itself then names."""
    old = _all_entries(bundle)
    name = random.choice((bundle.key.split("+")[0], "headstamp.local/other"))
    return _rewrite(replace(bundle, against=()), old, Signer.generate(name), old)


def signed_nonsense(bundle: Bundle, random: Random) -> Bundle | None:
    """An entry that is none by its form, put in and signed by the log's own key."""
    old = _all_entries(bundle)
    places = [n for n, entry in enumerate(old) if entry]
    assert bundle.signer is not None
    if not places:
        return None
    at, new = random.choice(places), list(old)
    told = json.loads(old[at])
    nonsense = random.choice((
        {"version": 0}, {"version": told["version"] + len(old) + 5}, {"version": True}, {"act": "erase"},
        {"version": "1"}, {"actor": ""}, {"id": ""}, {"kind": "item"}, {"kind": "Item/1"},
        {"at": "2026-02-30T00:00:00.000000Z"}, {"at": told["at"][:-2] + "Z"}, {"at": "now"},
        {"at": "0000-01-01T00:00:00.000000Z"}, {"at": "2026-01-01T00:00:60.000000Z"},
        {"fields": {"a b": "A" * 43 + "="}}, {"fields": {"a": "A" * 42 + "B="}}, {"fields": {"a": "AA=="}},
        {"fields": {"a": 1}}, {"fields": []}, {"reason": None}, {"more": 1}, {"reason": "x" * 65_500},
    ))
    text = json.dumps(told | nonsense, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    spelling = random.choice((0, 0, 0, 1, 2, 3))
    if spelling == 1:
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    elif spelling == 2:
        text = json.dumps(dict(reversed(told.items())), ensure_ascii=False, separators=(",", ":"))
    elif spelling == 3:
        text = text.replace('"act":', '"act":"put","act":', 1)
    new[at] = text.encode()[:65_535]
    return _rewrite(replace(bundle, against=()), new, bundle.signer, old)
