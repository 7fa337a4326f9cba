"""Published counts of others: told by themselves, and never added to items.

"Three pistols seized in precinct 5 in May 2012" is a tally: it says nothing of
any one pistol. Sums are made within one source only, since two sources may have
counted the same things, and without those tallies that are sums themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from headstamp.publish.counts import CountTable, tabulate
from headstamp.publish.sources import Citation, Sources
from headstamp.store.reader import Reader


@dataclass(frozen=True, slots=True)
class TallySource:
    """What one source has counted: records, their sum, and the records that are sums of others."""

    source: Citation | None
    records: int
    counted: float
    sums: int


@dataclass(frozen=True, slots=True)
class Tallies:
    """All published counts. The ``records`` and ``sums`` of all sources add up to ``total``."""

    total: int
    sources: tuple[TallySource, ...]
    by_what: CountTable
    by_year: CountTable

    @property
    def sums(self) -> int:
        """How many are sums of other tallies, and so are not added."""
        return sum(one.sums for one in self.sources)


def gather(reader: Reader, sources: Sources) -> Tallies | None:
    """The tallies by source and by what was counted; None where there are none."""
    total, by_source = reader.count("tally", "source_document")
    if not total:
        return None
    found: list[TallySource] = []
    for document, n in by_source:
        records, counted = 0, 0.0
        for is_sum in (None, False):
            where = {"source_document": document, "total": is_sum}
            some, values = reader.count("tally", "count", where)
            records += some
            counted += math.fsum((value or 0) * times for value, times in values)
        cited = sources.cite({"document": document}) if document else None
        found.append(TallySource(cited, records, counted, n - records))
    found.sort(key=lambda one: (one.source is None, one.source.number if one.source else 0))
    return Tallies(
        total, tuple(found),
        tabulate(reader, "tally", "what", title="Published counts by what was counted",
                 head="Counted"),
        tabulate(reader, "tally", "year", title="Published counts by year", head="Year",
                 shown=40),
    )
