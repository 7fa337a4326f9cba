"""Spreads and conventions between sites: textbook answers, coverage, what is refused or warned of."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest

from headstamp.analysis.standard.agreement import MEASURE, agreement, holm
from headstamp.analysis.standard.dispersion import brown_forsythe, dispersion
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(80, 2_000)

# NIST/SEMATECH e-Handbook, 1.3.5.10: diameters of gears in ten batches (public domain).
GEARS = """
1.006 0.996 0.998 1.000 0.992 0.993 1.002 0.999 0.994 1.000
0.998 1.006 1.000 1.002 0.997 0.998 0.996 1.000 1.006 0.988
0.991 0.987 0.997 0.999 0.995 0.994 1.000 0.999 0.996 0.996
1.005 1.002 0.994 1.000 0.995 0.994 0.998 0.996 1.002 0.996
0.998 0.998 0.982 0.990 1.002 0.984 0.996 0.993 0.980 0.996
1.009 1.013 1.009 0.997 0.988 1.002 0.995 0.998 0.981 0.996
0.990 1.004 0.996 1.001 0.998 1.000 1.018 1.010 0.996 1.002
0.998 1.000 1.006 1.000 1.002 0.996 0.998 0.996 1.002 1.006
1.002 0.998 0.996 0.995 0.996 1.004 1.004 0.998 0.999 0.991
0.991 0.995 0.984 0.994 0.997 0.997 0.991 0.998 1.004 0.997
"""
# Snee 1974, Am. Stat. 28:9: colour of hair by colour of eyes.
HAIR_AND_EYES = [[68, 20, 15, 5], [119, 84, 54, 29], [26, 17, 14, 14], [7, 94, 10, 16]]


def _values(**sites: Any) -> list[dict[str, str]]:
    return [{"site": site, "value": repr(float(value))} for site, values in sites.items() for value in values]


def _cells(cells: Any) -> list[dict[str, str]]:
    return [{"site": f"s{i}", "feature": f"f{j}"} for i, row in enumerate(cells) for j, count in enumerate(row)
            for _ in range(int(count))]


def _finds(random: np.random.Generator, shares: list[list[float]], each: int, crate: int = 1) -> Any:
    return [{"site": f"s{i}", "feature": f"f{k}"} for i, row in enumerate(shares)
            for k in np.repeat(random.choice(len(row), each // crate, p=row), crate)]


def test_the_gears_of_the_handbook() -> None:
    batches = [np.array(line.split(), dtype=float) for line in GEARS.strip().splitlines()]
    statistic, chance = brown_forsythe(batches)
    assert statistic == pytest.approx(1.705910, abs=1e-5)  # as the handbook prints it
    assert chance == pytest.approx(0.0990829755522, abs=1e-12)
    found = dispersion(_values(**{f"b{i}": one for i, one in enumerate(batches)}))
    assert not found.refused and len(found.models) == 45 and "45 pairs" in found.text
    assert found.more["p"] == chance and found.more["freedom"] == [9, 90]
    assert found.low is not None and found.low < 1 and "No difference" in found.text


def test_hair_and_eyes() -> None:
    found = agreement(_cells(HAIR_AND_EYES))
    assert found.more["chi_square"] == pytest.approx(138.29, abs=5e-3)
    assert found.estimate == pytest.approx(0.279, abs=5e-4)
    assert found.more["freedom"] == 9 and found.more["p"] == 1 / 5_000
    assert not found.warnings and "more than chance" in found.text


def test_the_arthritis_trial() -> None:
    # Koch and Edwards 1988, as the R package vcd prints it: X^2 13.055, P 0.0014626, V 0.394.
    found = agreement(_cells([[29, 7, 7], [13, 7, 21]]))
    assert found.more["chi_square"] == pytest.approx(13.055, abs=5e-4)
    assert found.more["p_chi_square"] == pytest.approx(0.0014626, abs=5e-8)
    assert found.estimate == pytest.approx(0.394, abs=5e-4)
    assert 0.0001 < found.more["p"] < 0.005


def test_the_permutation_is_the_exact_test_of_the_margins() -> None:
    # Ten finds each, 8 to 2 against 3 to 7: both tails of the hypergeometric as far out, by hand.
    chances = [comb(11, k) * comb(9, 10 - k) / comb(20, 10) for k in range(1, 11)]
    by_hand = sum(one for k, one in enumerate(chances, 1) if abs(k - 5.5) >= 2.5)
    found = agreement(_cells([[8, 2], [3, 7]]))
    assert found.more["p"] == pytest.approx(by_hand, abs=0.012)
    alike = agreement(_cells([[12, 8], [12, 8]]))
    assert alike.more["p"] == 1 and alike.estimate == pytest.approx(0, abs=1e-12) and alike.low == 0
    assert alike.high is not None and alike.high > 0.2  # so few cannot show that there is no difference


@pytest.mark.parametrize(("one", "other"), [(12, 12), (30, 15), (60, 40)])
def test_the_interval_of_spreads(one: int, other: int) -> None:
    random = np.random.default_rng(one)
    held = warned = lone = crates = 0
    broken = SIMULATED // 4
    for at in range(SIMULATED):
        x, y = random.normal(5, 1, one), random.normal(9, 2, other)
        found = dispersion(_values(A=x, B=y))
        assert found.low is not None and found.high is not None
        held += found.low <= 0.5 <= found.high
        warned += bool(found.warnings)
        if at < broken:
            x[one // 2] += 15
            lone += any("alone widens" in said for said in dispersion(_values(A=x, B=y)).warnings)
            crate = np.repeat(random.normal(size=8), 5) + 0.05 * random.normal(size=40)
            crates += any("follow each other" in said
                          for said in dispersion(_values(A=crate, B=crate[::-1])).warnings)
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0.005
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack
    assert warned / SIMULATED < 0.05 + (0.03 if SIMULATED < 2_000 else 0)
    assert lone / broken >= 0.9 and crates / broken >= 0.9


@pytest.mark.parametrize("shares", [
    [[0.4, 0.3, 0.3], [0.4, 0.3, 0.3]], [[0.5, 0.3, 0.2], [0.35, 0.35, 0.3]],
    [[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]], [[0.8, 0.15, 0.05], [0.1, 0.3, 0.6]],
])
def test_the_interval_of_agreement(shares: list[list[float]]) -> None:
    random = np.random.default_rng(5)
    exact = np.array(shares)
    expected = exact.mean(axis=0)
    truth = float(np.sqrt(((exact - expected) ** 2 / expected).sum() / 2))
    held = warned = crates = 0
    broken = SIMULATED // 4
    for at in range(SIMULATED):
        found = agreement(_finds(random, shares, 60))
        assert found.low is not None and found.high is not None
        held += found.low - 1e-9 <= truth <= found.high + 1e-9
        warned += bool(found.warnings)
        if at < broken:
            crates += any("follow each other" in said for said in agreement(
                _finds(random, shares, 60, crate=5)).warnings)
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0.005
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack
    assert warned / SIMULATED < 0.05 + (0.03 if SIMULATED < 2_000 else 0)
    assert crates / broken >= 0.9


def test_only_chance_differs_as_often_as_it_says() -> None:
    random = np.random.default_rng(6)
    chances = np.array([agreement(_finds(random, [[0.5, 0.3, 0.2]] * 3, 30)).more["p"]
                        for _ in range(SIMULATED)])
    assert (chances <= 0.05).mean() < 0.05 + 2.6 * (0.05 * 0.95 / SIMULATED) ** 0.5


def test_what_is_refused() -> None:
    random = np.random.default_rng(7)
    ten = random.normal(size=10)
    for table, why in ((_values(A=ten), "1 site"), (_values(A=ten, B=ten[:9]), "at B"),
                       (_values(A=ten, B=[1, 2, 3, 4] * 5), "too coarsely")):
        found = dispersion(table)
        assert found.refused and why in found.reason and found.estimate is None
    for cells, why in (([[5, 7]], "1 site"), ([[12], [14]], "same feature"), ([[5, 7], [4, 4]], "at s1")):
        told = agreement(_cells(cells))
        assert told.refused and why in told.reason and told.estimate is None


def test_faults_are_named() -> None:
    with pytest.raises(Invalid) as error:
        dispersion([{"site": "A", "value": "x"}, {"site": "B", "value": "nan"}])
    assert [one.row for one in error.value.problems] == [1, 2]
    for table, level in (([], 0.95), ([{"place": "A", "feature": "x"}], 0.95), ([{"site": "", "feature": "x"}], 0.95),
                         (_cells([[9, 9], [9, 9]]), 0.2)):
        with pytest.raises(Invalid):
            agreement(table, level)


def test_what_is_not_read_is_counted() -> None:
    found = agreement([*_cells([[12, 8], [8, 12]]), {"site": "s0", "feature": ""}])
    assert found.more["not_read"] == 1
    assert any("left out" in one.words for one in found.diagnostics)


def test_never_one_factory() -> None:
    random = np.random.default_rng(8)
    same = random.normal(size=30)
    for text in (dispersion(_values(A=same, B=same + 1)).text, agreement(_cells([[20, 20], [20, 20]])).text):
        assert "factory" not in text and "match" not in text and "tell" in text


def test_several_kinds_of_feature_hold_together() -> None:
    random = np.random.default_rng(11)
    kinds = ("paint", "stencil", "packaging", "label")
    fired = seen = 0
    simulated = counted(25, 1_000)
    for _ in range(simulated):
        clean = [{"site": one["site"], "feature_kind": kind, "value": one["feature"]}
                 for kind in kinds for one in _finds(random, [[0.5, 0.3, 0.2]] * 2, 40)]
        fired += "More than chance leaves differ" in agreement(clean).text
        unlike = clean + [{"site": one["site"], "feature_kind": "logo", "value": one["feature"]}
                          for one in _finds(random, [[0.8, 0.1, 0.1], [0.3, 0.3, 0.4]], 40)]
        told = agreement(unlike)
        seen += told.more["kinds"]["logo"]["p_together"] <= 0.05 and told.more["widest"] == "logo"
    assert fired / simulated <= 0.05 + 2.6 * (0.05 * 0.95 / simulated) ** 0.5 and seen / simulated >= 0.9


def test_kinds_are_told_each_and_what_cannot_be_compared() -> None:
    table = [{"site": one["site"], "feature_kind": "hair", "value": one["feature"]} for one in _cells(HAIR_AND_EYES)]
    table += [{"site": f"s{i}", "feature_kind": "one", "value": "x"} for i in (0, 1) for _ in range(12)]
    found = agreement(table)
    alone = agreement(_cells(HAIR_AND_EYES))
    assert found.estimate == alone.estimate and found.more["kinds"]["hair"]["cells"] == HAIR_AND_EYES
    assert found.low is not None and alone.low is not None and found.low < alone.low  # at the level of two kinds
    assert found.more["kinds"]["one"]["refused"] and any("one is not compared" in said for said in found.warnings)
    assert [one.name for one in MEASURE.plot(found)] == ["kinds", "shares hair"]
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    refused = agreement([row for row in table if row["feature_kind"] == "one"])
    assert refused.refused and "one: Every find has the same feature" in refused.reason
    with pytest.raises(Invalid) as error:
        agreement([{"site": "A", "feature_kind": "", "value": "x"}, {"site": "", "feature_kind": "k", "value": "x"}])
    assert [one.row for one in error.value.problems] == [1, 2]


def test_very_many_values_are_answered_as_few_thousand_are() -> None:
    random = np.random.default_rng(4)
    def interval(n: int) -> tuple[float, float]:
        found = dispersion([{"site": site, "value": repr(float(value))} for site, wide in (("A", 1.3), ("B", 1.0))
                            for value in wide * random.standard_normal(n)])
        assert found.low is not None and found.high is not None
        return found.low, found.high
    below, above = interval(4_900), interval(5_100)  # drawn anew, and by its normal limit
    assert below[1] / below[0] == pytest.approx(above[1] / above[0], rel=0.02)
    low, high = interval(60_000)
    assert low < 1.3 < high and high / low < 1.03
