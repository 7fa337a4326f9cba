"""The tables of a case, made from the record declarations.

Kept for good, append-only:

- ``log``        one entry a row, in order: what the tree is built over
- ``version``    the text of each version of each record, and the seed of its salts
- ``tile``       full tiles of the tree, and ``edge`` its loose right edge
- ``checkpoint`` one signed checkpoint a change
- ``key_change`` the signed statements by which one signing key followed another

Derived from those, so that it can be asked quickly, and checked by ``verify``:

- one table a record type with its current versions, one column a part of a fact
- ``ref``        which record refers to which
- ``facet_count`` how many current records of each rank have each value of each facet
- ``node``     the names, in other devices' logs, of versions that came from there
- ``aside``    versions of other devices that are kept beside the current one
- ``search_text``, ``marking_key``, ``progress``: the search index and how far it is
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy import Text as SomeText
from sqlalchemy.dialects.postgresql import TEXT as POSTGRES_TEXT

from headstamp.records import TYPES, RecordType

METADATA = MetaData()
# Both stores sort and compare text by code point, whatever the database's language.
Text = SomeText().with_variant(POSTGRES_TEXT(collation="C"), "postgresql")
_SQL: dict[str, Any] = {
    "text": Text, "int": BigInteger, "real": Double, "bool": Boolean, "json": Text,
}
# SQLite's row number must be declared INTEGER; PostgreSQL's counter is 64 bits wide.
_SEQ = BigInteger().with_variant(Integer, "sqlite")

META = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text))
LOG = Table(
    "log", METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
)
VERSION = Table(
    "version", METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    # The entry of the version before this one. A history is walked back from the
    # current version: an index by id would be the dearest part of an import.
    # A version that is held aside (below) is no link of that chain.
    Column("before", BigInteger),
    # The seed of the salts; where fields are erased, the salts of the others (``salted``).
    Column("seed", LargeBinary),
    Column("body", LargeBinary),
    # 1 where the version came from another device and is not in the line of versions
    # that were current here, one after the other.
    Column("held", SmallInteger),
)
KEY_CHANGE = Table(
    "key_change", METADATA,
    # The log's size when the key was changed: checkpoints beyond it are the new key's.
    Column("size", _SEQ, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
TILE = Table(
    "tile", METADATA,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
EDGE = Table(
    "edge", METADATA,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
CHECKPOINT = Table(
    "checkpoint", METADATA,
    Column("size", _SEQ, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)
REF = Table(
    "ref", METADATA,
    Column("to_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("from_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)
NODE = Table(
    "node", METADATA,
    Column("log", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    # The entry of our own log by which that version was put on file here.
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
ASIDE = Table(
    "aside", METADATA,
    Column("seq", _SEQ, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    # 1 while it contradicts the current version and nobody has settled that.
    Column("open", SmallInteger, nullable=False),
    Index("aside_by_id", "id"),
)
SEARCH_TEXT = Table(
    "search_text", METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("text", Text, nullable=False),
    Index("search_text_by_id", "id"),
)
MARKING_KEY = Table(
    "marking_key", METADATA,
    Column("number", _SEQ, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("raw", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("ncic", Text, nullable=False),
    Index("marking_key_by_id", "id"),
    Index("marking_key_by_plain", "plain"),
    Index("marking_key_by_folded", "folded"),
    Index("marking_key_by_ncic", "ncic"),
)
# Markings that hold unread characters themselves can answer any query: kept at hand.
UNREAD = text(
    "(marking_key.folded LIKE '%?%' OR marking_key.folded LIKE '%*%'"
    " OR marking_key.folded LIKE '%[%')"
)
_UNREAD_INDEX = text(UNREAD.text.replace("marking_key.", ""))
Index("marking_key_unread", MARKING_KEY.c.number,
      sqlite_where=_UNREAD_INDEX, postgresql_where=_UNREAD_INDEX)
COUNT = Table(
    "facet_count", METADATA,
    Column("kind", Text, primary_key=True),
    # The empty field counts all records of the kind.
    Column("field", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("visible_rank", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
PROGRESS = Table(
    "progress", METADATA,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

FIXED = (META, LOG, VERSION, TILE, EDGE, CHECKPOINT, KEY_CHANGE, REF, NODE, ASIDE, SEARCH_TEXT,
         MARKING_KEY, COUNT, PROGRESS)

# Columns of a type's table that stand before those of its facts.
LEADING = ("log_seq", "id", "version_no", "visible_rank")
YEAR = "year"


@cache
def facet_columns(kind: RecordType) -> tuple[str, ...]:
    """The columns by which records of a type are narrowed and counted."""
    facets = [c.name for fact in kind.facts if fact.facet for c in fact.columns if not c.derived]
    return (*facets, "source_document", YEAR) if kind.when else (*facets, "source_document")


@cache
def naming_columns(kind: RecordType) -> tuple[str, ...]:
    """The facets that name records: found by index, for a site's page asks by its site.

    The others have few values or are counted in memory; an index on each would
    cost an import more than it gives a list.
    """
    named = {column.name for fact in kind.facts if fact.ref is not None for column in fact.columns}
    return tuple(c for c in facet_columns(kind) if c in named or c == "source_document")


def _table(kind: RecordType) -> Table:
    columns: list[Column[Any]] = [Column(c.name, _SQL[c.sql]) for c in kind.columns]
    if kind.when:
        columns.append(Column(YEAR, Text))
    table = Table(
        kind.name, METADATA,
        Column("log_seq", _SEQ, primary_key=True, autoincrement=False),
        Column("id", Text, nullable=False),
        Column("version_no", Integer, nullable=False),
        Column("visible_rank", SmallInteger, nullable=False),
        *columns,
        Index(f"{kind.name}_by_id", "id", unique=True),
    )
    for name in naming_columns(kind):
        # Empty ones are not indexed: most are, and nobody looks long for one.
        filled = table.c[name].is_not(None)
        Index(f"{kind.name}_by_{name}", table.c[name], table.c.log_seq, table.c.visible_rank,
              sqlite_where=filled, postgresql_where=filled)
    return table


CURRENT: dict[str, Table] = {kind.name: _table(kind) for kind in TYPES}
