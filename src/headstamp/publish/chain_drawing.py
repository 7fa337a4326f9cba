"""The drawing inside the picture of a chain; what it shows is told in ``chain_picture``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from headstamp.kinds.counted import plural
from headstamp.places import svg
from headstamp.publish.chain_steps import Shown
from headstamp.publish.chain_time import Scale
from headstamp.publish.chain_words import NOT_SHOWN, Diverted, described, named, sureness
from headstamp.publish.lettered import isolated, plain
from headstamp.publish.picture import wrapped
from headstamp.publish.status_marks import legend, look, mark
from headstamp.tracing.step import Chain, Gap
from headstamp.vocab import vocabulary

_TITLE, _SIDE, _FONT, _LINE, _RADIUS = 30.0, 8.0, 11.0, 16.0, 9.0
# With few steps there is room in a lane for what happened, below its mark.
_LANE, _LANE_OF_FEW, _FEW = 30.0, 40.0, 14
_STRIP, _GAP_NAMES, _WIDEST, _EACH = 24.0, 18.0, 1800.0, 34.0
_BAR, _BAD, _WARN = "#3b6a8f", "#a3341c", "#8a5a00"
_MOST_DIVERTED, _MOST_WRONG, _MOST_LANES, _MOST_GAPS = 4, 8, 24, 24
_OTHERS = "\0others"
_DASHES = {"exactly": "", "probably": "7 4", "perhaps": "2 4"}


class ChainDrawing:
    """Lays out a chain and writes it as SVG. ``lines`` tell the steps drawn, in their order."""

    def __init__(
        self, chain: Chain, drawn: Sequence[Shown], names: Mapping[str, str],
        diverted: Sequence[Diverted], troubled: Collection[int], lines: Sequence[str],
        wrong: Sequence[str], width: float, *, undetermined: bool = False,
    ) -> None:
        self.open = undetermined
        self.chain, self.drawn, self.names, self.lines = chain, drawn, names, lines
        self.diverted, self.troubled, self.wrong = diverted[:_MOST_DIVERTED], troubled, wrong
        self.lane = _LANE_OF_FEW if len(drawn) <= _FEW else _LANE
        self.gaps = self._gaps()
        self.lanes = self._lanes()
        labels = [self._name(lane) for lane in self.lanes]
        widest = max((svg.text_width(name, _FONT) for name in labels), default=0)
        self.left = _SIDE + min(widest + 12, 230.0)
        self.width = min(max(width, self.left + _EACH * len(drawn) + 60), _WIDEST)
        self.right = self.width - _SIDE - 16
        self.top = _TITLE + _STRIP * len(self.diverted) + (_GAP_NAMES if self.gaps else 4)
        self.bottom = self.top + self.lane * max(len(self.lanes), 1)
        days = [day for one in drawn for day in (one.step.first, one.last) if day]
        days += [day for one in self.gaps for day in (one.first, one.last) if day]
        days += [day for one in self.diverted for day in (one.first, one.last) if day]
        self.scale = Scale(days, self.left + 18, self.right - 12)
        self.spots = self._spots()

    def svg(self, title: str) -> str:
        """The whole drawing."""
        told = list(self.lines) + [f"Gap: {self._gap_words(one)}" for one in self.gaps]
        told += [f"Point of diversion, hypothesis {d.rank}: {d.words}" for d in self.diverted]
        foot = list(self._foot())
        height = self.bottom + 26 + 24 + _LINE * len(foot) + 10
        words = described(told) if told else "Nothing is recorded of this item's past."
        said = svg.shortened(title, self.width - 2 * _SIDE, 14)
        out = [svg.opening("headstamp-chain", self.width, height, plain(title), plain(words)),
               f'<text class="chart-title" x="{svg.number(_SIDE)}" y="19" font-size="14" '
               f'font-weight="600">{isolated(said)}</text>']
        if not self.drawn:
            out.append(f'<text class="chart-label" x="{svg.number(_SIDE)}" y="48" font-size="11">'
                       "Nothing is recorded of this item's past.</text>")
        else:
            out += [*self._axis(), *self._gap_bands(), *self._lane_lines(), *self._holdings(),
                    *self._hypotheses(), *self._ors(), *self._arrows(), *self._marks()]
            out += legend(_SIDE, self.bottom + 42, list({one.step.lawful: 1 for one in self.drawn}))
        out += [f'<text class="chart-label" x="{svg.number(_SIDE)}" '
                f'y="{svg.number(self.bottom + 64 + at * _LINE)}" font-size="{svg.number(_FONT)}">'
                f"{text}</text>" for at, text in enumerate(foot)]
        return "".join((*out, "</svg>"))

    # -- what is where

    def _gaps(self) -> list[Gap]:
        """The gaps beside steps that are drawn one by one, the longest where there are many."""
        kept = {one.index for one in self.drawn if one.count == 1} | {-1}
        some = [gap for gap in self.chain.gaps if gap.after in kept]
        return some[:_MOST_GAPS]

    def _lanes(self) -> list[str]:
        every = list(dict.fromkeys(
            party for one in self.drawn for party in (one.step.from_party, one.step.to_party)
            if party and one.count == 1))
        groups = any(one.count > 1 for one in self.drawn)
        nameless = any(one.count == 1 and not one.step.from_party and not one.step.to_party
                       for one in self.drawn)
        if len(every) > _MOST_LANES or groups or nameless:
            half = _MOST_LANES // 2
            kept = every if len(every) <= _MOST_LANES else [*every[:half], *every[-half:]]
            return [*kept, _OTHERS]
        return every

    def _name(self, lane: str) -> str:
        return "others, or not known" if lane == _OTHERS else self.names.get(lane, NOT_SHOWN)

    def _y(self, party: str | None) -> float | None:
        if party is None:
            return None
        lane = party if party in self.lanes else _OTHERS
        if lane not in self.lanes:
            return None
        return self.top + self.lane * self.lanes.index(lane) + self.lane / 2

    def _spots(self) -> list[tuple[float, float, float | None]]:
        """Of each step drawn: where its mark stands, and the height its arrow comes from."""
        spots: list[tuple[float, float, float | None]] = []
        for one in self.drawn:
            step = one.step
            start, end = self.scale.at(step.first, start=True), self.scale.at(one.last)
            if step.first is None and one.last is not None:
                start = max(self.left, end - 16)
            if one.last is None and step.first is not None:
                end = min(self.right, start + 16)
            to, giver = (None, None) if one.count > 1 else (self._y(step.to_party), self._y(step.from_party))
            y = to if to is not None else giver
            y = y if y is not None else self._y(_OTHERS) or self.top + self.lane / 2
            at = self._free((start + end) / 2, y, spots, 2 * _RADIUS + (4 if one.count == 1 else 24))
            spots.append((at, y, giver if to is not None and giver != to else None))
        return spots

    def _free(
        self, x: float, y: float, taken: Sequence[tuple[float, float, float | None]], room: float
    ) -> float:
        """The nearest place in the lane where no mark stands yet; the later one to the right."""
        others = [ox for ox, oy, _ in taken if abs(oy - y) < 2 * _RADIUS]
        for shift in (s * sign for s in range(0, 400, 4) for sign in (1, -1)):
            at = x + shift
            if self.left + 6 <= at <= self.right and all(abs(at - ox) >= room for ox in others):
                return at
        return min(max(x, self.left + 6), self.right)

    # -- parts of the drawing

    def _axis(self) -> Iterator[str]:
        for x, day in self.scale.ticks(78):
            yield (f'<path class="chart-grid" d="M{svg.number(x)},{svg.number(self.top)}'
                   f'V{svg.number(self.bottom)}" stroke="currentColor" stroke-opacity="0.16"/>'
                   f'<text class="chart-value" x="{svg.number(x)}" y="{svg.number(self.bottom + 15)}" '
                   f'font-size="10" text-anchor="middle" fill-opacity="0.85">{day}</text>')

    def _gap_words(self, gap: Gap) -> str:
        words = named(gap.words, self.names)
        if all(day in words for day in (gap.first, gap.last) if day):
            return words
        return f"{words} ({gap.first or 'open'} to {gap.last or 'open'})"

    def _surely(self, gap: Gap) -> tuple[float, float] | None:
        """The part of a gap that lies between its two steps, on whichever of their days they were."""
        steps, after = self.chain.steps, gap.after
        before = steps[after].last if 0 <= after < len(steps) else gap.first
        next_ = steps[after + 1].first if after + 1 < len(steps) else gap.last
        if before is None or next_ is None:
            return None
        start, end = max(before, gap.first or before), min(next_, gap.last or next_)
        return (self.scale.at(start), self.scale.at(end)) if start < end else None

    def _gap_bands(self) -> Iterator[str]:
        free = self.left
        # Gaps of the same days share one band: laid over each other they would only darken.
        bands: dict[tuple[str | None, str | None, tuple[float, float] | None], list[int]] = {}
        for at, gap in enumerate(self.gaps):
            bands.setdefault((gap.first, gap.last, self._surely(gap)), []).append(at)
        for (first, last, surely), some in bands.items():
            start, end = self.scale.at(first, start=True), self.scale.at(last)
            broad = max(end - start, 4.0)
            # Hatched where nothing is known whatever the days meant; pale where that is open.
            sure = surely or (start, start + broad)
            slants = "".join(f"M{svg.number(sure[0])},{svg.number(y)}h{svg.number(sure[1] - sure[0])}"
                             for y in _each(self.top, self.bottom, 6))
            name = (f"gap {_letter(some[0])}" if len(some) == 1 else
                    f"gaps {_letter(some[0])} to {_letter(some[-1])}" if some[-1] - some[0] == len(some) - 1
                    else f"{plural(len(some), 'gap')}")
            told = "; ".join(self._gap_words(self.gaps[at]) for at in some[:6])
            long = svg.text_width(name, 10)
            x = min(max(sum(sure) / 2 - long / 2, free), self.right - long)
            free = x + long + 6
            yield (f'<g class="chart-gap"><title>{isolated(told)}</title>'
                   f'<rect x="{svg.number(start)}" y="{svg.number(self.top)}" '
                   f'width="{svg.number(broad)}" height="{svg.number(self.bottom - self.top)}" '
                   f'fill="{_BAD}" fill-opacity="0.06"/>'
                   f'<path d="{slants}" stroke="{_BAD}" stroke-opacity="'
                   f'{"0.35" if surely else "0.18"}" stroke-dasharray="5 4"/>'
                   f'<text x="{svg.number(x)}" y="{svg.number(self.top - 5)}" font-size="10" '
                   f'fill="{_BAD}">{name}</text></g>')

    def _lane_lines(self) -> Iterator[str]:
        for lane in self.lanes:
            y = self._y(lane) or 0.0
            name = self._name(lane)
            said = svg.shortened(name, self.left - _SIDE - 8, _FONT)
            yield (f'<g class="chart-lane"><title>{isolated(name)}</title>'
                   f'<text class="chart-label" x="{svg.number(self.left - 8)}" '
                   f'y="{svg.number(y + 4)}" font-size="{svg.number(_FONT)}" text-anchor="end">'
                   f'{isolated(said)}</text><path class="chart-grid" d="M{svg.number(self.left)},'
                   f'{svg.number(y)}H{svg.number(self.right)}" stroke="currentColor" '
                   'stroke-opacity="0.12"/></g>')

    def _holdings(self) -> Iterator[str]:
        """From the step by which a holder got it to the one by which it went; open ends fade out."""
        for at, one in enumerate(self.drawn):
            y = self._y(one.step.to_party)
            if one.count > 1 or y is None:
                continue
            left = next((later for later in self.drawn[at + 1 :] if later.count == 1
                         and later.step.from_party == one.step.to_party
                         and later.index not in one.step.rivals), None)
            x = self.spots[at][0]
            sure_from = max(self.scale.at(one.last), x) if one.last else x
            maybe_from = min(self.scale.at(one.step.first, start=True), x)
            if left is None:
                yield (f'<path class="chart-maybe" d="M{svg.number(x)},{svg.number(y - 4)}'
                       f'h24l5,4,-5,4h-24z" fill="{_BAR}" fill-opacity="0.3"/>')
                continue
            until = self.spots[self.drawn.index(left)][0]
            maybe_to = max(self.scale.at(left.last), until) if left.last else until
            sure_to = min(self.scale.at(left.step.first, start=True), until)
            yield (f'<rect class="chart-maybe" x="{svg.number(maybe_from)}" y="{svg.number(y - 4)}" '
                   f'width="{svg.number(max(maybe_to - maybe_from, 2))}" height="8" fill="{_BAR}" '
                   'fill-opacity="0.3"/>')
            if sure_to > sure_from and one.step.first and left.step.first:
                yield (f'<rect class="chart-bar" x="{svg.number(sure_from)}" '
                       f'y="{svg.number(y - 4)}" width="{svg.number(sure_to - sure_from)}" '
                       f'height="8" fill="{_BAR}"/>')

    def _hypotheses(self) -> Iterator[str]:
        for at, one in enumerate(self.diverted):
            top = _TITLE + _STRIP * at
            y = top + 16
            start, end = self.scale.at(one.first, start=True), self.scale.at(one.last)
            end = max(end, start + 6)
            said = svg.shortened(f"diverted? {one.rank}. {one.words}", self.right - self.left, 10.5)
            x = min(max(start, self.left), self.right - svg.text_width(said, 10.5))
            # The first is drawn as the one it may be only where the evidence carries it.
            firm = at == 0 and not self.open
            yield (f'<g class="chart-diverted"><title>{isolated(one.words)}</title>'
                   f'<path d="M{svg.number(start)},{svg.number(y - 4)}v8m0,-4H{svg.number(end)}'
                   f'm0,-4v8" fill="none" stroke="{_WARN}" stroke-width="1.5"/>'
                   f'<path d="M{svg.number(start)},{svg.number(y)}H{svg.number(end)}" '
                   f'stroke="{_WARN}" stroke-width="{4 if firm else 3}"'
                   + ("" if firm else ' stroke-dasharray="6 3"') + "/>")
            if firm:
                yield (f'<rect x="{svg.number(start)}" y="{svg.number(y + 4)}" '
                       f'width="{svg.number(end - start)}" '
                       f'height="{svg.number(self.bottom - y - 4)}" fill="{_WARN}" '
                       'fill-opacity="0.08"/>')
            yield (f'<text x="{svg.number(x)}" y="{svg.number(top + 9)}" font-size="10.5" '
                   f'fill="{_WARN}">{isolated(said)}</text></g>')

    def _ors(self) -> Iterator[str]:
        """Between steps that cannot both be true: a dotted line with “or”."""
        places = {one.index: self.spots[at] for at, one in enumerate(self.drawn) if one.count == 1}
        for one in self.drawn:
            for rival in one.step.rivals:
                if one.count > 1 or rival <= one.index or rival not in places:
                    continue
                (x1, y1, _), (x2, y2, _) = places[one.index], places[rival]
                # Bent aside where both stand in one lane, or it would run inside the bar.
                bend = 14 if y1 == y2 else 0
                yield (f'<path class="chart-or" d="M{svg.number(x1)},{svg.number(y1)}'
                       f'Q{svg.number((x1 + x2) / 2)},{svg.number((y1 + y2) / 2 - 2 * bend)},'
                       f'{svg.number(x2)},{svg.number(y2)}" fill="none" stroke="currentColor" '
                       'stroke-opacity="0.6" stroke-dasharray="1.5 3"/>'
                       f'<text class="chart-label" x="{svg.number((x1 + x2) / 2 + 3)}" '
                       f'y="{svg.number((y1 + y2) / 2 - bend)}" font-size="10.5" '
                       'font-style="italic">or</text>')

    def _arrows(self) -> Iterator[str]:
        for one, (x, y, giver) in zip(self.drawn, self.spots, strict=True):
            step, colour = one.step, look(one.step.lawful).colour
            start, end = self.scale.at(step.first, start=True), self.scale.at(one.last)
            if end - start > 1 and step.first and one.last:
                # The days it may have been on, as a bracket through its mark.
                yield (f'<path class="chart-window" d="M{svg.number(start)},{svg.number(y - 4)}v8'
                       f'm0,-4H{svg.number(end)}m0,-4v8" fill="none" stroke="{colour}" '
                       'stroke-opacity="0.55"/>')
            if giver is None:
                continue
            tip = y - (_RADIUS + 3) if giver < y else y + _RADIUS + 3
            dash = _DASHES[sureness(step)]
            down = 1 if giver < y else -1
            yield (f'<g class="law-{step.lawful}"><path class="law-line" d="M{svg.number(x)},'
                   f'{svg.number(giver)}V{svg.number(tip - 5 * down)}" fill="none" '
                   f'stroke="{colour}" stroke-width="2"'
                   + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"
                   f'<path class="law-full" d="M{svg.number(x)},{svg.number(tip)}'
                   f'l-4,{-6 * down},8,0z" fill="{colour}"/></g>')

    def _marks(self) -> Iterator[str]:
        for one, (x, y, giver), told in zip(self.drawn, self.spots, self.lines, strict=True):
            yield f'<g class="chart-step"><title>{isolated(f"{one.name}. {told}")}</title>'
            if one.count > 1:
                yield (f'<rect class="chart-group" x="{svg.number(x - 24)}" y="{svg.number(y - 9)}" '
                       'width="48" height="18" rx="4" fill="#ffffff" stroke="currentColor"/>'
                       f'<text class="chart-value" x="{svg.number(x)}" y="{svg.number(y + 4)}" '
                       f'font-size="10" text-anchor="middle">{one.count:,} steps</text>')
            else:
                short = len(one.name) <= 3
                yield mark(one.step.lawful, x, y, _RADIUS, one.name if short else "")
                yield from self._below(one, x, y, short, giver is not None and giver > y)
                if one.index in self.troubled:
                    yield (f'<g class="chart-wrong"><path d="M{svg.number(x + 9)},'
                           f'{svg.number(y - 16)}l6,10,-12,0z" fill="#ffffff" stroke="{_BAD}" '
                           f'stroke-width="1.3"/><text x="{svg.number(x + 9)}" '
                           f'y="{svg.number(y - 7.4)}" font-size="8" font-weight="700" '
                           f'text-anchor="middle" fill="{_BAD}">!</text></g>')
            yield "</g>"

    def _below(self, one: Shown, x: float, y: float, short: bool, rising: bool) -> Iterator[str]:
        """Below a mark, or above one whose arrow comes from below: what happened, if there is room,
        and a number too long to be in it."""
        said = "" if short else one.name
        if self.lane == _LANE_OF_FEW:
            said = f"{said} {vocabulary('transfer_kind').label(one.step.how)}".strip()
            half = svg.text_width(said, 9) / 2 + 2
            if any(abs(ox - x) < 2 * half and oy == y for ox, oy, _ in self.spots if ox != x):
                return
            x = min(x, self.width - half)
        if said:
            base = y - _RADIUS - 5 if rising else y + _RADIUS + 9
            yield (f'<text class="chart-label" x="{svg.number(x)}" y="{svg.number(base)}" '
                   f'font-size="9" text-anchor="middle">{svg.text(said)}</text>')

    def _foot(self) -> Iterator[str]:
        """The steps, gaps and what does not fit, in words below."""
        room = self.width - 2 * _SIDE
        for one, told in zip(self.drawn, self.lines, strict=True):
            yield from _said(f"{one.name}.", told, room)
        for at, gap in enumerate(self.gaps):
            yield from _said(f"gap {_letter(at)}:", self._gap_words(gap), room)
        for words in self.wrong[:_MOST_WRONG]:
            yield from _said("does not fit:", words, room)
        if len(self.wrong) > _MOST_WRONG:
            yield svg.text(f"and {len(self.wrong) - _MOST_WRONG:,} more things that do not fit, "
                           "in the table")


def _said(lead: str, words: str, room: float) -> Iterator[str]:
    """A sentence in as many lines as it needs, with its number before the first."""
    lines = wrapped(words, room - svg.text_width(lead, _FONT) - 8, _FONT)
    for at, text in enumerate(lines):
        head = f'<tspan font-weight="600">{svg.text(lead)}</tspan> ' if at == 0 else ""
        yield head + isolated(text)


def _letter(at: int) -> str:
    """a to z, then aa.

    >>> _letter(0), _letter(25), _letter(26)
    ('a', 'z', 'aa')
    """
    return chr(97 + at) if at < 26 else _letter(at // 26 - 1) + _letter(at % 26)


def _each(start: float, end: float, step: float) -> Iterator[float]:
    while start < end:
        yield start
        start += step
