"""A device with a trusted key whose holder lies: any log it likes, properly signed, in a proper bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from headstamp.evidence import export
from headstamp.evidence.canonical import canonical
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.entry import Stamp, seal
from headstamp.evidence.note import Signer
from headstamp.evidence.tile import ENTRIES, Tiles
from headstamp.evidence.tree import leaf_hash
from headstamp.exchange import bundle
from headstamp.store.case import Case
from tests.actions.exchange.travel import SIGNERS, closed

SEED = bytes(range(16))


@dataclass
class Forger:
    """A log of made-up entries, and what is handed over of it."""

    signer: Signer
    entries: list[bytes] = field(default_factory=list)
    lines: list[bundle.RecordLine] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def named(cls, name: str) -> Forger:
        return cls(Signer.generate(name))

    @property
    def log(self) -> str:
        return self.signer.verifier.name

    def say(
        self, kind: str, id_: str, values: dict[str, Any], *, act: str = "put", of: Sequence[str] = (),
        after: Sequence[str] = (), tag: str = "", version: int | None = None, actor: str = "Mallory",
    ) -> str:
        """One entry with its version; the name it would have if it were made there."""
        number = len(self.entries)
        version = version or self.numbers.get(id_, 0) + 1
        self.numbers[id_] = version
        names = tuple(sorted(values))
        stamp = Stamp(act=act, actor=actor, at="2026-11-22T09:00:00.000000Z", reason="r")
        self.entries.append(seal(stamp, tag or f"{kind}/1", id_, version, names,
                                 [canonical(values[name]) for name in names], SEED, of))
        self.lines.append(bundle.RecordLine(number, SEED, canonical(values), tuple(sorted(after))))
        return f"{self.log} {number}"

    def root(self) -> bytes:
        """The root of the tree over all its entries."""
        tiles = Tiles()
        tiles.add(map(leaf_hash, self.entries))
        return tiles.root()

    def bundle(self, path: Path, to: Case, *, first: int = 0, upto: int | None = None) -> Path:
        """All of it as a bundle for a device."""
        size = len(self.entries) if upto is None else upto
        some = self.entries[:size]
        tiles = Tiles()
        full = {(level, index): data for level, index, data in tiles.add(map(leaf_hash, some))}
        full |= {(level, index): data for level, index, data in tiles.partial_tiles()}
        note = sign_checkpoint(Checkpoint(self.log, size, tiles.root()), self.signer)
        files = {
            "data/log/checkpoint": note.encode(),
            "data/log/checkpoints.jsonl": export.checkpoint_line(note),
            "data/log/disclosed.jsonl": b"",
            "data/log/log.json": export.Statement(
                self.signer.verifier_key, size, min(first, size), 1, 0, 0).text(),
            bundle.CRATE: b"{}", bundle.SIGNATURE: b"",
        }
        for name, (level, index, width) in export.paths_of(size).items():
            if level == ENTRIES:
                start = index * 256
                files[f"data/log/{name}"] = export.pack(
                    b"" if start + n < first else one for n, one in enumerate(some[start : start + width]))
            else:
                files[f"data/log/{name}"] = full[level, index]
        lines = [one for one in self.lines if first <= one.entry < size]
        files[bundle.RECORDS] = b"".join(one.line() for one in lines)
        files[bundle.STATEMENT] = bundle.Statement(
            sender=self.signer.verifier_key, to=(to.verifier.text(),), first=first, size=size,
            made_at="2026-11-22T09:00:00.000000Z", made_by="Mallory", records=len(lines), originals=0,
        ).text()
        SIGNERS[self.signer.verifier_key] = self.signer
        return closed(files, path)


def values_of(case: Case, id_: str) -> dict[str, Any]:
    """The values of the current version of a record, as they are stored."""
    with case.backend.reading() as conn:
        (row,) = case.backend.tuples(conn, f"SELECT body FROM version WHERE id = '{id_}'"
                                           " AND held IS NULL ORDER BY seq DESC LIMIT 1")
    found: dict[str, Any] = orjson.loads(bytes(row[0]))
    return found


