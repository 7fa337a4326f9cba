"""The spread of a signature: who was first, the known area, and a trend that more recording does not make."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from math import comb, exp, log
from typing import Any

import numpy as np
import pytest

from headstamp.analysis.spread.area import distance, hull
from headstamp.analysis.spread.measure import MEASURE, spread
from headstamp.analysis.spread.trend import Stratum, _exact, _many, slope
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(60, 2_000)
START = date(2020, 1, 1)


def _row(find: str, on: str, shows: str = "yes", at: tuple[float, float] | None = None, **more: str) -> dict[str, str]:
    place = {} if at is None else {"latitude": str(at[0]), "longitude": str(at[1])}
    return {"find": find, "date": on, "signature": shows, **place, **more}


def _day(years: float) -> str:
    return (START + timedelta(days=int(years * 365.25))).isoformat()


def _case(
    random: np.random.Generator, rise: float = 0.0, effort: float = 0.0, crate: int = 1, grouped: bool = False,
    places: int = 5, finds: int = 40,
) -> list[dict[str, str]]:
    """Finds of several places in three years; the odds rise by ``rise`` (log) a year, the effort by ``effort``."""
    rows = []
    for place in range(places):
        usual = random.normal(-1.6, 0.6)
        for number in range(int(random.integers(finds // 2, finds * 3 // 2))):
            u = random.random()
            years = 3 * u if not effort else log(1 + u * (exp(3 * effort) - 1)) / effort
            shows = random.random() < 1 / (1 + exp(-(usual + rise * (years - 1.5))))
            for piece in range(crate):
                rows.append(_row(f"{place}-{number}-{piece}", _day(years), "yes" if shows else "no", (30 + place, 40),
                                 theatre=f"T{place}", place=f"P{place}", **({"group": f"{place}-{number}"} if grouped else {})))
    return rows


def test_the_chance_of_a_choice_is_summed_exactly() -> None:
    random = np.random.default_rng(3)
    for count in (1, 3, 6):
        times = random.uniform(-2, 2, 8)
        shown = np.zeros(8, bool)
        shown[:count] = True
        slopes = np.array([-1.5, 0.0, 0.7])
        log_sum, variance = _exact(Stratum(times, shown), slopes)
        sums = [np.array([sum(times[list(one)]) for one in combinations(range(8), count)])] * 3
        for at, b in enumerate(slopes):
            weight = np.exp(b * sums[at])
            assert log_sum[at] == pytest.approx(log(weight.sum()), abs=1e-9)
            mean = (weight * sums[at]).sum() / weight.sum()
            assert variance[at] == pytest.approx((weight * sums[at] ** 2).sum() / weight.sum() - mean**2, abs=1e-9)


def test_many_finds_are_taken_another_way_to_the_same_end() -> None:
    random = np.random.default_rng(4)
    times = np.sort(random.uniform(-1.5, 1.5, 400))
    one = Stratum(times, random.random(400) < 1 / (1 + np.exp(-times)))
    grid = np.linspace(-0.5, 2.5, 31)
    exact, many = _exact(one, grid), _many(one, grid)
    at = int((grid * one.times[one.shown].sum() - exact[0]).argmax())
    assert at == int((grid * one.times[one.shown].sum() - many[0]).argmax())
    assert many[1] == pytest.approx(exact[1], rel=0.02)


def test_two_times_are_the_odds_ratio_of_a_table() -> None:
    # Nine of 40 early and 22 of 40 late: the sample's odds ratio is 22 x 31 / (9 x 18) = 4.21.
    times = np.repeat([0.0, 1.0], 40)
    shown = np.array([True] * 9 + [False] * 31 + [True] * 22 + [False] * 18)
    found = slope([Stratum(times, shown)], 0.95, 4_999, 1)
    assert exp(found.estimate) == pytest.approx(4.1, abs=0.15)
    # Fisher's exact test, one side.
    tail = sum(comb(40, k) * comb(40, 31 - k) for k in range(22, 32)) / comb(80, 31)
    assert found.rising == pytest.approx(tail, abs=0.003)
    assert exp(found.low) == pytest.approx(1.6, abs=0.15) and exp(found.high) == pytest.approx(10.8, abs=1.0)


def test_the_interval_holds_the_truth() -> None:
    random = np.random.default_rng(20_261_122)
    held = told = 0
    for _ in range(SIMULATED):
        rise = random.choice([0.0, 0.7, -0.5])
        found = spread(_case(random, rise=rise, effort=0.8), permutations=99)
        if found.refused or found.low is None or found.high is None:
            continue
        told += 1
        held += found.low <= exp(rise) <= found.high
    assert told > 0.95 * SIMULATED
    slack = 0.0 if SIMULATED > 1_000 else 0.06
    assert 0.93 - slack <= held / told <= 0.97 + slack


def test_more_recording_alone_is_no_spread() -> None:
    random = np.random.default_rng(7)
    alone = within = 0
    for _ in range(SIMULATED):
        found = spread(_case(random, effort=1.0), permutations=99)
        within += found.low is not None and found.low > 1
        alone += next(one.low for one in found.models if one.name == "sightings alone") > 1  # type: ignore[operator]
    assert alone > 0.9 * SIMULATED
    assert within <= (0.04 if SIMULATED > 1_000 else 0.08) * SIMULATED


def test_crates_without_groups_are_told() -> None:
    random = np.random.default_rng(8)
    some = SIMULATED // 3
    clean = sum("one crate" in " ".join(spread(_case(random), permutations=99).warnings) for _ in range(some))
    crates = sum("one crate" in " ".join(spread(_case(random, crate=4, finds=20), permutations=99).warnings)
                 for _ in range(some))
    grouped = spread(_case(random, crate=4, grouped=True), permutations=99)
    assert clean <= 0.05 * some and crates >= 0.9 * some
    assert "one crate" not in " ".join(grouped.warnings) and grouped.more["put_together"] > 300


def test_groups_that_grow_are_told() -> None:
    random = np.random.default_rng(9)
    rows = [_row(f"{n}-{piece}", _day(n / 40), "yes" if random.random() < 0.1 else "no", theatre="T", group=str(n))
            for n in range(120) for piece in range(1 + n // 20)]
    assert "size of groups" in " ".join(spread(rows).warnings)


def test_who_was_first_is_a_window() -> None:
    rows = [
        _row("a", "2021-03", at=(33, 44), theatre="IQ"), _row("b", "2021-03-20", at=(36, 43), theatre="SY"),
        _row("c", "2021", at=(36, 43), theatre="SY"), _row("d", "2021-06-01", at=(36, 43), theatre="TR"),
        _row("e", "2020", "no", at=(33, 44), theatre="IQ"),
    ]
    found = spread(rows)
    assert found.more["first"]["from"] == "2021-01-01" and found.more["first"]["to"] == "2021-03-20"
    assert {one["find"] for one in found.more["first"]["can_be"]} == {"a", "b", "c"}
    assert found.more["newest"] == "d" and found.more["new_theatre"] is True
    assert found.refused and "5 of each" in found.reason
    assert "nothing was documented in SY, TR" in " ".join(found.warnings)
    assert "can have been first in any of" in found.text


def test_what_was_documented_before_the_first_sighting() -> None:
    rows = [_row(f"n{k}", f"2021-01-{k + 1:02}", "no", theatre="T") for k in range(20)]
    rows += [_row(f"y{k}", f"2021-03-{k + 1:02}", theatre="T") for k in range(4)]
    rows += [_row(f"m{k}", f"2021-04-{k + 1:02}", "no", theatre="T") for k in range(6)]
    told = spread(rows).more["theatres"][0]
    assert (told["finds"], told["sightings"], told["before"]) == (30, 4, 20)
    assert told["chance_none"] == pytest.approx(comb(10, 4) / comb(30, 4))
    assert (told["first_from"], told["first_to"]) == ("2021-03-01", "2021-03-01")


def test_how_far_beyond_the_known_area() -> None:
    ring = [(0.0, 10.0), (0.0, 11.0), (1.0, 10.0), (1.0, 11.0), (0.5, 10.5)]
    rows = [_row(f"s{k}", f"2021-01-{k + 1:02}", at=at, theatre="T") for k, at in enumerate(ring)]
    rows += [_row("far", "2021-05-01", at=(0.5, 13.0), theatre="T"),
             *(_row(f"o{k}", "2021-04-01", "no", at=(0.5, 13.0 if k < 3 else 10.6), theatre="T") for k in range(12))]
    told = spread(rows).more["area"]
    assert told["beyond_km"] == pytest.approx(distance((0.5, 13.0), (0.0, 11.0)), rel=1e-9) or told["beyond_km"] > 200
    assert told["outside_hull"] is True and told["beyond_hull_km"] == pytest.approx(222.4, abs=0.5)
    assert told["chance"] == pytest.approx(1 / 6)
    assert told["looked_as_far"] == pytest.approx(4 / 13)  # three without it, and the find itself
    inside = spread([*rows[:5], _row("in", "2021-05-01", at=(0.4, 10.4), theatre="T")]).more["area"]
    assert inside["outside_hull"] is False and inside["beyond_hull_km"] == 0


def test_a_hull_across_the_date_line() -> None:
    ring = hull([(0, 179), (0, -179), (2, 180), (0.5, 180), (0.5, -179.9)])
    assert set(ring) == {(0, 179), (0, -179), (2, 180)}
    assert hull([(0, 0), (0, 1)]) == [] and hull([(0, 0), (0, 60), (60, 0)]) == []


def test_beyond_is_said_of_no_more_than_it_should_be() -> None:
    random = np.random.default_rng(5)
    rounds = counted(300, 2_000)
    alarms = 0
    for _ in range(rounds):
        at = random.normal(0, 1, (30, 2))
        rows = [_row(str(k), _day(k / 30), at=(30 + one[0], 40 + one[1])) for k, one in enumerate(at)]
        alarms += spread(rows).more["area"]["chance"] <= 0.1
    assert alarms / rounds <= 0.1 + 2.5 * (0.09 / rounds) ** 0.5


@pytest.mark.parametrize(("rows", "words"), [
    ([], "it has no rows"),
    ([{"find": "a", "date": "2020"}], "there is no such column"),
    ([_row("a", "2020"), _row("a", "2021")], "a stands there twice"),
    ([_row("a", "sometime")], "not a date"),
    ([_row("a", "2020", "perhaps")], "neither yes nor no"),
    ([_row("a", "2020", at=(91, 0))], "degrees lie from -90 to 90"),
])
def test_faulty_tables_are_named(rows: list[dict[str, str]], words: str) -> None:
    with pytest.raises(Invalid) as told:
        spread(rows)
    assert words in str(told.value.problems)


def test_faulty_words_are_named() -> None:
    with pytest.raises(Invalid) as told:
        spread([_row("a", "2020")], level=2, permutations=1)
    assert {one.field for one in told.value.problems} == {"level", "permutations"}
    with pytest.raises(Invalid):
        spread([_row("a", "2020", "no")], find="a")


def test_without_a_sighting_nothing_is_said() -> None:
    found = spread([_row("a", "2020", "no"), _row("b", "2021", "")])
    assert found.refused and "No find shows" in found.reason
    assert MEASURE.plot(found) == ()


def test_all_of_the_latest_show_it() -> None:
    rows = [_row(str(k), _day(k / 20), "yes" if k >= 30 else "no", theatre="T") for k in range(40)]
    found = spread(rows)
    assert found.low is not None and found.low > 1 and found.high is not None and found.estimate is not None
    assert found.more["p_rising"] < 0.01 and "more and more often" in found.text
    shares, counts, _ = MEASURE.plot(found)
    assert len(shares.table()[1]) == len(found.more["periods"]) and counts.table()[1]


def test_a_short_stretch_is_told_by_months() -> None:
    random = np.random.default_rng(1)
    rows: list[dict[str, Any]] = [_row(str(k), _day(k / 400), "yes" if random.random() < 0.3 else "no", theatre="T")
                                  for k in range(120)]
    assert spread(rows).unit == "times the odds in a month of 30 days"
