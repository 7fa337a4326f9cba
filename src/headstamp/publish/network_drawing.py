"""What drawings of networks have in common: bent lines with tips, names that cover nothing, a key for the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headstamp.places import svg
from headstamp.publish.lettered import isolated

Spot = tuple[float, float]
FONT, SIDE, COLUMNS, KEY_HIGH = 11.0, 8.0, 4, 15.0
MOST_LABELS = 60
_SMALL = 9.0
_TIP = 5.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A line from sign to sign, bent to one side: its path, where it ends, where it goes there, its middle."""

    path: str
    end: Spot
    towards: Spot
    middle: Spot

    def tip(self, broad: float, colour: str) -> str:
        """The tip of an arrow at its end, for a line so broad."""
        (ex, ey), (tx, ty) = self.end, self.towards
        wide = 4 + broad / 2
        px, py = -ty, tx
        bx, by = ex - tx * wide * 1.6, ey - ty * wide * 1.6
        return (f'<path class="net-tip" d="M{svg.number(ex)},{svg.number(ey)}L'
                f'{svg.number(bx + px * wide)},{svg.number(by + py * wide)},'
                f'{svg.number(bx - px * wide)},{svg.number(by - py * wide)}z" fill="{colour}"/>')


def curve(start: Spot, end: Spot, start_radius: float, end_radius: float, bend: float) -> Curve:
    """The line between two signs of these radii; ``bend`` is how far it bends, as a share of its length."""
    (x1, y1), (x2, y2) = start, end
    far = math.hypot(x2 - x1, y2 - y1) or 1.0
    ux, uy = (x2 - x1) / far, (y2 - y1) / far
    mx, my = (x1 + x2) / 2 - uy * far * bend, (y1 + y2) / 2 + ux * far * bend
    tx, ty = x2 - mx, y2 - my
    long = math.hypot(tx, ty) or 1.0
    ex, ey = x2 - tx / long * (end_radius + 3), y2 - ty / long * (end_radius + 3)
    out = math.hypot(mx - x1, my - y1) or 1.0
    sx, sy = x1 + (mx - x1) / out * (start_radius + 1), y1 + (my - y1) / out * (start_radius + 1)
    return Curve(
        f"M{svg.number(sx)},{svg.number(sy)}Q{svg.number(mx)},{svg.number(my)},{svg.number(ex)},{svg.number(ey)}",
        (ex, ey), (tx / long, ty / long), ((sx + 2 * mx + ex) / 4, (sy + 2 * my + ey) / 4))


def labels(
    ranked: Sequence[tuple[int, str]], spots: Sequence[Spot], radii: Sequence[float], width: float,
    below: Mapping[int, str] | None = None, kept: Sequence[Spot] = (),
) -> tuple[list[str], list[int]]:
    """Names (by rank, with the number of their sign) where they cover nothing; and those that found no place.

    ``below`` are words that stand small under a name where there is room for both; ``kept`` are the tips of
    lines, which no name covers.
    """
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(spots, radii, strict=True)]
    taken += [(x - _TIP, y - _TIP, x + _TIP, y + _TIP) for x, y in kept]
    written: list[str] = []
    unplaced: list[int] = []
    for at, name in ranked[:MOST_LABELS]:
        said = svg.shortened(name, 170, FONT)
        more = svg.shortened((below or {}).get(at, ""), 190, _SMALL)
        wide = max(svg.text_width(said, FONT), svg.text_width(more, _SMALL))
        (x, y), r, deep = spots[at], radii[at], _SMALL + 2 if more else 0.0
        for left, base in ((x - wide / 2, y + r + 12), (x - wide / 2, y - r - 5 - deep),
                           (x + r + 4, y + 4), (x - r - 4 - wide, y + 4)):
            rect = (left, base - FONT, left + wide, base + 3 + deep)
            if rect[0] < 2 or rect[2] > width - 2 or any(
                    rect[0] < o[2] and o[0] < rect[2] and rect[1] < o[3] and o[1] < rect[3] for o in taken):
                continue
            taken.append(rect)
            written.append(
                f'<text class="flow-label" x="{svg.number(left + wide / 2)}" '
                f'y="{svg.number(base)}" font-size="{svg.number(FONT)}" text-anchor="middle" '
                'stroke="#ffffff" stroke-width="3" stroke-linejoin="round" '
                f'paint-order="stroke">{isolated(said)}</text>')
            if more:
                written.append(
                    f'<text class="net-about" x="{svg.number(left + wide / 2)}" y="{svg.number(base + deep)}" '
                    f'font-size="{svg.number(_SMALL)}" text-anchor="middle" stroke="#ffffff" stroke-width="3" '
                    f'stroke-linejoin="round" paint-order="stroke">{isolated(more)}</text>')
            break
        else:
            unplaced.append(at)
    return written, unplaced


def key(numbered: Sequence[tuple[str, Spot]], width: float, top: float) -> Iterator[str]:
    """Numbers in the signs whose names found no place, and the names below, from ``top`` down."""
    rows = -(-len(numbered) // COLUMNS)
    wide = (width - 2 * SIDE) / COLUMNS
    for number, (name, (x, y)) in enumerate(numbered, 1):
        yield (f'<text class="net-number" x="{svg.number(x)}" y="{svg.number(y + 3.6)}" '
               f'font-size="10" font-weight="700" text-anchor="middle" fill="#ffffff">{number}</text>')
        column, row = divmod(number - 1, rows)
        said = svg.shortened(name, wide - 34, FONT)
        yield (f'<text class="chart-label" x="{svg.number(SIDE + column * wide)}" '
               f'y="{svg.number(top + row * KEY_HIGH)}" font-size="{svg.number(FONT)}">'
               f'<tspan font-weight="600">{number}</tspan> {isolated(said)}</text>')


def key_high(count: int) -> float:
    """How high a key of so many names is."""
    return -(-count // COLUMNS) * KEY_HIGH + 6 if count else 0.0
