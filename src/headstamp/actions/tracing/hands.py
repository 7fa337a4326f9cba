"""Through whose hands goods can have come to a party or an item, or gone on from it.

Asked of the graph of supply (:mod:`headstamp.actions.tracing.supply_graph`), which answers at ten million
transfers as quickly as at ten. A holder upstream is one from whom a line of transfers leads here; a
*path* is such a line whose days do not run backwards, so that it can have happened. Neither says
that these goods came so: it is where to ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from headstamp.actions.linking.parties import same_as
from headstamp.actions.tracing.attaching import attached
from headstamp.actions.tracing.claiming import claims_about
from headstamp.actions.tracing.supply_graph import supply
from headstamp.actions.tracing.transfer_index import transfer_index
from headstamp.errors import Invalid, Missing
from headstamp.records import kind_of_id
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.chain import build_chain
from headstamp.tracing.step import Chain

Direction = Literal["before", "after"]
MOST_HOLDERS: Final = 500
MOST_PATHS: Final = 200
STEPS: Final = 6
_NOBODYS: Final = frozenset({"recovered"})


@dataclass(frozen=True)
class Holder:
    """A party on the way, and how many transfers it is away."""

    party: str
    name: str
    away: int

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"party": self.party, "name": self.name, "away": self.away}


@dataclass(frozen=True)
class Way:
    """A line of transfers in the order they can have happened, and the parties it links."""

    parties: tuple[str, ...]
    transfers: tuple[Shown, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"parties": list(self.parties), "transfers": [one.as_dict() for one in self.transfers]}


@dataclass(frozen=True)
class Hands:
    """The answer: from which parties it was asked, all holders, and the paths that can have been.

    ``more`` says in words which limits were reached.
    """

    start: str
    parties: tuple[str, ...]
    direction: Direction
    holders: tuple[Holder, ...]
    ways: tuple[Way, ...]
    names: dict[str, str]
    more: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "start": self.start, "parties": list(self.parties), "direction": self.direction,
            "holders": [one.as_dict() for one in self.holders],
            "ways": [one.as_dict() for one in self.ways], "names": self.names, "more": list(self.more),
        }


def hands(
    case: Case, reader: Reader, start: str, *, direction: Direction = "before", steps: int = STEPS,
    to: str = "", holders: int = MOST_HOLDERS, paths: int = MOST_PATHS,
) -> Hands:
    """Who had goods before or after a party, or before an item came to its first known holders.

    ``to`` asks for the shortest paths between the two parties alone. ``steps`` bounds the paths;
    holders are told however far away. Raises Missing, and Invalid for another kind of record.
    """
    parties = _parties(case, reader, start)
    if to:
        if kind_of_id(to).name != "party":
            raise Invalid("a way leads from one party to another")
        reader.get(to)
    graph = supply(case, reader.clearance)
    more: list[str] = []
    if to:
        found: list[tuple[str, int]] = []
        lines = [one for party in parties
                 for one in graph.shortest(*((party, to) if direction == "after" else (to, party)),
                                           most=paths).chains]
    else:
        after = direction == "after"
        reached = (graph.downstream if after else graph.upstream)(list(parties), most=holders)
        found = [(id_, away) for id_, away in reached if id_ not in parties]
        if reached.more:
            more.append(f"more than {holders:,} holders are that way; the nearest are shown")
        walked = (graph.paths_from if after else graph.paths_to)(
            list(parties), steps=steps, most=50_000)
        lines = list(walked.whole())
        if walked.more or len(lines) > paths:
            more.append(f"more than {paths:,} paths of up to {steps} transfers can have been; the first "
                        "are shown")
            lines = lines[:paths]
    shown = reader.standing(sorted({seq for line in lines for seq in line.transfers}))
    ids = {id_ for id_, _ in found} | {party for line in lines for party in line.parties} | {*parties}
    names = reader.labels(sorted(ids))
    return Hands(
        start, parties, direction,
        tuple(Holder(id_, names[id_], away) for id_, away in found if id_ in names),
        tuple(Way(line.parties, tuple(shown[seq] for seq in line.transfers)) for line in lines
              if all(seq in shown for seq in line.transfers)),
        names, tuple(more),
    )


def _parties(case: Case, reader: Reader, start: str) -> tuple[str, ...]:
    kind = kind_of_id(start).name
    shown = reader.get(start)
    if kind == "party":
        same = same_as(reader)
        one = same.get(start, start)
        return (start, *sorted(id_ for id_, whole in same.items() if whole == one and id_ != start))
    if kind != "item":
        raise Invalid(f"one asks through whose hands an item came, or from a party, not from a {kind}")
    chain = _chain(case, reader, shown)
    known = [step for step in chain.steps if step.how not in _NOBODYS]
    first = next((party for step in known for party in (step.from_party, step.to_party) if party), None)
    last = next((step.to_party for step in reversed(known) if step.to_party), None)
    found = tuple(dict.fromkeys(party for party in (last, first) if party))
    if not found:
        raise Missing(f"nobody is recorded to have had {shown.label}; no way can be asked for")
    return found


def _chain(case: Case, reader: Reader, item: Shown) -> Chain:
    claims, _ = claims_about(reader, attached(reader, transfer_index(case, reader), item))
    return build_chain(item.id, item.label, claims, same_as(reader))

