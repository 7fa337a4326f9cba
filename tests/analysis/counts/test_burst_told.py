"""Where recording began, numbers that were not counted, the fewest counts of an interval, and what is drawn."""

from __future__ import annotations

import csv
import gzip
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.counts.burst import MEASURE, burst
from headstamp.analysis.counts.burst_fit import Usual
from headstamp.analysis.counts.burst_told import MOST_DRAWN, recording_start
from tests.effort import counted, examples
from tests.shared import shared

SIMULATED = counted(60, 2_000)
START = date(2015, 1, 1)


def _rows(counts: list[int]) -> list[dict[str, str]]:
    return [{"date": (START + timedelta(days=n)).isoformat(), "n": str(count)} for n, count in enumerate(counts) if count]


def test_the_first_day_of_a_scraper_is_no_wave() -> None:
    path = shared("data/oryx_equipment_losses") / "events.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = burst(rows, day="date_recorded")
    assert found.more["rows"] == 37_505
    assert [(one["period"], one["rows"]) for one in found.more["recording_start"]] == [("2022-03-19", 1_906)]
    assert found.text.startswith("Recording began then") and "no wave of that time" in found.text
    assert any("entered at once" in one for one in found.warnings)
    assert all(one["recording_start"] for one in found.more["bursts"])
    assert next(one for one in found.diagnostics if one.name == "bursts").good is True


def test_a_day_of_captured_stock_is_not_called_a_beginning() -> None:
    random = np.random.default_rng(3)
    counts = random.poisson(4, 300)
    counts[120] += 5_000
    found = burst(_rows(counts.tolist()), count="n")
    assert not found.more["recording_start"] and "stock" in found.text
    counts[0] += 900
    both = burst(_rows(counts.tolist()), count="n")
    assert [one["period"] for one in both.more["recording_start"]] == ["2015-01-01"]
    assert len(both.warnings) == 2 and both.more["number_of_bursts"] == 2


def test_a_beginning_is_told_and_clean_beginnings_are_not() -> None:
    random = np.random.default_rng(9)
    told = false = 0
    for _ in range(SIMULATED):
        counts = random.negative_binomial(2, 2 / 22, 200)
        false += bool(burst(_rows(counts.tolist()), count="n").more["recording_start"])
        counts[0] = 1_000
        told += bool(burst(_rows(counts.tolist()), count="n").more["recording_start"])
    assert told / SIMULATED >= 0.9 and false / SIMULATED < 0.05


def test_bursts_that_follow_the_first_are_of_the_beginning() -> None:
    counts = np.array([900, 0, 0, 500, 3, 700])
    assert recording_start(counts, np.array([0, 3, 5])) == {0, 3} and recording_start(counts, np.array([3, 5])) == set()


def test_an_empty_number_is_not_counted_and_no_nought() -> None:
    rows = [{"month": f"{2000 + n // 12}-{n % 12 + 1:02}", "n": "" if n < 40 else str(10 + n % 3)} for n in range(100)]
    found = burst(rows, day="month", count="n")
    assert found.more["periods"] == 60 and found.more["not_counted"] == 40 and not found.warnings
    # Where nothing was counted in between, the months are left out and are no noughts.
    for n in range(60, 72):
        rows[n]["n"] = ""
    found = burst(rows, day="month", count="n")
    assert found.more["periods"] == 48 and min(count for _, count in found.more["series"]["points"]) >= 10
    assert any(one.name == "not counted" and "52 months" in one.words for one in found.diagnostics)
    assert burst([{"month": "2001-01", "n": ""}] * 40, day="month", count="n").refused


def test_months_not_counted_in_the_seizures_of_rio_are_no_noughts() -> None:
    path = shared("data/isp_rj_seizures") / "seizures_by_precinct_month_2007_2024.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [{**row, "month": f"{row['ano']}-{int(row['mes']):02}"} for row in csv.DictReader(file)]
    for column, whole, years, empty in (
        ("arma_fogo_total", 143_599, 18, 0), ("artefato_explosivo_total", 14_697, 13, 8_280),
        ("municao_total", 1_562_816, 11, 11_592), ("simulacro_total", 13_258, 11, 11_592)):
        found = burst(rows, day="month", place="cisp", count=column)
        assert (found.more["rows"], found.more["periods"], found.more["not_counted"]) == (whole, 12 * years, empty)
        assert found.more["number_of_bursts"] == 0


@examples(40)
@given(st.floats(0.2, 80), st.floats(0.3, 500))
def test_the_fewest_counts_hold_the_level(mean: float, size: float) -> None:
    model = Usual(mean, size)
    low, high = model.span(0.95)
    held = model.at_most(high) - model.at_most(low - 1)
    assert held >= 0.95 - 1e-9
    wide = model.quantile(0.025), model.quantile(0.975)
    assert wide[0] <= low <= high <= wide[1]


def test_what_is_drawn_is_what_was_counted() -> None:
    counts = np.random.default_rng(2).poisson(3, 3_000)
    counts[50] = 800
    found = burst(_rows(counts.tolist()), count="n")
    (plot,) = MEASURE.plot(found)
    line = plot.series[0]
    assert line.name == "rows a month" and len(line.points) <= MOST_DRAWN
    assert sum(point[1] for point in line.points) == counts.sum()  # type: ignore[misc]
    assert plot.series[1].points[0][1] == 800 and plot.series[1].points[0][0] == pytest.approx(2015 + 50 / 365, abs=0.01)
    assert MEASURE.plot(burst([])) == ()
