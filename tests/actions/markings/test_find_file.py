"""A list of readings: the right column, every row answered or told why not, nothing of it lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from headstamp.actions.markings.find_file import find_list, save_list
from headstamp.errors import Invalid, Missing, Unavailable
from headstamp.records import kind_named
from headstamp.store.case import Case


@pytest.fixture
def filled(case: Case) -> Case:
    def make(kind: str, **values: object):
        return kind_named(kind).cls.build(values)

    with case.change(actor="tester", reason="a test") as change:
        change.put_many([
            make("item", id="item-aaaa", tag="A-1", make="Example Arms"),
            make("item", id="item-ssss", tag="S-1", tier="sealed"),
            make("marking", id="mark-aaaa", item="item-aaaa", text="AB 123456"),
            make("marking", id="mark-bbbb", item="item-aaaa", text="=SUM(1)77"),
            make("marking", id="mark-ssss", item="item-ssss", text="SEALED 99"),
            make("reading", id="read-aaaa", marking="mark-aaaa", text="QX 555123"),
        ])
    return case


LIST = (
    "No,Número de série,Holder\n"
    "1,AB 123456,=1+1\n2,A8 12?456,Köln\n3,ZZZZ 0001,x\n4,,empty\n5,[8,bad\n6,AB 123456,again\n"
    "7,SEALED 99,hidden\n8,QX555123,read\n9,=SUM(1)77,formula\n"
)


def test_every_row_is_answered_or_told_why_not(filled: Case, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    heard: list[tuple[int, int]] = []
    result = find_list(filled, path, clearance="partner", told=lambda *n: heard.append(n))
    assert result.column == "Número de série" and len(result.rows) == 9
    first = {row.number: row.found[0].id if row.found else None for row in result.rows}
    assert first == {1: "mark-aaaa", 2: "mark-aaaa", 3: None, 4: None, 5: None, 6: "mark-aaaa",
                     7: None, 8: "read-aaaa", 9: "mark-bbbb"}
    assert result.rows[7].found[0].item_label == "A-1: Example Arms"
    assert [row.number for row in result.problems] == [4, 5]
    assert "empty" in result.problems[0].problem.rule and "bracket" in result.problems[1].problem.rule
    assert heard[-1][0] == heard[-1][1] > 0
    assert find_list(filled, path, clearance="sealed").rows[6].found[0].id == "mark-ssss"


def test_the_workbook_holds_the_list_and_no_formula(filled: Case, tmp_path: Path) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "result.xlsx"
    path.write_text(LIST, "utf-8")
    save_list(find_list(filled, path, clearance="partner"), out)
    book = load_workbook(out)
    assert book.sheetnames == ["results", "not searched"]
    rows = list(book["results"].iter_rows(values_only=True))
    assert rows[0][0] == "row of the list" and rows[0][-1] == "list: Holder"
    assert {row[0] for row in rows[1:]} == {1, 2, 3, 6, 7, 8, 9}
    assert rows[1][1] == rows[1][5] == "AB 123456" and 0.5 < rows[1][3] <= 1
    assert rows[1][-1] == "=1+1" and {c.data_type for r in book["results"] for c in r} <= {"s", "n"}
    assert any(row[1] == row[5] == "=SUM(1)77" for row in rows)
    refused = list(book["not searched"].iter_rows(values_only=True))
    assert [row[0] for row in refused[1:]] == [4, 5] and refused[2][1] == "[8"


def test_the_same_as_csv_and_json(filled: Case, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")
    result = find_list(filled, path, clearance="partner")
    save_list(result, tmp_path / "r.csv")
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8").splitlines()))
    assert {row["row of the list"] for row in rows} == {str(n) for n in range(1, 10)}
    assert [row["rule broken"] != "" for row in rows if row["row of the list"] in "45"] == [True] * 2
    save_list(result, tmp_path / "r.json")
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert told["results"][1]["hits"][0]["pairs"] and told["not_searched"] == 2
    with pytest.raises(Invalid, match=r"\.xlsx, \.csv or \.json"):
        save_list(result, tmp_path / "r.doc")
    with pytest.raises(Unavailable):
        save_list(result, tmp_path / "nowhere" / "r.csv")
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == [
        "list.csv", "r.csv", "r.json"]


@pytest.mark.parametrize(("name", "content"), [
    ("plain.txt", "AB 123456\nA8 12?456\n"), ("one.csv", "AB 123456\r\nA8 12?456\r\n"),
    ("texts.json", '["AB 123456", "A8 12?456"]'),
    ("rows.json", '[{"serial": "AB 123456"}, {"serial": "A8 12?456"}]'),
    ("head.txt", "Serial\nAB 123456\nA8 12?456\n"),
])
def test_a_plain_list_has_no_head(filled: Case, tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    result = find_list(filled, path, clearance="partner")
    assert [row.found[0].id for row in result.rows] == ["mark-aaaa", "mark-aaaa"]


def test_a_workbook_and_a_named_column(filled: Case, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["what", "whose"])
    book.active.append(["AB 123456", "somebody's"])
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(Invalid, match="--column"):
        find_list(filled, tmp_path / "list.xlsx", clearance="partner")
    with pytest.raises(Invalid, match="there are: what, whose"):
        find_list(filled, tmp_path / "list.xlsx", clearance="partner", column="other")
    result = find_list(filled, tmp_path / "list.xlsx", clearance="partner", column="What")
    assert result.rows[0].found[0].id == "mark-aaaa"
    with pytest.raises(Missing):
        find_list(filled, tmp_path / "none.csv", clearance="partner")
    with pytest.raises(Invalid, match="technique"):
        find_list(filled, tmp_path / "list.xlsx", clearance="partner", technique="magic")
