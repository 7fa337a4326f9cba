"""Clustering of finds in space and time: published answers, brute force, coverage, what is refused and warned of."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import combinations
from math import asin, cos, exp, factorial, radians, sin, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.space_time import pairs as close
from headstamp.analysis.space_time import permutation
from headstamp.analysis.space_time.chance import gamma_below, gamma_quantile, poisson_at_least
from headstamp.analysis.space_time.jacquez import jacquez
from headstamp.analysis.space_time.knox import knox
from headstamp.analysis.space_time.modified_knox import modified_knox
from headstamp.analysis.space_time.points import EARTH, read
from headstamp.errors import Invalid
from tests.effort import counted, examples

SIMULATED = counted(300, 2_000)
Rows = list[dict[str, str]]
Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]


def _rows(places: np.ndarray, times: np.ndarray) -> Rows:
    return [{"x": repr(float(x)), "y": repr(float(y)), "t": repr(float(t))}
            for (x, y), t in zip(places, times, strict=True)]


@pytest.fixture(scope="module")
def burkitt() -> Rows:
    with (Path(__file__).parent / "burkitt.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_published_case(burkitt: Rows) -> None:
    found = knox(burkitt, 20, 5, permutations=9_999)
    more = found.more
    assert (more["points"], more["pairs"], more["close_in_space"], more["close_in_time"]) == (188, 17_578, 3_429, 52)
    assert more["statistic"] == 13 and more["expected"] == pytest.approx(10.1438161, abs=5e-8)
    assert more["observed_table"] == [[13, 3_416], [39, 14_110]]
    assert more["expected_table"][0][1] == pytest.approx(3_418.85618, abs=5e-6)
    # What pointpats calls its Poisson p-value is P(X > 13); the usual upper tail is P(X >= 13).
    assert more["p_poisson_above"] == pytest.approx(0.14624558, abs=5e-9)
    assert more["p_poisson_at_least"] == pytest.approx(0.22227, abs=5e-6)
    assert more["headline_p"] == "p_permutation" and 0.17 <= more["p_permutation"] <= 0.21
    assert 0.17 <= knox(burkitt, 20, 5).more["p_permutation"] <= 0.21
    assert more["modified_knox"] == pytest.approx(2.81016043, abs=5e-9)
    assert found.estimate == pytest.approx(13 / 10.1438161) and found.low < 1 < found.high
    assert found.warnings and "recoveries" in found.warnings[0].casefold()
    # The epidemic moved from one end of the district to the other, which its authors describe.
    assert any(one.name == "drift" and one.good is False for one in found.diagnostics)


def test_the_published_neighbours(burkitt: Rows) -> None:
    found = modified_knox(burkitt, 20, 5)
    assert found.estimate == pytest.approx(2.81016043, abs=5e-9) and found.low < 0 < found.high
    assert 0.05 < found.more["p_permutation"] < 0.25
    nearest = jacquez(burkitt, 3)
    assert nearest.estimate == 12 and nearest.more["p_permutation"] > 0.01
    assert nearest.low < nearest.more["expected"] < nearest.high


def test_the_same_seed_gives_the_same(burkitt: Rows) -> None:
    one, two, other = (knox(burkitt, 20, 5, seed=seed).more["chance_mean"] for seed in (7, 7, 8))
    assert one == two != other


@examples(40)
@given(st.integers(2, 40), st.integers(0, 12), st.integers(0, 6), st.integers(2, 3), st.integers(0, 10**6))
def test_pairs_are_those_of_brute_force(n: int, distance: int, apart: int, dimensions: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    places = random.integers(0, 20, (n, dimensions)).astype(float)
    times = random.integers(0, 15, n) / random.choice([1.0, 10.0])
    brute = {(i, j) for i, j in combinations(range(n), 2) if ((places[i] - places[j]) ** 2).sum() <= distance**2}
    found = close.in_space(places, distance, 10_000)
    assert found.count == len(brute) == len(found.first)
    assert set(zip(found.first.tolist(), found.second.tolist(), strict=True)) == brute
    assert close.in_space(places, distance, -1).count == len(brute)
    limit = apart / 10
    moments = close.in_time(times, limit)
    same = [(i, j) for i, j in combinations(range(n), 2) if abs(times[i] - times[j]) <= limit]
    assert moments.count == len(same)
    assert {(min(p), max(p)) for p in zip(*(one.tolist() for one in moments.pairs()), strict=True)} == set(same)
    assert moments.neighbours.tolist() == [sum(i in pair for pair in same) for i in range(n)]


@examples(20)
@given(st.integers(5, 30), st.sampled_from([1.0, 7.0, 2.5, 40_000.0]), st.integers(0, 10**6))
def test_dealings_are_those_of_brute_force(n: int, scale: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    places, times = random.uniform(0, 10, (n, 2)), random.integers(0, 12, n) * scale
    found = close.in_space(places, 4.0, 10_000)
    counts = permutation.dealt(times, found.first, found.second, [found.count], [2 * scale, 5 * scale], 130, seed)
    again = np.random.default_rng(seed)
    for one in range(130):
        dealt = again.permutation(times)
        apart = np.abs(dealt[found.first] - dealt[found.second])
        assert counts[one, 0].tolist() == [int((apart <= 2 * scale).sum()), int((apart <= 5 * scale).sum())]


def test_places_may_be_dealt_out_instead() -> None:
    random = np.random.default_rng(4)
    places, times = random.uniform(0, 10, (60, 2)), random.uniform(0, 100, 60)
    found, moments = close.in_space(places, 3.0, 10_000), close.in_time(times, 3.0)
    by_time = permutation.dealt(times, found.first, found.second, [found.count], [3.0], 4_000, 1)[:, 0, 0]
    by_place = permutation.dealt_places(places, *moments.pairs(), 3.0, 4_000, 1)
    assert by_time.mean() == pytest.approx(by_place.mean(), rel=0.02)
    assert by_time.std() == pytest.approx(by_place.std(), rel=0.06)


@examples(30)
@given(st.integers(0, 60), st.floats(0.01, 80))
def test_chances_are_sums_by_hand(count: int, mean: float) -> None:
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert poisson_at_least(count, mean) == pytest.approx(1 - below, abs=1e-9)
    assert gamma_below(2.5, gamma_quantile(2.5, 0.3)) == pytest.approx(0.3)


def test_degrees_are_great_circle_metres() -> None:
    random = np.random.default_rng(11)
    spots = np.column_stack((random.uniform(-89, 89, 60), random.uniform(-180, 180, 60)))
    given_points = read([{"Latitude": str(a), "LON": str(b), "Date": f"2024-01-{1 + n % 28:02d}"}
                         for n, (a, b) in enumerate(spots)])
    assert given_points.on_earth and given_points.dates

    def metres(one: np.ndarray, two: np.ndarray) -> float:
        (a, b), (c, d) = ((radians(v) for v in spot) for spot in (one, two))
        return 2 * EARTH * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))

    for far in (500_000.0, 4e6, 1.5e7):
        assert close.in_space(given_points.places, given_points.reach(far), 10_000).count == sum(
            metres(a, b) <= far for a, b in combinations(spots, 2))


def test_dates_and_borders() -> None:
    base = [{"lat": "33", "lon": "35", "date": "2024-02-28"}, {"lat": "33", "lon": "35", "date": "2024-03-01T12:00:00Z"}]
    assert np.diff(read(base).times).tolist() == [2.5]
    rows = [{"x": str(n % 4), "y": "0", "t": str(n // 4)} for n in range(40)]
    # Four in a line of one each day: 3 pairs a day exactly 1 apart, 9 days exactly 1 later.
    found = knox(rows, 1, 1)
    assert found.more["statistic"] == 40 // 4 * 3 + 9 * 4 + 9 * 6
    assert knox(rows, 0.999, 1).more["close_in_space"] == 4 * 45


# What chance makes of finds without any interaction.
_FIXED = np.random.default_rng(5)
_TOWNS, _SIZES = _FIXED.uniform(0, 100, (12, 2)), _FIXED.dirichlet(np.ones(12) * 2)


def _even(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return random.uniform(0, 60, (300, 2)), random.integers(0, 365, 300).astype(float)


def _towns(random: np.random.Generator, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    town = random.choice(12, n, p=_SIZES)
    return _TOWNS[town] + random.normal(0, 5, (n, 2)), np.floor(365 * random.beta(2, 3, n))


def _repeats(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    places, times = _towns(random, 700)
    again = np.nonzero(random.random(700) < 0.15)[0]
    return (np.vstack((places, places[again] + random.normal(0, 1, (len(again), 2)))),
            np.concatenate((times, times[again] + random.integers(0, 6, len(again)))))


def _wandering(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    places, times = random.uniform(0, 60, (300, 2)), random.integers(0, 365, 300).astype(float)
    places[:, 0] = 0.5 * places[:, 0] + times * 30 / 365
    return places, times


def _there_and_back(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    places, times = _even(random)
    places[:, 1] = 0.5 * places[:, 1] + 30 * np.abs(times / 182.5 - 1)
    return places, times


def _written_twice(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    places, times = _towns(random)
    again = random.integers(0, 300, 40)
    return np.vstack((places, places[again])), np.concatenate((times, times[again]))


@pytest.mark.parametrize(("draw", "low", "high"), [(_even, 0.93, 0.97), (_towns, 0.93, 0.97), (_repeats, 0.91, 0.97)])
def test_the_interval_holds_the_truth_and_seldom_warns(draw: Draw, low: float, high: float) -> None:
    random = np.random.default_rng(20_261_122)
    found = [knox(_rows(*draw(random)), 3, 7, permutations=199) for _ in range(SIMULATED)]
    # Without interaction the truth is 1; with it, what so many draws give together.
    truth = 1.0 if draw is not _repeats else (
        sum(one.more["statistic"] for one in found) / sum(one.more["expected"] for one in found))
    held = sum(one.low <= truth <= one.high for one in found) / SIMULATED
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    assert low - slack <= held <= high + slack
    assert sum(one.refused or len(one.warnings) > 1 for one in found) / SIMULATED < 0.05
    small = sum(one.more["p_permutation"] <= 0.05 for one in found) / SIMULATED
    assert small > 0.9 if draw is _repeats else small <= 0.05 + slack + 0.01


@pytest.mark.parametrize(("draw", "why"), [
    (_wandering, "drift"), (_there_and_back, "drift"), (_written_twice, "repeats")])
def test_what_is_broken_is_warned_of(draw: Draw, why: str) -> None:
    random = np.random.default_rng(7)
    found = [knox(_rows(*draw(random)), 3, 7, permutations=99) for _ in range(SIMULATED // 3)]
    fired = [any(d.name == why and d.good is False for d in one.diagnostics) and len(one.warnings) > 1 for one in found]
    assert sum(fired) / len(fired) >= 0.9


def test_without_repeats_the_rest_is_shown() -> None:
    places, times = _towns(np.random.default_rng(3))
    doubled = _rows(np.vstack((places, places[:40])), np.concatenate((times, times[:40])))
    model = next(one for one in knox(doubled, 3, 7).models if one.name == "without repeats")
    assert model.estimate == pytest.approx(knox(_rows(places, times), 3, 7).estimate)


def test_the_near_repeat_table() -> None:
    found = knox(_rows(*_repeats(np.random.default_rng(9))), 3, 7, bands=3)
    cells = found.more["near_repeat"]["cells"]
    inner = [one for one in cells if one["distance"] in ("same place", "over 0 to 3") and one["time"] == "0 to 7"]
    assert sum(one["observed"] for one in inner) == found.more["statistic"]
    first = next(one for one in cells if one["distance"] == "over 0 to 3" and one["time"] == "0 to 7")
    assert first["ratio"] > 1.2 and first["p"] <= first["p_holm"] < 0.05
    far = next(one for one in cells if one["distance"] == "over 6 to 9" and one["time"] == "over 14 to 21")
    assert 0.8 < far["ratio"] < 1.2 and far["p_holm"] > 0.05
    assert "by chance" in found.more["near_repeat"]["note"]


def _spread(n: int) -> Rows:
    random = np.random.default_rng(2)
    return _rows(random.uniform(0, 10, (n, 2)), random.integers(0, 100, n).astype(float))


@pytest.mark.parametrize(("rows", "space", "time", "why"), [
    ([], 1, 1, "too few"), (_spread(9), 5, 50, "too few"),
    ([one | {"x": "1", "y": "1"} for one in _spread(30)], 1, 5, "one place"),
    ([one | {"t": "4"} for one in _spread(30)], 1, 5, "one time"),
    (_spread(30), 100, 5, "holds 100%"), (_spread(30), 1, 100, "holds 100%"),
    (_spread(30), 0.001, 5, "0 pairs are close in space"), (_spread(200), 0.12, 0, "Chance leads one"),
    ([*_spread(30), *[{"x": "", "y": "3", "t": "5"}] * 4], 1, 5, "no place or no day"),
])
def test_what_cannot_be_told_is_refused(rows: Rows, space: float, time: float, why: str) -> None:
    found = knox(rows, space, time)
    assert found.refused and found.estimate is None and why in found.reason and found.warnings


def test_some_missing_places_are_told() -> None:
    found = knox([*_spread(60), {"x": "", "y": "3", "t": "5"}], 2, 5)
    assert not found.refused and found.more["left_out"] == 1


@pytest.mark.parametrize(("rows", "options", "rule"), [
    ([{"x": "1", "y": "here", "t": "3"}], {}, "not a number"), ([{"x": "1", "y": "2", "t": "May"}], {}, "neither a number"),
    ([{"a": "1"}], {}, "no such column"), ([{"lat": "95", "lon": "2", "t": "1"}], {}, "degrees lie"),
    ([{"x": "1", "y": "2", "t": "2024-02-30"}], {}, "not a date"),
    ([{"x": "1", "y": "2", "t": "2024-02-03"}, {"x": "1", "y": "2", "t": "4"}], {}, "some times are dates"),
    ([], {"space": -1}, "a threshold"), ([], {"time": float("nan")}, "a threshold"), ([], {"permutations": 5}, "dealings"),
    ([], {"bands": 50}, "bands"), ([], {"level": 1.0}, "a level lies"),
])
def test_bad_input_is_named(rows: Rows, options: dict[str, float], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        knox(rows, **({"space": 1, "time": 1} | options))  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_neighbours_refuse_and_name_too() -> None:
    assert jacquez(_spread(12), 6).refused and jacquez(_spread(5)).refused and modified_knox(_spread(5), 1, 1).refused
    assert modified_knox(_spread(30), 100, 5).refused
    with pytest.raises(Invalid):
        jacquez(_spread(30), 0)
    coarse = jacquez([one | {"t": str(n % 3)} for n, one in enumerate(_spread(60))])
    assert any(one.name == "ties" and one.good is False for one in coarse.diagnostics)
