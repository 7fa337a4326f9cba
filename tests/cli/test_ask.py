"""``headstamp ask``: questions listed, asked of a case and of a snapshot, written to files; every refusal in words."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import openpyxl
import pytest

from headstamp.engine.questions import QUESTIONS, question_named
from headstamp.store.case import Case
from tests.cli.conftest import Run
from tests.engine.small import small_case
from tests.store.encrypted import encrypted_case, passphrase_file
from tests.web.sample import make


@pytest.fixture
def place(tmp_path: Path) -> Path:
    small_case(tmp_path / "case").close()
    return tmp_path / "case"


def test_without_a_question_all_are_listed(run: Run) -> None:
    told = run("ask", "--json").json["questions"]
    assert [one["name"] for one in told] == [question.name for question in QUESTIONS]
    assert all(one["question"] and one["columns"] for one in told)
    assert "frequent_markings" in run("ask").out


def test_a_case_is_asked_in_its_present_state(run: Run, place: Path) -> None:
    told = run("ask", "counts", "--kind", "item", "--by=family", "--case", place, "--json").json
    assert told["rows"] == [{"family": "ammunition", "records": 2}, {"family": "package", "records": 1}]
    assert told["columns"] == ["family", "records"]
    assert (told["engine"], told["clearance"], told["version"]) == ("duckdb", "restricted", 2)
    assert told["given"] == {"kind": "item", "by": "family"}
    assert len(told["snapshot"]) == 64
    assert told["checkpoint"].startswith("headstamp")
    with Case.open(place) as case, case.change(actor="A", reason="one more") as change:
        change.put(make("item", make="Third maker"))
    again = run("ask", "item_markings", "--case", place, "--json").json
    assert again["snapshot"] != told["snapshot"]
    assert {row["value"] for row in again["rows"]} >= {"Third maker"}


def test_its_columns_are_called_as_the_fields_that_were_asked(run: Run, place: Path, tmp_path: Path) -> None:
    asked = ("ask", "counts", "--kind", "item", "--by", "family,make", "--case", place)
    assert run(*asked).out.split("\n")[0].split() == ["family", "make", "records"]
    run(*asked, "--output", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8-sig") as file:
        assert next(csv.reader(file)) == ["family", "make", "records"]
    # A field called as a column of the question keeps the two apart.
    heads = question_named("counts").heads({"by": ("records", "make")})
    assert list(heads.values()) == ["records (field)", "make", "records"]


def test_the_clearance_is_the_readers(run: Run, place: Path) -> None:
    told = run("ask", "counts", "--kind", "item", "--by", "family", "--case", place, "--clearance", "public", "--json").json
    assert (told["clearance"], told["rows"]) == ("public", [])


def test_a_snapshot_is_asked_by_itself(run: Run, place: Path, tmp_path: Path) -> None:
    run("snapshot", "--case", place, "--output", tmp_path / "s")
    told = run("ask", "--sql", "SELECT COUNT(*) AS n FROM marking;", "--snapshot", tmp_path / "s", "--json").json
    assert (told["rows"], told["columns"], told["version"]) == ([{"n": 5}], ["n"], 0)
    words = run("ask", "frequent_markings", "--least", 1, "--snapshot", tmp_path / "s")
    assert "07-85" in words.out
    assert "3 rows" in words.err
    (tmp_path / "s" / "marking.parquet").write_bytes((tmp_path / "s" / "item.parquet").read_bytes())
    assert run("ask", "visits", "--snapshot", tmp_path / "s", "--json").json["error"] == "tampered"
    assert run("ask", "visits", "--snapshot", tmp_path / "s", "--unchecked", "--json").code == 0


def test_an_encrypted_case_is_asked_in_memory(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with encrypted_case(tmp_path / "case"):
        pass
    monkeypatch.setenv("HEADSTAMP_PASSPHRASE_FILE", str(passphrase_file(tmp_path)))
    asked = run("ask", "months", "--kind", "item", "--case", tmp_path / "case", "--json")
    assert asked.json["rows"] == []
    assert not (tmp_path / "case" / "snapshots").exists()
    refused = run("ask", "months", "--kind", "item", "--engine", "spark", "--case", tmp_path / "case", "--json")
    assert (refused.code, refused.json["error"]) == (2, "invalid")
    assert "in memory" in refused.err + str(refused.json)


@pytest.mark.parametrize(("words", "field", "fault"), [
    (["nothing"], None, "no question 'nothing'"),
    (["counts"], "kind", "must be given"),
    (["counts", "--kind", "itm", "--by", "make"], "kind", "not one of"),
    (["counts", "--kind", "item", "--by", "mke"], "by", "no such field"),
    (["counts", "--kind", "item", "--by", "make", "--least", "x"], "least", "whole number"),
    (["visits", "--make", "x"], "make", "no such parameter"),
    (["visits", "make"], None, "not an input"),
    (["visits", "--since"], "since", "no value"),
    (["visits", "--sql", "SELECT 1 AS x"], "question", "not both"),
    (["--sql", "SELECT 1; SELECT 2"], "sql", "more than one"),
    (["--sql", "DELETE FROM item"], "sql", "only questions"),
    (["--sql", "SELECT nothing FROM item"], None, "cannot be answered"),
    (["--sql", "SELECT 1/0 AS x"], None, "division by zero"),
    (["visits", "--engine", "hive"], "engine", "no engine"),
    (["visits", "--master", "local[1]"], "master", "only Spark"),
    (["visits", "--set", "spark.x=1"], "set", "only Spark"),
    (["visits", "--engine", "spark", "--set", "x"], "set", "no setting"),
    (["visits", "--engine", "spark", "--master", "sc://x"], "master", "Spark Connect"),
    (["visits", "--engine", "spark", "--memory", "x"], "memory", "no amount"),
    (["visits", "--output", "a.doc"], "output", "ending"),
    (["visits", "--snapshot", "hdfs://here/s"], "snapshot", "DuckDB reads folders"),
])
def test_what_is_wrong_is_named(run: Run, place: Path, words: list[str], field: str | None, fault: str) -> None:
    told = run("ask", *words, "--case", place, "--json")
    assert told.code in (2, 3)
    assert fault in str(told.json)
    if field is not None:
        assert field in [problem.get("field") for problem in told.json["problems"]]


def test_answers_are_written_as_tables(run: Run, place: Path, tmp_path: Path) -> None:
    wanted = [["O'Brien Söhne", 1, 1, 3], ["Завод 7", 1, 1, 2], [None, 1, 0, 0]]
    for ending in ("csv", "parquet", "xlsx"):
        told = run("ask", "item_markings", "--case", place, "--output", tmp_path / f"a.{ending}", "--json").json
        assert (told["rows"], told["output"]) == (3, str(tmp_path / f"a.{ending}"))
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["value", "items", "marked", "markings"],
                                          *[["" if v is None else str(v) for v in row] for row in wanted]]
    answer = duckdb.sql(f"SELECT * FROM '{tmp_path}/a.parquet'")
    assert [list(row) for row in answer.fetchall()] == wanted
    assert [str(kind) for kind in answer.types] == ["VARCHAR", "BIGINT", "BIGINT", "BIGINT"]
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == wanted


def test_a_formula_stays_a_text(run: Run, place: Path, tmp_path: Path) -> None:
    run("ask", "--sql", "SELECT '=1+1' AS x", "--case", place, "--output", tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_where_spark_is_missing_it_is_said_how_to_get_it(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyspark", None)
    told = run("ask", "visits", "--engine", "spark", "--case", place, "--json")
    assert (told.code, told.json["error"]) == (7, "unavailable")
    assert "pip install headstamp[spark]" in str(told.json)
    assert "openjdk-17" in str(told.json)


def test_where_java_is_missing_it_is_said(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    told = run("ask", "visits", "--engine", "spark", "--case", place, "--json")
    assert (told.code, told.json["error"]) == (7, "unavailable")
    assert "openjdk-17" in str(told.json)
