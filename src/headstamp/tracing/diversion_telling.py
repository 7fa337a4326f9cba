"""How surely an event of a chain happened as it is told: grades, sources, agreement, contradictions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_hands import same_hands
from headstamp.tracing.diversion_rule import (
    MOST_SURE,
    POINT,
    READINGS,
    Three,
    any_of,
    grounds,
    on_odds,
    sources,
    weight,
)
from headstamp.tracing.hypothesis import Facts, Reason
from headstamp.tracing.step import Chain, Step


@dataclass(slots=True)
class Told:
    """How surely an event happened to the item as told, in three readings, and why."""

    chance: Three
    speaks_for: list[Reason] = field(default_factory=list)
    speaks_against: list[Reason] = field(default_factory=list)


def heard(step: Step, facts: Facts) -> Told:
    """How surely the event happened to this item, by its own claims alone.

    Each source counts once, by its best claim, a claim as far as the item is among its goods.
    Read weakly, several sources count as one; nothing says that they have no common origin.
    """
    papers = dict(facts.papers)
    best: list[Three] = []
    reasons: list[Reason] = []
    for told in sources(step.claims).values():
        values = [(grounds(one, papers), one) for one in told]
        chances = [Three(*(v * one.attached.share for v in on)) for (_, on), one in values]
        most = Three(*(max(each[r] for each in chances) for r in READINGS))
        best.append(most)
        rests = sorted({*(one.id for one in told), *(p for one in told for p in one.papers),
                        *(one.reply for one in told if one.reply)})
        said = sorted({on for (on, _), _ in values})
        reasons.append(Reason(
            said[0] if said[0] in words.RESTS else "grade", words.telling(step, said, told),
            most.point, tuple(rests), tuple(g for g in said if g not in words.RESTS)))
    chance = Three(
        min(max((b.weak for b in best), default=0.0), MOST_SURE.weak),
        min(any_of(b.point for b in best), MOST_SURE.point),
        min(any_of(b.strong for b in best), MOST_SURE.strong),
    )
    reasons.sort(key=lambda one: (-one.factor, one.records))
    told_of = Told(chance, reasons)
    if (share := step.share) < 1:
        told_of.speaks_against.append(Reason(
            "share", words.shared(share), share, tuple(sorted(c.id for c in step.claims))))
    return told_of


def weighed(chain: Chain, at: int, facts: Facts, heard_of: tuple[Told, ...]) -> Told:
    """How surely the event of this index happened, with what stands before and after it."""
    step, told = chain.steps[at], heard_of[at]
    out = Told(told.chance, list(told.speaks_for), list(told.speaks_against))
    _agreement(chain, at, facts, heard_of, out)
    ours = {claim.id for claim in step.claims}
    for one in chain.contradictions:
        if one.what == "lawful_contested" or (one.what == "two_holders" and step.rivals):
            continue  # weighed as the event's lawfulness, or as a rival
        if ours & set(one.claims):
            out.chance = _by(out.chance, weight(one.what))
            out.speaks_against.append(Reason(
                one.what, one.words, weight(one.what).point, tuple(sorted(one.claims))))
    _answers(step, facts, out)
    out.chance = Three(*(min(c, m) for c, m in zip(out.chance, MOST_SURE, strict=True)))
    return out


def _rests_on(step: Step) -> set[str]:
    return {key for one in step.claims for key in ((*one.papers, one.reply) if one.reply else one.papers)}


def _agreement(chain: Chain, at: int, facts: Facts, heard_of: tuple[Told, ...], out: Told) -> None:
    """Other sources that have the item with the giver before, or with the receiver after."""
    step = chain.steps[at]
    apart = [
        (k, other) for k, other in enumerate(chain.steps)
        if k != at and k not in step.rivals and at not in other.rivals
        and not (_rests_on(step) & _rests_on(other)) and _more_than_words(other, facts) and _more_than_words(step, facts)
    ]
    before = [k for k, o in apart if k < at and o.to_party and o.to_party == step.from_party]
    after = [k for k, o in apart if k > at and same_hands(o.from_party, step.to_party, facts)]
    for code, which in (("before_agrees", before), ("next_agrees", after)):
        if not which:
            continue
        k = max(which, key=lambda one: (heard_of[one].chance.point, -one))
        factor = Three(*(w ** c for w, c in zip(weight(code), heard_of[k].chance, strict=True)))
        out.chance = _by(out.chance, factor)
        other = chain.steps[k]
        out.speaks_for.append(Reason(code, words.agrees(code, other), factor.point,
                                     tuple(sorted(c.id for c in other.claims)), other.grades))


def _more_than_words(step: Step, facts: Facts) -> bool:
    """Whether its sources are more than bare words, which can all have one mouth."""
    papers = dict(facts.papers)
    return any(grounds(claim, papers)[0] != "bare" for claim in step.claims)


def _answers(step: Step, facts: Facts, out: Told) -> None:
    for one in facts.answers:
        code = {"not_our_product": "not_theirs", "no_record": "no_record"}.get(one.code)
        if code and one.party and one.party == step.from_party:
            out.chance = _by(out.chance, weight(code))
            out.speaks_against.append(Reason(code, words.answered(code, one.party),
                                             weight(code)[POINT], (one.id,)))


def _by(chance: Three, factor: Three) -> Three:
    return Three(*(on_odds(c, f) for c, f in zip(chance, factor, strict=True)))


def said(steps: Iterable[Step], facts: Facts) -> tuple[Told, ...]:
    """How surely each event happened, by its own claims alone."""
    return tuple(heard(step, facts) for step in steps)
