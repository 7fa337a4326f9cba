"""How the series of a plot are told apart without colour: by the shape of their points, their dashes, their fill.

Colours are plain attributes that a page's style sheet sets anew (``plot-s0`` to ``plot-s5``): they
were chosen to stand at least 3 to 1 against the ground on light and on dark pages, and no two of
six series share shape and dash, so that a print without colour says the same; of more, no two share
colour, shape and dash.
"""

from __future__ import annotations

from typing import Final

from headstamp.places import svg

COLOURS: Final = ("#1b5a70", "#b3500f", "#6b4c9a", "#4a6b12", "#a3346f", "#5a646c")
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4")
SHAPES: Final = 6


def turned(at: int) -> int:
    """Which shape or dash the n-th series has: beyond six, colours and shapes meet in other pairs.

    >>> [turned(at) for at in (0, 5, 6, 11, 12)]
    [0, 5, 1, 0, 2]
    """
    return (at + at // SHAPES) % SHAPES


def colour(at: int) -> str:
    """The colour of the n-th series on a light ground."""
    return COLOURS[at % len(COLOURS)]


def dash(at: int) -> str:
    """The attribute that dashes the n-th line; empty for the first."""
    found = DASHES[turned(at)]
    return f' stroke-dasharray="{found}"' if found else ""


def point(at: int, x: float, y: float, size: float = 4.0) -> str:
    """The point of the n-th series: a disc, square, diamond, triangle, turned triangle or cross."""
    n, half = svg.number, size
    shape = turned(at)
    if shape == 0:
        return f'<circle class="plot-mark" cx="{n(x)}" cy="{n(y)}" r="{n(half)}" fill="{colour(at)}"/>'
    if shape == 5:
        return (f'<path class="plot-line" d="M{n(x - half)},{n(y - half)}L{n(x + half)},{n(y + half)}'
                f'M{n(x - half)},{n(y + half)}L{n(x + half)},{n(y - half)}" fill="none" '
                f'stroke="{colour(at)}" stroke-width="2"/>')
    corners = {
        1: ((-1, -1), (1, -1), (1, 1), (-1, 1)), 2: ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
        3: ((0, -1.25), (1.2, 1), (-1.2, 1)), 4: ((0, 1.25), (1.2, -1), (-1.2, -1)),
    }[shape]
    d = "L".join(f"{n(x + half * across)},{n(y + half * down)}" for across, down in corners)
    return f'<path class="plot-mark" d="M{d}z" fill="{colour(at)}"/>'


def filled(at: int, x: float, y: float, wide: float, high: float) -> str:
    """A bar of the n-th series: full, hollow, striped, or barred across."""
    n, c = svg.number, colour(at)
    box = f'x="{n(x)}" y="{n(y)}" width="{n(wide)}" height="{n(high)}"'
    if at % 4 == 0:
        return f'<rect class="plot-mark" {box} fill="{c}"/>'
    # Inside its own edge: a hollow bar must not reach further than a full one.
    edge = (f'<rect class="plot-line" x="{n(x + 0.7)}" y="{n(y + 0.7)}" width="{n(max(wide - 1.4, 0.1))}" '
            f'height="{n(max(high - 1.4, 0.1))}" fill="none" stroke="{c}" stroke-width="1.4"/>')
    if at % 4 == 1:
        return edge
    step, lines = 4.0, []
    if at % 4 == 2:
        place = y + step
        while place < y + high:
            lines.append(f"M{n(x)},{n(place)}h{n(wide)}")
            place += step
    else:
        place = x + step
        while place < x + wide:
            lines.append(f"M{n(place)},{n(y)}v{n(high)}")
            place += step
    stripes = f'<path class="plot-line" d="{"".join(lines)}" stroke="{c}" stroke-width="1"/>' if lines else ""
    return edge + stripes


def sample(at: int, kind: str, x: float, y: float) -> str:
    """How the n-th series looks, 26 units wide, for the key beside its name."""
    n, c = svg.number, colour(at)
    if kind == "bars":
        return filled(at, x + 6, y - 5, 14, 10)
    if kind == "points":
        return point(at, x + 13, y)
    if kind == "band":
        return (f'<rect class="plot-area" x="{n(x)}" y="{n(y - 5)}" width="26" height="10" fill="{c}" '
                f'fill-opacity="0.2"/><path class="plot-line" d="M{n(x)},{n(y - 5)}h26M{n(x)},{n(y + 5)}h26" '
                f'fill="none" stroke="{c}"{dash(at)}/>')
    line = (f'<path class="plot-line" d="M{n(x)},{n(y)}h26" fill="none" stroke="{c}" '
            f'stroke-width="2"{dash(at) if kind != "intervals" else ""}/>')
    return line + (point(at, x + 13, y) if kind == "intervals" else "")
