"""How surely an event of a chain happened as it is told: grades, sources, agreement, contradictions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_hands import hands_of
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
from headstamp.tracing.step import Chain, Contradiction, Step

COMPARED = 50
"""An event is held against so many of the next ones of the same party, on either side."""


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


class Tellings:
    """How surely each event of a chain happened, and what of the chain bears on that, by index."""

    def __init__(self, chain: Chain, facts: Facts) -> None:
        self.chain, self.facts = chain, facts
        self.heard = tuple(heard(step, facts) for step in chain.steps)
        papers = dict(facts.papers)
        # Bare words can all have one mouth, and agree with nothing.
        self._firm = [any(grounds(c, papers)[0] != "bare" for c in s.claims) for s in chain.steps]
        self._rests = [{key for c in s.claims for key in (*c.papers, *([c.reply] if c.reply else []))}
                       for s in chain.steps]
        self._gives: dict[str, list[int]] = {}
        self._takes: dict[str, list[int]] = {}
        for at, step in enumerate(chain.steps):
            for party in hands_of(step.from_party, facts):
                self._gives.setdefault(party, []).append(at)
            if step.to_party:
                self._takes.setdefault(step.to_party, []).append(at)
        self._against: dict[str, list[Contradiction]] = {}
        for one in chain.contradictions:
            for claim in one.claims:
                self._against.setdefault(claim, []).append(one)

    def gives(self, party: str | None, after: int) -> list[int]:
        """The next steps after this one by which it left a party, or one that belongs with it."""
        some: set[int] = set()
        for one in hands_of(party, self.facts):
            held = self._gives.get(one, [])
            at = bisect_right(held, after)
            some.update(held[at : at + COMPARED])
        return sorted(some)[:COMPARED]

    def takes(self, party: str | None, before: int) -> list[int]:
        """The last steps before this one by which it came to a party."""
        held = self._takes.get(party or "", [])
        at = bisect_left(held, before)
        return held[max(0, at - COMPARED) : at]

    def with_them(self, party: str | None, but: Step) -> bool:
        """Whether any other event than this has it with a party; to have recovered it says nothing."""
        held = (*self._takes.get(party or "", ()), *self._gives.get(party or "", ()))
        return any(self.chain.steps[k] is not but and self.chain.steps[k].how != "recovered"
                   for k in held)

    def weighed(self, at: int) -> Told:
        """How surely the event of this index happened, with what stands before and after it."""
        step, told = self.chain.steps[at], self.heard[at]
        out = Told(told.chance, list(told.speaks_for), list(told.speaks_against))
        self._agreement(at, out)
        self._contradicted(step, out)
        _answers(step, self.facts, out)
        out.chance = Three(*(min(c, m) for c, m in zip(out.chance, MOST_SURE, strict=True)))
        return out

    def _agreement(self, at: int, out: Told) -> None:
        """Other sources that have the item with the giver before, or with the receiver after."""
        step = self.chain.steps[at]
        before = self._apart(at, self.takes(step.from_party, at))
        after = self._apart(at, self.gives(step.to_party, at))
        for code, which in (("before_agrees", before), ("next_agrees", after)):
            if not which:
                continue
            k = max(which, key=lambda one: (self.heard[one].chance.point, -one))
            factor = Three(*(w ** c for w, c in zip(weight(code), self.heard[k].chance, strict=True)))
            out.chance = _by(out.chance, factor)
            other = self.chain.steps[k]
            out.speaks_for.append(Reason(code, words.agrees(code, other), factor.point,
                                         tuple(sorted(c.id for c in other.claims)), other.grades))

    def _apart(self, at: int, some: list[int]) -> list[int]:
        """Those of other steps that do not rest on the same papers and can be true beside it."""
        step = self.chain.steps[at]
        if not self._firm[at]:
            return []
        return [k for k in some if self._firm[k] and k not in step.rivals
                and at not in self.chain.steps[k].rivals and not self._rests[at] & self._rests[k]]

    def _contradicted(self, step: Step, out: Told) -> None:
        """Each kind of thing that does not fit counts once, however often it is found."""
        found: dict[str, set[Contradiction]] = {}
        for claim in step.claims:
            for one in self._against.get(claim.id, ()):
                # Weighed as the event's lawfulness, or as a rival.
                if one.what == "lawful_contested" or (one.what == "two_holders" and step.rivals):
                    continue
                found.setdefault(one.what, set()).add(one)
        for what, some in sorted(found.items()):
            out.chance = _by(out.chance, weight(what))
            first = min(some, key=lambda one: (one.words, one.claims))
            out.speaks_against.append(Reason(what, first.words, weight(what).point,
                                             tuple(sorted(first.claims))))


def _answers(step: Step, facts: Facts, out: Told) -> None:
    for one in facts.answers:
        code = {"not_our_product": "not_theirs", "no_record": "no_record"}.get(one.code)
        if code and one.party and one.party == step.from_party:
            out.chance = _by(out.chance, weight(code))
            out.speaks_against.append(Reason(code, words.answered(code, one.party),
                                             weight(code)[POINT], (one.id,)))


def _by(chance: Three, factor: Three) -> Three:
    return Three(*(on_odds(c, f) for c, f in zip(chance, factor, strict=True)))
