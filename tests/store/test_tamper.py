"""Whoever changes a case behind the store's back is found out, whatever he changes.

The tables are found from the database itself, so that a new one cannot be
forgotten. Each change is made by plain SQL in a transaction that is rolled back;
the check looks at that transaction.
"""

from __future__ import annotations

import base64
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from headstamp.actions.cases import check_case, index_case
from headstamp.errors import HeadstampError, Tampered
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.note import Signer, sign
from headstamp.records import TYPES, Item, Marking, Photograph
from headstamp.store.case import Case, settings_text
from headstamp.store.handing import versions_from
from headstamp.store.new_key import replace_key
from headstamp.store.tables import CURRENT, METADATA
from headstamp.store.verify import Finding
from tests.conftest import STORES, new_case
from tests.making import one_of_each

Do = Callable[[str], Any]


def filled(case: Case) -> None:
    """Every type, superseded versions, full tiles, originals, all of it indexed."""
    with case.change(actor="A", reason="first") as change:
        change.file(b"")
        records = one_of_each()
        change.put_many(records)
    kept = []
    with case.change(actor="B", reason="second") as change:
        change.put_many(one_of_each("again"))
        for number in range(4):
            kept.append(change.file(b"picture %d" % number * 1000).digest)
        change.put_many([Photograph.build(digest=digest) for digest in kept])
        items = [Item.build(make=f"make {n}", tier="restricted") for n in range(150)]
        change.put_many(items)
        change.put_many([Marking.build(item=item.id, text=f"AB{n:04}C") for n, item in
                         enumerate(items)])
    with case.change(actor="A", reason="corrected") as change:
        change.put_many([one.model_copy(update={"remark": "corrected"}) for one in records])
    with tempfile.TemporaryDirectory() as folder, Case.create(folder) as other:
        # Versions of another laptop: some become current, some contradict what is here.
        with other.change(actor="C", reason="seen elsewhere") as change:
            change.put_many([Item.build(make=f"other {n}") for n in range(3)])
            change.put_many([item.model_copy(update={"make": "else"}) for item in items[:4]])
        with other.backend.reading() as conn:
            given = [one.version for one in versions_from(conn, other.origin, 0, 7)]
        with case.change(actor="A", reason="taken in") as change:
            taken = change.receive(given, case.origin)
            assert (len(taken.take), len(taken.hold)) == (3, 4)
            change.settle(items[0], taken.hold[:1], case.origin)
    replace_key(case, actor="A", reason="it was time")
    replace_key(case, actor="A", reason="the laptop was away for a night", revoked=True)
    index_case(case)
    assert check_case(case) == []


@pytest.fixture(scope="module", params=STORES)
def base(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    with new_case(request.param, tmp_path_factory.mktemp("tamper") / "case") as case:
        filled(case)
        yield case


class _RollBack(Exception):
    pass


def found_after(case: Case, tamper: Callable[[Connection], None]) -> list[Finding]:
    """What the check finds once this was done; then it is undone."""
    found: list[Finding] = []
    reading = type(case.backend).reading
    try:
        with case.backend.writing() as conn:
            tamper(conn)

            @contextmanager
            def inside(self: object) -> Iterator[Connection]:
                yield conn

            type(case.backend).reading = inside  # type: ignore[method-assign]
            try:
                found = check_case(case)
            finally:
                type(case.backend).reading = reading  # type: ignore[method-assign]
            raise _RollBack
    except _RollBack:
        return found


def sql(*statements: str) -> Callable[[Connection], None]:
    def tamper(conn: Connection) -> None:
        for statement in statements:
            done = conn.execute(text(statement.replace(":", r"\:")))
            assert done.rowcount != 0, f"nothing was changed by: {statement}"

    return tamper


def tables(case: Case) -> dict[str, dict[str, str]]:
    """Every table with its columns and their types, as the database tells it."""
    with case.backend.reading() as conn:
        if case.backend.name == "sqlite":
            names = [name for (name,) in case.backend.tuples(
                conn, "SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: {row[1]: row[2].lower() for row in case.backend.tuples(
                conn, f"PRAGMA table_info('{name}')")} for name in names}
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in case.backend.tuples(
            conn, "SELECT table_name, column_name, data_type FROM information_schema.columns"
                  " WHERE table_schema = current_schema()"
        ):
            found.setdefault(table, {})[column] = kind
        return found


def changed(column: str, kind: str) -> str:
    """An SQL expression for another value of that type."""
    if "int" in kind:
        return f'coalesce("{column}", 6) + 1000'
    if kind in ("double", "double precision", "float", "real"):
        return f'coalesce("{column}", 6) + 0.5'
    if kind == "boolean":
        return f'NOT coalesce("{column}", true)'
    if kind == "blob":
        return f"""CAST(x'00' || "{column}" AS BLOB)"""
    if kind == "bytea":
        return f"""'\\x00'::bytea || "{column}\""""
    return f"""coalesce("{column}", '') || 'x'"""


def first_row(case: Case, table: str, key: list[str]) -> str:
    """A condition that only one row of a table meets."""
    with case.backend.reading() as conn:
        names = ",".join(f'"{name}"' for name in key)
        row = case.backend.tuples(conn, f'SELECT {names} FROM "{table}" ORDER BY 1 LIMIT 1')[0]
    return " AND ".join(
        f'"{name}" = ' + (str(value) if isinstance(value, int) else f"'{value}'")
        for name, value in zip(key, row, strict=True)
    )


def key_of(table: str) -> list[str]:
    return [column.name for column in METADATA.tables[table].primary_key]


def test_every_table_of_the_database_is_known(base: Case) -> None:
    inner = {f"{name}{end}" for name in ("search_fts", "marking_fts")
             for end in ("", "_data", "_idx", "_docsize", "_config")}
    assert set(tables(base)) - inner == set(METADATA.tables)
    if base.backend.name == "sqlite":
        assert inner <= set(tables(base))


# A row's number in the search index says nothing but in which order hits are told.
# SQLite's index hangs on it: test_rows_of_the_search_index_keep_their_number.
NUMBERED = {("search_text", "number"), ("marking_key", "number")}


@pytest.mark.parametrize("table", sorted(set(METADATA.tables) - set(CURRENT)))
def test_a_changed_value_is_found(base: Case, table: str) -> None:
    where = first_row(base, table, key_of(table))
    for column, kind in tables(base)[table].items():
        if (table, column) in NUMBERED:
            continue
        found = found_after(base, sql(
            f'UPDATE "{table}" SET "{column}" = {changed(column, kind)} WHERE {where}'))
        assert found, f"{table}.{column}"


@pytest.mark.parametrize("table", sorted(CURRENT))
def test_a_changed_value_of_a_record_is_found_and_named(base: Case, table: str) -> None:
    columns = tables(base)[table]
    where = first_row(base, table, ["id"])
    id_ = where.split("'")[1]
    leading = ("log_seq", "id", "version_no", "visible_rank")
    rest = [name for name in columns if name not in leading]
    found = found_after(base, sql(f'UPDATE "{table}" SET ' + ", ".join(
        f'"{name}" = {changed(name, columns[name])}' for name in rest) + f" WHERE {where}"))
    told = next(one.detail for one in found if one.id == id_ and "was changed in" in one.detail)
    assert sorted(told.partition("in: ")[2].split(", ")) == sorted(rest)
    for name in leading:
        found = found_after(base, sql(
            f'UPDATE "{table}" SET "{name}" = {changed(name, columns[name])} WHERE {where}'
            if name != "log_seq" else f'UPDATE "{table}" SET log_seq = 999999 WHERE {where}'))
        assert id_ in " ".join(one.id + one.detail for one in found), f"{table}.{name}"


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_a_deleted_row_is_found(base: Case, table: str) -> None:
    assert found_after(base, sql(
        f'DELETE FROM "{table}" WHERE {first_row(base, table, key_of(table))}'))


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_a_row_slipped_in_is_found(base: Case, table: str) -> None:
    columns = tables(base)[table]
    key = key_of(table)
    kinds = columns
    # A copy of a row under another key: as unsuspicious as can be.
    shifted = {name: (f'"{name}" + 1000' if "int" in kinds[name] else f"""'zz' || "{name}\"""")
               for name in [key[-1]]}
    if table in CURRENT:
        shifted["id"] = "id || 'zz'"
    if table == "version":
        shifted["number"] = "number + 7"
    names = ",".join(f'"{name}"' for name in columns)
    values = ",".join(shifted.get(name, f'"{name}"') for name in columns)
    assert found_after(base, sql(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}"'
        f" WHERE {first_row(base, table, key)}"))


@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_an_emptied_table_is_found(base: Case, table: str) -> None:
    assert found_after(base, sql(f'DELETE FROM "{table}"'))


def entry_of(case: Case, seq: int) -> bytes:
    with case.backend.reading() as conn:
        found: bytes = case.backend.tuples(conn, f"SELECT entry FROM log WHERE seq = {seq}")[0][0]
    return found


def literal(case: Case, data: bytes) -> str:
    if case.backend.name == "sqlite":
        return f"x'{data.hex()}'"
    return f"'\\x{data.hex()}'::bytea"


def test_an_edited_entry_is_found_and_named(base: Case) -> None:
    entry = entry_of(base, 5)
    for other in (entry.replace(b'"actor":"A"', b'"actor":"Z"'), b"{}", b"", entry + b" "):
        found = found_after(base, sql(
            f"UPDATE log SET entry = {literal(base, other)} WHERE seq = 5"))
        assert "entry 5" in {one.id for one in found}, other


def test_swapped_removed_and_inserted_entries_are_found(base: Case) -> None:
    swap = ("UPDATE log SET seq = -1 WHERE seq = 5", "UPDATE log SET seq = 5 WHERE seq = 6",
            "UPDATE log SET seq = 6 WHERE seq = -1")
    move = "UPDATE log SET seq = -seq - 1 WHERE seq >= {0}"
    back = "UPDATE log SET seq = -seq - 1 {1} 1 WHERE seq < 0"
    for statements in (
        swap,
        ("DELETE FROM log WHERE seq = 9", move.format(9), back.format(0, "-")),
        (move.format(9), back.format(0, "+"),
         f"INSERT INTO log VALUES (9, {literal(base, entry_of(base, 8))})"),
        ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",),
        ("DELETE FROM version WHERE seq = (SELECT max(seq) FROM version)",
         "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)"),
    ):
        assert found_after(base, sql(*statements)), statements


def test_checkpoints_cannot_be_edited_or_moved(base: Case) -> None:
    for statement in (
        "UPDATE checkpoint SET note = replace(note, 'A', 'B') WHERE size > 0",
        "UPDATE checkpoint SET note = '' WHERE size > 0",
        "UPDATE checkpoint SET size = size + 1000 WHERE size > 300",
        f"DELETE FROM checkpoint WHERE size = {len(TYPES)}",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint AS c WHERE c.size = 0)"
        " WHERE size > 0",
    ):
        assert found_after(base, sql(statement)), statement


@pytest.mark.parametrize("change", ["key", "origin", "format", "created_at", "seal"])
def test_settings_cannot_be_changed(base: Case, change: str) -> None:
    found = found_after(base, sql(f"UPDATE meta SET value = value || '1' WHERE key = '{change}'"))
    assert "settings_changed" in {one.what for one in found}
    assert found_after(base, sql("INSERT INTO meta VALUES ('debug', 'on')"))


def test_what_does_not_belong_into_the_case_is_found(base: Case) -> None:
    statements = [
        "CREATE TABLE stolen (a TEXT)",
        "CREATE VIEW shown AS SELECT * FROM item",
        "ALTER TABLE item ADD COLUMN secret TEXT",
        "DROP TABLE edge",
        "DROP TABLE item",
    ]
    if base.backend.name == "sqlite":
        statements += [
            "CREATE TRIGGER t AFTER INSERT ON item BEGIN DELETE FROM log WHERE seq = 1; END",
            "CREATE UNIQUE INDEX u ON item (make, id)",
            "DROP INDEX item_by_id",
        ]
    for statement in statements:
        def tamper(conn: Connection, statement: str = statement) -> None:
            conn.exec_driver_sql(statement)

        try:
            found = found_after(base, tamper)
        except Tampered:
            continue
        assert "foreign_table" in {one.what for one in found}, statement


@pytest.mark.postgres
def test_a_rule_or_trigger_in_postgres_is_found(base: Case) -> None:
    if base.backend.name != "postgres":
        pytest.skip("SQLite has no rules")
    for statements in (
        ("CREATE RULE r AS ON DELETE TO item DO INSTEAD NOTHING",),
        ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
         "CREATE TRIGGER t BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION f()"),
        ("ALTER TABLE item ENABLE ROW LEVEL SECURITY",
         "CREATE POLICY p ON item USING (visible_rank < 2)"),
        ("CREATE MATERIALIZED VIEW m AS SELECT * FROM item",),
    ):
        def tamper(conn: Connection, statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                conn.exec_driver_sql(statement)

        assert "foreign_table" in {one.what for one in found_after(base, tamper)}, statements


# -- what is only so in SQLite: any type anywhere, and the search index's inner tables


@pytest.fixture(scope="module")
def file_case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with new_case("sqlite", tmp_path_factory.mktemp("file") / "case") as case:
        filled(case)
        yield case
    case.close()


def copied(case: Case, to: Path) -> Path:
    with closing(sqlite3.connect(case.folder / "case.sqlite")) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(case.folder, to)
    return to


def found_in_copy(case: Case, to: Path, statement: str, *given: Any) -> list[Finding]:
    copied(case, to)
    with closing(sqlite3.connect(to / "case.sqlite")) as conn, conn:
        assert conn.execute(statement, given).rowcount != 0, statement
    try:
        with Case.open(to) as opened:
            return check_case(opened)
    finally:
        shutil.rmtree(to)


@pytest.mark.parametrize("value", ["'text'", "x'ff00'", "7", "7.5", "NULL", "CAST(x'ff' AS TEXT)"])
def test_a_value_of_another_type_is_a_finding_and_no_error(file_case: Case, value: str) -> None:
    for table, columns in METADATA.tables.items():
        if table not in ("log", "version", "tile", "edge", "checkpoint", "item", "search_text",
                         "progress", "facet_count", "ref"):
            continue
        for column in columns.c:
            try:
                found = found_after(file_case, sql(
                    f'UPDATE "{table}" SET "{column.name}" = {value}'
                    f" WHERE {first_row(file_case, table, key_of(table))}"))
            except HeadstampError as error:  # SQLite itself refuses it
                assert "constraint" in str(error) or "mismatch" in str(error), error
                continue
            assert found or _same_as_before(file_case, table, column.name, value), (
                f"{table}.{column.name} = {value}")


def _same_as_before(case: Case, table: str, column: str, value: str) -> bool:
    where = first_row(case, table, key_of(table))
    with case.backend.reading() as conn:
        return bool(case.backend.tuples(
            conn, f'SELECT "{column}" IS {value} FROM "{table}" WHERE {where}')[0][0])


def test_the_inner_tables_of_the_search_index_cannot_be_changed(
    file_case: Case, tmp_path: Path
) -> None:
    inner = [name for name in tables(file_case) if "_fts_" in name]
    assert len(inner) == 8
    with closing(sqlite3.connect(file_case.folder / "case.sqlite")) as conn:
        for table in inner:
            columns = [(row[1], row[2]) for row in conn.execute(f"PRAGMA table_info('{table}')")]
            key = columns[0][0]
            last = f'rowid = (SELECT max(rowid) FROM "{table}")'
            if table.endswith(("_idx", "_config")):  # these have no row number
                last = f'"{key}" = (SELECT max("{key}") FROM "{table}")'
            statements = [f'DELETE FROM "{table}"', f'DELETE FROM "{table}" WHERE {last}']
            for name, _ in columns:
                value = conn.execute(f'SELECT "{name}" FROM "{table}" WHERE {last}').fetchone()[0]
                other = f'"{name}" + 77' if isinstance(value, int) else (
                    f"""CAST(x'7f' || "{name}" AS BLOB)""" if isinstance(value, bytes)
                    else f"""'x' || "{name}\"""")
                statements.append(f'UPDATE "{table}" SET "{name}" = {other} WHERE {last}')
            shifted = ",".join(
                f'"{name}" + 5' if isinstance(conn.execute(
                    f'SELECT "{name}" FROM "{table}" WHERE {last}').fetchone()[0], int)
                else f"""'x' || "{name}\"""" if name == key else f'"{name}"'
                for name, _ in columns
            )
            statements.append(f'INSERT INTO "{table}" SELECT {shifted} FROM "{table}" WHERE {last}')
            for number, statement in enumerate(statements):
                found = found_in_copy(file_case, tmp_path / f"{table}{number}", statement)
                assert any(one.what == "database_damaged" and table.rpartition("_")[0] in one.detail
                           for one in found), statement


@pytest.mark.parametrize("table", ["search_text", "marking_key"])
def test_rows_of_the_search_index_keep_their_number(
    file_case: Case, tmp_path: Path, table: str
) -> None:
    assert found_in_copy(
        file_case, tmp_path / "copy", f"UPDATE {table} SET number = number + 1000 WHERE number = 3")


def test_any_byte_of_the_search_index_is_held_fast(file_case: Case, tmp_path: Path) -> None:
    """A byte that is changed unseen says nothing: some mark a word as dropped that still stands."""
    draw = random.Random(7)
    with closing(sqlite3.connect(file_case.folder / "case.sqlite")) as conn:
        blocks = conn.execute("SELECT id, block FROM search_fts_data WHERE id > 10").fetchall()
        words = _words(conn)
    found = 0
    for number in range(40):
        id_, block = draw.choice(blocks)
        at = draw.randrange(len(block))
        other = bytes([*block[:at], block[at] ^ (1 << draw.randrange(8)), *block[at + 1:]])
        if found_in_copy(
            file_case, tmp_path / str(number),
            "UPDATE search_fts_data SET block = ? WHERE id = ?", other, id_,
        ):
            found += 1
            continue
        copied(file_case, tmp_path / "unseen")
        with closing(sqlite3.connect(tmp_path / "unseen" / "case.sqlite")) as conn, conn:
            conn.execute("UPDATE search_fts_data SET block = ? WHERE id = ?", (other, id_))
            assert _words(conn) == words, (id_, at)
        shutil.rmtree(tmp_path / "unseen")
    assert found >= 35


def _words(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Every word of the search index with where it stands, as a search reads it."""
    conn.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search_fts', 'instance')")
    return conn.execute("SELECT * FROM temp.words ORDER BY 1, 2, 3, 4").fetchall()


def test_a_check_waits_for_no_writer_and_writes_nothing(file_case: Case) -> None:
    with closing(sqlite3.connect(file_case.folder / "case.sqlite", isolation_level=None)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        try:
            assert check_case(file_case) == []
        finally:
            conn.execute("ROLLBACK")


def test_a_check_goes_on_beside_a_writer(sqlite_case: Case) -> None:
    """Whatever is written while it looks: it sees one state, and finds nothing wrong in it."""
    import threading

    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with sqlite_case.change(actor="w", reason="meanwhile") as change:
                change.put(Item.build(make="x"))
            index_case(sqlite_case)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(8):
            with Case.open(sqlite_case.folder) as other:
                assert check_case(other) == []
    finally:
        stop.set()
        thread.join()


# -- originals


def test_a_flipped_byte_in_any_original_is_found_and_named(file_case: Case, tmp_path: Path) -> None:
    draw = random.Random(3)
    for number, digest in enumerate(sorted(file_case.vault.digests())):
        path = file_case.vault.path(digest)
        before = path.read_bytes()
        damages = [b"", before + b"\n", b"\x00" + before]
        if before:
            at = draw.randrange(len(before))
            damages += [before[:-1], bytes([*before[:at], before[at] ^ 1, *before[at + 1:]])]
        else:
            damages.remove(b"")
        try:
            for damage in damages:
                path.chmod(0o644)
                path.write_bytes(damage)
                (one,) = check_case(file_case)
                assert (one.what, one.id.partition("-")[0]) in {
                    ("original_changed", "photo"), ("original_changed", "doc")}
                assert digest in one.detail
            path.unlink()
            (one,) = check_case(file_case)
            assert one.what == "original_missing"
        finally:
            path.write_bytes(before)
        assert number < 50
    assert check_case(file_case) == []


# -- what only a checkpoint kept elsewhere shows


def test_a_cut_tail_shows_against_an_outside_checkpoint(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        for n in range(5):
            with case.change(actor="a", reason="r") as change:
                change.put(Item.build(make=str(n)))
        older = copied(case, tmp_path / "older")
        with case.change(actor="a", reason="the thing to hide") as change:
            change.put(Item.build(make="hidden"))
        outside = case.checkpoint_note()
        assert check_case(case, against=[outside]) == []
    with Case.open(older) as rolled_back:
        assert check_case(rolled_back) == []  # in itself it is whole
        (one,) = check_case(rolled_back, against=[outside])
        assert one.what == "log_shorter_than_checkpoint"
        with rolled_back.change(actor="a", reason="another story") as change:
            change.put(Item.build(make="other"))
        assert check_case(rolled_back) == []
        (one,) = check_case(rolled_back, against=[outside])
        assert one.what == "fork"


def test_a_swapped_key_shows_against_an_outside_checkpoint(file_case: Case, tmp_path: Path) -> None:
    outside = file_case.checkpoint_note()
    folder = copied(file_case, tmp_path / "copy")
    forger = Signer.generate(file_case.origin)
    meta = {**file_case.meta, "key": forger.verifier_key}
    with closing(sqlite3.connect(folder / "case.sqlite")) as conn, conn:
        for size, note in conn.execute("SELECT size, note FROM checkpoint").fetchall():
            root = note.split("\n")[2]
            again = sign_checkpoint(
                Checkpoint(file_case.origin, size, base64.b64decode(root)), forger)
            conn.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (again, size))
        conn.execute("DELETE FROM key_change")  # the new first key is the only one there was
        conn.execute("UPDATE meta SET value = ? WHERE key = 'key'", (meta["key"],))
        conn.execute("UPDATE meta SET value = ? WHERE key = 'seal'", (sign(settings_text(meta), forger),))
    with Case.open(folder) as forged:
        assert "settings_changed" in {one.what for one in check_case(forged)}
        with pytest.raises(Tampered), forged.change(actor="a", reason="r"):
            pass
    (folder / "keys" / "device.pub").write_text(forger.verifier_key + "\n")
    key = folder / "keys" / "device.key"
    key.chmod(0o600)
    key.write_text(forger.text() + "\n")
    with Case.open(folder) as forged:
        assert check_case(forged) == []  # whoever has all of it can write it anew
        (one,) = check_case(forged, against=[outside])
        assert one.what == "signature_invalid"


def test_another_key_in_the_folder_signs_nothing(file_case: Case, tmp_path: Path) -> None:
    folder = copied(file_case, tmp_path / "copy")
    key = folder / "keys" / "device.key"
    key.write_text(Signer.generate("headstamp.local/other").text() + "\n")
    with Case.open(folder) as opened:
        with pytest.raises(Tampered), opened.change(actor="a", reason="r"):
            pass
        assert [one.what for one in check_case(opened)] == ["settings_changed"]
    key.unlink()
    with Case.open(folder) as opened:
        assert check_case(opened) == []  # it can still be read and checked


def test_a_case_whose_key_or_format_was_changed_does_not_open_as_if_all_were_well(
    file_case: Case, tmp_path: Path
) -> None:
    for number, change in enumerate(("key", "format", "origin")):
        folder = copied(file_case, tmp_path / str(number))
        with closing(sqlite3.connect(folder / "case.sqlite")) as conn, conn:
            conn.execute("UPDATE meta SET value = '7' WHERE key = ?", (change,))
        try:
            with Case.open(folder) as opened:
                assert "settings_changed" in {one.what for one in check_case(opened)}
        except Tampered:
            pass


def test_no_false_alarm(tmp_path: Path) -> None:
    from tests.store.model import Life

    for seed in range(30):
        with Case.create(tmp_path / str(seed)) as case:
            for number, _ in enumerate(Life(seed + 100).live(case, 4)):
                if number % 3 == seed % 3:
                    index_case(case)
            assert check_case(case) == []
        assert os.path.getsize(tmp_path / str(seed) / "case.sqlite")
