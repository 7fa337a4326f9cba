"""Runs of markings with their gaps, ranges that answers name, and what stands around one reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import numpy as np

from headstamp.actions.markings.series import (
    NO_NUMBERS,
    Around,
    Ranged,
    Surroundings,
    ready,
    surroundings,
)
from headstamp.errors import Unavailable
from headstamp.markings.normalise import plain_key
from headstamp.markings.series import Series
from headstamp.markings.unread import has_unread
from headstamp.records import BY_NAME
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, record_path, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

PER_PAGE = 25
LONGEST = 200
MOST_HERE = 2_000_000
_MEMBERS = 24
_RANGED = 100
_MISSING = 8
_READINGS = 6
_BINS = 60


@dataclass(frozen=True)
class Nearby:
    """One thing said of a reading: a run it is in or next to, or a range that covers it.

    ``what`` is ``run`` or ``range``. ``lead`` how it stands to it, ``first`` and ``last`` the
    run's ends, ``record`` the id of the record that names the range, ``details`` the rest.
    """

    what: str
    lead: str
    first: str
    last: str
    record: str
    details: str
    to: Piece | None = field(default=None, metadata=ON_PAGE)


@dataclass(frozen=True)
class RunView:
    """One run. ``missing`` and ``duplicates`` are the first of them; ``chance`` is how many runs
    as tight one would expect by chance.
    """

    first: str
    last: str
    prefix: str
    suffix: str
    split: str
    count: int
    span: int
    density: float
    largest_gap: int
    missing: tuple[str, ...]
    more_missing: int
    duplicates: tuple[str, ...]
    chance: float
    markings: tuple[str, ...]
    members: tuple[tuple[Piece, Piece | None], ...] = field(default=(), metadata=ON_PAGE)
    more: int = field(default=0, metadata=ON_PAGE)
    strip: tuple[tuple[float, float, float], ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class RangedView:
    """A record that names serial numbers: its text, what is read of it, and what is doubtful."""

    record: str
    kind: str
    serials: str
    ranges: tuple[str, ...]
    doubts: tuple[str, ...]
    problems: tuple[str, ...]
    left_out: tuple[str, ...]
    to: Piece | None = field(default=None, metadata=ON_PAGE)
    kind_title: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class SeriesContext(Context):
    """All runs, the longest first; the ranges; and what stands around ``asked``."""

    asked: str
    around: tuple[Nearby, ...]
    total: int
    looked_at: int
    page: int
    pages: int
    runs: tuple[RunView, ...]
    ranged_total: int
    ranged: tuple[RangedView, ...]
    earlier: str = field(default="", metadata=ON_PAGE)
    later: str = field(default="", metadata=ON_PAGE)
    title: str = field(default="Series", metadata=ON_PAGE)


def series_context(reader: Reader, params: Params) -> SeriesContext:
    """One page of the runs. Raises Unavailable where the case is too large for a page."""
    asked = params.text("near")[:LONGEST]
    page = params.whole("page", 1, 1, 1_000_000)
    if reader.totals()["marking"] > MOST_HERE:
        raise Unavailable(f"with more than {MOST_HERE:,} markings the runs are not made for a page; "
                          "use `headstamp series` on the command line")
    found = surroundings(params.case, reader)
    pages = max(1, -(-len(found.series) // PER_PAGE))
    page = min(page, pages)
    runs = found.series[(page - 1) * PER_PAGE : page * PER_PAGE]
    ranged = found.ranged[:_RANGED]
    shown = reader.many([one.id for one in ranged])
    return SeriesContext(
        asked, nearby(reader, found, asked) if asked else (), len(found.series), found.looked_at,
        page, pages, _run_views(reader, found, runs), len(found.ranged),
        tuple(_ranged_view(one, shown) for one in ranged),
        _link(asked, page - 1) if page > 1 else "", _link(asked, page + 1) if page < pages else "",
    )


def nearby_of(
    case: Case | None, reader: Reader, mark: Shown, readings: Sequence[Shown] = ()
) -> tuple[tuple[Nearby, ...], ...]:
    """What stands around a marking, then around each of its readings.

    Around readings only where the marking was not read in full. Empty where it takes more than
    a moment to tell, and for markings whose numbers count no pieces.
    """
    text = mark.get("text", "")
    nothing: tuple[tuple[Nearby, ...], ...] = ((),) * (1 + len(readings))
    if case is None or not text or mark.get("marking_kind") in NO_NUMBERS:
        return nothing
    found = ready(case, reader)
    if found is None:
        return nothing
    partial = has_unread(plain_key(text))
    return (
        nearby(reader, found, text, short=True),
        *(nearby(reader, found, one.get("text", ""), short=True)
          if partial and number < _READINGS else ()
          for number, one in enumerate(readings)),
    )


def nearby(
    reader: Reader, found: Surroundings, text: str, *, short: bool = False
) -> tuple[Nearby, ...]:
    """What stands around a text; ``short`` leaves out which numbers of a run are missing."""
    return views_of(found.around(reader, text), short=short)


def views_of(around: Around, *, short: bool = False) -> tuple[Nearby, ...]:
    """Runs first, then ranges."""
    return (
        *(Nearby("run", place.lead, place.series.first_text, place.series.last_text, "",
                 place.series.details(holes=0 if short else 4)) for place in around.places),
        *(Nearby("range", f"{one.cover.how} covered by {BY_NAME[one.kind].title}".strip(), "", "",
                 one.id, one.cover.details(), ref_piece(one.id, one.label))
          for one in around.covered),
    )


def _link(asked: str, page: int) -> str:
    return "/series?" + urlencode({**({"near": asked} if asked else {}), "page": page})


def _run_views(
    reader: Reader, found: Surroundings, runs: list[Series]
) -> tuple[RunView, ...]:
    wanted = {
        id(run): [found.ids[at] for at in run.positions[:_MEMBERS].tolist()] for run in runs
    }
    marks = reader.many([one for ids in wanted.values() for one in ids])
    labels = reader.labels([
        str(mark.get("item")) for mark in marks.values() if mark.get("item")
    ])
    return tuple(_run_view(run, [marks[i] for i in wanted[id(run)] if i in marks], labels)
                 for run in runs)


def _run_view(run: Series, marks: list[Shown], labels: dict[str, str]) -> RunView:
    told = run.as_dict(most=_MISSING)
    missing = tuple(
        low if low == high else f"{low} to {high}" for low, high in told["missing"]
    )
    shown = sum(high - low + 1 for low, high in run.missing(_MISSING))
    return RunView(
        run.first_text, run.last_text, run.prefix, run.suffix, run.rule, run.count, run.span,
        round(run.density, 4), run.largest_gap, missing, run.span - run.count - shown,
        tuple(f"{number} \u00d7 {times}" for number, times in told["duplicates"]), told["chance"],
        tuple(mark.id for mark in marks),
        tuple((ref_piece(mark.id, mark.label),
               ref_piece(owner, labels[owner]) if (owner := mark.get("item")) in labels else None)
              for mark in marks),
        len(run.positions) - len(marks), strip_of(run),
    )


def strip_of(run: Series) -> tuple[tuple[float, float, float], ...]:
    """The run from first to last as up to 60 cells: (from, width, share recorded), in per cent.

    Cells without any recorded number are left out.
    """
    cells = min(_BINS, run.span)
    at = (run.numbers - run.first) * cells // run.span
    held = np.bincount(at.astype(np.int64), minlength=cells)
    room = np.diff(-(-np.arange(cells + 1) * run.span // cells))
    width = 100 / cells
    return tuple(
        (round(float(n) * width, 3), round(width, 3), round(float(held[n] / room[n]), 3))
        for n in range(cells) if held[n]
    )


def _ranged_view(one: Ranged, shown: dict[str, Shown]) -> RangedView:
    label = shown[one.id].label if one.id in shown else one.id
    return RangedView(
        one.id, one.kind, one.text, tuple(map(str, one.ranges)),
        tuple(dict.fromkeys(f"{range_}: {doubt}" for range_ in one.ranges
                            for doubt in range_.doubts)),
        one.problems, one.left_out, Piece(label, "ref", record_path(one.id)),
        BY_NAME[one.kind].title,
    )
