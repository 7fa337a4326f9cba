"""Lots two sites have in common: counts by hand, every table of small margins, coverage, what is refused."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest

from headstamp.analysis.standard.lots import MEASURE, lots
from headstamp.analysis.standard.lots_shared import (
    can_be_dealt,
    chao_jaccard,
    dealt_anew,
    hypergeometric,
    one_stock,
    shared_lots,
)
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(100, 2_000)


def _rows(counts: Any, names: Any = None) -> list[dict[str, str]]:
    """A row per lot and site, of counts (sites, lots)."""
    return [{"site": f"s{i}", "lot": f"L{j}" if names is None else names[j], "count": str(int(count))}
            for i, row in enumerate(counts) for j, count in enumerate(row) if count]


def _plain(has: Any) -> list[dict[str, str]]:
    return [{"site": row["site"], "lot": row["lot"]} for row in _rows(has)]


def test_counts_by_hand() -> None:
    table = [{"site": "A", "lot": f"{k}"} for k in range(12)] + [{"site": "B", "lot": f"{k}"} for k in range(8, 17)]
    found = lots(table)
    pair = found.more["pairs"][0]
    assert (pair["shared"], pair["either"], pair["lots"]) == (4, 17, [12, 9])
    assert found.estimate == pytest.approx(4 / 17) and pair["overlap"] == pytest.approx(4 / 9)
    assert (found.low, found.high) == pytest.approx((0.0956, 0.4726), abs=5e-5)  # Wilson, 4 of 17
    assert found.more["p"] is None and "two sites alone" in found.text
    known = lots(table, universe=40)
    by_hand = sum(comb(12, k) * comb(28, 9 - k) for k in range(4, 10)) / comb(40, 9)
    assert known.more["p"] == pytest.approx(by_hand) and "2.7 would be shared" in known.text


def test_the_hypergeometric_is_that_of_fisher() -> None:
    # The lady tasting tea: 8 cups, 4 of each, all 4 right: 1 in 70; 3 or more right: 17 in 70.
    assert hypergeometric(4, 4, 4, 8).more == pytest.approx(1 / 70)
    assert hypergeometric(3, 4, 4, 8).more == pytest.approx(17 / 70)
    assert hypergeometric(0, 4, 4, 8).fewer == pytest.approx(1 / 70)
    with pytest.raises(ValueError, match="fewer lots"):
        hypergeometric(1, 5, 2, 4)


def test_every_table_of_the_margins_is_as_likely() -> None:
    has = np.array([[1, 1, 0, 0, 1], [1, 0, 1, 0, 0], [0, 1, 1, 1, 0]], dtype=bool)
    rows, columns = has.sum(axis=1), has.sum(axis=0)
    tables = [one for cells in product((False, True), repeat=15)
              if ((one := np.array(cells).reshape(3, 5)).sum(axis=1) == rows).all()
              and (one.sum(axis=0) == columns).all()]
    exact = Counter(tuple(shared_lots(one)[np.triu_indices(3, 1)].tolist()) for one in tables)
    draws = 20_000
    drawn = Counter(tuple(common[np.triu_indices(3, 1)].tolist())
                    for common in dealt_anew(has, draws, np.random.default_rng(1)))
    assert len(exact) > 1 and set(drawn) == set(exact)
    for shared, times in exact.items():
        share = times / len(tables)
        assert drawn[shared] / draws == pytest.approx(share, abs=4 * (share / draws) ** 0.5)


def test_what_cannot_be_dealt_is_not() -> None:
    nested = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=bool)
    assert not can_be_dealt(nested) and not can_be_dealt(np.eye(2, 6, dtype=bool))
    found = lots(_plain(np.ones((3, 7))))
    assert found.estimate == 1 and found.more["p"] is None


def test_one_stock_by_hand() -> None:
    # Two lots of two finds each, two finds to each site: both are shared in 4 of 6 dealings, none in 2.
    found = one_stock(np.array([1, 1]), np.array([1, 1]), 20_000, np.random.default_rng(2))
    assert found.mean == pytest.approx(2 * 4 / 6) and found.more == pytest.approx(4 / 6, abs=0.02)
    apart = one_stock(np.array([2, 0]), np.array([0, 2]), 20_000, np.random.default_rng(2))
    assert apart.mean == pytest.approx(4 / 3) and apart.fewer == pytest.approx(2 / 6, abs=0.02)


def test_lots_not_met_by_hand() -> None:
    # Chao et al. 2005: n = 10, m = 12; shared lots (4, 3), (2, 1), (1, 1), (1, 2); (2, 0) and (0, 5).
    one, other = np.array([4, 2, 1, 1, 2, 0]), np.array([3, 1, 1, 2, 0, 5])
    u = 8 / 10 + 11 / 12 * 2 / (2 * 1) * (2 + 1) / 10
    v = 7 / 12 + 9 / 10 * 2 / (2 * 1) * (1 + 2) / 12
    assert u > 1
    assert chao_jaccard(one, other) == pytest.approx(v / (1 + v - v))
    assert chao_jaccard(np.array([3, 0]), np.array([0, 4])) == 0
    same = np.full(6, 9)
    assert chao_jaccard(same, same) == pytest.approx(1)


@pytest.mark.parametrize(("lots_there", "share"), [(40, 0.3), (80, 0.15), (150, 0.5)])
def test_the_interval_of_jaccard(lots_there: int, share: float) -> None:
    random = np.random.default_rng(3)
    held = 0
    for _ in range(SIMULATED):
        where = random.choice(3, lots_there, p=[share, (1 - share) / 2, (1 - share) / 2])
        found = lots(_plain([(where == 0) | (where == 1), (where == 0) | (where == 2)]))
        assert found.low is not None and found.high is not None
        held += found.low <= share <= found.high
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack


def _common(random: np.random.Generator, extra: int = 0, sites: int = 5, there: int = 80) -> Any:
    """Which lots each site has: commoner and rarer lots, larger and smaller sites; two sites share ``extra``."""
    lot, site = random.normal(size=there), random.normal(-0.7, 0.5, sites)
    has = random.random((sites, there)) < 1 / (1 + np.exp(-(lot[None] + site[:, None])))
    more = np.zeros((sites, extra), dtype=bool)
    more[:2] = True
    return np.concatenate((has, more), axis=1)


def test_chance_fires_as_seldom_as_it_says_and_sharing_is_seen() -> None:
    random = np.random.default_rng(4)
    # A chance of one pair, and the rule of the text: over all pairs together.
    alone = together = seen = 0
    simulated = counted(40, 2_000)
    for at in range(simulated):
        clean = lots(_plain(_common(random)))
        alone += clean.more["pairs"][0]["dealt_anew"]["p_as_many"] <= 0.05
        together += "more than chance leaves" in clean.text
        if at < simulated // 4:
            found = lots(_plain(_common(random, extra=45)))
            seen += found.more["pairs"][0]["p_of_any_pair"] <= 0.05 and "more than chance leaves" in found.text
    slack = 2.6 * (0.05 * 0.95 / simulated) ** 0.5
    assert alone / simulated <= 0.05 + slack and together / simulated <= 0.05 + slack
    assert seen / (simulated // 4) >= 0.9


def test_lots_hardly_met_are_warned_of() -> None:
    random = np.random.default_rng(5)
    thin = clean = 0
    simulated = counted(40, 2_000)
    for _ in range(simulated):
        thin += bool(lots(_rows(random.multinomial(30, np.full(200, 1 / 200), 3))).warnings)
        clean += bool(lots(_rows(random.multinomial(200, np.full(30, 1 / 30), 3))).warnings)
    assert thin / simulated >= 0.9 and clean / simulated < 0.05


def test_spellings_are_joined_and_look_alikes_told() -> None:
    names = ["AB-12", "C 34", "D/5", "E6", "F7", "G8", "H9"]
    table = [*_rows([[2] * 7, [2] * 7], names), {"site": "s1", "lot": "ab 12", "count": "3"}]
    found = lots(table)
    assert found.estimate == 1 and any("several ways" in one.words for one in found.diagnostics)
    other = [*_rows([[2] * 7, [0, 2, 2, 2, 2, 2, 2]], names), {"site": "s1", "lot": "A8-I2", "count": "3"}]
    assert any("AB-12 and A8-I2" in said for said in lots(other).warnings)


def test_what_is_refused_and_left_out() -> None:
    found = lots(_plain(np.ones((2, 4))))
    assert found.refused and "No site has 5" in found.reason and found.estimate is None
    few = lots(_plain([[1] * 9, [1] * 3 + [0] * 6, [0] * 3 + [1] * 6]))
    assert not few.refused and any("Left out" in said and "s1" in said for said in few.warnings)
    assert MEASURE.plot(found) == () and len(MEASURE.plot(few)[0].series[0].points) == 1


def test_faults_are_named() -> None:
    with pytest.raises(Invalid) as error:
        lots([{"site": "", "lot": "a"}, {"site": "A", "lot": "b", "count": "x"}, {"site": "A", "lot": ""}])
    assert [one.row for one in error.value.problems] == [1, 2]
    for table, universe in (([], None), ([{"lot": "a"}], None), (_plain(np.ones((2, 9))), 5)):
        with pytest.raises(Invalid):
            lots(table, universe)
    with pytest.raises(Invalid):
        lots(_plain(np.ones((2, 9))), level=2)
