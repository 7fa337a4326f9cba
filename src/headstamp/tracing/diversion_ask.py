"""Which request would help most: the expected loss of uncertainty over the hypotheses, computed.

Uncertainty is Shannon's, in bits, over the hypotheses; "none of these" is thought to be spread
over a few places that no record tells of (:data:`~headstamp.tracing.diversion_rule.UNSEEN`), so
that knowing nothing is not taken for certainty. An answer is a noisy channel: of each hypothesis
that its giver can know about it says yes or no, rightly as often as the rule states; and the
last known lawful holder can name the next one, which takes away from what no record tells of.
What an answer is expected to take away is counted as often as such requests are answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from headstamp.tracing import diversion_words as words
from headstamp.tracing.diversion_hands import Place, is_group, is_known
from headstamp.tracing.diversion_rule import (
    AGAIN,
    CHANCE,
    OPENS_EARLIER,
    OPENS_LAST,
    RIGHT_AUTHORITY,
    RIGHT_OWN,
    RIGHT_RECEIVER,
    UNSEEN,
)
from headstamp.tracing.hypothesis import Ask, Facts
from headstamp.tracing.step import Chain

# Who is not written to about somebody else's loss.
_NEVER = frozenset({"armed_group", "unknown", "state"})
_ROLES = (("maker", "maker"), ("exporter", "exporter"), ("authority", "national_authority"),
          ("importer", "importer"), ("distributor", "importer"), ("supplier", "importer"),
          ("carrier", "carrier"), ("financier", "financier"))


@dataclass(slots=True)
class _Addressee:
    """One party that can be asked: of which hypotheses it can know, and how surely."""

    party: str
    role: str
    knows: dict[int, float] = field(default_factory=dict)
    opens: float = 0.0
    held: set[int] = field(default_factory=set)


def uncertainty(chances: Sequence[float]) -> float:
    """The uncertainty in bits over hypotheses of which the last is "none of these".

    >>> round(uncertainty([0.5, 0.5, 0.0]), 3), uncertainty([1.0])
    (1.0, 2.0)
    """
    rest = chances[-1]
    return _entropy(chances) + rest * log2(UNSEEN)


def _entropy(chances: Sequence[float]) -> float:
    return -sum(p * log2(p) for p in chances if p > 0)


def asks(chain: Chain, found: Sequence[Place], chances: Sequence[float], facts: Facts
         ) -> tuple[Ask | None, list[Ask | None]]:
    """The request that helps most, and for each place the one that would best settle it.

    ``chances`` are the probabilities of the places, and after them that of "none of these".
    """
    could = sorted(_addressees(chain, found, chances, facts), key=lambda one: (one.party, one.role))
    before = uncertainty(chances)
    whole = [(_expected(one, chances, before, facts), one) for one in could]
    settling: list[Ask | None] = []
    for at, place in enumerate(found):
        told = [(_about(one, at, chances, facts), one) for one in could if at in one.knows]
        settling.append(_best(told, [place], (at,), chances, facts))
    most = _best([(bits, one) for bits, one in whole if bits > 0], found, range(len(found)), chances,
                 facts)
    if most is None:
        chance = CHANCE["national_authority"]
        bits = chance * OPENS_LAST * chances[-1] * log2(UNSEEN)
        most = Ask(None, "national_authority", words.nobody_to_ask(),
                   words.why_ask(before, bits, chance, ""), bits, chance)
    return most, [one or most for one in settling]


def _best(
    told: Sequence[tuple[float, _Addressee]], found: Sequence[Place], which: Sequence[int],
    chances: Sequence[float], facts: Facts,
) -> Ask | None:
    if not told:
        return None
    bits, one = max(told, key=lambda pair: (round(pair[0], 9), pair[1].party))
    known = [at for at in which if at in one.knows]
    at = max(known, key=lambda k: (chances[k], -k), default=None)
    place = found[list(which).index(at)] if at is not None else None
    chance, again = _chance(one, facts)
    before = (uncertainty(chances) if len(which) != 1 or len(chances) == 2
              else _entropy((chances[which[0]], 1 - chances[which[0]])))
    return Ask(
        one.party, one.role,
        words.question(one.role, place.kind if place else "first", place.first if place else None,
                       place.last if place else None, at in one.held),
        words.why_ask(before, bits, chance, again), bits, chance)


def _addressees(
    chain: Chain, found: Sequence[Place], chances: Sequence[float], facts: Facts
) -> Iterator[_Addressee]:
    suspected = {p.first_unlawful for p, c in zip(found, chances, strict=False)
                 if p.first_unlawful and c > 0.3}
    all_: dict[str, _Addressee] = {}

    def of(party: str, role: str = "") -> _Addressee | None:
        known = facts.of(party)
        if known.kind in _NEVER or is_group(party, facts) or party in suspected:
            return None
        if known.kind == "person" and not known.public_office:
            return None
        return all_.setdefault(party, _Addressee(party, role or _role(chain, party, facts)))

    lawful = [p for s in chain.steps if s.lawful in ("authorised", "unknown") and s.how != "recovered"
              for p in (s.from_party, s.to_party) if p and is_known(p, facts)]
    for party in lawful:
        if (one := of(party)) is not None:
            one.opens = OPENS_EARLIER
    for party in reversed(lawful):
        if (one := of(party)) is not None:
            one.opens = OPENS_LAST
            break
    for at, place in enumerate(found):
        if place.last_lawful is not None:
            if (one := of(place.last_lawful)) is not None:
                one.knows[at] = RIGHT_OWN
                one.held.add(at)
            over = facts.authorities.get(facts.of(place.last_lawful).country)
            if over and (one := of(over, "national_authority")) is not None:
                one.knows[at] = max(one.knows.get(at, 0.0), RIGHT_AUTHORITY)
        if place.receiver and place.kind == "in_transit" and (one := of(place.receiver)) is not None:
            one.knows[at] = RIGHT_RECEIVER
    yield from all_.values()


def _role(chain: Chain, party: str, facts: Facts) -> str:
    known = facts.of(party)
    if known.kind in ("state_body", "armed_force") and "maker" not in known.roles:
        return "national_authority"
    if any(s.how == "made" and s.to_party == party for s in chain.steps):
        return "maker"
    return next((role for has, role in _ROLES if has in known.roles), "other")


def _chance(one: _Addressee, facts: Facts) -> tuple[float, str]:
    """How likely it is to answer, and the code of what it answered before."""
    chance, again = CHANCE[one.role], ""
    codes = sorted({answer.code for answer in facts.answers if answer.party == one.party})
    if codes:
        worst = min(codes, key=lambda code: (AGAIN.get(code, 1.0), code))
        chance *= AGAIN.get(worst, 1.0)
        again = worst or "awaited"
    return chance, again


def _expected(one: _Addressee, chances: Sequence[float], before: float, facts: Facts) -> float:
    """By how many bits the whole uncertainty is expected to shrink if it is asked."""
    told = _information(one.knows, chances)
    told += one.opens * chances[-1] * log2(UNSEEN)
    return _chance(one, facts)[0] * min(told, before)


def _about(one: _Addressee, at: int, chances: Sequence[float], facts: Facts) -> float:
    """By how many bits the uncertainty about one hypothesis alone is expected to shrink."""
    p = chances[at]
    return _chance(one, facts)[0] * _information({0: one.knows[at]}, (p, 1 - p))


def _information(knows: Mapping[int, float], chances: Sequence[float]) -> float:
    """The mutual information, in bits, between the truth and an answer.

    Where the truth is a hypothesis it knows of, the answer names it as often as it is right and
    else says "none of mine"; where the truth is another, the other way round.
    """
    if not knows:
        return 0.0
    mine = sorted(knows)
    mean = sum(knows.values()) / len(knows)
    answers: list[dict[int, float]] = []
    for at in mine:
        answers.append({at: knows[at], **{
            other: (1 - mean) / len(mine) for other in range(len(chances)) if other not in knows}})
    answers.append({at: 1 - knows[at] if at in knows else mean for at in range(len(chances))})
    left = 0.0
    for channel in answers:
        joint = [chances[at] * share for at, share in sorted(channel.items())]
        whole = sum(joint)
        if whole > 0:
            left += whole * _entropy([one / whole for one in joint])
    return max(0.0, _entropy(list(chances)) - left)
