"""Conventions in time: published tables, chances by brute force, coverage, breaks found, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from headstamp.analysis.standard import cramer
from headstamp.analysis.standard.in_time import LIMITS, MEASURE, in_time
from headstamp.analysis.standard.in_time_table import dated
from headstamp.errors import Invalid
from tests.analysis.standard.test_standard import HAIR_AND_EYES
from tests.effort import counted

SIMULATED = counted(24, 2_000)


def _row(date: str, feature: Any, site: str | None = None) -> dict[str, str]:
    return {"date": date, "feature": f"f{feature}"} | ({} if site is None else {"site": site})


def _cells(cells: Any, site: str | None = None) -> list[dict[str, str]]:
    """Finds of years from 2001, by counts (years, features)."""
    return [_row(str(2001 + year), at, site) for year, row in enumerate(cells) for at, count in enumerate(row)
            for _ in range(int(count))]


def _days(random: np.random.Generator, features: Any, site: str | None = None, months: int = 36) -> Any:
    """Finds on days spread over months, each with its feature."""
    days = np.sort(random.integers(0, months * 28, len(features)))
    return [_row(f"{2019 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}", one, site)
            for day, one in zip(days.tolist(), features, strict=True)]


def test_one_site_is_cramers_v() -> None:
    found = in_time(_cells(HAIR_AND_EYES))
    assert found.estimate == pytest.approx(0.279, abs=5e-4) and found.more["period"] == "year"
    assert found.more["p"] == 1 / 1_000 and "changes more than chance leaves" in found.text
    assert found.more["sites"][0]["cells"] == HAIR_AND_EYES
    assert found.more["sites"][0]["periods"] == ["2001", "2002", "2003", "2004"]


def test_sites_are_compared_with_themselves_only() -> None:
    # Each site has one convention, and the one was visited late: over both together that looks like a change.
    table = _cells([[30, 10], [6, 2]], "A") + _cells([[0, 0], [2, 8], [8, 32]], "B")
    alone = in_time([{k: v for k, v in row.items() if k != "site"} for row in table])
    assert alone.more["p"] <= 0.002
    found = in_time(table)
    assert found.refused or found.more["p"] > 0.3
    several = in_time(_cells([[30, 10], [15, 5]], "A") + _cells([[0, 0], [3, 12], [8, 32]], "B"))
    assert several.estimate == pytest.approx(0, abs=1e-12) and several.more["p"] == 1
    assert "At 2 sites" in several.text and "No change" in several.text


def test_the_chances_are_those_of_shuffling() -> None:
    random = np.random.default_rng(1)
    features = np.repeat([0, 1, 0, 1], [14, 6, 8, 12])
    table = _days(random, features, months=24)
    found = in_time(table, period="year")
    site = dated(table, "year", 0.95, 10).sites[0]
    codes = np.repeat(np.tile(np.arange(2), len(site.bins)), site.bins.astype(int).ravel())
    bin_of = np.repeat(np.repeat(np.arange(len(site.bins)), 2), site.bins.astype(int).ravel())

    def statistics(one: Any) -> tuple[float, float]:
        bins = np.zeros((len(site.bins), 2))
        np.add.at(bins, (bin_of, one), 1)
        whole = float(cramer.chi_square(np.stack([bins[site.period_of == k].sum(axis=0) for k in (0, 1)])))
        splits = [float(cramer.chi_square(np.stack((bins[:k].sum(axis=0), bins[k:].sum(axis=0)))))
                  for k in range(1, len(bins)) if min(bins[:k].sum(), bins[k:].sum()) >= 5]
        return whole, max(splits)

    mine = statistics(codes)
    assert found.more["sites"][0]["break"]["cramers_v"] == pytest.approx((mine[1] / 40) ** 0.5)
    drawn = np.array([statistics(random.permutation(codes)) for _ in range(2_000)])
    assert found.more["p"] == pytest.approx((drawn[:, 0] >= mine[0] - 1e-9).mean(), abs=0.04)
    assert found.more["sites"][0]["break"]["p"] == pytest.approx((drawn[:, 1] >= mine[1] - 1e-9).mean(), abs=0.04)


@pytest.mark.parametrize("shares", [
    [[0.4, 0.3, 0.3]] * 2, [[0.5, 0.3, 0.2], [0.35, 0.35, 0.3]], [[0.6, 0.3, 0.1], [0.2, 0.3, 0.5]]])
def test_the_interval_over_two_sites(shares: list[list[float]]) -> None:
    random = np.random.default_rng(2)
    exact = np.array(shares)
    expected = exact.mean(axis=0)
    truth = float(np.sqrt(((exact - expected) ** 2 / expected).sum() / 2))
    held = warned = 0
    simulated = counted(80, 2_000)
    for at in range(simulated):
        cells = [np.stack([random.multinomial(50, one) for one in exact]).astype(float) for _ in "AB"]
        v = cramer.cramers_v(cells)
        low, high = cramer.interval(cells, v, 0.95, random)[0]
        held += low - 1e-9 <= truth <= high + 1e-9
        if at < max(12, simulated // 10):  # the measure has the same interval, but for what is drawn at random
            table = [row for site, one in zip("AB", cells, strict=True) for row in _cells(one, site)]
            found = in_time([table[k] for k in random.permutation(len(table))])
            assert found.estimate == pytest.approx(v)
            assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)
            warned += bool(found.warnings)
    slack = 2.6 * (0.95 * 0.05 / simulated) ** 0.5 if simulated < 2_000 else 0.005
    assert 0.93 - slack <= held / simulated <= 0.97 + slack
    assert warned / max(12, simulated // 10) < 0.05 + (0.13 if simulated < 2_000 else 0)


def test_breaks_are_found_and_seldom_where_none_is() -> None:
    random = np.random.default_rng(3)
    fired = scanned = found_there = crates = 0
    broken = max(20, SIMULATED // 4)
    for at in range(SIMULATED):
        clean = in_time(_days(random, random.choice(3, 120, p=[0.5, 0.3, 0.2])))
        fired += "changes more than chance" in clean.text
        scanned += clean.more["sites"][0]["break"]["p"] <= 0.05
        if at < broken:
            table = _days(random, np.concatenate((random.choice(2, 60, p=[0.8, 0.2]), random.choice(2, 60, p=[0.3, 0.7]))))
            told = in_time(table)
            one = told.more["sites"][0]["break"]
            assert "Seen more in later dates: f1" in told.text or told.more["p"] > 0.05
            found_there += one["p"] <= 0.05 and abs(one["finds"][0] - 60) <= 12
            crate = _days(random, np.repeat(random.choice(3, 24), 5))
            crates += any("follow each other" in said for said in in_time(crate).warnings)
    slack = 2.6 * (0.05 * 0.95 / SIMULATED) ** 0.5
    assert fired / SIMULATED <= 0.05 + slack and scanned / SIMULATED <= 0.05 + slack
    assert found_there / broken >= 0.9 and crates / broken >= 0.9


def test_periods_are_joined_and_told() -> None:
    table = _cells([[12, 3], [2, 1], [1, 4], [4, 4], [1, 2]])
    found = in_time(table)
    assert found.more["sites"][0]["periods"] == ["2001", "2002 to 2005"]
    months = [_row("2021-01-05", 0)] * 12 + [_row("2021-03", 1)] * 11 + [_row("2021", 0)] * 2 + [_row("", 1)]
    by_itself = in_time(months)
    assert by_itself.more["period"] == "month" and by_itself.more["sites"][0]["periods"] == ["2021-01", "2021-03"]
    assert in_time(months, period="month").more["too_coarse"] == 2 and by_itself.more["not_read"] == 1


def test_what_is_refused() -> None:
    for table, why in ((_cells([[9, 0], [0, 9]]), "No site"), (_cells([[20, 0], [20, 0]]), "same feature"),
                       ([_row("2021-05-01", 0)] * 30, "No site")):
        found = in_time(table)
        assert found.refused and why in found.reason and found.estimate is None and MEASURE.plot(found) == ()


def test_faults_are_named() -> None:
    with pytest.raises(Invalid) as error:
        in_time([_row("2021-13-01", 0, "A"), _row("spring", 1, "A"), _row("2021-02-30", 1, ""), _row("2021", 0, "A")])
    assert [one.row for one in error.value.problems] == [1, 2, 3]
    for table, period in (([], None), ([{"when": "2021", "feature": "x"}], None), (_cells([[9, 9]]), "week")):
        with pytest.raises(Invalid):
            in_time(table, period)


def test_the_plot_holds_the_shares() -> None:
    found = in_time(_cells([[30, 10], [15, 25]], "A") + _cells([[12, 8], [9, 11]], "B"))
    plots = MEASURE.plot(found)
    assert [one.name for one in plots] == ["shares A", "shares B"] and plots[0].words == LIMITS
    assert plots[0].series[0].points[0][:2] == ("2001", 0.75)
    assert len(found.models) == 5 and found.models[0].name == "A"
