"""``headstamp party``: parties shown, proposed, judged, tied, given and taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headstamp.records import Party
from headstamp.store.case import Case
from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.create(tmp_path / "case") as case, case.change(actor="tester", reason="sample") as change:
        change.put_many([
            Party.build(id="party-aaaa", name="ООО «Ромашка»", party_kind="firm", country="RU"),
            Party.build(id="party-bbbb", name="Romashka LLC", party_kind="firm"),
            Party.build(id="party-cccc", name="Ana Example", party_kind="person"),
        ])
    return tmp_path / "case"


def test_a_party_is_shown_with_its_spelling_and_candidates(run: Run, folder: Path) -> None:
    told = run("--case", folder, "--json", "party", "show", "party-aaaa").json
    assert told["names_read"][0]["latin"] == "OOO Romashka"
    assert [(one["party"], one["other"]) for one in told["candidates"]] == [("party-aaaa", "party-bbbb")]
    words = run("--case", folder, "party", "show", "party-aaaa").out
    assert "OOO Romashka" in words and "the same name in another script" in words
    assert run("--case", folder, "--json", "party", "show", "party-zzzz").code == 3


def test_candidates_are_judged_and_undone(run: Run, folder: Path) -> None:
    assert run("--case", folder, "--json", "party", "candidates").json["total"] == 1
    refused = run("--case", folder, "--json", "party", "judge", "party-aaaa", "party-bbbb", "same")
    assert (refused.code, refused.json["problems"][0]["field"]) == (2, "why")
    judged = run("--case", folder, "--json", "party", "judge", "party-aaaa", "party-bbbb", "same",
                 "--why", "same register number").json
    assert judged["group"] == ["party-aaaa", "party-bbbb"] and judged["version"] == 1
    assert run("--case", folder, "--json", "party", "candidates").json["total"] == 0
    assert run("--case", folder, "--json", "party", "candidates", "--judged").json["total"] == 1
    again = run("--case", folder, "party", "judge", "party-bbbb", "party-aaaa", "different", "--why",
                "two registers")
    assert "version 2" in again.out
    assert run("--case", folder, "--json", "party", "show", "party-aaaa").json["same_as"] == []


def test_a_tie_is_recorded_and_shown(run: Run, folder: Path) -> None:
    made = run("--case", folder, "--json", "party", "tie", "party-cccc", "owner", "party-bbbb", "--share",
               "60", "--lasted", "2014/..", "--grade", "B2", "--basis", "register")
    assert made.code == 0
    words = run("--case", folder, "party", "show", "party-bbbb").out
    assert "Ana Example" in words and "60 %" in words and "2014/.." in words
    below = run("--case", folder, "--clearance", "partner", "party", "show", "party-bbbb").out
    assert "Ana" not in below
    assert run("--case", folder, "party", "tie", "party-aaaa", "same", "party-bbbb").code == 2
    wrong = run("--case", folder, "--json", "party", "tie", "party-aaaa", "boss", "party-zzzz", "--lasted",
                "2015-02-31").json
    assert len(wrong["problems"]) == 2


def test_parties_go_out_and_come_in(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.ftm.json"
    told = run("--case", folder, "--json", "--clearance", "partner", "party", "export", "-o", file).json
    assert told["schemata"] == {"Company": 2} and len(file.read_bytes().splitlines()) == 2
    assert run("--case", folder, "party", "export", "-o", file).code == 5
    run("init", tmp_path / "new")
    looked = run("--case", tmp_path / "new", "party", "import", file, "--dry-run")
    assert "2 new records" in looked.out and "nothing was written" in looked.out
    taken = run("--case", tmp_path / "new", "--json", "party", "import", file, "--tier", "public").json
    assert taken["new"] == ["party-aaaa", "party-bbbb"]
    file.write_text(json.dumps({"id": "x", "schema": "Company", "properties": {"name": "no list"}}))
    bad = run("--case", tmp_path / "new", "--json", "party", "import", file)
    assert bad.code == 2 and bad.json["problems"][0]["field"] == "x.name"
