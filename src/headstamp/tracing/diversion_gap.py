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
from headstamp.tracing.diversion_telling import Told, heard
from headstamp.tracing.hypothesis import Facts, Reason
from headstamp.tracing.step import Chain, Gap, Step


def between(chain: Chain, at: int, hands: Hands, told: tuple[Told, ...], facts: Facts) -> Iterator[Place]:
    """The stretch before this event, where a lawful holder is followed by other hands."""
    step = chain.steps[at]
    giver = step.from_party
    if hands.standing != "lawful" or giver is None or same_hands(giver, hands.party, facts):
        return
    wrong = is_group(giver, facts) or giver in hands.unlawful
    if not wrong and is_known(giver, facts):
        yield _to_another(chain, at, hands, giver, facts)
        return
    ids = tuple(sorted(c.id for c in step.claims))
    had = Reason("seen", words.had_it(giver, step), told[at].chance.point, ids, step.grades)
    yield from _stretch(chain, hands, giver, at, told[at].chance, wrong, had, facts)


def _to_another(chain: Chain, at: int, hands: Hands, giver: str, facts: Facts) -> Place:
    """The stretch in which it came, nobody says how, from one lawful holder to another."""
    since, step = chain.steps[hands.since], chain.steps[at]
    code = "gap_promise" if promised(since, facts) else "gap_other_holder"
    kind = ("commercial_leakage" if facts.family == "commercial_good" else
            "unauthorised_retransfer" if code == "gap_promise" else "unknown")
    gap = _gap_after(chain, hands.since, since, step)
    ids = tuple(sorted(c.id for c in since.claims))
    kept = Reason("held", words.held(hands.lawful, since), heard(since, facts).chance.point, ids, since.grades)
    had = Reason("seen", words.had_it(giver, step), heard(step, facts).chance.point,
                 tuple(sorted(c.id for c in step.claims)), step.grades)
    why = Reason(code, words.lawfulness(code), weight(code).point, ids)
    return Place(hands.since + 0.5, kind, hands.lawful, giver, gap.first, gap.last, weight(code),
                 (kept, had), (why,), frozenset(), frozenset(),
                 tuple(sorted({*ids, *had.records})), None, "gap")


def at_the_end(chain: Chain, hands: Hands, told: tuple[Told, ...], facts: Facts) -> Iterator[Place]:
    """The stretch before a recovery that names nobody it was recovered from."""
    if not facts.illicit:
        return
    at = next((k for k, s in enumerate(chain.steps) if s.how == "recovered"), None)
    if at is not None and chain.steps[at].from_party is not None:
        return
    if at is None and hands.standing != "lawful":
        return
    if at is not None:
        # Who had it before the recovery.
        hands = Hands()
        for k, step in enumerate(chain.steps[:at]):
            goes(step, k, hands, facts)
        if hands.standing != "lawful":
            return
    chance = told[at].chance if at is not None else weight("seen")
    if facts.doubted:
        chance = weight("bare")
    had = Reason("seen", words.found(facts.found_with, facts.doubted), chance.point,
                 (facts.recovered,) if facts.recovered else ())
    yield from _stretch(chain, hands, None, at, chance, bool(facts.found_with), had, facts)


def however(chain: Chain, event: Place, hands: Hands, told: tuple[Told, ...], facts: Facts
            ) -> Iterator[Place]:
    """That it passed between the two sides of an event, however that was.

    Where the event is told less surely than that the one had it before and the other after, its
    passing in a way not known is a hypothesis of its own.
    """
    if not event.surely or event.last_lawful is None or event.last_lawful != hands.lawful:
        return
    to = event.first_unlawful
    for at in range(int(event.order) + 1, len(chain.steps)):
        step = chain.steps[at]
        if step.share >= 0.5 and to and same_hands(step.from_party, to, facts) and is_group(to, facts):
            ids = tuple(sorted(c.id for c in step.claims))
            had = Reason("seen", words.had_it(to, step), told[at].chance.point, ids, step.grades)
            whole = Hands(hands.lawful, "lawful", hands.lawful, hands.came)
            for place in _stretch(chain, whole, to, at, told[at].chance, True, had, facts):
                if place.how == "gap" and place.support.point > event.support.point:
                    yield replace(place, order=event.order + 0.01)
            return


def still_with(since: Step, step: Step) -> tuple[Three, list[Reason]]:
    """How surely the last known lawful holder still had it when an event happened that names no giver."""
    code = _length(since.first or since.last, step.last)
    factor, why = weight(code), [Reason(
        code, words.stretch(code, since.first or since.last, step.last), weight(code).point)]
    if since.how == "made":
        factor = times(factor, weight("only_made"))
        why.append(Reason("only_made", words.only_made(), weight("only_made").point))
    return factor, why


def _stretch(
    chain: Chain, hands: Hands, to: str | None, at: int | None, chance: Three, wrong: bool,
    had: Reason, facts: Facts,
) -> Iterator[Place]:
    since, here = chain.steps[hands.since], chain.steps[at] if at is not None else None
    gap = _gap_after(chain, hands.since, since, here)
    code = _length(gap.first, gap.last)
    support = times(chance, weight(code))
    long = Reason(code, words.stretch(code, gap.first, gap.last), weight(code).point)
    against = []
    if since.how == "made":
        support = times(support, weight("only_made"))
        against.append(Reason("only_made", words.only_made(), weight("only_made").point))
    if not wrong:
        support = times(support, weight("gap_unknown_hands"))
        against.append(Reason("gap_unknown_hands", words.unknown_hands(),
                              weight("gap_unknown_hands").point))
    kept = Reason("held", words.held(hands.lawful, since),
                  heard(since, facts).chance.point, tuple(sorted(c.id for c in since.claims)), since.grades)
    pro = [kept, had]
    (pro if weight(code).point >= 0.5 else against).append(long)
    claims = tuple(sorted({c.id for c in since.claims} | set(had.records)))
    kind = "commercial_leakage" if facts.family == "commercial_good" else "unknown"
    way = _on_the_way(chain, hands, since, chance, to, gap, had, facts, claims)
    if way is not None:
        yield way
    yield Place(hands.since + 0.5, kind, hands.lawful, to, gap.first, gap.last, support, tuple(pro),
                tuple(against), frozenset(), frozenset(), claims, None, "gap")


def _on_the_way(
    chain: Chain, hands: Hands, since: Step, chance: Three, to: str | None, gap: Gap, had: Reason,
    facts: Facts, claims: tuple[str, ...],
) -> Place | None:
    """The sending itself, where nobody but the sender says that it arrived."""
    sender = since.from_party
    if since.how not in ("exported", "sold", "brokered") or sender is None or is_group(sender, facts):
        return None
    receiver = since.to_party
    for other in chain.steps:
        # That the receiver later recovers it does not say that it once arrived.
        if other is since or other.how == "recovered" or not receiver:
            continue
        if receiver in (other.to_party, other.from_party):
            return None
    if any(claim.how == "imported" for claim in since.claims):
        return None
    code = "transit_through" if any(c.through for c in since.claims) else "transit"
    support = times(chance, weight(code))
    why = Reason(code, words.on_the_way(code, receiver), weight(code).point,
                 tuple(sorted(c.id for c in since.claims)), since.grades)
    return Place(hands.since + 0.25, "in_transit", sender, to, since.first, gap.last, support,
                 (had,), (why,), frozenset(), frozenset(), claims, receiver, "transit")


def _gap_after(chain: Chain, after: int, since: Step, here: Step | None) -> Gap:
    """The gap that the chain names there; its own days where it names none."""
    first, last = since.first or since.last, None if here is None else here.last
    for gap in chain.gaps:
        if gap.after == after and (gap.last, gap.first) == (last, first):
            return gap
    return Gap(after, first, last, "")


def _length(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        return "gap_open"
    years = (date.fromisoformat(last) - date.fromisoformat(first)).days / 365.25
    return ("gap_year" if years <= 1 else "gap_5_years" if years <= 5 else
            "gap_15_years" if years <= 15 else "gap_longer")
