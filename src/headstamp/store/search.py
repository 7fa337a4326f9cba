"""The search index: texts of records and keys of markings, brought up to the log when asked.

The rows here follow from the records; they are made after a change commits,
when somebody searches or an import ends, so that no writer waits for them.
``progress`` tells up to which log entry they reach. A text is kept once for
each clearance it needs, so that a search never sees more than its reader may.

How a marking's text becomes keys is the business of the room ``markings``; the
function is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, TextClause, and_, delete, func, literal, select, update
from sqlalchemy.sql.elements import ColumnElement

from headstamp.records import BY_NAME, BY_PREFIX, RecordType
from headstamp.store.backend import Backend, batches
from headstamp.store.policy import field_rank
from headstamp.store.rows import search_texts
from headstamp.store.tables import CURRENT, LOG, MARKING_KEY, PROGRESS, SEARCH_TEXT, UNREAD, VERSION

_BATCH = 5_000


class MarkingKeys(Protocol):
    """The keys under which a marking's text is found."""

    @property
    def plain(self) -> str: ...
    @property
    def folded(self) -> str: ...
    @property
    def ncic(self) -> str: ...


Keyer = Callable[[str], MarkingKeys]
Told = Callable[[int, int], None]

# Records whose verbatim text is a marking or a reading of one.
KEYED = {"marking": "text", "reading": "text"}


def behind(conn: Connection) -> tuple[int, int]:
    """(entries already searched through, entries in the log)."""
    done = conn.execute(select(PROGRESS.c.seq).where(PROGRESS.c.name == "search")).scalar() or 0
    size = conn.execute(select(func.coalesce(func.max(LOG.c.seq) + 1, 0))).scalar_one()
    return done, size


def catch_up(backend: Backend, keys: Keyer, told: Told | None = None) -> int:
    """Brings the search index up to the log; returns how many entries were taken in.

    ``told(done, all)`` is called as it goes on. Each batch is a transaction of its
    own, so that writers are never kept waiting for long.
    """
    taken = 0
    while True:
        with backend.reading() as conn:
            done, size = behind(conn)
        if done >= size:
            return taken
        with backend.writing() as conn:
            done, size = behind(conn)
            upto = min(done + _BATCH, size)
            _take_in(conn, backend, keys, done, upto)
            conn.execute(delete(PROGRESS).where(PROGRESS.c.name == "search"))
            backend.insert(conn, PROGRESS, ["name", "seq"], [("search", upto)])
        taken += upto - done
        if told is not None:
            told(upto, size)


def _take_in(conn: Connection, backend: Backend, keys: Keyer, start: int, end: int) -> None:
    rows = conn.execute(
        select(VERSION.c.kind, VERSION.c.id, VERSION.c.seq, VERSION.c.body)
        .where(VERSION.c.seq >= start, VERSION.c.seq < end).order_by(VERSION.c.seq)
    ).all()
    by_kind: dict[str, list[Any]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    texts: list[tuple[str, int, str]] = []
    marks: list[tuple[str, int, str, str, str, str]] = []
    for name, found in by_kind.items():
        kind, table = BY_NAME[name], CURRENT[name]
        # Only the current version is searched; a superseded one has no row here.
        ranks: dict[int, int] = dict(conn.execute(
            select(table.c.log_seq, table.c.visible_rank)
            .where(table.c.log_seq >= start, table.c.log_seq < end)
        ).all())
        for row in found:
            rank = ranks.get(row.seq)
            if rank is None or row.body is None:
                continue
            some_texts, some_marks = index_rows(kind, row.id, rank, orjson.loads(row.body), keys)
            texts.extend(some_texts)
            marks.extend(some_marks)
    first = conn.execute(select(func.coalesce(func.max(SEARCH_TEXT.c.number) + 1, 0))).scalar_one()
    first_key = conn.execute(
        select(func.coalesce(func.max(MARKING_KEY.c.number) + 1, 0))
    ).scalar_one()
    backend.insert(
        conn, SEARCH_TEXT, ["number", "id", "rank", "text"],
        [(first + n, *row) for n, row in enumerate(texts)],
    )
    backend.insert(
        conn, MARKING_KEY, ["number", "id", "rank", "raw", "plain", "folded", "ncic"],
        [(first_key + n, *row) for n, row in enumerate(marks)],
    )
    backend.index_added(conn, first, first_key)


def index_rows(
    kind: RecordType, id_: str, rank: int, values: dict[str, Any], keys: Keyer
) -> tuple[list[tuple[str, int, str]], list[tuple[str, int, str, str, str, str]]]:
    """What the index holds for one current version."""
    texts = [(id_, needs, text) for needs, text in search_texts(kind, values, rank)]
    marks = []
    field = KEYED.get(kind.name)
    raw = values.get(field) if field else None
    if raw is not None:
        made = keys(raw)
        needs = max(rank, field_rank(kind.name, field or ""))
        marks.append((id_, needs, raw, made.plain, made.folded, made.ncic))
    return texts, marks


def forget(conn: Connection, backend: Backend, ids: Sequence[str]) -> None:
    """Takes superseded versions out of the index."""
    for some in batches(ids, 500):
        texts = conn.execute(
            select(SEARCH_TEXT.c.number, SEARCH_TEXT.c.text)
            .where(backend.among(SEARCH_TEXT.c.id, some))
        ).all()
        keys = conn.execute(
            select(MARKING_KEY.c.number, MARKING_KEY.c.plain, MARKING_KEY.c.folded)
            .where(backend.among(MARKING_KEY.c.id, some))
        ).all()
        backend.index_removed(conn, [tuple(row) for row in texts], [tuple(row) for row in keys])
        conn.execute(delete(SEARCH_TEXT).where(backend.among(SEARCH_TEXT.c.id, some)))
        conn.execute(delete(MARKING_KEY).where(backend.among(MARKING_KEY.c.id, some)))


def re_rank(conn: Connection, backend: Backend, kind: RecordType, id_: str, rank: int) -> None:
    """A record's rank changed: its texts need that clearance from now on.

    Its rows are dropped and, since its version is not new to the log, made again
    here from what they held.
    """
    needs = {field_rank(kind.name, fact.name) for fact in kind.facts if fact.text} or {0}
    if len(needs) == 1:
        least = max(rank, needs.pop())
        conn.execute(update(SEARCH_TEXT).where(SEARCH_TEXT.c.id == id_).values(rank=least))
    else:
        body = conn.execute(
            select(VERSION.c.body).join(CURRENT[kind.name], CURRENT[kind.name].c.log_seq
                                        == VERSION.c.seq)
            .where(CURRENT[kind.name].c.id == id_)
        ).scalar_one()
        levels = [level for level, _ in search_texts(kind, orjson.loads(body), rank)]
        # The rows were made in this order; a record not yet searched through has none.
        numbers = conn.execute(
            select(SEARCH_TEXT.c.number).where(SEARCH_TEXT.c.id == id_)
            .order_by(SEARCH_TEXT.c.number)
        ).scalars().all()
        for number, level in zip(numbers, levels, strict=bool(numbers)):
            conn.execute(
                update(SEARCH_TEXT).where(SEARCH_TEXT.c.number == number).values(rank=level)
            )
    if kind.name in KEYED:
        least = max(rank, field_rank(kind.name, KEYED[kind.name]))
        conn.execute(update(MARKING_KEY).where(MARKING_KEY.c.id == id_).values(rank=least))


# -- questions


def find_texts(
    conn: Connection, backend: Backend, words: Sequence[str], rank: int, limit: int
) -> list[tuple[str, str]]:
    """(id, text) of visible records in whose text every word begins some word; oldest first."""
    return backend.find_texts(conn, words, rank, limit)


def find_keys(
    conn: Connection, backend: Backend, rank: int, limit: int, *, column: str, like: str = "",
    equal: str = "", unread: bool = False, filled: str = "",
) -> list[tuple[str, str]]:
    """(id, verbatim text) of visible markings and readings whose key is equal to or like this.

    ``column`` is ``raw``, ``plain``, ``folded`` or ``ncic``; ``unread`` asks for those that
    hold unread characters, whatever the key; ``filled`` for those of them that are this key once
    their unread characters are read.
    """
    condition: ColumnElement[bool] | TextClause
    if filled:
        # The stored key is the pattern here, and what was asked the text.
        pattern = func.replace(func.replace(MARKING_KEY.c[column], "?", "_"), "*", "%")
        condition = and_(UNREAD, literal(filled).like(pattern, escape="\x01"))
    elif unread:
        condition = UNREAD
    elif equal:
        condition = MARKING_KEY.c[column] == equal
    else:
        condition = backend.key_like(column, like)
    rows = conn.execute(
        select(MARKING_KEY.c.id, MARKING_KEY.c.raw)
        .where(condition, MARKING_KEY.c.rank <= rank)
        .order_by(MARKING_KEY.c.number).limit(limit)
    )
    return [(row.id, row.raw) for row in rows]


def kind_of(id_: str) -> str:
    """The record type an id belongs to."""
    return BY_PREFIX[id_.partition("-")[0]].name
