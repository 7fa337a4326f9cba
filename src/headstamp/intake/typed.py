"""How a typed cell (a workbook's, a Parquet file's) is printed as text.

One way for all formats: whole numbers without a point, other floats in their
shortest form, dates and times in ISO 8601, truth as ``true`` and ``false``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

EXACT = 10**15
"""Spreadsheets keep 15 digits of a number; a longer one may have lost its last digits."""


def _float(value: float) -> str:
    if value.is_integer() and abs(value) < 10 * EXACT:
        return str(int(value))
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _duration(value: timedelta) -> str:
    """Hours beyond 24 as a spreadsheet shows them: 30:00:00."""
    seconds = value.days * 86_400 + value.seconds
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return "\\x" + value.hex()


_PRINT: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
    timedelta: _duration,
    bytes: _bytes,
    type(None): lambda value: "",
}


def cell_text(value: object) -> str:
    """``value`` as printed; the empty string for None.

    >>> [cell_text(v) for v in (12.0, 0.1, True, None, date(2016, 2, 1), 10**20)]
    ['12', '0.1', 'true', '', '2016-02-01', '100000000000000000000']
    """
    return _PRINT.get(value.__class__, str)(value)
