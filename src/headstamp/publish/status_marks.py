"""How a lawful status is drawn: each has its shape, its filling, its colour and its word.

Never colour alone: who sees no colours, or prints in grey, tells them by shape (circle,
diamond, square, hexagon) and filling (full, striped, empty). Pages may set other colours for
dark grounds by the classes ``law-authorised`` and so on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from headstamp.places import svg
from headstamp.vocab import vocabulary


@dataclass(frozen=True, slots=True)
class Look:
    """How one status is drawn."""

    colour: str
    shape: str
    filling: str


LOOKS: Mapping[str, Look] = {
    "authorised": Look("#2b6a8f", "circle", "full"),
    "unauthorised": Look("#a3341c", "diamond", "full"),
    "contested": Look("#6b4c9a", "square", "striped"),
    "unknown": Look("#5a646c", "hexagon", "empty"),
}


def look(status: str) -> Look:
    """How a status is drawn; a word that the list does not know, as not known."""
    return LOOKS.get(status, LOOKS["unknown"])


def status_word(status: str) -> str:
    """The word of a lawful status, as it stands beside its mark.

    >>> status_word("unknown")
    'lawful status not known'
    """
    word = vocabulary("lawful_status").label(status) if status in LOOKS else "not known"
    return "lawful status not known" if word == "not known" else word


def mark(status: str, x: float, y: float, radius: float, said: str = "") -> str:
    """The mark of a status about a point, with a few letters in it."""
    how = look(status)
    corners = _corners(how.shape, x, y, radius)
    shape = (f'<circle cx="{svg.number(x)}" cy="{svg.number(y)}" r="{svg.number(radius)}"'
             if not corners else f'<path d="{svg.rings_path([corners])}"')
    full = how.filling == "full"
    out = [f'<g class="law law-{status if status in LOOKS else "unknown"}">',
           f'{shape} class="law-ground" fill="#ffffff"/>' if not full else "",
           f'{shape} class="law-{"full" if full else "line"}" '
           f'fill="{how.colour if full else "none"}" stroke="{how.colour}" stroke-width="1.6"'
           + (' stroke-dasharray="3 2"' if how.filling == "empty" else "") + "/>"]
    if how.filling == "striped":
        out.append(f'<path class="law-stripes" d="{_stripes(x, y, radius * 0.88)}" fill="none" '
                   f'stroke="{how.colour}" stroke-width="1" stroke-opacity="0.55"/>')
    if said:
        size = 10.0 if len(said) < 3 else 8.0
        colour = ' class="law-in" fill="#ffffff"' if full else ' class="law-text"'
        out.append(f'<text{colour} x="{svg.number(x)}" y="{svg.number(y + size * 0.36)}" '
                   f'font-size="{svg.number(size)}" font-weight="700" text-anchor="middle">'
                   f"{svg.text(said)}</text>")
    return "".join((*out, "</g>"))


def legend(x: float, y: float, statuses: Sequence[str]) -> Iterator[str]:
    """The marks of these statuses with their words, in one line from ``x`` on."""
    for status in (one for one in LOOKS if one in statuses):
        said = status_word(status)
        yield mark(status, x + 7, y - 4, 6)
        yield (f'<text class="chart-label" x="{svg.number(x + 18)}" y="{svg.number(y)}" '
               f'font-size="10.5">{svg.text(said)}</text>')
        x += 32 + svg.text_width(said, 10.5)


def _corners(shape: str, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    if shape == "circle":
        return []
    if shape == "square":
        half = radius * 0.92
        return [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
    if shape == "diamond":
        far = radius * 1.3
        return [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
    third = math.sqrt(3) / 2
    return [(x + radius * 1.08 * a, y + radius * 1.08 * b) for a, b in
            ((1, 0), (0.5, third), (-0.5, third), (-1, 0), (-0.5, -third), (0.5, -third))]


def _stripes(x: float, y: float, half: float) -> str:
    step = half / 2
    return "".join(
        f"M{svg.number(x + max(-half, shift - half))},{svg.number(y + min(half, shift + half))}"
        f"L{svg.number(x + min(half, shift + half))},{svg.number(y + max(-half, shift - half))}"
        for shift in (-2 * step, -step, 0.0, step, 2 * step)
    )
