"""Reading a table of lags: dates of supply and recovery, times with their end, or windows in days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from headstamp.analysis.column_names import known
from headstamp.analysis.lag.times import Times, span
from headstamp.errors import Invalid, Problem
from headstamp.kinds.date import bounds
from headstamp.kinds.kind import Unfit

_MOST_TOLD: Final = 20
_HAPPENED: Final = {"1": True, "yes": True, "true": True, "recovered": True, "0": False, "no": False, "false": False,
                    "censored": False, "cut off": False}
NOT_RECOVERED: Final = "not recovered, and no day is given up to which one looked"
Window = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One lag, from ``low`` to ``high`` days (None: no end was seen), and the longest that could have been seen."""

    low: int
    high: int | None
    group: str = ""
    limit: int | None = None


def read(
    table: Sequence[Mapping[str, str]], supplied: str, recovered: str, until: str, group: str
) -> tuple[list[Row], dict[str, int], list[int]]:
    """The lags, the rows left out by reason, and the longest lags of things of which only the making is dated.

    Raises Invalid naming the columns that are missing and every faulty cell.
    """
    table = known(table, ("days", "time", "event", "status", "least", "most", supplied, recovered))
    columns = set(table[0]) if table else {supplied, recovered}
    problems: list[Problem] = []
    if group and table and group not in columns:
        problems.append(Problem("there is no such column", "It has: " + ", ".join(table[0]), "group", group))
    end = _window(until, "until", None, problems)[1] if until else None
    days, event = (next((name for name in names if name in columns), "") for names in (("days", "time"), ("event", "status")))
    if days and event:
        rows = _of_days(table, days, event, group, problems)
    elif {"least", "most"} <= columns:
        rows = _of_windows(table, group, problems)
    elif {supplied, recovered} <= columns:
        return _of_dates(table, supplied, recovered, end, group, problems)
    else:
        problems += [Problem("there is no such column", "It has: " + ", ".join(table[0]), name, column)
                     for name, column in (("supplied", supplied), ("recovered", recovered)) if column not in columns]
        rows = []
    _raise(problems)
    return rows, {}, []


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise Invalid("the table of lags has faults", problems[:_MOST_TOLD])


def _cells(table: Sequence[Mapping[str, str]], group: str, one: Callable[[Mapping[str, str], int], Row | None]) -> list[Row]:
    rows = []
    for number, row in enumerate(table, 1):
        found = one(row, number)
        if found is not None:
            rows.append(replace(found, group=(row.get(group) or "").strip()) if group else found)
    return rows


def _of_days(table: Sequence[Mapping[str, str]], days: str, event: str, group: str, problems: list[Problem]) -> list[Row]:
    def one(row: Mapping[str, str], number: int) -> Row | None:
        day = _whole(row[days], days, number, problems)
        word = row[event].strip().casefold()
        if word not in _HAPPENED:
            problems.append(Problem("neither 1 nor 0", "1: recovered on that day; 0: cut off.", event, word[:80], number))
            return None
        if day is None:
            return None
        return Row(day, day) if _HAPPENED[word] else Row(day + 1, None)

    return _cells(table, group, one)


def _of_windows(table: Sequence[Mapping[str, str]], group: str, problems: list[Problem]) -> list[Row]:
    def one(row: Mapping[str, str], number: int) -> Row | None:
        low = _whole(row["least"], "least", number, problems)
        high = _whole(row["most"], "most", number, problems) if row["most"].strip() else None
        if low is not None and high is not None and high < low:
            problems.append(Problem("it ends before it begins", "Swap the two.", "most", row["most"][:80], number))
            return None
        return None if low is None else Row(low, high)

    return _cells(table, group, one)


def _of_dates(
    table: Sequence[Mapping[str, str]], supplied: str, recovered: str, end: date | None, group: str, problems: list[Problem]
) -> tuple[list[Row], dict[str, int], list[int]]:
    left: Counter[str] = Counter()
    made: list[int] = []
    times: list[tuple[Times, str]] = []
    for number, row in enumerate(table, 1):
        times.append((Times(
            str(number), _window(row.get(supplied) or "", supplied, number, problems),
            _window(row.get(recovered) or "", recovered, number, problems),
            _window(row.get("made") or "", "made", number, problems)), (row.get(group) or "").strip() if group else ""))
    _raise(problems)
    ends = [one.recovered[1] for one, _ in times if one.recovered[1] is not None]
    last = max((*ends, *((end,) if end else ())), default=None)
    rows: list[Row] = []
    for one, name in times:
        first, latest = one.supplied
        if one.recovered == (None, None):
            if end is None or first is None:
                left[NOT_RECOVERED if end is None else "neither supply nor recovery is dated"] += 1
            elif (latest or first) > end:
                left["supplied after the day up to which one looked"] += 1
            else:
                days = (end - (latest or end)).days
                rows.append(Row(days + 1, None, name, (end - first).days))
            continue
        found = span(one)
        if isinstance(found, str):
            left[found] += 1
        elif found.by == "making":
            left["the supply is not dated"] += 1
            made.append(found.high)
        else:
            rows.append(Row(found.low, found.high, name, (last - first).days if last and first else None))
    return rows, dict(left), made


def _window(text: str, name: str, row: int | None, problems: list[Problem]) -> Window:
    cell = text.strip()
    if not cell:
        return None, None
    try:
        first, last = bounds(cell)
    except Unfit as error:
        problems.append(Problem(error.rule, error.advice, name, cell[:80], row))
        return None, None
    return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


def _whole(text: str, name: str, row: int, problems: list[Problem]) -> int | None:
    cell = text.strip()
    if not cell.isdigit() or len(cell) > 6:
        problems.append(Problem("not whole days from 0 on", "", name, cell[:80], row))
        return None
    return int(cell)
