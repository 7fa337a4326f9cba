"""Times of single questions, and ratios taken question by question."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Times:
    """Milliseconds, of one way to answer."""

    median: float
    p95: float
    p99: float
    most: float
    number: int

    def as_dict(self) -> dict[str, float]:
        return {
            "p50": round(self.median, 3), "p95": round(self.p95, 3), "p99": round(self.p99, 3),
            "max": round(self.most, 3), "n": self.number,
        }


def times(milliseconds: Sequence[float]) -> Times:
    """The middle, the slow end and the slowest.

    >>> times([3.0, 1.0, 2.0]).median
    2.0
    """
    ordered = sorted(milliseconds)
    last = len(ordered) - 1
    return Times(
        statistics.median(ordered), ordered[min(last, int(len(ordered) * 0.95))],
        ordered[min(last, int(len(ordered) * 0.99))], ordered[-1], len(ordered),
    )


def each(ask: Callable[[str], object], queries: Sequence[str]) -> list[float]:
    """Milliseconds of each query, one after another."""
    took = []
    for query in queries:
        started = perf_counter()
        ask(query)
        took.append((perf_counter() - started) * 1000)
    return took


def in_turns(
    ways: Sequence[Callable[[str], object]], queries: Sequence[str]
) -> list[list[float]]:
    """Milliseconds of each way for each query; all ways answer a query before the next comes.

    Each query begins with another way, so that none always finds the caches as the same
    other one left them.
    """
    took: list[list[float]] = [[0.0] * len(queries) for _ in ways]
    for n, query in enumerate(queries):
        for step in range(len(ways)):
            which = (n + step) % len(ways)
            started = perf_counter()
            ways[which](query)
            took[which][n] = (perf_counter() - started) * 1000
    return took


def ratios(peer: Sequence[float], ours: Sequence[float]) -> tuple[float, float, float]:
    """How many times slower the peer is, query by query: lower quartile, median, upper quartile.

    >>> ratios([2.0, 4.0, 6.0], [1.0, 1.0, 1.0])
    (2.0, 4.0, 6.0)
    """
    found = sorted(p / o for p, o in zip(peer, ours, strict=True))
    if len(found) < 2:
        return found[0], found[0], found[0]
    low, middle, high = statistics.quantiles(found, n=4, method="inclusive")
    return (low, middle, high) if len(found) != 3 else (found[0], found[1], found[2])
