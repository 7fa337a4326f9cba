"""The report's findings: each sentence with its probability, grade, evidence and the reply given.

Likelihood and confidence are told apart, never in one sentence (ICD 203). What
is withdrawn is counted and not shown; what is not approved says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from headstamp.analysis.plot import Plot
from headstamp.publish import wording
from headstamp.publish.listing import Cut, first
from headstamp.publish.plot_svg import plot_svg
from headstamp.publish.sources import Citation, Sources
from headstamp.store.limits import SOURCE_NOT_NAMED, Limit, codes_of, told
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

LISTED = 150
_ORDER = {"approved": 0, "in_review": 1, "draft": 2}


@dataclass(frozen=True, slots=True)
class DrawnAgain:
    """The plots of one answer that a finding rests on, and how many entries the log had then."""

    plots: tuple[Plot, ...]
    entries: int


PlotsAgain = Callable[[Reader, Shown], tuple[tuple[DrawnAgain, ...], tuple[str, ...]]]
"""Of a finding: its plots, with nothing that this reader may not see, and why others are not drawn."""


@dataclass(frozen=True, slots=True)
class PlotFigure:
    """A plot below its finding: the drawing, its title, what is said of it."""

    svg: str
    title: str
    caption: str


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A party named in it: what became of its right of reply, and its answer word for word.

    ``other_wording``: it was asked about another wording of the sentence than stands here.
    """

    party: str
    state: str
    answer: str
    other_wording: bool


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One finding as the report tells it."""

    sentence: str
    approved: bool
    status: str
    probability: str
    confidence: str
    grade: str
    method: str
    alternatives: str
    reply: str
    asked: tuple[AskedLine, ...]
    items: tuple[str, ...]
    more_items: int
    papers: tuple[Citation, ...]
    limits: str = ""
    plots: tuple[PlotFigure, ...] = ()
    undrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """Approved findings first; how many were withdrawn."""

    cards: tuple[FindingCard, ...]
    cut: Cut
    withdrawn: int


def gather(reader: Reader, sources: Sources, plots: PlotsAgain | None = None) -> Findings:
    """All visible findings but those withdrawn; with ``plots`` those of the measures they rest on."""
    total, by_status = reader.count("finding", "status")
    withdrawn = dict(by_status).get("withdrawn", 0)
    rows, taken = first(
        reader, "finding", LISTED + withdrawn,
        key=lambda s: _ORDER.get(str(s.get("status")), 3), order="approved ones first",
    )
    kept = [shown for shown in rows if shown.get("status") != "withdrawn"][:LISTED]
    names = reader.labels(sorted({one for s in kept for one in (s.get("items") or ())[:5]}))
    if taken.shown + taken.withheld == total:
        # One that is left out does not say whether it is withdrawn, and is counted once.
        withdrawn = sum(shown.get("status") == "withdrawn" for shown in rows)
    cut = Cut(len(kept), total - withdrawn, "approved ones first", taken.withheld)
    limits = reader.limits([shown.id for shown in kept])
    cards = tuple(_card(reader, one, names, sources, limits.get(one.id, ()), plots) for one in kept)
    return Findings(cards, cut, withdrawn)


def _card(
    reader: Reader, shown: Shown, names: dict[str, str], sources: Sources, limits: Sequence[Limit],
    plots: PlotsAgain | None,
) -> FindingCard:
    def word(name: str) -> str:
        return wording.field("finding", shown.values, name)

    low, high = shown.get("probability_low"), shown.get("probability_high")
    interval = ""
    if low is not None or high is not None:
        interval = f"{'?' if low is None else wording.number(low)} to " \
                   f"{'?' if high is None else wording.number(high)} %"
    probability = word("probability")
    if probability and interval:
        probability = f"{probability} ({interval})"
    items = [one for one in shown.get("items") or () if one in names]
    drawn, undrawn = plots(reader, shown) if plots is not None else ((), ())
    return FindingCard(
        word("sentence"), shown.get("status") == "approved", word("status"),
        probability or interval, word("confidence"), word("grade"), word("method"),
        word("alternatives"), word("reply_given"), tuple(_asked(reader, shown)), tuple(names[one] for one in items),
        len(shown.get("items") or ()) - len(items),
        () if SOURCE_NOT_NAMED in codes_of(limits) else sources.papers(shown.get("documents")),
        "; ".join(told(limits)),
        tuple(_figure(plot, one.entries) for one in drawn for plot in one.plots), undrawn,
    )


def _figure(plot: Plot, entries: int) -> PlotFigure:
    said = f"{plot.words.strip()} " if plot.words.strip() else ""
    return PlotFigure(plot_svg(plot), plot.title, f"{said}As it was when the log had "
                      f"{wording.plural(entries, 'entry', 'entries')}.")


def _asked(reader: Reader, finding: Shown) -> Iterator[AskedLine]:
    rights = reader.referring(finding.id, kind="right_of_reply", field="finding")
    parties = reader.labels([str(right.get("party")) for right in rights])
    asked = {str(right.get("party")) for right in rights}
    for right in rights:
        yield AskedLine(
            parties.get(str(right.get("party")), ""),
            wording.field("right_of_reply", right.values, "right_state"),
            wording.field("right_of_reply", right.values, "answer"),
            right.get("sentence") != finding.get("sentence"),
        )
    named = [one for one in finding.get("named") or () if one not in asked]
    for party in reader.labels(named).values():
        yield AskedLine(party, "not asked yet", "", False)
