"""All checks of a transfer at its time, and of the transfers of one chain together.

Each check is a small module that asks one sort of question; here they are put to a transfer in
a fixed order. The same records and lists give the same flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headstamp.tracing.check import Around, Flag, Movement
from headstamp.tracing.check_embargo import embargo
from headstamp.tracing.check_goods import goods
from headstamp.tracing.check_list import Entry, Lists
from headstamp.tracing.check_papers import papers
from headstamp.tracing.check_parties import Shares, founding, listed, to_itself
from headstamp.tracing.check_quantity import Amounts
from headstamp.tracing.check_route import coming_back, hubs, route

NAME, VERSION = "check of a transfer at its time", 1


@dataclass(frozen=True)
class Checker:
    """The lists and all that stands around a transfer, ready to check one after the other."""

    lists: Lists
    around: Around
    shares: Shares
    amounts: Amounts

    @classmethod
    def build(
        cls, entries: Iterable[Entry], around: Around, movements: Iterable[Movement]
    ) -> Checker:
        """``movements`` are all of the case, with which quantities are compared."""
        return cls.of(Lists.build(entries), around, movements)

    @classmethod
    def of(cls, lists: Lists, around: Around, movements: Iterable[Movement]) -> Checker:
        """The same with lists that are ready."""
        return cls(lists, around, Shares.build(around), Amounts.build(movements, around))

    def check(self, one: Movement) -> tuple[Flag, ...]:
        """The flags of one transfer, in order of the checks."""
        claims = (one.id,)
        return (
            *embargo(one, self.lists, self.around), *goods(one, self.lists),
            *listed(one, self.lists, self.around), *papers(one, self.around),
            *route(one, self.around), *hubs(one, self.lists),
            *to_itself(one, self.around), *founding(one, self.around),
            *self.shares.between(claims, one.parties),
            *self.amounts.beside_others(one), *self.amounts.beside_received(one),
        )

    def check_chain(self, steps: Sequence[Movement]) -> tuple[Flag, ...]:
        """The flags of each movement of a chain (in order of time), then those of all together.

        What two parties share is asked once for the chain, not at each of its steps.
        """
        found: dict[Flag, None] = {}
        for one in steps:
            found.update(dict.fromkeys(self.check(one)))
        told = {(flag.what, frozenset(flag.about)) for flag in found}
        found.update(dict.fromkeys(coming_back(steps, self.around)))
        parties = dict.fromkeys(party for one in steps for party in one.parties)
        ids = tuple(dict.fromkeys(one.id for one in steps))
        for flag in self.shares.between(ids, parties, chain=True):
            if (flag.what, frozenset(flag.about)) not in told:
                found[flag] = None
        return tuple(found)
