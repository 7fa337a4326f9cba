"""Asking a measure of plain values and files: the words of a command turned into its inputs.

Files are read as imports read them: within limits, by their content, with every faulty row named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from headstamp.analysis.measure import Input, Measure, Result
from headstamp.analysis.measures import measure_named
from headstamp.errors import Invalid, Missing, Problem, Unreadable
from headstamp.intake.table import open_table

MOST_ROWS: Final = 5_000_000
_MOST_TOLD: Final = 20
_MOST_WHOLE: Final = 10**18
_WHOLE: Final = re.compile(r"\.0+$")
"""Spreadsheets write 14 as 14.0."""


def measure(name: str, given: Mapping[str, str]) -> Result:
    """What a measure says of what is given, by the names of its inputs.

    ``given`` are words as typed: lists parted by commas (``@FILE`` reads them from a file, one in
    a line or parted by commas), tables as the path of a file. Raises Missing for no such measure
    or file, Invalid with every faulty input at once, Unreadable for a file that is no table.
    """
    found = measure_named(name)
    return found.run(**inputs(found, given))


def is_plain(name: str, given: Mapping[str, str]) -> bool:
    """Whether what is given is enough without a case: all that is needed, or, where nothing is, data."""
    found = measure_named(name)
    needed = [one.name for one in found.inputs if one.needed]
    data = [one.name for one in found.inputs if one.default is None]
    return all(one in given for one in needed) if needed else any(one in given for one in data)


def inputs(
    found: Measure, given: Mapping[str, str], *, fed: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The inputs of a measure from words; those not given have their default.

    ``fed`` are inputs that come from elsewhere: they need not be given.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    known = {one.name: one for one in found.inputs}
    for name in given:
        if name not in known:
            problems.append(Problem(f"{found.name} has no such input",
                                    "It has: " + ", ".join(known), name, given[name]))
    for one in found.inputs:
        text = given.get(one.name)
        if text is None:
            if one.needed and one.name not in fed:
                problems.append(Problem("this must be given", one.help, one.name))
            values[one.name] = one.default
            continue
        try:
            values[one.name] = _value(one, text)
        except Invalid as error:
            problems.extend(error.problems or [Problem(error.message, "", one.name, text[:200])])
    if problems:
        raise Invalid(f"{found.name} cannot be asked so", problems[:_MOST_TOLD])
    return values


def _value(one: Input, text: str) -> Any:
    if one.kind == "table":
        return _table(one, Path(text))
    if one.kind in ("whole numbers", "numbers", "words"):
        words = _words(text, numbers=one.kind != "words")
        return [_single(one, word) for word in words]
    return _single(one, text.strip())


def _single(one: Input, word: str) -> Any:
    if one.choices and word not in one.choices:
        raise Invalid("not one of the words it knows", [Problem(
            "not one of the words it knows", "One of: " + ", ".join(one.choices), one.name, word)])
    if one.kind in ("word", "words"):
        return word
    whole = one.kind in ("whole number", "whole numbers")
    try:
        value = int(_WHOLE.sub("", word)) if whole else float(word)
        if whole and (abs(value) > _MOST_WHOLE or (one.name == "seed" and value < 0)):
            raise ValueError(word)
        return value
    except ValueError:
        kind = "a number from 0 on" if one.name == "seed" else "a whole number of at most 18 digits" if whole else "a number"
        raise Invalid(f"not {kind}", [Problem(f"not {kind}", one.help, one.name, word[:200])]) from None


def _words(text: str, *, numbers: bool) -> list[str]:
    """The words of a list; of numbers in a file the name of their column is passed over."""
    in_file = text.startswith("@")
    if in_file:
        path = Path(text[1:])
        if not path.is_file():
            raise Missing(f"there is no file {path}")
        text = _text(path)
    marks = r"[,;\s]+" if numbers else r"[,;\n]"
    found = [word for word in re.split(marks, text) if word.strip()]
    heading = numbers and in_file and len(found) > 1 and not any(sign.isdigit() for sign in found[0])
    return found[1:] if heading and found[0].casefold() not in ("nan", "inf", "-inf") else found


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise Unreadable(f"{path.name} is no text: give one number or word in a line")
    return text


def _table(one: Input, path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise Missing(f"there is no file {path}")
    table = open_table(path)
    rows: list[dict[str, str]] = []
    problems: list[Problem] = []
    for row in table.rows():
        if isinstance(row, Problem):
            problems.append(row)
        elif len(rows) < MOST_ROWS:
            rows.append({name: cell or "" for name, cell in zip(table.columns, row.cells, strict=False)})
        else:
            problems.append(Problem(f"more than {MOST_ROWS:,} rows", "Ask it of a part.", one.name))
            break
    if problems:
        raise Invalid(f"{path.name} has faulty rows", problems[:_MOST_TOLD])
    return rows
