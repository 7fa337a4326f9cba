"""The overview: what the case holds, when, what is new, what is missing, how the log stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from headstamp.actions.measures.effort import beside_count
from headstamp.actions.missing import Gap, gaps
from headstamp.actions.waits import waits
from headstamp.publish.chart import timeline_svg
from headstamp.records import BY_NAME, TYPES, RecordType
from headstamp.store.reader import Reader
from headstamp.store.survey import COUNTED_TO
from headstamp.web.contexts.backed_up import BackupState, backup_state
from headstamp.web.contexts.exchange import ExchangeState, exchange_state
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.listing import Links, facet_title, value_labels
from headstamp.web.contexts.witness import WitnessView, witness_views
from headstamp.web.page import ON_PAGE, Context, Params
from headstamp.web.work import Verified

BREAKDOWNS = ("family", "make", "country", "site")
# The kinds in the order in which a reader asks for them; the rest as declared.
_FIRST = ("item", "marking", "photograph", "document", "site", "recovery", "party", "transfer",
          "tally")
_BARS = 8
_TOLD = 4
_YEARS = 60
_RECENT = 8


@dataclass(frozen=True)
class KindCount:
    """How many records of a kind there are."""

    kind: str
    title: str
    count: int
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Bar:
    """One value of a breakdown; ``share`` is of the largest, in per cent, for its bar."""

    value: Any
    label: str
    count: int
    share: float = field(default=0.0, metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Breakdown:
    """Items by one of their facets, commonest first; ``more`` values are not named."""

    name: str
    title: str
    bars: tuple[Bar, ...]
    more: int
    without: int
    to_all: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class Years:
    """Records by year, gaps filled with noughts; those without a year beside them."""

    kind: str
    years: tuple[tuple[str, int], ...]
    without: int
    earlier: int
    plural: str = field(default="", metadata=ON_PAGE)
    svg: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class News:
    """One change, or neighbouring ones by one actor for one reason."""

    actor: str
    at: str
    reason: str
    counts: tuple[tuple[str, int], ...]
    ids: tuple[str, ...]
    told: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    links: tuple[tuple[str, str, str], ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class GapView:
    """One thing that is missing; ``count`` None: not counted here, being slow at this size."""

    name: str
    title: str
    why: str
    kind: str
    count: int | None
    of: int
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class WaitView:
    """Something that waits for a person; ``count`` None: its own page counts, this one does not."""

    name: str
    title: str
    count: int | None
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class LogState:
    """How the log stands, and what the last verification by this program found.

    ``verified_at`` is empty where none has been made since the program started. ``witness``
    is who outside has the checkpoint with most entries, ``backup`` when the case was backed up last.
    """

    origin: str
    size: int
    checkpoint: str
    backup: BackupState
    verified_at: str = ""
    verified_size: int = 0
    findings: int = 0
    witness: WitnessView | None = None


@dataclass(frozen=True)
class OverviewContext(Context):
    """All that the first page tells."""

    kinds: tuple[KindCount, ...]
    breakdowns: tuple[Breakdown, ...]
    recoveries: Years | None
    items: Years | None
    recent: tuple[News, ...]
    waits: tuple[WaitView, ...]
    missing: tuple[GapView, ...]
    log: LogState
    exchange: ExchangeState
    effort: str = ""
    empty: bool = field(default=False, metadata=ON_PAGE)


def overview_context(reader: Reader, params: Params) -> OverviewContext:
    """The overview. Every count comes from the counts kept for facets: quick at any size."""
    totals = reader.totals()
    return OverviewContext(
        kinds=tuple(
            KindCount(k.name, (k.title if totals[k.name] == 1 else k.plural).replace("_", " "),
                      totals[k.name], f"/{k.slug}")
            for k in sorted(TYPES, key=_rank) if totals[k.name]
        ),
        breakdowns=tuple(
            found for name in BREAKDOWNS
            if totals["item"] and (found := breakdown(reader, name)).bars
        ),
        recoveries=years(reader, "recovery"), items=years(reader, "item"),
        recent=recent(reader),
        effort=beside_count(reader, "item") if totals["item"] else "",
        waits=tuple(WaitView(one.name, one.title, one.count, one.path)
                    for one in waits(params.case, reader)),
        missing=gap_views(gaps(reader, datetime.now(UTC).date())),
        log=log_state(reader, params), exchange=exchange_state(reader, params.case),
        empty=not any(totals.values()),
    )


def breakdown(reader: Reader, name: str) -> Breakdown:
    """Items by one facet."""
    kind = BY_NAME["item"]
    _, groups = reader.count("item", name)
    known = [(value, n) for value, n in groups if value not in (None, "")]
    shown = known[:_BARS]
    labels = value_labels(reader, kind, name, [value for value, _ in shown])
    largest = max((n for _, n in shown), default=1) or 1
    link = Links(kind, {}, "", "table")
    return Breakdown(
        name, facet_title(kind, name),
        tuple(
            Bar(value, label, n, round(100 * n / largest, 2), link.narrowed(name, value))
            for (value, n), label in zip(shown, labels, strict=True)
        ),
        len(known) - len(shown), sum(n for value, n in groups if value in (None, "")),
        link.to(more=name),
    )


def years(reader: Reader, kind: str) -> Years | None:
    """Records of a kind by year; None where none has one."""
    _, groups = reader.count(kind, "year")
    known = {int(value): n for value, n in groups if value and str(value).isdigit()}
    without = sum(n for value, n in groups if not (value and str(value).isdigit()))
    if not known:
        return None
    last = max(known)
    first = max(min(known), last - _YEARS + 1)
    points = tuple((str(year), known.get(year, 0)) for year in range(first, last + 1))
    plural = BY_NAME[kind].plural
    word = "Recoveries" if kind == "recovery" else f"{plural.capitalize()} by date found"
    return Years(kind, points, without, sum(n for year, n in known.items() if year < first),
                 plural, timeline_svg(f"{word}, by year", points, unit=plural, height=190))


def recent(reader: Reader) -> tuple[News, ...]:
    """What is new, newest first."""
    spans = reader.recent(_RECENT)
    found = reader.many([id_ for span in spans for id_ in span.ids])
    return tuple(
        News(
            span.actor, span.at, span.reason, span.counts, span.ids,
            _told(span.counts),
            tuple((record_path(id_), found[id_].label, found[id_].kind)
                  for id_ in span.ids if id_ in found),
        )
        for span in spans
    )


def _rank(kind: RecordType) -> int:
    return _FIRST.index(kind.name) if kind.name in _FIRST else len(_FIRST)


def _told(counts: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """The largest counts in words, the rest in one."""
    largest = sorted(counts, key=lambda one: -one[1])
    told = [_counted(kind, n) for kind, n in largest[:_TOLD]]
    rest = len(largest) - len(told)
    if rest:
        told.append(f"and {rest} other kind{'s' if rest > 1 else ''}")
    return tuple(told)


def _counted(kind: str, n: int) -> str:
    """``1 item``, ``31 markings``, ``more than 10,000 items``."""
    type_ = BY_NAME[kind]
    if n > COUNTED_TO:
        return f"more than {COUNTED_TO:,} {type_.plural.replace('_', ' ')}"
    return f"{n:,} {(type_.title if n == 1 else type_.plural).replace('_', ' ')}"


def gap_views(found: Sequence[Gap]) -> tuple[GapView, ...]:
    """Gaps as a page lists them: those that are there, the largest first, noughts left out."""
    views = [
        GapView(g.question.name, g.title, g.question.why, g.question.kind, g.count, g.of,
                g.question.path)
        for g in found if g.count != 0
    ]
    return tuple(sorted(views, key=lambda view: -(view.count if view.count is not None else 0)))


def log_state(reader: Reader, params: Params) -> LogState:
    """The latest checkpoint, who has one, and the latest verification by this program as it runs."""
    note = params.case.checkpoint_note()
    origin, size = note.split("\n")[:2]
    witness = next(iter(witness_views(reader, origin, 1)), None)
    job = params.jobs.latest("verification", "done")
    backup = backup_state(params.case, int(size))
    if job is None or not isinstance(job.result, Verified):
        return LogState(origin, int(size), note, backup, witness=witness)
    found = job.result
    return LogState(origin, int(size), note, backup, found.at, found.size, len(found.findings), witness)
