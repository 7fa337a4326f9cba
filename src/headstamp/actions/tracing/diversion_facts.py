"""What must be known beside an item's chain to weigh where it left lawful hands, as a reader sees it.

Everything comes through the reader, so that what somebody may not see has no weight for them:
two people with different clearances may get different answers, each from what they see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from headstamp.actions.linking.known import KnownParties
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.hypothesis import Answer, Facts, Known
from headstamp.tracing.step import Chain

# Requests that have not gone out were not asked.
_NOT_SENT = frozenset({"draft", "checked"})
# Ties by which one party is part of another or acts for it, and which end is the greater one.
_UP = {"parent": ("to_party", "party"), "owner": ("to_party", "party"), "agent": ("party", "to_party")}
# Manners of recovery that say that it was not in lawful hands.
_OUT_OF_HANDS = frozenset({"recovered", "seized", "surrendered", "cached", "captured"})
# A tie from a poor source does not make anybody part of an armed group.
_POOR = frozenset("DE45")


class Around:
    """What is the same for many items of a case, asked of the reader once: ties, parties, authorities."""

    def __init__(self, reader: Reader, known: KnownParties | None = None) -> None:
        """``known`` are all parties and ties where they are at hand; else they are read."""
        self.reader = reader
        self._known = known
        self._parties: dict[str, Shown] = dict(known.parties) if known else {}
        self._belongs: dict[str, str] | None = None
        self._authorities: dict[str, str] | None = None

    def over(self, reader: Reader) -> Around:
        """The same through another reader of the same sight, with what was gathered so far."""
        other = copy(self)
        other.reader, other._parties = reader, dict(self._parties)
        return other

    def parties(self, ids: Iterable[str]) -> Mapping[str, Shown]:
        """The visible ones of these parties."""
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in self._parties]
        if wanted:
            self._parties.update(self.reader.many(wanted))
        return self._parties

    def belongs(self) -> Mapping[str, str]:
        """Each party that is part of another or acts for it, and that other.

        Private persons are left out: a tie must not make a person part of an armed group.
        """
        if self._belongs is None:
            found: dict[str, str] = {}
            known = self._known
            for tie in known.ties.values() if known else self.reader.stream("tie"):
                ends = _UP.get(tie.get("tie_kind") or "")
                if ends and not set(tie.get("grade") or "") & _POOR:
                    lower, upper = tie.get(ends[0]), tie.get(ends[1])
                    if lower and upper:
                        found.setdefault(lower, upper)
            for party in known.parties.values() if known else self.reader.stream("party"):
                self._parties[party.id] = party
                if party.get("owner"):
                    found.setdefault(party.id, party.get("owner"))
            shown = self.parties(found)
            self._belongs = {
                low: up for low, up in found.items()
                if low in shown and shown[low].get("party_kind") != "person"
            }
        return self._belongs

    def authorities(self) -> Mapping[str, str]:
        """By country, the one state body that is its authority, where the case has exactly one."""
        if self._authorities is None:
            self.belongs()
            by_country: dict[str, list[str]] = {}
            for party in self._parties.values():
                if party.get("party_kind") == "state_body" and party.get("country") and (
                        "authority" in (party.get("roles") or ())):
                    by_country.setdefault(party.get("country"), []).append(party.id)
            self._authorities = {c: some[0] for c, some in by_country.items() if len(some) == 1}
        return self._authorities


def facts_of(
    item: Shown, chain: Chain, around: Around, same: Mapping[str, str] | None = None
) -> Facts:
    """The facts beside this item's chain.

    ``same`` maps a party to the one it is judged to be the same as, as for the chain itself.
    """
    reader, same = around.reader, same or {}
    claims = chain.claims
    recovery = item.get("recovery")
    found = reader.many([recovery]).get(recovery) if recovery else None
    said = found.values if found is not None else {}
    bases = [b for b in said.get("illicit_basis") or () if b != "unknown"]
    group = said.get("armed_group") or ""
    named = {*chain.parties, *(p for s in chain.steps for p in (s.from_party, s.to_party) if p)}
    others = {alias for alias, one in same.items() if one in named}
    belongs = _upwards(named | others, around.belongs(), same)
    ids = sorted(named | {*belongs, *belongs.values()})
    known = around.parties(ids)
    records = reader.many(sorted({
        *(p for c in claims for p in c.papers), *(c.id for c in claims if c.kind == "transfer")}))
    papers = {id_: one.get("grade") or "" for id_, one in records.items() if one.kind == "document"}
    parties = {id_: _known(known[id_].values) for id_ in ids if id_ in known}
    countries = {one.country for one in parties.values()}
    authorities = {c: party for c, party in around.authorities().items() if c in countries}
    known = around.parties(authorities.values())
    parties |= {id_: _known(known[id_].values) for id_ in authorities.values() if id_ in known}
    return Facts(
        family=item.get("family") or "unknown",
        illicit=bool(bases or group or said.get("manner") in _OUT_OF_HANDS),
        found_with=group, doubted=said.get("armed_group_confidence") == "low",
        recovered=found.id if found is not None else "",
        parties=parties, belongs=belongs, papers=papers,
        certificates=frozenset(
            id_ for id_, one in records.items() if one.get("document_kind") == "end_user_certificate"),
        licences={id_: one.get("licence_status") for id_, one in records.items()
                  if one.get("licence_status")},
        answers=_answers(reader, item.id, same), authorities=authorities,
    )


def _upwards(
    parties: Iterable[str], belongs: Mapping[str, str], same: Mapping[str, str]
) -> dict[str, str]:
    """What these parties belong to, and so on up; each as the one it is judged to be."""
    found: dict[str, str] = {}
    now = sorted(set(parties))
    seen: set[str] = set()
    while now:
        seen |= set(now)
        above = {id_: belongs[id_] for id_ in now if id_ in belongs}
        for low, up in above.items():
            if same.get(low, low) != same.get(up, up):
                found.setdefault(same.get(low, low), same.get(up, up))
        now = sorted(set(above.values()) - seen)
    return found


def _known(values: Mapping[str, Any]) -> Known:
    return Known(values.get("party_kind") or "unknown", tuple(values.get("roles") or ()),
                 values.get("country") or "", bool(values.get("public_office")))


def _answers(reader: Reader, item: str, same: Mapping[str, str]) -> tuple[Answer, ...]:
    """What the requests about the item brought, one for each reply; silence as silence."""
    told: list[Answer] = []
    for request in reader.referring(item, kind="trace_request", field="items"):
        if request.get("status") in _NOT_SENT:
            continue
        replies = [
            one for one in reader.referring(request.id, kind="trace_reply", field="request")
            if not one.get("items") or item in one.get("items")
        ]
        party = request.get("addressee")
        party = same.get(party, party) if party else None
        told.extend(Answer(one.id, party, one.get("reply_code") or "") for one in replies)
        if not replies:
            told.append(Answer(request.id, party, ""))
    return tuple(sorted(told, key=lambda one: one.id))
