"""How a column writes its dates and numbers, told from some of its cells.

05/03/2016 is the fifth of March or the third of May. Where no cell of the
column settles it, nobody is asked to guess: the date is left out and the cell
kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from headstamp.intake.amounts import GROUPED, UNCLEAR
from headstamp.intake.value import Value

_NUMERIC = re.compile(r"^\s*(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_ALWAYS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%m/%Y", "%m.%Y",
    "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%B-%Y", "%B %d, %Y", "%b %d, %Y", "%B %Y", "%b %Y",
)
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def date_value(column: str, cells: Sequence[str]) -> tuple[Value, str]:
    """How to read the column's dates, and a warning where day and month cannot be told apart."""
    day_first = month_first = seen = False
    for cell in cells:
        found = _NUMERIC.match(cell)
        if not found or found[2] == ".":
            continue
        seen = True
        day_first |= int(found[1]) > 12
        month_first |= int(found[3]) > 12
    if not seen:
        return Value(column=column, date=_ALWAYS), ""
    if day_first and not month_first:
        return Value(column=column, date=(*_DAY_FIRST, *_ALWAYS)), ""
    if month_first and not day_first:
        return Value(column=column, date=(*_MONTH_FIRST, *_ALWAYS)), ""
    return Value(column=column, date=_ALWAYS), (
        f"column {column!r}: day and month cannot be told apart, so these dates are kept in the "
        'remark as written; a mapping with date = "%d/%m/%Y" or "%m/%d/%Y" settles it'
    )


def number_value(column: str, cells: Sequence[str], *, degrees: bool = False) -> Value:
    """How to read the column's numbers: decimal comma and marks between thousands."""
    comma = thousands = spaced = False
    if not degrees and any(map(GROUPED.fullmatch, cells)):
        return Value(column=column, decimal=",", thousands=".")
    pointed = [cell for cell in cells if "." in cell and "," not in cell]
    if not degrees and pointed and all(map(UNCLEAR.fullmatch, pointed)):
        return Value(column=column, reading="sure_number")
    for cell in cells:
        plain = cell.strip()
        if re.fullmatch(r"[+-]?\d+,\d+", plain) and (degrees or not re.fullmatch(r"[^,]+,\d{3}", plain)):
            comma = True
        if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}", plain):
            thousands = True
        if re.fullmatch(r"\d{1,3}([ \u00a0\u202f]\d{3})+([.,]\d+)?", plain):
            spaced = True
    if comma and not thousands:
        return Value(column=column, decimal=",", thousands="space" if spaced else "")
    if thousands and not comma:
        return Value(column=column, thousands=",")
    return Value(column=column, thousands="space") if spaced else Value(column=column)
