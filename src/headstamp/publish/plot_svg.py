"""A plot of a measure as SVG text: for pages without scripts, for print, for files.

Drawn by hand for the reasons told in :mod:`headstamp.places.svg`. Words along an axis stand one
below the other where they would not fit side by side; their values then run to the right. An end
of an interval that is not known runs to the edge with an arrow head; what has no place on a
logarithmic axis, or is no number, is not drawn, and the description says how many. A series of
very many points is thinned evenly, which is said too: the table has them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from headstamp.analysis.plot import Plot, Series
from headstamp.places import svg
from headstamp.publish.plot_axis import NumberAxis, WordAxis, said, thinned
from headstamp.publish.plot_ground import FONT, SIDE, TITLE, Ground, ground_of
from headstamp.publish.plot_marks import colour, dash, filled, point, sample

MOST_DRAWN: Final = 2_000
_MOST_TOLD: Final = 200
_KEY_ROW = 18.0
_n = svg.number


def plot_svg(plot: Plot, *, width: float = 720) -> str:
    """The plot as SVG text with title and description; ``width`` in pixels at 96 to the inch."""
    drawn = tuple(one for one in plot.series if one.points)
    if not drawn:
        return (svg.opening("headstamp-plot", width, 70, plot.title, "A plot without values.")
                + _heading(plot.title, width)
                + f'<text class="chart-label" x="{_n(SIDE)}" y="48" font-size="{_n(FONT)}" '
                'fill-opacity="0.75">Nothing to show.</text></svg>')
    keys, key_high = _keys(plot, width)
    ground = ground_of(plot, drawn, width, TITLE + key_high)
    body = "".join((_axes(plot, ground), *(_series(plot, at, one, ground) for at, one in
                                            enumerate(plot.series) if one.points)))
    high = ground.bottom + 40
    return "".join((
        svg.opening("headstamp-plot", width, high, plot.title, described(plot, ground.notes)),
        _heading(plot.title, width), keys, body, "</svg>"))


def described(plot: Plot, notes: dict[str, int] | None = None) -> str:
    """A plot in words: what it says, what is in it from where to where, what could not be drawn."""
    parts = [plot.words.strip()] if plot.words.strip() else []
    for one in plot.series:
        ends = [v for p in one.points for v in p[1:] if isinstance(v, int | float) and math.isfinite(v)]
        many = f"{len(one.points):,} {'value' if len(one.points) == 1 else 'values'}"
        span = f", {plot.y} from {said(min(ends))} to {said(max(ends))}" if ends else ""
        parts.append(f"{one.name or plot.y}: {many}{span}.")
    parts.extend(f"{many:,} {why}." for why, many in (notes or {}).items())
    return " ".join(parts)


def thin(points: Sequence[Any]) -> list[Any]:
    """At most so many points as are drawn, evenly, with the first and the last."""
    if len(points) <= MOST_DRAWN:
        return list(points)
    step = (len(points) - 1) / (MOST_DRAWN - 1)
    return [points[round(at * step)] for at in range(MOST_DRAWN)]


def _heading(title: str, width: float) -> str:
    return (f'<text class="chart-title" x="{_n(SIDE)}" y="19" font-size="14" font-weight="600">'
            f"{svg.isolated(svg.shortened(title, width - 2 * SIDE, 14))}</text>")


def _keys(plot: Plot, width: float) -> tuple[str, float]:
    """The key of the series, in as many rows as it needs; none for a single one."""
    if len(plot.series) < 2:
        return "", 0.0
    out, x, row = ['<g class="plot-key">'], SIDE, 0
    for at, one in enumerate(plot.series):
        name = svg.shortened(one.name, width - 2 * SIDE - 40, FONT)
        wide = 32 + svg.text_width(name, FONT) + 18
        if x > SIDE and x + wide > width - SIDE:
            x, row = SIDE, row + 1
        y = TITLE + 10 + row * _KEY_ROW
        out.append(f'<g class="plot-s{at % 6}">{sample(at, one.kind, x, y)}</g>'
                   f'<text class="chart-label" x="{_n(x + 32)}" y="{_n(y + 4)}" '
                   f'font-size="{_n(FONT)}">{svg.isolated(name)}</text>')
        x += wide
    return "".join((*out, "</g>")), (row + 1) * _KEY_ROW + 2


def _axes(plot: Plot, g: Ground) -> str:
    out = ['<g class="chart-grid" font-size="10">']
    for value, word in g.y.ticks:
        place = g.along(value)
        if place is None:
            continue
        strong = "0.5" if value == 0 or (value == g.y.low) else "0.14"
        if g.sideways:
            line = f"M{_n(place)},{_n(g.top)}V{_n(g.bottom)}"
            at = f'x="{_n(place)}" y="{_n(g.bottom + 14)}" text-anchor="middle"'
        else:
            line = f"M{_n(g.left - g.edge)},{_n(place)}H{_n(g.right + g.edge)}"
            at = f'x="{_n(g.left - g.edge - 5)}" y="{_n(place + 3.5)}" text-anchor="end"'
        out.append(f'<path d="{line}" stroke="currentColor" stroke-opacity="{strong}"/>'
                   f'<text class="chart-value" {at} fill-opacity="0.85">{word}</text>')
    out.append("</g>")
    out.extend(_word_labels(g) if isinstance(g.x, WordAxis) else _number_labels(g, g.x))
    up, foot = (plot.x, plot.y) if g.sideways else (plot.y, plot.x)
    logs = (" (logarithmic)" if plot.log_x else ""), (" (logarithmic)" if plot.log_y else "")
    up, foot = (up + logs[0], foot + logs[1]) if g.sideways else (up + logs[1], foot + logs[0])
    room = g.right - SIDE
    out.append(f'<text class="chart-axis-name" x="{_n(SIDE)}" y="{_n(g.top - 12)}" font-size="{_n(FONT)}" '
               f'fill-opacity="0.85">{svg.isolated(svg.shortened(up, room, FONT))}</text>'
               f'<text class="chart-axis-name" x="{_n(g.right)}" y="{_n(g.bottom + 31)}" '
               f'font-size="{_n(FONT)}" text-anchor="end" fill-opacity="0.85">'
               f"{svg.isolated(svg.shortened(foot, room, FONT))}</text>")
    return "".join(out)


def _number_labels(g: Ground, axis: NumberAxis) -> Iterator[str]:
    beyond = -math.inf
    for value, word in axis.ticks:
        place = g.across(value)
        if place is None:
            continue
        mark = f'<path d="M{_n(place)},{_n(g.bottom)}v4" stroke="currentColor" stroke-opacity="0.6"/>'
        half = svg.text_width(word, 10) / 2
        if place - half < beyond + 6:
            yield mark
            continue
        beyond = place + half
        yield (f'{mark}<text class="chart-value" x="{_n(place)}" y="{_n(g.bottom + 15)}" font-size="10" '
               f'text-anchor="middle" fill-opacity="0.85">{word}</text>')


def _word_labels(g: Ground) -> Iterator[str]:
    assert isinstance(g.x, WordAxis)
    words = g.x.words
    slot = (g.right - g.left) / len(words)
    every = thinned(words, slot, 10) if g.x.of_time and not g.sideways else 1
    for at, word in enumerate(words):
        place = g.across(word)
        if place is None or at % every:
            continue
        if g.sideways:
            name = svg.shortened(word, g.left - SIDE - 12, FONT)
            where = f'x="{_n(g.left - 8)}" y="{_n(place + 4)}" text-anchor="end"'
        else:
            name = svg.shortened(word, slot * every, FONT)
            where = f'x="{_n(place)}" y="{_n(g.bottom + 15)}" text-anchor="middle"'
        yield (f'<text class="chart-label" {where} font-size="{_n(FONT if g.sideways else 10)}">'
               f"{svg.isolated(name)}</text>")


def _series(plot: Plot, at: int, one: Series, g: Ground) -> str:
    points = thin(one.points)
    if len(points) < len(one.points):
        g.left_out("points are not drawn, evenly left out where there are very many",
                   len(one.points) - len(points))
    draw = {"line": _line, "step": _line, "band": _band, "bars": _bars, "points": _points,
            "intervals": _intervals}[one.kind]
    return f'<g class="plot-s{at % 6}">{"".join(draw(plot, at, one, points, g))}</g>'


def _offset(plot: Plot, at: int, g: Ground) -> float:
    """How far the n-th series stands beside its word, so that several do not cover each other."""
    beside = [n for n, s in enumerate(plot.series) if s.kind == plot.series[at].kind and s.points]
    if len(beside) < 2 or not isinstance(g.x, WordAxis):
        return 0.0
    slot = g.slot(plot.series) * 0.72
    return slot * ((beside.index(at) + 0.5) / len(beside) - 0.5)


def _place(g: Ground, x: Any, y: float | None) -> tuple[float, float] | None:
    if y is None:
        return None
    across, along = g.across(x), g.along(float(y))
    if across is None or along is None:
        g.left_out("values have no place on these axes and are not drawn")
        return None
    return g.spot(across, along)


def _line(plot: Plot, at: int, one: Series, points: Sequence[Any], g: Ground) -> Iterator[str]:
    d, pen = [], False
    last = 0.0
    for p in points:
        found = _place(g, p[0], p[1])
        if found is None:
            pen = False
            continue
        x, y = found
        if not pen:
            d.append(f"M{_n(x)},{_n(y)}")
        elif one.kind == "step":
            d.append(f"H{_n(x)}V{_n(y)}")
        else:
            d.append(f"L{_n(x)},{_n(y)}")
        pen, last = True, x
    if one.kind == "step" and pen and last < g.right - 0.1:
        d.append(f"H{_n(g.right)}")
    if d:
        yield (f'<path class="plot-line" d="{"".join(d)}" fill="none" stroke="{colour(at)}" '
               f'stroke-width="2" stroke-linejoin="round"{dash(at)}/>')
    if len(points) <= 60 and one.kind == "line":
        for p in points:
            across = g.across(p[0])
            along = g.along(float(p[1])) if p[1] is not None else None
            if across is not None and along is not None:
                yield _told(plot, one, p, point(at, *g.spot(across, along), size=2.6), len(points))


def _band(plot: Plot, at: int, one: Series, points: Sequence[Any], g: Ground) -> Iterator[str]:
    upper: list[str] = []
    lower: list[str] = []
    for x, _, low, high in points:
        below = _place(g, x, g.y.low if low is None or not math.isfinite(low) else low)
        above = _place(g, x, g.y.high if high is None or not math.isfinite(high) else high)
        if below is None or above is None:
            continue
        upper.append(f"{_n(above[0])},{_n(above[1])}")
        lower.append(f"{_n(below[0])},{_n(below[1])}")
    if upper:
        yield (f'<path class="plot-area" d="M{"L".join(upper)}L{"L".join(reversed(lower))}z" '
               f'fill="{colour(at)}" fill-opacity="0.2"/>')
        for edge in (upper, lower):
            yield (f'<path class="plot-line" d="M{"L".join(edge)}" fill="none" stroke="{colour(at)}" '
                   f'stroke-opacity="0.7"{dash(at)}/>')
    middle = [(p[0], p[1]) for p in points if p[1] is not None]
    if middle:
        yield from _line(plot, at, Series(one.name, "line", tuple(middle)), middle, g)


def _bars(plot: Plot, at: int, one: Series, points: Sequence[Any], g: Ground) -> Iterator[str]:
    many = max(1, sum(s.kind == "bars" and bool(s.points) for s in plot.series))
    shared = isinstance(g.x, WordAxis)
    broad = min(max(g.slot(plot.series) * (0.72 / many if shared else 0.84), 1.0), 44.0)
    base = g.along(0.0)
    if base is None:  # On a logarithmic axis a bar has no foot to stand on.
        yield from _points(plot, at, one, points, g)
        return
    for p in points:
        across = g.across(p[0])
        if p[1] is None or across is None:
            continue
        along = g.along(float(p[1]))
        if along is None:
            g.left_out("values have no place on these axes and are not drawn")
            continue
        across += _offset(plot, at, g)
        start, long = min(base, along), abs(base - along)
        long = max(long, 1.0) if p[1] else 0.0
        if g.sideways:
            bar = filled(at, start, across - broad / 2, long, broad)
        else:
            bar = filled(at, across - broad / 2, start, broad, long)
        yield _told(plot, one, p, bar, len(points))


def _points(plot: Plot, at: int, one: Series, points: Sequence[Any], g: Ground) -> Iterator[str]:
    for p in points:
        if p[1] is None:
            continue
        across, along = g.across(p[0]), g.along(float(p[1]))
        if across is None or along is None:
            g.left_out("values have no place on these axes and are not drawn")
            continue
        x, y = g.spot(across + _offset(plot, at, g), along)
        yield _told(plot, one, p, point(at, x, y, 3.2 if len(points) > 100 else 4.0), len(points))


def _intervals(plot: Plot, at: int, one: Series, points: Sequence[Any], g: Ground) -> Iterator[str]:
    shift, c = _offset(plot, at, g), colour(at)
    for p in points:
        x, y, low, high = p
        across = g.across(x)
        if across is None:
            g.left_out("values have no place on these axes and are not drawn")
            continue
        if y is None and low is None and high is None:
            continue
        across += shift
        ends, marks = [], []
        for value, edge, back in ((low, g.y.low, 1.0), (high, g.y.high, -1.0)):
            known = value is not None and g.y.share(float(value)) is not None
            place = g.along(float(value) if known else edge)
            assert place is not None
            ends.append(place)
            marks.append(_cap(g, across, place) if known else _arrow(g, across, place, back))
        a, b = g.spot(across, ends[0]), g.spot(across, ends[1])
        drawn = (f'<path class="plot-line" d="M{_n(a[0])},{_n(a[1])}L{_n(b[0])},{_n(b[1])}'
                 f'{"".join(marks)}" fill="none" stroke="{c}" stroke-width="1.8"/>')
        along = g.along(float(y)) if y is not None else None
        if along is not None:
            drawn += point(at, *g.spot(across, along))
        yield _told(plot, one, p, drawn, len(points))


def _cap(g: Ground, across: float, place: float) -> str:
    x, y = g.spot(across, place)
    return f"M{_n(x)},{_n(y - 4.5)}v9" if g.sideways else f"M{_n(x - 4.5)},{_n(y)}h9"


def _arrow(g: Ground, across: float, place: float, back: float) -> str:
    """An open end: an arrow head that points out of the plot."""
    x, y = g.spot(across, place)
    if g.sideways:
        return f"M{_n(x + 6 * back)},{_n(y - 4.5)}L{_n(x)},{_n(y)}L{_n(x + 6 * back)},{_n(y + 4.5)}"
    return f"M{_n(x - 4.5)},{_n(y - 6 * back)}L{_n(x)},{_n(y)}L{_n(x + 4.5)},{_n(y - 6 * back)}"


def _told(plot: Plot, one: Series, p: Any, drawn: str, many: int) -> str:
    """A mark with its numbers as a tooltip, unless there are too many of them."""
    if many > _MOST_TOLD:
        return drawn
    x = p[0] if isinstance(p[0], str) else f"{plot.x} {said(float(p[0]))}"
    y = "" if p[1] is None else said(float(p[1]))
    if len(p) == 4:
        ends = " to ".join("open" if v is None or not math.isfinite(v) else said(float(v)) for v in p[2:])
        y = f"{y} ({ends})" if y else ends
    lead = f"{one.name}, " if len(plot.series) > 1 and one.name else ""
    return f'<g class="chart-row"><title>{svg.isolated(f"{lead}{x}: {y}")}</title>{drawn}</g>'
