"""Partial and uncertain dates, written in EDTF (ISO 8601-2, levels 0 and 1).

A crate says 1986, a witness says "about March", a store was used from 2014 on:
``1986``, ``2016-03~``, ``2014/..``. Nothing is made more exact than it was
said. From each date come its earliest and latest possible day, for sorting and
for asking what fits in time.

Source: Extended Date/Time Format specification, Library of Congress (2019).
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from functools import lru_cache
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, want_text

_DAY = re.compile(
    r"(?P<y>\d{4}|\d{3}X|\d{2}XX)"
    r"(?:-(?P<m>\d{2}|XX)(?:-(?P<d>\d{2}|XX|\dX))?)?"
    r"(?P<q>[?~%])?",
    re.ASCII,
)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
    r"(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
# EDTF level 1 seasons, northern hemisphere; the year's first three months belong to winter.
_SEASONS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12)}
_QUALIFIERS = {"?": "uncertain", "~": "about", "%": "uncertain, about"}

Bounds = tuple[str | None, str | None]


def _month_ends(year: int, first: int, last: int) -> Bounds:
    return f"{year:04d}-{first:02d}-01", f"{year:04d}-{last:02d}-{monthrange(year, last)[1]:02d}"


def _single(text: str) -> Bounds:
    match = _DAY.fullmatch(text)
    if not match:
        raise Unfit(
            "not a date in EDTF form", "Write 2016, 2016-02, 2016-02-28, 2016~, 201X or 2014/2016."
        )
    year, month, day = match["y"], match["m"], match["d"]
    if "X" in year:
        if month:
            raise Unfit(
                "a date with an unread year has no month", "Write the year alone, such as 201X."
            )
        return f"{year.replace('X', '0')}-01-01", f"{year.replace('X', '9')}-12-31"
    number = int(year)
    if number == 0:
        raise Unfit("there is no year 0000 here", "Leave the date out if it is not known.")
    if month is None or month == "XX":
        if day and day != "XX":
            raise Unfit("a day needs its month", "Write the year alone.")
        return f"{year}-01-01", f"{year}-12-31"
    number_of_month = int(month)
    if number_of_month in _SEASONS and day is None:
        return _month_ends(number, *_SEASONS[number_of_month])
    if not 1 <= number_of_month <= 12:
        raise Unfit(f"there is no month {month}", "Months run from 01 to 12.")
    if day is None or day == "XX":
        return _month_ends(number, number_of_month, number_of_month)
    last = monthrange(number, number_of_month)[1]
    if "X" in day:
        low, high = max(1, int(day[0] + "0")), min(last, int(day[0] + "9"))
        if low > last:
            raise Unfit(f"{year}-{month} has no day {day}", "Check the day.")
        return f"{year}-{month}-{low:02d}", f"{year}-{month}-{high:02d}"
    if not 1 <= int(day) <= last:
        raise Unfit(f"{year}-{month} has no day {day}", f"That month has {last} days.")
    return f"{year}-{month}-{day}", f"{year}-{month}-{day}"


@lru_cache(maxsize=65_536)
def bounds(text: str) -> Bounds:
    """Earliest and latest possible day (ISO 8601), None where that end is open or unknown.

    >>> bounds("2016-02")
    ('2016-02-01', '2016-02-29')
    >>> bounds("2014/..")
    ('2014-01-01', None)
    >>> bounds("198X")
    ('1980-01-01', '1989-12-31')
    """
    moment = _MOMENT.fullmatch(text)
    if moment:
        return _single(moment[1])
    if "/" in text:
        start, _, end = text.partition("/")
        if start in ("", "..") and end in ("", ".."):
            raise Unfit("an interval needs at least one end", "Leave the date out instead.")
        first = None if start in ("", "..") else _single(start)[0]
        last = None if end in ("", "..") else _single(end)[1]
        if first and last and last < first:
            raise Unfit("the interval ends before it begins", "Swap the two dates.")
        return first, last
    return _single(text)


@lru_cache(maxsize=65_536)
def _clean(text: str) -> str:
    plain = text.strip()
    if not plain.isascii():
        # A day written in Arabic or Hindi digits is the same day.
        plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)
    for dash in "\u2010\u2011\u2012\u2013\u2212":
        plain = plain.replace(dash, "-")
    if _MOMENT.fullmatch(plain):
        plain = plain.replace(" ", "T", 1)
    bounds(plain)
    return plain


class PartialDateKind(Kind):
    """A date as exact as it is known, in EDTF; its two bounds become columns of their own."""

    name, title, widget = "date", "a partial date (EDTF)", "date"
    schema = {"type": "string", "format": "edtf"}
    example = "2016-02~"

    def clean(self, value: Any) -> str:
        return _clean(value if type(value) is str else want_text(value, "a date"))

    def show(self, value: Any) -> str:
        text = str(value)
        if "/" in text:
            start, _, end = text.partition("/")
            shown = [self.show(part) if part not in ("", "..") else "" for part in (start, end)]
            if not shown[0]:
                return f"until {shown[1]}"
            return f"{shown[0]} to {shown[1]}" if shown[1] else f"from {shown[0]}"
        qualifier = _QUALIFIERS.get(text[-1:], "")
        return f"{text[:-1]} ({qualifier})" if qualifier else text

    def extra_columns(self) -> Any:
        return (
            ("_from", "text", lambda v: bounds(v)[0]),
            ("_to", "text", lambda v: bounds(v)[1]),
        )


PARTIAL_DATE = PartialDateKind()
PartialDate = Annotated[str, PARTIAL_DATE]
