"""Checkpoints: the log's size and root at one moment, signed (C2SP tlog-checkpoint).

A checkpoint of a hundred bytes binds every entry before it. Handed to somebody
else, printed on a custody form or sent to a time-stamping service, it is what
later shows whether the log was rewritten or cut; see ``docs/what-the-log-proves.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import base64, note
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.tree import HASH_BYTES

SIZE_MAX = 2**63 - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log named ``origin`` had ``size`` entries and the root hash ``root`` (32 bytes).

    ``extension`` are further lines of other software, kept because they are signed too.
    """

    origin: str
    size: int
    root: bytes
    extension: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise Invalid("The origin of a checkpoint is one line and not empty.")
        if not 0 <= self.size <= SIZE_MAX:
            raise Invalid(f"{self.size} is not the size of a log.")
        if len(self.root) != HASH_BYTES:
            raise Invalid(f"The root of a log has {HASH_BYTES} bytes, not {len(self.root)}.")
        if any(not line or "\n" in line for line in self.extension):
            raise Invalid("An extension of a checkpoint is one line and not empty.")

    def text(self) -> str:
        """The lines that are signed: origin, size, root in base64, extensions."""
        lines = (self.origin, str(self.size), base64.encode(self.root), *self.extension)
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read what ``text`` wrote; ``Unreadable`` for anything else."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() != "":
            raise Unreadable("This is not a checkpoint: three whole lines at least.")
        origin, size, root, *extension = lines
        if not _SIZE.fullmatch(size):
            raise Unreadable(f"This is not a checkpoint: {size[:40]!r} is no size.")
        try:
            return cls(origin, int(size), base64.decode(root), tuple(extension))
        except Invalid as error:
            raise Unreadable(f"This is not a checkpoint: {error.message}") from error


def sign_checkpoint(checkpoint: Checkpoint, signer: note.Signer) -> str:
    """The checkpoint as a signed note. The log's key is named as its origin."""
    if signer.name != checkpoint.origin:
        raise Invalid(
            f"The log {checkpoint.origin!r} is signed by the key of that name, "
            f"not by {signer.name!r}."
        )
    return note.sign(checkpoint.text(), signer)


def open_checkpoint(
    signed: str | bytes, verifiers: note.Verifier | Iterable[note.Verifier]
) -> Checkpoint:
    """The checkpoint in a note signed by the log's own key.

    Raises ``Unreadable`` when it is none or has extension lines, which headstamp never writes;
    ``Tampered`` when a signature is wrong or the log's key, named as the origin, has not signed. With a ``KeyLine``, ``Retired``
    where the key that signed does not count at that size.
    """
    known = [verifiers] if isinstance(verifiers, note.Verifier) else list(verifiers)
    opened = note.open_note(signed, known)
    checkpoint = Checkpoint.parse(opened.text)
    if checkpoint.origin not in (signature.name for signature in opened.verified):
        raise Tampered(f"The checkpoint is not signed by the log {checkpoint.origin!r} itself.")
    if checkpoint.extension:
        raise Unreadable("This is no checkpoint of headstamp: it has lines of other software.")
    if isinstance(verifiers, KeyLine):
        verifiers.refuse_retired(checkpoint.size, opened.verified)
    return checkpoint
