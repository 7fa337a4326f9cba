"""The annex comes back filled: taken in once, whole, with every bad row told and kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from headstamp.actions.desk.answers import take_answers
from headstamp.actions.desk.request_subject import subject_of
from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.publish.letter_csv import plain
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from tests.conftest import STORES, new_case

WHO: dict[str, Any] = {"clearance": "restricted", "actor": "officer"}


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build(values)


def sample() -> list[Record]:
    return [
        make("party", id="party-make", name="Northern Works"),
        make("party", id="party-dupa", name="Twice Ltd"),
        make("party", id="party-dupb", name="Twice Ltd"),
        *(make("item", id=f"item-aa0{n}", tag=f"A-{n}", make="Northern Works") for n in range(6)),
        make("marking", id="mark-aaaa", item="item-aa00", text="=TA 412207", marking_kind="serial"),
        make("marking", id="mark-bbbb", item="item-aa00", text="NW", marking_kind="logo"),
        make("item", id="item-othr", tag="B-1"),
        make("trace_request", id="trace-aaaa", title="Six rifles", addressee="party-make",
             items=[f"item-aa0{n}" for n in range(6)], status="sent", sent_on="2026-03-02",
             our_reference="T-1", tier="restricted"),
    ]


@pytest.fixture(params=STORES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    with new_case(request.param, tmp_path) as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(sample())
        yield made


def annex(case: Case) -> list[dict[str, str]]:
    """The table that goes with the letter, as it is read by who fills it in."""
    request = case.read("restricted").get("trace-aaaa")
    content = plain(subject_of(case, request.values, "restricted"), "trace-aaaa")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def save(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def filled(case: Case) -> list[dict[str, str]]:
    rows = annex(case)
    by_item = {row["item_id"]: row for row in rows}
    by_item["item-aa00"] |= {"answer_code": "confirmed in full", "answer_delivered_to": "Far Trading",
                             "answer_delivered_on": "2011-05", "answer_text": "Lot of 500."}
    by_item["item-aa01"] |= {"answer_code": "confirmed_full", "answer_delivered_to": "Far  Trading",
                             "answer_delivered_on": "2011-06", "answer_document": "Invoice 7"}
    by_item["item-aa02"] |= {"answer_code": "no_record", "answer_text": "Burnt in 1999."}
    return rows


def test_rows_become_replies_by_code_and_transfers_that_name_them(case: Case, tmp_path: Path) -> None:
    path = save(tmp_path / "answers.csv", filled(case))
    done = take_answers(case, path, "trace-aaaa", received_on="2026-04-01",
                        use_limits=["not_published"], restrictions="For the panel.", **WHO)
    assert (done.rows, done.taken, done.empty, done.problems) == (7, 3, 4, ())
    reader = case.read("restricted")
    replies = {one.get("reply_code"): one for one in reader.list("trace_reply").rows}
    assert set(replies) == {"confirmed_full", "no_record"}
    assert replies["no_record"].get("items") == ["item-aa02"]
    assert "Burnt in 1999." in replies["no_record"].get("text")
    assert replies["confirmed_full"].get("received_on") == "2026-04-01"
    transfers = reader.list("transfer", order="happened_on_from", descending=False).rows
    assert [(one.get("items"), one.get("happened_on")) for one in transfers] == [
        (["item-aa00"], "2011-05"), (["item-aa01"], "2011-06")]
    assert {one.get("reply") for one in transfers} == {replies["confirmed_full"].id}
    assert {one.get("from_party") for one in transfers} == {"party-make"}
    assert len({one.get("to_party") for one in transfers}) == 1 and done.parties == ("Far Trading",)
    assert "Invoice 7" in transfers[1].get("basis")
    limits = reader.limits([one.id for one in transfers])
    assert all("not_published" in limit.codes for some in limits.values() for limit in some)
    assert len(limits) == 2
    # The file itself is an original.
    letter = reader.get(replies["no_record"].get("document"))
    assert reader.original(letter.get("digest"))[0].read_bytes() == path.read_bytes()


def test_the_same_file_again_changes_nothing(case: Case, tmp_path: Path) -> None:
    path = save(tmp_path / "answers.csv", filled(case))
    take_answers(case, path, "trace-aaaa", **WHO)
    before = case.read("sealed").size()
    again = take_answers(case, path.rename(tmp_path / "another name.csv"), "trace-aaaa", **WHO)
    assert case.read("sealed").size() == before
    assert again.changed == 0 and {what for _, what in again.transfers} == {"unchanged"}


def test_a_trial_writes_nothing(case: Case, tmp_path: Path) -> None:
    path = save(tmp_path / "answers.csv", filled(case))
    before = case.read("sealed").size()
    done = take_answers(case, path, "trace-aaaa", dry_run=True, **WHO)
    assert (len(done.replies), len(done.transfers), done.dry) == (2, 2, True)
    assert case.read("sealed").size() == before


def test_bad_rows_are_told_at_once_kept_mended_and_taken(case: Case, tmp_path: Path) -> None:
    rows = filled(case)
    bad = [
        {"item_id": "item-aa03", "answer_code": "perhaps"},
        {"item_id": "item-zzzz", "answer_code": "no_record"},
        {"item_id": "item-othr", "answer_code": "no_record"},
        {"item_id": "item-aa04", "answer_code": "confirmed_full", "answer_delivered_on": "2011-02-31",
         "answer_delivered_to": "X"},
        {"item_id": "item-aa05", "answer_code": "confirmed_full", "answer_delivered_to": "Twice Ltd"},
        {"item_id": "item-aa05", "answer_text": "no code"},
        {"item_id": "", "tag": "", "answer_code": "no_record"},
        {"item_id": "item-aa05", "request": "trace-zzzz", "answer_code": "no_record"},
    ]
    rows += [{**dict.fromkeys(rows[0], ""), **one} for one in bad]
    done = take_answers(case, save(tmp_path / "answers.csv", rows), "trace-aaaa", **WHO)
    assert [(one.row, one.field) for one in done.problems] == [
        (8, "answer_code"), (9, "item_id"), (10, "item_id"), (11, "answer_delivered_on"),
        (12, "answer_delivered_to"), (13, "answer_code"), (14, "tag"), (15, "request")]
    assert all(one.file == "answers.csv" and one.rule for one in done.problems)
    assert done.taken == 3 and case.read("restricted").count("transfer")[0] == 2
    # They are kept as they were, and taken in from there once they are mended.
    kept = Path(done.problems_file)
    text = kept.read_text("utf-8-sig")
    assert text.count("\n") == 9 and "item-zzzz" in text
    mended = list(csv.DictReader(io.StringIO(text)))[:1]
    mended[0]["answer_code"] = "refused"
    again = take_answers(case, save(kept, mended), "trace-aaaa", **WHO)
    assert (again.taken, again.problems, again.left) == (1, (), again.left)
    assert case.read("restricted").count("trace_reply")[0] == 3


def test_a_workbook_with_other_names_of_columns_is_read_too(case: Case, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Remarks", "Tag number", "Sold to", "Result", "Licence number", "Colour"])
    sheet.append(["as asked", "A-3", "party-make", "confirmed in part", "L-77", "green"])
    book.save(tmp_path / "answers.xlsx")
    done = take_answers(case, tmp_path / "answers.xlsx", "trace-aaaa", **WHO)
    assert (done.taken, done.problems, done.left) == (1, (), ("Colour",))
    (transfer,) = case.read("restricted").list("transfer").rows
    assert (transfer.get("licence"), transfer.get("to_party"), transfer.get("basis")) == (
        "L-77", "party-make", "as asked")


def test_what_is_no_filled_annex_is_refused_with_all_that_is_missing(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("colour,size\ngreen,3\n", "utf-8")
    with pytest.raises(Invalid) as refused:
        take_answers(case, path, "trace-aaaa", **WHO)
    assert [one.field for one in refused.value.problems] == ["item_id", "answer_code"]
    (tmp_path / "y.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(Unreadable):
        take_answers(case, tmp_path / "y.xlsx", "trace-aaaa", **WHO)
    with pytest.raises(Missing):
        take_answers(case, path, "trace-none", **WHO)
    with pytest.raises(Invalid):
        take_answers(case, path, "item-aa00", **WHO)
