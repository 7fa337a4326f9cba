"""Numbers that can be read two ways: 1.200 is twelve hundred in one country, 1.2 in the next.

A count read a thousand times too small is worse than a row sent back, so such
a cell is refused unless another cell of its column settles how it is written.
"""

from __future__ import annotations

import re

from headstamp.kinds.kind import Unfit

UNCLEAR = re.compile(r"\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*")
GROUPED = re.compile(r"\s*[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?\s*|\s*[+-]?\d{1,3}\.\d{3},\d+\s*")


def sure(text: str) -> str:
    """The text, unless its point may as well stand between thousands. Raises Unfit.

    >>> sure("1200"), sure("0.125"), sure("1.5")
    ('1200', '0.125', '1.5')
    """
    if UNCLEAR.fullmatch(text):
        raise Unfit(
            "a number that may be read two ways, with a point for decimals or between thousands",
            f"Write {text.strip().replace('.', '')} or {float(text):g}; or say in a mapping how "
            "the column is written (decimal, thousands).",
        )
    return text
