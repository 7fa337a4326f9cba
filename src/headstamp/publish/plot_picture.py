"""A plot as the one form of pictures: drawing, caption, table, files."""

from __future__ import annotations

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
        {"plot": plot.as_dict(), **(more or {})})
