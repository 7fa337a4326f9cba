"""What a question is: a named, versioned way to ask a snapshot for rows, on every engine alike.

A question is a function that is given an engine and its parameters and gives rows; its SQL stands
in it, in what DuckDB and Spark both understand, with ``:name`` for a parameter. Nobody else
writes SQL over a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from headstamp.errors import Invalid, Problem

ParameterKind = Literal["word", "words", "number", "whole number", "day"]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a question may be given: its name as an option and what it is."""

    name: str
    kind: ParameterKind
    help: str
    needed: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question's declaration. ``ask(engine, **given)`` gives rows with exactly ``columns``.

    ``called`` gives, for what was given, the names under which an answer shows some of these
    columns; empty for one that says nothing then and is not shown.
    """

    name: str
    version: int
    words: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    ask: Callable[..., Rows]
    called: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None

    def heads(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The columns that an answer shows, each with its name there; ``given`` as ``given_values`` makes it."""
        names = self.called(given) if self.called else {}
        kept = {one for one in self.columns if one not in names}
        # A field may be called as one of the question's own columns is.
        heads = {one: names.get(one, one) for one in self.columns if names.get(one, one)}
        return {one: f"{name} (field)" if one not in kept and name in kept else name for one, name in heads.items()}


def given_values(of: str, parameters: tuple[Parameter, ...], words: Mapping[str, str]) -> dict[str, Any]:
    """The parameters from words as typed; those not given have their default.

    Raises Invalid naming every one that is unknown, missing or not of its kind.
    """
    known = {one.name: one for one in parameters}
    problems = [Problem(f"{of} has no such parameter", "It has: " + ", ".join(known), name, words[name])
                for name in words if name not in known]
    values: dict[str, Any] = {}
    for one in parameters:
        text = words.get(one.name)
        if text is None:
            if one.needed:
                problems.append(Problem("this must be given", one.help, one.name))
            values[one.name] = one.default
            continue
        try:
            values[one.name] = _value(one, text.strip())
        except ValueError:
            fault = f"not one of: {', '.join(one.choices)}" if one.choices else f"not a {one.kind}"
            problems.append(Problem(fault, one.help, one.name, text[:200]))
    if problems:
        raise Invalid(f"{of} cannot be asked so", problems)
    return values


def _value(one: Parameter, text: str) -> Any:
    if one.kind == "words":
        return tuple(_value(Parameter(one.name, "word", one.help, choices=one.choices), word.strip())
                     for word in text.split(",") if word.strip())
    if one.choices and text not in one.choices:
        raise ValueError(text)
    if one.kind == "whole number":
        return int(text)
    if one.kind == "number":
        return float(text)
    if one.kind == "day":
        return date.fromisoformat(text).isoformat()
    return text
