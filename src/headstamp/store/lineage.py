"""Which version of a record was made from which, over the logs of all devices.

Every version has one name in all logs: the log in which it was put on file first and
the number of its entry there. What a version was made from is told by the entries
alone: one that was put or settled here from the one that was current before it, and
from those it names; one from elsewhere from those it names. From that follows

- the *line*: the versions that were current here, one after the other;
- what is *held aside*: versions made elsewhere by somebody who had not seen the
  current one. It is *open* until a version follows whose maker had seen both.

The rules look at nothing but the versions and what they were made from, never at
clocks or at who is asked, so that devices which know the same versions agree on what
is open, in whatever order they came to know them. What versions say is looked at in one
case: two first versions of one record that are equal (the same row of the same source,
taken in on two devices) count as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from headstamp.errors import Invalid

Verdict = Literal["known", "take", "hold", "same"]


@dataclass(frozen=True, slots=True)
class Known:
    """A version as our own log tells of it. ``of`` is that of its entry; ``name`` its name here."""

    seq: int
    act: str
    name: str
    of: tuple[str, ...]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A version from another device's log: its name, what it was made from, and its body."""

    name: str
    made_of: tuple[str, ...]
    body: bytes


class Lineage:
    """The versions of one record that are known here, in the order of our own log.

    Each costs what it names, however many there are: a stranger's bundle can bring a hundred
    thousand versions of one record.
    """

    def __init__(self, versions: Sequence[Known] = ()) -> None:
        self._same: dict[str, str] = {}
        # Each version by name: what it was made from.
        self._made_of: dict[str, tuple[str, ...]] = {}
        # Those from which another one was made, over however many steps.
        self._followed: set[str] = set()
        # Those whose maker had seen what is current here; that one included.
        self._abreast: set[str] = set()
        # The first of the versions made from nothing that have this body.
        self._first: dict[bytes | None, str] = {}
        self._seqs: dict[str, int] = {}
        self.line: list[str] = []
        self._held: list[str] = []
        for version in versions:
            self.add(version)

    def add(self, version: Known) -> None:
        """Takes in the next version of our own log."""
        if version.act == "same":
            self._same[version.of[0]] = self._who(version.of[1])
            return
        if version.act in ("put", "settle"):
            name, made_of = version.name, (*self.line[-1:], *version.of)
        else:
            name, made_of = version.of[0], version.of[1:]
        known = tuple(one for one in map(self._who, made_of) if one in self._made_of)
        self._follow(known)
        self._made_of[name], self._seqs[name] = known, version.seq
        if not known:
            self._first.setdefault(version.body, name)
        if version.act == "hold":
            self._held.append(name)
            if not self._abreast.isdisjoint(known):
                self._abreast.add(name)
        else:
            self.line.append(name)
            self._abreast = {name}  # nobody can have seen what is new

    def judge(self, version: Foreign) -> tuple[Verdict, tuple[str, ...]]:
        """What a version from elsewhere is here, and the ``of`` of the entry that says so.

        Raises Invalid where it was made from something that is not known here.
        """
        if self._who(version.name) in self._made_of:
            return "known", ()
        made_of = [self._who(one) for one in version.made_of]
        strangers = [one for one, who in zip(version.made_of, made_of, strict=True)
                     if who not in self._made_of]
        if strangers:
            raise Invalid(f"{version.name} was made from {', '.join(strangers[:5])}, which is not here: "
                          "an earlier bundle is missing. Take that one first")
        if not self.line or not self._abreast.isdisjoint(made_of):
            return "take", (version.name, *sorted(version.made_of))
        if not made_of and (first := self._first.get(version.body)) is not None:
            return "same", (version.name, first)
        return "hold", (version.name, *sorted(version.made_of))

    def __len__(self) -> int:
        return len(self._made_of)

    @property
    def has_aside(self) -> bool:
        """Whether any version is held aside, settled or not."""
        return bool(self._held)

    def open(self) -> list[str]:
        """The versions held aside that nobody has settled, in the order they came."""
        return [name for name in self._held if name not in self._followed]

    def seq(self, name: str) -> int:
        """The entry of our own log of a version by its name."""
        return self._seqs[name]

    def _who(self, name: str) -> str:
        return self._same.get(name, name)

    def _follow(self, names: Sequence[str]) -> None:
        """From these another one was made, and so from all that they were made from."""
        todo = [name for name in names if name not in self._followed]
        while todo:
            name = todo.pop()
            if name not in self._followed:
                self._followed.add(name)
                todo.extend(one for one in self._made_of[name] if one not in self._followed)
