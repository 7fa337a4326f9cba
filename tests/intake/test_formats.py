"""Workbooks, JSON and Parquet: typed cells as text, and what such files hide."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path

import duckdb
import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from headstamp.errors import Missing, Problem, Unreadable
from headstamp.intake.limits import Limits
from headstamp.intake.table import Row, Table, open_table

NAMES = ["серийный номер", "العيار", "地点"]


def cells(table: Table) -> list[tuple[str | None, ...]]:
    found = []
    for row in table.rows():
        assert isinstance(row, Row), row
        found.append(row.cells)
    return found


def book(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_typed_cells_of_a_workbook(tmp_path: Path) -> None:
    values = [
        [12, 7.62, "АК-74", True, datetime.date(2016, 2, 1), None],
        [0.1, 1e20, " 007 ", False, datetime.datetime(2016, 2, 1, 13, 5), datetime.time(1, 2, 3)],
    ]
    path = book(tmp_path / "finds.csv", Finds=[["a", "b", "c", "d", "e", "f"], *values])
    table = open_table(path)
    assert (table.format, table.sheet, table.size_hint) == ("xlsx", "Finds", 2)
    assert cells(table) == [
        ("12", "7.62", "АК-74", "true", "2016-02-01", None),
        ("0.1", "1e+20", " 007 ", "false", "2016-02-01T13:05:00", "01:02:03"),
    ]
    assert table.progress() == 1.0
    assert cells(table) == cells(table)


def test_sheets_are_chosen_and_the_others_told(tmp_path: Path) -> None:
    path = book(tmp_path / "f.xlsx", Empty=[], Finds=[["a"], ["1"]], More=[["b"], ["2"]])
    made = openpyxl.load_workbook(path)
    made.create_sheet("Hidden").sheet_state = "hidden"
    made.save(path)
    table = open_table(path)
    assert table.sheet == "Finds"
    assert "sheet 'Finds' read; not read: 'Empty', 'More', 'Hidden' (hidden)" in table.notes
    assert cells(open_table(path, sheet="More")) == [("2",)]
    with pytest.raises(Missing, match="'Finds'"):
        open_table(path, sheet="Nowhere")


def test_a_table_that_begins_further_in_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for place, value in {
        "C4": "serial",
        "D4": "place",
        "C5": "XK1",
        "C7": "XK2",
        "D7": "Kidal",
    }.items():
        sheet[place] = value
    made.save(path)
    table = open_table(path)
    assert table.columns == ["serial", "place"]
    assert list(table.rows()) == [Row(1, ("XK1", None)), Row(3, ("XK2", "Kidal"))]
    assert open_table(path, header_row=4).columns == ["serial", "place"]


def test_formulas_errors_and_long_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["n", "sum"], [1, "=A2+1"], [2, "#N/A"], [1234567890123456789, "x"]]
    path = book(tmp_path / "f.xlsx", Finds=rows)
    table = open_table(path)
    first, second, third = table.rows()
    assert isinstance(first, Problem)
    assert (first.row, first.field) == (1, "sum")
    assert "B2" in first.rule
    assert second == Row(2, ("2", "#N/A"))
    assert isinstance(third, Row)
    notes = " ".join(table.notes)
    assert "formula cells" in notes
    assert "error such as #N/A" in notes
    assert "numbers of more than 15 digits: 1" in notes


def test_ods(tmp_path: Path) -> None:
    made = OpenDocumentSpreadsheet()
    sheet = OdfTable(name="Finds")
    for values in (NAMES, ["XK1", "9", "北京"], ["XK2", "", "x"]):
        row = TableRow()
        for value in values:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            row.addElement(cell)
        sheet.addElement(row)
    made.spreadsheet.addElement(sheet)
    made.save(str(tmp_path / "f.ods"))
    table = open_table(tmp_path / "f.ods")
    assert (table.format, table.columns) == ("ods", NAMES)
    assert cells(table) == [("XK1", "9", "北京"), ("XK2", None, "x")]


def test_the_readers_process_has_limits(tmp_path: Path) -> None:
    path = book(tmp_path / "f.xlsx", Finds=[["a"], *[[str(n)] for n in range(20)]])
    with pytest.raises(Unreadable, match="`workbook_bytes`"):
        open_table(path, limits=Limits(workbook_bytes=100))
    with pytest.raises(Unreadable, match=r"parser_memory_bytes|break off"):
        open_table(path, limits=Limits(parser_memory_bytes=20_000_000))
    found = list(open_table(path, limits=Limits(cell_characters=1)).rows())
    assert isinstance(found[0], Row)
    assert isinstance(found[15], Problem)
    assert found[15].field == "a"


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    lines = [
        '{"серия":"АК","n":1.10,"ok":true,"parts":[1.50,{"a":"b c"}]}',
        "",
        '{"n":123456789012345678901234567890,"late":"x","ok":null}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    table = open_table(path)
    assert table.columns == ["серия", "n", "ok", "parts", "late"]
    assert (table.format, table.size_hint) == ("jsonl", 2)
    assert cells(table) == [
        ("АК", "1.10", "true", '[1.50,{"a":"b c"}]', None),
        (None, "123456789012345678901234567890", None, None, "x"),
    ]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_json_list(tmp_path: Path, indent: int | None, encoding: str) -> None:
    rows = [
        {"a": f'x,]"}}\\ {n}', "b": {"c": [n]}, "place": "地点 \U0001f5fa"} for n in range(9_000)
    ]
    path = tmp_path / "f.json"
    path.write_bytes(json.dumps(rows, indent=indent, ensure_ascii=False).encode(encoding))
    table = open_table(path)
    assert (table.format, table.columns) == ("json", ["a", "b", "place"])
    expected = [(row["a"], f'{{"c":[{n}]}}', row["place"]) for n, row in enumerate(rows)]
    assert cells(table) == expected


def test_a_broken_object_in_a_json_list_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('[{"a":1}, {"a":}, 5, {"a":2,"a":3}, {"a":4}]')
    found = list(open_table(path).rows())
    assert [row.cells for row in found if isinstance(row, Row)] == [("1",), ("4",)]
    assert [row.row for row in found if isinstance(row, Problem)] == [2, 3, 4]


def test_parquet(tmp_path: Path) -> None:
    folder = tmp_path / "find[1]'s"
    folder.mkdir()
    path = folder / "year=2016 *.parquet"
    literal = str(path).replace("'", "''")
    duckdb.execute(
        f"""COPY (SELECT 12 AS n, 1.0::DOUBLE AS whole, 0.1::DOUBLE AS part, 'АК' AS "a ""b",
        DATE '2016-02-01' AS day, TIMESTAMP '2016-02-01 01:02:03' AS at, true AS ok,
        TIMESTAMPTZ '2016-02-01 01:02:03+02' AS zoned, [1, 2] AS list, {{'a': 'x'}} AS struct,
        1.10::DECIMAL(6, 2) AS price, NULL::VARCHAR AS nothing, INTERVAL 3 HOUR AS span,
        '\\xAA'::BLOB AS bytes, TIME '01:02:03' AS clock) TO '{literal}' (FORMAT parquet)"""
    )
    table = open_table(path)
    assert (table.format, table.size_hint, table.columns[3]) == ("parquet", 1, 'a "b')
    assert cells(table) == [
        (
            *("12", "1", "0.1", "АК", "2016-02-01", "2016-02-01T01:02:03", "true"),
            *("2016-01-31T23:02:03.000000Z", "[1,2]", '{"a":"x"}', "1.10", None, "03:00:00"),
            *("\\xaa", "01:02:03"),
        )
    ]
