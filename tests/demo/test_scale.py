"""What the measures of scale say of the teaching case: that its finds cannot carry most numbers, and why."""

from __future__ import annotations

import pytest

from headstamp.actions.measures.effort import beside, effort
from headstamp.actions.measures.measuring import AnySnapshot, measure_snapshot
from headstamp.demo.teaching import load
from headstamp.engine.held import hold
from headstamp.errors import Invalid
from headstamp.store.case import Case


@pytest.fixture(scope="module")
def snapshot(case: Case) -> AnySnapshot:
    return hold(case, "restricted")


def test_the_rifles_are_one_consignment_and_say_nothing_of_all_that_were_made(snapshot: AnySnapshot) -> None:
    with pytest.raises(Invalid) as error:
        measure_snapshot(snapshot, "scale.serials", {})
    assert ("TA#", "12 numbers") in {(one.value, one.rule) for one in error.value.problems}
    # The maker tells of numbers from 412001 on; the twelve lie in a hundred of them.
    for start in ({}, {"start": "412001"}):
        found = measure_snapshot(snapshot, "scale.serials", {"series": "TA-#", **start})
        assert found.result.refused and "not spread as a random drawing" in found.result.reason
    assert "--unknown-start yes" in found.result.reason
    told = " ".join(found.fed.told)
    assert "12 items with a number of the series TA#" in told and "All are of one recovery" in told
    stretch = measure_snapshot(snapshot, "scale.serials", {"series": "TA#", "unknown_start": "yes"})
    assert not stretch.result.refused and stretch.result.low == 95  # 412207 to 412301: the consignment


def test_two_missions_saw_nothing_twice(snapshot: AnySnapshot) -> None:
    found = measure_snapshot(snapshot, "scale.lists", {})
    assert found.result.refused and "any overlap" in found.result.reason
    assert measure_snapshot(snapshot, "scale.lists", {"by": "source"}).result.refused  # one source


def test_lots_and_packages_are_told_with_their_warnings(snapshot: AnySnapshot) -> None:
    lots = measure_snapshot(snapshot, "scale.lots", {})
    assert lots.result.more["lots"] == 30 and lots.result.more["sites"] == 14 and lots.result.warnings
    rate = measure_snapshot(snapshot, "scale.rate", {})
    assert rate.result.more["pieces_found"] == 97
    assert rate.result.refused or any("a few hold most" in said for said in rate.result.warnings)


def test_the_effort_of_the_case(case: Case) -> None:
    found = effort(case.read("restricted"))
    visits = load().of("visit")
    assert found.visits == len(visits) and found.hours == pytest.approx(sum(one.hours or 0 for one in visits))
    assert found.access["partial"] == sum(one.access == "partial" for one in visits)
    assert beside(found).startswith(f"Effort: {len(visits)} visits to ")
