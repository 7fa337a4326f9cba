"""A count with its noun, for every sentence that tells one: the one place where it is decided."""

from __future__ import annotations


def number(value: float) -> str:
    """A value for readers: thousands parted, decimals only where there are any.

    >>> number(5806), number(2.5), number(3.0)
    ('5,806', '2.5', '3')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.10g}"


def plural(count: float, one: str, many: str = "") -> str:
    """A count with its noun, and with the verb where that differs too.

    >>> plural(1, "item"), plural(2, "tally", "tallies"), plural(1, "item is", "items are")
    ('1 item', '2 tallies', '1 item is')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
