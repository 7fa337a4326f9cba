"""Tags where ids are wanted: one item is meant, or none."""

from __future__ import annotations

from pathlib import Path

from headstamp.actions.intake.file import import_file
from headstamp.actions.intake.result import ImportResult
from headstamp.store.case import Case


def put(case: Case, path: Path, text: str, kind: str) -> ImportResult:
    path.write_text(text, "utf-8")
    return import_file(case, path, kind=kind, actor="A")


def by_tag(case: Case) -> dict[str, str]:
    return {shown.get("tag"): shown.id for shown in case.read("sealed").stream("item")}


def test_parents_by_tag_in_the_same_file(case: Case, tmp_path: Path) -> None:
    text = "tag,parent\nW-1,\nC-1,W-1\nC-2,C-1\nC-3,W-9\n"
    done = put(case, tmp_path / "p.csv", text, "item")
    assert (done.read, done.accepted, done.refused) == (4, 3, 1)
    assert done.problems is not None and "where exactly one item has it" in done.problems.read_text()
    ids = by_tag(case)
    reader = case.read("sealed")
    assert reader.get(ids["C-1"]).get("parent") == ids["W-1"]
    assert reader.get(ids["C-2"]).get("parent") == ids["C-1"]
    # Mended, it is found by the tag of an item that came with the first file.
    done.problems.write_text(done.problems.read_text("utf-8").replace("C-3,W-9", "C-3,W-1"), "utf-8")
    assert import_file(case, done.problems, actor="A").accepted == 1
    assert case.read("sealed").get(by_tag(case)["C-3"]).get("parent") == ids["W-1"]
    again = put(case, tmp_path / "p.csv", text.replace("W-9", "W-1"), "item")
    assert (again.unchanged, again.refused) == (4, 0)


def test_a_tag_that_two_items_share_names_neither(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path / "a.csv", "tag,make\nX,FN\nY,FN\n", "item")
    put(case, tmp_path / "b.csv", "tag,make\nX,FN\n", "item")
    done = put(case, tmp_path / "m.csv", "item,text\nX,AB 1\nY,AB 2\n", "marking")
    assert (done.accepted, done.refused) == (1, 1)
    (marking,) = case.read("sealed").list("marking").rows
    assert marking.get("item") == by_tag(case)["Y"]
    # In the file's own items, the tag of the file wins.
    done = put(case, tmp_path / "c.csv", "tag,parent\nX,\nP,X\nQ,Y\n", "item")
    assert done.accepted == 3


def test_names_in_one_cell_are_told_apart(case: Case, tmp_path: Path) -> None:
    done = put(case, tmp_path / "n.csv", "name,names,identifiers\nAcme,Acme AS; Акме ;,LEI 5\n", "party")
    assert done.accepted == 1
    (party,) = case.read("sealed").list("party").rows
    assert [one["text"] for one in party.get("names")] == ["Acme AS", "Акме"]
    assert party.get("remark") == "identifiers: LEI 5"


def test_a_count_that_may_be_read_two_ways_is_refused(case: Case, tmp_path: Path) -> None:
    done = put(case, tmp_path / "q.csv", "tag,quantity\nA,1.200\nB,7\n", "item")
    assert (done.accepted, done.refused) == (1, 1)
    settled = put(case, tmp_path / "r.csv", "tag,quantity\nA,1.200\nB,1.5\n", "item")
    assert settled.accepted == 2
    grouped = put(case, tmp_path / "s.csv", "tag;quantity\nA;1.200\nB;1.200.000\n", "item")
    assert grouped.accepted == 2
    found = sorted(s.get("quantity")["value"] for s in case.read("sealed").stream("item")
                   if s.get("tag") == "A")
    assert [float(one) for one in found] == [1.2, 1200.0]
