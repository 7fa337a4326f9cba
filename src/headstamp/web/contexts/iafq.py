"""The yearly tables on illicit arms: which years there are, one year's tables, and where their workbook is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.measures.iafq import read_iafq
from headstamp.analysis.counts.by import NO_SAMPLE
from headstamp.engine.effort import beside
from headstamp.errors import Unavailable
from headstamp.publish.iafq import NOT_OFFICIAL, sheets
from headstamp.publish.sheets import Sheet
from headstamp.store.reader import Reader
from headstamp.store.tables import YEAR
from headstamp.web.page import ON_PAGE, Context, Params

MOST = 100_000
"""With more items than this the page sends to the command line: it would take minutes."""
SHOWN = ("Arms", "Ammunition and parts", "Marking of arms", "Tracing of arms", "Country of make", "Recoveries", "Routes",
         "Published counts", "Types not mapped")
_MOST_ROWS = 200
_NO_YEARS = "no item or recovery has a date"


@dataclass(frozen=True)
class IafqContext(Context):
    """The tables of ``year`` in short (as the command line tells them), and the years there are dates of."""

    year: int
    country: str
    years: tuple[int, ...]
    tables: Mapping[str, Any]
    statement: str = NO_SAMPLE
    official: str = NOT_OFFICIAL
    title: str = field(default="Yearly tables", metadata=ON_PAGE)
    shown: tuple[Sheet, ...] = field(default=(), metadata=ON_PAGE)
    indicator: str = field(default="", metadata=ON_PAGE)
    warnings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    effort: str = field(default="", metadata=ON_PAGE)
    left: tuple[tuple[str, int], ...] = field(default=(), metadata=ON_PAGE)
    counted: int = field(default=0, metadata=ON_PAGE)
    visible: int = field(default=0, metadata=ON_PAGE)
    file: str = field(default="", metadata=ON_PAGE)
    edition: str = field(default="", metadata=ON_PAGE)


def iafq_context(reader: Reader, params: Params) -> IafqContext:
    """The tables of the year asked for, else of the latest in which arms were found. Raises Invalid, Unavailable."""
    if reader.totals()["item"] > MOST:
        raise Unavailable(f"with more than {MOST:,} items this takes minutes: use the command line (headstamp iafq)")
    years = years_of(reader)
    country = params.text("country")
    year = params.whole("year", _latest(reader, years), 1900, 2200)
    if not year:
        return IafqContext(0, country, (), {}, indicator=_NO_YEARS)
    told = read_iafq(params.case, year, clearance=reader.clearance, country=country)
    asked = {"year": str(year), **({"country": told.country} if told.country else {})}
    return IafqContext(
        year, told.country, years, told.as_dict(),
        shown=tuple(Sheet(one.name, tuple(one.heads), tuple(one.rows)[:_MOST_ROWS])
                    for one in sheets(told) if one.name in SHOWN and one.rows),
        indicator=told.sdg.reason or told.sdg.text, warnings=told.sdg.warnings, effort=beside(told.effort),
        left=tuple(told.reasons()), counted=len(told.items.counted), visible=told.items.visible,
        file="/iafq.xlsx?" + urlencode(asked), edition=told.classes.edition)


def _latest(reader: Reader, years: tuple[int, ...]) -> int:
    """The latest year with an arm, else the latest of all; 0 where there is none."""
    arms = {str(value) for value, n in reader.count("item", YEAR, {"family": "arm"})[1] if n}
    return next((year for year in years if str(year) in arms), years[0] if years else 0)


def years_of(reader: Reader) -> tuple[int, ...]:
    """The years in which items or recoveries are dated, the latest first."""
    found = {str(value) for kind in ("item", "recovery") for value, n in reader.count(kind, YEAR)[1] if value and n}
    return tuple(sorted((int(year) for year in found if year.isdigit() and len(year) == 4), reverse=True))
