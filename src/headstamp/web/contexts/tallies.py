"""Published counts: the list, with sums by year and area within one source. Never items."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.engine.effort import FOREIGN
from headstamp.store.reader import Reader
from headstamp.web.contexts.listing import ListContext, list_context
from headstamp.web.page import ON_PAGE, Params

_ROWS = 60


@dataclass(frozen=True)
class Sum:
    """What one source counted of one thing in one year or area; ``records`` such counts added."""

    source: str | None
    what: str
    where: str
    count: int
    records: int
    label: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class TalliesContext(ListContext):
    """The list of tallies with their sums. Counts that are sums of others are left out of these."""

    by_year: tuple[Sum, ...] = ()
    by_area: tuple[Sum, ...] = ()
    effort: str = FOREIGN


def tallies_context(reader: Reader, params: Params) -> TalliesContext:
    """A page of the list, and on its first page without filters the sums."""
    base = list_context(reader, params)
    plain = base.page == 1 and not base.chosen
    return TalliesContext(
        **base.__dict__,
        by_year=_sums(reader, "year") if plain else (),
        by_area=_sums(reader, "area") if plain else (),
    )


def _sums(reader: Reader, by: str) -> tuple[Sum, ...]:
    found: dict[tuple[str | None, str, str], tuple[int, int]] = {}
    for (source, what, where, total), count, records in reader.summed(
        "tally", "count", ["source_document", "what", by, "total"], 5_000
    ):
        if not total and where:
            key = (source, what, where)
            before = found.get(key, (0, 0))
            found[key] = (before[0] + count, before[1] + records)
    labels = reader.labels([source for source, _, _ in found if source])
    ranked = sorted(
        found.items(),
        key=lambda one: (one[0][2], -one[1][0]) if by == "year" else (-one[1][0], one[0][2]),
    )
    return tuple(
        Sum(source if source in labels else None, what, where, count, records,
            labels.get(source or "", ""))
        for (source, what, where), (count, records) in ranked[:_ROWS]
    )
