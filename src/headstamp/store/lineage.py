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
    """The versions of one record that are known here, in the order of our own log."""

    def __init__(self, versions: Sequence[Known] = ()) -> None:
        self._same: dict[str, str] = {}
        # Each version by name: all that it was made from, itself included.
        self._reach: dict[str, frozenset[str]] = {}
        self._bodies: dict[str, bytes | None] = {}
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
        reach = self._reached(made_of) | {name}
        self._reach[name], self._bodies[name], self._seqs[name] = reach, version.body, version.seq
        (self._held if version.act == "hold" else self.line).append(name)

    def judge(self, version: Foreign) -> tuple[Verdict, tuple[str, ...]]:
        """What a version from elsewhere is here, and the ``of`` of the entry that says so.

        Raises Invalid where it was made from something that is not known here.
        """
        if self._who(version.name) in self._reach:
            return "known", ()
        strangers = [one for one in version.made_of if self._who(one) not in self._reach]
        if strangers:
            raise Invalid(f"{version.name} was made from {', '.join(strangers)}, which is not here: "
                          "an earlier bundle is missing. Take that one first")
        reach = self._reached(version.made_of)
        if not self.line or self.line[-1] in reach:
            return "take", (version.name, *sorted(version.made_of))
        if not version.made_of:
            for name, reached in self._reach.items():
                if len(reached) == 1 and self._bodies[name] == version.body:
                    return "same", (version.name, name)
        return "hold", (version.name, *sorted(version.made_of))

    @property
    def has_aside(self) -> bool:
        """Whether any version is held aside, settled or not."""
        return bool(self._held)

    def open(self) -> list[str]:
        """The versions held aside that nobody has settled, in the order they came."""
        heads = [*self.line[-1:], *self._held]
        return [
            name for name in self._held
            if not any(name in self._reach[other] for other in heads if other != name)
        ]

    def seq(self, name: str) -> int:
        """The entry of our own log of a version by its name."""
        return self._seqs[name]

    def _who(self, name: str) -> str:
        return self._same.get(name, name)

    def _reached(self, names: Sequence[str]) -> frozenset[str]:
        return frozenset().union(*(self._reach.get(self._who(name), frozenset()) for name in names))
