"""PostgreSQL: a case in a database, for a team's server.

Writers queue on one advisory lock a database, so that the log has one order.
Markings are found by trigrams where the ``pg_trgm`` extension may be had, by a
scan of the keys otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import (
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    create_engine,
    false,
    func,
    inspect,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.sql.elements import ColumnElement

from headstamp.errors import Conflicting, Unavailable
from headstamp.store.backend import Rows
from headstamp.store.tables import MARKING_KEY, METADATA, SEARCH_TEXT
from headstamp.vocab import fold

# Any number will do, so long as all writers use the same.
_LOCK = 0x6865616473746D70  # "headstmp"
_LOCK_WAIT = "60s"

# With either off, a power cut loses or tears what the server has acknowledged. A server whose rows
# nobody will miss says so in its own settings, where it is said that it does not sync.
_SYNCED = ("fsync", "full_page_writes")
TRIAL = "headstamp.trial"
_SETTINGS = (", ".join(f"current_setting('{name}')" for name in _SYNCED)
             + f", current_setting('{TRIAL}', true)")
# Ours to decide, and ours is decided: for this transaction, whatever the server's default.
_DURABLE = ("CASE WHEN current_setting('synchronous_commit') = 'off'"
            " THEN set_config('synchronous_commit', 'on', true) END")
_ENTER = text(f"SELECT pg_advisory_xact_lock(:lock), {_DURABLE}, {_SETTINGS}")

# Whatever can change rows or answers without being a table of ours.
_ADDED = """
SELECT 'view ' || relname FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('v', 'm')
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'rule ' || rulename FROM pg_rewrite JOIN pg_class AS c ON c.oid = ev_class
 WHERE rulename <> '_RETURN' AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'policy ' || polname FROM pg_policy JOIN pg_class AS c ON c.oid = polrelid
 WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'event trigger ' || evtname FROM pg_event_trigger
ORDER BY 1
"""
_TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY 1
"""
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f')
   AND a.attnum > 0 AND NOT a.attisdropped
"""

# Left to itself PostgreSQL reads 07-85 as 07 and minus 85, and a/b as a path. So that
# both stores find the same, a text is first parted at its punctuation and loses its
# accents, as the other store's index does it.
_MARKS = "!\"#$&''()*+,-./:;<=>?@[\\]^_`{|}~«»„“”‘’‚…·•–—×°№،؛؟。、"
_VECTOR = (
    "to_tsvector('simple', regexp_replace(normalize(translate(search_text.text,"
    f" '{_MARKS}', '{' ' * (len(_MARKS) - 1)}'), NFKD), '[\u0300-\u036f]', '', 'g'))"
)


class Postgres:
    """The case in a PostgreSQL database."""

    name = "postgres"

    def __init__(self, url: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        # Asked first: a connection that a restarted server has dropped is replaced, not handed out.
        self._engine = create_engine(self.url, isolation_level="READ COMMITTED", pool_pre_ping=True)
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with _wrapped(), self._engine.begin() as conn:
            _enter(conn)
            yield conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _wrapped(), self._snapshots.begin() as conn:
            yield conn

    def exists(self) -> bool:
        with _wrapped():
            return inspect(self._engine).has_table("meta")

    def create(self) -> None:
        if self.exists():
            raise Conflicting(f"there is a case in {self.url.render_as_string()} already")
        with _wrapped():
            trigrams = self._trigrams()
            with self._engine.begin() as conn:
                _enter(conn)
                _make_tables(conn, METADATA.sorted_tables, trigrams)

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        with _wrapped():
            trigrams = self._trigrams()
            with self._engine.begin() as conn:
                _enter(conn)
                held = [name for (name,) in self.tuples(conn, _TABLES)]
                if held:
                    raise Conflicting(
                        f"the database {self.url.database} is not empty; it holds "
                        + ", ".join(held[:5]) + ". Name a new, empty one"
                    )
                _make_tables(conn, METADATA.sorted_tables, trigrams)
                yield conn

    def remake(self, conn: Connection, tables: Sequence[Table]) -> None:
        trigrams = bool(self.tuples(conn, "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"))
        METADATA.drop_all(conn, tables=list(tables))
        _make_tables(conn, tables, trigrams)

    def unsafe_settings(self) -> list[str]:
        """Settings of the server with which a power cut loses what was acknowledged."""
        with self.reading() as conn:
            return [name for name in _SYNCED if conn.exec_driver_sql(f"SHOW {name}").scalar() == "off"]

    def refuse_unsafe(self) -> None:
        with self.reading() as conn:
            _refuse_unsafe(conn.execute(text(f"SELECT {_SETTINGS}")).one())

    def _trigrams(self) -> bool:
        try:
            with self._engine.begin() as conn:
                conn.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            return True
        except DBAPIError:
            # Not installed, or not ours to add: searching works, by scanning.
            return False

    def insert(self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        names = ",".join(f'"{name}"' for name in columns)
        with _raw(conn).cursor() as cursor, cursor.copy(
            f'COPY "{table.name}" ({names}) FROM STDIN'
        ) as copy:
            for row in rows:
                copy.write_row(row)

    def add_counts(
        self, conn: Connection, table: Table, columns: Sequence[str], rows: Rows
    ) -> None:
        marks = ",".join(["%s"] * len(columns))
        names = ",".join(f'"{name}"' for name in columns)
        keys = ",".join(f'"{name}"' for name in columns[:-1])
        rows = list(rows)
        with _raw(conn).cursor() as cursor:
            cursor.executemany(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
                f' ON CONFLICT ({keys}) DO UPDATE SET n = "{table.name}".n + excluded.n', rows,
            )
            if any(row[-1] < 0 for row in rows):
                cursor.execute(f'DELETE FROM "{table.name}" WHERE n = 0')

    def among(self, column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
        # One parameter however many values: the protocol's limit is on their number.
        return column == any_(bindparam("among", list(values), type_=ARRAY(Text), unique=True))

    def find_texts(
        self, conn: Connection, words: Sequence[str], rank: int, limit: int
    ) -> list[tuple[str, str]]:
        rows = conn.execute(
            select(SEARCH_TEXT.c.id, SEARCH_TEXT.c.text)
            .where(_text_query(words), SEARCH_TEXT.c.rank <= rank)
            .order_by(SEARCH_TEXT.c.number).limit(limit)
        )
        return [(row.id, row.text) for row in rows]

    def key_like(self, column: str, pattern: str) -> ColumnElement[bool]:
        return MARKING_KEY.c[column].like(pattern, escape="\\")

    def index_added(self, conn: Connection, first: int, first_key: int) -> None:
        """Nothing to do: PostgreSQL keeps its indexes itself."""

    def index_removed(
        self, conn: Connection, texts: Sequence[tuple[int, str]],
        keys: Sequence[tuple[int, str, str]],
    ) -> None:
        """Nothing to do: PostgreSQL keeps its indexes itself."""

    def tuples(self, conn: Connection, sql: str) -> list[tuple[Any, ...]]:
        with _raw(conn).cursor() as cursor:
            return list(cursor.execute(sql).fetchall())

    def stream(self, conn: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
        with _raw(conn).cursor(name="headstamp_stream") as cursor:
            cursor.itersize = 5_000
            yield from cursor.execute(sql)

    def schema_faults(self, conn: Connection) -> list[tuple[str, str]]:
        added = "the case does not know this; it was added by hand"
        faults = [(name, added) for (name,) in self.tuples(conn, _ADDED)]
        held: dict[str, set[str]] = {}
        for table, column in self.tuples(conn, _COLUMNS):
            held.setdefault(table, set()).add(column)
        for name in sorted(held.keys() - METADATA.tables.keys()):
            faults.append((f"table {name}", added))
        for name, table in METADATA.tables.items():
            if name not in held:
                faults.append((f"table {name}", "it is gone"))
            elif held[name] != set(table.c.keys()):
                odd = ", ".join(sorted(held[name] ^ set(table.c.keys())))
                faults.append((f"table {name}", f"its columns were changed by hand: {odd}"))
        return faults

    def scrub(self) -> list[str]:
        said: list[str] = []
        left = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        try:
            with left.connect() as conn:
                _raw(conn).add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
                conn.execute(text(f"SET lock_timeout = '{_LOCK_WAIT}'"))
                for name in METADATA.tables:
                    # Its statistics hold values too: they are taken anew.
                    conn.execute(text(f'VACUUM (FULL, ANALYZE) "{name}"'))
                # The statistics that were there before lie in its pages until it is rewritten too.
                conn.execute(text("VACUUM (FULL) pg_catalog.pg_statistic"))
                conn.execute(text("RESET lock_timeout"))
        except DBAPIError as error:
            said.append(str(error.orig))
        return [f"PostgreSQL did not rewrite its tables: {one.strip()}. Let their owner run VACUUM (FULL, "
                "ANALYZE)" for one in said]

    def check_indexes(self) -> list[str]:
        return []  # PostgreSQL's indexes cannot be written by a statement

    def close(self) -> None:
        self._engine.dispose()


def _enter(conn: Connection) -> None:
    """Begins a transaction that writes: alone, durable when it is through, or refused."""
    _refuse_unsafe(conn.execute(_ENTER, {"lock": _LOCK}).one()[2:])


def _refuse_unsafe(settings: Sequence[Any]) -> None:
    off = [name for name, value in zip(_SYNCED, settings, strict=False) if value == "off"]
    if off and settings[-1] != "on":
        raise Unavailable(
            f"the database server runs with {' and '.join(off)} off: a power cut would lose what it has "
            "acknowledged. Nothing is recorded there; the case can be read, verified and backed up. Let "
            f"whoever keeps the server set {' and '.join(off)} = on and restart it. (Only where nobody "
            f"would miss what is lost: {TRIAL} = on in the server's settings)"
        )


def _make_tables(conn: Connection, tables: Sequence[Table], trigrams: bool) -> None:
    METADATA.create_all(conn, tables=list(tables))
    if SEARCH_TEXT in tables:
        conn.execute(text(f"CREATE INDEX search_words ON search_text USING gin (({_VECTOR}))"))
    if trigrams and MARKING_KEY in tables:
        conn.execute(text("CREATE INDEX marking_trigrams ON marking_key"
                          " USING gin (plain gin_trgm_ops, folded gin_trgm_ops)"))


def _raw(conn: Connection) -> Any:
    return conn.connection.driver_connection


@contextmanager
def _wrapped() -> Iterator[None]:
    """Foreign errors become ours where they enter."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("too many read the case at once; try again") from error
    except OperationalError as error:
        raise Unavailable(f"the database cannot be used: {error.orig}") from error
    except DBAPIError as error:
        raise Unavailable(f"the database refused: {error.orig}") from error
    except psycopg.Error as error:  # where we speak to the driver itself
        raise Unavailable(f"the database cannot be used: {error}") from error


def _text_query(words: Sequence[str]) -> ColumnElement[bool]:
    """All words begin some word of the text."""
    # A word is the row of its pieces; quoted, no character is read as an operator.
    pieces = [fold(word).split() for word in words]
    if not all(pieces):
        return false()  # nothing but punctuation is in no text
    phrases = [" <-> ".join(f"'{piece}'" for piece in some) + ":*" for some in pieces]
    query = bindparam("words", " & ".join(phrases), type_=Text, unique=True)
    return literal_column(_VECTOR).bool_op("@@")(func.to_tsquery("simple", query))
