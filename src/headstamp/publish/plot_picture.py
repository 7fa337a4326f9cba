"""A plot as the one form of pictures: drawing, caption, table, files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from headstamp.analysis.plot import Plot
from headstamp.publish.picture import Picture
from headstamp.publish.plot_svg import plot_svg


def picture_of_plot(plot: Plot, more: Mapping[str, Any] | None = None) -> Picture:
    """The picture of a plot. Its table is the plot's own, number for number.

    ``more`` is what its JSON file says besides, such as of which result it is.
    """
    columns, rows = plot.table()
    return Picture(
        plot.name, plot.title, plot_svg(plot), (plot.words,) if plot.words else (), columns, rows,
        {"plot": plain_plot(plot), **(more or {})})


def plain_plot(plot: Plot) -> dict[str, Any]:
    """A plot as plain JSON values; a number that is not finite is null."""
    told = plot.as_dict()
    for one in told["series"]:
        one["points"] = [[_plain(value) for value in point] for point in one["points"]]
    return told


def _plain(value: float | str | None) -> float | int | str | None:
    if value is None or isinstance(value, str):
        return value
    if not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else float(value)
