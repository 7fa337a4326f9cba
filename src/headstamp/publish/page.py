"""The report as one HTML page that needs nothing else: styles and drawings are in it.

Made for reading on a screen and, through the same page, for print. The same
report gives the same bytes: no clock, no random id, no order left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from headstamp.publish import wording
from headstamp.publish.qr import qr_svg
from headstamp.publish.report import Report


@dataclass
class Captions:
    """Numbers tables and figures in the order in which they stand on the page."""

    tables: int = 0
    figures: int = 0
    listed: list[tuple[str, int, str]] = field(default_factory=list)

    def table(self, title: str) -> str:
        self.tables += 1
        self.listed.append(("Table", self.tables, title))
        return f"Table {self.tables}"

    def figure(self, title: str) -> str:
        self.figures += 1
        self.listed.append(("Figure", self.figures, title))
        return f"Figure {self.figures}"


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the page."""

    id: str
    number: int
    title: str


def sections(report: Report) -> dict[str, Section]:
    """The parts this report has, numbered in order; a part with nothing to say is left out."""
    grounds, chains = report.grounds, report.chains
    wanted = (
        ("short", "In short", True),
        ("findings", "Findings", bool(
            report.findings.cards or report.findings.withdrawn or report.findings.cut.withheld)),
        ("counts", "Items in numbers", bool(report.item_counts)),
        ("map", "Map", report.map is not None),
        ("sites", "Sites and what passed between them",
         bool(grounds.sites or grounds.flows or grounds.visits)),
        ("items", "Items, their markings and sources", bool(report.items)),
        ("plates", "Plates", bool(report.plates.plates or report.plates.undrawn)),
        ("chains", "Transfers and custody in time", bool(
            chains.transfers or chains.custody or chains.transfers_cut.withheld
            or chains.custody_cut.withheld)),
        ("traces", "Trace requests", bool(chains.requests)),
        ("tallies", "Published counts of others", report.tallies is not None),
        ("method", "How this was made, and what it can carry", True),
        ("sources", "Sources, credits and licences", True),
        ("check", "How to check this report", True),
        ("manifest", "Manifest of originals", True),
    )
    present = [(id_, title) for id_, title, there in wanted if there]
    return {id_: Section(id_, at, title) for at, (id_, title) in enumerate(present, 1)}


def _text(name: str) -> str:
    return files("headstamp.publish").joinpath(f"templates/{name}").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )
    environment.filters.update(
        n=wording.number, mark=wording.marking, said=wording.said, prose=wording.prose,
        listed=wording.listed,
    )
    environment.globals.update(share=wording.share, plural=wording.plural)
    return environment


def render(report: Report) -> str:
    """The whole page as text."""
    parts = sections(report)
    return _environment().get_template("report.html").render(
        report=report, standing=report.standing, parts=parts, captions=Captions(),
        style=Markup(_text("report.css")),  # noqa: S704  (ours, no value of a case is in it)
        witness=qr_svg(report.standing.note, "Checkpoint as a QR code",
                       "The signed checkpoint that stands beside it, for a machine to read"),
        svg=Markup,  # drawings are escaped where they are drawn
    )
