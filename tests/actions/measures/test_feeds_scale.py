"""Serials, lists, lots and packages of a case as the measures of scale take them, against counts by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.measures.measuring import AnySnapshot, measure_snapshot
from headstamp.analysis.measures import measure_named
from headstamp.engine.held import hold
from headstamp.errors import Invalid
from headstamp.records import Record
from headstamp.store.case import Case
from tests.web.sample import make


def _snapshot(folder: Path, records: list[Record], clearance: str = "restricted") -> AnySnapshot:
    with Case.create(folder) as case:
        with case.change(actor="tester", reason="finds") as change:
            change.put_many(records)
        return hold(case, clearance)


def _field() -> list[Record]:
    """Three missions, each with a visit and a recovery at its own site."""
    found: list[Record] = []
    for at, team in enumerate(("Red", "Blue", "Red")):
        found += [make("mission", id=f"mis-aaa{at}", title=f"Mission {at}"), make("site", id=f"site-aaa{at}", name=f"Site {at}"),
                  make("visit", id=f"vis-aaa{at}", site=f"site-aaa{at}", mission=f"mis-aaa{at}", team=team),
                  make("recovery", id=f"rec-aaa{at}", visit=f"vis-aaa{at}", site=f"site-aaa{at}")]
    return found


def _item(at: int, serial: str, *, recovery: int | None = None, **more: Any) -> list[Record]:
    values = {"family": "arm", **({} if recovery is None else {"recovery": f"rec-aaa{recovery}"}), **more}
    return [make("item", id=f"item-{at:04}", **values),
            make("marking", id=f"mark-{at:04}", item=f"item-{at:04}", marking_kind="serial", text=serial)]


# scale.serials


def test_numbers_stand_with_their_crates(tmp_path: Path) -> None:
    records = _field()
    records += [make("item", id=f"item-box{at}", family="package", recovery="rec-aaa0") for at in range(2)]
    records += [make("item", id="item-gun0", family="arm")]
    numbers = [(11, "box0"), (12, "box0"), (480, "box1"), (481, "box1"), (300, "gun0"), (900, None)]
    for at, (number, parent) in enumerate(numbers):
        records += _item(at, f"K-{number:04}", recovery=1 if parent == "gun0" else None,
                         **({"parent": f"item-{parent}"} if parent else {}))
    records += _item(20, "K 0700") + _item(21, "AB 5") + _item(22, "AB 7")
    snapshot = _snapshot(tmp_path / "case", records)
    for series in ("K-#", "K#", "k #"):
        found = measure_snapshot(snapshot, "scale.serials", {"series": series})
        assert sorted(found.fed.inputs["values"]) == [11, 12, 300, 480, 481, 700, 900]
        groups = dict(zip(found.fed.inputs["values"], found.fed.inputs["groups"], strict=True))
        # A rifle is no crate: what is in it is of its recovery.
        assert groups == {11: "item-box0", 12: "item-box0", 480: "item-box1", 481: "item-box1", 300: "rec-aaa1", 700: "?", 900: "?"}
        assert found.result.more["groups"] == 5
    told = " ".join(found.fed.told)
    assert "2 left out: of other series." in told and "3 packages or recoveries; of 2 that is not told" in told
    with pytest.raises(Invalid) as error:
        measure_snapshot(snapshot, "scale.serials", {})
    assert [(one.value, one.rule) for one in error.value.problems] == [("K#", "7 numbers"), ("AB#", "2 numbers")]
    with pytest.raises(Invalid, match="no such series"):
        measure_snapshot(snapshot, "scale.serials", {"series": "Q#"})
    assert "groups" not in measure_snapshot(snapshot, "scale.serials", {"series": "K#", "together": "no"}).fed.inputs


def test_all_of_one_crate_is_refused_and_all_of_one_recovery_is_said(tmp_path: Path) -> None:
    numbers = (204, 17, 390, 121, 88, 260)
    crate = [make("item", id="item-crat", family="package")]
    for at, number in enumerate(numbers):
        crate += _item(at, str(number), parent="item-crat")
    found = measure_snapshot(_snapshot(tmp_path / "crate", crate), "scale.serials", {})
    assert found.result.refused and "one group" in found.result.reason
    store = _field()
    for at, number in enumerate(numbers):
        store += _item(at, str(number), recovery=0)
    found = measure_snapshot(_snapshot(tmp_path / "store", store), "scale.serials", {})
    assert not found.result.refused and "All are of one recovery" in " ".join(found.fed.told)
    assert found.fed.sites == ("site-aaa0",)


# scale.lists


def _seen() -> list[Record]:
    """Pieces on missions: 1 to 9 on the first alone, 10 to 14 on the first and second, 15 to 17 on all, 18 to 24 on the third."""
    on = {**dict.fromkeys(range(1, 10), (0,)), **dict.fromkeys(range(10, 15), (0, 1)), **dict.fromkeys(range(15, 18), (0, 1, 2)),
          **dict.fromkeys(range(18, 25), (2,))}
    records, at = _field(), 0
    for number, missions in on.items():
        for mission in missions:
            # Written by each as it likes; the second does not know the make.
            text = (f"K-{number:03}", f"k {number:03}", f"K{number:03}")[mission]
            records += _item(at, text, recovery=mission, **({} if mission == 1 else {"make": "Kolm"}))
            at += 1
    records += _item(90, "K-001", recovery=0, make="kolm") + _item(91, "K-001", recovery=2, make="Other")
    records += [make("item", id="item-0092", family="arm", recovery="rec-aaa0"),
                make("marking", id="mark-0092", item="item-0092", marking_kind="serial", text="K-0?1", state="partial")]
    return records + _item(93, "K-777")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnySnapshot]:
    yield _snapshot(tmp_path_factory.mktemp("lists") / "case", _seen())


def test_missions_as_lists(seen: AnySnapshot) -> None:
    found = measure_snapshot(seen, "scale.lists", {})
    cells = {(row["Mission 0"], row["Mission 1"], row["Mission 2"]): int(row["count"]) for row in found.fed.inputs["cells"]}
    # 9, 5, 3 and 7 by hand, and one of another make with the number of the first.
    assert cells == {("1", "0", "0"): 9, ("1", "1", "0"): 5, ("1", "1", "1"): 3, ("0", "0", "1"): 8}
    told = " ".join(found.fed.told)
    assert "25 pieces" in told and "1 left out: not read whole" in told and "1 left out: of no mission" in told
    assert "1 record is of a piece that is on the same list already" in told
    assert found.fed.rests_on == 9 + 10 + 9 + 8 + 1
    assert found.result.estimate == measure_named("scale.lists").run(cells=found.fed.inputs["cells"]).estimate


def test_teams_as_lists_and_some_lists_alone(seen: AnySnapshot, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="a team on record"):  # who they are is sealed
        measure_snapshot(seen, "scale.lists", {"by": "team"})
    teams = measure_snapshot(_snapshot(tmp_path / "case", _seen(), "sealed"), "scale.lists", {"by": "team"}).fed.inputs["cells"]
    assert {(row["Blue"], row["Red"]): int(row["count"]) for row in teams} == {("0", "1"): 17, ("1", "1"): 8}
    two = measure_snapshot(seen, "scale.lists", {"lists": "mission 1, mis-aaa2"}).fed.inputs["cells"]
    assert {(row["Mission 1"], row["Mission 2"]): int(row["count"]) for row in two} == {
        ("1", "0"): 5, ("1", "1"): 3, ("0", "1"): 8}
    with pytest.raises(Invalid, match="no such mission"):
        measure_snapshot(seen, "scale.lists", {"lists": "Mission 9"})


# scale.lots


def test_lots_by_site(tmp_path: Path) -> None:
    records, at = _field(), 0
    for site, lots in enumerate((("L1", "L1", "L2", "L3"), ("l1", "L4"), ())):
        for lot in lots:
            at += 1
            records += [make("item", id=f"item-{at:04}", family="ammunition", site=f"site-aaa{site}"),
                        make("marking", id=f"mark-{at:04}", item=f"item-{at:04}", marking_kind="lot", text=lot)]
    records += [make("item", id="item-0090", family="ammunition", site="site-aaa2"),
                make("feature", item="item-0090", feature_kind="paint", value="grey"),
                make("item", id="item-0091", family="ammunition"),
                make("feature", item="item-0091", feature_kind="lot", value="L9")]
    found = measure_snapshot(_snapshot(tmp_path / "case", records), "scale.lots", {})
    more = found.result.more
    assert (more["lots"], more["met"], more["singletons"], more["doubletons"], more["sites"]) == (4, 5, 3, 1, 3)
    told = " ".join(found.fed.told)
    assert "1 site has finds and no lot" in told and "1 find has no site" in told
    with pytest.raises(Invalid, match="no find"):
        measure_snapshot(_snapshot(tmp_path / "none", _field()), "scale.lots", {})


# scale.rate


def test_packages_with_dates(tmp_path: Path) -> None:
    records = _field()
    for at, (made, pieces, number) in enumerate((
            ("2014-01", 20, 14), ("2014-02", 20, 120), ("2014-04", 20, 340), ("2014-06", 20, 520), ("2014-09", 20, 860),
            ("2014-12", 10, 1_190))):
        records += [make("item", id=f"item-box{at}", family="package", recovery=f"rec-aaa{at % 3}", made_on=made,
                         quantity={"value": pieces, "unit": "piece"}),
                    make("marking", id=f"mark-box{at}", item=f"item-box{at}", marking_kind="serial", text=f"P {number:05}")]
    records += [  # in a package that is counted: not again
        make("item", id="item-0001", family="ammunition", parent="item-box0", made_on="2014-01",
             quantity={"value": 20, "unit": "piece"}),
        make("feature", item="item-0001", feature_kind="lot", value="L1"),
        # by itself, with a lot; and one in kilograms
        make("item", id="item-0002", family="ammunition", recovery="rec-aaa0", made_on="2014-03", quantity={"value": 7, "unit": "piece"}),
        make("marking", id="mark-0002", item="item-0002", marking_kind="lot", text="L2"),
        make("item", id="item-0003", family="package", recovery="rec-aaa1", made_on="2014-05", quantity={"value": 50, "unit": "kg"}),
        make("item", id="item-0004", family="package", recovery="rec-aaa1"),  # not dated
        make("item", id="item-0005", family="arm", made_on="2014-05"),  # no package, no lot
    ]
    snapshot = _snapshot(tmp_path / "case", records)
    found = measure_snapshot(snapshot, "scale.rate", {"together": "no"})
    assert found.result.more["pieces_found"] == 117 and found.result.more["packages"] == 8
    assert found.result.more["headline"] == "running numbers"
    assert found.result.estimate == pytest.approx(107 * 117 / 7, rel=0.05)  # some 107 packages a month; 117 pieces in seven
    told = " ".join(found.fed.told)
    assert "1 left out: their date" in told and "1 left out: in a package that is counted itself" in told
    assert "6 of them bear a number of the series P#" in told and "1 is not counted in pieces" in told
    with pytest.raises(Invalid, match="no such series"):
        measure_snapshot(snapshot, "scale.rate", {"series": "Z#"})
    grouped = measure_snapshot(snapshot, "scale.rate", {})
    assert {row["lot"] for row in grouped.fed.inputs["table"]} == {"rec-aaa0", "rec-aaa1", "rec-aaa2"}


def test_no_dated_package_is_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="date of making"):
        measure_snapshot(_snapshot(tmp_path / "case", _field()), "scale.rate", {})
