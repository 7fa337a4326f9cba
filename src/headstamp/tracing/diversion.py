"""The point of diversion: at which of the places of a chain the item left lawful hands.

It is an inference, never a stored fact, and made anew from the records each time. Gone through
in the order of time, the point is the first place that was one: a place's weight is how surely
it was one by itself, times that no earlier place was, times that no rival, which cannot be true
beside it, was. What is left is "none of these, or not known", and that is never nothing. The
weights are stated in :mod:`headstamp.tracing.diversion_rule`; what they are worth, and worked
examples, in ``docs/diversion.md``.

The same chain and facts give the same answer, whatever order the claims came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_ask import asks, uncertainty
from headstamp.tracing.diversion_hands import Place, is_group
from headstamp.tracing.diversion_place import joined, places
from headstamp.tracing.diversion_rule import (
    BAR,
    EDGE,
    NO_IDENTITY,
    POINT,
    STRONG,
    WEAK,
    Reading,
    weight,
)
from headstamp.tracing.hypothesis import METHOD, RULE, VERSION, Ask, Diversion, Facts, Hypothesis
from headstamp.tracing.step import Chain, Step

__all__ = ["METHOD", "RULE", "VERSION", "Diversion", "Facts", "Hypothesis", "find_diversion"]


def find_diversion(chain: Chain, facts: Facts) -> Diversion:
    """Where the item left lawful hands: ranked hypotheses, or that it cannot be determined.

    The last hypothesis is always "none of these, or not known".
    """
    whole = with_loose(chain)
    if not _sought(whole, facts):
        return Diversion((), False, words.NOTHING_SOUGHT, sought=False)
    found = joined(places(whole, facts), facts)
    precluded = _precluded(found)
    points = _shares(found, precluded, POINT, POINT)
    most, settling = asks(whole, found, points, facts)
    told = [
        _hypothesis(place, points[at], _range(found, precluded, at), settling[at])
        for at, place in enumerate(found)
    ]
    told.sort(key=lambda one: (-round(one.probability, 9), one.kind, one.last_lawful or "",
                               one.first_unlawful or "", one.first or "", one.claims))
    rest = _rest(points[-1], _range(found, precluded, len(found)), most)
    return _said((*told, rest), most, uncertainty(points))


def with_loose(chain: Chain) -> Chain:
    """The chain with its loose claims as events: undated ones, before the recovery.

    Claims by which the item is only perhaps among the goods count as far as they are surely
    about it (their share); those of the same product are left out, since a product is no identity.
    """
    if not chain.loose:
        return chain
    loose = [Step(c.how, c.from_party, c.to_party, c.first, c.last, c.lawful, (c,), c.attached.share)
             for c in sorted(chain.loose, key=lambda c: (c.first or c.last or "9999", c.how, c.id))
             if c.how not in ("made", "recovered") and c.attached.share > NO_IDENTITY]
    end = next((at for at, s in enumerate(chain.steps) if s.how == "recovered"), len(chain.steps))
    moved = {at: at + len(loose) if at >= end else at for at in range(len(chain.steps))}
    steps = [replace(s, rivals=tuple(moved[r] for r in s.rivals)) for s in chain.steps]
    gaps = tuple(replace(g, after=moved.get(g.after, g.after)) for g in chain.gaps)
    return replace(chain, steps=(*steps[:end], *loose, *steps[end:]), gaps=gaps, loose=())


def _sought(chain: Chain, facts: Facts) -> bool:
    """Whether anything says that the item was ever out of lawful hands."""
    if facts.illicit:
        return True
    return any(
        step.how in ("captured", "stolen", "lost", "abandoned") or _taken_back(step)
        or step.lawful in ("unauthorised", "contested")
        or is_group(step.to_party, facts) or is_group(step.from_party, facts)
        for step in chain.steps
    )


def _precluded(found: Sequence[Place]) -> list[list[int]]:
    """For each place the others, by index, that must not have been one: earlier ones and rivals."""
    return [
        [k for k, other in enumerate(found) if k != at and (
            other.order < place.order or bool(other.steps & place.rivals or place.steps & other.rivals))]
        for at, place in enumerate(found)
    ]


def _taken_back(step: Step) -> bool:
    """Whether somebody tells that it was taken out of somebody's hands.

    A bare record of recovery does not say so: a test purchase has one too.
    """
    return step.how == "recovered" and any(
        claim.kind in ("custody", "transfer") for claim in step.claims)


def _shares(
    found: Sequence[Place], precluded: Sequence[Sequence[int]], own: Reading, others: Reading,
    of: int | None = None,
) -> list[float]:
    """Probabilities of the places and then of "none of these".

    The place of index ``of`` is read in its ``own`` way and all others in theirs; ``of`` may be
    the index after the last: "none of these".
    """
    reading = [own if at == of else others for at in range(len(found) + 1)]
    support = [place.support[reading[at]] for at, place in enumerate(found)]
    weights = []
    for at, some in enumerate(precluded):
        kept = support[at]
        for k in some:
            kept *= 1.0 - support[k]
        weights.append(kept)
    rest = 1.0
    for one in support:
        rest *= 1.0 - one
    # "None of these" is weakly read where it is small: its row is written from the places' side.
    floor = weight("rest")[{WEAK: STRONG, POINT: POINT, STRONG: WEAK}[reading[-1]]]
    weights.append(max(rest, floor))
    whole = sum(weights)
    return [one / whole for one in weights]


def _range(found: Sequence[Place], precluded: Sequence[Sequence[int]], at: int) -> tuple[float, float]:
    """The probability of one where it is read weakly and all others strongly, and the reverse."""
    low, high = (_shares(found, precluded, own, others, at)[at]
                 for own, others in ((WEAK, STRONG), (STRONG, WEAK)))
    return low, high


def _kept(value: float) -> float:
    return min(max(value, EDGE), 1 - EDGE)


def _hypothesis(place: Place, point: float, ends: tuple[float, float], settled: Ask | None) -> Hypothesis:
    point = _kept(point)
    low, high = min(_kept(ends[0]), point), max(_kept(ends[1]), point)
    one = Hypothesis(
        place.kind, place.last_lawful, place.first_unlawful, place.first, place.last, low, point, high,
        words.word_of(point), place.speaks_for, place.speaks_against, settled, "", place.claims)
    return replace(one, sentence=words.hypothesis(one, place.how))


def _rest(point: float, ends: tuple[float, float], most: Ask | None) -> Hypothesis:
    point = _kept(point)
    one = Hypothesis("unknown", None, None, None, None, min(_kept(ends[0]), point), point,
                     max(_kept(ends[1]), point), words.word_of(point), settled_by=most, rest=True)
    return replace(one, sentence=words.hypothesis(one, ""))


def _said(told: tuple[Hypothesis, ...], most: Ask | None, bits: float) -> Diversion:
    named = [one for one in told if not one.rest]
    best = named[0] if named else None
    others = sorted((one for one in told if one is not best), key=lambda one: -one.high)
    second = others[0] if others else None
    why = ""
    if best is None or best.low <= BAR:
        why = "weak"
    elif second is not None and best.low <= second.high:
        why = "overlap"
    if why or best is None:
        help_ = words.would_help(most.party, most.role, most.question) if most else ""
        return Diversion(told, True, words.undetermined(best, second, why, help_), most, bits)
    return Diversion(told, False, words.determined(best), most, bits)
