"""What an erasure says of itself beforehand: where else the same stands, and what goes with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headstamp.actions.evidence.erasing import approve, ask, finish
from headstamp.actions.evidence.erasure_scope import scope_of
from headstamp.actions.intake.file import import_file
from headstamp.records import Alert, Document, Marking, Photograph, TraceRequest
from headstamp.store.case import Case
from headstamp.store.erasing import GOES_WITH, note_left
from tests.actions.exchange.travel import ITEM, Two, two_devices

BOTH = {"clearance": "sealed"}


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def told(case: Case, record: str, *fields: str) -> str:
    return ask(case, record, fields=fields, ground="safety", actor="Ana", **BOTH)


def test_what_says_it_besides_is_told_and_refused_rows_go_with_it(tmp_path: Path) -> None:
    table = tmp_path / "finds.csv"
    rows = "tag,make,date found\nA-1,Altera Works,2017\nA-2,Altera Works,some day\n"
    table.write_text(rows, encoding="utf-8")
    with Case.create(tmp_path / "case") as case:
        first = import_file(case, table, kind="item", actor="Ana").document_id
        table.write_text(f"{rows}A-3,Sony,2018\n", encoding="utf-8")
        second = import_file(case, table, kind="item", actor="Ana").document_id
        item = next(row.id for row in case.read("sealed").list("item").rows if row.get("tag") == "A-1")
        with case.change(actor="Ana", reason="seen at the altera works") as change:
            kept = change.file(b"a picture"), change.file(b"a part of it"), change.file(b"the letter"), change.file(b"sent")
            change.put_many([
                Photograph.build(id="photo-first0000", items=[item], digest=kept[0].digest),
                Photograph.build(id="photo-part0000", parent="photo-first0000", generation="derivative",
                                 what_was_done="cropped", tool="t", digest=kept[1].digest),
                Document.build(id="doc-letter00", title="T-1", items=[item], digest=kept[2].digest),
                Document.build(id="doc-extract0", title="A-1", digest=kept[3].digest),
                TraceRequest.build(id="trace-first0000", title="T", items=[item], document="doc-letter00"),
                Alert.build(id="alert-first0000", title="A", items=[item], documents=["doc-extract0"]),
                Marking.build(id="mark-first0000", item=item, text="07-85"),
            ])
        (case.folder / "report.html").write_text("of ALTERA WORKS", encoding="utf-8")
        (refused,) = (path.name for path in (case.folder / "imports").iterdir())
        scope = scope_of(case, item, ("make",), clearance="sealed")
        assert scope.sources == (first,) and scope.files == (second,)
        assert scope.refused == (f"imports/{refused}",) and scope.others == ("report.html",)
        assert set(scope.papers) == {"doc-letter00", "doc-extract0"} and scope.log_entries
        assert scope_of(case, "photo-first0000", (), clearance="sealed").copies == ("photo-part0000",)
        assert set(scope_of(case, "mark-first0000", (), clearance="sealed").papers) == set(scope.papers)
        words = "\n".join(scope.elsewhere())
        assert f"imports/{refused}. These files go with it" in words
        assert "report.html. Delete them yourself" in words
        # Told is what may be seen, and no more.
        with case.change(actor="Ana", reason="raised") as change:
            held = case.read("sealed").get("doc-extract0")
            change.put(Document.build({**held.values, "tier": "sealed"}, id=held.id))
        assert "doc-extract0" not in scope_of(case, item, ("make",), clearance="restricted").papers
        made = told(case, item, "make")
        assert (case.folder / "imports" / refused).is_file()
        approve(case, made, actor="Bo", **BOTH)
        assert not list((case.folder / "imports").iterdir())


def test_refused_rows_stay_where_the_erasure_was_not_agreed_on_after_all(two: Two) -> None:
    case = two.field
    case.working.write("imports", "finds-problems.csv", b"tag,make\nA-1,Altera\n")
    note_left(case.working, {f"eras-nobody0000{GOES_WITH}finds-problems.csv"})
    assert finish(case, actor="Cy") is not None
    assert (case.folder / "imports" / "finds-problems.csv").is_file()
    made = told(case, ITEM, "make")
    with case.change(actor="Bo", reason="approved") as change:
        change.approve(made)
        change.go_with(made, ["finds-problems.csv"])
    assert finish(case, actor="Cy") is not None
    assert not (case.folder / "imports" / "finds-problems.csv").exists()


def test_what_a_crash_left_of_a_bundle_goes_and_what_may_be_in_use_stays(two: Two) -> None:
    case = two.field
    for name in (".taking-old", ".taking-new", ".exchange-old"):
        (case.folder / name / "data").mkdir(parents=True)
        (case.folder / name / "data" / "records.jsonl").write_text("Altera")
    (case.vault.folder / ".incoming-old").write_text("Altera")
    for name in (".taking-old", ".exchange-old", "originals/.incoming-old"):
        os.utime(case.folder / name, (0, 0))
    assert scope_of(case, ITEM, ("make",), clearance="sealed").others == tuple(
        f"{name}/data/records.jsonl" for name in (".exchange-old", ".taking-new", ".taking-old"))
    approve(case, told(case, ITEM, "make"), actor="Bo", **BOTH)
    assert [path.name for path in case.folder.rglob(".*")] == [".taking-new"]


def test_refused_rows_go_also_where_headquarters_erased_it(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    two.field.working.write("imports", "finds.csv-problems.csv", b"tag,make\nA-1,Altera\n")
    two.field.working.write("imports", "others.csv-problems.csv", b"tag,make\nA-1,Vicor\n")
    made = told(two.hq, ITEM, "make")
    approve(two.hq, made, actor="Bo", **BOTH)
    two.taken(two.packed(two.hq), by=two.field)
    assert two.field.read("sealed").get(ITEM).get("make") is None
    assert two.field.working.names("imports") == ["others.csv-problems.csv"]
