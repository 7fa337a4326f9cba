"""A cell that holds several values: a JSON list, names by commas, and the one of them that is meant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from headstamp.kinds.kind import Unfit

_BETWEEN_NAMES = re.compile(r",\s+(?!(?:co|inc|llc|llp|limited|ltd|plc|s\.?a|gmbh)\b)", re.IGNORECASE)


def names(text: str) -> list[str] | None:
    """The names of a list by commas, where a legal form after a comma belongs to its name.

    >>> names("HI-LINK CO., LTD, TREK JSC")
    ['HI-LINK CO., LTD', 'TREK JSC']
    """
    return [part.strip() for part in _BETWEEN_NAMES.split(text) if part.strip()] or None


def taken(place: int) -> Callable[[Any], Any]:
    """A step that takes one of a list, counted from 1; nothing where there are not so many.

    >>> taken(2)(["a", "b"]), taken(3)(["a", "b"]), taken(1)("a")
    ('b', None, 'a')
    """

    def one(some: Any) -> Any:
        if not isinstance(some, list):
            return some if place == 1 else None
        return some[place - 1] if place <= len(some) else None

    return one


def json_list(text: str) -> Any:
    """The texts of a JSON list. Raises Unfit where the cell is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Unfit("not a JSON list", 'Write ["a", "b"].') from None
    if isinstance(found, list):
        return [str(one) for one in found] or None
    raise Unfit("not a JSON list", 'Write ["a", "b"].')
