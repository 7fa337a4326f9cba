"""Which parties may be one: proposals with their reasons, for a person to judge.

Read through one reader: a party, an address or an officer that may not be seen makes no
proposal and stands in no reason. What is found is kept in memory until anything is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from headstamp.actions.linking.parties import judgements
from headstamp.linking.party_candidates import Candidate, Found, find_candidates
from headstamp.linking.party_compare import PartyFacts, address_key, number_key
from headstamp.linking.party_names import PartyName, read_name
from headstamp.linking.same_party import Judgement, Sameness, sameness
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_TYING = ("owner", "officer", "parent", "agent")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with the names of both parties, and what has been judged of them.

    ``judged`` is empty where nobody has; ``same`` or ``different`` also where it follows from
    what was judged of others; ``contested`` where judgements contradict each other.
    """

    candidate: Candidate
    name: str
    other_name: str
    judged: Literal["", "same", "different", "contested"]

    def as_dict(self) -> dict[str, Any]:
        """The proposal as plain JSON values."""
        return {**self.candidate.as_dict(), "name": self.name, "other_name": self.other_name,
                "judged": self.judged}


@dataclass(frozen=True, slots=True)
class SharedWith:
    """What two parties share beside any likeness: an address, an owner, an officer. A question."""

    party: str
    name: str
    what: str
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"party": self.party, "name": self.name, "what": self.what, "words": self.words}


@dataclass(frozen=True, slots=True)
class PartyBook:
    """All visible parties, read for comparison, with what was found among them."""

    facts: Mapping[str, PartyFacts]
    labels: Mapping[str, str]
    found: Found
    proposals: tuple[Proposal, ...]
    sameness: Sameness
    _sharing: Mapping[tuple[str, str], tuple[str, ...]] = field(repr=False)

    def open(self) -> tuple[Proposal, ...]:
        """The proposals that wait for a person, the best first."""
        return tuple(one for one in self.proposals if not one.judged)

    def of(self, party: str) -> tuple[Proposal, ...]:
        """The proposals about one party, the best first."""
        return tuple(one for one in self.proposals
                     if party in (one.candidate.party, one.candidate.other))

    def shared(self, party: str) -> tuple[SharedWith, ...]:
        """The parties with which this one shares an address, an owner or an officer."""
        own = self.facts.get(party)
        if own is None:
            return ()
        same, found = set(self.sameness.group(party)), []
        for key in _shareable(own):
            for other in self._sharing.get(key, ()):
                if other not in same:
                    theirs = self.facts[other]
                    what, words = ((theirs.tied or {})[key[1]] if key[0] == "tied"
                                   else ("address", (theirs.addresses or {})[key[1]]))
                    found.append(SharedWith(other, self.labels[other], what, words))
        return tuple(sorted(found, key=lambda one: (one.what, one.name, one.party)))


_KEPT: WeakKeyDictionary[Case, dict[str, tuple[int, PartyBook]]] = WeakKeyDictionary()


def party_book(case: Case, reader: Reader) -> PartyBook:
    """``candidates`` of this reader, kept in memory until anything is recorded in the case."""
    kept, size = _KEPT.setdefault(case, {}), reader.size()
    held = kept.get(reader.clearance)
    if held is None or held[0] != size:
        held = kept[reader.clearance] = (size, candidates(reader))
    return held[1]


def candidates(reader: Reader) -> PartyBook:
    """All parties compared, over one state of the case. Seconds on tens of thousands of parties."""
    with reader.snapshot() as now:
        parties = list(now.stream("party"))
        said = judgements(now)
        drawn = sameness(said)
        tied = _tied(now, parties, drawn.same)
    facts = {one.id: facts_of(one, tied.get(one.id, {})) for one in parties}
    labels = {one.id: one.label for one in parties}
    found = find_candidates(list(facts.values()))
    parted = _parted(said, drawn)
    proposals = tuple(
        Proposal(one, labels[one.party], labels[one.other], _judged(one, drawn, parted))
        for one in found.candidates
    )
    sharing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in facts.values():
        for key in _shareable(fact):
            sharing[key].append(fact.id)
    return PartyBook(facts, labels, found, proposals, drawn, {
        key: tuple(ids) for key, ids in sharing.items() if len(ids) > 1})


def _shareable(party: PartyFacts) -> list[tuple[str, str]]:
    return [*(("address", one) for one in party.addresses or {}), *(("tied", one) for one in party.tied or {})]


def facts_of(party: Shown, tied: Mapping[str, tuple[str, str]]) -> PartyFacts:
    """A party's record read for comparison."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in party.get("identifiers", ()):
        key = number_key(one["value"])
        if key:
            numbers[" ".join(one["scheme"].casefold().replace("_", " ").split())].add(key)
    addresses = [party.get("address"), *party.get("addresses", ())]
    return PartyFacts(
        party.id, names_of(party), party.get("party_kind", "unknown"), party.get("country") or "",
        {scheme: frozenset(some) for scheme, some in numbers.items()},
        {key: one for one in addresses if one and (key := address_key(one))}, dict(tied),
    )


def names_of(party: Shown) -> tuple[PartyName, ...]:
    """All names of a party, read, as written first; those told inside a name are names too."""
    person = party.get("party_kind") == "person"
    written = [party.get("name", ""), *(one["text"] for one in party.get("names", ()))]
    names = [read_name(one, person) for one in written if one]
    names += [read_name(former, person) for one in tuple(names) for former in one.former]
    return tuple(dict.fromkeys(names))


def _tied(
    reader: Reader, parties: Iterable[Shown], same: Mapping[str, str]
) -> dict[str, dict[str, tuple[str, str]]]:
    """Owners, officers, parents and agents of each party; one judged the same counts as one."""
    labels = {one.id: one.label for one in parties}
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)

    def add(party: str, other: str, role: str) -> None:
        if party != other and other in labels:
            found[party].setdefault(same.get(other, other), (role, labels[other]))

    for one in parties:
        if one.get("owner"):
            add(one.id, one.get("owner"), "owner")
    for kind in _TYING:
        for tie in reader.stream("tie", {"tie_kind": kind}):
            if tie.get("party") and tie.get("to_party"):
                add(tie.get("to_party"), tie.get("party"), kind)
    return found


def _parted(said: Iterable[Judgement], drawn: Sameness) -> set[tuple[str, ...]]:
    """The pairs judged to be different, each party by the one that stands for its group."""
    return {
        tuple(sorted((drawn.same.get(one.party, one.party), drawn.same.get(one.other, one.other))))
        for one in said if not one.same
    }


def _judged(
    one: Candidate, drawn: Sameness, parted: set[tuple[str, ...]]
) -> Literal["", "same", "different", "contested"]:
    for contested in drawn.contested:
        if one.party in contested.parties and one.other in contested.parties:
            return "contested"
    mine, theirs = drawn.same.get(one.party, one.party), drawn.same.get(one.other, one.other)
    if mine == theirs:
        return "same"
    return "different" if tuple(sorted((mine, theirs))) in parted else ""
