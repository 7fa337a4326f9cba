"""Parties: which records are one party, and who has to do with whom.

A proposal that two records are one party is settled by a person. The judgement is a ``tie``
like any other claim: logged, with its reason, undone by judging again. Nothing is joined in
the records; whoever follows a chain asks ``same_as``.
"""

from __future__ import annotations

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

JUDGED = ("same", "different")


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
