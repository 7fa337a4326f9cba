"""Who held it when, drawn: a lane for each party, what is sure solid, what may be pale.

Beside :mod:`headstamp.publish.chart`, by the same rules (stable bytes, no outside code, each
thing told in words too). A stretch of which nothing is recorded is a hatched band through all
lanes; an open end is an arrow and never a line that stops. The table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from headstamp.places import svg

_TITLE_HIGH, _LANE_HIGH, _SIDE, _FONT, _FOOT = 30.0, 26.0, 8.0, 11.0, 24.0
_BAR, _BAD = "#3b6a8f", "#a3341c"
_LEAST = 3.0
_SHARE_OPEN = 0.06


@dataclass(frozen=True, slots=True)
class Span:
    """A bar in a lane: it surely lasts from ``sure_from`` to ``sure_to``, perhaps from ``first`` to ``last``.

    ``last`` is None where the end is open.
    """

    lane: str
    first: datetime
    sure_from: datetime
    sure_to: datetime | None
    last: datetime | None
    told: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch (or a moment) through all lanes at which something does not fit."""

    start: datetime
    end: datetime
    name: str
    told: str


def lanes_svg(
    title: str, spans: Sequence[Span], bands: Sequence[Band] = (), *, width: float = 720
) -> str:
    """The drawing; ``width`` in pixels at 96 to the inch, the height follows from the lanes."""
    lanes = list(dict.fromkeys(span.lane for span in spans))
    height = _TITLE_HIGH + max(len(lanes), 1) * _LANE_HIGH + _FOOT + (14 if bands else 0)
    described = "; ".join([*(span.told for span in spans), *(band.told for band in bands)])
    out = [svg.opening("headstamp-lanes", width, height, title, described or "Nothing is recorded."),
           f'<text class="chart-title" x="{svg.number(_SIDE)}" y="19" font-size="14" '
           f'font-weight="600">{svg.isolated(svg.shortened(title, width - 2 * _SIDE, 14))}</text>']
    if spans:
        out.extend(_Drawing(lanes, spans, bands, width, height).parts())
    else:
        out.append(f'<text class="chart-label" x="{svg.number(_SIDE)}" y="46" font-size="11" '
                   'fill-opacity="0.75">Nothing to show yet.</text>')
    return "".join((*out, "</svg>"))


class _Drawing:
    def __init__(
        self, lanes: list[str], spans: Sequence[Span], bands: Sequence[Band], width: float,
        height: float,
    ) -> None:
        self.lanes, self.spans, self.bands = lanes, spans, bands
        widest = max(svg.text_width(lane, _FONT) for lane in lanes)
        self.left = _SIDE + min(widest + 8, width * 0.34)
        self.right = width - _SIDE
        self.top = _TITLE_HIGH + (14 if bands else 0)
        self.bottom = height - _FOOT
        moments = [m for s in spans for m in (s.first, s.sure_from, s.sure_to, s.last) if m]
        moments += [m for b in bands for m in (b.start, b.end)]
        self.begin, self.end = min(moments), max(moments)
        if self.end <= self.begin:
            self.end = self.begin + timedelta(days=1)
        opened = any(span.last is None for span in spans)
        room = self.right - self.left
        # Beyond the last recorded moment there is room for the open ends alone.
        self.scale = room * (1 - (_SHARE_OPEN if opened else 0)) / (self.end - self.begin).total_seconds()

    def x(self, moment: datetime) -> float:
        return self.left + (moment - self.begin).total_seconds() * self.scale

    def parts(self) -> Iterator[str]:
        yield from self._grid()
        yield from self._bands()
        for row, lane in enumerate(self.lanes):
            middle = self.top + row * _LANE_HIGH + _LANE_HIGH / 2
            said = svg.shortened(lane, self.left - _SIDE - 6, _FONT)
            yield (f'<text class="chart-label" x="{svg.number(self.left - 8)}" '
                   f'y="{svg.number(middle + 4)}" font-size="{svg.number(_FONT)}" '
                   f'text-anchor="end">{svg.isolated(said)}</text>')
            for span in self.spans:
                if span.lane == lane:
                    yield from self._span(span, middle)

    def _grid(self) -> Iterator[str]:
        day = timedelta(days=1)
        exact = self.end - self.begin < 3 * day
        for moment, anchor in ((self.begin, "start"), (self.end, "end")):
            x = self.x(moment)
            said = moment.strftime("%Y-%m-%d %H:%M UTC" if exact else "%Y-%m-%d")
            yield (f'<path class="chart-grid" d="M{svg.number(x)},{svg.number(self.top)}'
                   f'V{svg.number(self.bottom)}" stroke="currentColor" stroke-opacity="0.25"/>'
                   f'<text class="chart-value" x="{svg.number(x)}" y="{svg.number(self.bottom + 15)}" '
                   f'font-size="10" text-anchor="{anchor}" fill-opacity="0.8">{said}</text>')

    def _bands(self) -> Iterator[str]:
        free = 0.0
        for band in self.bands:
            start, end = sorted((self.x(band.start), self.x(band.end)))
            broad = max(end - start, _LEAST)
            strokes = "".join(
                f"M{svg.number(start)},{svg.number(y)}h{svg.number(broad)}"
                for y in _steps(self.top, self.bottom, 5)
            )
            name = svg.shortened(band.name, 120, 10)
            long = svg.text_width(name, 10)
            at = min(max(start, self.left, free), self.right - long)
            free = at + long + 8
            yield (f'<g class="chart-gap"><title>{svg.isolated(band.told)}</title>'
                   f'<rect x="{svg.number(start)}" y="{svg.number(self.top)}" '
                   f'width="{svg.number(broad)}" height="{svg.number(self.bottom - self.top)}" '
                   f'fill="{_BAD}" fill-opacity="0.12"/>'
                   f'<path d="{strokes}" stroke="{_BAD}" stroke-opacity="0.45"/>'
                   f'<text x="{svg.number(at)}" y="{svg.number(self.top - 4)}" font-size="10" '
                   f'fill="{_BAD}">{svg.isolated(name)}</text></g>')

    def _span(self, span: Span, middle: float) -> Iterator[str]:
        tip = self.right - 6
        first = self.x(span.first)
        last = self.x(span.last) if span.last else tip
        sure_from = self.x(span.sure_from)
        sure_to = (self.x(span.sure_to) if span.sure_to else last if span.last is None else sure_from)
        yield f'<g class="chart-row"><title>{svg.isolated(span.told)}</title>'
        y = svg.number(middle - 6)
        yield (f'<rect class="chart-maybe" x="{svg.number(first)}" y="{y}" '
               f'width="{svg.number(max(last - first, _LEAST))}" height="12" fill="{_BAR}" '
               'fill-opacity="0.28"/>')
        if sure_to > sure_from or span.sure_to:
            yield (f'<rect class="chart-bar" x="{svg.number(sure_from)}" y="{y}" '
                   f'width="{svg.number(max(sure_to - sure_from, _LEAST))}" height="12" '
                   f'fill="{_BAR}"/>')
        if span.last is None:
            yield (f'<path class="chart-bar" d="M{svg.number(tip)},{svg.number(middle - 8)}'
                   f'l8,8,-8,8z" fill="{_BAR}"/>')
        yield "</g>"


def _steps(start: float, end: float, step: float) -> Iterator[float]:
    while start < end:
        yield start
        start += step
