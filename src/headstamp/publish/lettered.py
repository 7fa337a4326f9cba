"""Foreign text in a drawing: shut off from ours, and what is a code in it from the rest of it.

Inside an Arabic name the bidirectional algorithm shows ``07-85`` as ``85-07`` (Unicode Standard
Annex 9). A drawing has no elements that could part them, so the isolates are characters.
"""

from __future__ import annotations

import re

from headstamp.places import svg
from headstamp.publish.wording import runs_right_to_left

_LTR, _FIRST, _POP = "\u2066", "\u2068", "\u2069"
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Digits with the letters and signs that hang on them: 07-85, TA 412/9 as two, A7.
_CODE = re.compile(r"[0-9A-Za-z]*[0-9][0-9A-Za-z]*(?:[-/.:,_+][0-9A-Za-z]+)+")


def plain(text: str) -> str:
    """A text without direction controls: an unclosed one would turn what follows."""
    return _CONTROLS.sub("", text)


def isolated(text: str) -> str:
    """A text escaped and isolated; in one that runs right to left, its codes are too.

    >>> isolated("دفعة 07-85").count(_LTR), isolated("lot 07-85").count(_LTR)
    (1, 0)
    """
    clean = plain(text)
    if clean.isascii() or not runs_right_to_left(clean):
        return svg.isolated(clean)
    out, last = [], 0
    for found in _CODE.finditer(clean):
        out += [svg.text(clean[last : found.start()]), _LTR, svg.text(found[0]), _POP]
        last = found.end()
    return "".join((_FIRST, *out, svg.text(clean[last:]), _POP))
