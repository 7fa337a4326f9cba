"""Proofs as files: that an entry stands in a log, that a log only grew.

An inclusion proof is a C2SP ``tlog-proof``: it carries the entry in its line
``extra``, so that one small file is all that a court needs of a log. A consistency
proof has the form in which C2SP ``tlog-witness`` sends them. Both end with the
signed checkpoint under which they hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headstamp.errors import Unreadable
from headstamp.evidence import base64
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.note import Verifier
from headstamp.evidence.tree import HASH_BYTES, leaf_hash, verify_consistency, verify_inclusion

_HEAD = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Entry ``index``, its bytes, the hashes from it to the root, and the signed checkpoint."""

    index: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The file."""
        lines = (_HEAD, f"extra {base64.encode(self.entry)}", f"index {self.index}")
        return _file(lines, self.path, self.checkpoint)

    @classmethod
    def parse(cls, text: str) -> InclusionProof:
        """Reads what ``text`` wrote; ``Unreadable`` for anything else."""
        lines, checkpoint = _parts(text)
        if len(lines) < 3 or lines[0] != _HEAD:
            raise Unreadable("This is no proof with its entry.")
        entry = base64.decode(_after("extra ", lines[1]))
        return cls(_number(_after("index ", lines[2])), entry, _hashes(lines[3:]), checkpoint)

    def check(self, verifiers: Verifier | Iterable[Verifier]) -> Checkpoint | None:
        """The checkpoint the entry stands under, or None where the path does not lead there.

        Raises ``Unreadable`` or ``Tampered`` where the checkpoint itself is none.
        """
        under = open_checkpoint(self.checkpoint, verifiers)
        leaf = leaf_hash(self.entry)
        held = verify_inclusion(self.index, under.size, leaf, self.path, under.root)
        return under if held else None


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The hashes that show that the log of the checkpoint begins with its first ``old`` entries."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The file."""
        return _file((f"old {self.old}",), self.path, self.checkpoint)

    @classmethod
    def parse(cls, text: str) -> ConsistencyProof:
        """Reads what ``text`` wrote; ``Unreadable`` for anything else."""
        lines, checkpoint = _parts(text)
        return cls(_number(_after("old ", lines[0])), _hashes(lines[1:]), checkpoint)

    def check(
        self, older: Checkpoint, verifiers: Verifier | Iterable[Verifier]
    ) -> Checkpoint | None:
        """The newer checkpoint, or None where it does not contain the older one.

        Raises ``Unreadable`` or ``Tampered`` where the checkpoint itself is none.
        """
        newer = open_checkpoint(self.checkpoint, verifiers)
        held = older.size == self.old and older.origin == newer.origin and verify_consistency(
            older.size, newer.size, older.root, newer.root, self.path
        )
        return newer if held else None


def read_proof(text: str) -> InclusionProof | ConsistencyProof:
    """Either kind, told apart by the first line."""
    kind = InclusionProof if text.startswith(_HEAD) else ConsistencyProof
    return kind.parse(text)


def _file(lines: Sequence[str], path: Sequence[bytes], checkpoint: str) -> str:
    return "\n".join((*lines, *map(base64.encode, path), "", checkpoint))


def _parts(text: str) -> tuple[list[str], str]:
    head, gap, checkpoint = text.partition("\n\n")
    if not gap:
        raise Unreadable("This is no proof: no checkpoint after an empty line.")
    return head.split("\n"), checkpoint


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise Unreadable(f"This is no proof: a line with {word.strip()!r} is missing.")
    return line.removeprefix(word)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"This is no proof: {text[:40]!r} is no number.")
    return int(text)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(map(base64.decode, lines))
    if any(len(one) != HASH_BYTES for one in hashes):
        raise Unreadable(f"This is no proof: a hash has {HASH_BYTES} bytes.")
    return hashes
