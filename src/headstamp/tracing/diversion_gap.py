"""Stretches without record in which the item can have left lawful hands.

Between a lawful holder and hands that are not, or not known to be; between two lawful holders
where nobody says how it came from the one to the other; and on the way, where nobody but the
sender says that it arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_hands import (
    Hands,
    Place,
    goes,
    is_group,
    is_known,
    promised,
    same_hands,
)
from headstamp.tracing.diversion_rule import Three, times, weight
from headstamp.tracing.diversion_telling import Tellings
from headstamp.tracing.hypothesis import Reason
from headstamp.tracing.step import Step

Window = tuple[str | None, str | None]


def between(told: Tellings, at: int, hands: Hands) -> Iterator[Place]:
    """The stretch before this event, where a lawful holder is followed by other hands."""
    facts = told.facts
    giver = told.chain.steps[at].from_party
    if hands.standing != "lawful" or giver is None or same_hands(giver, hands.party, facts):
        return
    wrong = is_group(giver, facts) or giver in hands.unlawful
    if not wrong and is_known(giver, facts):
        yield _to_another(told, at, hands, giver)
    else:
        yield from _stretch(told, hands, giver, at, told.heard[at].chance, wrong,
                            _had(told, at, giver))


def at_the_end(told: Tellings, hands: Hands) -> Iterator[Place]:
    """The stretch before a recovery that names nobody it was recovered from."""
    chain, facts = told.chain, told.facts
    if not facts.illicit:
        return
    at = next((k for k, s in enumerate(chain.steps) if s.how == "recovered"), None)
    if at is not None:
        if chain.steps[at].from_party is not None:
            return
        hands = Hands()  # who had it before the recovery
        for k, step in enumerate(chain.steps[:at]):
            goes(step, k, hands, facts)
    if hands.standing != "lawful":
        return
    chance = told.heard[at].chance if at is not None else weight("seen")
    if facts.doubted:
        chance = weight("bare")
    had = Reason("seen", words.found(facts.found_with, facts.doubted), chance.point,
                 (facts.recovered,) if facts.recovered else ())
    yield from _stretch(told, hands, None, at, chance, bool(facts.found_with), had)


def however(told: Tellings, event: Place, hands: Hands) -> Iterator[Place]:
    """That it passed between the two sides of an event, however that was.

    Where the event is told less surely than that the one had it before and the other after, its
    passing in a way not known is a hypothesis of its own.
    """
    to, facts = event.first_unlawful, told.facts
    if not event.surely or event.last_lawful is None or event.last_lawful != hands.lawful:
        return
    if to is None or not is_group(to, facts):
        return
    at = next((k for k in told.gives(to, int(event.order)) if told.chain.steps[k].share >= 0.5), None)
    if at is None:
        return
    whole = Hands(hands.lawful, "lawful", hands.lawful, hands.came)
    for place in _stretch(told, whole, to, at, told.heard[at].chance, True, _had(told, at, to)):
        if place.how == "gap" and place.support.point > event.support.point:
            yield replace(place, order=event.order + 0.01)


def still_with(since: Step, step: Step) -> tuple[Three, list[Reason]]:
    """How surely the last known lawful holder still had it when an event happened that names no giver."""
    window = _window(since, step)
    code = _length(since, step)
    factor, why = weight(code), [Reason(code, words.stretch(code, *window), weight(code).point)]
    if since.how == "made":
        factor = times(factor, weight("only_made"))
        why.append(Reason("only_made", words.only_made(), weight("only_made").point))
    return factor, why


def _to_another(told: Tellings, at: int, hands: Hands, giver: str) -> Place:
    """The stretch in which it came, nobody says how, from one lawful holder to another."""
    since, step = told.chain.steps[hands.since], told.chain.steps[at]
    code = "gap_promise" if promised(since, told.facts) else "gap_other_holder"
    kind = ("commercial_leakage" if told.facts.family == "commercial_good" else
            "unauthorised_retransfer" if code == "gap_promise" else "unknown")
    kept, had = _kept(told, hands), _had(told, at, giver)
    why = Reason(code, words.lawfulness(code), weight(code).point, kept.records)
    return Place(hands.since + 0.5, kind, hands.lawful, giver, *_window(since, step), weight(code),
                 (kept, had), (why,), claims=tuple(sorted({*kept.records, *had.records})), how="gap")


def _stretch(
    told: Tellings, hands: Hands, to: str | None, at: int | None, chance: Three, wrong: bool,
    had: Reason,
) -> Iterator[Place]:
    """The stretch from a lawful holder to other hands, and the way there if it was sent."""
    since = told.chain.steps[hands.since]
    here = told.chain.steps[at] if at is not None else None
    window, code = _window(since, here), _length(since, here)
    support = times(chance, weight(code))
    pro: list[Reason] = [_kept(told, hands), had]
    against: list[Reason] = []
    (pro if weight(code).point >= 0.5 else against).append(
        Reason(code, words.stretch(code, *window), weight(code).point))
    if since.how == "made":
        support = times(support, weight("only_made"))
        against.append(Reason("only_made", words.only_made(), weight("only_made").point))
    if not wrong:
        support = times(support, weight("gap_unknown_hands"))
        against.append(Reason("gap_unknown_hands", words.unknown_hands(),
                              weight("gap_unknown_hands").point))
    kind = "commercial_leakage" if told.facts.family == "commercial_good" else "unknown"
    claims = tuple(sorted({*pro[0].records, *had.records}))
    yield from _on_the_way(told, hands, chance, to, window[1], had, claims)
    yield Place(hands.since + 0.5, kind, hands.lawful, to, *window, support, tuple(pro),
                tuple(against), claims=claims, how="gap")


def _on_the_way(
    told: Tellings, hands: Hands, chance: Three, to: str | None, last: str | None, had: Reason,
    claims: tuple[str, ...],
) -> Iterator[Place]:
    """The sending itself, where nobody but the sender says that it arrived."""
    since = told.chain.steps[hands.since]
    sender, receiver = since.from_party, since.to_party
    if since.how not in ("exported", "sold", "brokered") or sender is None:
        return
    arrived = any(claim.how == "imported" for claim in since.claims)
    if is_group(sender, told.facts) or arrived or told.with_them(receiver, since):
        return
    code = "transit_through" if any(c.through for c in since.claims) else "transit"
    why = Reason(code, words.on_the_way(code, receiver), weight(code).point,
                 tuple(sorted(c.id for c in since.claims)), since.grades)
    yield Place(hands.since + 0.25, "in_transit", sender, to, since.first, last,
                times(chance, weight(code)), (had,), (why,), claims=claims, receiver=receiver,
                how="transit")


def _had(told: Tellings, at: int, party: str) -> Reason:
    """That a party had it, by the step in which it left that party."""
    step = told.chain.steps[at]
    return Reason("seen", words.had_it(party, step), told.heard[at].chance.point,
                  tuple(sorted(c.id for c in step.claims)), step.grades)


def _kept(told: Tellings, hands: Hands) -> Reason:
    """That the last lawful holder had it, by the step in which it came there."""
    since = told.chain.steps[hands.since]
    return Reason("held", words.held(hands.lawful, since), told.heard[hands.since].chance.point,
                  tuple(sorted(c.id for c in since.claims)), since.grades)


def _window(since: Step, here: Step | None) -> Window:
    """From the first day on which it can have left to the last; dates that run backwards, turned."""
    first, last = since.first or since.last, here.last if here is not None else None
    return (last, first) if first and last and last < first else (first, last)


def _length(since: Step, here: Step | None) -> str:
    """The row of the table for how long nothing is known."""
    first, last = since.first or since.last, here.last if here is not None else None
    if first is None or last is None or last < first:
        return "gap_open"
    years = (date.fromisoformat(last) - date.fromisoformat(first)).days / 365.25
    return ("gap_year" if years <= 1 else "gap_5_years" if years <= 5 else
            "gap_15_years" if years <= 15 else "gap_longer")
