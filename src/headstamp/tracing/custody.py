"""The custody of one item or document as evidence: who held it when, and what does not fit.

From the recorded acts, put in order of time, follow *holdings* (a party, from the act by
which it came to the act by which it went) and *faults*: a gap (it passed on and nobody
wrote how), an overlap (two hold it at once), a seal found that is not the seal put on.
Nothing is smoothed: a missing hand-over is not invented, an open end stays open, and where
two dates leave their order open this is said.

A reader sees the acts their clearance lets them see; one that is hidden looks like a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from headstamp.records.custody import FILES_CHECKED
from headstamp.tracing.interval import Interval, interval
from headstamp.tracing.seals import seal_faults

What = Literal[
    "gap", "overlap", "order", "no_beginning", "not_holder", "missing", "after_end", "past",
    "seal_mismatch", "seal_broken", "seal_unchecked",
]

# By which acts it leaves the hands of "from party", and comes into those of "to party".
LEAVES = frozenset({"handed_over", "returned", "disposed", "missing", "stored", "taken_out", "collected"})
COMES = frozenset({"handed_over", "returned", "stored", "taken_out", "collected"})
ENDS = frozenset({"returned", "disposed"})
# What ISO/IEC 27037:2012 asks of a chain of custody record, by field.
_ASKED = {
    "handed_over": ("place", "purpose", "authority", "condition"),
    "collected": ("from_party", "place", "purpose", "authority", "condition"),
    "returned": ("place", "condition"), "disposed": ("place",),
    "stored": ("kept_in", "condition"), "taken_out": ("purpose", "authority"),
    "examined": ("to_party", "purpose", "authority"), "seal_opened": ("to_party", "authority"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One recorded act, with the moments at which it may have happened.

    ``unsaid`` are the fields that a chain of custody record is asked for and this one leaves empty.
    """

    id: str
    act: str
    when: str
    at: Interval
    giver: str | None
    receiver: str | None
    seals_found: tuple[str, ...] = ()
    seals_set: tuple[str, ...] = ()
    seal_state: str | None = None
    seal_reason: str = ""
    unsaid: tuple[str, ...] = ()
    seq: int = 0

    @property
    def name(self) -> str:
        """The act with its date, as a sentence names it."""
        return f"“{self.act.replace('_', ' ')}” of {self.when or 'no date'}"


@dataclass(slots=True)
class Holding:
    """A party held it from ``begin`` to ``end``.

    Without ``begin``, how it came there is not recorded. With ``lapsed`` it had gone from there
    by that act and nothing says when; with neither ``end`` nor ``lapsed`` it is there still.
    """

    party: str
    begin: Act | None
    end: Act | None = None
    lapsed: Act | None = None

    @property
    def is_open(self) -> bool:
        return self.end is None and self.lapsed is None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not fit, in words, with the acts it rests on and its moments (UTC)."""

    what: What
    words: str
    acts: tuple[str, ...]
    start: datetime | None = None
    end: datetime | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """A claim of the thing's past: the record that makes it, in words, and when it was."""

    id: str
    words: str
    at: Interval


@dataclass(frozen=True, slots=True)
class Timeline:
    """Acts in order, holdings, faults; ``ended`` where it was returned or disposed of."""

    acts: tuple[Act, ...]
    holdings: tuple[Holding, ...]
    faults: tuple[Fault, ...]
    ended: bool = False

    @property
    def holders(self) -> tuple[str, ...]:
        """Who holds it now, as far as is recorded."""
        return () if self.ended else tuple(h.party for h in self.holdings if h.is_open)


def act_of(record_id: str, values: Mapping[str, Any], seq: int = 0) -> Act | None:
    """The act of a custody record (values as plain JSON); None for an event of the item's past."""
    kind = values.get("act")
    if not kind:
        return None
    when = values.get("held_on") or ""
    return Act(
        record_id, kind, when, interval(when), values.get("from_party"), values.get("to_party"),
        tuple(values.get("seals_found") or ()), tuple(values.get("seals_set") or ()),
        values.get("seal_state"), values.get("seal_reason") or "",
        tuple(name for name in _ASKED.get(kind, ()) if not values.get(name)), seq,
    )


def timeline(
    acts: Iterable[Act], names: Mapping[str, str] | None = None, past: Iterable[Past] = ()
) -> Timeline:
    """Holdings and faults of these acts; ``names`` are those of the parties, by id.

    ``past`` is what is claimed of the thing before it was evidence: nobody else can have found
    it, or passed it on, while it was in our custody.

    >>> a = act_of("cust-1aaa", {"act": "collected", "held_on": "2016-11-04", "to_party": "party-a"})
    >>> b = act_of("cust-2bbb", {"act": "handed_over", "held_on": "2016-11-09",
    ...                          "from_party": "party-b", "to_party": "party-c"})
    >>> [fault.what for fault in timeline([a, b]).faults]
    ['gap']
    """
    told = _Telling(names or {})
    listed = _in_order(list(acts))
    # Its files are held whoever has the thing: to look at them tells nothing of who had it.
    ordered = [act for act in listed if act.act != FILES_CHECKED]
    for at, act in enumerate(ordered):
        told.take(act, ordered[at + 1:])
    told.overlaps()
    faults = [*told.faults, *_order_faults(ordered), *_against_the_past(ordered, past)]
    faults += [
        Fault(what, words, ids, one.at.earliest, one.at.latest)
        for what, words, ids, one in seal_faults(ordered)
    ]
    places = {act.id: place for place, act in enumerate(ordered)}
    faults.sort(key=lambda fault: places[fault.acts[-1]])
    ended = bool(ordered) and any(a.act in ENDS for a in ordered) and not any(
        h.is_open and not (h.begin and h.begin.act == "returned") for h in told.holdings)
    return Timeline(tuple(listed), tuple(told.holdings), tuple(faults), ended)


def _key(act: Act) -> tuple[str, str, int, str]:
    low = act.at.earliest or act.at.latest
    high = act.at.latest
    return (low.isoformat() if low else "9999", high.isoformat() if high else "9999", act.seq, act.id)


def _in_order(acts: list[Act]) -> list[Act]:
    """By date; among acts whose dates leave their order open, one in which the giver has it.

    Both orders are as true to the dates, and choosing the worse would accuse without cause. That
    the order is open is a fault of its own.
    """
    left, ordered = sorted(acts, key=_key), []
    holds: set[str] = set()
    while left:
        possible = [a for a in left if not any(_earlier(b, a) for b in left)] or left[:1]
        fitting = [a for a in possible if a.giver in holds or (a.act == "collected" and not holds)]
        chosen = (fitting or possible)[0]
        left.remove(chosen)
        ordered.append(chosen)
        if chosen.act in LEAVES:
            holds.discard(chosen.giver or "")
        if chosen.act in COMES and chosen.receiver:
            holds.add(chosen.receiver)
    return ordered


def _earlier(one: Act, other: Act) -> bool:
    # Two acts at the same moment are each "before" the other: neither is earlier.
    return one.at.surely_before(other.at) and not other.at.surely_before(one.at)


def _order_faults(ordered: Sequence[Act]) -> list[Fault]:
    return [
        Fault("order", f"Which was first, {a.name} or {b.name}, cannot be told from their dates.",
              (a.id, b.id), b.at.earliest, a.at.latest, certain=False)
        for a, b in pairwise(ordered)
        if not a.at.surely_before(b.at)
    ]


def _against_the_past(ordered: Sequence[Act], past: Iterable[Past]) -> Iterator[Fault]:
    """Claims that surely lie after it came into our custody, and before it left it for good."""
    if not ordered:
        return
    begin, last = ordered[0], ordered[-1]
    for one in past:
        if not begin.at.surely_before(one.at):
            continue
        if last.act == "returned" and not one.at.surely_before(last.at):
            continue  # it was out of our hands, or may have been
        yield Fault(
            "past", f"{one.words} lies after {begin.name}, by which it was in custody: both cannot be true.",
            (one.id, begin.id), begin.at.latest, one.at.latest)


@dataclass
class _Telling:
    """The state of the tale while its acts are taken one by one."""

    names: Mapping[str, str]
    holdings: list[Holding] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    gone: Act | None = None

    def _name(self, party: str | None) -> str:
        return self.names.get(party or "", party or "somebody not named")

    def _open(self) -> list[Holding]:
        return [holding for holding in self.holdings if holding.is_open]

    def take(self, act: Act, later: Sequence[Act]) -> None:
        """Takes the next act in; ``later`` are all that follow."""
        first = not self.holdings
        if self.gone is not None:
            self.faults.append(Fault(
                "after_end", f"{act.name[:1].upper() + act.name[1:]} is recorded, though it was no longer there: "
                f"{self.gone.name}.", (self.gone.id, act.id), self.gone.at.latest, act.at.earliest,
                self.gone.at.surely_before(act.at)))
        if act.giver and act.act in LEAVES:
            self._gives(act, act.giver, first, later)
        if act.act == "missing":
            self.faults.append(Fault(
                "missing", f"It was found missing from {self._name(act.giver)}.", (act.id,),
                act.at.earliest, act.at.latest))
        if act.receiver and act.act in COMES:
            if not any(h.party == act.receiver for h in self._open()):
                if not act.giver and not first and not self._open():
                    self._gap(act, self.holdings[-1], f"{self._name(act.receiver)} has it")
                self.holdings.append(Holding(act.receiver, act))
        elif act.receiver:
            self._had_in_hands(act, act.receiver)
        if act.act == "disposed":
            self.gone = act

    def _gives(self, act: Act, giver: str, first: bool, later: Sequence[Act]) -> None:
        held = next((h for h in self._open() if h.party == giver), None)
        if held is not None:
            held.end = act
            return
        if act.act == "collected" and first:
            return  # from whom it was taken into custody: that is the beginning
        self.holdings.append(Holding(giver, None, act))
        if first:
            self.faults.append(Fault(
                "no_beginning", f"How {self._name(giver)} came by it is not recorded: the first act "
                f"is {act.name}.", (act.id,), None, act.at.earliest))
            return
        standing = self._open()
        gone = [h for h in standing if not _gives_later(h.party, later)]
        for holding in gone:
            holding.lapsed = act
            self._gap(act, holding, f"{self._name(giver)} gives it away")
        if standing and not gone:
            others = " and ".join(self._name(h.party) for h in standing)
            self.faults.append(Fault(
                "not_holder", f"{self._name(giver)} gives it away on {act.when}, though by the "
                f"record {others} holds it and gives it away later.", (act.id,), act.at.earliest,
                act.at.latest))
        if not standing:
            self._gap(act, self.holdings[-2], f"{self._name(giver)} gives it away")

    def _gap(self, act: Act, before: Holding, then: str) -> None:
        if self.gone is not None:
            return  # that it was gone is said
        since = before.end or before.begin
        known = since.at.latest if since else None
        self.faults.append(Fault(
            "gap", f"{self._name(before.party)} is the last known to have held it"
            f"{f' ({since.name})' if since else ''}; on {act.when} {then}. How and when it passed on "
            "is not recorded.", tuple(a.id for a in (since, act) if a), known, act.at.earliest))

    def _had_in_hands(self, act: Act, party: str) -> None:
        standing = self._open()
        if standing and all(h.party != party for h in standing):
            others = " and ".join(self._name(h.party) for h in standing)
            self.faults.append(Fault(
                "not_holder", f"{self._name(party)} had it in hands ({act.name}), though by the record "
                f"it was held by {others}.", (act.id,), act.at.earliest, act.at.latest))

    def overlaps(self) -> None:
        """Two parties who hold it at once, surely or perhaps."""
        for at, one in enumerate(self.holdings):
            for other in self.holdings[at + 1:]:
                if other.begin is None or one.party == other.party or other.begin is one.end:
                    continue
                if one.lapsed is not None or other.lapsed is other.begin:
                    continue
                self._overlap(one, other, other.begin)

    def _overlap(self, one: Holding, other: Holding, begin: Act) -> None:
        ends = [h.end for h in (one, other) if h.end is not None]
        if one.end is not None and one.end.at.surely_before(begin.at):
            return
        start = begin.at.latest
        stops = [end.at.earliest for end in ends]
        stop = None if not stops or None in stops else min(s for s in stops if s is not None)
        certain = start is not None and (not ends or (stop is not None and start < stop))
        if one.end is not None and not certain and _follows(one.end, begin):
            return  # the order is open, and the fault "order" says so
        until = f"until {one.end.when}" if one.end else "with no end recorded"
        self.faults.append(Fault(
            "overlap", f"{self._name(one.party)} {'holds' if certain else 'may hold'} it {until}, while "
            f"{self._name(other.party)} holds it from {begin.when}.",
            tuple(a.id for a in (one.begin, one.end, begin) if a), start, stop, certain))


def _follows(end: Act, begin: Act) -> bool:
    return end.at.earliest is None or begin.at.latest is None or end.at.earliest <= begin.at.latest


def _gives_later(party: str, later: Sequence[Act]) -> bool:
    for act in later:
        if act.giver == party and act.act in LEAVES:
            return True
        if act.receiver == party and act.act in COMES:
            return False
    return False
