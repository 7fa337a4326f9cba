"""Finds of a case as the measures of spread, novelty and clustering take them."""

from __future__ import annotations

import pytest

from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.errors import Invalid
from headstamp.store.case import Case
from tests.actions.measures.test_spread import find, make, put, site, world


def test_the_spread_of_a_signature(case: Case) -> None:
    world(case)
    found = measure_snapshot(snapshot_now(case, "restricted"), "spread.signature", {"signature": "grey crates"})
    assert found.result.more["first"]["from"] == "2020-01-01"
    assert found.result.more["newest"] == "item-b1aa" and len(found.result.more["sightings"]) == 7
    assert any("7 show grey crates: paint: grey green" in said for said in found.fed.told)
    assert "item-h1aa" not in str(found.as_dict()) and found.fed.rests_on == 7
    with pytest.raises(Invalid, match="which signature") as told:
        measure_snapshot(snapshot_now(case, "restricted"), "spread.signature", {"signature": "x"})
    assert "sig-aaaa (grey crates)" in told.value.problems[0].advice


def test_the_novelty_of_a_find(case: Case) -> None:
    put(case, site("aaaa", "IQ", "Ninawa", (36.3, 43.1)), make("item", id="item-bare"))
    for n in range(20):
        put(case, *find(f"a{n:03}", "aaaa", f"2020-01-{n + 1:02}", ["grey", "green"][n % 2]))
    put(case, *find("z000", "aaaa", "2020-03-01", "violet"))
    snapshot = snapshot_now(case, "restricted")
    found = measure_snapshot(snapshot, "novelty.find", {"find": "item-z000"})
    assert found.result.more["novel"] is True and found.result.estimate == pytest.approx(1 / 21)
    assert any("1 find shows nothing" in said for said in found.fed.told)
    assert measure_snapshot(snapshot, "novelty.find", {"find": "item-a000"}).result.more["novel"] is False
    with pytest.raises(Invalid, match="cannot be held against others"):
        measure_snapshot(snapshot, "novelty.find", {"find": "item-bare"})


def test_recoveries_as_points_with_the_visits_beside_them(case: Case) -> None:
    sites = [site(f"s{n:03}", "IQ", "Ninawa", (36 + n / 100, 43 + n / 90)) for n in range(30)]
    put(case, *sites, make("site", id="site-vague", name="vague", place={
        "latitude": 36.5, "longitude": 43.0, "precision": "district"}))
    for n in range(30):
        put(case, *find(f"a{n:03}", f"s{n:03}", f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}"),
            make("visit", id=f"vis-a{n:03}", site=f"site-s{n:03}", held_on=f"2020-{n % 12 + 1:02}-{n % 28 + 1:02}"))
    put(case, *find("m000", "s000", "2020-05"), *find("v000", "vague", "2020-05-01"),
        make("item", id="item-lone", site="site-s001", recovered_on="2020-07-01"))
    snapshot = snapshot_now(case, "restricted")
    found = measure_snapshot(snapshot, "space_time.knox", {"space": "3000", "time": "40"})
    assert found.result.more["points"] == 31 and found.result.more["left_out"] == 2
    told = " ".join(found.fed.told)
    assert "32 recoveries and 1 find" in told and "1 of them is not dated to a day" in told
    assert "1 of them has a place that is not exact enough (district)" in told and "30 of 30 visits" in told
    assert any(one.name == "visits" for one in found.result.diagnostics)
    assert measure_snapshot(snapshot, "space_time.knox", {
        "space": "3000", "time": "40", "precision": "district"}).result.more["points"] == 32
    for name, more in (("modified_knox", {"space": "3000", "time": "40"}), ("jacquez", {})):
        one = measure_snapshot(snapshot, f"space_time.{name}", more).result
        assert not one.refused and any(each.name == "visits" for each in one.diagnostics)
    public = measure_snapshot(snapshot_now(case, "public"), "space_time.knox", {"space": "3000", "time": "40"})
    assert public.result.refused
