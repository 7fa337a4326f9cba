"""Learning the chances of misreading from texts whose true reading is known.

Expectation-maximisation in a few rounds: texts are lined up with the chances as
they stand (:mod:`headstamp.markings.align`), events are counted as expected
numbers, chances follow from the counts, and again. The defaults are the prior:
each counts as :data:`PRIOR_LOOKS` looks at its character, so that a few texts
move little and many move all the way (maximum a posteriori with a Dirichlet
prior; Durbin and others 1998, section 11.5).

Two biases are met by rule. A pair that is only known because somebody corrected
it (``only_wrong``) tells *which* misreadings happen and not *how often*: it is
joined by as many imagined right readings as the defaults expect beside it. And
a misreading that was never seen is not made rarer than the counts can show (at
95 %, the rule of three: 3 in the number of looks).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from headstamp.markings.align import Counts, expected
from headstamp.markings.alphabet import (
    PLACES,
    SHARED_CODES,
    UNREAD_CODE,
    char_of,
    code_of,
)
from headstamp.markings.channel import Chances, Channel
from headstamp.markings.learned import Change, Learned
from headstamp.markings.normalise import plain_key
from headstamp.markings.unread import RUN, UNREAD, tokens

PRIOR_LOOKS: Final = 200
"""A default counts as much as so many looks at the character (or the end, or the place)."""
ROUNDS: Final = 4
MOST_WRONG: Final = 0.5
"""With a larger share of characters wrong it is another marking, not a misreading."""
_SEEN: Final = 0.5
_MOVED: Final = 0.9
_TOTALS: Final = ("unread", "dropped", "added", "swapped", "cut", "extra")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One text as it was seen, and the text that is known to be true.

    ``only_wrong``: the pair is known because it was corrected; had it been
    right, nobody would have told. ``weight``: as how many pairs it counts.
    """

    seen: str
    true: str
    technique: str = "unknown"
    reader: str = "person"
    overstamped: bool = False
    only_wrong: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of it: the changes, how many pairs were used and how many of them differ.

    ``left_out`` tells why pairs were not used, and how many.
    """

    learned: Learned
    differing: int
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """On how many pairs of texts it rests."""
        return self.learned.pairs

    def channel(self, technique: str = "unknown", reader: str = "person",
                overstamped: bool = False) -> Channel:
        """The costs with what was learned."""
        return Channel.of(self.learned, technique, reader, overstamped)


Setting = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class _Pair:
    seen: tuple[int, ...]
    true: tuple[int, ...]
    setting: Setting
    only_wrong: bool
    weight: float


@dataclass
class _Tally:
    """Counts, and in how many looks: at a true code, at a place between, at an end."""

    counts: Counts = field(default_factory=Counts)
    looks: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    ends: float = 0.0
    places: float = 0.0

    def look(self, true: Sequence[int], weight: float) -> None:
        for code in true:
            self.looks[code] += weight
        self.ends += 2 * weight
        self.places += (len(true) + 1) * weight

    @property
    def characters(self) -> float:
        return sum(self.looks.values())


def learn(pairs: Iterable[Confirmed], *, rounds: int = ROUNDS) -> Lesson:
    """The chances that these pairs ask for, as changes against the defaults.

    Never raises on any text; what cannot be used is counted in ``left_out``.
    How many pairs are enough is for the caller to say.
    """
    left_out: Counter[str] = Counter()
    ready = []
    for pair in pairs:
        made = _ready(pair)
        if isinstance(made, str):
            left_out[made] += 1
        else:
            ready.append(made)
    kept = []
    for one in ready:
        if one.true == one.seen or _one_marking(one):
            kept.append(one)
        else:
            left_out["too different: another marking, not a misreading"] += 1
    learned = Learned(len(kept), ())
    for _ in range(rounds):
        learned = Learned(len(kept), _changes(_count(kept, learned)))
    return Lesson(learned, sum(one.true != one.seen for one in kept), dict(left_out))


def _ready(pair: Confirmed) -> _Pair | str:
    """A pair as codes, or why it is left out."""
    true, seen = (tokens(plain_key(text)) for text in (pair.true, pair.seen))
    if not true or not seen:
        return "nothing in it that can be compared"
    if max(len(true), len(seen)) > PLACES:
        return f"longer than {PLACES} characters"
    if any(len(token) > 1 or token in (UNREAD, RUN) for token in true):
        return "the true text has unread places itself"
    if any(len(token) > 1 or token == RUN for token in seen):
        return "alternatives or a run of unread characters were given"
    codes = [tuple(map(code_of, text)) for text in (true, seen)]
    if not SHARED_CODES.isdisjoint(codes[0] + codes[1]):
        return "characters that the engine does not tell apart"
    if pair.only_wrong and codes[0] == codes[1]:
        return "corrected in how it is written only"
    default = Channel.default(pair.technique, pair.reader, pair.overstamped)
    return _Pair(codes[1], codes[0], (default.technique, default.reader, default.overstamped),
                 pair.only_wrong, pair.weight)


def _one_marking(pair: _Pair) -> bool:
    counts = expected(pair.true, pair.seen, Channel.default(*pair.setting).chances)
    return counts is not None and counts.wrong <= MOST_WRONG * len(pair.true)


# --- expectation ------------------------------------------------------------------


def _count(pairs: Sequence[_Pair], learned: Learned) -> dict[Setting, _Tally]:
    """Expected numbers of events, by setting, with the chances learned so far."""
    found: dict[Setting, _Tally] = {}
    done: dict[_Pair, Counts | None] = {}
    chances: dict[Setting, Chances] = {}
    for pair in pairs:
        if pair.setting not in found:
            found[pair.setting] = _Tally()
            chances[pair.setting] = Channel.of(learned, *pair.setting).chances
        tally = found[pair.setting]
        tally.look(pair.true, pair.weight)
        if pair.only_wrong:
            tally.look(pair.true, pair.weight * _right_beside(pair))
        if pair.true == pair.seen:
            continue
        if pair not in done:
            done[pair] = expected(pair.true, pair.seen, chances[pair.setting])
        counts = done[pair]
        if counts is not None:
            tally.counts.take(counts, pair.weight)
    return found


def _right_beside(pair: _Pair) -> float:
    """How many right readings the defaults expect for each wrong one of this text."""
    chances = Channel.default(*pair.setting).chances
    right = (1 - chances.cut - chances.extra) ** 2
    for code in pair.true:
        right *= float(chances.substitute[code, code])
    return right / (1 - right)


# --- maximisation -----------------------------------------------------------------


def _changes(tallies: dict[Setting, _Tally]) -> tuple[Change, ...]:
    changes = [_event(name, tallies) for name in _TOTALS]
    looks: defaultdict[int, float] = defaultdict(float)
    observed: defaultdict[tuple[int, int], float] = defaultdict(float)
    for tally in tallies.values():
        for true, number in tally.looks.items():
            looks[true] += number
        for pair, number in tally.counts.pairs.items():
            observed[pair] += number
    before: dict[int, list[float]] = {}
    for true, number in looks.items():
        row = sum(
            Channel.default(*setting).chances.substitute[true] * tally.looks[true]
            for setting, tally in tallies.items()
        )
        before[true] = [float(chance) / number for chance in row]
    for true, row in before.items():
        for seen, chance in enumerate(row):
            if seen in (true, UNREAD_CODE) or chance <= 0 or seen in SHARED_CODES:
                continue
            times = observed.get((true, seen), 0.0)
            after = _posterior(chance, times, looks[true])
            if times >= _SEEN or after < _MOVED * chance:
                changes.append(_change("", true, seen, chance, after, times, looks[true]))
    moved = [one for one in changes if one is not None]
    return tuple(sorted(moved, key=lambda one: (not one.event, -one.observed, one.true, one.seen)))


def _event(name: str, tallies: dict[Setting, _Tally]) -> Change | None:
    number = looks = weighed = 0.0
    for setting, tally in tallies.items():
        chances = Channel.default(*setting).chances
        here = {"cut": tally.ends, "extra": tally.ends, "added": tally.places}.get(
            name, tally.characters)
        if name == "dropped":
            weighed += sum(
                float(chances.dropped[code]) * times for code, times in tally.looks.items())
        else:
            chance = float(chances.added.sum()) if name == "added" else getattr(chances, name)
            weighed += chance * here
        number += getattr(tally.counts, name)
        looks += here
    if not looks:
        return None
    before = weighed / looks
    return _change(name, 0, 0, before, _posterior(before, number, looks), number, looks)


def _posterior(before: float, observed: float, looks: float) -> float:
    after = (observed + PRIOR_LOOKS * before) / (looks + PRIOR_LOOKS)
    if observed < _SEEN and after < before:
        return min(before, max(after, 3 / (looks + 1)))
    return min(after, 0.9)


def _change(
    event: str, true: int, seen: int, before: float, after: float, observed: float, looks: float
) -> Change:
    low, high = interval(observed, looks)
    return Change(event, "" if event else char_of(true) or "", "" if event else char_of(seen) or "",
                  before, after, low, high, observed, looks)


def interval(observed: float, of: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate (E. B. Wilson 1927): sensible from nought upwards.

    >>> [round(bound, 3) for bound in interval(5, 100)]
    [0.022, 0.112]
    """
    z = 1.959964
    if of <= 0:
        return 0.0, 1.0
    rate = min(observed / of, 1.0)
    middle = rate + z * z / (2 * of)
    spread = z * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
