"""Shares by group: a published case, coverage for all groups at once, repeats, and the real parts of weapons."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest

from headstamp.analysis.counts.by import MEASURE, NO_SAMPLE, NOT_KNOWN, shares
from headstamp.analysis.counts.interval import goodman
from headstamp.errors import Invalid
from tests.effort import counted
from tests.shared import shared

SIMULATED = counted(300, 2_000)


def _rows(*counts: int) -> list[dict[str, str]]:
    return [{"country": f"C{n}", "id": f"{n}-{m}"} for n, count in enumerate(counts) for m in range(count)]


def test_the_published_case() -> None:
    # Sison and Glaz 1995, example 1, Goodman's intervals to the three digits given there.
    told = goodman([56, 72, 73, 59, 62, 87, 58])
    assert [(round(low, 3), round(high, 3)) for low, high in told] == [
        (0.085, 0.166), (0.115, 0.204), (0.116, 0.207), (0.091, 0.173), (0.096, 0.181), (0.143, 0.239), (0.089, 0.171)]
    found = shares(_rows(56, 72, 73, 59, 62, 87, 58), "country")
    assert found.more["group"] == "C5" and found.estimate == pytest.approx(87 / 467)
    assert (found.low, found.high) == pytest.approx(told[5])
    assert NO_SAMPLE in found.warnings and NO_SAMPLE in found.text


def test_all_groups_are_held_at_once() -> None:
    random = np.random.default_rng(20_261_122)
    true = np.array([0.4, 0.25, 0.2, 0.1, 0.05])
    held = 0
    for counts in random.multinomial(400, true, SIMULATED):
        held += all(low <= share <= high for share, (low, high) in zip(true, goodman(counts.tolist()), strict=True))
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack


def test_repeats_are_counted_once_and_told() -> None:
    rows = _rows(30, 20) + [{"country": "C1", "id": "1-3"}] * 40
    found = shares(rows, "country", same=["id"])
    assert (found.more["group"], found.estimate) == ("C0", 0.6)
    assert found.more["groups_all_rows"][0]["group"] == "C1"
    assert any(one.name == "C1, all rows" and one.estimate == pytest.approx(60 / 90) for one in found.models)
    assert any("repeat another" in one for one in found.warnings)
    assert len(shares(_rows(30, 20), "country", same=["id"]).warnings) == 1


def test_what_is_not_known_stays_a_group() -> None:
    found = shares([*_rows(8, 4), *[{"country": "UNK", "id": ""}] * 20], "country")
    assert found.more["groups"][0]["group"] == NOT_KNOWN and found.more["group"] == "C0"
    assert found.estimate == 8 / 32 and any("not known" in one for one in found.warnings)
    assert shares(_rows(8, 4), "country", group="C1").estimate == pytest.approx(1 / 3)


def test_the_parts_of_weapons_with_and_without_repeats() -> None:
    path = shared("data/gur_components") / "components.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = shares(rows, "manufacturer_country", same=["name_marking", "manufacturer"])
    assert (found.more["rows"], found.more["group"]) == (5_806, found.more["groups_all_rows"][0]["group"])
    # 3,071 rows do not say what is written on the part: whether they repeat another is not known.
    assert next(one.value for one in found.diagnostics if one.name == "nameless") >= 3_071 / 5_806
    assert 4_000 < found.more["different"] < 5_806
    alike = shares(rows, "manufacturer_country", same=["name_marking", "manufacturer"], nameless="once")
    assert 2_500 < alike.more["different"] < 3_000
    for told in (found.more["groups"], found.more["groups_all_rows"], alike.more["groups"]):
        assert sum(one["share"] for one in told) == pytest.approx(1)
    # Which rows are held for one thing moves the shares: that is why all of it is told.
    assert abs(alike.estimate - alike.more["groups_all_rows"][0]["share"]) > 0.005
    assert any("repeat another" in one for one in alike.warnings)


def test_what_cannot_be_told_is_refused() -> None:
    assert shares([], "country").refused and shares(_rows(4), "country").refused
    assert "names, not groups" in shares(_rows(*[1] * 1_001), "country").reason


@pytest.mark.parametrize(("given", "rule"), [
    ({"column": "maker"}, "no such column"), ({"column": "country", "same": ["lot"]}, "no such column"),
    ({"column": "country", "group": "C9"}, "no row has it"), ({"column": "country", "level": 0.1}, "a level lies"),
])
def test_bad_input_is_named(given: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        shares(_rows(8, 4), **given)  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_columns_are_named_where_none_is_chosen() -> None:
    with pytest.raises(Invalid) as told:
        shares([{"maker": "A", "year": "2017"}], column="")
    assert "It has: maker, year" in told.value.problems[0].advice


def test_rows_that_can_hardly_repeat_another_are_warned_of() -> None:
    rows = [{"group": "a", "number": "" if n < 7 else str(n)} for n in range(10)]
    warned = shares(rows, column="group", same=["number"]).warnings
    assert any("7 rows lack one of these columns" in said for said in warned)
    assert not any("lack one" in said for said in shares(rows[4:], column="group", same=["number"]).warnings)


def test_a_plot_of_many_groups_says_that_it_shows_the_largest() -> None:
    [plot] = MEASURE.plot(shares(_rows(*range(40, 9, -1)), column="country"))
    assert plot.title == "Share of the 20 largest of 31 groups" and len(plot.series[0].points) == 20
    [whole] = MEASURE.plot(shares(_rows(20, 10), column="country"))
    assert whole.title == "Share of each group"
