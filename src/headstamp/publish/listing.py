"""How long lists are cut, and the sentence that says so.

A report is read by people: no list runs to thousands of rows. What is left out
is said at the list, by number and by rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.publish.wording import number
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

# Up to so many records are sorted as the list asks; more are taken as recorded.
_SORTED = 5_000


@dataclass(frozen=True, slots=True)
class Cut:
    """How many are shown of how many, in which order; ``note`` is empty where all are shown."""

    shown: int
    total: int
    order: str
    # So many are left out because the reply they rest on forbids that they be published.
    withheld: int = 0

    @property
    def note(self) -> str:
        told = []
        if self.shown + self.withheld < self.total:
            told.append(f"The first {number(self.shown)} of {number(self.total)} {self.order}; "
                        "all are in the case.")
        if self.withheld:
            told.append(f"{number(self.withheld)} of {number(self.total)} "
                        f"{'is' if self.withheld == 1 else 'are'} left out: a trace reply forbids "
                        "to publish what rests on it.")
        return " ".join(told)


def first(
    reader: Reader, kind: str, most: int, *, key: Callable[[Shown], Any] | None = None,
    order: str = "", where: Mapping[str, Any] | None = None,
) -> tuple[list[Shown], Cut]:
    """The first ``most`` records of a kind by ``key``, with the words for what is left out.

    ``order`` words the key. Beyond 5,000 records those recorded first are taken,
    and then put in order among themselves.
    """
    recorded = "in the order of recording"
    total, _ = reader.count(kind, None, where)
    if total <= _SORTED:
        every = list(reader.stream(kind, where))
        told = telling(every)
        if key is not None:
            told.sort(key=lambda s: (key(s), s.seq))
        rows = told[:most]
        return rows, Cut(len(rows), total, order if key else recorded, len(every) - len(told))
    taken = reader.list(kind, where, descending=False, limit=most).rows
    rows = telling(taken)
    if key is not None:
        rows.sort(key=lambda s: (key(s), s.seq))
        recorded = f"{recorded} ({order} among themselves)"
    return rows, Cut(len(rows), total, recorded, len(taken) - len(rows))


def telling(rows: Iterable[Shown]) -> list[Shown]:
    """Those that may be handed out."""
    return [shown for shown in rows if shown.label != LEFT_OUT]


def by_date(name: str) -> Callable[[Shown], Any]:
    """The key that sorts by a partial date, undated records last."""

    def key(shown: Shown) -> Any:
        value = shown.get(name)
        return (value is None, str(value or ""))

    return key


def shares(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """``most`` rows shared out: small ones whole, the large ones alike.

    >>> shares({"arm": 195, "component": 5806, "package": 3}, 500)
    {'arm': 195, 'component': 302, 'package': 3}
    >>> shares({"a": 7, "b": 2}, 100)
    {'a': 7, 'b': 2}
    """
    left, given = most, dict.fromkeys(counts, 0)
    waiting = sorted(counts, key=lambda name: (counts[name], name))
    while waiting:
        name = waiting.pop(0)
        given[name] = min(counts[name], left // (len(waiting) + 1))
        left -= given[name]
    return given
