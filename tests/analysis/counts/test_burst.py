"""Days and places that hold too much: real captured stocks, clean series, coverage, what is refused."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import date, timedelta
from math import exp

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.counts.burst import burst
from headstamp.analysis.counts.burst_fit import Usual, usual
from headstamp.analysis.counts.burst_periods import read_period, with_period
from headstamp.errors import Invalid
from tests.effort import counted, examples
from tests.shared import shared

SIMULATED = counted(80, 2_000)
Draw = Callable[[np.random.Generator, int], np.ndarray]
START = date(2015, 1, 1)


def _series(counts: np.ndarray) -> list[dict[str, str]]:
    return [{"date": (START + timedelta(days=n)).isoformat(), "n": str(int(count))}
            for n, count in enumerate(counts) if count]


def _negative(mean: float, size: float) -> Draw:
    return lambda random, n: random.negative_binomial(size, size / (size + mean), n)


def _poisson(mean: float) -> Draw:
    return lambda random, n: random.poisson(mean, n)


def test_a_captured_stock_is_told_by_itself() -> None:
    path = shared("data/ua_lost_stolen_weapons") / "records.parquet"
    rows = [{"date": day, "region": region or "", "report": report} for day, region, report in duckdb.sql(
        f"select strftime(date, '%Y-%m-%d'), region, report from '{path}'").fetchall()]
    found = burst(rows, place="region")
    first, second = found.more["bursts"][0], next(
        one for one in found.more["bursts"] if one["period"] == "2022-02-24")
    assert (first["period"], first["rows"], first["place"]) == ("2014-03-24", 119_512, "Simferopol")
    assert first["share"] == pytest.approx(119_512 / 568_145) and second["rows"] == 21_979
    assert any("2014-03-24 holds 119,512 of 568,145 rows, 21.0%" in one and "stock" in one for one in found.warnings)
    assert found.text.startswith("2014-03-24") and found.more["usual_mean"] < 30
    assert found.more["rows_outside_bursts"] + found.more["rows_in_bursts"] == 568_145


def test_months_of_seizures_are_clean() -> None:
    path = shared("data/isp_rj_seizures") / "seizures_by_precinct_month_2007_2024.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [{"month": f"{row['ano']}-{int(row['mes']):02}", "precinct": row["cisp"],
                 "seized": row["arma_fogo_total"], "made": row["arma_fogo_arma_fabricacao_caseira"],
                 "rifles": row["arma_fogo_fuzil"], "year": row["ano"]} for row in csv.DictReader(file)]
    found = burst(rows, day="month", place="precinct", count="seized")
    assert not found.warnings and found.estimate == 0 and (found.low, found.high) == (0, 0)
    assert found.more["unit_of_periods"] == "month" and found.more["periods"] == 18 * 12
    rifles = {year: sum(int(row["rifles"]) for row in rows if row["year"] == year) for year in ("2017", "2018", "2019", "2020")}
    assert list(rifles.values()) == [499, 493, 550, 284]
    # Two months of home-made arms at the start of the series stand out.
    made = burst(rows, day="month", count="made")
    assert [one["period"] for one in made.more["bursts"]] == ["2007-03", "2007-02"]


@pytest.mark.parametrize(("draw", "days"), [
    (_poisson(0.3), 365), (_poisson(3), 60), (_poisson(40), 365), (_negative(2, 0.5), 365), (_negative(20, 2), 120),
    (_negative(300, 10), 60),
])
def test_clean_series_are_seldom_told(draw: Draw, days: int) -> None:
    random = np.random.default_rng(20_261_122)
    fired = sum(bool(burst(_series(draw(random, days)), count="n").warnings) for _ in range(SIMULATED))
    assert fired / SIMULATED < 0.05


@pytest.mark.parametrize(("draw", "size"), [(_poisson(3), 60), (_negative(20, 2), 600)])
def test_a_burst_is_told_and_its_interval_holds_the_truth(draw: Draw, size: int) -> None:
    random = np.random.default_rng(7)
    told = held = 0
    for _ in range(SIMULATED):
        counts = draw(random, 400)
        day = int(random.integers(1, 399))
        counts[day] += size
        found = burst(_series(counts), count="n")
        hit = [one["period"] for one in found.more["bursts"]] == [(START + timedelta(days=day)).isoformat()]
        told += bool(found.warnings)
        held += hit and found.low <= size <= found.high
    assert told / SIMULATED >= 0.9
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    # Counts are whole: the interval of a low mean holds a little more than it must.
    assert 0.93 - slack <= held / SIMULATED <= 0.99


def test_many_bursts_do_not_hide_each_other() -> None:
    random = np.random.default_rng(3)
    counts = random.poisson(5, 500)
    days = random.choice(500, 20, replace=False)
    counts[days] += (10 ** random.uniform(2, 5, 20)).astype(int)
    found = burst(_series(counts), count="n")
    assert found.more["number_of_bursts"] == 20 and found.more["usual_mean"] == pytest.approx(5, rel=0.1)
    assert sum(one["rows"] for one in found.more["bursts"]) == counts[days].sum()


def _places(random: np.random.Generator, number: int) -> list[dict[str, str]]:
    return [{"site": f"S{n}", "n": str(1 + int(size))} for n, size in enumerate(random.lognormal(4, 1, number))]


def test_a_place_far_outside_the_others_is_told() -> None:
    random = np.random.default_rng(5)
    false = told = 0
    for _ in range(SIMULATED):
        rows = _places(random, 25)
        false += bool(burst(rows, place="site", count="n").warnings)
        rows[3]["n"] = "60000"
        found = burst(rows, place="site", count="n")
        told += found.more["places"][:1] != [] and found.more["places"][0]["place"] == "S3"
    assert false / SIMULATED < 0.05 and told / SIMULATED >= 0.9
    assert found.estimate > 50_000 and found.low <= found.estimate <= found.high


@examples(25)
@given(st.floats(0.2, 60), st.floats(0.3, 500), st.integers(0, 80))
def test_chances_are_sums_by_hand(mean: float, size: float, count: int) -> None:
    model = Usual(mean, size)
    by_hand = sum(exp(model.log_chance(k)) for k in range(count + 1))
    assert model.at_most(count) == pytest.approx(by_hand, abs=1e-9)
    assert model.at_least(count + 1) == pytest.approx(1 - by_hand, abs=1e-9)
    at = model.quantile(0.9)
    assert model.at_most(at) >= 0.9 > model.at_most(at - 1)


def test_the_fit_finds_what_was_drawn() -> None:
    counts = np.random.default_rng(1).negative_binomial(2, 2 / 22, 4_000)
    fit, beyond = usual(counts, 0.01)
    assert (fit.mean, fit.size) == (pytest.approx(20, rel=0.05), pytest.approx(2, rel=0.1)) and not len(beyond)


def test_periods_are_read_as_exact_as_they_are() -> None:
    assert read_period("2014-03-24 00:00:00") == read_period("2014-03-24") != read_period("2014-03")
    assert read_period("2014-02-30") is None and read_period("2014-13") is None and read_period("24.3.2014") is None
    rows = [{"date": f"{1990 + n}", "n": "4"} for n in range(30)]
    assert burst(rows, count="n").more["unit_of_periods"] == "year"
    mixed = [{"date": f"2020-{1 + n % 12:02}-{1 + n % 28:02}"} for n in range(200)] + [{"date": "2020"}] * 10
    found = burst(mixed)
    assert found.more["rows"] == 210 and found.more["rows_outside_bursts"] == 200


@pytest.mark.parametrize(("rows", "given", "why"), [
    ([{"date": "2020-01-01"}] * 5, {}, "too few"), ([{"date": f"2020-01-{n:02}"} for n in range(1, 22)], {}, "days are too few"),
    ([{"date": ""}] * 90 + [{"date": "2020-01-01"}] * 10, {}, "bursts may hide"),
    ([{"site": "A", "x": ""}] * 40, {"place": "site"}, "place is too few"),
    ([{"date": "0001-01-01"}] * 20 + [{"date": "2020-01-01"}], {}, "is wrong"),
])
def test_what_cannot_be_told_is_refused(rows: list[dict[str, str]], given: dict[str, str], why: str) -> None:
    found = burst(rows, **given)
    assert found.refused and why in found.reason


@pytest.mark.parametrize(("rows", "given", "rule"), [
    ([{"date": "May 3"}], {}, "neither a day"), ([{"a": "1"}], {}, "no column of days"), ([{"date": "2020"}], {"place": "x"}, "no such column"),
    ([{"date": "2020", "n": "-3"}], {"count": "n"}, "not a whole number"), ([], {"level": 3.0}, "a level lies"),
])
def test_bad_input_is_named(rows: list[dict[str, str]], given: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        burst(rows, **given)  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_year_and_month_in_two_columns_are_put_together() -> None:
    cells = [(2015 + n // 12, n % 12 + 1, 400 if n == 37 else 10 + n % 4) for n in range(72)]
    whole = burst([{"date": f"{year}-{month:02}", "n": str(n)} for year, month, n in cells], count="n")
    parted = [{"Year": str(year), "MONTH": str(month), "n": str(n)} for year, month, n in cells]
    for day in ("", "month", "year,month", "Year, Month"):
        found = burst(parted, day=day, count="n")
        assert found.more["bursts"] == whole.more["bursts"] and found.estimate == whole.estimate, day
        assert found.more["unit_of_periods"] == "month" and any(one.name == "parts" for one in found.diagnostics)
    assert not any(one.name == "parts" for one in whole.diagnostics)
    # Whoever asks for years is given years, and other names than these are told by name.
    assert burst(parted, day="year", count="n").reason.startswith("6 years are too few")
    told = burst([{"ano": row["Year"], "mes": row["MONTH"], "n": row["n"]} for row in parted], day="ano,mes", count="n")
    assert told.more["bursts"] == whole.more["bursts"]
    with pytest.raises(Invalid) as wrong:
        burst([*parted, {"Year": "2021", "MONTH": "13", "n": "4"}], count="n")
    assert [(one.value, one.row) for one in wrong.value.problems] == [("2021-13", 73)]
    with pytest.raises(Invalid, match="cannot be asked"):
        burst(parted, day="year,mth", count="n")


def test_days_in_three_columns_are_put_together_and_a_lacking_month_is_a_year() -> None:
    days = [{"year": "2020", "month": "1", "day": str(n % 30 + 1)} for n in range(90)]
    assert burst(days).more["unit_of_periods"] == "day" and burst(days).more["periods"] == 30
    table, name, parts = with_period([{"year": "2020", "month": ""}, {"year": "", "month": "4"}, {"year": "2021", "month": "5"}], "")
    assert ([row[name] for row in table], parts) == (["2020", "", "2021-5"], ("year", "month"))
    # A column of months that holds whole ones needs no year.
    rows = [{"year": "2020", "month": "2020-03"}]
    assert with_period(rows, "") == (rows, "month", ())
