"""The receiver's receipt: a short signed text saying what of a bundle was taken in.

Only with it does the sender call a bundle arrived. It is a signed note (C2SP
signed-note) of the key of the receiver's log, and so proves later that the receiver had
the sender's log up to that size, and the sender the receiver's: neither can be
rewritten behind it without the other seeing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headstamp.errors import Invalid, Problem, Tampered, Unreadable
from headstamp.evidence import base64
from headstamp.evidence.note import Signer, Verifier, open_note, sign
from headstamp.evidence.tree import HASH_BYTES
from headstamp.exchange.forms import DIGEST, is_count, is_log_name, is_moment, read_count

FIRST_LINE = "headstamp receipt/1"

# The words that begin the lines, in their order, and what of a receipt each tells.
_LINES = (
    ("bundle", "bundle"), ("from", "sender"), ("size", "size"), ("root", "root"),
    ("taken", "taken"), ("known", "known"), ("beside", "beside"), ("aside", "aside"),
    ("to", "receiver"), ("to-size", "to_size"), ("to-root", "to_root"), ("made", "made_at"),
)
_COUNTS = frozenset({"size", "taken", "known", "beside", "aside", "to_size"})
_ROOTS = frozenset({"root", "to_root"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was taken in of one bundle.

    ``bundle`` is the sum that names it (SHA-256 of its ``tagmanifest-sha256.txt``);
    ``sender`` the name of the sender's log, ``size`` and ``root`` (32 bytes) how far it was
    taken in. Of the versions in it so many were ``taken``, were ``known`` before, are kept
    ``beside`` a version that contradicts them, or were put ``aside`` for a person to look
    at. ``receiver``, ``to_size`` and ``to_root`` tell of the receiver's log after that.
    """

    bundle: str
    sender: str
    size: int
    root: bytes
    taken: int
    known: int
    beside: int
    aside: int
    receiver: str
    to_size: int
    to_root: bytes
    made_at: str

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise Invalid("This is not a receipt.", problems)

    def _problems(self) -> Iterator[Problem]:
        if not isinstance(self.bundle, str) or not DIGEST.fullmatch(self.bundle):
            yield Problem("not a SHA-256 in small hexadecimal digits", field="bundle")
        for word, name in _LINES:
            value = getattr(self, name)
            if name in _COUNTS and not is_count(value):
                yield Problem("not a whole number from 0", field=word)
            if name in _ROOTS and (not isinstance(value, bytes) or len(value) != HASH_BYTES):
                yield Problem(f"a root has {HASH_BYTES} bytes", field=word)
            if name in ("sender", "receiver") and not is_log_name(value):
                yield Problem("not the name of a log", field=word)
        if not is_moment(self.made_at):
            yield Problem("not a moment in UTC with microseconds", field="made")

    def text(self) -> str:
        """The lines that are signed."""
        lines = [FIRST_LINE]
        for word, name in _LINES:
            value = getattr(self, name)
            lines.append(f"{word} {base64.encode(value) if name in _ROOTS else value}")
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Reads what ``text`` wrote; ``Unreadable``, with all problems, for anything else."""
        first, *lines = text.split("\n")
        if first != FIRST_LINE:
            raise Unreadable(f"This is not a receipt: its first line is not {FIRST_LINE!r}.")
        told: dict[str, object] = {}
        if len(lines) != len(_LINES) + 1 or lines.pop() != "":
            raise Unreadable(f"This is not a receipt: it has not the {len(_LINES)} lines of one.")
        for line, (word, name) in zip(lines, _LINES, strict=True):
            found, _, value = line.partition(" ")
            if found != word:
                raise Unreadable(f"This is not a receipt: the line {word!r} is not in its place.")
            if name in _ROOTS:
                told[name] = base64.decode(value)
            else:
                told[name] = read_count(value) if name in _COUNTS else value
        try:
            return cls(**told)  # type: ignore[arg-type]
        except Invalid as error:
            raise Unreadable(error.message, error.problems) from error


def sign_receipt(receipt: Receipt, signer: Signer) -> str:
    """The receipt as a note signed by the key of the receiver's log, which has the log's name."""
    if signer.name != receipt.receiver:
        raise Invalid(f"A receipt of the log {receipt.receiver!r} is signed by the key of that "
                      f"name, not by {signer.name!r}.")
    return sign(receipt.text(), signer)


def open_receipt(signed: str | bytes, verifiers: Verifier | Iterable[Verifier]) -> Receipt:
    """The receipt in a note, signed by an expected key (several: a key that was replaced).

    Raises Unreadable where it is none, Tampered where no such key has signed it, or it
    tells of another log than that key's.
    """
    known = [verifiers] if isinstance(verifiers, Verifier) else list(verifiers)
    opened = open_note(signed, known)
    receipt = Receipt.parse(opened.text)
    if receipt.receiver not in (signature.name for signature in opened.verified):
        raise Tampered(f"The receipt tells of the log {receipt.receiver!r}, whose key has not "
                       "signed it.")
    return receipt
