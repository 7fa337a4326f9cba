"""How unread characters are written in a marking or a query, and when two such texts can agree.

A worn marking is written with what is not known in it, never with a guess:

========  ==========================================================
``?``     one character that could not be read
``[8B]``  one character, read as one of these (at most eight of them)
``*``     any run of characters, also none
========  ==========================================================

The notation is the one field forms and police indices use (a question mark for
an unread place); the square brackets are those of regular expressions, because
analysts know them already. Only whole, flat brackets count: a bracket that
opens and never closes is a mark like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

UNREAD = "?"
RUN = "*"
MOST_ALTERNATIVES = 8
_TOKEN = re.compile(rf"\[([^\[\]?*]{{1,{MOST_ALTERNATIVES}}})\]|(.)", re.DOTALL)

Tokens = tuple[str, ...]
"""One string a place: ``"?"``, ``"*"``, one character, or several alternatives (``"8B"``)."""


def tokens(key: str) -> Tokens:
    """The places of a key, one string each; runs of ``*`` count once.

    >>> tokens("3?[8B]*7")
    ('3', '?', '8B', '*', '7')
    """
    if not has_unread(key):
        return tuple(key)
    found: list[str] = []
    for match in _TOKEN.finditer(key):
        token = match[1] if match[1] is not None else match[2]
        if token == RUN and found and found[-1] == RUN:
            continue
        found.append(token)
    return tuple(found)


def has_unread(key: str) -> bool:
    """Whether any place of the key is not read for certain.

    >>> has_unread("36?257"), has_unread("369257")
    (True, False)
    """
    return UNREAD in key or RUN in key or "[" in key


def known(places: Sequence[str]) -> int:
    """How many places are read for certain.

    >>> known(tokens("3?[8B]*7"))
    2
    """
    return sum(1 for place in places if len(place) == 1 and place not in (UNREAD, RUN))


def can_agree(asked: Sequence[str], seen: Sequence[str]) -> bool:
    """Whether two texts with unread places can be the same text.

    Work grows with the product of the lengths, whatever stands in them: there
    is no backtracking to run away with.

    >>> can_agree(tokens("36?257"), tokens("369257"))
    True
    >>> can_agree(tokens("369257"), tokens("[35]*257"))
    True
    >>> can_agree(tokens("369257"), tokens("36?"))
    False
    """
    row = [True]
    for place in seen:
        row.append(row[-1] and place == RUN)
    for wanted in asked:
        above, row = row, [row[0] and wanted == RUN]
        for at, place in enumerate(seen, start=1):
            if wanted == RUN or place == RUN:
                # A run takes one more place of the other side, or ends here.
                row.append(row[at - 1] or above[at] or (wanted == place == RUN and above[at - 1]))
            else:
                row.append(above[at - 1] and places_agree(wanted, place))
        # ``row[at - 1]`` lets a run in ``asked`` swallow a place of ``seen``;
        # ``above[at]`` lets a run in ``seen`` swallow a place of ``asked``.
    return row[-1]


def places_agree(one: str, other: str) -> bool:
    """Whether two places can hold the same character.

    >>> places_agree("8B", "8"), places_agree("8B", "3"), places_agree("?", "3")
    (True, False, True)
    """
    return one == other or UNREAD in (one, other) or not set(one).isdisjoint(other)
