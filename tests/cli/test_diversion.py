"""``headstamp diversion``: in words, as JSON, over a whole case, put down as a draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.records import Custody, Item, Party
from headstamp.store.case import Case
from tests.cli.conftest import Run


@pytest.fixture
def army(tmp_path: Path) -> Path:
    """A case with a rifle that was captured, and a pistol of which nothing is known."""
    folder = tmp_path / "case"
    with Case.create(folder) as case, case.change(actor="a", reason="r") as change:
        depot = Party.build(name="Fourth Depot", party_kind="armed_force")
        group = Party.build(name="The Column", party_kind="armed_group")
        rifle = Item.build(tag="R-1", family="arm", item_type="rifle")
        pistol = Item.build(tag="P-1", family="arm", item_type="pistol")
        change.put_many([depot, group, rifle, pistol])
        change.put_many([
            Custody.build(item=rifle.id, custody_kind="issued", to_party=depot.id, held_on="2012-05",
                          lawful_status="authorised", grade="A2"),
            Custody.build(item=rifle.id, custody_kind="captured", from_party=depot.id,
                          to_party=group.id, held_on="2014-06-10", lawful_status="unauthorised",
                          grade="B2"),
            Custody.build(item=pistol.id, custody_kind="lost", held_on="../2016"),
        ])
    return folder


def test_one_item_in_words(run: Run, army: Path) -> None:
    told = run("diversion", "R-1", "--case", army)
    assert told.code == 0, told.err
    for part in ("battlefield capture", "Nothing here says that Fourth Depot did wrong.",
                 "None of these, or not known", "settled by: ask Fourth Depot", "[B2; cust-",
                 "point of diversion, rule 1: stated weights, not measured frequencies"):
        assert part in told.out, part


def test_one_item_as_json(run: Run, army: Path) -> None:
    told = run("diversion", "R-1", "--json", "--case", army).json
    assert (told["rule"], told["version"], told["standing"]) == ("point of diversion", 1, "determined")
    best = told["hypotheses"][0]
    assert best["kind"] == "battlefield_capture"
    assert 0 < best["low"] < best["probability"] < best["high"] < 1
    assert told["names"][best["last_lawful"]] == "Fourth Depot"
    assert told["hypotheses"][-1]["rest"] is True


def test_all_items_with_those_that_cannot_be_determined(run: Run, army: Path) -> None:
    told = run("diversion", "--all", "--json", "--case", army).json
    assert told["counts"] == {"battlefield_capture": 1, "cannot be determined": 1}
    words = run("diversion", "--all", "--case", army).out
    assert "1  battlefield capture" in words and "1  cannot be determined" in words


def test_put_down_as_a_draft(run: Run, army: Path) -> None:
    put = run("diversion", "R-1", "--record", "--json", "--case", army).json
    shown = run("show", put["id"], "--json", "--case", army).json
    assert (shown["status"], shown["method"]) == ("draft", "point of diversion, rule 1")
    again = run("diversion", "R-1", "--record", "--case", army)
    assert again.code == 5
    other = run("diversion", "R-1", "--record", "--hypothesis", 2, "--case", army)
    assert other.code == 0, other.err


@pytest.mark.parametrize("words", [
    (), ("R-1", "--all"), ("--all", "--record"), ("R-1", "--hypothesis", "1"), ("X-9",),
    ("R-1", "--record", "--hypothesis", "9"),
])
def test_what_is_not_meant_is_refused_in_words(run: Run, army: Path, words: tuple[str, ...]) -> None:
    told = run("diversion", *words, "--case", army)
    assert told.code not in (0, 1) and told.err.startswith("headstamp: ")
