"""Questions about who took part: listed, newly founded, at one address, with one officer.

That two firms share an address or a director is common and lawful: forwarding agents and
registered offices have thousands of tenants. It is asked because an answer tells who decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from headstamp.kinds.date import bounds
from headstamp.tracing.check import (
    Around,
    Flag,
    Movement,
    PartyFacts,
    Sure,
    TieFacts,
    cited,
    months_before,
)
from headstamp.tracing.check_list import Entry, Lists
from headstamp.tracing.check_name import address_key

NEW_MONTHS = 12
_SHARED = frozenset({"officer", "owner", "agent", "employee", "parent"})
_HELD = frozenset({"officer", "owner", "agent", "parent", "family", "associate", "successor", "unknown"})


def listed(one: Movement, lists: Lists, around: Around) -> Iterator[Flag]:
    """Parties of which a name or number stands on a list of parties; proposals only."""
    for id_ in one.parties:
        party = around.parties.get(id_)
        if party is None:
            continue
        found: dict[str, tuple[Entry, Sure, str]] = {}
        for scheme, value in party.identifiers:
            for entry, sure in lists.about_identifier(scheme, value, one.first, one.last):
                found.setdefault(entry.id, (entry, sure, f"the number {scheme} {value}"))
        for name in (party.label, *party.names):
            for entry, sure in lists.about_name(name, one.first, one.last):
                found.setdefault(entry.id, (entry, sure, f"a name written like \u201c{name}\u201d"))
        for entry, sure, by in found.values():
            yield Flag(
                "listed_party", _listed(one, party, entry, sure, by), entry.source,
                entry.list_name, entry.version, entry.dated, sure, (one.id, id_), (entry.code,),
                (id_,), entry.caution,
            )


def _listed(one: Movement, party: PartyFacts, entry: Entry, sure: Sure, by: str) -> str:
    source = cited(entry.list_name, entry.version, entry.dated)
    when = {
        "in force": f"listed when the goods moved, {one.on}",
        "possibly in force": f"perhaps listed when the goods moved, {one.on}",
        "dates not known": "since when is not said",
        "": "",
    }[sure]
    same = "" if by.startswith("the number") else ", which alone does not make them one"
    return (f"{source} has {by} ({entry.code}: {entry.title}; {when}){same}. Is it the party "
            f"\u201c{party.label}\u201d of this transfer?")


def founding(one: Movement, around: Around, months: int = NEW_MONTHS) -> Iterator[Flag]:
    """Parties founded within so many months before the transfer, or not there at the time."""
    if one.first is None and one.last is None:
        return
    for id_ in one.parties:
        party = around.parties.get(id_)
        if party is None:
            continue
        if party.founded_on:
            yield from _founded(one, party, months)
        if party.dissolved_on:
            gone = bounds(party.dissolved_on)[1]
            if gone and one.first and one.first > gone:
                yield Flag("party_not_there", (
                    f"\u201c{party.label}\u201d is recorded as dissolved ({party.dissolved_on}) before the "
                    f"transfer ({one.on}). Who acted in its name, or is one of the dates another?"
                ), claims=(one.id, id_), about=(id_,))


def _founded(one: Movement, party: PartyFacts, months: int) -> Iterator[Flag]:
    earliest, latest = bounds(party.founded_on)
    if one.last and earliest and one.last < earliest:
        yield Flag("party_not_there", (
            f"\u201c{party.label}\u201d is recorded as founded ({party.founded_on}) after the transfer "
            f"({one.on}). Was there an earlier firm of that name, or is one of the dates another?"
        ), claims=(one.id, party.id), about=(party.id,))
    elif one.last and latest and latest >= months_before(one.first or one.last, months):
        may = "" if earliest and one.first and earliest >= months_before(one.last, months) \
            and latest <= one.first else "may have been "
        verb = "was" if not may else may.rstrip()
        yield Flag("new_party", (
            f"\u201c{party.label}\u201d {verb} founded ({party.founded_on}) within {months} months before "
            f"the transfer ({one.on}). Who founded it, and what did it trade in before?"
        ), claims=(one.id, party.id), about=(party.id,))


@dataclass
class Shares:
    """Who shares an address or an officer with whom, found once for all transfers."""

    around: Around
    _addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    _ties: dict[str, list[TieFacts]] = field(default_factory=dict)
    _owned: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def build(cls, around: Around) -> Shares:
        """The addresses and ties of all parties, by party."""
        made = cls(around)
        for tie in around.ties:
            made._ties.setdefault(around.one(tie.party), []).append(tie)
            made._ties.setdefault(around.one(tie.to_party), []).append(tie)
        for party in around.parties.values():
            if party.owner:
                ends = around.one(party.id), around.one(party.owner)
                for end, other in (ends, ends[::-1]):
                    made._owned.setdefault(end, set()).add(other)
            keys = {address_key(written): written for written in party.addresses}
            keys.pop("", None)
            if keys:
                made._addresses.setdefault(around.one(party.id), {}).update(keys)
        return made

    def between(self, claims: Sequence[str], parties: Iterable[str], chain: bool = False
                ) -> Iterator[Flag]:
        """Questions about each two of these parties, other than those judged the same."""
        named = [one for one in dict.fromkeys(map(self.around.one, parties))
                 if one in self._addresses or one in self._ties or one in self._owned]
        where = "this chain" if chain else "this transfer"
        for number, left in enumerate(named):
            for right in named[number + 1 :]:
                yield from self._pair(tuple(claims), left, right, where)

    def _pair(self, claims: tuple[str, ...], left: str, right: str, where: str) -> Iterator[Flag]:
        a, b = self.around.name(left), self.around.name(right)
        both = f"\u201c{a}\u201d and \u201c{b}\u201d, both of {where},"
        mine, theirs = self._addresses.get(left, {}), self._addresses.get(right, {})
        for key in sorted(mine.keys() & theirs.keys()):
            yield Flag("shared_address", (
                f"{both} are recorded at one address ({mine[key]}). Is it the office of an agent with "
                "many tenants, or do the two have to do with each other?"
            ), claims=(*claims, left, right), about=(left, right))
        told = False
        for tie in self._ties.get(left, ()):
            if tie.kind in _HELD and {self.around.one(tie.party), self.around.one(tie.to_party)} == {left, right}:
                told = True
                yield self._tied(claims, both, tie)
        for tie, other in self._common(left, right):
            third = self.around.one(tie.party)
            yield Flag("shared_officer", (
                f"{both} have one {tie.kind if tie.kind == other.kind else 'officer or owner'} on record "
                f"(\u201c{self.around.name(third)}\u201d). From when to when, and who decided for each?"
            ), claims=(*claims, tie.id, other.id), about=(left, right, third))
        if right in self._owned.get(left, ()) and not told:
            yield Flag("tied_parties", f"Of {both} one is recorded as owner of the other. Was it so at "
                       "the time of the transfer, and who decided?",
                       claims=(*claims, left, right), about=(left, right))

    def _tied(self, claims: tuple[str, ...], both: str, tie: TieFacts) -> Flag:
        first, second = self.around.name(tie.party), self.around.name(tie.to_party)
        how = "connected, how is not known" if tie.kind == "unknown" else tie.kind
        lasted = f", {tie.lasted}" if tie.lasted else ""
        return Flag("tied_parties", (
            f"{both} have to do with each other ({how}: \u201c{first}\u201d of \u201c{second}\u201d{lasted}). "
            "Was it so at the time, and who decided?"
        ), claims=(*claims, tie.id), about=(self.around.one(tie.party), self.around.one(tie.to_party)))

    def _common(self, left: str, right: str) -> Iterator[tuple[TieFacts, TieFacts]]:
        """Ties of a third party to both, each third party once."""
        one = self.around.one
        mine = {one(t.party): t for t in reversed(self._ties.get(left, ()))
                if t.kind in _SHARED and one(t.to_party) == left and one(t.party) != right}
        theirs = {one(t.party): t for t in reversed(self._ties.get(right, ()))
                  if t.kind in _SHARED and one(t.to_party) == right and one(t.party) != left}
        for third in sorted(mine.keys() & theirs.keys()):
            yield mine[third], theirs[third]


def to_itself(one: Movement, around: Around) -> Iterator[Flag]:
    """A transfer of which the two ends are one party, or judged to be one."""
    if one.from_party and one.to_party and around.one(one.from_party) == around.one(one.to_party):
        same = one.from_party == one.to_party
        how = "names one party as sender and receiver" if same \
            else "goes between two records that are judged to be one party"
        yield Flag("self_transfer", (
            f"This transfer {how} (\u201c{around.name(one.to_party)}\u201d). Did the goods change hands, "
            "did they only move between its stores, or is a party wrongly read?"
        ), claims=(one.id,), about=tuple(dict.fromkeys((one.from_party, one.to_party))))


