"""All ways to line a true text up with what was seen of it, each weighed by its chance.

The forward-backward recursion over the events of the channel (a pair hidden
Markov model: Durbin, Eddy, Krogh and Mitchison 1998, chapter 4). It gives the
expected number of each event, which is what expectation-maximisation counts:
``A12`` seen as ``A2`` is mostly a dropped 1, a little something else.

Plain Python: texts are short, and only those that differ come here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from headstamp.markings.alphabet import UNREAD_CODE
from headstamp.markings.channel import Chances

Places = Sequence[int]


@dataclass
class Counts:
    """Expected numbers. ``pairs[t, q]`` wrong characters; ``dropped[t]``; ``added`` in all.

    ``cut`` and ``extra`` count ends, ``lost`` and ``more`` the characters at them.
    """

    pairs: defaultdict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    unread: float = 0.0
    dropped: float = 0.0
    added: float = 0.0
    swapped: float = 0.0
    cut: float = 0.0
    extra: float = 0.0
    lost: float = 0.0
    more: float = 0.0

    @property
    def wrong(self) -> float:
        """How many characters are not what they should be; unread ones are no mistake."""
        return (sum(self.pairs.values()) + self.dropped + self.added + 2 * self.swapped
                + self.lost + self.more)

    def take(self, other: Counts, weight: float = 1.0) -> None:
        """Adds another's numbers to these."""
        for pair, number in other.pairs.items():
            self.pairs[pair] += number * weight
        for name in ("unread", "dropped", "added", "swapped", "cut", "extra", "lost", "more"):
            setattr(self, name, getattr(self, name) + getattr(other, name) * weight)


class _Ends:
    """Chances of ``n`` characters missing, or read along, at one end."""

    def __init__(self, chances: Chances, longest: int) -> None:
        self.whole = 1.0 - chances.cut - chances.extra
        self.cut, self.extra = [0.0], [0.0]
        cut = chances.cut * (1 - chances.cut_more)
        extra = chances.extra * (1 - chances.extra_more) * chances.unread_choice
        for _ in range(longest):
            self.cut.append(cut)
            self.extra.append(extra)
            cut *= chances.cut_more
            extra *= chances.extra_more * chances.unread_choice


def expected(true: Places, seen: Places, chances: Chances) -> Counts | None:
    """Expected numbers of events between two texts, given as codes.

    ``seen`` may hold :data:`~headstamp.markings.alphabet.UNREAD_CODE`, ``true``
    may not. ``None`` where they cannot be lined up at all. Work grows with the
    product of the lengths.
    """
    m, n = len(true), len(seen)
    ends = _Ends(chances, max(m, n))
    reads = [[_read(chances, t, q) for q in seen] for t in true]
    drops = [float(chances.dropped[t]) for t in true]
    adds = [float(chances.added[q]) if q != UNREAD_CODE else chances.unread * 1e-3 for q in seen]
    swaps = [
        [_swap(chances, true, seen, i, j) for j in range(n)] for i in range(m)
    ]
    begin = [[_end(ends, i, j) for j in range(n + 1)] for i in range(m + 1)]
    finish = [[_end(ends, m - i, n - j) for j in range(n + 1)] for i in range(m + 1)]
    forward = [[0.0] * (n + 1) for _ in range(m + 1)]
    for i in range(m + 1):
        for j in range(n + 1):
            value = begin[i][j]
            if i and j:
                value += forward[i - 1][j - 1] * reads[i - 1][j - 1]
            if i:
                value += forward[i - 1][j] * drops[i - 1]
            if j:
                value += forward[i][j - 1] * adds[j - 1]
            if i > 1 and j > 1:
                value += forward[i - 2][j - 2] * swaps[i - 2][j - 2]
            forward[i][j] = value
    backward = [[0.0] * (n + 3) for _ in range(m + 3)]
    counts = Counts()
    total = sum(forward[i][j] * finish[i][j] for i in range(m + 1) for j in range(n + 1))
    if total <= 0.0:
        return None
    for i in range(m, -1, -1):
        for j in range(n, -1, -1):
            here = forward[i][j] / total
            value = finish[i][j]
            _count_end(counts, here * finish[i][j], m - i, n - j)
            if i < m and j < n:
                chance = reads[i][j] * backward[i + 1][j + 1]
                value += chance
                _count_read(counts, true[i], seen[j], here * chance)
                if swaps[i][j]:
                    chance = swaps[i][j] * backward[i + 2][j + 2]
                    value += chance
                    counts.swapped += here * chance
            if i < m:
                chance = drops[i] * backward[i + 1][j]
                value += chance
                counts.dropped += here * chance
            if j < n:
                chance = adds[j] * backward[i][j + 1]
                value += chance
                counts.added += here * chance
            backward[i][j] = value
            _count_end(counts, begin[i][j] * value / total, i, j)
    return counts


def _read(chances: Chances, t: int, q: int) -> float:
    return chances.unread if q == UNREAD_CODE else float(chances.substitute[t, q])


def _swap(chances: Chances, true: Places, seen: Places, i: int, j: int) -> float:
    if i + 1 < len(true) and j + 1 < len(seen) and true[i] != true[i + 1] and (
        true[i] == seen[j + 1] and true[i + 1] == seen[j]
    ):
        return chances.swapped
    return 0.0


def _end(ends: _Ends, missing: int, more: int) -> float:
    """The chance that an end has lost so many characters, or got so many."""
    if missing and more:
        return 0.0
    return ends.cut[missing] if missing else ends.extra[more] if more else ends.whole


def _count_end(counts: Counts, weight: float, missing: int, more: int) -> None:
    if missing and not more:
        counts.cut += weight
        counts.lost += weight * missing
    elif more and not missing:
        counts.extra += weight
        counts.more += weight * more


def _count_read(counts: Counts, t: int, q: int, weight: float) -> None:
    if q == UNREAD_CODE:
        counts.unread += weight
    elif q != t and weight > 0:
        counts.pairs[t, q] += weight
