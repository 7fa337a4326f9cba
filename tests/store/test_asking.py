"""A hidden record cannot be told from what is asked, counted or sorted by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.errors import Invalid
from headstamp.records import Document, Item, Photograph, Site, Tally
from headstamp.store.case import Case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder: Path = tmp_path_factory.mktemp("asking") / "case"
    with Case.create(folder) as case:
        with case.change(actor="a", reason="r") as change:
            change.put_many([
                Site.build(id="site-open", name="Open"),
                Site.build(id="site-shut", name="Shut", tier="sealed"),
                Document.build(id="doc-shut", title="Shut", tier="sealed"),
                Item.build(id="item-open", tag="1", site="site-open"),
                Item.build(id="item-shut", tag="2", site="site-shut",
                           source={"document": "doc-shut", "row": 77}),
                Item.build(id="item-none", tag="3"),
                Item.build(id="item-part", tag="4", parent="item-open"),
                Photograph.build(id="photo-open", items=["item-open"], link="https://example.org/a"),
                Tally.build(what="rifles", count=1),
            ])
        yield case


def _ids(case: Case, clearance: str, where: dict[str, str], kind: str = "item") -> set[str]:
    return {shown.id for shown in case.read(clearance).list(kind, where).rows}


def test_a_field_that_names_a_hidden_record_is_empty_when_asked(case: Case) -> None:
    empty = {"item-shut", "item-none", "item-part"}
    for where in ({"site": ""}, {"site": "", "id": "item-shut"}):
        wanted = empty & {"item-shut"} if "id" in where else empty
        assert _ids(case, "restricted", where) == wanted
    assert _ids(case, "restricted", {"site": "site-shut"}) == set()
    assert _ids(case, "sealed", {"site": "site-shut"}) == {"item-shut"}
    assert _ids(case, "sealed", {"site": ""}) == {"item-none", "item-part"}
    assert _ids(case, "restricted", {"source_row": "77"}) == set()
    assert _ids(case, "sealed", {"source_row": "77"}) == {"item-shut"}
    assert "item-shut" in _ids(case, "restricted", {"source_document": ""})


def test_counts_agree_with_lists(case: Case) -> None:
    for clearance in ("public", "restricted", "sealed"):
        reader = case.read(clearance)
        for by in ("site", "source_document", "source_row", "maker", "parent"):
            total, groups = reader.count("item", by)
            assert sum(n for _, n in groups) == total
            for value, n in groups:
                page = reader.list("item", {by: value})
                assert page.total == len(page.rows) == n, (clearance, by, value)


def test_sorting_does_not_tell_of_a_hidden_record(case: Case) -> None:
    reader = case.read("restricted")
    for field in ("site", "source_row"):
        rows = reader.list("item", order=field, descending=False).rows
        nothing = [shown.id for shown in rows if shown.get("site") is None]
        # Those without a visible value come in the order of the log, hidden or not.
        assert nothing == ["item-shut", "item-none", "item-part"]


def test_records_are_found_by_any_reference(case: Case) -> None:
    assert _ids(case, "restricted", {"items": "item-open"}, "photograph") == {"photo-open"}
    assert _ids(case, "restricted", {"parent": "item-open"}) == {"item-part"}
    assert _ids(case, "restricted", {"items": "nonsense"}, "photograph") == set()
    with pytest.raises(Invalid):
        case.read("restricted").list("photograph", {"items": ""})
    with pytest.raises(Invalid):
        case.read("restricted").count("photograph", "items")


def test_what_names_a_record_is_grouped_and_counted(case: Case) -> None:
    found = case.read("restricted").naming("item-open")
    assert [(one.kind.name, one.field.name, one.count, [s.id for s in rows])
            for one, rows in found] == [
        ("item", "parent", 1, ["item-part"]), ("photograph", "items", 1, ["photo-open"]),
    ]
    sources = case.read("sealed").referring("doc-shut", field="source")
    assert [shown.id for shown in sources] == ["item-shut"]
    assert case.read("sealed").referring("doc-shut") == []
