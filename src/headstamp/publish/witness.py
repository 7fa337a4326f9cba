"""What a paper says of the log, so that whoever holds the paper is a witness.

The text in a receipt's QR code is a C2SP ``tlog-proof``: the index of the entry, the hashes
from it to the root, and the signed checkpoint. Its line ``extra`` names the record, its
version and the entry's leaf hash; the entry itself would not fit. From the empty line on it
is the checkpoint as a signed note, which any C2SP tool reads and ``headstamp verify
--against`` takes. Rewriting the log later, entry or order, is found against the paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from headstamp.errors import Unreadable
from headstamp.evidence import base64
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.note import Verifier
from headstamp.evidence.tree import verify_inclusion

_HEAD = "c2sp.org/tlog-proof@v1"
_EXTRA = re.compile(r"receipt ([a-z]+-[0-9a-z]+) version ([1-9][0-9]{0,8}) leaf ([0-9a-f]{64})")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_HASH = 32


@dataclass(frozen=True, slots=True)
class Witness:
    """Version ``version`` of ``record`` is entry ``index`` (leaf hash ``leaf``) of the log."""

    record: str
    version: int
    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The text of the QR code."""
        extra = f"receipt {self.record} version {self.version} leaf {self.leaf.hex()}"
        lines = (_HEAD, f"extra {base64.encode(extra.encode('ascii'))}", f"index {self.index}")
        return "\n".join((*lines, *map(base64.encode, self.path), "", self.checkpoint))

    @classmethod
    def parse(cls, text: str) -> Witness:
        """Reads what ``text`` wrote; Unreadable for anything else."""
        head, gap, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(lines) < 3 or lines[0] != _HEAD:
            raise Unreadable("this is not the text of a receipt: it begins otherwise")
        extra = base64.decode(_after("extra ", lines[1])).decode("ascii", "replace")
        named, number = _EXTRA.fullmatch(extra), _after("index ", lines[2])
        path = tuple(map(base64.decode, lines[3:]))
        if named is None or not _NUMBER.fullmatch(number) or any(len(p) != _HASH for p in path):
            raise Unreadable("this is not the text of a receipt: record, index or hashes are none")
        return cls(named[1], int(named[2]), int(number), bytes.fromhex(named[3]), path, checkpoint)

    def check(self, verifiers: Verifier | Iterable[Verifier]) -> Checkpoint | None:
        """The checkpoint under which the entry stands; None where the hashes do not lead there.

        Raises Unreadable or Tampered where the checkpoint itself is none.
        """
        under = open_checkpoint(self.checkpoint, verifiers)
        held = verify_inclusion(self.index, under.size, self.leaf, self.path, under.root)
        return under if held else None


def note_kept(text: str) -> str:
    """The signed checkpoint in a text as people keep it: scanned off paper, mailed, pasted.

    Line ends, empty lines and quotation marks around it and a mark of encoding are as the programs
    on the way left them; of a receipt's code, and of anything else in blocks, the last two are taken. What is
    signed is not touched: nothing false becomes true by it, and nobody is accused for a line end.

    >>> note_kept("c2sp.org/tlog-proof@v1\\r\\nindex 3\\r\\n\\r\\nlog\\r\\n4\\r\\nroot\\r\\n\\r\\n- log sig")
    'log\\n4\\nroot\\n\\n- log sig\\n'
    """
    bare = text.replace("\r", "").strip('\ufeff\n "')
    return "\n\n".join(re.split("\n\n+", bare)[-2:]) + "\n"


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise Unreadable(f"this is not the text of a receipt: a line with {word.strip()!r} is missing")
    return line.removeprefix(word)
