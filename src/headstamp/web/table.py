"""Records as CSV: one column a part of a fact, codes as stored, nothing a spreadsheet would run.

A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break gets an
apostrophe before it: spreadsheets take it for a formula otherwise (OWASP, CSV
injection). Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from headstamp.actions.limits import Limit, told
from headstamp.records import Fact, RecordType
from headstamp.store.backend import batches
from headstamp.store.shown import Shown

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BATCH = 500
# The last column: what trace replies forbid to be done with the row, in words.
LIMITS = "limits_of_trace_replies"
LimitsOf = Callable[[Sequence[str]], Mapping[str, Sequence[Limit]]]


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe(-3), safe("07-85")
    ("'=1+1", -3, '07-85')
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def header(kind: RecordType) -> list[str]:
    """The names of the columns."""
    names = ["id", "version"]
    for fact in kind.facts:
        if fact.parts:
            names.extend(f"{fact.name}_{part.name}" for part in fact.parts)
        else:
            names.append(fact.name)
    return [*names, LIMITS]


def cells(kind: RecordType, shown: Shown, limits: Sequence[Limit] = ()) -> list[Any]:
    """The cells of one record, with the limits that follow it in the last."""
    found: list[Any] = [shown.id, shown.version]
    for fact in kind.facts:
        value = shown.get(fact.name)
        if fact.parts:
            held: Mapping[str, Any] = value or {}
            found.extend(safe(_cell(part, held.get(part.name))) for part in fact.parts)
        else:
            found.append(safe(_cell(fact, value)))
    return [*found, safe("; ".join(told(limits)))]


def _cell(fact: Fact, value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return value


def csv_lines(kind: RecordType, rows: Iterable[Shown], limits_of: LimitsOf) -> Iterator[str]:
    """The table in pieces of some hundred lines, beginning with a byte order mark for Excel.

    ``limits_of`` is asked once for each piece.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(header(kind))
    for some in batches(rows, _BATCH):
        limits = limits_of([shown.id for shown in some])
        for shown in some:
            writer.writerow(cells(kind, shown, limits.get(shown.id, ())))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()
