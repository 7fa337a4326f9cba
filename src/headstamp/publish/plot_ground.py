"""How a plot is laid out: where its rectangle lies, what its axes are, whether words run down its side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from headstamp.analysis.plot import Plot, Series
from headstamp.places import svg
from headstamp.publish.plot_axis import NumberAxis, WordAxis, number_axis

SIDE: Final = 10.0
TITLE: Final = 28.0
FONT: Final = 11.0
_HIGH, _ROW = 260.0, 26.0


@dataclass(slots=True)
class Ground:
    """The rectangle in which a plot is drawn, and its axes. ``sideways``: words run down its side.

    ``edge`` is how far marks at either end of the x axis may reach beyond it.
    """

    left: float
    top: float
    right: float
    bottom: float
    x: NumberAxis | WordAxis
    y: NumberAxis
    sideways: bool
    edge: float = 0.0
    notes: dict[str, int] = field(default_factory=dict)

    def across(self, x: float | str | None) -> float | None:
        """Where an x value stands: from the left, or from the top where words run down the side."""
        if x is None:
            return None
        share = self.x.share(str(x)) if isinstance(self.x, WordAxis) else self.x.share(float(x))
        if share is None:
            return None
        if self.sideways:
            return self.top + share * (self.bottom - self.top)
        return self.left + share * (self.right - self.left)

    def along(self, y: float) -> float | None:
        """Where a y value stands: from the top, or from the left where words run down the side."""
        share = self.y.share(y)
        if share is None:
            return None
        if self.sideways:
            return self.left + share * (self.right - self.left)
        return self.bottom - share * (self.bottom - self.top)

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Two such places as one point of the drawing."""
        return (y, x) if self.sideways else (x, y)

    def slot(self, series: Sequence[Series]) -> float:
        """How much room one x value has."""
        room = self.bottom - self.top if self.sideways else self.right - self.left
        if isinstance(self.x, WordAxis):
            return room / len(self.x.words)
        places = sorted({place for one in series for p in one.points
                         if (place := self.across(p[0])) is not None})
        gaps = [b - a for a, b in itertools.pairwise(places)]
        return min(gaps, default=room / 4)

    def left_out(self, why: str, many: int = 1) -> None:
        self.notes[why] = self.notes.get(why, 0) + many


def ground_of(plot: Plot, drawn: Sequence[Series], width: float, top: float) -> Ground:
    """The ground that holds every number of the series, ``width`` wide in pixels, its upper edge at ``top``."""
    values = [float(v) for one in drawn for p in one.points for v in p[1:] if v is not None]
    bars = any(one.kind == "bars" for one in drawn)
    y = number_axis(values, log=plot.log_y, from_nought=bars and not plot.log_y)
    top += 24.0
    places = [p[0] for one in drawn for p in one.points if p[0] is not None]
    numbers = [float(p) for p in places if not isinstance(p, str)]
    if len(numbers) == len(places):
        x: NumberAxis | WordAxis = number_axis(numbers, log=plot.log_x, room=False, steps=8)
        left = SIDE + _widest(y) + 8
        edge = 0.0 if all(one.kind in ("line", "step", "band") for one in drawn) else 14.0
        if bars:
            edge = min(40.0, (width - left) / (2 * max(len(set(places)), 1)) + 4)
        return Ground(left + edge, top, width - SIDE - 6 - edge, top + _HIGH, x, y, False, edge)
    x = WordAxis(tuple(dict.fromkeys(map(str, places))))
    if not _sideways(x, drawn, width):
        left = SIDE + _widest(y) + 8
        return Ground(left, top, width - SIDE, top + _HIGH, x, y, False)
    words = min(max(svg.text_width(word, FONT) for word in x.words) + 12, width * 0.42)
    row = max(_ROW, 8 + 15.0 * max(sum(one.kind == kind for one in drawn) for kind in
                                   ("bars", "intervals", "points")))
    y = number_axis(values, log=plot.log_y, from_nought=bars and not plot.log_y, steps=6)
    return Ground(SIDE + words, top, width - SIDE - 24, top + row * len(x.words), x, y, True)


def _sideways(x: WordAxis, drawn: Sequence[Series], width: float) -> bool:
    """Whether words go down the side: where they do not fit below, and nothing runs between them."""
    if any(one.kind in ("line", "step", "band") for one in drawn) or (x.of_time and len(x.words) > 1):
        return False
    slot = (width - 80) / len(x.words)
    return len(x.words) == 1 or any(svg.text_width(word, FONT) + 8 > slot for word in x.words)


def frame(plot: Plot, *, width: float = 720) -> dict[str, Any]:
    """How the plot is laid out, for whoever draws it anew: the ends of its axes, the step between marks, its height.

    ``x`` is None where words stand along that axis; ``sideways`` says whether they run down the side.
    """
    drawn = tuple(one for one in plot.series if one.points)
    g = ground_of(plot, drawn, width, TITLE)
    ends = None
    if isinstance(g.x, NumberAxis):
        share = g.edge / (g.right - g.left)
        low, high = (math.log10(g.x.low), math.log10(g.x.high)) if g.x.log else (g.x.low, g.x.high)
        wider = (low - share * (high - low), high + share * (high - low))
        ends = [10.0 ** end for end in wider] if g.x.log else list(wider)
    step = g.y.ticks[1][0] - g.y.ticks[0][0] if len(g.y.ticks) > 1 and not g.y.log else None
    return {"sideways": g.sideways, "x": ends, "y": [g.y.low, g.y.high], "step": step, "high": g.bottom + 40}


def _widest(axis: NumberAxis) -> float:
    return max(svg.text_width(word, 10) for _, word in axis.ticks) if axis.ticks else 10.0
