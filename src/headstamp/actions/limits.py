"""The limits that follow every value: what may not be done with what a trace reply told.

One question a page, however many values stand on it. How they are found, and in which
words they are told, is in ``headstamp.store.limits``, for the report asks it too.
"""

from __future__ import annotations

from collections.abc import Iterable

from headstamp.store.limits import (
    NO_ONWARD,
    NOT_PUBLISHED,
    SOURCE_NOT_NAMED,
    Limit,
    codes_of,
    may_be_public,
    told,
    withheld_from,
)
from headstamp.store.reader import Reader


def limits_of(reader: Reader, ids: Iterable[str]) -> dict[str, tuple[Limit, ...]]:
    """The limits that follow each of these records, by id; those without any are left out."""
    return reader.limits(list(ids))


__all__ = [
    "NOT_PUBLISHED", "NO_ONWARD", "SOURCE_NOT_NAMED", "Limit", "codes_of", "limits_of",
    "may_be_public", "told", "withheld_from",
]
