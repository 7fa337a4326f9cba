"""The part of a photograph that shows a marking: ``x, y, width, height``.

Whole pixels of the picture held upright (after the camera's own turn), from its
top left corner: the frame in which a photograph's width and height are recorded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headstamp.errors import Invalid, Problem

_NUMBERS = re.compile(r"\s*(\d{1,6})\s*[,; ]\s*(\d{1,6})\s*[,; ]\s*(\d{1,6})\s*[,; ]\s*(\d{1,6})\s*",
                      re.ASCII)
LEAST = 2
"""A region of fewer pixels a side is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.x}, {self.y}, {self.width}, {self.height}"

    def around(self, share: float, width: int, height: int) -> Region:
        """The region with a margin of that share of its longer side, within the picture.

        >>> str(Region(100, 50, 40, 20).around(0.25, 400, 300))
        '90, 40, 60, 40'
        """
        margin = round(share * max(self.width, self.height))
        left, top = max(0, self.x - margin), max(0, self.y - margin)
        right = min(width, self.x + self.width + margin)
        bottom = min(height, self.y + self.height + margin)
        return Region(left, top, right - left, bottom - top)


def region_in(text: str | None, width: int = 0, height: int = 0) -> Region | None:
    """The region that a text says, as far as it lies in the picture; None where it says none.

    What a person or another program wrote there may be anything: an unreadable
    region hides no picture. ``width`` and ``height`` are those of the picture (0: unknown).

    >>> str(region_in("120, 80, 300, 90", 400, 300))
    '120, 80, 280, 90'
    >>> region_in("the left half"), region_in("500, 0, 10, 10", 400, 300)
    (None, None)
    """
    found = _NUMBERS.fullmatch(text or "")
    if found is None:
        return None
    x, y, w, h = (int(one) for one in found.groups())
    if width and height:
        w, h = min(w, width - x), min(h, height - y)
    return Region(x, y, w, h) if w >= LEAST and h >= LEAST else None


def wanted_region(text: str, width: int = 0, height: int = 0) -> Region:
    """A region that somebody gives. Raises Invalid where it is none or outside the picture."""
    found = region_in(text)
    problem = ""
    if found is None:
        problem = f"a region is four whole numbers, x, y, width, height, each side {LEAST} or more"
    elif width and height and (found.x + found.width > width or found.y + found.height > height):
        problem = f"the region reaches out of the picture, which has {width} by {height} pixels"
    if found is None or problem:
        raise Invalid("this region cannot be taken", [
            Problem(problem, "Draw it on the photograph, or give its numbers.", "region", text)
        ])
    return found
