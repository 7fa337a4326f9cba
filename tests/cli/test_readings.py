"""``readings``, ``give-reading`` and ``settle``: two readers on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.records import Item, Marking
from headstamp.store.case import Case
from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Case.create(tmp_path / "case") as case, case.change(actor="t", reason="sample") as change:
        change.put_many([
            Item.build(id="item-aaaa", tag="A-1", family="arm"),
            Marking.build(id="mark-aaaa", item="item-aaaa", text="AB 1?3", state="partial"),
        ])
    return tmp_path / "case"


def test_two_people_read_and_their_text_is_recorded(run: Run, folder: Path) -> None:
    def call(*words: object, json: bool = True, actor: str = "Ada"):
        return run(*words, "--case", folder, "--actor", actor, *(["--json"] if json else []))

    empty = call("readings").json
    assert empty["total"] == 0 and empty["agreement"]["share"] is None
    assert call("readings", "--state", "none").json["markings"][0]["id"] == "mark-aaaa"
    given = call("give-reading", "mark-aaaa", "AB 123", "--certainty", "70").json
    assert given["version"] == 1
    assert call("give-reading", "mark-aaaa", "AB 124").code == 5
    for json in (True, False):
        held = call("readings", "mark-aaaa", json=json, actor="Ben")
        assert "AB 1" not in held.out + held.err
        assert "AB 123" in call("readings", "mark-aaaa", "--open", json=json, actor="Ben").out
    assert "1 other person has read this marking" in call("readings", "mark-aaaa", json=False,
                                                          actor="Ben").out
    assert call("settle", "mark-aaaa", "AB 123", "--reason", "x", "--version", 1).code == 2
    call("give-reading", "mark-aaaa", "A8 123", "--from-item", "--remark", "worn", actor="Ben")
    both = call("readings", "mark-aaaa").json
    assert [one["method"] for one in both["readings"]] == ["person", "second_person"]
    assert both["joint"] == "A[B8] 123" and both["pairs"][0]["share"] == 0.8
    words = call("readings", "mark-aaaa", json=False).out
    assert "place 2: Ada reads B, Ben reads 8" in words and "as recorded: AB 1?3" in words
    case = call("readings", "--state", "two").json
    assert case["agreement"]["confusions"] == [{"one": "8", "other": "B", "count": 1}]
    assert "4 of the 5" in call("readings", "--state", "two", json=False).out
    done = call("settle", "mark-aaaa", "AB 123", "--reason", "looked again", "--version", 1)
    assert done.json["version"] == 2
    with Case.open(folder) as opened:
        assert opened.read().get("mark-aaaa").get("text") == "AB 123"
