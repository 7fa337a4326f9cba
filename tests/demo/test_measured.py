"""The coats measured in the teaching case: two crates from one tin, a third from another, and what is kept back."""

from __future__ import annotations

import pytest

from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.demo.teaching import id_of, load
from headstamp.errors import Invalid
from headstamp.store.case import Case

# As whoever invented the case knows: the coats of these two came from one tin, that of the third did not.
ONE_TIN = ("QM-B-21", "QM-B-22")
OTHER = "QM-B-31"


def test_every_number_is_kept_back_and_told_of_its_colour_only() -> None:
    measured = load().of("measurement")
    assert len(measured) == 176 and {one.tier for one in measured} == {"restricted"}
    assert {one.feature for one in measured} == {"lightness of the coat", "yellowness of the coat"}


def test_two_coats_of_one_tin_and_one_of_another(case: Case) -> None:
    snapshot = snapshot_now(case, "restricted")
    one = {"control_item": ONE_TIN[0]}
    same = measure_snapshot(snapshot, "source.likelihood", {**one, "recovered_item": ONE_TIN[1]})
    assert not same.result.refused and same.result.estimate is not None and same.result.estimate > 1
    assert "support for one source" in same.result.text
    apart = measure_snapshot(snapshot, "source.likelihood", {**one, "recovered_item": id_of("item", OTHER)})
    assert apart.result.estimate is not None and apart.result.estimate < -1


def test_coats_vary_less_on_goods_bought_in_bulk(case: Case) -> None:
    found = measure_snapshot(
        snapshot_now(case, "restricted"), "standard.dispersion", {"feature": "lightness of the coat"})
    one = found.result.models[0]
    # Drawn with deviations of 11 at the store and of 4 at the workshop.
    assert not found.result.refused and one.low is not None and one.high is not None
    assert "Workshop 4" in one.name and (one.low <= 11 / 4 <= one.high or one.low <= 4 / 11 <= one.high)
    assert not one.low <= 1 <= one.high and any("fewer than 10" in said for said in found.fed.told)


def test_a_partner_is_told_of_none(case: Case) -> None:
    with pytest.raises(Invalid, match="below restricted"):
        measure_snapshot(snapshot_now(case, "partner"), "standard.dispersion", {})
    assert case.read("partner").totals()["measurement"] == 0
