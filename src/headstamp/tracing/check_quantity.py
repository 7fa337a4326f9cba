"""Is the quantity plausible: beside other transfers of these goods, and beside what came in?

Beside others: the modified z-score of the logarithm, above 3.5, where at least eight other
transfers tell of the same goods in the same unit, and at least ten times their median (B.
Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, 1993). Logarithms, for trade runs
over many sizes; medians, for one slip of the pen must not move the measure. Where the others
hardly differ, a spread of a factor of 1.5 is taken for theirs.

Beside what came in: what a party passed on of the same goods in the same unit, up to the last
possible day of the transfer, against all that anybody says it received by then. Claims of
passing on that may tell of one event count once; all claims of receipt count. Units are never
converted: where only they differ, that is asked.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from headstamp.kinds.counted import plural
from headstamp.tracing.check import Around, Flag, Movement
from headstamp.vocab import fold, vocabulary

LEAST_OTHERS = 8
MOST_Z = 3.5
LEAST_TIMES = 10.0
_LEAST_SPREAD = math.log10(1.5)
_LATE = "9999-12-31"


def same_goods(one: Movement) -> str:
    """By what goods are taken as the same: stock number, else product, else the words; may be empty.

    >>> same_goods(Movement("tran-1", product="Norhavn  N-7")) == same_goods(
    ...     Movement("tran-2", product="norhavn n-7", goods="rifles"))
    True
    """
    if one.stock_number:
        return "number " + "".join(c for c in one.stock_number if c.isalnum())
    if one.product:
        return "product " + _folded(one.product)
    return "goods " + _folded(one.goods) if one.goods else ""


@lru_cache(maxsize=65_536)
def _folded(text: str) -> str:
    return fold(text)


@dataclass(frozen=True)
class _Scale:
    """The logarithms of the quantities of some goods in one unit."""

    median: float
    spread: float
    count: int

    @classmethod
    def of(cls, amounts: list[float]) -> _Scale:
        logs = sorted(map(math.log10, amounts))
        middle = _median(logs)
        spread = _median(sorted(abs(log - middle) for log in logs))
        return cls(middle, max(spread * 1.4826, _LEAST_SPREAD), len(logs))


def _median(ordered: list[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@dataclass
class _Hands:
    """What came to a party of some goods in one unit, and what it passed on, in order of time."""

    came: list[tuple[str, float, str]] = field(default_factory=list)
    went: list[tuple[str, float, str]] = field(default_factory=list)
    events: dict[tuple[str, str, str], tuple[float, str, str]] = field(default_factory=dict)
    _sums: tuple[list[str], list[float], list[str], list[float]] | None = None

    def received(self, until: str) -> float:
        """All that anybody says was received and may have been by that day."""
        days, sums, _, _ = self._ready()
        return sums[bisect_right(days, until)]

    def passed_on(self, until: str) -> float:
        """What was surely passed on by that day, each event once."""
        _, _, days, sums = self._ready()
        return sums[bisect_right(days, until)]

    def _ready(self) -> tuple[list[str], list[float], list[str], list[float]]:
        if self._sums is None:
            self.came.sort()
            self.went = sorted((day, amount, id_) for amount, day, id_ in self.events.values())
            self._sums = (*_running(self.came), *_running(self.went))
        return self._sums


def _running(some: list[tuple[str, float, str]]) -> tuple[list[str], list[float]]:
    sums = [0.0]
    for _, amount, _ in some:
        sums.append(sums[-1] + amount)
    return [day for day, _, _ in some], sums


@dataclass
class Amounts:
    """The quantities of all transfers of a case, ready to hold one against the others."""

    around: Around
    _scales: dict[tuple[str, str, bool], list[float]] = field(default_factory=dict)
    _made: dict[tuple[str, str, bool], _Scale] = field(default_factory=dict)
    _hands: dict[tuple[str, str, str], _Hands] = field(default_factory=dict)
    _units: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    @classmethod
    def build(cls, movements: Iterable[Movement], around: Around) -> Amounts:
        """The quantities of these transfers."""
        made = cls(around)
        for one in movements:
            if one.quantity is not None and one.quantity > 0:
                made._add(one, same_goods(one), one.quantity)
        return made

    def _add(self, one: Movement, goods: str, amount: float) -> None:
        if not goods:
            return
        self._scales.setdefault((goods, one.unit, one.only_licensed), []).append(amount)
        if one.only_licensed or one.licence_status in ("refused", "pending"):
            return
        to_, from_ = (self.around.one(p) if p else "" for p in (one.to_party, one.from_party))
        if to_ == from_:
            return
        if to_:
            hands = self._hands.setdefault((to_, goods, one.unit), _Hands())
            hands.came.append((one.first or "", amount, one.id))
            self._units.setdefault((to_, goods), set()).add(one.unit)
        if from_:
            hands = self._hands.setdefault((from_, goods, one.unit), _Hands())
            event = to_ or one.to_country, one.when, one.unit
            known = hands.events.get(event)
            if known is None or (amount, one.last or _LATE, one.id) > known:
                hands.events[event] = amount, one.last or _LATE, one.id

    def beside_others(self, one: Movement) -> Iterator[Flag]:
        """A quantity far above those of other transfers of the same goods."""
        goods = same_goods(one)
        if not goods or not one.quantity or one.quantity <= 0:
            return
        key = goods, one.unit, one.only_licensed
        scale = self._scale(key)
        if scale is None or scale.count <= LEAST_OTHERS:
            return
        z = (math.log10(one.quantity) - scale.median) / scale.spread
        usual = 10**scale.median
        if z > MOST_Z and one.quantity >= LEAST_TIMES * usual:
            yield Flag("quantity", (
                f"{_amount(one.quantity, one.unit)} is {one.quantity / usual:,.0f} times the median of the "
                f"{plural(scale.count, 'transfer')} of these goods in this case ({_amount(usual, one.unit)}). Is a "
                "figure misread, the unit another, or was it so much?"
            ), claims=(one.id,))

    def _scale(self, key: tuple[str, str, bool]) -> _Scale | None:
        amounts = self._scales.get(key)
        if amounts is None:
            return None
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _Scale.of(amounts)
        return made

    def beside_received(self, one: Movement) -> Iterator[Flag]:
        """More passed on than came in, as far as recorded; or counted in another unit."""
        goods = same_goods(one)
        if not goods or not one.from_party or not one.quantity or one.only_licensed:
            return
        party = self.around.one(one.from_party)
        if one.to_party and self.around.one(one.to_party) == party:
            return
        hands = self._hands.get((party, goods, one.unit))
        until = one.last or _LATE
        name = self.around.name(one.from_party)
        came = hands.received(until) if hands else 0.0
        if not came:
            others = sorted(self._units.get((party, goods), set()) - {one.unit})
            if others:
                yield Flag("mixed_units", (
                    f"\u201c{name}\u201d received these goods in {_unit(others[0])} and passed them on in "
                    f"{_unit(one.unit)}. How much of the one is in the other?"
                ), claims=(one.id, one.from_party), about=(one.from_party,))
            return
        assert hands is not None
        went = max(hands.passed_on(until), one.quantity)
        if went > came:
            own = " All units are not alike, so that more may have come in." \
                if self._units[party, goods] != {one.unit} else ""
            yield Flag("quantity_received", (
                f"By then \u201c{name}\u201d had passed on {_amount(went, one.unit)} of these goods, and "
                f"{_amount(came, one.unit)} are recorded as received.{own} From whom did it have the rest, "
                "or is a figure or a claim of receipt missing?"
            ), claims=(one.id, one.from_party), about=(one.from_party,))


def _unit(code: str) -> str:
    return f"the unit \u201c{vocabulary('unit').label(code)}\u201d"


def _amount(amount: float, unit: str) -> str:
    told = f"{amount:,.0f}" if amount >= 10 or amount == int(amount) else f"{amount:,.2g}"
    return f"{told} {vocabulary('unit').label(unit)}"
