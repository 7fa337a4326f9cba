"""The places of a chain at which the item can have left lawful hands.

A place is an event (captured, stolen, lost, abandoned, passed on without right, made without
licence) or a stretch without record (:mod:`headstamp.tracing.diversion_gap`). Each comes with
how surely it was one, in three readings, taken by itself; which of several was *the* point is
for :mod:`headstamp.tracing.diversion` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_gap import at_the_end, between, however, still_with
from headstamp.tracing.diversion_hands import (
    TAKEN,
    Hands,
    Place,
    goes,
    is_group,
    is_known,
    promised,
    same_hands,
)
from headstamp.tracing.diversion_rule import (
    MOST_SURE,
    POINT,
    READINGS,
    Three,
    any_of,
    times,
    weight,
)
from headstamp.tracing.diversion_telling import Tellings
from headstamp.tracing.hypothesis import Facts, Reason
from headstamp.tracing.step import Chain, Step

_STATES = frozenset({"state", "state_body", "armed_force"})
# What nobody may make without a licence.
_LICENSED = frozenset({"arm", "ammunition", "explosive_ordnance", "component", "unknown"})
# Passing on that a maker's or merchant's goods commonly go through.
_PASSED = frozenset({"exported", "imported", "sold", "issued", "donated", "brokered", "retransferred",
                     "unknown"})


MOST_PLACES = 40
"""So many places are weighed against each other; what is beyond them is among "none of these"."""


def places(chain: Chain, facts: Facts) -> tuple[Place, ...]:
    """Every place, in the order of the chain; of very many, those best supported."""
    told = Tellings(chain, facts)
    hands = Hands()
    found: list[Place] = []
    for at, step in enumerate(chain.steps):
        # What is only perhaps about the item can have been the place, but brings it nowhere.
        surely = step.share >= 0.5
        if surely:
            found.extend(between(told, at, hands))
        place = _event(told, at, hands)
        if place is not None:
            found.append(place)
            found.extend(however(told, place, hands))
        if surely:
            goes(step, at, hands, facts)
    found.extend(at_the_end(told, hands))
    found.sort(key=lambda place: (-place.support.point, -place.support.strong, place.order))
    kept = sorted(found[:MOST_PLACES], key=lambda place: place.order)
    return tuple(_later(told, kept))


def _event(told: Tellings, at: int, hands: Hands) -> Place | None:
    chain, facts = told.chain, told.facts
    step = chain.steps[at]
    judged = _how_unlawful(step, hands, facts)
    if judged is None:
        return None
    code, kind, reason = judged
    event = told.weighed(at)
    support = times(event.chance, weight(code))
    against = list(event.speaks_against)
    last_lawful = None if kind == "unlicensed_manufacture" else _lawful_giver(step, hands, facts)
    if last_lawful is not None and last_lawful != step.from_party:
        # Nobody says that it was taken from the last known holder: there may have been another.
        factor, reasons = still_with(chain.steps[hands.came], step)
        support = times(support, factor)
        against += reasons
    if last_lawful is None and kind != "unlicensed_manufacture":
        support = times(support, weight("no_lawful_holder"))
        against.append(Reason("no_lawful_holder", words.no_holder(), weight("no_lawful_holder").point))
    if weight(code).point <= 0.7:
        against.append(reason)
        pro = event.speaks_for
    else:
        pro = [*event.speaks_for, reason]
    return Place(
        float(at), kind, last_lawful, step.to_party, step.first, step.last, support,
        tuple(pro), tuple(against), frozenset({at}), frozenset(step.rivals),
        tuple(sorted(c.id for c in step.claims)), step.to_party, step.how, step.share >= 0.5)


def _lawful_giver(step: Step, hands: Hands, facts: Facts) -> str | None:
    giver = step.from_party
    lawful = giver not in hands.unlawful and not is_group(giver, facts)
    # A broker has nothing in hands.
    if giver and is_known(giver, facts) and lawful and step.how != "brokered":
        return giver
    return hands.lawful


def _how_unlawful(step: Step, hands: Hands, facts: Facts) -> tuple[str, str, Reason] | None:
    """The row of the table for this event's lawfulness, the kind it would be, and the reason."""
    how, giver, to = step.how, step.from_party, step.to_party
    ids = tuple(sorted(c.id for c in step.claims))
    if how == "recovered" or (giver and (giver in hands.unlawful or is_group(giver, facts))):
        return None  # it had left lawful hands before
    if giver is None and hands.standing == "unlawful" and how != "made":
        return None
    if how == "made":
        licensed = facts.family in _LICENSED and is_group(to, facts) and step.lawful != "authorised"
        if step.lawful == "unauthorised" or licensed:
            return ("made_unlicensed", "unlicensed_manufacture",
                    Reason("made_unlicensed", words.lawfulness("made_unlicensed"),
                           weight("made_unlicensed").point, ids))
        return None
    code, kind = _row_of(step, facts)
    if not code:
        return None
    papers = tuple(sorted({
        *(p for c in step.claims for p in c.papers if p in facts.certificates)}))
    return code, kind, Reason(code, words.lawfulness(code), weight(code).point, (*ids, *papers))


def _row_of(step: Step, facts: Facts) -> tuple[str, str]:
    how, to = step.how, step.to_party
    if how in TAKEN:
        row = {"authorised": "taken_authorised", "contested": "taken_contested"}
        return row.get(step.lawful, "taken"), TAKEN[how]
    if how in ("lost", "abandoned"):
        return ("lost", "stockpile_loss") if how == "lost" else ("left", "abandonment")
    licences = {facts.licences.get(claim.id, "") for claim in step.claims}
    kind = _kind_passed(step, facts)
    if "not_genuine" in licences:
        return "not_genuine", "fraudulent_document"
    if step.lawful == "authorised":
        return ("", "")
    if licences & {"refused", "revoked"}:
        return "licence_refused", kind
    if step.lawful == "unauthorised":
        return "unauthorised", kind
    if step.lawful == "contested":
        return "contested", kind
    if is_group(to, facts):
        return "to_group", kind
    if how == "retransferred":
        return ("passed_on_promise" if promised(step, facts) else "passed_on"), kind
    if how in _PASSED and to is not None and not is_known(to, facts):
        return "hands_unknown", kind
    return ("", "")


def _kind_passed(step: Step, facts: Facts) -> str:
    """Which kind of diversion it would be, were the passing on unlawful."""
    if facts.family == "commercial_good":
        return "commercial_leakage"
    if step.how == "retransferred" or promised(step, facts):
        return "unauthorised_retransfer"
    if facts.of(step.from_party).kind in _STATES and is_group(step.to_party, facts):
        return "state_sponsored" if step.how in ("exported", "donated", "issued") else "stockpile_loss"
    if facts.of(step.from_party).kind in _STATES and step.how in ("sold", "unknown", "brokered"):
        return "stockpile_loss"
    return "unknown"


# -- lawful events that stand against a place

def _later(told: Tellings, found: list[Place]) -> Iterator[Place]:
    for place in found:
        against, support = list(place.speaks_against), place.support
        for k, step in enumerate(told.chain.steps):
            code = _stands_against(place, k, step, told.facts)
            if code:
                chances = told.heard[k].chance
                # Read weakly for the place, the other event is read strongly.
                less = Three(*(1 - w * c for w, c in zip(weight(code), reversed(chances), strict=True)))
                support = Three(*(s * f for s, f in zip(support, less, strict=True)))
                against.append(Reason(code, words.lawful_event(code, step), less.point,
                                      tuple(sorted(c.id for c in step.claims)), step.grades))
        yield replace(place, support=support, speaks_against=tuple(against))


def _stands_against(place: Place, k: int, step: Step, facts: Facts) -> str:
    if step.lawful != "authorised" or step.how in ("recovered", "made") or k in place.steps:
        return ""
    if is_group(step.to_party, facts) or is_group(step.from_party, facts):
        return ""
    if k in place.rivals:
        return "rival_lawful"
    after = k > place.order and place.last is not None and step.first is not None
    return "later_lawful" if after and step.first > place.last else ""  # type: ignore[operator]


def joined(found: tuple[Place, ...], facts: Facts) -> tuple[Place, ...]:
    """Places that tell of one leaving, as one: same kind, same holder, days and hands that agree.

    Read weakly, two that tell of it are no surer than one.
    """
    out: list[Place] = []
    for place in found:
        for at, one in enumerate(out):
            if _one_leaving(one, place, facts):
                out[at] = _both(one, place, facts)
                break
        else:
            out.append(place)
    return tuple(out)


def _one_leaving(one: Place, other: Place, facts: Facts) -> bool:
    if not (one.surely and other.surely):
        return False
    if (one.kind, one.last_lawful) != (other.kind, other.last_lawful) or one.last_lawful is None:
        return False
    rivals = one.rivals & other.steps or other.rivals & one.steps
    # Told as if both could not be; of one pair of hands they are one event told twice.
    if rivals and not same_hands(one.first_unlawful, other.first_unlawful, facts):
        return False
    known = [p for p in (one.first_unlawful, other.first_unlawful) if is_known(p, facts)]
    if len(known) == 2 and not same_hands(known[0], known[1], facts):
        return False
    return not ((one.last and other.first and one.last < other.first)
                or (other.last and one.first and other.last < one.first))


def _both(one: Place, other: Place, facts: Facts) -> Place:
    stronger, weaker = sorted((one, other), key=lambda p: (-p.support[POINT], p.order))
    if "gap" in (one.how, other.how):
        # A stretch rests on the same two sides as what is told of it: nothing is counted twice.
        support = Three(*(max(one.support[r], other.support[r]) for r in READINGS))
    else:
        support = Three(max(one.support.weak, other.support.weak),
                        *(min(any_of((one.support[r], other.support[r])), MOST_SURE[r])
                          for r in READINGS[1:]))
    first, last = stronger.first, stronger.last
    if stronger.how != "gap" and weaker.how != "gap":
        first = max((d for d in (one.first, other.first) if d), default=None)
        last = min((d for d in (one.last, other.last) if d), default=None)
        if first and last and last < first:
            first, last = stronger.first, stronger.last
    return replace(
        stronger, support=support, first=first, last=last, order=min(one.order, other.order),
        first_unlawful=_better_known(stronger, weaker, facts),
        speaks_for=_once(stronger.speaks_for, weaker.speaks_for),
        speaks_against=_once(stronger.speaks_against, weaker.speaks_against),
        steps=one.steps | other.steps, rivals=(one.rivals | other.rivals) - one.steps - other.steps,
        claims=tuple(sorted({*one.claims, *other.claims})))


def _better_known(stronger: Place, weaker: Place, facts: Facts) -> str | None:
    for party in (stronger.first_unlawful, weaker.first_unlawful):
        if is_known(party, facts):
            return party
    return stronger.first_unlawful or weaker.first_unlawful


def _once(some: tuple[Reason, ...], more: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys((*some, *more)))
