"""The report: everything it says, gathered from one unchanging state of a case.

Pure of writing: how it looks is the page's business, where it goes that of
whoever asked for it. What is gathered went through the read filter, so that a
report holds what its clearance may see and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headstamp.engine.effort import beside, effort
from headstamp.publish import (
    chains,
    counts,
    figures,
    findings,
    geography,
    grounds,
    items,
    manifest,
    method,
    plates,
    sources,
    tallies,
)
from headstamp.publish.standing import Standing
from headstamp.publish.wording import plural
from headstamp.records import TYPES
from headstamp.store.reader import Reader
from headstamp.store.tables import YEAR

_WORTH_DRAWING = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """A table of counts and what is drawn of it, if anything."""

    table: counts.CountTable
    figure: figures.Figure | geography.MapFigure | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One case at one checkpoint for one clearance."""

    title: str
    subtitles: tuple[str, ...]
    clearance: str
    program: str
    standing: Standing
    totals: tuple[tuple[str, int], ...]
    quantities: counts.Quantities
    effort: str
    item_counts: tuple[Counted, ...]
    marking_counts: tuple[Counted, ...]
    transfer_counts: tuple[Counted, ...]
    trace_counts: tuple[Counted, ...]
    map: geography.MapFigure | None
    findings: findings.Findings
    items: tuple[items.ItemList, ...]
    plates: plates.Plates
    grounds: grounds.Grounds
    chains: chains.Chains
    tallies: tallies.Tallies | None
    method: method.Method
    sources: sources.Sources
    manifest: manifest.Manifest

    def tables(self) -> Iterator[counts.CountTable]:
        """All tables of counts, each of which adds up."""
        for group in (
            self.item_counts, self.marking_counts, self.transfer_counts, self.trace_counts
        ):
            for counted in group:
                yield counted.table
        if self.tallies is not None:
            yield self.tallies.by_what
            yield self.tallies.by_year

    def total(self, kind: str) -> int:
        """How many records of a kind (by its plural) there are."""
        return dict(self.totals).get(kind, 0)


def gather(
    reader: Reader, standing: Standing, *, program: str, thumbnail: plates.Thumbnail | None = None,
    plots: findings.PlotsAgain | None = None,
) -> Report:
    """The report of what this reader sees; give it a reader over one snapshot.

    ``program`` names the program and its version; without ``thumbnail`` there are
    no plates, without ``plots`` no drawings of the answers that findings rest on. Raises Tampered where counts do not add up.
    """
    reader = reader.to_hand_out()
    known = sources.gather(reader)
    totals = reader.totals()
    title, subtitles = _titles(reader, known)
    item_counts = _item_counts(reader, totals)
    countries = next((c.table for c in item_counts if c.table.name == "item-by-country"), None)
    sites = geography.site_map(reader)
    drawn = sites or (geography.country_map(countries) if countries is not None else None)
    return Report(
        title=title, subtitles=subtitles, clearance=reader.clearance, program=program,
        standing=standing,
        totals=tuple((t.slug.replace("-", " "), totals[t.name]) for t in TYPES if totals[t.name]),
        quantities=counts.quantities(reader),
        effort=beside(effort(reader)),
        item_counts=item_counts,
        marking_counts=_counts(reader, totals, (
            ("marking", "state", "Markings by state", "State"),
            ("marking", "marking_kind", "Markings by kind", "Kind"),
        )),
        transfer_counts=_counts(reader, totals, (
            ("transfer", "transfer_kind", "Transfers by kind", "Kind"),
            ("transfer", "lawful_status", "Transfers by lawful status", "Lawful status"),
        )),
        trace_counts=_counts(reader, totals, (
            ("trace_request", "status", "Trace requests by where they stand", "Status"),
            ("trace_reply", "reply_code", "Replies by code", "Reply code"),
        )),
        map=drawn, findings=findings.gather(reader, known, plots), items=items.gather(reader, known),
        plates=plates.gather(reader, thumbnail), grounds=grounds.gather(reader, known), chains=chains.gather(reader, known),
        tallies=tallies.gather(reader, known), method=method.gather(reader), sources=known,
        manifest=manifest.gather(reader, known),
    )


def _titles(reader: Reader, known: sources.Sources) -> tuple[str, tuple[str, ...]]:
    """The mission's title, or that of the published source of most items; then what else there is."""
    missions = [shown.label for shown in reader.list("mission", descending=False, limit=6).rows]
    if missions:
        return missions[0], tuple(missions[1:])
    published = [entry for entry in known.entries if entry.credit or entry.caution]
    if not published:
        return "Report on a case", ()
    most = max(published, key=lambda entry: (entry.items, -entry.number))
    others = len({entry.title for entry in published} - {most.title})
    return most.title, (f"and {plural(others, 'further source')}",) if others else ()


def _item_counts(reader: Reader, totals: dict[str, int]) -> tuple[Counted, ...]:
    """How items are counted: the first three always, the others where there is anything to say."""
    if not totals["item"]:
        return ()

    def table(by: str, title: str, head: str, unknown: str = "not known",
              shown: int = counts.SHOWN) -> counts.CountTable:
        return counts.tabulate(
            reader, "item", by, title=title, head=head, unknown_label=unknown, shown=shown
        )

    make = table("make", "Items by make", "Make")
    found = [
        Counted(table("family", "Items by family", "Family")),
        Counted(table("country", "Items by country of make", "Country of make")),
        Counted(make, figures.bars(make)),
    ]
    years = table(YEAR, "Items by year of recovery", "Year", shown=40)
    if years.every:
        found.append(Counted(years, figures.years(years)))
    site = table("site", "Items by site", "Site", "no site recorded")
    if site.every:
        found.append(Counted(site, figures.bars(site)))
    parent = table("parent", "Items by the item they are part of", "Part of",
                   "not part of another item")
    if parent.every:
        # Boxes with one thing each make a dull drawing.
        drawn = figures.bars(parent) if parent.rows[0].count >= _WORTH_DRAWING else None
        found.append(Counted(parent, drawn))
    source = table("source_document", "Items by source", "Source", "no source recorded")
    if len(source.every) > 1:
        found.append(Counted(source))
    return tuple(found)


def _counts(
    reader: Reader, totals: dict[str, int], wanted: tuple[tuple[str, str, str, str], ...]
) -> tuple[Counted, ...]:
    """Tables of the kinds of which there are any."""
    return tuple(
        Counted(counts.tabulate(reader, kind, by, title=title, head=head))
        for kind, by, title, head in wanted if totals[kind]
    )
