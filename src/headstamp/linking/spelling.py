"""How alike two words are spelled: the share of letters that need not be changed.

Optimal string alignment (one letter put in, left out, changed, or two neighbours swapped
cost one each), divided by the longer word. For names of parties, in Latin letters; what a
worn marking may read is another matter (``markings``).
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1 << 18)
def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same).

    >>> likeness("automation", "autoamation"), likeness("abc", "acb"), likeness("", "a")
    (0.9090909090909091, 0.6666666666666667, 0.0)
    """
    longest = max(len(one), len(other))
    if one == other:
        return 1.0
    if not one or not other or abs(len(one) - len(other)) * 2 > longest:
        return 0.0
    return 1 - _changes(one, other) / longest


def _changes(one: str, other: str) -> int:
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
