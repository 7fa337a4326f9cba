"""Questions over a whole case: right, bounded, and no way around the read filter."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.errors import Invalid
from headstamp.records import kind_named
from headstamp.store.case import Case


def made(kind: str, **values: object) -> object:
    return kind_named(kind).cls.build(values)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case.create(tmp_path / "case")
    with case.change(actor="ann", reason="import") as change:
        change.put_many([
            made("item", id="item-aaaaaaaaaaaaa", tag="1", grade="B2"),
            made("item", id="item-bbbbbbbbbbbbb", tag="2"),
            made("marking", id="mark-aaaaaaaaaaaaa", item="item-aaaaaaaaaaaaa", text="07-85"),
        ])
    with case.change(actor="ann", reason="import") as change:
        change.put(made("item", id="item-ccccccccccccc", tag="3"))
    with case.change(actor="bob", reason="secret") as change:
        change.put(made("marking", id="mark-bbbbbbbbbbbbb", item="item-bbbbbbbbbbbbb", text="X1",
                        tier="sealed"))
    with case.change(actor="cid", reason="a site") as change:
        change.put(made("site", id="site-aaaaaaaaaaaaa", name="Mill",
                        place={"latitude": 36.3412, "longitude": 43.1289}))
    return case


def test_neighbouring_changes_of_one_actor_and_reason_are_one_and_hidden_ones_none(
    case: Case,
) -> None:
    spans = case.read("restricted").recent()
    assert [(s.actor, s.reason, s.counts) for s in spans] == [
        ("cid", "a site", (("site", 1),)),
        ("ann", "import", (("item", 3), ("marking", 1))),
    ]
    assert spans[1].ids[0] == "item-ccccccccccccc"
    assert (spans[1].first, spans[1].last) == (0, 3)
    assert [s.actor for s in case.read("sealed").recent()] == ["cid", "bob", "ann"]
    assert [s.actor for s in case.read("sealed").recent(1)] == ["cid"]


def test_what_only_a_hidden_record_would_give_is_lacking(case: Case) -> None:
    total, some = case.read("restricted").lacking("item", "marking", "item", 10)
    assert (total, [s.get("tag") for s in some]) == (2, ["3", "2"])
    assert case.read("sealed").lacking("item", "marking", "item")[0] == 1
    with pytest.raises(Invalid):
        case.read("sealed").lacking("item", "marking", "state")


def test_empty_columns_are_counted_and_hidden_ones_not_asked(case: Case) -> None:
    total, some = case.read("restricted").empty("item", "grade", 1)
    assert (total, [s.get("tag") for s in some]) == (2, ["3"])
    with pytest.raises(Invalid):
        case.read("partner").empty("site", "cleared_by")


def test_points_come_as_exact_as_the_reader_may_see_them(case: Case) -> None:
    total, (exact,) = case.read("restricted").placed("site", "place")
    assert total == 1 and exact.get("place")["latitude"] == 36.3412
    _, (coarse,) = case.read("partner").placed("site", "place")
    assert coarse.get("place")["precision"] == "coarsened"
    assert coarse.get("place")["latitude"] != 36.3412


def test_times_named_counts_visible_records_only(case: Case) -> None:
    ids = ["item-aaaaaaaaaaaaa", "item-bbbbbbbbbbbbb"]
    assert case.read("restricted").times_named(ids, "marking", "item") == {ids[0]: 1}
    assert case.read("sealed").times_named(ids, "marking", "item") == {ids[0]: 1, ids[1]: 1}


def test_sums_add_up_visible_counts(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "tallies")
    with case.change(actor="ann", reason="import") as change:
        change.put_many([
            made("tally", what="pistols", count=3, period="2015"),
            made("tally", what="pistols", count=4, period="2015-02"),
            made("tally", what="pistols", count=9, period="2016"),
            made("tally", what="pistols", count=100, period="2016", tier="sealed"),
        ])
    sums = case.read("restricted").summed("tally", "count", ["what", "year"])
    assert sums == [(("pistols", "2016"), 9, 1), (("pistols", "2015"), 7, 2)]
