"""The limits that follow every value: what may not be done with what a trace reply told.

One question a page, however many values stand on it. The words for people are made here,
so that a page, a table, a report and a message all say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from headstamp.store.limits import (
    NO_ONWARD,
    NOT_PUBLISHED,
    SOURCE_NOT_NAMED,
    Limit,
    may_be_public,
    withheld_from,
)
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary

MORE_WORDS = "with limits in words that need a higher clearance"


def limits_of(reader: Reader, ids: Iterable[str]) -> dict[str, tuple[Limit, ...]]:
    """The limits that follow each of these records, by id; those without any are left out."""
    return reader.limits(list(ids))


def codes_of(limits: Sequence[Limit]) -> tuple[str, ...]:
    """All codes of some limits, each once, in order.

    >>> codes_of([Limit(codes=("no_onward",)), Limit(codes=("no_onward", "not_published"))])
    ('no_onward', 'not_published')
    """
    return tuple(sorted({code for limit in limits for code in limit.codes}))


def told(limits: Sequence[Limit]) -> tuple[str, ...]:
    """Limits as words, each once: the codes as people say them, then what replies say themselves.

    >>> told([Limit(codes=("not_published",), words="For the panel only.")])
    ('not to be published', 'For the panel only.')
    """
    words: dict[str, None] = {}
    known = vocabulary("use_limit")
    for code in codes_of(limits):
        words[known.label(code)] = None
    for limit in limits:
        if limit.words:
            words[limit.words] = None
        if limit.more_words:
            words[MORE_WORDS] = None
    return tuple(words)


__all__ = [
    "MORE_WORDS", "NOT_PUBLISHED", "NO_ONWARD", "SOURCE_NOT_NAMED", "Limit", "codes_of",
    "limits_of", "may_be_public", "told", "withheld_from",
]
