"""Importing a table: counted so that it adds up, again without harm, mended without loss."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headstamp.actions.cases import check_case
from headstamp.actions.intake import file as intake_file
from headstamp.actions.intake.file import import_file, look_at
from headstamp.actions.intake.result import ImportResult
from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.intake.mapping import from_text
from headstamp.store.case import Case
from tests.conftest import STORES, new_case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as case:
        yield case


def put(case: Case, path: Path, text: str | None = None, **more: object) -> ImportResult:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    result = import_file(case, path, actor="tester", **more)  # type: ignore[arg-type]
    assert result.read == result.accepted + result.unchanged + result.refused
    return result


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.read, result.accepted, result.unchanged, result.refused


FINDS = ("Tag,Type,Make,Serial Number,Qty,Date found,Site\n"
         "A1,rifle,Zastava,AB?12,1,30/12/2020,Depot\n"
         "A2,rifle,Zastava,none,x,2020-13-31,Depot\n"
         "A3,,FN,123,1,2020,Depot\n")


def test_rows_become_records_that_point_to_file_and_row(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path / "finds.csv", FINDS)
    assert counts(result) == (3, 2, 0, 1)
    reader = case.read()
    document = reader.get(result.document_id)
    path, _ = reader.original(document.get("digest"))
    assert path.read_text(encoding="utf-8") == FINDS
    assert (document.get("document_kind"), document.get("original_name")) == ("source_file", "finds.csv")
    [item] = reader.list("item", {"tag": "A3"}).rows
    assert item.get("source") == {"document": result.document_id, "row": 3}
    assert item.get("site") and reader.get(item.get("site")).label == "Depot"
    [marking] = reader.referring(item.id, kind="marking")
    assert marking.get("text") == "123"
    assert reader.totals()["site"] == 1
    assert check_case(case) == []


def test_the_result_as_the_command_line_prints_it(case: Case, tmp_path: Path) -> None:
    told = put(case, tmp_path / "finds.csv", FINDS).as_dict()
    assert list(told) == ["read", "accepted", "unchanged", "refused", "problems", "warnings"]
    assert json.loads(json.dumps(told)) == told
    assert Path(told["problems"]).is_file()


def test_the_same_file_again_changes_nothing(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path / "finds.csv", FINDS)
    size = case.checkpoint().size
    assert counts(put(case, tmp_path / "finds.csv")) == (3, 0, 2, 1)
    assert case.checkpoint().size == size


def test_a_new_state_of_a_file_makes_new_versions_by_key(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path / "finds.csv", FINDS)
    result = put(case, tmp_path / "finds.csv",
                 FINDS.replace("A3,,FN", "A3,pistol,FN").replace("A1,", "A0,rifle,CZ,1,1,2020,Depot\nA1,"))
    assert counts(result) == (4, 2, 1, 1)
    [item] = case.read().list("item", {"tag": "A3"}).rows
    assert (item.version, item.get("item_type")) == (2, "pistol")
    assert len(case.read().history(item.id)) == 2


def test_mended_rows_are_the_records_they_would_have_been(case: Case, tmp_path: Path) -> None:
    first = put(case, tmp_path / "finds.csv", FINDS)
    assert first.problems == case.folder / "imports" / "finds.csv-problems.csv"
    with first.problems.open(encoding="utf-8-sig", newline="") as stream:
        [row] = csv.DictReader(stream)
    assert row["Tag"] == "A2" and row["row"] == "2"
    assert "Qty" in row["field"] and "Date found" in row["field"] and row["rule"] and row["advice"]
    mended = FINDS.replace(",x,2020-13-31", ",2,2020-12-31")
    text = first.problems.read_text(encoding="utf-8-sig").replace(",x,2020-13-31", ",2,2020-12-31")
    assert counts(put(case, first.problems, text)) == (1, 1, 0, 0)
    assert counts(put(case, first.problems)) == (1, 0, 1, 0)
    assert counts(put(case, tmp_path / "finds.csv", mended)) == (3, 0, 3, 0)
    assert case.read().totals()["item"] == 3


def test_identical_rows_are_different_items_even_when_mended(case: Case, tmp_path: Path) -> None:
    text = "Type,Make,Qty\nrifle,FN,1\nrifle,FN,bad\nrifle,FN,1\npistol,CZ,1\n"
    first = put(case, tmp_path / "list.csv", text)
    assert counts(first) == (4, 3, 0, 1)
    assert first.problems is not None
    mended = first.problems.read_text(encoding="utf-8-sig").replace("FN,bad", "FN,1")
    assert counts(put(case, first.problems, mended)) == (1, 1, 0, 0)
    assert case.read().count("item", "make")[1] == [("FN", 3), ("CZ", 1)]
    whole = put(case, tmp_path / "list.csv", text.replace("bad", "1"))
    assert counts(whole) == (4, 0, 4, 0)
    assert case.read().totals()["item"] == 4


def test_a_changed_row_without_a_key_is_that_row_corrected(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    put(case, path, "Type,Make\nrifle,FN\npistol,CZ\ncrate,\n")
    changed = put(case, path, "Type,Make\nnew,AA\nrifle,FN\npistol,CZ-UB\ncrate,\n")
    # Row 1 is new (what stood there is now row 2); row 3 was the crate, which is still there.
    assert counts(changed) == (4, 2, 2, 0)
    assert case.read().totals()["item"] == 5
    again = put(case, path, "Type,Make\nnew,AA\nrifle,FN\npistol,CZ 75\ncrate,\n")
    assert counts(again) == (4, 1, 3, 0)
    [item] = case.read().list("item", {"make": "CZ 75"}).rows
    assert item.version == 2
    assert counts(put(case, path)) == (4, 0, 4, 0)


def test_rows_with_one_key_stay_several_records(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path / "finds.csv", "Tag,Make\nA,FN\nA,CZ\n")
    assert counts(result) == (2, 2, 0, 0)
    assert any("key that an earlier row has" in warning for warning in result.warnings)
    assert counts(put(case, tmp_path / "finds.csv")) == (2, 0, 2, 0)


def test_a_dry_run_tells_the_same_and_writes_nothing(case: Case, tmp_path: Path) -> None:
    size = case.checkpoint().size
    there = sorted(case.folder.rglob("*"))
    dry = put(case, tmp_path / "finds.csv", FINDS, dry_run=True)
    assert case.checkpoint().size == size and not list(case.vault.digests())
    assert sorted(case.folder.rglob("*")) == there
    # What is wrong is told all the same, where nobody else can read it.
    assert dry.problems is None or dry.problems.parent.stat().st_mode & 0o077 == 0
    bad = put(case, tmp_path / "bad.csv", "Tag,Date found\nA,some day\n", dry_run=True)
    assert bad.problems is not None and "some day" in bad.problems.read_text("utf-8")
    assert sorted(case.folder.rglob("*")) == there
    wet = put(case, tmp_path / "finds.csv")
    assert counts(dry) == counts(wet)


def test_a_run_that_was_cut_off_is_run_again(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_file, "BATCH_ROWS", 10)
    path = tmp_path / "list.csv"
    path.write_text("Tag,Make\n" + "".join(f"T{n},M{n % 3}\n" for n in range(95)), encoding="utf-8")

    class Cut(Exception):
        pass

    def told(done: int, fraction: float, rate: float) -> None:
        if done >= 40:
            raise Cut

    with pytest.raises(Cut):
        import_file(case, path, actor="tester", told=told)
    assert case.read().totals()["item"] >= 30
    there = case.read().totals()["item"]
    assert counts(put(case, path)) == (95, 95 - there, there, 0)
    assert case.read().totals()["item"] == 95 and check_case(case) == []


def test_a_reference_to_nothing_refuses_its_row_alone(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path / "parts.csv",
                 "tag,parent\nA,\nB,item-00000000\nC,\nD,not an id\n", kind="item")
    assert counts(result) == (4, 2, 0, 2)
    assert result.problems is not None
    told = result.problems.read_text(encoding="utf-8-sig")
    assert "is not in this case" in told and "not a record's id" in told


def test_ragged_rows_are_in_the_problems_file(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path / "finds.csv", "Tag,Make\nA,FN\nB,CZ,x,y\nC,FN\n")
    assert counts(result) == (3, 2, 0, 1)
    assert result.problems is not None
    assert counts(put(case, result.problems)) == (1, 0, 0, 1)


def test_an_older_problems_file_is_not_lost(case: Case, tmp_path: Path) -> None:
    first = put(case, tmp_path / "finds.csv", FINDS).problems
    assert first is not None
    first.write_text(first.read_text(encoding="utf-8-sig").replace(",x,", ",7,"), encoding="utf-8")
    put(case, tmp_path / "finds.csv")
    assert ",7," in (case.folder / "imports" / "finds.csv-problems.1.csv").read_text("utf-8")


def test_a_mapping_given_by_its_file(case: Case, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text("""
key = ["no"]
[document]
title = "Police list"
caution = "Not checked."
[[records]]
kind = "item"
[records.fields]
tag = "no"
quantity_value = { column = "n", decimal = "," }
[[records]]
kind = "marking"
when = ["mark"]
[records.fields]
item = { ref = "item" }
text = "mark"
""", encoding="utf-8")
    result = put(case, tmp_path / "x.csv", 'no,n,mark\n1,"2,5",AB\n2,3,\n', mapping=tmp_path / "my.toml")
    assert counts(result) == (2, 2, 0, 0) and result.mapping_name == "my"
    assert case.read().get(result.document_id).get("caution") == "Not checked."
    assert case.read().totals()["marking"] == 1
    plan = from_text('[[records]]\nkind = "item"\n[records.fields]\ntag = "nothere"\n', "m")
    with pytest.raises(Invalid, match="nothere"):
        put(case, tmp_path / "x.csv", mapping=plan)


def test_matching_can_be_looked_at_first(case: Case, tmp_path: Path) -> None:
    (tmp_path / "finds.csv").write_text(FINDS, encoding="utf-8")
    opened = look_at(case, tmp_path / "finds.csv")
    assert ("Serial Number", "marking (serial)") in opened.matches
    assert case.read().totals()["document"] == 0


def test_files_that_are_no_table(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Missing):
        put(case, tmp_path / "none.csv")
    with pytest.raises(Unreadable):
        put(case, tmp_path / "empty.csv", "")
    assert case.read().totals()["document"] == 0


@pytest.mark.parametrize("store", STORES)
def test_both_stores_take_a_file_alike(store: str, tmp_path: Path) -> None:
    with new_case(store, tmp_path / "other") as case:
        assert counts(put(case, tmp_path / "finds.csv", FINDS)) == (3, 2, 0, 1)
        assert counts(put(case, tmp_path / "finds.csv", FINDS.replace(",1,2020", ",2,2020"))) == (3, 1, 1, 1)
        assert case.read().totals()["marking"] == 2 and check_case(case) == []


CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=6))
def test_whatever_the_cells_hold_the_sums_agree(case: Case, tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Tag", "Serial", "Qty", "Date found", "Odd"], *rows])
    try:
        first = put(case, path)
    except Unreadable:
        return  # so many control characters that it is no text at all
    second = put(case, path)
    assert (second.read, second.accepted, second.refused) == (first.read, 0, first.refused)


def test_a_table_of_which_nothing_is_known_is_not_guessed(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        put(case, tmp_path / "odd.csv", "foo,bar\n1,2\n")
    assert "--as KIND" in refused.value.problems[0].advice
    assert not list(case.vault.digests())


def test_a_table_without_rows_is_told(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path / "empty.csv", "Tag,Make\n")
    assert result.read == 0 and "there are no rows below the header" in result.warnings


def test_tags_of_other_items_are_told(case: Case, tmp_path: Path) -> None:
    """A corrected list under a new name makes every find a second time: a word says so."""
    first = put(case, tmp_path / "finds.csv", "tag,make\nA-1,First\nA-2,Second\nA-2,Second\n")
    assert not [one for one in first.warnings if "another item" in one]
    for trial in (True, False):
        told = put(case, tmp_path / "finds-corrected.csv", "tag,make\nA-1,Other\nA-9,New\n", dry_run=trial)
        assert [one for one in told.warnings if "1 tag is of another item already (A-1)" in one]
    again = put(case, tmp_path / "finds-corrected.csv", "tag,make\nA-1,Else\n")
    assert not [one for one in again.warnings if "another item" in one]
    hidden = put(case, tmp_path / "sealed.csv", "tag,make\nZ-1,First\n", tier="restricted")
    open_ = put(case, tmp_path / "open.csv", "tag,make\nZ-1,First\n")
    assert not [one for one in hidden.warnings + open_.warnings if "another item" in one]
