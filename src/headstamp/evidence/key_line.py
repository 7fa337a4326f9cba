"""The keys that signed a log, one after the other, and up to which size each of them counts.

A key is changed by a signed note, a *key change*: the log's name, size and root at that
moment, the key until then, the key from then on, and why: ``replaced`` (it was time to) or
``revoked`` (somebody else may have it). The new key signs it, and the old one too, so that
whoever knows the old key can follow to the new one. Checkpoints beyond that size count only
when the new key has signed them; what the old one signed up to there stays good.

Who lost the old key (a stolen laptop, a backup without it) cannot have it sign. Such a
change is *unwitnessed*: whoever knows only an older key has nothing but the folder's word
for the new one, and must be told the new key by another way.

``docs/evidence-format.md``, section 5, is the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import base64
from headstamp.evidence.note import Signature, Signer, Verifier, open_note, sign
from headstamp.evidence.tree import HASH_BYTES

REPLACED, REVOKED = "replaced", "revoked"

_HEAD = "headstamp key change/1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class Retired(Tampered):
    """A checkpoint is signed by a key of the log that does not count at that size."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """The log ``origin`` had ``size`` entries and ``root`` (32 bytes) when ``new`` followed ``old``."""

    origin: str
    size: int
    root: bytes
    old: Verifier
    new: Verifier
    why: str

    def __post_init__(self) -> None:
        if self.why not in (REPLACED, REVOKED):
            raise Invalid(f"A key is {REPLACED} or {REVOKED}, not {self.why!r}.")
        if not {self.origin} == {self.old.name, self.new.name}:
            raise Invalid(f"The keys of the log {self.origin!r} have its name.")
        if self.old.hash == self.new.hash:
            raise Invalid("A key does not follow itself.")
        if self.size < 0 or len(self.root) != HASH_BYTES:
            raise Invalid("A key is changed at a size and root of its log.")

    def text(self) -> str:
        """The lines that are signed."""
        lines = (_HEAD, self.origin, str(self.size), base64.encode(self.root), self.old.text(),
                 self.new.text(), self.why)
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> KeyChange:
        """Reads what ``text`` wrote; ``Unreadable`` for anything else."""
        lines = text.split("\n")
        if len(lines) != 8 or lines[0] != _HEAD or lines[7] or not _SIZE.fullmatch(lines[2]):
            raise Unreadable("This is no change of a log's key: seven lines are expected.")
        try:
            change = cls(lines[1], int(lines[2]), base64.decode(lines[3]), Verifier.parse(lines[4]),
                         Verifier.parse(lines[5]), lines[6])
        except Invalid as error:
            raise Unreadable(f"This is no change of a log's key: {error.message}") from error
        if change.text() != text:
            raise Unreadable("This is no change of a log's key: a key has another spelling.")
        return change


def sign_change(change: KeyChange, new: Signer, old: Signer | None) -> str:
    """The change as a signed note; without the old key it is an unwitnessed one."""
    if new.verifier != change.new or (old is not None and old.verifier != change.old):
        raise Invalid("A change of keys is signed by the very keys that it names.")
    return sign(change.text(), *(one for one in (old, new) if one is not None))


class KeyLine:
    """The keys of one log in their order. Iterating gives the verifier of each.

    Wherever a checkpoint is opened with a line, its signature must be of a key that was in
    force at its size (``checkpoint.open_checkpoint``).
    """

    __slots__ = ("changes", "keys", "notes", "witnessed")

    def __init__(self, first: Verifier) -> None:
        self.keys: tuple[Verifier, ...] = (first,)
        self.changes: tuple[KeyChange, ...] = ()
        self.notes: tuple[str, ...] = ()
        # For each change, whether the key before it has signed it.
        self.witnessed: tuple[bool, ...] = ()

    @classmethod
    def read(cls, first: Verifier, notes: Iterable[str]) -> KeyLine:
        """The line that begins with ``first``. Raises Unreadable or Tampered where it breaks."""
        line = cls(first)
        for note in notes:
            line = line.followed(note)
        return line

    @classmethod
    def of_notes(cls, newest: Verifier, notes: Sequence[str]) -> KeyLine:
        """The line that ends with ``newest``; its first key is named by the first change.

        Raises Unreadable or Tampered where it breaks or ends with another key.
        """
        line = cls.read(first_key(notes) if notes else newest, notes)
        if line.newest != newest:
            raise Tampered(f"the changes of the log's key lead to {_short(line.newest)}, not to "
                           f"{_short(newest)}")
        return line

    def followed(self, note: str) -> KeyLine:
        """This line with one more change. Raises Unreadable or Tampered where it does not fit."""
        change = _change_in(note)
        said = open_note(note, [*self.keys, change.new])
        signed = {(one.name, one.hash) for one in said.verified}
        after = self.changes[-1].size if self.changes else -1
        if change.old != self.newest:
            raise Tampered(f"{_name(change)} follows the key {_short(change.old)}, but "
                           f"{_short(self.newest)} was in force")
        if change.size <= after:
            raise Tampered(f"{_name(change)} stands after one at size {after}")
        if change.new.hash in {key.hash for key in self.keys}:
            raise Tampered(f"{_name(change)} brings back the key {_short(change.new)}")
        if (change.new.name, change.new.hash) not in signed:
            raise Tampered(f"{_name(change)} is not signed by the new key")
        line = KeyLine(self.first)
        line.keys = (*self.keys, change.new)
        line.changes = (*self.changes, change)
        line.notes = (*self.notes, note)
        line.witnessed = (*self.witnessed, (change.old.name, change.old.hash) in signed)
        return line

    def __iter__(self) -> Iterator[Verifier]:
        return iter(self.keys)

    @property
    def first(self) -> Verifier:
        """The key with which the log began."""
        return self.keys[0]

    @property
    def newest(self) -> Verifier:
        """The key in force now."""
        return self.keys[-1]

    def verifier_for(self, size: int) -> Verifier:
        """The key in force at a size; at the size of a change itself, the new one."""
        return self.keys[sum(change.size <= size for change in self.changes)]

    def refuse_retired(self, size: int, signed: Iterable[Signature]) -> None:
        """Raises Retired where a key of the line signed a checkpoint of a size at which it does
        not count. At the size of a change itself both keys count."""
        marks = {(one.name, one.hash) for one in signed}
        for place, key in enumerate(self.keys):
            if (key.name, key.hash) not in marks:
                continue
            if place < len(self.changes) and size > self.changes[place].size:
                change = self.changes[place]
                raise Retired(f"the checkpoint of size {size} is signed by the key {_short(key)}, which "
                              f"was {change.why} at size {change.size}: beyond that it does not count")
            if place and size < self.changes[place - 1].size:
                raise Retired(f"the checkpoint of size {size} is signed by the key {_short(key)}, which "
                              f"is of use only from size {self.changes[place - 1].size} on")

    def refuse_unless_vouched(self, known: Verifier) -> None:
        """Raises Tampered unless who knows one key of the line can follow it to the newest."""
        if known not in self.keys:
            raise Tampered(f"the key {known.text()} is none of this log's, which are "
                           + ", ".join(key.text() for key in self.keys))
        for place in range(self.keys.index(known), len(self.changes)):
            if not self.witnessed[place]:
                raise Tampered(
                    f"{_name(self.changes[place])} is unwitnessed: the key {_short(self.keys[place])} "
                    "has not signed it, so nothing that you know vouches for the one that follows, "
                    f"{self.keys[place + 1].text()}. Ask by another way whether that is the log's key, "
                    "then check with it"
                )

    def remarks(self) -> list[str]:
        """What whoever reads a check of this log should know of its keys, in words."""
        return [
            f"the key {_short(change.old)} was {change.why} at size {change.size} by {_short(change.new)}"
            + ("" if witnessed else ": an unwitnessed key change, the old key has not signed it")
            for change, witnessed in zip(self.changes, self.witnessed, strict=True)
        ]


def first_key(notes: Sequence[str]) -> Verifier:
    """The key before the first of these changes, as it says itself. Raises Unreadable."""
    return _change_in(notes[0]).old


def _change_in(note: str) -> KeyChange:
    """What a note claims, its signatures not looked at yet: the new key is found nowhere else."""
    text, _, _ = note.rpartition("\n\n")
    return KeyChange.parse(f"{text}\n")


def _name(change: KeyChange) -> str:
    return f"the key change at size {change.size}"


def _short(key: Verifier) -> str:
    return f"{key.name}+{key.hash.hex()}"
