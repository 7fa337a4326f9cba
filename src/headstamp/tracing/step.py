"""What a chain consists of: steps, gaps between them, contradictions, and claims left loose.

A step is one event with every claim that tells of it; two claims may tell it differently and
both stay inside. A gap is a stretch of which nothing is known, named with its days. Whoever
draws, weighs or prints a chain builds on these shapes; :mod:`headstamp.tracing.chain` makes
them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from headstamp.tracing.claim import Claim

What = Literal[
    "before_made", "backwards", "two_holders", "more_passed_on", "broken_link", "self_transfer",
    "cycle", "lawful_contested", "mixed_units",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One event: how the item went from one hand to another, and every claim that tells of it.

    ``first`` and ``last`` are the days between which it lies by all claims together, None where
    an end is open. ``lawful`` is what the claims say, ``contested`` where they differ.
    ``share``, from 0 to 1, is the greatest probability that the item was among the goods.
    ``rivals`` are the indexes of the steps of the same chain that cannot be true beside it.
    """

    how: str
    from_party: str | None
    to_party: str | None
    first: str | None
    last: str | None
    lawful: str
    claims: tuple[Claim, ...]
    share: float = 1.0
    rivals: tuple[int, ...] = ()

    @property
    def grades(self) -> tuple[str, ...]:
        """The grades of its sources, best first; ungraded claims have none."""
        return tuple(sorted({claim.grade for claim in self.claims if claim.grade}))

    @property
    def grade(self) -> str:
        """The best of them: reliability before credibility; empty where no claim is graded."""
        return self.grades[0] if self.grades else ""

    @property
    def when(self) -> str:
        """When it happened, as exact as its claims have it; empty where none is dated."""
        told = {claim.when for claim in self.claims if claim.when}
        if len(told) == 1:
            return told.pop()
        if self.first is None and self.last is None:
            return ""
        if self.first is not None and self.first == self.last:
            return self.first
        return f"{self.first or '..'}/{self.last or '..'}"

    @property
    def named(self) -> str:
        """What happened and when, as a sentence names it."""
        how = self.how.replace("_", " ")
        return f"{how} ({self.when})" if self.when else how

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "how": self.how, "from_party": self.from_party, "to_party": self.to_party,
            "when": self.when, "first": self.first, "last": self.last, "lawful": self.lawful,
            "share": round(self.share, 4), "grade": self.grade, "grades": list(self.grades),
            "rivals": list(self.rivals), "claims": [claim.as_dict() for claim in self.claims],
        }


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of which nothing is known, after the step of index ``after`` (-1: before the first).

    It began on ``first`` at the earliest and was over on ``last`` at the latest; None where
    that end is open. ``from_party`` is the last known holder before it, ``to_party`` the first
    known one after it, None where nobody is named.
    """

    after: int
    first: str | None
    last: str | None
    words: str
    from_party: str | None = None
    to_party: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"after": self.after, "first": self.first, "last": self.last, "words": self.words,
                "from_party": self.from_party, "to_party": self.to_party}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something that does not fit together, in words, with the ids of the records that say so."""

    what: What
    words: str
    claims: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"what": self.what, "words": self.words, "claims": list(self.claims)}


@dataclass(frozen=True, slots=True)
class Chain:
    """The past of one item: steps in time, gaps, contradictions, and claims that are left loose.

    ``loose`` are undated claims that no other ties to a place in time, and those by which the
    item is only perhaps among the goods. Every claim given is in a step or loose.
    """

    item: str
    label: str
    steps: tuple[Step, ...] = ()
    gaps: tuple[Gap, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    loose: tuple[Claim, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim, those of the steps first."""
        return (*(claim for step in self.steps for claim in step.claims), *self.loose)

    @property
    def parties(self) -> tuple[str, ...]:
        """Every party named, each once, in the order of the chain."""
        return tuple(dict.fromkeys(
            party for claim in self.claims for party in (claim.from_party, claim.to_party) if party))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "item": self.item, "label": self.label,
            "steps": _all(self.steps), "gaps": _all(self.gaps),
            "contradictions": _all(self.contradictions), "loose": _all(self.loose),
        }


def _all(some: Iterable[Step | Gap | Contradiction | Claim]) -> list[dict[str, Any]]:
    return [one.as_dict() for one in some]
