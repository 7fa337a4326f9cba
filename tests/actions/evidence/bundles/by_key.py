"""Ways to tamper for somebody who holds keys of the log. The form of entries shows some of them;
the others only a checkpoint shows that was kept elsewhere, or the key that was told by another way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from random import Random

from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from headstamp.evidence.key_line import REPLACED, REVOKED, KeyChange
from headstamp.evidence.note import Signer, Verifier, sign
from headstamp.evidence.tile import Tiles
from headstamp.evidence.tree import leaf_hash
from tests.actions.evidence.bundles.bundle import (
    Bundle,
    Held,
    all_entries,
    lines_of,
    statement,
    write_lines,
)

Tamper = Callable[[Bundle, Random], Bundle | None]


def ways() -> dict[str, Tamper]:
    """All of them by name."""
    return {
        "rolled back": roll_back, "forked": fork, "another key": another_key,
        "signed nonsense": signed_nonsense, "cut and signed": cut_and_signed,
        "nonsense of other logs": signed_nonsense_of, "signed by a retired key": retired_signs,
        "kept checkpoint of a retired key": retired_kept, "key change without the new key": unsigned_change,
        "key change of another root": another_root, "key change beyond the log": change_beyond,
        "a key comes back": key_comes_back, "a key that anybody has": weak_key, "an older key and an unwitnessed change": nobody_vouches,
    }


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _rewrite(bundle: Bundle, entries: list[bytes], held: tuple[Held, ...], old: list[bytes]) -> Bundle:
    """The same folder around other entries, signed anew by these keys: faultless by itself."""
    stated = statement(bundle)
    held = tuple(one for one in held if one.since <= len(entries))
    sizes = [int(json.loads(line).split("\n")[1]) for line in lines_of(bundle, export.CHECKPOINTS)]
    leaves = b"".join((bundle.folder / p).read_bytes() for p, (level, _, _) in
                      export.paths_of(stated.entries).items() if level == 0)
    shutil.rmtree(bundle.folder / "tile")
    sizes = sorted({min(size, len(entries)) for size in sizes} | {len(entries)})
    tiles, notes, made, changes = Tiles(), [], {}, []
    origin = held[0].signer.name
    for number in range(len(entries) + 1):
        signer = [one.signer for one in held if one.since <= number][-1]
        if number in sizes:
            notes.append(sign_checkpoint(Checkpoint(origin, number, tiles.root()), signer))
        for before, one in pairwise(held):
            if one.since == number:
                change = KeyChange(origin, number, tiles.root(), before.signer.verifier,
                                   one.signer.verifier, one.why)
                by = (before.signer, one.signer) if one.witnessed else (one.signer,)
                changes.append(export.checkpoint_line(sign(change.text(), *by)))
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
    write_lines(bundle, export.CHECKPOINTS, [export.checkpoint_line(note) for note in notes])
    (bundle.folder / export.KEYS).unlink(missing_ok=True)
    if changes:
        write_lines(bundle, export.KEYS, changes)
    # What is shown of entries that are no longer the same is shown no longer.
    shown = [line for line in map(export.Disclosure.parse, lines_of(bundle, export.DISCLOSED))
             if shown_still(line, entries, old)]
    write_lines(bundle, export.DISCLOSED, [line.line() for line in shown])
    digests = {one.original() for one in shown} - {None}
    if stated.originals:
        for path in bundle.files("originals"):
            if path.name not in digests:
                path.unlink()
    new = export.Statement(held[0].signer.verifier_key, len(entries), entries.count(b""), len(notes),
                           len(shown), len(digests) if stated.originals else 0)
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
    old = all_entries(bundle)
    return _rewrite(_kept(bundle), old[: random.randrange(len(old))], bundle.held, old)


def fork(bundle: Bundle, random: Random) -> Bundle | None:
    """One entry's reason or actor edited, the whole log rewritten and signed by its own key."""
    old = all_entries(bundle)
    places = [n for n, entry in enumerate(old) if entry]
    if not places:
        return None
    at, new = random.choice(places), list(old)
    told = json.loads(old[at])
    told[random.choice(("actor", "reason"))] += " (edited)"
    new[at] = _canonical(told)
    return _rewrite(_kept(bundle), new, bundle.held, old)


def another_key(bundle: Bundle, random: Random) -> Bundle | None:
    """All signed anew by another key, which the folder itself then names."""
    old = all_entries(bundle)
    name = random.choice((bundle.key.split("+")[0], "headstamp.local/other"))
    strangers = (Held(0, Signer.generate(name)),)
    return _rewrite(replace(bundle, against=()), old, strangers, old)


def signed_nonsense(bundle: Bundle, random: Random) -> Bundle | None:
    """An entry that is none by its form, put in and signed by the log's own key."""
    old = all_entries(bundle)
    places = [n for n, entry in enumerate(old) if entry]
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
    return _rewrite(replace(bundle, against=()), new, bundle.held, old)


# Nothing that may stand as `of` of an act; {} stands for an act alone.
_OF = (
    {"act": "take"}, {"act": "settle"}, {"act": "put", "of": []}, {"act": "put", "of": ["a 1"]},
    {"act": "take", "of": []}, {"act": "take", "of": None}, {"act": "take", "of": "a 1"},
    {"act": "take", "of": {"a 1": 1}}, {"act": "take", "of": ["a 1", 1]}, {"act": "take", "of": [["a 1"]]},
    {"act": "take", "of": ["a"]}, {"act": "take", "of": ["a 01"]}, {"act": "take", "of": ["a -1"]},
    {"act": "take", "of": ["a  1"]}, {"act": "take", "of": [" 1"]}, {"act": "take", "of": ["a 1 "]},
    {"act": "take", "of": ["a b 1"]}, {"act": "take", "of": ["a+b 1"]}, {"act": "take", "of": ["a\u00a0b 1"]},
    {"act": "take", "of": ["a\u2028b 1"]}, {"act": "take", "of": ["a\u0085b 1"]},
    {"act": "take", "of": ["a\u3000b 1"]}, {"act": "take", "of": ["a\tb 1"]}, {"act": "take", "of": ["a\x1fb 1"]},
    {"act": "take", "of": ["a\x7fb 1"]}, {"act": "take", "of": ["a\u00a01"]}, {"act": "take", "of": ["a 1.0"]},
    {"act": "take", "of": ["a 12345678901234567"]}, {"act": "take", "of": ["x" * 1001 + " 1"]},
    {"act": "take", "of": ["a 1", "a 1"]}, {"act": "take", "of": ["b 1", "a 1", "c 1", "a 1"]},
    {"act": "hold", "of": ["a 1", "c 1", "b 1"]}, {"act": "same", "of": ["a 1", "a 9", "a 10"]},
    {"act": "settle", "of": ["b 1", "a 1"]}, {"act": "settle", "of": ["a 1", "a 1"]},
    {"act": "settle", "of": ["\U0001f600 1", "\ufb33 1"]}, {"act": "settle", "of": ["a \u0661"]},
    {"act": "Take", "of": ["a 1"]}, {"act": "merge", "of": ["a 1"]}, {"act": ["take"], "of": ["a 1"]},
)


def signed_nonsense_of(bundle: Bundle, random: Random) -> Bundle | None:
    """An entry that names versions of other logs as none may, signed by the log's own key."""
    old = all_entries(bundle)
    places = [n for n, entry in enumerate(old) if entry]
    if not places:
        return None
    at, new = random.choice(places), list(old)
    told = json.loads(old[at])
    told.pop("of", None)
    new[at] = _canonical(told | random.choice(_OF))
    return _rewrite(replace(bundle, against=()), new, bundle.held, old)


# --- with the keys themselves ------------------------------------------------------------


def _latest(bundle: Bundle) -> Checkpoint:
    note = (bundle.folder / export.CHECKPOINT).read_text("utf-8")
    return open_checkpoint(note, bundle.newest.verifier)


def retired_signs(bundle: Bundle, random: Random) -> Bundle | None:
    """The latest checkpoint is signed by a key that was replaced before."""
    if len(bundle.held) < 2:
        return None
    note = sign_checkpoint(_latest(bundle), random.choice(bundle.held[:-1]).signer)
    if random.random() < 0.5:  # by both: that makes it no better
        note = sign(_latest(bundle).text(), random.choice(bundle.held[:-1]).signer, bundle.newest)
    (bundle.folder / export.CHECKPOINT).write_text(note, "utf-8")
    lines = lines_of(bundle, export.CHECKPOINTS)[:-1]
    return write_lines(bundle, export.CHECKPOINTS, [*lines, export.checkpoint_line(note)])


def retired_kept(bundle: Bundle, random: Random) -> Bundle | None:
    """A checkpoint that was kept elsewhere, true but for the key that signed it."""
    if len(bundle.held) < 2:
        return None
    kept = bundle.folder.parent / f"{bundle.folder.name}.kept"
    signer = random.choice(bundle.held[:-1]).signer
    kept.write_text(sign_checkpoint(_latest(bundle), signer), "utf-8")
    return replace(bundle, against=(kept,))


def _changes(bundle: Bundle) -> list[KeyChange]:
    notes = [export.parse_checkpoint_line(line) for line in lines_of(bundle, export.KEYS)]
    return [KeyChange.parse(note.rpartition("\n\n")[0] + "\n") for note in notes]


def _resigned(bundle: Bundle, at: int, text: str, *signers: Signer) -> Bundle:
    lines = lines_of(bundle, export.KEYS)
    lines[at : at + 1] = [export.checkpoint_line(sign(text, *signers))]
    return write_lines(bundle, export.KEYS, lines)


def unsigned_change(bundle: Bundle, random: Random) -> Bundle | None:
    changes = _changes(bundle)
    if not changes:
        return None
    at = random.randrange(len(changes))
    return _resigned(bundle, at, changes[at].text(), bundle.held[at].signer)


def another_root(bundle: Bundle, random: Random) -> Bundle | None:
    changes = _changes(bundle)
    if not changes:
        return None
    at = random.randrange(len(changes))
    text = replace(changes[at], root=random.randbytes(32)).text()
    return _resigned(bundle, at, text, bundle.held[at].signer, bundle.held[at + 1].signer)


def change_beyond(bundle: Bundle, random: Random) -> Bundle | None:
    """A change at a size that the log does not have yet."""
    new = Signer.generate(bundle.newest.name)
    latest = _latest(bundle)
    change = KeyChange(latest.origin, latest.size + random.choice((1, 300)), latest.root,
                       bundle.newest.verifier, new.verifier, REVOKED)
    return _resigned(bundle, len(_changes(bundle)), change.text(), bundle.newest, new)


def key_comes_back(bundle: Bundle, random: Random) -> Bundle | None:
    """The newest key hands back to one that was in force before."""
    if len(bundle.held) < 2:
        return None
    latest, again = _latest(bundle), random.choice(bundle.held[:-1]).signer
    change = KeyChange(latest.origin, latest.size, latest.root, bundle.newest.verifier,
                       again.verifier, REPLACED)
    return _resigned(bundle, len(_changes(bundle)), change.text(), bundle.newest, again)


@dataclass(frozen=True)
class _Weak:
    """Signs anything without a secret: the public key is the neutral point, so S*B is R whatever is signed."""

    name: str

    @property
    def verifier(self) -> Verifier:
        public = (1).to_bytes(32, "little")
        return Verifier(self.name, sha256(f"{self.name}\n\x01".encode() + public).digest()[:4], public)

    @property
    def hash(self) -> bytes:
        return self.verifier.hash

    @property
    def verifier_key(self) -> str:
        return self.verifier.text()

    def sign(self, message: bytes) -> bytes:
        return bytes.fromhex("58" + "66" * 31) + (1).to_bytes(32, "little")


def weak_key(bundle: Bundle, random: Random) -> Bundle | None:
    """The newest key is one with which everybody can sign: who published it can deny all of it."""
    old, weak = all_entries(bundle), _Weak(bundle.newest.name)
    assert weak.verifier.verify(b"whatever", weak.sign(b""))
    first = Held(0, bundle.newest)
    since = random.randrange(len(old) + 1)
    held = (first, Held(since, weak, REVOKED))  # type: ignore[arg-type]
    return _rewrite(replace(bundle, against=(), key=bundle.newest.verifier_key), old, held, old)


def nobody_vouches(bundle: Bundle, random: Random) -> Bundle | None:
    """The folder is as it was; who checks knows only a key from before an unwitnessed change."""
    first = next((n for n, held in enumerate(bundle.held) if not held.witnessed), None)
    if first is None:
        return None
    return replace(bundle, key=random.choice(bundle.held[:first]).signer.verifier_key)
