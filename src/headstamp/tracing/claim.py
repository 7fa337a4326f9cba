"""A claim of passage: somebody says that goods went from one hand to another, and when.

A transfer, an event of an item's past, the making that an item's own marks tell of and its
recovery are all told in this one form, so that a chain is built from one kind of thing. A
claim stays what it is: who says so, how good the source is, how surely the item belongs to
the goods. Two claims that contradict each other are two claims.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from headstamp.kinds.date import bounds

Sureness = Literal["exactly", "probably", "perhaps"]
By = Literal[
    "item", "part of", "serial", "lot", "package", "product", "custody", "recovery", "marks",
]


@dataclass(frozen=True, slots=True)
class Attachment:
    """How a claim is about the item: by what, how surely, and every doubt in words.

    ``share``, from 0 to 1, is the probability that the item is among the goods: 1 where the
    claim names the item itself, the marking's posterior where a range or lot covers what it
    may read. ``marking`` is the id of the marking it rests on.
    """

    by: By = "item"
    how: Sureness = "exactly"
    share: float = 1.0
    words: tuple[str, ...] = ()
    marking: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"by": self.by, "how": self.how, "share": round(self.share, 4),
                "words": list(self.words), "marking": self.marking}


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: the record that makes it, what happened, between whom, when, on what grounds.

    ``first`` and ``last`` are the earliest and latest possible day (ISO 8601), None where that
    end is open. ``from_country`` and ``to_country`` are codes. ``goods`` says what went, in
    words, ``goods_keys`` which goods they are, in a form to compare (``lot:4470B``). ``limits``
    is what a trace reply forbids to be done with it. ``event`` is the id of another record that
    tells of the same event, where this one says so.
    """

    id: str
    kind: str
    how: str
    from_party: str | None = None
    to_party: str | None = None
    from_country: str = ""
    to_country: str = ""
    through: tuple[str, ...] = ()
    place: str = ""
    when: str = ""
    first: str | None = None
    last: str | None = None
    lawful: str = "unknown"
    grade: str = ""
    goods: str = ""
    goods_keys: tuple[str, ...] = ()
    quantity: float | None = None
    unit: str = ""
    licence: str = ""
    end_user_certificate: str = ""
    papers: tuple[str, ...] = ()
    reply: str = ""
    limits: tuple[str, ...] = ()
    basis: str = ""
    event: str = ""
    attached: Attachment = Attachment()

    @property
    def named(self) -> str:
        """What happened and when, as a sentence names it."""
        how = self.how.replace("_", " ")
        return f"{how} ({self.when})" if self.when else how

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        told: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Attachment):
                value = value.as_dict()
            told[name] = list(value) if isinstance(value, tuple) else value
        return told


def days(when: str) -> tuple[str | None, str | None]:
    """The earliest and latest possible day of a partial date; (None, None) without one.

    A qualifier widens the window by one unit of what is written, on both sides: ``~`` (about)
    and ``?`` (uncertain) by a week for a day, a month for a month or season, a year for a
    year, ten for a decade; ``%`` (both) by two. In an interval each end has its own. EDTF
    leaves this open: the rule is headstamp's own, so that "about March" is never held to
    contradict the 2nd of April.

    >>> days("2012-02/2012-04"), days("")
    (('2012-02-01', '2012-04-30'), (None, None))
    >>> days("2012-05~"), days("2014-06-10?"), days("1984~/..")
    (('2012-04-01', '2012-06-30'), ('2014-06-03', '2014-06-17'), ('1983-01-01', None))
    """
    if not when:
        return None, None
    first, last = bounds(when)
    start, _, end = when.partition("/")
    if first is not None:
        first = _moved(first, start, -1)
    if last is not None:
        last = _moved(last, end or start, 1)
    return first, last


_MARKS = {"~": 1, "?": 1, "%": 2}


def _moved(day: str, written: str, way: int) -> str:
    """A day moved by what the qualifier of a written date stands for; within years 1 to 9999."""
    times = _MARKS.get(written[-1:], 0)
    if not times:
        return day
    bare = written[:-1]
    year, month = int(day[:4]), int(day[5:7])
    months = 12 * (10 if "X" in bare[:4] else 1) if len(bare) == 4 else 1
    if "X" in bare[:4] and bare[2:4] == "XX":
        months = 1200
    if len(bare) == 10 and "X" not in bare:
        moved = date.fromisoformat(day).toordinal() + way * times * 7
        return date.fromordinal(min(max(moved, 1), date.max.toordinal())).isoformat()
    at = min(max(year * 12 + month - 1 + way * times * months, 12), 9999 * 12 + 11)
    year, month = at // 12, at % 12 + 1
    # A window's end is the last day of a month, its beginning the first.
    return f"{year:04d}-{month:02d}-{1 if way < 0 else monthrange(year, month)[1]:02d}"
