"""What is read out of a component's text: a part with its rule, its doubt, and how sure it is.

Probability is told in words, of which each stands for one figure, so that a
figure can be recorded and a reader is not given a precision that nobody has.
The words were held against the texts taken apart by hand
(``tests/markings/component_gold.csv``): of what is said to be likely, that
share or more is right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PartKind = Literal["product", "part_number", "date_code", "lot"]
Sureness = Literal["nearly sure", "likely", "about even", "doubtful"]

PER_CENT: dict[Sureness, int] = {
    "nearly sure": 95, "likely": 85, "about even": 55, "doubtful": 30,
}
TITLES: dict[PartKind, str] = {
    "product": "What it is called", "part_number": "Part number", "date_code": "Date code",
    "lot": "Lot or trace code",
}
GENERAL = "general knowledge of how semiconductors are marked"


@dataclass(frozen=True, slots=True)
class ComponentRule:
    """A named rule: what it reads, why it is right, and where it comes from."""

    name: str
    part: PartKind
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text: the characters ``text[span[0]:span[1]]`` as written, and what they are.

    ``meaning`` is its canonical form where it has one: an ISO week (``2014-W29``)
    or month (``2018-06``) for a date code that says one only. ``alternatives``
    are all dates it may mean where it may mean several; ``meaning`` is empty then.
    """

    kind: PartKind
    text: str
    span: tuple[int, int]
    rule: ComponentRule
    sureness: Sureness
    doubt: str = ""
    meaning: str = ""
    alternatives: tuple[str, ...] = ()

    @property
    def certainty(self) -> int:
        """The sureness in per cent."""
        return PER_CENT[self.sureness]

    def words(self) -> str:
        """What it is, how sure, by which rule and with which doubt, in one line.

        Short, since it is searched: the reason of a rule stands with the rules. What a date code
        means is found in it again by :func:`meaning_in`.
        """
        told = TITLES[self.kind]
        if self.meaning:
            told += f": {self.meaning}"
        elif self.alternatives:
            told += ": " + " or ".join(self.alternatives)
        lines = [told, self.sureness, f"rule {self.rule.name}"]
        if self.doubt:
            lines.append(f"doubt: {self.doubt}")
        return "; ".join(lines)


_DATED = re.compile(r"Date code: ([0-9]{4}-(?:W[0-9]{2}|[0-9]{2}))(?:;|$)")


def meaning_in(words: str) -> str:
    """The one week or month that the words of a date code name; empty where they name none or several.

    A person who corrects such a reading keeps its beginning: ``Date code: 2014-W29``.

    >>> meaning_in("Date code: 2014-W29; likely; rule hash"), meaning_in("Date code: 2013-W26 or 2003-W26; likely")
    ('2014-W29', '')
    """
    found = _DATED.match(words)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Characters with the form of a date code that cannot be one, and why."""

    text: str
    span: tuple[int, int]
    why: str
