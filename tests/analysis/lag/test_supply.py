"""Lag of supply: published medians, coverage with times cut off and with windows, recent supply told, faults named."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from headstamp.analysis.lag.supply import MEASURE, median, order_interval, supply_lag
from headstamp.analysis.lag.survival import turnbull
from headstamp.analysis.lag.times import WARNINGS
from headstamp.errors import Invalid
from tests.analysis.lag.test_survival import COSMESIS, CUT_OFF, EVENTS
from tests.effort import counted

SIMULATED = counted(300, 2_000)
DAY = date(2020, 1, 1)


def _days(lags: list[int], cut: list[int]) -> list[dict[str, str]]:
    return [*({"days": str(day), "event": "1"} for day in lags), *({"days": str(day), "event": "0"} for day in cut)]


def test_the_published_remission_times() -> None:
    # Freireich 1963: R's survfit(conf.type = "log-log") gives 23 [13, NA] for the 6-MP group ...
    found = supply_lag(_days(list(EVENTS), list(CUT_OFF)))
    assert (found.estimate, found.low, found.high) == (23, 13, None) and found.more["by"] == "Kaplan-Meier"
    # ... and 8 [4, 11] for the placebo group.
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    found = supply_lag(_days(placebo, []))
    assert (found.estimate, found.low, found.high) == (8, 4, 11)
    # Its default (conf.type = "log") gives 8 [4, 12], and 23 [16, NA] for the other group.
    assert (found.models[0].estimate, found.models[0].low, found.models[0].high) == (8, 4, 12)
    rows = [{"time": row["days"], "status": row["event"]} for row in _days(list(EVENTS), list(CUT_OFF))]
    other = supply_lag(rows).models[0]
    assert (other.name, other.estimate, other.low, other.high) == ("interval on the log scale", 23, 16, None)


def test_where_half_is_reached_the_median_is_in_the_middle() -> None:
    found = supply_lag(_days([10, 20, 30, 44, 50, 60], []))
    assert found.estimate == 37 and found.more["median"] == [30, 44]


def test_windows_are_turnbulls() -> None:
    # Finkelstein and Wolfe 1985, radiotherapy alone: the median lies in (30, 31] or later within (33, 40].
    rows = [{"least": str(left + 1), "most": "" if right == 100 else str(right)} for left, right in COSMESIS]
    found = supply_lag(rows)
    share = {(m.first, m.last): m.share for m in turnbull([(a + 1, None if b == 100 else b) for a, b in COSMESIS])}
    first, last = found.more["median"]
    assert (first, last) in share and first <= found.estimate <= last
    below = sum(part for (_, end), part in share.items() if end is not None and end < first)
    assert below < 0.5 <= below + share[first, last] + 1e-9
    assert found.low < first and (found.high is None or found.high > last)
    assert found.models[0].name == "Turnbull, resampled"


def test_the_published_59_days_and_the_bins() -> None:
    rows = [{"supplied": "2015-12-12", "recovered": "2016-02-09"}] * 3 + [
        {"supplied": "2012", "recovered": "2016-02-09"}, {"supplied": "2015-06", "recovered": "2016-02"},
        {"supplied": "", "recovered": "2016-02-09", "made": "2010"}, {"supplied": "2016-03-01", "recovered": "2016-02-09"},
        {"supplied": "2015", "recovered": ""}]
    found = supply_lag(rows)
    assert found.estimate == 59 and found.more["things"] == 5
    assert found.more["left_out"] == {
        "the supply is not dated": 1, "supplied after it was recovered: a contradiction": 1,
        "not recovered, and no day is given up to which one looked": 1}
    first = found.more["bins"][0]
    assert (first["bin"], first["surely"], first["perhaps"]) == ("under 3 months", 3, 1)
    assert found.more["bins"][-1]["surely"] == 1 and set(WARNINGS) <= set(found.warnings)
    cut = supply_lag(rows, until="2016-12-31")
    assert cut.more["things"] == 6 and cut.more["mean"] is None


@pytest.mark.parametrize(("cut_at", "width"), [(10_000, 0), (1_800, 0), (10_000, 60), (10_000, 365)])
def test_the_interval_holds_the_truth(cut_at: int, width: int) -> None:
    random = np.random.default_rng(20_261_122)
    held = 0
    truth = 1_200 * np.log(2) ** (1 / 1.3)
    for _ in range(SIMULATED):
        lags = 1_200 * random.weibull(1.3, 80)
        spans: list[tuple[int, int | None]] = []
        for lag, stop in zip(lags, random.uniform(0.3, 1, 80) * cut_at if cut_at < 9_000 else [cut_at] * 80, strict=True):
            if lag > stop:
                spans.append((int(stop) + 1, None))
            elif width:
                start = int(lag // width) * width
                spans.append((start, start + width - 1))
            else:
                spans.append((int(lag), int(lag)))
        _, _, low, high, _ = median(spans, 0.95)
        held += (low is None or low <= truth) and (high is None or truth - 1 <= high)
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    # The wider the windows, the more the interval leaves open.
    assert 0.93 - slack <= held / SIMULATED <= (0.97 + slack if width < 365 else 1)


def _supplied(random: np.random.Generator, years: tuple[float, float], number: int) -> list[dict[str, str]]:
    rows = []
    while len(rows) < number:
        supplied = DAY - timedelta(days=float(random.uniform(*years)) * 365.25)
        found = supplied + timedelta(days=float(random.exponential(3 * 365.25)))
        if found <= DAY:
            rows.append({"supplied": supplied.isoformat(), "recovered": found.isoformat()})
    return rows


def test_recent_supply_is_told_and_old_supply_is_not() -> None:
    random = np.random.default_rng(11)
    fired = false = 0
    allowed: list[float] = []
    for _ in range(SIMULATED):
        recent = supply_lag(_supplied(random, (0, 5), 120))
        fired += any("too short for what was supplied" in one for one in recent.warnings)
        model = next((one for one in recent.models if one.name == "allowing for recent supply"), None)
        allowed += [model.estimate / recent.estimate] if model and model.estimate and recent.estimate else []
        false += len(supply_lag(_supplied(random, (15, 20), 120)).warnings) > len(WARNINGS)
    assert fired / SIMULATED >= 0.9 and false / SIMULATED < 0.05
    assert np.median(allowed) > 1.2


def test_what_cannot_be_told_is_refused() -> None:
    assert "at least 5" in supply_lag(_days([3, 4], [])).reason and supply_lag([]).refused
    found = supply_lag(_days([3], [100] * 20))
    assert found.refused and "beyond what was looked at" in found.reason
    wide = supply_lag([{"least": "1", "most": "9"}] * 3 + [{"least": "100", "most": ""}] * 20)
    assert wide.refused and wide.reason


def test_groups_are_told_apart() -> None:
    rows = [{"days": str(10 * n), "event": "1", "kind": "a" if n % 2 else "b"} for n in range(1, 20)] + [
        {"days": "4", "event": "1", "kind": ""}]
    found = supply_lag(rows, group="kind")
    assert [(one.name, one.estimate) for one in found.models[1:]] == [("(not known)", None), ("a", 100.0), ("b", 100.0)]


def test_the_interval_of_order_statistics() -> None:
    # n = 20 at 95 %: the 6th and the 15th (Conover, Practical Nonparametric Statistics, table A3).
    assert order_interval([(n, n) for n in range(1, 21)], 0.95) == (6, 15)
    assert order_interval([(n, n + 2) for n in range(1, 21)], 0.95) == (6, 17)
    assert order_interval([(1, 1)] * 4, 0.95) == (None, None)
    low, high = order_interval([(n, n) for n in range(2_000)], 0.95)
    assert low == pytest.approx(955, abs=2) and high == pytest.approx(1_044, abs=2)


def test_the_plots_hold_what_the_result_says() -> None:
    found = supply_lag([{"least": str(10 * n), "most": str(10 * n + 5)} for n in range(1, 30)])
    recovered, bins = MEASURE.plot(found)
    assert len(recovered.series) == 3 and recovered.series[0].points[-1][1] == pytest.approx(1)
    assert len(bins.series[0].points) == 6 and MEASURE.plot(supply_lag([])) == ()
    # A share that is known has its point, or nobody sees it; one that windows leave open has its ends alone.
    assert all((share == low) if low == high else share is None for _, share, low, high in bins.series[0].points)


@pytest.mark.parametrize(("rows", "given", "rule"), [
    ([{"supplied": "May", "recovered": "2020"}], {}, "EDTF"), ([{"days": "x", "event": "1"}], {}, "whole days"),
    ([{"days": "3", "event": "perhaps"}], {}, "neither 1 nor 0"), ([{"least": "9", "most": "3"}], {}, "ends before"),
    ([{"a": "1"}], {}, "no such column"), ([{"days": "1", "event": "1"}], {"group": "kind"}, "no such column"),
    ([], {"level": 2}, "a level lies"), ([{"supplied": "2020", "recovered": ""}], {"until": "soon"}, "EDTF"),
])
def test_bad_input_is_named(rows: list[dict[str, str]], given: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        supply_lag(rows, **given)  # type: ignore[arg-type]
    assert rule in str(error.value)
