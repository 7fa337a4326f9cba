"""The places of a chain at which the item can have left lawful hands.

A place is an event (captured, stolen, lost, abandoned, passed on without right, made without
licence) or a stretch without record between a lawful holder and hands that are not. Each comes
with how surely it was one, in three readings, taken by itself; which of several was *the* point
is for :mod:`headstamp.tracing.diversion` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_rule import POINT, READINGS, Three, any_of, weight
from headstamp.tracing.diversion_telling import Told, said, same_hands, weighed
from headstamp.tracing.hypothesis import Facts, Reason
from headstamp.tracing.step import Chain, Gap, Step

_TAKEN = {"captured": "battlefield_capture", "stolen": "stockpile_loss"}
_STATES = frozenset({"state", "state_body", "armed_force"})
# Passing on that a maker's or merchant's goods commonly go through.
_PASSED = frozenset({"exported", "imported", "sold", "issued", "donated", "brokered", "retransferred",
                     "unknown"})


@dataclass(frozen=True, slots=True)
class Place:
    """One place: ``order`` is its step's index, with a half more for the stretch after it."""

    order: float
    kind: str
    last_lawful: str | None
    first_unlawful: str | None
    first: str | None
    last: str | None
    support: Three
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    steps: frozenset[int] = frozenset()
    rivals: frozenset[int] = frozenset()
    claims: tuple[str, ...] = ()
    receiver: str | None = None
    how: str = ""


@dataclass(slots=True)
class Hands:
    """Who holds the item as the chain is gone through."""

    lawful: str | None = None
    standing: str = "none"  # lawful, unlawful, unknown, or none while nobody is known
    party: str | None = None
    since: int = -1
    unlawful: set[str] = field(default_factory=set)


def places(chain: Chain, facts: Facts) -> tuple[Place, ...]:
    """Every place, in the order of the chain."""
    told = said(chain.steps, facts)
    hands, found = Hands(), []
    for at, step in enumerate(chain.steps):
        found.extend(_between(chain, at, hands, told, facts))
        place = _event(chain, at, hands, told, facts)
        if place is not None:
            found.append(place)
        _pass(step, at, hands, facts)
    found.extend(_at_the_end(chain, hands, told, facts))
    return tuple(_later(chain, found, told, facts))


def is_group(party: str | None, facts: Facts) -> bool:
    """Whether a party is an armed group, or belongs to one."""
    seen: set[str] = set()
    while party and party not in seen:
        if facts.of(party).kind == "armed_group":
            return True
        seen.add(party)
        party = facts.belongs.get(party)
    return False


def is_known(party: str | None, facts: Facts) -> bool:
    """Whether a party is somebody in particular."""
    return party is not None and facts.of(party).kind != "unknown"


def _pass(step: Step, at: int, hands: Hands, facts: Facts) -> None:
    """Takes the item into the hands it is in after this event."""
    to = step.to_party
    if step.how == "recovered":
        hands.standing, hands.party, hands.since = "recovered", to, at
        return
    if step.how in ("lost", "abandoned"):
        hands.standing, hands.party, hands.since = "unknown", to, at
        return
    if to is None:
        return
    wrong = is_group(to, facts) or step.lawful == "unauthorised" or (
        step.how in _TAKEN and step.lawful != "authorised")
    if wrong:
        hands.standing = "unlawful"
        hands.unlawful.add(to)
    elif step.lawful != "contested" and is_known(to, facts) and to not in hands.unlawful and (
            step.lawful == "authorised" or facts.of(to).kind != "person"):
        hands.standing, hands.lawful = "lawful", to
    else:
        hands.standing = "unknown"
    hands.party, hands.since = to, at


def _event(chain: Chain, at: int, hands: Hands, told: tuple[Told, ...], facts: Facts) -> Place | None:
    step = chain.steps[at]
    judged = _how_unlawful(step, hands, facts)
    if judged is None:
        return None
    code, kind, reason = judged
    event = weighed(chain, at, facts, told)
    support = Three(*(e * u for e, u in zip(event.chance, weight(code), strict=True)))
    against = list(event.speaks_against)
    last_lawful = None if kind == "unlicensed_manufacture" else _lawful_giver(step, hands, facts)
    if last_lawful is None and kind != "unlicensed_manufacture":
        support = Three(*(s * w for s, w in zip(support, weight("no_lawful_holder"), strict=True)))
        against.append(Reason("no_lawful_holder", words.no_holder(), weight("no_lawful_holder").point))
    if weight(code).point <= 0.7:
        against.append(reason)
        pro = event.speaks_for
    else:
        pro = [*event.speaks_for, reason]
    return Place(
        float(at), kind, last_lawful, step.to_party, step.first, step.last, support,
        tuple(pro), tuple(against), frozenset({at}), frozenset(step.rivals),
        tuple(sorted(c.id for c in step.claims)), step.to_party, step.how)


def _lawful_giver(step: Step, hands: Hands, facts: Facts) -> str | None:
    giver = step.from_party
    if giver and is_known(giver, facts) and giver not in hands.unlawful and not is_group(giver, facts):
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
        if step.lawful == "unauthorised" or (is_group(to, facts) and step.lawful != "authorised"):
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
    if how in _TAKEN:
        row = {"authorised": "taken_authorised", "contested": "taken_contested"}
        return row.get(step.lawful, "taken"), _TAKEN[how]
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
        return ("passed_on_promise" if _promise(step, facts) else "passed_on"), kind
    if how in _PASSED and to is not None and not is_known(to, facts):
        return "hands_unknown", kind
    return ("", "")


def _promise(step: Step, facts: Facts) -> bool:
    """Whether an end-user certificate is named for it."""
    return any(c.end_user_certificate or set(c.papers) & facts.certificates for c in step.claims)


def _kind_passed(step: Step, facts: Facts) -> str:
    """Which kind of diversion it would be, were the passing on unlawful."""
    if facts.family == "commercial_good":
        return "commercial_leakage"
    if step.how == "retransferred" or _promise(step, facts):
        return "unauthorised_retransfer"
    if facts.of(step.from_party).kind in _STATES and is_group(step.to_party, facts):
        return "state_sponsored" if step.how in ("exported", "donated", "issued") else "stockpile_loss"
    if facts.of(step.from_party).kind in _STATES and step.how in ("sold", "unknown", "brokered"):
        return "stockpile_loss"
    return "unknown"


# -- stretches without record

def _between(chain: Chain, at: int, hands: Hands, told: tuple[Told, ...], facts: Facts) -> Iterator[Place]:
    """The stretch before this event, where a lawful holder is followed by other hands."""
    step = chain.steps[at]
    giver = step.from_party
    if hands.standing != "lawful" or giver is None or same_hands(giver, hands.party, facts):
        return
    wrong = is_group(giver, facts) or giver in hands.unlawful
    if not wrong and is_known(giver, facts):
        return
    ids = tuple(sorted(c.id for c in step.claims))
    had = Reason("seen", words.had_it(giver, step), told[at].chance.point, ids, step.grades)
    yield from _stretch(chain, hands, giver, at, told[at].chance, wrong, had, facts)


def _at_the_end(chain: Chain, hands: Hands, told: tuple[Told, ...], facts: Facts) -> Iterator[Place]:
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
            _pass(step, k, hands, facts)
        if hands.standing != "lawful":
            return
    chance = told[at].chance if at is not None else weight("seen")
    had = Reason("seen", words.found(facts.found_with), chance.point,
                 (facts.recovered,) if facts.recovered else ())
    yield from _stretch(chain, hands, None, at, chance, bool(facts.found_with), had, facts)


def _stretch(
    chain: Chain, hands: Hands, to: str | None, at: int | None, chance: Three, wrong: bool,
    had: Reason, facts: Facts,
) -> Iterator[Place]:
    since, here = chain.steps[hands.since], chain.steps[at] if at is not None else None
    gap = _gap_after(chain, hands.since, since, here)
    code = _length(gap.first, gap.last)
    support = Three(*(c * w for c, w in zip(chance, weight(code), strict=True)))
    long = Reason(code, words.stretch(code, gap.first, gap.last), weight(code).point)
    against = []
    if not wrong:
        factor = weight("gap_unknown_hands")
        support = Three(*(s * f for s, f in zip(support, factor, strict=True)))
        against.append(Reason("gap_unknown_hands", words.unknown_hands(), factor.point))
    kept = Reason("held", words.held(hands.lawful, since),
                  _heard(since, facts).point, tuple(sorted(c.id for c in since.claims)), since.grades)
    pro = [kept, had]
    (pro if weight(code).point >= 0.5 else against).append(long)
    claims = tuple(sorted({c.id for c in since.claims} | set(had.records)))
    kind = "commercial_leakage" if facts.family == "commercial_good" else "unknown"
    way = _on_the_way(chain, hands, since, chance, to, gap, had, facts, claims)
    if way is not None:
        yield way
    yield Place(hands.since + 0.5, kind, hands.lawful, to, gap.first, gap.last, support, tuple(pro),
                tuple(against), frozenset(), frozenset(), claims, None, "gap")


def _heard(step: Step, facts: Facts) -> Three:
    return said((step,), facts)[0].chance


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
        if other is not since and receiver in (other.to_party, other.from_party) and receiver:
            return None
    if any(claim.how == "imported" for claim in since.claims):
        return None
    code = "transit_through" if any(c.through for c in since.claims) else "transit"
    support = Three(*(c * w for c, w in zip(chance, weight(code), strict=True)))
    why = Reason(code, words.on_the_way(code, receiver), weight(code).point,
                 tuple(sorted(c.id for c in since.claims)), since.grades)
    return Place(hands.since + 0.25, "in_transit", sender, to, since.first, gap.last, support,
                 (had,), (why,), frozenset(), frozenset(), claims, receiver, "transit")


def _gap_after(chain: Chain, after: int, since: Step, here: Step | None) -> Gap:
    """The gap that the chain names there; its own days where it names none."""
    for gap in chain.gaps:
        if gap.after == after:
            return gap
    return Gap(after, since.first if since.last is None else since.last,
               None if here is None else here.last, "")


def _length(first: str | None, last: str | None) -> str:
    if first is None or last is None:
        return "gap_open"
    years = (date.fromisoformat(last) - date.fromisoformat(first)).days / 365.25
    return ("gap_year" if years <= 1 else "gap_5_years" if years <= 5 else
            "gap_15_years" if years <= 15 else "gap_longer")


# -- lawful events that stand against a place

def _later(chain: Chain, found: list[Place], told: tuple[Told, ...], facts: Facts) -> Iterator[Place]:
    for place in found:
        against, support = list(place.speaks_against), place.support
        for k, step in enumerate(chain.steps):
            code = _stands_against(place, k, step, facts)
            if code:
                chances = told[k].chance
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
    """Places that tell of one leaving, as one: same kind, same holder, days and hands that agree."""
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
    if (one.kind, one.last_lawful) != (other.kind, other.last_lawful) or one.last_lawful is None:
        return False
    rivals = one.rivals & other.steps or other.rivals & one.steps
    # Told as if both could not be; of one pair of hands they are one event told twice.
    if rivals and not same_hands(one.first_unlawful, other.first_unlawful, facts):
        return False
    known = [p for p in (one.first_unlawful, other.first_unlawful) if is_known(p, facts)]
    if len(known) == 2 and not same_hands(*known, facts):
        return False
    return not ((one.last and other.first and one.last < other.first)
                or (other.last and one.first and other.last < one.first))


def _both(one: Place, other: Place, facts: Facts) -> Place:
    stronger, weaker = sorted((one, other), key=lambda p: (-p.support[POINT], p.order))
    support = Three(max(one.support.weak, other.support.weak),
                    *(min(any_of((one.support[r], other.support[r])), 0.97 + 0.01 * (r - 1))
                      for r in READINGS[1:]))
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
