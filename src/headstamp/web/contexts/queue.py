"""Markings that wait for a second reader, and how well the case's readers agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.actions.markings.agreement import STATES, Statistics, queue
from headstamp.publish.wording import share
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import Piece, pieces, record_path
from headstamp.web.page import ON_PAGE, Context, Params

PER_PAGE = 50
_TITLES = {"one": "Read once", "two": "Read twice or more", "none": "Read by nobody"}
_COLUMNS = ("marking_kind", "position", "state")


@dataclass(frozen=True)
class QueueRow:
    """One marking, without its text: whoever looks may be its second reader."""

    marking: str
    item: str
    state: str
    readers: int
    mine: bool
    photograph: bool
    agreed: int | None
    compared: int | None
    label: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    cells: tuple[tuple[Piece, ...], ...] = field(default=(), metadata=ON_PAGE)
    agreement: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class QueueContext(Context):
    """One page of the queue, and the agreement of the case."""

    viewer: str
    state: str
    total: int
    offset: int
    rows: tuple[QueueRow, ...]
    statistics: Statistics
    headings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    tabs: tuple[tuple[str, str, str, int | None], ...] = field(default=(), metadata=ON_PAGE)
    share: str = field(default="", metadata=ON_PAGE)
    before: str = field(default="", metadata=ON_PAGE)
    after: str = field(default="", metadata=ON_PAGE)


def queue_context(reader: Reader, params: Params) -> QueueContext:
    """The queue as asked: ``state`` one, two or none; ``reader`` where it is not the actor."""
    viewer = params.text("reader") or params.actor
    state = params.choice("state", STATES)
    offset = params.whole("offset", 0, high=100_000)
    found = queue(reader, viewer, state=state, limit=PER_PAGE, offset=offset)
    stats = found.statistics
    kind = BY_NAME["marking"]
    labels = reader.labels([row.marking.get("item") for row in found.rows])
    as_reader = {"reader": viewer} if params.text("reader") else {}

    def address(state: str, offset: int = 0) -> str:
        more = {**as_reader, "state": state, **({"offset": offset} if offset else {})}
        return f"/reading?{urlencode(more)}"

    rows = []
    for row in found.rows:
        marking, lined = row.marking, row.agreement
        item = marking.get("item")
        rows.append(QueueRow(
            marking.id, item, marking.get("state", ""), row.readers, row.mine,
            bool(marking.get("photograph")), lined.agreed if lined else None,
            lined.compared if lined else None, label=labels.get(item, item),
            to=f"{record_path(marking.id)}/read" + (f"?{urlencode(as_reader)}" if as_reader else ""),
            cells=tuple(pieces(kind.by_name[name], marking.get(name), {}) for name in _COLUMNS),
            agreement="" if lined is None else lined.summary(),
        ))
    counts: dict[str, int | None] = {
        "one": stats.read_once, "two": stats.read_twice,
        "none": found.total if state == "none" else None,
    }
    return QueueContext(
        viewer, state, found.total, offset, tuple(rows), stats,
        headings=tuple(kind.by_name[name].title for name in _COLUMNS),
        tabs=tuple((one, _TITLES[one], address(one), counts[one]) for one in STATES),
        share=share(stats.agreed, stats.compared),
        before=address(state, max(0, offset - PER_PAGE)) if offset else "",
        after=address(state, offset + PER_PAGE) if offset + PER_PAGE < found.total else "",
    )
