"""A drawing as PNG, for those who put it into a letter or onto a slide.

Done by resvg, which shapes and orders the text of any script itself (WeasyPrint's drawings
leave Arabic letters apart) and neither fetches nor runs anything. Letters come from the fonts
of the machine: the same drawing gives the same picture where the same fonts are.

Source: resvg-py 0.5 (MIT) over resvg (Apache-2.0 or MIT).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from headstamp.errors import Invalid, Problem, Unavailable

MOST_PIXELS = 40_000_000
_SIZE = re.compile(r'<svg [^>]*?\bwidth="([0-9.]+)" height="([0-9.]+)"')
_FOLDERS = tuple(Path(name).expanduser() for name in (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/Library/Fonts", "/System/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
))
_PLAIN = re.compile("^Noto ?Sans[A-Za-z]*-Regular$")
_OTHER = re.compile("(?i)bold|italic|oblique|light|black|thin|condensed|mono|medium|emoji")
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
        made = resvg.svg_to_bytes(svg_string=drawing, background="#ffffff", zoom=scale, **_fonts())
    except ValueError as error:
        raise Invalid("This cannot be made into a PNG.", [Problem(
            str(error)[:200], "Write it as .svg, and tell the makers of headstamp.")]) from error
    return bytes(made)


@cache
def _fonts() -> dict[str, Any]:
    """The machine's fonts, upright ones of ordinary weight first.

    Where a letter is not in the font asked for, resvg takes the first font that has it: by
    itself that may be a bold one. Where no font is found, it looks for itself.
    """
    found = sorted(
        {path for folder in _FOLDERS if folder.is_dir() for path in folder.rglob("*")
         if path.suffix.lower() in (".ttf", ".otf", ".ttc")},
        key=lambda path: (_odd(path.stem), path.name),
    )
    return {"skip_system_fonts": True, "font_files": list(map(str, found))} if found else {}


def _odd(name: str) -> int:
    """How far from an ordinary upright font for reading, by its file's name."""
    if _PLAIN.search(name):
        return 0
    return 2 if _OTHER.search(name) else 1


def _resvg() -> Any:
    try:
        import resvg_py
    except ImportError as error:
        raise Unavailable(_ADVICE.format(reason=str(error)[:120])) from error
    return resvg_py
