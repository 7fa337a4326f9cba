"""Whether a probability that is said is one that comes true.

Every hit of an answer says how probably it is the marking asked for. Hits are put together
by what was said (tenths from 0 to 1, and deciles of equal number); in each, the mean said is
held against the share that was right. The expected calibration error is the mean
distance of the two over tenths, weighted by number. Chance alone makes it larger than zero:
what a perfect speaker of the same probabilities would show stands beside it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.markings.questions import Answer, Asked
from headstamp.places import svg

_DRAWS = 20
LEAST = 1e-4
"""What a true marking that is not among the hits counts as, and the floor of all log-losses."""


@dataclass(frozen=True)
class Bin:
    """Hits of about the same probability."""

    number: int
    said: float
    right: float

    def as_dict(self) -> dict[str, float]:
        return {"n": self.number, "said": round(self.said, 4), "right": round(self.right, 4)}


@dataclass(frozen=True)
class Reliability:
    """What was said against what was right, for the first hits or for all of them."""

    tenths: list[Bin]
    deciles: list[Bin]
    error: float
    by_chance: float
    error_deciles: float
    log_loss: float
    brier: float
    number: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "hits": self.number, "expected calibration error": round(self.error, 4),
            "of it by chance": round(self.by_chance, 4),
            "the same over deciles": round(self.error_deciles, 4),
            "log-loss": round(self.log_loss, 4), "Brier": round(self.brier, 4),
            "tenths": [one.as_dict() for one in self.tenths],
            "deciles": [one.as_dict() for one in self.deciles],
        }


def said_and_right(
    asked: Sequence[Asked], answers: Sequence[Answer], *, most: int = 1
) -> list[tuple[float, bool]]:
    """Each of the first ``most`` hits: its probability, and whether it is the marking."""
    return [
        (probability, position in question.right)
        for question, answer in zip(asked, answers, strict=True)
        for position, probability in answer[:most]
    ]


def answer_loss(asked: Sequence[Asked], answers: Sequence[Answer]) -> float:
    """Mean of -log of what was given to the truth: the true marking, or none where it is absent."""
    total = 0.0
    for question, answer in zip(asked, answers, strict=True):
        if question.right:
            given = sum(p for position, p in answer if position in question.right)
        else:
            given = 1.0 - sum(p for _, p in answer)
        total -= math.log(max(given, LEAST))
    return total / max(len(asked), 1)


def reliability(said: Sequence[tuple[float, bool]]) -> Reliability:
    """Tables and measures of pairs of probability and truth.

    >>> told = reliability([(0.9, True)] * 9 + [(0.9, False)])
    >>> round(told.error, 6), told.tenths[0].number
    (0.0, 10)
    """
    ordered = sorted(said)
    number = len(ordered)
    tenths = _tenths(ordered)
    draw = random.Random(number)
    perfect = [
        _error(_tenths([(p, draw.random() < p) for p, _ in ordered])) for _ in range(_DRAWS)
    ]
    bounds = [number * n // 10 for n in range(11)]
    deciles = [
        _bin(ordered[a:b]) for a, b in pairwise(bounds) if b > a
    ]
    loss = -sum(
        math.log(max(p if right else 1.0 - p, LEAST)) for p, right in ordered
    ) / max(number, 1)
    brier = sum((p - right) ** 2 for p, right in ordered) / max(number, 1)
    return Reliability(
        tenths, deciles, _error(tenths), sum(perfect) / _DRAWS, _error(deciles), loss, brier, number
    )


def _tenths(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    parted: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for pair in pairs:
        parted[min(int(pair[0] * 10), 9)].append(pair)
    return [_bin(some) for some in parted if some]


def _bin(pairs: Sequence[tuple[float, bool]]) -> Bin:
    number = len(pairs)
    return Bin(number, sum(p for p, _ in pairs) / number, sum(r for _, r in pairs) / number)


def _error(bins: Sequence[Bin]) -> float:
    number = sum(one.number for one in bins)
    return sum(one.number * abs(one.said - one.right) for one in bins) / max(number, 1)


_SIDE, _EDGE, _WIDE = 240.0, 46.0, 300.0


def plot(title: str, told: dict[str, Reliability]) -> str:
    """One small drawing a name: said from left to right, right from below to above.

    A dot on the slanting line says what comes true; above it too little is said, below it
    too much. The area of a dot is the number of hits.
    """
    columns = min(max(len(told), 1), 3)
    rows = -(-len(told) // columns)
    width, height = columns * _WIDE + 10, rows * (_WIDE + 16) + 34
    words = "; ".join(f"{name}: error {one.error:.3f}" for name, one in told.items())
    out = [
        svg.opening("headstamp-reliability", width, height, title, words),
        f'<text x="10" y="20" font-size="14" font-weight="600">{svg.text(title)}</text>',
    ]
    for n, (name, one) in enumerate(told.items()):
        left = n % columns * _WIDE + _EDGE
        top = n // columns * (_WIDE + 16) + 56
        out.extend(_panel(name, one, left, top))
    return "".join((*out, "</svg>"))


def _panel(name: str, one: Reliability, left: float, top: float) -> list[str]:
    under = top + _SIDE
    heading = f"{name}: {one.number} hits, error {one.error:.3f}"
    out = [
        f'<text x="{left}" y="{top - 8}" font-size="12">{svg.text(heading)}</text>',
        f'<rect x="{left}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="none" '
        'stroke="currentColor" stroke-opacity="0.3"/>',
        f'<line x1="{left}" y1="{under}" x2="{left + _SIDE}" y2="{top}" '
        'stroke="currentColor" stroke-opacity="0.5" stroke-dasharray="4 3"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        x, y = left + share * _SIDE, under - share * _SIDE
        out.append(
            f'<text x="{x}" y="{under + 14}" font-size="10" text-anchor="middle">{share:g}</text>'
            f'<text x="{left - 5}" y="{y + 3}" font-size="10" text-anchor="end">{share:g}</text>'
        )
    out.append(
        f'<text x="{left + _SIDE / 2}" y="{under + 27}" font-size="10" '
        'text-anchor="middle">probability said</text>'
        f'<text x="{left - 28}" y="{top + _SIDE / 2}" font-size="10" text-anchor="middle" '
        f'transform="rotate(-90 {left - 28} {top + _SIDE / 2})">share right</text>'
    )
    for some in one.tenths:
        size = 2 + 12 * math.sqrt(some.number / max(one.number, 1))
        x, y = left + some.said * _SIDE, under - some.right * _SIDE
        out.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="#3b6a8f" fill-opacity="0.75">'
            f"<title>{some.number} hits, said {some.said:.3f}, right {some.right:.3f}</title>"
            "</circle>"
        )
    return out
