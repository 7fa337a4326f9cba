"""A number as it stands in a sentence or a table of text: thousands parted, no powers of ten that a reader must reckon.

The exact number is in the JSON; here it is short enough to be read, and a whole number stays whole.
"""

from __future__ import annotations

from math import isfinite


def figure(value: float, digits: int = 6) -> str:
    """A number in so many digits, thousands parted; below a millionth as a power of ten.

    >>> figure(37505.0), figure(1234567.8), figure(0.772727272), figure(352.0, 4), figure(1e-8), figure(float("inf"))
    ('37,505', '1,234,568', '0.772727', '352', '1e-08', 'open')
    >>> figure(0.00002, 3), figure(66.6122, 3), figure(1734.2, 3), figure(2.5e14)
    ('0.00002', '66.6', '1,734', '250,000,000,000,000')
    """
    if not isfinite(value):
        return "open"
    if float(value).is_integer() or abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    if abs(value) < 1e-6:
        return f"{value:.{digits}g}"
    text = f"{value:,.{digits}g}"
    return text if "e" not in text else _small(value, digits)


def _small(value: float, digits: int) -> str:
    """A small number written out, in so many digits."""
    shown = f"{value:.{digits}g}"
    places = -int(shown.split("e")[1]) + len(shown.split("e")[0].replace("-", "").replace(".", "")) - 1
    return f"{value:.{places}f}"
