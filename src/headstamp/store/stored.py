"""Versions as they are stored, read again: the record that a text tells of, and its rows."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, select

from headstamp.records import Record, RecordType
from headstamp.records.record import ON_FILE
from headstamp.store.rows import Row, make_row
from headstamp.store.tables import VERSION


def is_on_file(conn: Connection, id_: str) -> bool:
    """Whether there is, or was, a record of this id, whoever may see it."""
    return conn.execute(select(VERSION.c.seq).where(VERSION.c.id == id_).limit(1)).first() is not None


def record_of_body(kind: RecordType, id_: str, text: bytes) -> Record:
    """The record that a stored version's text tells of."""
    return kind.cls.model_validate({**orjson.loads(text), "id": id_})


def record_on_file(kind: RecordType, id_: str, text: bytes) -> Record:
    """The same, where the rules between its fields need not hold: some of them may be erased."""
    return kind.cls.model_validate({**orjson.loads(text), "id": id_}, context=ON_FILE)


def row_of_body(kind: RecordType, id_: str, version: int, rank: int, text: bytes) -> Row:
    """All that follows from a stored version's text."""
    record = record_on_file(kind, id_, text)
    names, values = kind.canonical_values(record)
    return make_row(kind, record, version, rank, names, values)


def same_values(old: bytes, new: bytes, ignoring: Sequence[str]) -> bool:
    """Whether two texts say the same, but for these fields."""
    if old == new:
        return True
    if not ignoring:
        return False
    before, after = orjson.loads(old), orjson.loads(new)
    for name in ignoring:
        before.pop(name, None)
        after.pop(name, None)
    return bool(before == after)
