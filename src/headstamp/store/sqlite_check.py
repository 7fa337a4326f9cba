"""What can be wrong with a SQLite case beneath its rows: its schema, its pages, its search index.

The search index is FTS5's own affair: four or five inner tables to each. FTS5 can
check them against the text they were made from, but only by a statement that takes
the write lock, and not at all where the file is read-only. So the inner tables are
copied into the connection's temporary database and checked there; the case itself
is only read. What FTS5 leaves unchecked (its settings, and rows under no segment)
is checked here. Source of the inner layout: the head of SQLite's fts5_index.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from headstamp.store.driver import DATABASE_ERRORS, Driver, Raw

INDEXES = {"search_fts": "search_text", "marking_fts": "marking_key"}
# id bits: 16 of the segment, 1 of the kind, 5 of the height, 31 of the page.
_SEGMENT_SHIFT = 37
_HEIGHT_SHIFT, _LIST_SHIFT = 31, 36
_PAGE_MASK = (1 << 31) - 1
_STRUCTURE, _AVERAGES = 10, 1

Make = Callable[[Raw], None]


def schema_faults(conn: Raw, driver: Driver, make: Make) -> Iterator[tuple[str, str]]:
    """Tables, columns, views, triggers and unique indexes that are not those of a new case.

    ``make`` makes the tables of a new case in an empty database.
    """
    want = dict(_new_schema(driver.encrypted, make))
    held = _schema(conn)
    for name in sorted(held.keys() - want.keys()):
        if not name[1].startswith("sqlite_stat"):
            yield " ".join(name), "the case does not know this; it was added by hand"
    for name in sorted(want.keys() - held.keys()):
        # An index that is gone makes a case slower, unless it kept something unique.
        if name[0] != "index" or "UNIQUE" in (want[name] or ""):
            yield " ".join(name), "it is gone"
    for name in sorted(want.keys() & held.keys()):
        if want[name] != held[name]:
            yield " ".join(name), "it was changed by hand"


@cache
def _new_schema(encrypted: bool, make: Make) -> tuple[tuple[tuple[str, str], str | None], ...]:
    with closing(Driver.in_memory(encrypted)) as conn:
        make(conn)
        return tuple(_schema(conn).items())


def _schema(conn: Raw) -> dict[tuple[str, str], str | None]:
    rows = conn.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {
        (str(kind), str(name)): sql for kind, name, sql in rows
        if not str(name).startswith("sqlite_autoindex")
    }


def page_faults(path: Path, driver: Driver) -> list[str]:
    """What SQLite's own check and that of the search indexes say is wrong.

    Of an encrypted case every page of the file is looked at, also those that hold nothing.
    """
    with closing(driver.connect(path, read_only=True)) as conn:
        # The copies of the indexes are large; those of an encrypted case may be on no disk.
        conn.execute(f"PRAGMA temp_store={'MEMORY' if driver.encrypted else 'FILE'}")
        conn.execute("BEGIN")
        try:
            wrong = [
                str(said) for (said,) in conn.execute("PRAGMA integrity_check(20)")
                if said != "ok"
            ]
            wrong.extend(driver.page_faults(conn))
            for index, content in INDEXES.items():
                wrong.extend(f"{index}: {fault}" for fault in _index_faults(conn, index, content))
        except DATABASE_ERRORS as error:
            wrong = [str(error)]
        finally:
            conn.execute("ROLLBACK")
        return wrong


def _index_faults(conn: Raw, index: str, content: str) -> list[str]:
    row = conn.execute(
        "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?", (index,)
    ).fetchone()
    if row is None:
        return ["it is gone"]
    wrong = []
    if [tuple(some) for some in conn.execute(f"SELECT k, v FROM main.{index}_config")] != \
            [("version", 4)]:
        wrong.append("its settings were changed")
    try:
        wrong.extend(_stray_rows(conn, index))
        _check_copy(conn, index, content, row[0])
    except DATABASE_ERRORS as error:
        wrong.append(f"it does not agree with the texts it was made from ({error})")
    return wrong


def _check_copy(conn: Raw, index: str, content: str, sql: str) -> None:
    """FTS5's own check, on a copy of the index over a view of the texts."""
    conn.execute(f"CREATE TEMP VIEW {content} AS SELECT * FROM main.{content}")
    conn.execute(sql.replace("CREATE VIRTUAL TABLE ", "CREATE VIRTUAL TABLE temp.", 1))
    for part in ("data", "idx", "docsize", "config"):
        conn.execute(f"DELETE FROM temp.{index}_{part}")
        conn.execute(
            f"INSERT INTO temp.{index}_{part} SELECT * FROM main.{index}_{part}"
        )
    # Its memory of the empty index it was made with is dropped with the statement's end.
    conn.execute(f"INSERT INTO temp.{index}({index}, rank) VALUES ('integrity-check', 1)")


def _stray_rows(conn: Raw, index: str) -> Iterator[str]:
    """Rows of the inner tables that belong to no segment; FTS5 never looks at them."""
    block = conn.execute(
        f"SELECT block FROM main.{index}_data WHERE id = {_STRUCTURE}"
    ).fetchone()
    if block is None or type(block[0]) is not bytes:
        yield "its structure is gone"
        return
    segments = _segments(block[0])
    # All words of these are merged into another; their rows go when that merge is done.
    used_up = {segment for segment, pages in segments.items() if pages == (0, 0)}
    begun = set()
    for id_, length, leaf in conn.execute(
        f"SELECT id, length(block), substr(block, 3, 2) FROM main.{index}_data"
    ):
        if id_ in (_STRUCTURE, _AVERAGES):
            continue
        segment, page = id_ >> _SEGMENT_SHIFT, id_ & _PAGE_MASK
        if segment in used_up:
            continue
        first, last = segments.get(segment, (1, 0))
        # Of a segment being merged away, lists of documents outlive their pages.
        if not (1 if id_ >> _LIST_SHIFT & 1 else first) <= page <= last:
            yield f"row {id_} of {index}_data belongs to nothing"
        # A leaf on which a word begins has a list of its words after its content.
        elif not id_ >> _HEIGHT_SHIFT & 0x3F and int.from_bytes(leaf, "big") < length:
            begun.add((segment, page))
    listed = {
        (segment, page >> 1 if type(page) is int else None)
        for segment, page in conn.execute(f"SELECT segid, pgno FROM main.{index}_idx")
        if segment not in used_up
    }
    # A segment being merged away has lost its first pages but not their rows here.
    strange = {
        (segment, page) for segment, page in listed - begun
        if page is None or not 1 <= page < segments.get(segment, (0, 0))[0]
    }
    if strange or begun - listed:
        yield f"the rows of {index}_idx are not those of its pages"


def _segments(block: bytes) -> dict[int, tuple[int, int]]:
    """First and last page of each segment, from the structure record."""
    numbers = _numbers(block[4:])
    version_two = block[4:8] == b"\xff\x00\x00\x01"
    if version_two:
        numbers = _numbers(block[8:])
    try:
        levels, _, _ = next(numbers), next(numbers), next(numbers)
        found: dict[int, tuple[int, int]] = {}
        for _ in range(levels):
            _merging, count = next(numbers), next(numbers)
            for _ in range(count):
                segment, first, last = next(numbers), next(numbers), next(numbers)
                if version_two:
                    for _ in range(5):
                        next(numbers)
                found[segment] = first, last
        return found
    except StopIteration:
        return {}


def _numbers(data: bytes) -> Iterator[int]:
    """SQLite's variable-length numbers, one after the other."""
    value, length = 0, 0
    for byte in data:
        length += 1
        if length == 9:
            yield value << 8 | byte
            value, length = 0, 0
        elif byte & 0x80:
            value = value << 7 | byte & 0x7F
        else:
            yield value << 7 | byte
            value, length = 0, 0
