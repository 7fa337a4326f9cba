"""What a measure is: a named, versioned way to answer one question, that says when it cannot.

A measure takes numbers and gives numbers: it reads no file and no case. Its result always has an
interval or a refusal, its assumptions in words, what was looked at before it was believed
(diagnostics), and how far other models of the same data differ. A refusal is an answer: the data
cannot carry a number, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from headstamp.analysis.plot import Plot, Point, Series
from headstamp.errors import Missing

InputKind = Literal["whole numbers", "numbers", "number", "whole number", "table", "word", "words"]


@dataclass(frozen=True, slots=True)
class Input:
    """Something a measure is given: its name as an option, what it is, whether it must be there.

    A table has the columns that ``help`` names; its rows come as dictionaries of text. ``choices``
    are the words allowed, where there are few.
    """

    name: str
    kind: InputKind
    help: str
    needed: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that was looked at: a number, whether it is as it should be (None: only told), in words."""

    name: str
    value: float | None
    good: bool | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"name": self.name, "value": number(self.value), "good": self.good, "words": self.words}


@dataclass(frozen=True, slots=True)
class Model:
    """Another way to read the same data, with what it gives and how well it fits.

    ``weight`` is the probability given to it where models are averaged; ``fit`` its criterion
    (named by the measure: AIC, BIC, log posterior).
    """

    name: str
    estimate: float | None
    low: float | None = None
    high: float | None = None
    fit: float | None = None
    weight: float | None = None
    words: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "name": self.name, "estimate": number(self.estimate),
            "interval": interval(self.low, self.high), "fit": number(self.fit),
            "weight": number(self.weight), "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """A measure's answer. With ``refused`` there is no estimate, and ``reason`` says why.

    ``estimate``, ``low`` and ``high`` are in ``unit``; ``level`` is that of the interval, from 0
    to 1. ``more`` holds further named values of the measure (plain JSON values). ``text`` is a
    sentence or two for a report. ``shown`` is what stands as the answer where people read it, where that
    is not the estimate as it is: one that is bounded by what the data can carry.
    """

    method: str
    version: int
    question: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    unit: str = ""
    assumptions: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    models: tuple[Model, ...] = ()
    warnings: tuple[str, ...] = ()
    refused: bool = False
    reason: str = ""
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    shown: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; a number that is not finite is null."""
        return {
            "method": self.method, "version": self.version, "question": self.question,
            "estimate": number(self.estimate), "interval": interval(self.low, self.high),
            "level": self.level, "unit": self.unit, "assumptions": list(self.assumptions),
            "diagnostics": [one.as_dict() for one in self.diagnostics],
            "models": [one.as_dict() for one in self.models], "warnings": list(self.warnings),
            "refused": self.refused, "reason": self.reason, "text": self.text, "shown": self.shown,
            "more": dict(self.more), "sources": list(self.sources),
        }

    def table(self, which: str = "estimate") -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows of the ``estimate`` (one row), the ``models`` or the ``diagnostics``.

        Raises Missing for any other word.
        """
        if which == "estimate":
            return ("method", "version", "estimate", "low", "high", "level", "unit", "refused", "reason"), [
                (self.method, self.version, self.estimate, self.low, self.high, self.level, self.unit,
                 self.refused, self.reason)]
        if which == "models":
            return ("model", "estimate", "low", "high", "fit", "weight", "words"), [
                (one.name, one.estimate, one.low, one.high, one.fit, one.weight, one.words)
                for one in self.models]
        if which == "diagnostics":
            return ("name", "value", "good", "words"), [
                (one.name, one.value, one.good, one.words) for one in self.diagnostics]
        raise Missing(f"a result has no table {which!r}; it has: estimate, models, diagnostics")


def models_plot(result: Result) -> tuple[Plot, ...]:
    """The estimate and what other models make of the same data, each with its interval."""
    rows: list[tuple[str, float | None, float | None, float | None]] = []
    if result.estimate is not None:
        rows.append(("estimate", result.estimate, result.low, result.high))
    rows += [(one.name, one.estimate, one.low, one.high) for one in result.models]
    points: tuple[Point, ...] = tuple(
        (name, number(mean), number(low), number(high)) for name, mean, low, high in rows
        if number(mean) is not None)
    if not points:
        return ()
    return (Plot("models", "The estimate and other models", "model", result.unit or "estimate",
                 (Series(f"{result.level:.0%} interval", "intervals", points),),
                 words="How far the models differ is part of what is not known."),)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's declaration, from which come its command, its page and its part of the docs.

    ``run`` takes the inputs by name (a table as a list of dictionaries of text) and gives a
    Result; it raises Invalid naming every faulty input, and refuses in its Result where the
    data cannot carry a number. ``plot`` draws a Result, from nothing but what stands in it.
    """

    name: str
    version: int
    question: str
    inputs: tuple[Input, ...]
    assumptions: tuple[str, ...]
    refuses: str
    sources: tuple[str, ...]
    run: Callable[..., Result]
    plot: Callable[[Result], tuple[Plot, ...]] = models_plot


def number(value: float | None) -> float | None:
    """A number as JSON has it: None where it is none or not finite."""
    return None if value is None or not isfinite(value) else value


def interval(low: float | None, high: float | None) -> list[float | None] | None:
    """The two ends as JSON; None where neither is known."""
    return None if low is None and high is None else [number(low), number(high)]
