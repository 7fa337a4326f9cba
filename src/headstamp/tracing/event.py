"""Which claims tell of one and the same event.

Two claims are one event where one names the other (custody that names its transfer), or
where kind, parties and days agree: the kinds are those of one sort of event, no party of the
one contradicts a party of the other, at least one party is named by both, and their days
overlap. A claim that says less (no giver, no date) tells of the event that it fits best; one
that does not say what happened, only where both parties are the same. The
claims stay what they are; where they differ, the event is told as its best claim has it, and
the difference is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from headstamp.tracing.claim import Claim
from headstamp.tracing.step import Step

GIVEN: Final = frozenset({
    "exported", "imported", "sold", "issued", "donated", "brokered", "retransferred",
})
"""Kinds by which a holder passes it on: one event is told as a sale by one and an import by another."""

TAKEN: Final = frozenset({"captured", "stolen", "lost", "abandoned"})
"""Kinds by which a holder is rid of it against their will, or gives it up: each is its own event."""

_SURENESS = {"exactly": 0, "probably": 1, "perhaps": 2}


class Dated(Protocol):
    """What has an earliest and a latest day."""

    @property
    def first(self) -> str | None: ...
    @property
    def last(self) -> str | None: ...


def surely_before(one: Dated, other: Dated) -> bool:
    """Whether all of one's days lie before all of the other's."""
    return one.last is not None and other.first is not None and one.last < other.first


def may_be_at_once(one: Dated, other: Dated) -> bool:
    """Whether their days overlap; what has no date may have been at any time."""
    return not surely_before(one, other) and not surely_before(other, one)


def place_of(one: Dated) -> tuple[str, str]:
    """Where it stands among others by its days: what has none stands last."""
    return one.first or one.last or "9999-99-99", one.last or "9999-99-99"


def claim_order(claim: Claim) -> tuple[str, ...]:
    """An order of claims that does not depend on the order in which they are given."""
    return (*place_of(claim), claim.how, claim.from_party or "", claim.to_party or "", claim.kind,
            claim.id, claim.attached.by, claim.attached.marking)


def better(claim: Claim) -> tuple[int, str, tuple[str, ...]]:
    """The order from the claim that counts most: attached surely, then graded well."""
    return _SURENESS[claim.attached.how], claim.grade or "G", claim_order(claim)


@dataclass
class _Event:
    """An event while its claims are gathered; parties as those they are judged to be."""

    hows: set[str] = field(default_factory=set)
    givers: set[str] = field(default_factory=set)
    takers: set[str] = field(default_factory=set)
    first: str | None = None
    last: str | None = None
    claims: list[Claim] = field(default_factory=list)
    apart: bool = False

    def add(self, claim: Claim, same: Mapping[str, str]) -> None:
        self.hows.add(claim.how)
        if claim.from_party:
            self.givers.add(same.get(claim.from_party, claim.from_party))
        if claim.to_party:
            self.takers.add(same.get(claim.to_party, claim.to_party))
        self.claims.append(claim)
        first, last = _both(self, claim)
        if self.apart or (first is not None and last is not None and last < first):
            self.apart = True
            self.first, self.last = _around(self.claims)
        else:
            self.first, self.last = first, last

    @property
    def unsaid(self) -> int:
        return (not self.givers) + (not self.takers) + (self.first is None and self.last is None)

    @property
    def order(self) -> tuple[int, int, tuple[str, ...]]:
        """Those that say most come first, the exactly dated before the vaguely dated."""
        vague = 9999_9999
        if self.first and self.last:
            vague = int(self.last.replace("-", "")) - int(self.first.replace("-", ""))
        return self.unsaid, vague, min(map(claim_order, self.claims))


def events(claims: Iterable[Claim], same: Mapping[str, str]) -> list[Step]:
    """The events that the claims tell of, as steps without order or rivals."""
    gathered: list[_Event] = []
    naming: dict[tuple[bool, str], set[int]] = {}
    silent: dict[bool, set[int]] = {True: set(), False: set()}  # which name no giver, no taker
    once: set[int] = set()

    def known(at: int) -> None:
        for giving, some in ((True, gathered[at].givers), (False, gathered[at].takers)):
            for party in some:
                naming.setdefault((giving, party), set()).add(at)
            (silent[giving].discard if some else silent[giving].add)(at)

    for bundle in sorted(_bundles(claims, same), key=lambda event: event.order):
        near: set[int] | range = range(len(gathered))
        if bundle.givers or bundle.takers:
            gave, took = (set().union(*(naming.get((giving, party), ()) for party in some))
                          for giving, some in ((True, bundle.givers), (False, bundle.takers)))
            # Of those of one party, only what does not name another on the other side.
            near = once | ((gave & took) | (gave & silent[False]) | (took & silent[True])
                           if bundle.givers and bundle.takers else gave | took)
        fits = [(shared, -at) for at in near
                if (shared := _shared(gathered[at], bundle)) is not None]
        at = -max(fits)[1] if fits else len(gathered)
        if not fits:
            gathered.append(bundle)
            if _once(bundle.hows):
                once.add(at)
        else:
            for claim in sorted(bundle.claims, key=claim_order):
                gathered[at].add(claim, same)
        known(at)
    return [_step(event, same) for event in gathered]


def _bundles(claims: Iterable[Claim], same: Mapping[str, str]) -> list[_Event]:
    """One for each claim; those that say that they tell of the same event together."""
    held: dict[tuple[str, ...], _Event] = {}
    given = sorted(claims, key=claim_order)
    named = {claim.event for claim in given if claim.event}
    for at, claim in enumerate(given):
        told = claim.event or (claim.id if claim.id in named else "")
        held.setdefault((told,) if told else ("", str(at)), _Event()).add(claim, same)
    return list(held.values())


def _shared(event: _Event, bundle: _Event) -> int | None:
    """How many parties both name, if they may be one event; None if they may not."""
    if not _one_sort(event.hows, bundle.hows):
        return None
    shared = 0
    for some, others in ((event.givers, bundle.givers), (event.takers, bundle.takers)):
        if some and others:
            if some.isdisjoint(others):
                return None
            shared += 1
    if not shared and not _once(event.hows) and (bundle.givers or bundle.takers):
        return None
    if shared < 2 and not (event.hows - {"unknown"} and bundle.hows - {"unknown"}):
        return None  # how it happened and who had it are both open: too little to say it is one
    return shared if may_be_at_once(event, bundle) else None


def _once(hows: set[str]) -> bool:
    """A thing is made once; it is found once, as a rule."""
    return bool(hows & {"made", "recovered"})


def _one_sort(some: set[str], others: set[str]) -> bool:
    one, other = some - {"unknown"}, others - {"unknown"}
    if _once(some) or _once(others):
        return bool(some & others)
    return not one or not other or bool(one & other) or (one <= GIVEN and other <= GIVEN)


def _both(event: _Event, claim: Claim) -> tuple[str | None, str | None]:
    """The days that both leave open."""
    firsts = [day for day in (event.first, claim.first) if day is not None]
    lasts = [day for day in (event.last, claim.last) if day is not None]
    return max(firsts, default=None), min(lasts, default=None)


def _around(claims: Iterable[Claim]) -> tuple[str | None, str | None]:
    """All days that any dated claim leaves open."""
    dated = [claim for claim in claims if claim.first or claim.last]
    firsts, lasts = [c.first for c in dated], [c.last for c in dated]
    return (None if None in firsts else min((d for d in firsts if d), default=None),
            None if None in lasts else max((d for d in lasts if d), default=None))


def _step(event: _Event, same: Mapping[str, str]) -> Step:
    claims = sorted(event.claims, key=better)

    def party(side: str) -> str | None:
        told = (getattr(claim, side) for claim in claims)
        return next((same.get(one, one) for one in told if one), None)

    lawful = {claim.lawful for claim in claims} - {"unknown"}
    return Step(
        next((claim.how for claim in claims if claim.how != "unknown"), "unknown"),
        party("from_party"), party("to_party"), event.first, event.last,
        "unknown" if not lawful else lawful.pop() if len(lawful) == 1 else "contested",
        tuple(claims), max(claim.attached.share for claim in claims),
    )
