"""The least number of lots: EstimateS's figures, coverage where lots are equally common, warnings, refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest

from headstamp.analysis.scale.lots import MEASURE, lots
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(300, 2_000)


def test_the_worked_case() -> None:
    # scikit-bio's tests, from EstimateS: 9.75 (9.07 to 17.45), and as first given 10.5 (9.17 to 21.89).
    found = lots([0, 1, 1, 4, 2, 5, 2, 4, 1, 2])
    assert found.estimate == 9.75 and found.high == pytest.approx(17.45, abs=0.005)
    assert found.low == 9  # less than one lot missing is none missing
    plain = found.models[1]
    assert plain.estimate == 10.5 and (plain.low, plain.high) == pytest.approx((9.17, 21.89), abs=0.01)
    assert (found.more["singletons"], found.more["doubletons"]) == (3, 3)
    assert "at least" in found.text


def test_tables_of_lots_and_of_sites() -> None:
    by_lot = [{"lot": lot, "count": str(n)} for lot, n in zip("abcdefghi", (1, 1, 4, 2, 5, 2, 4, 1, 1), strict=True)]
    by_lot.append({"lot": "i", "count": "1"})  # a lot on two rows is added up
    assert lots(table=by_lot).estimate == 9.75
    sites = [{"Lot": lot, "Site": site, "count": "30"} for lot, met in (
        ("a", "12"), ("b", "123"), ("c", "1"), ("d", "2"), ("e", "4"), ("f", "34")) for site in met]
    found = lots(table=sites)
    # Chao 2, bias-corrected: 6 + (4-1)/4 * 3*2 / (2 * (2+1)).
    assert found.estimate == pytest.approx(6.75) and found.more["sites"] == 4
    assert "Chao 2" in found.more["headline"]
    # Counted by pieces nothing is missing: thirty of a lot came from one crate.
    assert next(one for one in found.models if one.name == "Chao 1 on pieces").estimate == 6


@pytest.mark.parametrize(("many", "met"), [(50, 100), (100, 150), (200, 400), (100, 400)])
def test_the_interval_holds_the_truth_where_lots_are_equally_common(many: int, met: int) -> None:
    random = np.random.default_rng(many + met)
    held = warned = 0
    for _ in range(SIMULATED):
        found = lots([int(n) for n in random.multinomial(met, [1 / many] * many) if n])
        assert not found.refused and found.low is not None and found.high is not None
        held += found.low <= many <= found.high
        warned += bool(found.warnings)
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0.01
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack
    assert warned / SIMULATED < 0.05


def test_lots_that_are_not_equally_common_are_warned_of_and_the_bound_is_one() -> None:
    random = np.random.default_rng(6)
    warned = below = 0
    for _ in range(SIMULATED):
        shares = random.lognormal(0, 1.2, 100)
        found = lots([int(n) for n in random.multinomial(200, shares / shares.sum()) if n])
        warned += any("lower bound" in said for said in found.warnings)
        below += (found.low or 0) <= 100
    assert warned / SIMULATED >= 0.9 and below / SIMULATED > 0.97


def test_sites_hold_the_truth() -> None:
    random = np.random.default_rng(8)
    held = 0
    for _ in range(SIMULATED // 2):
        met = random.random((80, 8)) < 0.2
        found = lots(table=[{"lot": str(lot), "site": str(site)} for lot, site in np.argwhere(met)])
        held += (found.low or 0) <= 80 <= (found.high or 0)
    assert held / (SIMULATED // 2) > 0.9


@pytest.mark.parametrize(("counts", "why"), [
    ([1, 1, 1, 1], "met once only"), ([7], "Fewer than two"), ([0, 0], "Fewer than two"),
])
def test_what_cannot_carry_a_number_is_refused(counts: list[int], why: str) -> None:
    found = lots(counts)
    assert found.refused and why in found.reason and found.estimate is None
    json.dumps(found.as_dict(), allow_nan=False)


def test_one_site_is_refused() -> None:
    found = lots(table=[{"lot": lot, "site": "x"} for lot in "abc"])
    assert found.refused and "one site" in found.reason


def test_nothing_missing() -> None:
    found = lots([4, 5, 6, 7])
    assert (found.estimate, found.low) == (4, 4) and found.high is not None and found.high < 5


def test_faults_are_named() -> None:
    for given in ({}, {"counts": [1, 2], "table": [{"lot": "a", "count": "1"}]}, {"counts": [3, -1]},
                  {"counts": [1, 2], "level": 7}, {"table": [{"lot": "a", "pieces": "1"}]}):
        with pytest.raises(Invalid):
            lots(**given)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as error:
        lots(table=[{"lot": "", "count": "2"}, {"lot": "b", "count": "two"}, {"lot": "c", "count": "1"}])
    assert [(one.row, one.field) for one in error.value.problems] == [(1, "lot"), (2, "count")]


def test_its_plots_are_tables_too() -> None:
    met, models = MEASURE.plot(lots([0, 1, 1, 4, 2, 5, 2, 4, 1, 2]))
    assert met.series[0].points == (("1", 3), ("2", 3), ("4", 2), ("5", 1)) and models.name == "models"


def test_inext_of_spiders() -> None:
    # iNEXT's spiders under girdled trees: 43.893 (30.511 to 96.971).
    found = lots([46, 22, 17, 15, 15, 9, 8, 6, 6, 4, 2, 2, 2, 2, *[1] * 12])
    as_given = next(one for one in found.models if one.name == "Chao 1, as first given, for a small sample")
    assert (as_given.estimate, as_given.low, as_given.high) == pytest.approx((43.893, 30.511, 96.971), abs=5e-4)
