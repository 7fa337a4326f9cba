"""What somebody asks of the markings: a text as read, perhaps worn, perhaps in quotes.

========================  ===================================================
``AB-1234``               plain: any writing of it, also as part of a marking
``AB-1?3[4A]``            pattern: ``?`` one unread character, ``[4A]`` one of
                          these, ``*`` any run of characters
``"07-85"``               exact: as written, capitals and signs included
========================  ===================================================

What is asked is read here and refused with every rule it breaks; how it is
searched for is the business of :mod:`headstamp.markings.question`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from headstamp.errors import Invalid, Problem
from headstamp.markings.normalise import Keys, keys
from headstamp.markings.unread import has_unread, known, tokens

MOST_CHARACTERS = 200
"""The longest query taken; the longest markings on record are far shorter."""

Kind = Literal["exact", "plain", "pattern"]

_QUOTES = (('"', '"'), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u00ab", "\u00bb"))


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been read: what was typed, its kind, the text asked for, its keys."""

    raw: str
    kind: Kind
    text: str
    keys: Keys


def parse(text: str) -> Query:
    """Read a query; raises :class:`~headstamp.errors.Invalid` with every rule it breaks.

    >>> [parse(t).kind for t in ('ab 12', 'ab?2', 'a[b8]2', '"ab 12"')]
    ['plain', 'pattern', 'pattern', 'exact']
    >>> parse("***")
    Traceback (most recent call last):
        ...
    headstamp.errors.Invalid: This cannot be searched for among the markings.
      - a query needs at least one letter or digit that was read (given: '***'). Add \
what you can read, for instance 12?4.
    """
    wanted = text.strip()
    problems: list[Problem] = []
    if len(wanted) > MOST_CHARACTERS:
        problems.append(
            Problem(
                f"a query has at most {MOST_CHARACTERS} characters, this one has {len(wanted)}",
                "Ask for the part of the marking that is surest.",
                value=wanted,
            )
        )
        raise Invalid("This cannot be searched for among the markings.", problems)
    quoted = unquoted(wanted)
    asked = wanted if quoted is None else quoted
    made = keys(asked)
    if quoted is None:
        if not _brackets_whole(wanted):
            problems.append(
                Problem(
                    "square brackets hold the alternatives for one character, two to eight of "
                    "them, as in [8B], and every bracket has its partner",
                    "Mend the brackets, or put the text in quotes to find it as written.",
                    value=wanted,
                )
            )
        if not _any_read(made.plain):
            problems.append(
                Problem(
                    "a query needs at least one letter or digit that was read",
                    "Add what you can read, for instance 12?4.",
                    value=wanted,
                )
            )
    elif not asked:
        problems.append(
            Problem(
                "there is nothing between the quotes",
                "Write the marking between them.",
                value=wanted,
            )
        )
    if problems:
        raise Invalid("This cannot be searched for among the markings.", problems)
    if quoted is not None:
        return Query(text, "exact", asked, made)
    return Query(text, "pattern" if has_unread(made.plain) else "plain", asked, made)


def unquoted(text: str) -> str | None:
    """What stands between quotes, if the text is in quotes; else ``None``."""
    for left, right in _QUOTES:
        if len(text) >= 2 and text[0] == left and text[-1] == right:
            return text[1:-1]
    return None


def _any_read(plain: str) -> bool:
    places = tokens(plain)
    return known(places) > 0 or any(len(place) > 1 for place in places)


def _brackets_whole(text: str) -> bool:
    without = re.sub(r"\[[^\[\]]{1,8}\]", "", text)
    return "[" not in without and "]" not in without
