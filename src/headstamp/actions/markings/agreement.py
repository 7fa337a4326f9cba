"""Which markings wait for a second reader, and how well the readers of a case agree.

All numbers are of readings as they were first given: a reading that was changed
after its reader saw the other one says nothing about agreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from headstamp.actions.markings.reading import BY_EYE, first_text, person_key
from headstamp.errors import Invalid
from headstamp.markings.agreement import Agreement, compare
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

STATES = ("one", "two", "none")
"""Read by one person, by two or more, by nobody who is named."""

LOOKED_AT = 20_000
"""So many readings are looked at for a page; the command line looks at all."""

MOST_CONFUSIONS = 40


@dataclass(frozen=True)
class Confusion:
    """Two characters read at one place, in either order (empty: none was seen), and how often."""

    one: str
    other: str
    count: int


@dataclass(frozen=True)
class Statistics:
    """Agreement between the first two readers of each marking, over a case.

    ``texts_same``: markings of which both read all and the same. ``compared``
    are places that both read, ``share`` is agreed over compared (None where
    there are none). ``whole`` is false where only the first ``looked_at`` readings
    were looked at.
    """

    looked_at: int
    whole: bool
    read_once: int
    read_twice: int
    texts_same: int
    compared: int
    agreed: int
    differing: int
    open: int
    share: float | None
    confusions: tuple[Confusion, ...]


@dataclass(frozen=True)
class Row:
    """One marking of the queue: how many people have read it, whether the viewer has."""

    marking: Shown
    readers: int
    mine: bool
    agreement: Agreement | None = None


@dataclass(frozen=True)
class Queue:
    """The markings in one state of reading, and the agreement of the case."""

    state: str
    total: int
    rows: tuple[Row, ...]
    statistics: Statistics


def queue(
    reader: Reader, viewer: str, *, state: str = "one", limit: int = 50, offset: int = 0,
    looked_at: int | None = LOOKED_AT,
) -> Queue:
    """Markings read by one, by two, or by nobody, with the statistics; Invalid for another state.

    Of those read once the ones that the viewer can help with come first.
    ``looked_at`` bounds the readings looked at (None: all of them).
    """
    if state not in STATES:
        raise Invalid(f"a state of reading is one of {', '.join(STATES)}, not {state!r}")
    whole, looked, people = _people(reader, looked_at)
    pairs = {
        marking: _pair(reader, [readings[0] for readings in by_name.values()])
        for marking, by_name in people.items() if len(by_name) > 1
    }
    statistics = _statistics(
        list(pairs.values()), sum(1 for one in people.values() if len(one) == 1), looked, whole
    )
    me = person_key(viewer)
    if state == "none":
        total, some = reader.lacking("marking", "reading", "marking", offset + limit)
        return Queue(state, total, tuple(Row(one, 0, False) for one in some[offset:]), statistics)
    wanted = [one for one, by_name in people.items() if (len(by_name) > 1) == (state == "two")]
    if state == "one":
        wanted.sort(key=lambda one: me in people[one])  # stable: oldest first within each
    shown = reader.many(wanted[offset : offset + limit])
    rows = tuple(
        Row(shown[one], len(people[one]), me in people[one], pairs.get(one))
        for one in wanted[offset : offset + limit] if one in shown
    )
    return Queue(state, len(wanted), rows, statistics)


def _people(
    reader: Reader, most: int | None
) -> tuple[bool, int, dict[str, dict[str, list[Shown]]]]:
    """Of each marking each person's readings, oldest first."""
    found: dict[str, dict[str, list[Shown]]] = {}
    looked = 0
    stream: Iterator[Shown] = reader.stream("reading")
    for one in stream if most is None else islice(stream, most):
        looked += 1
        name = person_key(str(one.get("reader", "")))
        if name and one.get("method") in BY_EYE:
            found.setdefault(one.get("marking"), {}).setdefault(name, []).append(one)
    return most is None or looked < most, looked, found


def _pair(reader: Reader, firsts: list[Shown]) -> Agreement:
    return compare(first_text(reader, firsts[0]), first_text(reader, firsts[1]))


def _statistics(
    pairs: list[Agreement], once: int, looked: int, whole: bool
) -> Statistics:
    confusions: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        for place in pair.places:
            if place.kind in ("differing", "only_first", "only_second"):
                one, other = sorted((place.first, place.second), key=lambda t: (not t, t))
                confusions[one, other] += 1
    agreed, compared = sum(p.agreed for p in pairs), sum(p.compared for p in pairs)
    ranked = sorted(confusions.items(), key=lambda item: (-item[1], item[0]))[:MOST_CONFUSIONS]
    return Statistics(
        looked, whole, once, len(pairs), sum(1 for p in pairs if p.same), compared, agreed,
        compared - agreed, sum(p.open for p in pairs), agreed / compared if compared else None,
        tuple(Confusion(one, other, n) for (one, other), n in ranked),
    )
