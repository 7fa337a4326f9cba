"""Charts as SVG text: bars and a time line, for pages and print alike.

Drawn by hand for the reasons told in :mod:`headstamp.places.svg`: stable bytes,
no outside code, colours a style sheet may change (``chart-bar``, ``chart-grid``,
``chart-label``, ``chart-value``). Every value stands beside its bar as text, so
nothing has to be read off an axis; every bar has a tooltip with its full label;
the description tells the largest values to those who cannot see the chart.

Bars begin at zero, always: a bar cut short misleads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from headstamp.errors import Invalid, Problem
from headstamp.places import svg

Row = tuple[str, float]
"""A label and its value."""

_TITLE_HIGH, _ROW_HIGH, _SIDE, _FONT = 30.0, 22.0, 8.0, 11.0
_BAR = "#3b6a8f"
_MOST_ROWS = 400


def bar_chart_svg(
    title: str,
    rows: Sequence[Row],
    *,
    width: float = 720,
    unit: str = "",
    direction: svg.Direction = "auto",
) -> str:
    """Horizontal bars in the order given, one a row, with label and value.

    ``width`` is in pixels at 96 to the inch; the height follows from the rows.
    ``unit`` says in the description what is counted. Give ``direction="ltr"``
    when the labels are markings. Raises :class:`~headstamp.errors.Invalid` for
    values below zero or not finite, and for more than 400 rows.
    """
    _check(rows)
    height = _TITLE_HIGH + max(len(rows), 1) * _ROW_HIGH + 8
    out = [
        svg.opening("headstamp-bars", width, height, title, _description(rows, unit)),
        _heading(title, width),
    ]
    if not rows:
        out.append(_nothing(_SIDE, _TITLE_HIGH + 15))
    else:
        out.extend(_bars(rows, width, height, unit, direction))
    return "".join((*out, "</svg>"))


def timeline_svg(
    title: str,
    points: Sequence[Row],
    *,
    width: float = 720,
    height: float = 240,
    unit: str = "",
) -> str:
    """Upright bars over periods in the order given (``("2016-02", 14)``), with a scale.

    Periods without a value belong in ``points`` with zero: a gap in time is
    seen only when it has its room. Labels are thinned to those that fit.
    Raises :class:`~headstamp.errors.Invalid` as :func:`bar_chart_svg` does.
    """
    _check(points)
    out = [
        svg.opening("headstamp-timeline", width, height, title, _description(points, unit)),
        _heading(title, width),
    ]
    if not points:
        out.append(_nothing(_SIDE, _TITLE_HIGH + 15))
    else:
        out.extend(_columns(points, width, height, unit))
    return "".join((*out, "</svg>"))


def _check(rows: Sequence[Row]) -> None:
    problems = [
        Problem(
            "a chart shows numbers from zero up",
            "Leave the row out, or say in words what is known.",
            label,
            str(value),
        )
        for label, value in rows
        if not (math.isfinite(value) and value >= 0)
    ]
    if len(rows) > _MOST_ROWS:
        problems.append(
            Problem(
                f"a chart has at most {_MOST_ROWS} rows, this one {len(rows)}",
                "Show the largest and add the rest up in one row.",
            )
        )
    if problems:
        raise Invalid("This chart cannot be drawn.", problems)


def _heading(title: str, width: float) -> str:
    said = svg.shortened(title, width - 2 * _SIDE, 14)
    return (
        f'<text class="chart-title" x="{svg.number(_SIDE)}" y="19" font-size="14" '
        f'font-weight="600">{svg.isolated(said)}</text>'
    )


def _nothing(x: float, y: float) -> str:
    return (
        f'<text class="chart-label" x="{svg.number(x)}" y="{svg.number(y)}" '
        f'font-size="{svg.number(_FONT)}" fill-opacity="0.75">Nothing to show yet.</text>'
    )


def _bars(
    rows: Sequence[Row], width: float, height: float, unit: str, direction: svg.Direction
) -> Iterator[str]:
    largest = max(value for _, value in rows) or 1.0
    widest = max(svg.text_width(label, _FONT) for label, _ in rows)
    labels = min(widest + 6, width * 0.38)
    values = max(svg.text_width(svg.count(value), _FONT) for _, value in rows) + 8
    left = _SIDE + labels + 6
    room = max(width - _SIDE - values - left, 10.0)
    for at, (label, value) in enumerate(rows):
        top = _TITLE_HIGH + at * _ROW_HIGH
        base = svg.number(top + 15)
        long = room * value / largest
        said = svg.shortened(label, labels, _FONT)
        yield (
            f'<g class="chart-row"><title>{_told(label, value, unit, direction)}</title>'
            f'<text class="chart-label" x="{svg.number(left - 8)}" y="{base}" '
            f'font-size="{svg.number(_FONT)}" text-anchor="end">'
            f"{svg.isolated(said, direction)}</text>"
            f'<rect class="chart-bar" x="{svg.number(left)}" y="{svg.number(top + 4)}" '
            f'width="{svg.number(max(long, 1.0) if value else 0.0)}" height="14" rx="1.5" '
            f'fill="{_BAR}"/>'
            f'<text class="chart-value" x="{svg.number(left + long + 6)}" y="{base}" '
            f'font-size="{svg.number(_FONT)}">{svg.count(value)}</text></g>'
        )
    yield (
        f'<path class="chart-axis" d="M{svg.number(left)},{svg.number(_TITLE_HIGH)}'
        f'V{svg.number(height - 8)}" stroke="currentColor" stroke-opacity="0.5"/>'
    )


def _columns(points: Sequence[Row], width: float, height: float, unit: str) -> Iterator[str]:
    largest = max(value for _, value in points) or 1.0
    step = svg.nice_step(largest, steps=4)
    steps = max(1, math.ceil(largest / step - 1e-9))
    scale = [svg.count(step * at) for at in range(steps + 1)]
    left = _SIDE + max(svg.text_width(said, 10) for said in scale) + 6
    top, bottom = _TITLE_HIGH + 8, height - 26
    room, high = width - _SIDE - left, bottom - top
    yield '<g class="chart-grid" font-size="10">'
    for at, said in enumerate(scale):
        y = bottom - high * at / steps
        strong = "0.5" if at == 0 else "0.14"
        yield (
            f'<path d="M{svg.number(left)},{svg.number(y)}H{svg.number(width - _SIDE)}" '
            f'stroke="currentColor" stroke-opacity="{strong}"/>'
            f'<text class="chart-value" x="{svg.number(left - 5)}" y="{svg.number(y + 3.5)}" '
            f'text-anchor="end" fill-opacity="0.8">{said}</text>'
        )
    yield "</g>"
    slot = room / len(points)
    broad = min(slot * 0.8, 44.0)
    every = _every(points, slot)
    for at, (label, value) in enumerate(points):
        middle = left + slot * (at + 0.5)
        tall = high * value / (step * steps)
        yield (
            f'<g class="chart-row"><title>{_told(label, value, unit, "ltr")}</title>'
            f'<rect class="chart-bar" x="{svg.number(middle - broad / 2)}" '
            f'y="{svg.number(bottom - (max(tall, 1.0) if value else 0.0))}" '
            f'width="{svg.number(broad)}" '
            f'height="{svg.number(max(tall, 1.0) if value else 0.0)}" fill="{_BAR}"/>'
        )
        if at % every == 0:
            said = svg.shortened(label, slot * every, 10)
            half = svg.text_width(said, 10) / 2
            held = min(max(middle, half + 1), width - half - 1)
            yield (
                f'<text class="chart-label" x="{svg.number(held)}" '
                f'y="{svg.number(bottom + 15)}" font-size="10" text-anchor="middle">'
                f"{svg.isolated(said, 'ltr')}</text>"
            )
        yield "</g>"


def _every(points: Sequence[Row], slot: float) -> int:
    """Each how many-th period is named, so that names do not touch (1, 2, 3, 5, 6, 10, 12 ...)."""
    widest = min(max(svg.text_width(label, 10) for label, _ in points) + 8, 140.0)
    fitting = (n for n in (1, 2, 3, 4, 5, 6, 10, 12, 20, 24, 60, 120) if n * slot >= widest)
    return next(fitting, len(points))


def _told(label: str, value: float, unit: str, direction: svg.Direction) -> str:
    said = f"{svg.isolated(label, direction)}: {svg.count(value)}"
    return f"{said} {svg.text(unit)}" if unit else said


def _description(rows: Sequence[Row], unit: str) -> str:
    if not rows:
        return "A chart without values."
    total = svg.count(math.fsum(value for _, value in rows))
    top = sorted(rows, key=lambda row: (-row[1], row[0]))[:5]
    most = "; ".join(f"{label or 'unnamed'}, {svg.count(value)}" for label, value in top)
    counted = f" {unit}" if unit else ""
    plural = "s" if len(rows) > 1 else ""
    return f"A chart of {len(rows)} value{plural}, {total}{counted} in all. Largest: {most}."
