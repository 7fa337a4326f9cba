"""A marking as letters and a number: ``AB 123456`` is number 123456 of the numbers that begin AB.

Only the shape is looked at: where the digits stand. What the number means is
for the schemes to say. Most markings can be split in more than one way
(``1987 K-4471`` is number 4471 after ``1987K``, or the year 1987 before
``K4471``), so :func:`splits` gives all of them and whoever has evidence
chooses: :mod:`headstamp.markings.series` by the runs that the other markings
make, :mod:`headstamp.markings.range_index` by the range somebody wrote.

Letters are compared in the plain key's form (:mod:`headstamp.markings.normalise`).
Numbers are compared exactly, in base ten: ``0099`` is a number of four places
and its own number space, ``99`` another.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from headstamp.markings.normalise import LOOKALIKES, plain_key
from headstamp.markings.unread import RUN, UNREAD, Tokens, has_unread, tokens

MOST_DIGITS = 18
"""A number's last places that are counted with; what stands before them goes with the letters."""
MOST_SPLITS = 4
MOST_ROWS = 3
"""Rows of digits looked at, from the end: the serial stands last, as a rule."""
LONGEST = 200
"""Longer texts are no numbers of anything; nothing is split beyond this."""

Rule = Literal["number", "joined", "letter"]

_SPACES = re.compile(" +")
# Alternatives count as a place of the number where all are digits, or where one is and a
# digit stands before: in AB[8B]12 the bracket may as well be the last letter.
_ROW = r"(?:[0-9?*]|\[[0-9]+\]|(?<=[0-9?])\[[^\[\] ]*[0-9][^\[\] ]*\])+"
_RUN = re.compile(_ROW)
_JOINED = re.compile(f"{_ROW}(?: {_ROW})+")
_LETTER = re.compile(r"(?<=[0-9])([A-Z])$")
_MISREAD = re.compile(r"(?<=[0-9])[0-9OQDILZSGB]*[OQDILZSGB][0-9OQDILZSGB]*$")
_DIGIT_FOR = {letter: digit for digit, letters in LOOKALIKES.items() for letter in letters}


@dataclass(frozen=True, slots=True)
class Split:
    """One way of taking a marking as a number between letters.

    ``number`` has one string a place, as :mod:`headstamp.markings.unread` gives
    them. ``rule`` says how: ``number`` (one row of digits), ``joined`` (rows of
    digits with nothing but separators between), ``letter`` (a last letter that
    counts up: ``4471A``, ``4471B``). ``which`` counts the rows of digits from the
    end, from 1. ``doubt`` is what was assumed, in words.
    """

    prefix: str
    number: Tokens
    suffix: str
    rule: Rule = "number"
    which: int = 1
    doubt: str = ""

    @property
    def certain(self) -> bool:
        """Whether every place of the number was read for certain."""
        return all(len(place) == 1 and place not in (UNREAD, RUN) for place in self.number)

    @property
    def padded(self) -> bool:
        """Whether the number is written with a nought in front."""
        return len(self.number) > 1 and self.number[0] == "0"

    @property
    def value(self) -> int:
        """The number; for a letter its place in the alphabet from 1. Only where ``certain``."""
        if self.rule == "letter":
            return ord(self.number[0]) - 64
        return int("".join(self.number))


@lru_cache(maxsize=65_536)
def plain_of(char: str) -> str:
    """The plain form of one character; empty for a separator."""
    return char if char in "[]" else plain_key(char)


def skeleton(text: str) -> str:
    """The plain key with its separators kept, each run of them as one space.

    >>> skeleton("1987 K-4471"), skeleton("ta  412?19 ")
    ('1987 K 4471', 'TA 412?19')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).upper()
        text = unicodedata.normalize("NFKC", text)
    return _SPACES.sub(" ", "".join(plain_of(char) or " " for char in text)).strip(" ")


def splits(text: str, *, most: int = MOST_SPLITS) -> tuple[Split, ...]:
    """All ways of taking the text as a number between letters, the last row of digits first.

    Empty where there is no digit, or the text is longer than any number.

    >>> [(s.prefix, "".join(s.number), s.suffix, s.rule) for s in splits("1987 K-4471")]
    [('1987K', '4471', '', 'number'), ('', '1987', 'K4471', 'number')]
    >>> [("".join(s.number), s.rule) for s in splits("412 207")]
    [('207', 'number'), ('412207', 'joined'), ('412', 'number')]
    >>> [(s.prefix, "".join(s.number)) for s in splits("K 4471B") if s.rule == "letter"]
    [('K4471', 'B')]
    """
    if len(text) > LONGEST:
        return ()
    bones = skeleton(text)
    found: list[Split] = []
    rows = [m for m in _RUN.finditer(bones) if any(c.isdigit() for c in m[0])]
    for which, match in enumerate(reversed(rows[-MOST_ROWS:]), start=1):
        found.append(_cut(bones, match.start(), match.end(), "number", which))
        if which == 1:
            found.extend(_joined(bones, match.end()))
    letter = _LETTER.search(bones)
    if letter:
        found.append(Split(bones[: letter.start()].replace(" ", ""), (letter[1],), "", "letter"))
    return tuple(found[:most])


def _joined(bones: str, end: int) -> list[Split]:
    group = next((m for m in _JOINED.finditer(bones) if m.end() == end), None)
    if group is None or not any(c.isdigit() for c in group[0]):
        return []
    return [_cut(bones, group.start(), group.end(), "joined", 1)]


def _cut(bones: str, start: int, end: int, rule: Rule, which: int) -> Split:
    number = tokens(bones[start:end].replace(" ", ""))
    over = max(0, len(number) - MOST_DIGITS)
    prefix = bones[:start].replace(" ", "") + "".join(
        place if len(place) == 1 else f"[{place}]" for place in number[:over]
    )
    return Split(prefix, number[over:], bones[end:].replace(" ", ""), rule, which)


def misread_splits(text: str) -> tuple[Split, ...]:
    """The marking with letters among its last digits taken for the digits they look like.

    For a copied or machine-read text only, and always with its doubt.

    >>> misread_splits("TA 4I22O7")[0]
    Split(prefix='TA', number=('4', '1', '2', '2', '0', '7'), suffix='', rule='number', which=1, doubt='I read as 1, O as 0')
    >>> misread_splits("TA 412207")
    ()
    """
    bones = skeleton(text) if len(text) <= LONGEST else ""
    tail = bones.rpartition(" ")[2]
    match = _MISREAD.search(tail)
    if match is None or has_unread(tail):
        return ()
    start = match.start()
    while start > 0 and tail[start - 1].isdigit():
        start -= 1
    whole = tail[start:]
    letters = dict.fromkeys(c for c in whole if not c.isdigit())
    if len(whole) > MOST_DIGITS or 2 * sum(not c.isdigit() for c in whole) >= len(whole):
        return ()
    told = [f"{letter} as {_DIGIT_FOR[letter]}" for letter in letters]
    doubt = told[0].replace(" as ", " read as ", 1)
    number = tuple(_DIGIT_FOR.get(c, c) for c in whole)
    prefix = bones[: len(bones) - len(whole)].replace(" ", "")
    return (Split(prefix, number, "", doubt=", ".join([doubt, *told[1:]])),)


def filled(number: Tokens, width: int) -> Tokens | None:
    """A number with its unread run as so many unread places; None where it cannot be so long.

    >>> filled(("4", "*", "7"), 4), filled(("4", "7"), 3)
    (('4', '?', '?', '7'), None)
    """
    if RUN not in number:
        return number if len(number) == width else None
    rest = width - sum(1 for place in number if place != RUN)
    if rest < 0:
        return None
    at = number.index(RUN)
    after = tuple(place for place in number[at:] if place != RUN)
    return (*number[:at], *(UNREAD,) * rest, *after)


def completions(number: Tokens) -> int:
    """How many readings it can have, by its unread places alone (letters among them too).

    >>> completions(("4", "?", "38")), completions(("4", "8B"))
    (20, 2)
    """
    total = 1
    for place in number:
        total *= 10 if place == UNREAD else len(place)
    return total


def completions_upto(number: Tokens, bound: int) -> int:
    """How many of its completions are at most ``bound``. No run (``*``) may be left in it.

    Place by place, so that eighteen unread places cost no more than one.

    >>> completions_upto(("4", "?"), 45), completions_upto(("?", "?"), 99)
    (6, 100)
    """
    if bound < 0:
        return 0
    limit = str(bound)
    rest = 1
    for place in number:
        rest *= len(_choices(place))
    if len(limit) > len(number):
        return rest
    limit = limit.rjust(len(number), "0")
    below, total = 1, 0
    for place, digit in zip(number, limit, strict=True):
        choices = _choices(place)
        rest //= len(choices)
        total += below * rest * sum(1 for c in choices if c < digit)
        if digit not in choices:
            below = 0
            break
    return total + below


def _choices(place: str) -> str:
    if place == UNREAD:
        return "0123456789"
    return place if len(place) == 1 else "".join(c for c in place if c.isdigit())
