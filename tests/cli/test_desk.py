"""``desk``: the board, the calendar, the figures and the answers, in words and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from tests.cli.conftest import Run


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build(values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.create(tmp_path / "case") as case, case.change(actor="t", reason="r") as change:
        change.put_many([
            make("party", id="party-make", name="Northern Works", country="FR"),
            make("item", id="item-aaaa", tag="A-1"),
            make("item", id="item-bbbb", tag="A-2"),
            make("trace_request", id="trace-aaaa", title="Two rifles", addressee="party-make",
                 addressee_role="maker", items=["item-aaaa", "item-bbbb"], status="sent",
                 sent_on="2026-01-05", our_reference="T-1"),
            make("trace_request", id="trace-drft", title="Draft"),
        ])
    return tmp_path / "case"


def test_the_board(run: Run, folder: Path) -> None:
    told = run("desk", "--case", folder, "--json").json
    assert {one["state"]: [card["id"] for card in one["cards"]] for one in told["columns"]
            if one["cards"]} == {"draft": ["trace-drft"], "sent": ["trace-aaaa"]}
    words = run("desk", "--case", folder).out
    assert "Two rifles" in words and "send a reminder" in words


def test_the_calendar(run: Run, folder: Path, tmp_path: Path) -> None:
    made = run("desk", "calendar", "-o", tmp_path / "desk.ics", "--case", folder, "--json")
    text = (tmp_path / "desk.ics").read_text("utf-8")
    assert made.json["events"] == text.count("BEGIN:VEVENT") > 0
    assert "T-1" in text and "Two rifles" not in text
    assert "day" in run("desk", "calendar", "-o", tmp_path / "desk.ics", "--case", folder).out


def test_the_figures(run: Run, folder: Path) -> None:
    told = run("desk", "statistics", "--case", folder, "--json").json
    assert (told["all"]["sent"], told["all"]["answered"], told["all"]["few"]) == (1, 0, True)
    words = run("desk", "statistics", "--case", folder).out
    assert "not reached" in words and "Northern Works" in words and "few" in words


def test_answers_come_back(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("item_id,tag,answer_code,sold to,date\nitem-aaaa,,confirmed_full,Far Trading,2011-05\n"
                    ",A-2,nonsense,,\n,A-2,,,\n", "utf-8")
    ask = ("desk", "answers", path, "--request", "trace-aaaa", "--case", folder)
    trial = run(*ask, "--dry-run", "--json")
    assert (trial.code, trial.json["taken"], trial.json["dry_run"]) == (2, 1, True)
    assert run("count", "transfer", "--case", folder).out == "0\n"
    done = run(*ask, "--limit", "not_in_court", "--received", "2026-03-01", "--json")
    assert done.code == 2
    assert (done.json["taken"], done.json["without_answer"], done.json["refused"]) == (1, 1, 1)
    (problem,) = done.json["problems"]
    assert (problem["row"], problem["field"], problem["value"]) == (2, "answer_code", "nonsense")
    assert Path(done.json["problems_file"]).exists()
    again = run(*ask)
    assert "new or changed 0" in again.out and "such code" in again.err
    # What it says is shown with its limits.
    (transfer,) = run("list", "transfer", "--case", folder, "--json").json["records"]
    shown = run("show", transfer["id"], "--case", folder)
    assert "not as evidence in proceedings" in shown.out
    assert "not as evidence" in run("list", "transfer", "--case", folder).out
    told = run("show", transfer["id"], "--case", folder, "--json").json
    assert told["use_limits"][transfer["id"]][0]["codes"] == ["not_in_court"]


def test_what_is_not_there_is_said(run: Run, folder: Path, tmp_path: Path) -> None:
    assert run("desk", "answers", tmp_path / "none.csv", "--request", "trace-aaaa",
               "--case", folder).code == 3
    assert run("desk", "answers", tmp_path / "none.csv", "--case", folder).code == 2


def test_answers_come_back_by_our_reference_too(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("tag,answer_code\nA-1,no_record\n", "utf-8")
    done = run("desk", "answers", path, "--request", "t-1", "--case", folder, "--json")
    assert done.json["taken"] == 1
    lost = run("desk", "answers", path, "--request", "T-9", "--case", folder)
    assert lost.code and "there is no trace request T-9" in lost.err


def test_an_empty_desk_says_how_to_begin(run: Run, tmp_path: Path) -> None:
    Case.create(tmp_path / "none").close()
    for words, told in ((("desk",), "request draft"), (("desk", "statistics"), "nothing to count"),
                        (("lag",), "No lag can be told"), (("finding",), "No finding is on file"),
                        (("forward", "--lot", "AB-1"), "No transfer that is recorded tells of it")):
        said = run(*words, "--case", tmp_path / "none")
        assert said.code == 0 and told in said.out + said.err, words
