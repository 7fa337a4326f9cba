"""Small helpers for SVG written by hand: the same values give the same bytes.

Why by hand: a report has to come out byte for byte alike from the same
checkpoint, on any machine; drawing libraries put in dates, random ids and
their version.

Colours are plain attributes and every element has a class, so that a page's
style sheet may set others (dark pages, house colours) while a PDF without one
looks right; no ``style`` attribute is used, which a strict content policy
would refuse. Text is ``currentColor``. Every text is set left to right at the
root, and each foreign text is isolated, so that ``07-85`` stays ``07-85`` on
an Arabic page (Unicode Standard Annex 9, isolates).
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import sys
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape as _escape
from typing import Literal

from headstamp.kinds import counted

FONT = "system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif"
count = counted.number
Direction = Literal["auto", "ltr"]
"""``auto``: a text runs as its first letter does. ``ltr``: always left to right, as markings do."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ISOLATES = {"auto": "\u2068", "ltr": "\u2066"}
_POP = "\u2069"
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def text(value: str) -> str:
    """``value`` as it may stand in XML text or an attribute; what XML cannot hold becomes U+FFFD.

    >>> text('<a & "b">') + text(chr(0))
    '&lt;a &amp; &quot;b&quot;&gt;\ufffd'
    """
    return _escape(_NOT_XML.sub("\ufffd", value), quote=True)


def isolated(value: str, direction: Direction = "auto") -> str:
    """``value`` escaped and shut off from the direction of the text around it.

    Direction controls inside are left out: an unclosed one would reach beyond.

    >>> isolated("07-85", "ltr") == "\u206607-85\u2069"
    True
    """
    return _ISOLATES[direction] + text(_BIDI_CONTROLS.sub("", value)) + _POP


def number(value: float) -> str:
    """A coordinate, rounded to a tenth, in the fewest characters.

    >>> number(12.04), number(-0.04), number(3.25), number(7)
    ('12', '0', '3.2', '7')
    """
    return tenths(round(value * 10))


def tenths(value: int) -> str:
    """A whole number of tenths as a decimal.

    >>> tenths(125), tenths(-120), tenths(-5)
    ('12.5', '-12', '-0.5')
    """
    sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 10)
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def opening(kind: str, width: float, height: float, title: str, description: str) -> str:
    """The opening ``<svg>`` with its title and description, named for screen readers.

    The ids come from the content, so that several drawings share one page.
    """
    seed = f"{kind}\0{title}\0{description}\0{width}\0{height}"
    mark = hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:10]
    size = f'width="{number(width)}" height="{number(height)}"'
    box = f'viewBox="0 0 {number(width)} {number(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" {size} {box} role="img" '
        f'aria-labelledby="{kind}-{mark}-t {kind}-{mark}-d" direction="ltr" '
        f'font-family="{text(FONT)}" fill="currentColor">'
        f'<title id="{kind}-{mark}-t">{text(title)}</title>'
        f'<desc id="{kind}-{mark}-d">{text(description)}</desc>'
    )


def rings_path(rings: Sequence[Sequence[tuple[float, float]]]) -> str:
    """Closed rings of (x, y) as path data, to a tenth; points that fall together are one.

    >>> rings_path([[(0, 0), (10, 0), (10.01, 0), (10, 5.5)]])
    'M0,0l10,0,0,5.5z'
    """
    out: list[str] = []
    for ring in rings:
        grid: list[tuple[int, int]] = []
        for x, y in ring:
            at = (round(x * 10), round(y * 10))
            if not grid or at != grid[-1]:
                grid.append(at)
        if len(grid) > 1 and grid[0] == grid[-1]:
            grid.pop()
        if len(grid) < 3:
            continue
        steps = [
            f"{tenths(x - left)},{tenths(y - top)}"
            for (left, top), (x, y) in itertools.pairwise(grid)
        ]
        out.append(f"M{tenths(grid[0][0])},{tenths(grid[0][1])}l{','.join(steps)}z")
    return "".join(out)


def text_width(value: str, size: float) -> float:
    """About how wide a text comes out, in the units of its font size; errs on the wide side."""
    return size * sum(map(_advance, value))


@lru_cache(maxsize=4096)
def _advance(char: str) -> float:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in "iljtfrI.,:;'|!()[] -/":
        return 0.36
    if char in "mwMW@%":
        return 0.9
    return 0.7 if char.isupper() else 0.58


def shortened(value: str, width: float, size: float) -> str:
    """As much of a text as fits, with an ellipsis where something is left out.

    >>> shortened("Semiconductor", 40, 10)
    'Semi…'
    """
    if text_width(value, size) <= width:
        return value
    room = width - size
    for cut, char in enumerate(value):
        room -= size * _advance(char)
        if room < 0:
            return value[: max(cut, 1)].rstrip() + "\u2026"
    return value


def nice_step(most: float, steps: int = 5) -> float:
    """A round step (1, 2 or 5 times a power of ten) that needs at most ``steps`` steps.

    >>> nice_step(5806), nice_step(7), nice_step(0.3)
    (2000.0, 2.0, 0.1)
    """
    if most <= 0:
        return 1.0
    # The least number that still has all its digits: below it the division may give nought.
    rough = max(most / steps, sys.float_info.min)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * f for f in (1, 2, 5, 10) if power * f >= rough * (1 - 1e-9))
    return float(f"{step:.6g}")
