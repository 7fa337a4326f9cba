"""``headstamp markings``: what misreadings cost, and what the case teaches."""

from __future__ import annotations

from pathlib import Path

from headstamp.records import Item, Marking, Reading
from headstamp.store.case import Case
from tests.cli.conftest import Run, Small


def read_by_ana(folder: Path, number: int) -> None:
    with Case.open(folder) as case, case.change(actor="Clerk", reason="test") as change:
        item = Item.build({"make": "Altera"})
        change.put(item)
        for place in range(number):
            true = f"A8{place:04}"
            marking = Marking.build({"item": item.id, "text": f"AB{place:04}" if place < 15 else true})
            change.put(marking)
            change.put(Reading.build({"marking": marking.id, "text": true, "reader": "Ana",
                                      "certainty": 100}))


def test_costs_need_no_case(run: Run) -> None:
    told = run("markings", "costs", "--technique", "stamped", "--reader", "ocr", "--json").json
    assert (told["technique"], told["reader"], told["learned_from"]) == ("stamped", "ocr", 0)
    shown = run("markings", "costs")
    assert shown.code == 0
    assert "house estimate" in shown.out
    assert "0>O 0.014" in shown.out


def test_too_little_is_refused(run: Run, small: Small) -> None:
    told = run("markings", "learn", "--case", small.folder, "--json")
    assert (told.code, told.json["error"]) == (2, "invalid")
    assert len(told.json["problems"]) == 2


def test_learn_shows_and_writes_only_when_told_to(run: Run, small: Small, tmp_path: Path) -> None:
    read_by_ana(small.folder, 60)
    before = sorted(small.folder.iterdir())
    shown = run("markings", "learn", "--case", small.folder)
    assert shown.code == 0
    assert "60 confirmed pairs of texts, 15 of them differ (60 by a certain reading)" in shown.out
    assert "8 read as B\t0.014" in shown.out
    assert sorted(small.folder.iterdir()) == before
    file = tmp_path / "learned.toml"
    told = run("markings", "learn", "--case", small.folder, "--json", "--use", "--write", file).json
    assert told["written"] == [str(small.folder / "markings-costs.toml"), str(file)]
    assert file.read_bytes() == (small.folder / "markings-costs.toml").read_bytes()
    used = run("markings", "costs", "--case", small.folder, "--json").json
    assert used["learned_from"] == 60
    (chance,) = [pair["probability"] for group in used["lookalikes"] for pair in group["pairs"]
                 if (pair["true"], pair["seen"]) == ("8", "B")]
    assert chance > 0.05
    assert run("verify", "--case", small.folder).code == 0
