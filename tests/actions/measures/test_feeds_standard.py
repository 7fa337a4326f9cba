"""Finds of a case as the comparisons between sites and in time take them, and measurements of two items."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.analysis.measures import measure_named
from headstamp.errors import Invalid
from headstamp.store.case import Case
from tests.actions.measures.test_spread import make, put

SITES = ("mill", "yard")


def _sites() -> list[Any]:
    return [make("site", id=f"site-{name}", name=name.title()) for name in SITES]


def _finds(case: Case, paints: dict[str, list[str]], **more: Any) -> None:
    """A find for each paint, of January 2020 on, a part on each and a lot on each."""
    records = _sites()
    at = 0
    for site, values in paints.items():
        for n, paint in enumerate(values):
            at += 1
            id_ = f"{site[0]}{n:03}"
            records += [
                make("item", id=f"item-{id_}", site=f"site-{site}", family="arm", item_type="rifle", make="Kolm",
                     recovered_on=f"{2020 + n % 2}-{n % 12 + 1:02}", made_on="2018", **more),
                make("feature", item=f"item-{id_}", feature_kind="paint", value=paint),
                make("item", id=f"item-{id_}part", parent=f"item-{id_}", family="component", item_type="timer",
                     make="Arl", model="T1" if paint == "green" else "T2"),
                make("marking", item=f"item-{id_}", text=f"KM-{at:04}", marking_kind="serial", technique="stamped"),
                make("marking", item=f"item-{id_}", text=f"L {n % 9}-18", marking_kind="lot"),
            ]
    put(case, *records)


def test_conventions_by_site(case: Case) -> None:
    _finds(case, {"mill": ["green"] * 14 + ["grey"] * 4, "yard": ["green"] * 5 + ["Grey"] * 12})
    put(case, make("item", id="item-lost", family="package"),
        make("feature", item="item-lost", feature_kind="paint", value="red"))
    snapshot = snapshot_now(case, "restricted")
    found = measure_snapshot(snapshot, "standard.agreement", {})
    kinds = found.result.more["kinds"]
    assert set(kinds) == {"paint", "component: timer"}
    assert kinds["paint"]["cells"] == [[14, 4], [5, 12]] and kinds["paint"]["sites"] == ["Mill", "Yard"]
    assert kinds["component: timer"]["features"] == ["Arl T1", "Arl T2"]
    told = " ".join(found.fed.told)
    assert "36 finds" in told and "1 of them has no site" in told and "several families (arm, package)" in told
    assert "serial marking (35 finds at 2 sites)" in told and found.fed.sites == ("site-mill", "site-yard")
    plain = measure_named("standard.agreement").run(table=[
        {"site": site, "feature_kind": "paint", "value": paint} for site, row in (("Mill", (14, 4)), ("Yard", (5, 12)))
        for paint, count in zip(("green", "grey"), row, strict=True) for _ in range(count)])
    only = measure_snapshot(snapshot, "standard.agreement", {"kinds": "paint", "family": "arm"})
    assert (only.result.estimate, only.result.low) == (plain.estimate, plain.low)
    assert "several families" not in " ".join(only.fed.told)
    with pytest.raises(Invalid, match="no find shows"):
        measure_snapshot(snapshot, "standard.agreement", {"kinds": "colour"})
    with pytest.raises(Invalid, match="no kind of feature"):
        measure_snapshot(snapshot, "standard.agreement", {"kinds": "serial marking"})


def test_conventions_in_time(case: Case) -> None:
    # Even finds are of 2020, odd ones of 2021.
    _finds(case, {"mill": ["green", "grey"] * 12, "yard": ["grey"] * 24})
    snapshot = snapshot_now(case, "restricted")
    found = measure_snapshot(snapshot, "standard.in_time", {"kind": "paint", "period": "year"})
    assert found.result.more["sites"][0]["cells"] == [[12, 0], [0, 12]]
    assert found.result.more["same_throughout"] == ["Yard"] and found.result.estimate == pytest.approx(1)
    assert any("Dates are those of the find" in said for said in found.fed.told)
    made = measure_snapshot(snapshot, "standard.in_time", {"kind": "paint", "dates": "made"})
    assert made.result.refused and "two periods" in made.result.reason
    with pytest.raises(Invalid, match="say which feature") as told:
        measure_snapshot(snapshot, "standard.in_time", {})
    assert "paint" in [one.value for one in told.value.problems]


def test_lots_by_site(case: Case) -> None:
    _finds(case, {"mill": ["green"] * 9, "yard": ["green"] * 6})
    put(case, make("item", id="item-other", site="site-yard", make="Other"),
        make("feature", item="item-other", feature_kind="lot", value="L 8-18"))
    snapshot = snapshot_now(case, "restricted")
    found = measure_snapshot(snapshot, "standard.lots", {"universe": "40"})
    pair = found.result.more["pairs"][0]
    assert (pair["shared"], pair["lots"], pair["one"]) == (6, [9, 7], "Mill")
    together = measure_snapshot(snapshot, "standard.lots", {"makers": "together"})
    assert together.result.more["pairs"][0]["shared"] == 7
    with pytest.raises(Invalid, match="no find"):
        measure_snapshot(snapshot, "standard.lots", {"since": "2100-01-01"})


def _measured(case: Case, items: int, rows: int = 3) -> None:
    random = np.random.default_rng(1)
    records: list[Any] = _sites()
    for n in range(items):
        records.append(make("item", id=f"item-m{n:03}", site=f"site-{SITES[n % 2]}"))
        middle = random.normal(size=2)
        for sample in range(rows):
            for name, value in zip(("width", "depth"), middle + 0.2 * random.normal(size=2), strict=True):
                records.append(make("measurement", item=f"item-m{n:03}", feature=name, value=repr(float(value)),
                                    unit="mm", sample=str(sample)))
    put(case, *records)


def test_measurements_by_site_and_of_two_items(case: Case) -> None:
    _measured(case, 44)
    snapshot = snapshot_now(case, "restricted")
    spread = measure_snapshot(snapshot, "standard.dispersion", {"feature": "width"})
    assert spread.result.more["sites"]["Mill"]["count"] == 22 and spread.fed.rests_on == 44
    with pytest.raises(Invalid, match="say which feature"):
        measure_snapshot(snapshot, "standard.dispersion", {})
    two = {"control_item": "item-m000", "recovered_item": "item-m001"}
    found = measure_snapshot(snapshot, "source.likelihood", two)
    assert found.result.more["items"] == 42 and found.result.more["columns"] == ["depth", "width"]
    assert found.result.more["control_rows"] == 3 and found.fed.records[:2] == ("item-m000", "item-m001")
    assert measure_snapshot(snapshot, "source.likelihood", {**two, "features": "width"}).result.more["columns"] == [
        "width"]
    for wrong, why in (({"recovered_item": "item-m000"}, "one item"), ({"recovered_item": "item-none"}, "nothing is measured"),
                       ({"features": "width,colour"}, "not measured on both")):
        with pytest.raises(Invalid) as told:
            measure_snapshot(snapshot, "source.likelihood", {**two, **wrong})
        assert why in str(told.value)
    put(case, make("measurement", item="item-m003", feature="width", value="0.1", unit="inch"))
    with pytest.raises(Invalid, match="several units"):
        measure_snapshot(snapshot_now(case, "restricted"), "standard.dispersion", {"feature": "width"})


def test_rows_without_names_of_samples_are_paired_in_order(case: Case) -> None:
    _measured(case, 30)
    put(case, make("item", id="item-twoa", site="site-mill"), make("item", id="item-twob", site="site-mill"),
        *(make("measurement", item=f"item-two{which}", feature=name, value=str(value), unit="mm")
          for which in "ab" for name in ("width", "depth") for value in (0.3, 0.5)),
        make("measurement", item="item-twoa", feature="width", value="0.4", unit="mm"))
    found = measure_snapshot(snapshot_now(case, "restricted"), "source.likelihood",
                             {"control_item": "item-twoa", "recovered_item": "item-twob"})
    assert (found.result.more["control_rows"], found.result.more["recovered_rows"]) == (2, 2)
    assert any("1 row without all" in said for said in found.fed.told)


@pytest.mark.parametrize("clearance", ["partner", "public"])
def test_below_restricted_there_is_no_measurement(case: Case, clearance: str) -> None:
    _measured(case, 30)
    snapshot = snapshot_now(case, clearance)
    for name, given in (("standard.dispersion", {"feature": "width"}),
                        ("source.likelihood", {"control_item": "item-m000", "recovered_item": "item-m001"})):
        with pytest.raises(Invalid, match="below restricted"):
            measure_snapshot(snapshot, name, given)
