"""Parties: which records are one party, and who has to do with whom.

A proposal that two records are one party is settled by a person. The judgement is a ``tie``
like any other claim: logged, with its reason, undone by judging again. Nothing is joined in
the records; whoever follows a chain asks ``same_as``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.actions.correct import correct
from headstamp.errors import Invalid, Problem
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import RANK
from headstamp.linking.same_party import Judgement, Sameness, sameness
from headstamp.records import Tie
from headstamp.store.case import Case
from headstamp.store.change import Outcome
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary

JUDGED = ("same", "different")
_MOST_TIES = 5_000


def judgements(reader: Reader) -> list[Judgement]:
    """Every visible judgement on two parties."""
    return [
        Judgement(one.id, one.get("party"), one.get("to_party"), kind == "same")
        for kind in JUDGED
        for one in reader.stream("tie", {"tie_kind": kind})
        if one.get("party") and one.get("to_party")
    ]


def judged(reader: Reader) -> Sameness:
    """What follows from the judgements this reader may see, and where they contradict."""
    return sameness(judgements(reader))


def same_as(reader: Reader) -> dict[str, str]:
    """Each party that is judged to be the same as another, with the one that stands for all.

    Parties of a group whose judgements contradict each other are not in it (see
    ``same_party``); one that is not in it stands for itself.
    """
    return dict(judged(reader).same)


def judge(
    case: Case, party: str, other: str, judgement: str, *, why: str, clearance: str, actor: str
) -> Outcome:
    """Records a person's word that two parties are the ``same`` or ``different``.

    One record holds what is judged of one pair: judging again is a new version of it, and the
    earlier word stays in its history. Raises Invalid where the pair is one party or no reason
    is given, Missing for a party that is not there or may not be seen.
    """
    problems = []
    if judgement not in JUDGED:
        problems.append(Problem("a judgement is one of same, different", field="judgement",
                                value=judgement))
    if not why.strip():
        problems.append(Problem("on what the judgement rests is not said",
                                "Say why: what the sources have in common, or what tells them "
                                "apart.", field="why"))
    if party == other:
        problems.append(Problem("a party is not compared with itself", "Name two parties.",
                                field="other", value=other))
    if problems:
        raise Invalid("this cannot be judged", problems)
    reader = case.read(clearance)
    sides = [_party(reader, one) for one in sorted((party, other))]
    tie = derived_id("tie", "judgement", *(one.id for one in sides))
    tier = max((one.get("tier", "partner") for one in sides), key=RANK.__getitem__)
    values = {"id": tie, "party": sides[0].id, "to_party": sides[1].id, "tie_kind": judgement,
              "basis": why, "tier": max((tier, "partner"), key=RANK.__getitem__)}
    reason = f"judged to be {'one party' if judgement == 'same' else 'two parties'}: {why.strip()}"
    there = reader.many([tie]).get(tie)
    if there is not None:
        kept = {name: value for name, value in there.values.items() if name not in values}
        return correct(case, tie, {**kept, **values}, expected=there.version, clearance=clearance,
                       actor=actor, reason=reason)
    # A judgement that may not be seen is not overwritten by one that cannot know it.
    with case.change(actor=actor, reason=reason) as change:
        return change.put(Tie.build(values), expected=0)


def _party(reader: Reader, party: str) -> Shown:
    shown = reader.get(party)
    if shown.kind != "party":
        raise Invalid("this cannot be judged", [Problem(
            "not a party", "Give the id of a party.", "party", party)])
    return shown


@dataclass(frozen=True, slots=True)
class TieShown:
    """A tie as one of its parties sees it: a claim with its source and grade.

    ``outward``: this party is the owner, officer, ... *of* the other; else the other is its.
    ``itself``: the source ties the party to itself; told, and nothing is drawn from it.
    """

    id: str
    kind: str
    label: str
    outward: bool
    other: str
    name: str
    itself: bool
    role: str
    share: float | None
    lasted: str
    grade: str
    source: str
    documents: tuple[str, ...]
    basis: str

    def as_dict(self) -> dict[str, Any]:
        """The tie as plain JSON values; what is not said is left out."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        told["documents"] = list(self.documents)
        return {name: value for name, value in told.items()
                if value not in ("", None, [], False) or name == "outward"}


def ties(reader: Reader, party: str) -> list[TieShown]:
    """All visible ties of a party, judgements too: owners first, then the rest, by time."""
    found: dict[str, tuple[Shown, bool]] = {}
    for name, outward in (("to_party", False), ("party", True)):
        for one in reader.referring(party, kind="tie", field=name, limit=_MOST_TIES):
            found.setdefault(one.id, (one, outward))
    owned = reader.get(party).get("owner")
    others = {_other(one, outward) for one, outward in found.values()} | ({owned} if owned else set())
    labels = reader.labels(sorted(one for one in others if one))
    shown = [_tie(one, outward, party, labels) for one, outward in found.values()]
    if owned:
        # "Owned by" on the party itself says the same with fewer words.
        shown.append(TieShown(party, "owner", vocabulary("tie_kind").label("owner"), False, owned,
                              labels.get(owned, owned), owned == party, "", None, "", "", "", (), ""))
    order = [term.code for term in vocabulary("tie_kind").terms]
    return sorted(shown, key=lambda one: (order.index(one.kind), one.outward, one.lasted, one.name))


def _other(tie: Shown, outward: bool) -> str:
    return str(tie.get("to_party" if outward else "party", ""))


def _tie(tie: Shown, outward: bool, party: str, labels: Mapping[str, str]) -> TieShown:
    other = _other(tie, outward)
    source = tie.get("source") or {}
    return TieShown(
        tie.id, tie.get("tie_kind"), vocabulary("tie_kind").label(tie.get("tie_kind")), outward, other,
        labels.get(other, other), other == party, tie.get("role", ""), tie.get("share"),
        str(tie.get("lasted", "")), tie.get("grade", ""), source.get("document", ""),
        tuple(tie.get("documents", ())), tie.get("basis", ""),
    )
