"""Whether a party passed on more of the same goods than it received.

Counted per lot, range or product, as the claims name them, and in one unit: where units
differ nothing is added up, and that is said. A statement is made only where it must hold
whatever the claims leave open. What a party received of some lots is at most the sum of
everything that may hold any of them; what it passed on of them is at least the sum of what
holds nothing else. A receipt of unknown size leaves the question open, as does a party of
which no receipt is known. Claims of one event are counted once: the largest of what may have
been received, the smallest of what was passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from headstamp.tracing.claim import Claim
from headstamp.tracing.order import holder_after
from headstamp.tracing.step import Contradiction, Step

Named = Callable[[str | None], str]


@dataclass(frozen=True, slots=True)
class _Lot:
    """Some goods of one event: which, how much by its claims, and the claims."""

    keys: frozenset[str]
    most: float | None
    least: float | None
    units: frozenset[str]
    claims: tuple[str, ...]


def too_much(steps: Sequence[Step], named: Named) -> Iterator[Contradiction]:
    """What was passed on beyond what was received, and what cannot be added up."""
    received: dict[str, list[_Lot]] = {}
    passed: dict[str, list[_Lot]] = {}
    for step in steps:
        after, lot = holder_after(step), _lot(step.claims)
        if lot is None or (step.from_party == after and step.how != "made"):
            continue
        if after:
            received.setdefault(after, []).append(lot)
        if step.from_party and step.how != "made":
            passed.setdefault(step.from_party, []).append(lot)
    for party in sorted(received.keys() & passed.keys()):
        for keys in sorted({lot.keys for lot in passed[party]}, key=sorted):
            came = [lot for lot in received[party] if lot.keys & keys]
            went = [lot for lot in passed[party] if lot.keys <= keys and lot.least is not None]
            if came and went:
                yield from _compared(party, keys, came, went, named)


def _compared(
    party: str, keys: frozenset[str], came: Sequence[_Lot], went: Sequence[_Lot], named: Named
) -> Iterator[Contradiction]:
    units = frozenset[str]().union(*(lot.units for lot in (*came, *went)))
    claims = tuple(dict.fromkeys(id_ for lot in (*came, *went) for id_ in lot.claims))
    goods = ", ".join(sorted(key.partition(":")[0] + " " + key.partition(":")[2] for key in keys))
    if len(units) > 1:
        yield Contradiction(
            "mixed_units", f"Of {goods}, what {named(party)} received and passed on is counted in "
            f"different units ({', '.join(sorted(units))}); it is not added up.", claims)
        return
    if any(lot.most is None for lot in came):
        return
    had = sum(lot.most for lot in came if lot.most is not None)
    gave = sum(lot.least for lot in went if lot.least is not None)
    if gave > had:
        unit = next(iter(units), "")
        yield Contradiction(
            "more_passed_on", f"Of {goods}, {named(party)} is said to have passed on "
            f"{gave:,g} {unit}".rstrip() + f" and to have received at most {had:,g}.", claims)


def _lot(claims: Sequence[Claim]) -> _Lot | None:
    keyed = [claim for claim in claims if claim.goods_keys]
    if not keyed:
        return None
    counted = [claim for claim in keyed if claim.quantity is not None]
    amounts = [claim.quantity for claim in counted if claim.quantity is not None]
    return _Lot(
        frozenset(key for claim in keyed for key in claim.goods_keys),
        max(amounts, default=None), min(amounts, default=None),
        frozenset(claim.unit for claim in counted), tuple(claim.id for claim in keyed),
    )
