"""Questions with known answers, and how often they were answered rightly."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.markings.corrupt import MODELS, Model
from benchmarks.markings.generate import Made

Answer = Sequence[tuple[int, float]]
"""Positions and scores, best first; the higher a score the surer."""

KEPT = 0.95
"""False hits are counted at the score that keeps this share of the right first hits."""


@dataclass(frozen=True)
class Asked:
    """A query, the marking it was made of, and the positions that are right (none: absent)."""

    query: str
    true: str
    right: frozenset[int] = frozenset()


def questions(
    texts: Sequence[str], model: str | Model, count: int, draw: random.Random, *, there: bool = True
) -> list[Asked]:
    """``count`` markings of ``texts``, each misread after the model; ``there`` if in the data."""
    misread = MODELS[model] if isinstance(model, str) else model
    chosen = draw.sample(range(len(texts)), count) if count <= len(texts) else draw.choices(
        range(len(texts)), k=count
    )
    return [
        Asked(misread(draw, texts[at]), texts[at], frozenset({at} if there else ()))
        for at in chosen
    ]


@dataclass(frozen=True)
class Paper:
    """One set of questions: with an answer, without from gaps of runs, without from elsewhere."""

    present: list[Asked]
    gaps: list[Asked]
    strangers: list[Asked]

    def fifth_absent(self) -> list[Asked]:
        """Four with an answer to one without, half of these from gaps: as ``absent=0.2`` says."""
        each = min(len(self.present) // 8, len(self.gaps), len(self.strangers))
        return self.present[: each * 8] + self.gaps[:each] + self.strangers[:each]


def paper(made: Made, model: str, count: int, seed: int) -> Paper:
    """``count`` questions with an answer and half as many of each kind without."""
    draw = random.Random(f"{made.name} {model} {seed}")
    return Paper(
        questions(made.raw, model, count, draw),
        questions(made.gaps, model, min(count // 2, len(made.gaps)), draw, there=False),
        questions(made.strangers, model, min(count // 2, len(made.strangers)), draw, there=False),
    )


@dataclass(frozen=True)
class Marks:
    """Shares from 0 to 1: of questions with an answer, the first and the ten; false hits."""

    first: float
    ten: float
    false_gaps: float
    false_strangers: float
    threshold: float

    def as_dict(self) -> dict[str, float]:
        return {
            "recall at 1": round(self.first, 4), "recall at 10": round(self.ten, 4),
            "false hits, gaps": round(self.false_gaps, 4),
            "false hits, elsewhere": round(self.false_strangers, 4),
            "threshold": round(self.threshold, 5),
        }


def marked(given: Paper, find: Callable[[Sequence[str]], Sequence[Answer]]) -> Marks:
    """Ask everything of one way to search."""
    present = find([asked.query for asked in given.present])
    first = ten = 0
    scores: list[float] = []
    for asked, answer in zip(given.present, present, strict=True):
        found = [at for at, _ in answer[:10]]
        ten += bool(asked.right.intersection(found))
        if asked.right.intersection(found[:1]):
            first += 1
            scores.append(answer[0][1])
    scores.sort()
    threshold = scores[int(len(scores) * (1 - KEPT))] if scores else float("inf")
    number = max(len(given.present), 1)
    false = [
        sum(1 for answer in find([asked.query for asked in some]) if answer
            and answer[0][1] >= threshold) / max(len(some), 1)
        for some in (given.gaps, given.strangers)
    ]
    return Marks(first / number, ten / number, false[0], false[1], threshold)
