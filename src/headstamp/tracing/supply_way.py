"""The way of one item in five words: who made it, exported it, got it first, how it left lawful
hands, as the claims about it say.

Nothing is inferred here but which claim comes first. Where claims that may be of one time name
different parties for the same part, and neither follows from the other, the answer is
``CONTESTED``; where no claim says it, ``UNKNOWN``. It serves the broad view of a whole case;
the chain and the point of diversion of one item are weighed in ``chain`` and ``diversion``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

UNKNOWN, CONTESTED = "", "\0contested"
# Passages by which goods reach a trader or user, and those that are no lawful passage.
REACHING = frozenset({"exported", "imported", "sold", "brokered", "donated", "issued"})
UNLAWFUL = frozenset({"captured", "stolen", "lost", "abandoned"})
TRADING = frozenset({"distributor", "importer", "supplier", "broker"})


@dataclass(frozen=True, slots=True)
class Passage:
    """What a claim says, as far as a way needs it; days are ISO 8601, ``""`` and ``9999`` open."""

    id: str
    how: str
    giver: str | None
    taker: str | None
    first: str = ""
    last: str = "9999"
    lawful: str = "unknown"

    @property
    def order(self) -> tuple[str, str, str]:
        """By the first day it can have been; undated ones last."""
        return self.first or "9999", self.last, self.id

    @property
    def unlawful(self) -> bool:
        """Whether it is claimed, or disputed, that this was no lawful passage."""
        return self.lawful in ("unauthorised", "contested") or self.how in UNLAWFUL


def way(
    maker: str | None, claims: Iterable[Passage], roles: Mapping[str, Sequence[str]]
) -> tuple[str, str, str, str]:
    """Maker, exporter, first receiver and diversion (``captured|unauthorised``) of an item.

    ``maker`` is the party recorded as such with the item, ``roles`` are those of the parties.

    >>> way(None, [Passage("1", "exported", "a", "b", "2012-01-01", "2012-02-01", "authorised"),
    ...            Passage("2", "captured", "b", "c", "2014-06-10", "2014-06-10", "unauthorised")], {})
    ('', 'a', 'b', 'captured|unauthorised')
    """
    ordered = sorted(claims, key=lambda one: one.order)
    made = [(one.taker or one.giver, one) for one in ordered if one.how == "made"]
    exported = [(one.giver, one) for one in ordered if one.how == "exported" and not one.unlawful]
    return (maker or first_said(made), first_said(exported), _receiver(ordered, roles),
            first_said([(f"{one.how}|{one.lawful}", one) for one in ordered if one.unlawful]))


def _receiver(ordered: Sequence[Passage], roles: Mapping[str, Sequence[str]]) -> str:
    """The first who got it lawfully: a trader before an end user, for that is the layer asked for."""
    until = next((one.order for one in ordered if one.unlawful), ("9999", "9999", "~"))
    reached = [(one.taker, one) for one in ordered
               if one.how in REACHING and not one.unlawful and one.taker and one.order < until]
    traders = [(taker, one) for taker, one in reached
               if TRADING & set(roles.get(str(taker), ())) and taker != one.giver]
    return first_said(traders or reached)


def first_said(candidates: Sequence[tuple[str | None, Passage]]) -> str:
    """What the earliest claim says; CONTESTED where another of the same time says otherwise.

    Two of one time are not at odds where one hands on what the other received.

    >>> one, two = (Passage(c, "exported", c, "x", "2012", "2013") for c in "ab")
    >>> first_said([("a", one), ("b", two)])
    '\\x00contested'
    """
    named = [(value, one) for value, one in candidates if value]
    if not named:
        return UNKNOWN
    value, first = named[0]
    for other, one in named[1:]:
        together = one.order[0] <= first.last and first.order[0] <= one.last
        follows = (one.giver is not None and one.giver == first.taker) or (
            first.giver is not None and first.giver == one.taker)
        if other != value and together and not follows:
            return CONTESTED
    return str(value)
