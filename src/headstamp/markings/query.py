"""What somebody asks of the markings: a text as read, perhaps worn, perhaps in quotes.

========================  ===================================================
``AB-1234``               plain: any writing of it, also as part of a marking
``AB-1?3[4A]``            pattern: ``?`` one unread character, ``[4A]`` one of
                          these, ``*`` any run of characters
``"07-85"``               exact: as written, capitals and signs included
========================  ===================================================

A query gives a ``LIKE`` pattern for the store, which keeps whatever could
match, and a regular expression that settles it. Both are built place by place
from the key, so nothing the asker writes is ever read as SQL or as a regular
expression, and no pattern can make the matcher run away: every run of
characters is an atomic group, hence no backtracking into it.

A marking that itself holds unread characters can match a query that its key
does not contain (``36?257`` is perhaps ``369257``): fetch those beside, with
:data:`LIKE_UNREAD`, and let :func:`headstamp.markings.score.score` compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from headstamp.errors import Invalid, Problem
from headstamp.markings.normalise import KeyName, Keys, keys
from headstamp.markings.unread import RUN, UNREAD, Tokens, has_unread, known, tokens

MOST_CHARACTERS = 200
"""The longest query taken; the longest markings on record are far shorter."""

ESCAPE = "\\"
"""The escape character of :meth:`Query.like`: ``LIKE :pattern ESCAPE '\\'``."""

LIKE_UNREAD = ("%?%", "%*%", "%[%")
"""``LIKE`` patterns for keys that hold unread characters."""

Kind = Literal["exact", "plain", "pattern"]

_RUNS = re.compile(r"(\\.)|%+")
_QUOTES = (('"', '"'), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u00ab", "\u00bb"))


@dataclass(frozen=True, slots=True)
class Query:
    """A query that has been read: what was typed, its kind, the text asked for, its keys."""

    raw: str
    kind: Kind
    text: str
    keys: Keys

    def key(self, name: KeyName = "folded") -> str:
        """The query's own key of that name."""
        return {"plain": self.keys.plain, "folded": self.keys.folded, "ncic": self.keys.ncic}[name]

    def places(self, name: KeyName = "folded") -> Tokens:
        """The query's key, place by place."""
        return tokens(self.key(name))

    def like(self, name: KeyName = "folded", *, whole: bool = False) -> str:
        """A ``LIKE`` pattern over that key of the markings, with :data:`ESCAPE`.

        It keeps every key that :meth:`regex` keeps, and may keep more. Unless
        ``whole``, the query may stand anywhere in the marking.

        >>> parse("ab-1?3*[4X]_").like("plain")
        '%AB1_3%_%'
        >>> parse("100%").like(whole=True)
        '100\\\\%'
        """
        if self.kind == "exact":
            middle = _escaped(self.key(name))
        else:
            middle = "".join(_like_place(place) for place in self.places(name))
        return middle if whole else _RUNS.sub(lambda m: m[1] or "%", f"%{middle}%") if middle else "%"

    def regex(self, name: KeyName = "folded", *, whole: bool = False) -> re.Pattern[str]:
        """A compiled expression for ``.match`` on that key; for *exact* queries on the raw text.

        >>> bool(parse("1?3*7").regex("plain").match("AB12399997"))
        True
        >>> bool(parse("1?3*7").regex("plain", whole=True).match("AB12399997"))
        False
        """
        if self.kind == "exact":
            middle = re.escape(self.text)
            return re.compile(rf"\A{middle}\Z" if whole else rf"(?s:\A.*?{middle})")
        pieces: list[str] = [""]
        for place in self.places(name):
            if place == RUN:
                pieces.append("")
            else:
                pieces[-1] += _regex_place(place)
        # The leftmost place where a piece fits leaves the most room for the
        # rest, so each run may be atomic; only a last piece that has to stand
        # at the very end is looked for from there.
        first, *rest = pieces
        if not whole:
            parts = [f"(?>.*?{piece})" for piece in pieces if piece]
            return re.compile(rf"(?s:\A{''.join(parts)})")
        if not rest:
            return re.compile(rf"(?s:\A{first}\Z)")
        parts = [f"(?>.*?{piece})" for piece in rest[:-1] if piece]
        return re.compile(rf"(?s:\A{first}{''.join(parts)}.*{rest[-1]}\Z)")


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


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _like_place(place: str) -> str:
    if place == RUN:
        return "%"
    return "_" if place == UNREAD or len(place) > 1 else _escaped(place)


def _regex_place(place: str) -> str:
    if place == UNREAD:
        return "."
    if len(place) > 1:
        return "(?:" + "|".join(re.escape(char) for char in place) + ")"
    return re.escape(place)
