"""One suite over both engines: every question, the SQL they share, and every declared difference.

All tests that need Spark stand in this file: then one worker starts it, once.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from headstamp.engine.driver import Driver
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.engine import Engine
from headstamp.engine.engines import Choice, engine_over
from headstamp.engine.gaps import GAPS, Fails, Gap
from headstamp.engine.held import hold
from headstamp.engine.question import Question, given_values
from headstamp.engine.questions import QUESTIONS, question_named
from headstamp.engine.remote import open_remote
from headstamp.engine.snapshot import Snapshot, open_snapshot
from headstamp.engine.spark import Spark
from headstamp.errors import Conflicting, Invalid, Missing, Tampered
from tests.engine.conftest import Engines
from tests.engine.small import COUNTED, small_case

ENGINES = ("duckdb", "spark")
# What a question must be given that cannot do without; the first choice of a parameter is not always worth asking.
GIVEN: dict[str, list[dict[str, str]]] = {
    "counts": [{"kind": "item", "by": "family,country"}, {"kind": "photograph", "by": "view"}],
    "months": [{"kind": "item"}, {"kind": "document"}, {"kind": "visit"}],
    "frequent_markings": [{}, {"least": "1", "family": "arm"}],
    "item_markings": [{}, {"by": "item_type", "parts": "only"}],
    "things": [{}, {"since": "2016-11-01", "until": "2017-03-01"}],
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, engines: Engines, small: Snapshot) -> Engine:
    """Each engine over the small case."""
    return engines(request.param, small)


def asked(engine: Engine, question: Question, given: dict[str, str]) -> list[dict[str, Any]]:
    """The rows, each with exactly the columns that the question promises."""
    rows = question.ask(engine, **given_values(question.name, question.parameters, given))
    for row in rows:
        assert tuple(row) == question.columns
    return rows


def same(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    """Equal, in the same order; sums of numbers with a point may differ in their last place."""
    return len(rows) == len(others) and all(
        list(row) == list(other) and all(
            a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-12))
            for a, b in zip(row.values(), other.values(), strict=True))
        for row, other in zip(rows, others, strict=True))


@pytest.mark.parametrize("name", [question.name for question in QUESTIONS])
def test_both_engines_give_the_same_rows_in_the_same_order(
    name: str, street: Snapshot, everything: Snapshot, engines: Engines,
) -> None:
    question = question_named(name)
    needed = [one.name for one in question.parameters if one.needed]
    assert not needed or name in GIVEN, f"say in GIVEN how {name} is to be asked"
    for snapshot in (street, everything):
        for given in GIVEN.get(name, [{}]):
            rows, others = (asked(engines(one, snapshot), question, given) for one in ENGINES)
            assert same(rows, others), (given, [
                pair for pair in zip(rows, others, strict=False) if pair[0] != pair[1]][:2])


@pytest.mark.parametrize(("name", "given", "rows"), COUNTED)
def test_answers_are_as_counted_by_hand(
    engine: Engine, name: str, given: dict[str, str], rows: list[dict[str, Any]],
) -> None:
    columns = tuple(rows[0]) if rows else ()  # of those that have many, the ones counted
    assert [{name: row[name] for name in columns} for row in asked(engine, question_named(name), given)] == rows


def test_questions_have_names_and_words_of_their_own() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question.words.endswith("?"), question.name
        assert question.ask.__doc__, question.name
        assert re.fullmatch(r"[a-z_]+", question.name)
        for one in question.parameters:
            assert one.help
            assert re.fullmatch(r"[a-z_]+", one.name)


def test_a_question_names_every_field_that_is_none(engine: Engine) -> None:
    question = question_named("counts")
    with pytest.raises(Invalid) as told:
        asked(engine, question, {"kind": "item", "by": 'mke,links,make,make"; DROP'})
    assert {(p.field, p.value) for p in told.value.problems} >= {
        ("by", "mke"), ("by", "links"), ("by", 'make"; DROP'), ("by", 'mke, links, make, make"; DROP')}
    with pytest.raises(Missing, match="frequent_markings"):
        question_named("nothing")


# --- the SQL that both understand ------------------------------------------

SHARED: list[tuple[str, list[Any]]] = [
    ("SELECT x FROM (VALUES (2), (NULL), (1)) AS t(x) ORDER BY x", [None, 1, 2]),
    ("SELECT x FROM (VALUES (2), (NULL), (1)) AS t(x) ORDER BY x DESC", [2, 1, None]),
    ("SELECT x FROM (VALUES (2), (NULL), (1)) AS t(x) ORDER BY x DESC NULLS FIRST", [None, 2, 1]),
    ("SELECT ROW_NUMBER() OVER (ORDER BY x) AS x FROM (VALUES (2), (NULL)) AS t(x) ORDER BY x", [1, 2]),
    ("SELECT x FROM (VALUES ('a'), ('B'), ('é'), ('z'), ('Я'), ('😀'), ('\uffee'), ('')) AS t(x) ORDER BY x",
     ["", "B", "a", "z", "é", "Я", "\uffee", "😀"]),
    ("SELECT 'a' < 'B' AS x", [False]), ("SELECT 'a ' = 'a' AS x", [False]),
    ("SELECT 'a' LIKE 'A' AS x", [False]), ("SELECT 'a%' LIKE 'a!%' ESCAPE '!' AS x", [True]),
    ("SELECT 'it''s' AS x", ["it's"]), ("SELECT 'a\\b' AS x", ["a\\b"]), ("SELECT 'a\\''' AS x", ["a\\'"]),
    ("SELECT LENGTH('😀é') AS x", [2]), ("SELECT SUBSTR('héé', 2, 1) AS x", ["é"]),
    ("SELECT UPPER('äж') AS x", ["ÄЖ"]), ("SELECT 'a' || NULL AS x", [None]), ("SELECT CHR(92) AS x", ["\\"]),
    ("SELECT \"tag\" AS x FROM item ORDER BY \"tag\"", [None, "A-1", "A-2"]),
    ("SELECT 1 / 2 AS x", [0.5]), ("SELECT -7 % 3 AS x", [-1]), ("SELECT NULL / 0 AS x", [None]),
    ("SELECT 0.1 + 0.2 = 0.3 AS x", [True]), ("SELECT CAST(FLOOR(7 / 2) AS BIGINT) AS x", [3]),
    ("SELECT CAST(12 AS DECIMAL(5, 0)) AS x", [12]), ("SELECT SUM(x) AS x FROM (VALUES (1), (2)) AS t(x)", [3]),
    ("SELECT SUM(x) AS x FROM (VALUES (1)) AS t(x) WHERE x > 1", [None]),
    ("SELECT AVG(x) AS x FROM (VALUES (1), (2)) AS t(x)", [1.5]),
    ("SELECT COUNT(DISTINCT x) FILTER (WHERE x > 1) AS x FROM (VALUES (1), (NULL), (2)) AS t(x)", [1]),
    ("SELECT STDDEV_SAMP(x) AS x FROM (VALUES (1)) AS t(x)", [None]),
    ("SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) AS x FROM (VALUES (1), (2)) AS t(x)", [1.5]),
    ("SELECT 'a' IN ('b', NULL) AS x", [None]), ("SELECT 1 IS DISTINCT FROM NULL AS x", [True]),
    ("SELECT GREATEST(1, NULL) AS x", [1]), ("SELECT TRY_CAST('x' AS BIGINT) AS x", [None]),
    ("SELECT CAST(' 5 ' AS BIGINT) AS x", [5]),
    ("SELECT DATE '2024-01-31' AS x", ["2024-01-31"]),
    ("SELECT TIMESTAMP '2024-01-31 03:00:00' AS x", ["2024-01-31T03:00:00"]),
    ("SELECT COUNT(*) AS x FROM item AS a WHERE EXISTS (SELECT 1 FROM marking AS b WHERE b.item = a.id)", [2]),
    ("SELECT :a AS x", ["ä'b"]), ("SELECT ':a' || :a AS x -- :b", [":aä'b"]), ("SELECT :n + 1 AS x", [3]),
    ("SELECT COUNT(*) AS x FROM item WHERE :empty IS NULL", [3]),
]
REFUSED = [
    "SELECT 1 / 0 AS x", "SELECT 1 / (x - 1) AS x FROM (VALUES (2), (1)) AS t(x)", "SELECT 1.5e0 / 0 AS x", "SELECT 5 % 0 AS x",
    "SELECT CAST('x' AS BIGINT) AS x", "SELECT 1 = '1x' AS x", "SELECT 9223372036854775807 + 1 AS x",
    "SELECT SQRT(-1) AS x", "SELECT nothing AS x FROM item", "SELECT 1 AS x FROM nowhere", "SELEC 1",
    "SELECT :gone AS x", "SELECT id AS x, tag AS x FROM item", "SELECT CAST('2024-13-01' AS DATE) AS x",
]


@pytest.mark.parametrize(("sql", "values"), SHARED)
def test_shared_sql_means_the_same(engine: Engine, sql: str, values: list[Any]) -> None:
    rows = engine.rows(sql, {"a": "ä'b", "n": 2, "empty": None})
    assert [row["x"] for row in rows] == values


@pytest.mark.parametrize("sql", REFUSED)
def test_what_one_refuses_the_other_refuses(engine: Engine, sql: str) -> None:
    with pytest.raises(Invalid):
        engine.rows(sql, {})


@pytest.mark.parametrize("gap", GAPS, ids=[gap.words for gap in GAPS])
def test_declared_differences_are_as_declared(engine: Engine, gap: Gap) -> None:
    wanted = gap.duckdb if engine.name == "duckdb" else gap.spark
    if isinstance(wanted, Fails):
        with pytest.raises(Invalid, match=re.escape(wanted.words)):
            engine.rows(gap.sql)
    else:
        assert engine.rows(gap.sql) == wanted


def test_every_declared_difference_is_told_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "questions.md").read_text("utf-8").replace("\\|", "|")
    assert [gap.words for gap in GAPS if gap.words not in page or gap.instead not in page] == []


def test_moments_do_not_hang_on_the_place_of_this_machine(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert engine.rows("SELECT CAST('2024-07-01 00:30:00' AS TIMESTAMP) AS x") == [{"x": "2024-07-01T00:30:00"}]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_lists_are_taken_apart(engines: Engines, everything: Snapshot, street: Snapshot) -> None:
    answers = []
    for name in ENGINES:
        one = engines(name, everything)
        assert one.rows(f"SELECT id, member, position FROM {one.members('document', 'items')} AS m "
                        "ORDER BY id, position") == [{"id": "doc-aaaa", "member": "item-aaaa", "position": 1}]
        one = engines(name, street)
        answers.append(one.rows(
            f"SELECT id, {one.part('member', 'text')} AS text, {one.part('member', 'gone')} AS gone, position "
            f"FROM {one.members('party', 'names')} AS m ORDER BY id, position"))
    assert answers[0] == answers[1]
    assert answers[0]
    assert all(row["text"] and row["gone"] is None for row in answers[0])


def test_days_are_counted(engine: Engine) -> None:
    assert engine.rows(f"SELECT {engine.days(':first', ':last')} AS x",
                       {"first": "2016-02-28", "last": "2016-03-01"}) == [{"x": 2}]
    with pytest.raises(Invalid):
        engine.rows(f"SELECT {engine.days(':first', ':last')} AS x", {"first": "2016-02", "last": "2016-03-01"})


# --- SQL that somebody typed -----------------------------------------------

@pytest.mark.parametrize("sql", [
    "SELECT 1; SELECT 2", "INSERT INTO item SELECT 1", "WITH a AS (INSERT INTO item VALUES (1)) SELECT 1",
    "COPY item TO '/tmp/x'", "ATTACH '/tmp/x'", "SET threads = 1", "PRAGMA version", "CREATE TABLE x AS SELECT 1",
    "DROP VIEW item", "ADD JAR x", "INSTALL httpfs", "", "   ", "-- nothing",
    "SELECT reflect('java.lang.System', 'exit', 1)", "SELECT `reflect`('a', 'b')", "SELECT \"java_method\" ('a', 'b')",
    "SELECT try_reflect('a', 'b')", "SELECT TRANSFORM(id) USING 'cat' FROM item", "SELECT 'a", "SELECT $$a$$",
    # Names out of texts, and letters that Spark reads as others: USING with a long s, with an i without its dot.
    "SELECT IDENTIFIER('re' || 'flect')('java.lang.System', 'exit', 1)", "SELECT 1.reflect('a', 'b')",
    "SELECT TRANSFORM(id) u\u017fing 'cat' FROM item", "SELECT TRANSFORM(id) us\u0131ng 'cat' FROM item",
    "WITH a AS (SELECT 1 AS x) FROM a MAP x us\u0131ng 'cat' AS y", "WITH a AS (SELECT 1 AS x) \u0131nsert INTO item TABLE a",
    "SELECT 'a\\'' || reflect('x') --'", "SELECT /* hidden */ 1", "FROM item INSERT INTO x SELECT *",
])
def test_only_one_question_that_reads_is_asked(engine: Engine, sql: str) -> None:
    with pytest.raises(Invalid, match="not one question"):
        engine.read_only(sql)


@pytest.mark.parametrize("sql", [
    "SELECT * FROM read_text('{outside}')", "SELECT * FROM read_csv('{outside}')", "SELECT * FROM '{outside}'",
    "SELECT * FROM text.`{outside}`", "SELECT * FROM csv.`{outside}`", "SELECT * FROM glob('/*')",
    "SELECT * FROM parquet.`{inside}`",
])
def test_no_other_file_is_read(engine: Engine, sql: str, tmp_path: Path, small: Snapshot) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("a,b\ncanary,2\n")
    inside = small.folder / "item.parquet"
    with pytest.raises(Invalid) as told:
        engine.read_only(sql.format(outside=outside, inside=inside))
    assert "canary" not in str(told.value)


def test_a_typed_question_is_answered(engine: Engine) -> None:
    wanted = [{"family": "ammunition", "n": 2}, {"family": "package", "n": 1}]
    sql = "SELECT family, COUNT(*) AS n FROM item GROUP BY family ORDER BY family"
    assert engine.read_only(sql + ";  ") == engine.read_only(f"WITH a AS ({sql}) SELECT * FROM a") == wanted
    assert engine.read_only("SELECT COUNT(*) AS n FROM marking JOIN item USING (version) -- all; of them") == [{"n": 15}]


# --- tables in parts, and at an address ------------------------------------

@pytest.fixture
def parted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The small case with its markings in three files."""
    from headstamp.engine import snapshot as module

    monkeypatch.setattr(module, "PART_ROWS", 2)
    with small_case(tmp_path / "case") as case:
        return module.take_snapshot(case, "restricted", tmp_path / "snapshot")


@pytest.mark.parametrize("name", ENGINES)
def test_a_table_may_be_many_files(parted: Snapshot, small: Snapshot, name: str, engines: Engines) -> None:
    assert {name: table.parts for name, table in parted.tables.items() if table.parts} == {"marking": 3, "item": 2}
    (parted.folder / "marking.parquet" / "_SUCCESS").write_text("")  # as Spark leaves beside what it writes
    sql = "SELECT id, text FROM marking ORDER BY id"
    assert engines(name, open_snapshot(parted.folder)).rows(sql) == engines("duckdb", small).rows(sql)
    assert parted.table("marking").fetchall() == small.table("marking").fetchall()


@pytest.mark.parametrize("harm", ["changed", "one less", "one more"])
def test_a_part_that_is_not_its_own_is_found_here_and_at_an_address(parted: Snapshot, driver: Driver, harm: str) -> None:
    place = parted.folder.as_uri()
    assert open_remote(driver.session, place).tables == parted.tables == open_snapshot(parted.folder).tables
    part = parted.folder / "marking.parquet" / "part-00001.parquet"
    if harm == "changed":
        part.write_bytes(part.read_bytes()[:-9] + b"\0" * 9)
        open_snapshot(parted.folder, check=False)
        open_remote(driver.session, place, check=False)
    elif harm == "one less":
        part.unlink()
    else:
        shutil.copy(part, part.with_name("part-00007.parquet"))
    with pytest.raises(Tampered, match="marking"):
        open_snapshot(parted.folder)
    with pytest.raises(Tampered, match="marking"):
        open_remote(driver.session, place)


def test_an_address_is_asked_by_spark(small: Snapshot, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    lent = _lent(driver, monkeypatch)
    with engine_over(small.folder.as_uri(), lent) as (one, opened):
        assert opened.checkpoint == small.checkpoint
        assert one.rows("SELECT COUNT(*) AS n FROM item") == [{"n": 3}]
    with pytest.raises(Missing, match="no snapshot"), engine_over("file:///nowhere", lent):
        pass
    with pytest.raises(Invalid, match="asked by Spark"), engine_over(small.folder.as_uri()):
        pass


def _lent(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Choice:
    """A choice of Spark that starts none, and leaves this one running."""
    monkeypatch.setattr(Choice, "driver", lambda choice: _Lent(driver))
    return Choice("spark")


class _Lent:
    """A driver that is not ended with its user."""

    def __init__(self, driver: Driver) -> None:
        self.session = driver.session

    def __enter__(self) -> _Lent:
        return self

    def __exit__(self, *_: object) -> None:
        return None


# --- Spark as a process ----------------------------------------------------

def test_spark_stays_on_the_loopback_address(driver: Driver) -> None:
    sockets = {os.readlink(path) for path in Path(f"/proc/{driver.session.sparkContext._gateway.proc.pid}/fd").iterdir()
               if os.path.lexists(path)}
    open_ports = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == "0A" and f"socket:[{cells[9]}]" in sockets:
                open_ports.append(cells[1].split(":")[0])
    assert open_ports
    assert set(open_ports) <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_its_folder_is_nobody_elses_and_nothing_is_fetched(driver: Driver) -> None:
    conf = driver.session.sparkContext.getConf()
    folder = Path(conf.get("spark.local.dir"))
    assert folder.stat().st_mode & 0o077 == 0
    assert conf.get("spark.io.encryption.enabled") == "true"
    assert conf.get("spark.ui.enabled") == "false"
    assert conf.get("spark.jars.packages") is None
    assert conf.get("spark.driver.memory") == "700m"


def test_only_one_is_started_in_a_process(driver: Driver) -> None:
    with pytest.raises(Conflicting, match="already"):
        Driver("local[1]")


def test_a_session_of_somebody_else_is_left_as_it_is(driver: Driver, small: Snapshot) -> None:
    before = driver.session.conf.get("spark.sql.session.timeZone")
    driver.session.conf.set("spark.sql.session.timeZone", "America/New_York")
    with Spark(small, session=driver.session) as one:
        assert one.rows("SELECT COUNT(*) AS n FROM item") == [{"n": 3}]
    assert driver.session.conf.get("spark.sql.session.timeZone") == "America/New_York"
    assert driver.session.range(2).count() == 2
    assert not driver.session.catalog.tableExists("item")
    driver.session.conf.set("spark.sql.session.timeZone", before)


def test_nothing_is_said_on_the_standard_streams(engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    engine.rows("SELECT COUNT(*) AS n FROM item")
    with pytest.raises(Invalid):
        engine.rows("SELECT 1 / 0 AS x FROM item")
    assert capfd.readouterr() == ("", "")


# --- DuckDB alone ----------------------------------------------------------

def test_what_cannot_be_chosen_is_refused_at_once(small: Snapshot) -> None:
    for choice in (Choice("hive"), Choice("duckdb", master="local[1]"), Choice("duckdb", options={"a": "b"}),
                   Choice("spark", spill=Path("/tmp")), Choice("spark", memory="1"), Choice("spark", master="x"),
                   Choice("spark", master="sc://here"), Choice("duckdb", memory="much")):
        with pytest.raises(Invalid), engine_over(small, choice):
            pass


def test_a_case_in_memory_is_asked_by_duckdb_alone(tmp_path: Path) -> None:
    with small_case(tmp_path / "case") as case:
        held = hold(case, "restricted")
    with engine_over(held) as (one, _):
        assert asked(one, question_named("months"), {"kind": "item"}) == [{"month": "2017-02", "known": "month", "records": 3}]
        with pytest.raises(Invalid, match="cannot be answered"):
            one.read_only("SELECT * FROM read_text('/etc/hostname')")
    with pytest.raises(Invalid, match="DuckDB alone"), engine_over(held, Choice("spark")):
        pass


def test_memory_is_bounded_and_what_is_beyond_goes_where_it_is_told(small: Snapshot, tmp_path: Path) -> None:
    sql = ("SELECT COUNT(*) AS n FROM (SELECT a.id || CAST(i AS STRING) AS t FROM item AS a, range(600000) AS r(i) "
           "ORDER BY t DESC LIMIT 1500000) AS s")
    with DuckDB(small, memory="60m") as one, pytest.raises(Exception, match="could not answer") as told:
        one.rows(sql)
    assert type(told.value).__name__ == "Unavailable"
    spill = tmp_path / "spill"
    spill.mkdir()
    with DuckDB(small, memory="60m", spill=spill) as one:
        assert one.rows(sql) == [{"n": 1_500_000}]
        (folder,) = spill.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
    assert list(spill.iterdir()) == []
