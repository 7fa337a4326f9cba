"""The report's charts, drawn from its own tables so that the two can never differ."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.publish.chart import bar_chart_svg, timeline_svg
from headstamp.publish.counts import CountTable
from headstamp.publish.wording import number, plural

_FEWEST_BARS = 3
_LONGEST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing as SVG text, and the caption that says what is and is not in it."""

    svg: str
    caption: str


def bars(table: CountTable) -> Figure | None:
    """A bar for each row of the table; None where a drawing would say no more than the table."""
    if len(table.rows) < _FEWEST_BARS or table.rows[0].count == 1:
        return None
    svg = bar_chart_svg(
        table.title, [(row.label, row.count) for row in table.rows], unit=table.unit
    )
    told = []
    if table.others:
        told.append(
            f"The {number(len(table.rows))} commonest of {number(len(table.every))}; "
            f"{number(table.other)} {table.unit} of the others are not drawn."
        )
    if table.unknown:
        told.append(f"{_of(table)} are not drawn.")
    return Figure(svg, " ".join(told) or f"{table.title}.")


def years(table: CountTable) -> Figure | None:
    """The table's years in a row, empty ones with their room; by decades where they are many."""
    counted = {int(row.value): row.count for row in table.every if str(row.value).isdigit()}
    if len(counted) < 2:
        return None
    first, last = min(counted), max(counted)
    if last - first < _LONGEST_YEARS:
        points = [(str(year), counted.get(year, 0)) for year in range(first, last + 1)]
        step = "year"
    else:
        points = [
            (f"{decade}s", sum(counted.get(decade + at, 0) for at in range(10)))
            for decade in range(first // 10 * 10, last + 1, 10)
        ][-40:]
        step = "decade"
    told = f"By {step}; a date known only as a range stands at its earliest year."
    if table.unknown:
        told += f" {_of(table)} are not drawn."
    return Figure(timeline_svg(table.title, points, unit=table.unit), told)


def _of(table: CountTable) -> str:
    return f"{plural(table.unknown, table.unit.rstrip('s'), table.unit)} ({table.unknown_label})"
