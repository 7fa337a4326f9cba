"""A plot on a page: the still drawing, what the live one is made of, and every number in a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

from headstamp.analysis.plot import Plot
from headstamp.publish.plot_axis import said
from headstamp.publish.plot_ground import frame
from headstamp.publish.plot_picture import picture_of_plot, plain_plot
from headstamp.web.contexts.chain import PictureView, picture_view

MOST_ROWS: Final = 1_000
"""A longer table is not read on a page; the CSV file has all of it."""


@dataclass(frozen=True)
class PlotView:
    """A plot as the page shows it: the drawing, what a script makes a live one of, and its table."""

    name: str
    picture: PictureView
    data: str
    frame: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: int


def plot_view(plot: Plot, base: str = "", query: str = "") -> PlotView:
    """A plot as a page shows it; without the address of its files it offers none."""
    columns, rows = plot.table()
    made = picture_view(picture_of_plot(plot), base, query)
    return PlotView(
        plot.name, made if base else PictureView(made.svg, made.title, made.caption, ()),
        orjson.dumps(plain_plot(plot)).decode(), orjson.dumps(frame(plot)).decode(), columns,
        tuple(tuple(cell(one) for one in row) for row in rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def cell(value: Any) -> str:
    """A value of a table in words: numbers as on an axis, nothing as a dash.

    >>> cell(12500.0), cell(None), cell(True), cell("a")
    ('12,500', '-', 'yes', 'a')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return said(float(value)) if value == value and abs(value) != float("inf") else "open"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)
