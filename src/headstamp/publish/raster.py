"""A drawing as PNG, for those who put it into a letter or onto a slide.

Done by resvg, which shapes and orders the text of any script itself (WeasyPrint's drawings
leave Arabic letters apart) and neither fetches nor runs anything. Letters come from the fonts
of the machine: the same drawing gives the same picture where the same fonts are.

Source: resvg-py 0.5 (MIT) over resvg (Apache-2.0 or MIT).
"""

from __future__ import annotations

import re
from typing import Any

from headstamp.errors import Invalid, Problem, Unavailable

MOST_PIXELS = 40_000_000
_SIZE = re.compile(r'<svg [^>]*?\bwidth="([0-9.]+)" height="([0-9.]+)"')
_ADVICE = (
    "a PNG cannot be made here: resvg-py is missing ({reason}). Install it "
    "(pip install resvg-py), or write the picture as .svg, which every browser shows"
)


def png(drawing: str, *, scale: float = 2.0) -> bytes:
    """The bytes of a PNG of an SVG of ours, on white, ``scale`` pixels to one of its units.

    A drawing too large for that is made smaller, never cut: at most 40 million pixels.
    Raises Unavailable where the means are missing, Invalid for what is no drawing.
    """
    found = _SIZE.search(drawing)
    if found is None:
        raise Invalid("This cannot be made into a PNG.", [Problem(
            "it is no drawing with a width and a height", "Give a picture that headstamp drew.")])
    area = float(found[1]) * float(found[2])
    if area * scale * scale > MOST_PIXELS:
        scale = (MOST_PIXELS / area) ** 0.5
    resvg = _resvg()
    try:
        made = resvg.svg_to_bytes(svg_string=drawing, background="#ffffff", zoom=scale)
    except ValueError as error:
        raise Invalid("This cannot be made into a PNG.", [Problem(
            str(error)[:200], "Write it as .svg, and tell the makers of headstamp.")]) from error
    return bytes(made)


def _resvg() -> Any:
    try:
        import resvg_py
    except ImportError as error:
        raise Unavailable(_ADVICE.format(reason=str(error)[:120])) from error
    return resvg_py
