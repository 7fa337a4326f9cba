"""A snapshot holds what its clearance may see of one state, and says which state."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import headstamp
from headstamp.engine.snapshot import open_snapshot, take_snapshot
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unreadable
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.records import TYPES, Item, Marking, Photograph, Site
from headstamp.store.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        store = Site.build({"name": "North store", "names": [{"text": "المخزن", "language": "ar"}],
                            "former_use": ["storage"],
                            "place": {"latitude": 35.12345, "longitude": 44.54321,
                                      "locality": "Exampletown"}})
        radio = Item.build({"make": "O'Brien \"&\" Söhne", "made_on": "2016-02~", "site": store.id,
                            "quantity": {"value": 40, "method": "estimate_by_eye"}, "links": ["a", "b"]})
        hidden = Item.build({"make": "Zanzibar-canary", "tier": "sealed"})
        part = Marking.build({"item": hidden.id, "text": "CANARY-77"})
        seen = Marking.build({"item": radio.id, "text": " 07-85\n\u202e\"'%s "})
        photo = Photograph.build({"digest": "ab" * 32, "taken_on": "2020",
                                  "place": {"latitude": 1.23456, "longitude": 2.34567}})
        with made.change(actor="A", reason="a day's finds") as change:
            change.put_many([store, radio, hidden, part, seen, photo])
        yield made


def test_one_file_a_kind_with_typed_columns(case: Case) -> None:
    taken = take_snapshot(case, "restricted")
    assert taken.folder.is_relative_to(case.folder)
    assert {p.name for p in taken.folder.iterdir()} == {
        "snapshot.json", *(f"{t.name}.parquet" for t in TYPES)
    }
    for type_ in TYPES:
        table = taken.table(type_.name)
        assert table.columns == ["id", "version", "label", *(c.name for c in type_.columns)]
        wanted = {"text": "VARCHAR", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN",
                  "json": "JSON"}
        assert [str(t) for t in table.types][3:] == [wanted[c.sql] for c in type_.columns]


def test_values_come_back_as_they_were(case: Case) -> None:
    taken = take_snapshot(case, "restricted")
    (item,) = taken.rows("SELECT * FROM item")
    assert item["make"] == "O'Brien \"&\" Söhne"
    assert (item["made_on"], item["made_on_from"], item["made_on_to"]) == (
        "2016-02~", "2016-02-01", "2016-02-29"
    )
    assert item["quantity_value"] == 40.0
    assert json.loads(item["links"]) == ["a", "b"]
    (marking,) = taken.rows("SELECT text, label FROM marking")
    assert marking["text"] == " 07-85\n\u202e\"'%s "
    (site,) = taken.rows("SELECT * FROM site")
    assert site["place_locality"] == "Exampletown"
    assert json.loads(site["names"])[0]["text"] == "المخزن"


@pytest.mark.parametrize("clearance", ["public", "partner", "restricted", "sealed"])
def test_nothing_above_the_clearance(case: Case, clearance: str) -> None:
    taken = take_snapshot(case, clearance)
    told = str([taken.rows(f"SELECT * FROM {t.name}") for t in TYPES])
    assert ("Zanzibar-canary" in told, "CANARY-77" in told) == (clearance == "sealed",) * 2
    assert ("35.12345" in told) == (clearance in ("restricted", "sealed"))
    reader = case.read(clearance)
    for type_ in TYPES:
        assert taken.tables[type_.name].rows == reader.count(type_.name)[0]
        assert [r["id"] for r in taken.rows(f"SELECT id FROM {type_.name}")] == [
            shown.id for shown in reader.stream(type_.name)
        ]


def test_it_names_its_state_and_its_files(case: Case) -> None:
    taken = take_snapshot(case, "partner")
    told = json.loads((taken.folder / "snapshot.json").read_text("utf-8"))
    assert told["checkpoint"] == taken.checkpoint == case.checkpoint_note()
    assert open_checkpoint(told["checkpoint"], [case.verifier]).size == case.checkpoint().size
    assert told["clearance"] == "partner"
    for name, table in told["tables"].items():
        content = (taken.folder / f"{name}.parquet").read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
    assert list(taken.folder.glob("*.jsonl")) == []
    assert [p.name for p in taken.folder.parent.iterdir()] == [taken.folder.name]


def test_opened_again_or_refused(case: Case, tmp_path: Path) -> None:
    taken = take_snapshot(case, "restricted", tmp_path / "out")
    again = open_snapshot(tmp_path / "out")
    assert again.as_dict() == taken.as_dict()
    file = taken.path("item")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(Tampered, match="item"):
        open_snapshot(tmp_path / "out")
    (tmp_path / "out" / "snapshot.json").write_text("[]")
    with pytest.raises(Unreadable):
        open_snapshot(tmp_path / "out")
    with pytest.raises(Missing):
        open_snapshot(tmp_path / "nowhere")


def test_only_a_snapshot_is_replaced(case: Case, tmp_path: Path) -> None:
    first = take_snapshot(case, "restricted", tmp_path / "out")
    with case.change(actor="A", reason="one more") as change:
        change.put(Item.build({"make": "Second"}))
    second = take_snapshot(case, "restricted", tmp_path / "out")
    assert (first.tables["item"].rows, second.tables["item"].rows) == (1, 2)
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(Conflicting):
        take_snapshot(case, "restricted", tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Conflicting):
        take_snapshot(case, "restricted", tmp_path / "file")


def test_questions_and_what_is_no_question(case: Case, tmp_path: Path) -> None:
    taken = take_snapshot(case, "restricted", tmp_path / "it's 'ours'")
    assert taken.rows("SELECT count(*) AS n FROM marking JOIN item ON item.id = marking.item") == [
        {"n": 1}
    ]
    assert taken.table("items").filter("make IS NOT NULL").fetchall()[0][1] == 1
    with pytest.raises(Invalid):
        taken.sql("SELECT nonsense")
    with pytest.raises(Invalid):
        taken.table("nonsense")


def test_from_a_notebook(case: Case) -> None:
    with headstamp.open(str(case.folder), clearance="sealed") as opened:
        assert opened.snapshot().tables["item"].rows == 2
