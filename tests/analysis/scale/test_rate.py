"""The rate a month: by hand, its coverage, what it warns of and refuses; and the line of Theil and Sen."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from headstamp.analysis.scale.rate import MEASURE, rate
from headstamp.analysis.scale.rate_table import MONTH, read_window
from headstamp.analysis.scale.theil_sen import line
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(120, 2_000)
Rows = list[dict[str, str]]
START = date(2014, 1, 1)


def _written(months: float, day: bool) -> str:
    return (START + timedelta(days=months * MONTH)).isoformat()[: 10 if day else 7]


def _numbered(random: np.random.Generator, n: int, *, day: bool = False, later: float = 200, spread: float = 0) -> Rows:
    """Packages of a series of 200 a month over two years, in the second year ``later``; twenty pieces in each."""
    rows = []
    for at in random.random(n) * 24:
        number = at * 200 if at < 12 else 2_400 + (at - 12) * later
        rows.append({"date": _written(at, day), "count": str(max(1, round(20 + spread * random.normal()))),
                     "number": str(int(number) + 1)})
    return rows


def _anew(random: np.random.Generator, n: int) -> Rows:
    """Numbering that begins at 1 each month and ends at 200."""
    return [{"date": f"2014-{random.integers(1, 11):02}", "count": "20", "number": str(random.integers(1, 201))}
            for _ in range(n)]


def _found(random: np.random.Generator, lots: float) -> Rows:
    """Lots that come as Poisson over two years, each of one or more packages of twenty."""
    rows: Rows = []
    for at in range(random.poisson(lots * 24)):
        day = _written(random.random() * 24, day=False)
        rows += [{"date": day, "count": "20", "lot": str(at)}] * (1 + random.poisson(2))
    return rows


def test_the_line_of_sen() -> None:
    # Sen 1968, section 7: slope 4, between 26/7 and 35/8.
    found = line(np.array([1, 2, 3, 4, 10, 12, 18.0]), np.array([9, 15, 19, 20, 45, 55, 78.0]), 0.95)
    assert found is not None and found.slope == 4 and found.intercept == 4
    assert (found.low, found.high) == pytest.approx((26 / 7, 35 / 8))
    assert line(np.ones(4), np.arange(4.0), 0.95) is None
    few = line(np.arange(4.0), np.arange(4.0), 0.95)  # four points reach no 95 %: 1 order in 24 either way
    assert few is not None and few.low is None
    many = np.random.default_rng(1).random(4_000)
    long = line(many, 3 * many, 0.95)
    assert long is not None and long.slope == pytest.approx(3)


def test_a_rate_by_hand() -> None:
    # 100 packages a month of 50 pieces, by the day: nothing is left to chance.
    table = [{"date": (START + timedelta(days=at)).isoformat(), "count": "50", "number": str(round(at * 100 / MONTH))}
             for at in (0, 31, 90, 120, 200, 300, 340, 364)]
    found = rate(table)
    assert found.estimate == pytest.approx(5_000, rel=0.005) and found.low == pytest.approx(5_000, rel=0.03)
    assert found.more["headline"] == "running numbers" and not found.warnings
    floor = next(one for one in found.models if one.name == "found, by month")
    assert floor.estimate == pytest.approx(8 * 50 / 12)
    assert found.more["by_month"][0] == {"month": "2014-01", "pieces": 50, "packages": 1}
    assert len(found.more["by_month"]) == 12 and "the least it can be" in found.text


def test_without_numbers_it_is_the_least() -> None:
    table = [{"Month": month, "Pieces": pieces, "lot": lot} for month, pieces, lot in (
        ("2014-01", "100", "a"), ("2014-01", "100", "a"), ("2014-03/2014-04", "60", "b"), ("2014", "120", "c"),
        ("", "40", "d"))]
    found = rate(table)
    assert found.estimate == pytest.approx(380 / 12) and found.text.count("at least") == 1
    months = {one["month"]: one["pieces"] for one in found.more["by_month"]}
    assert months["2014-01"] == 210 and months["2014-03"] == 40 and months["2014-12"] == 10
    assert sum(months.values()) == pytest.approx(380)
    assert "1 without one left out" in found.diagnostics[0].words
    assert rate(table, first="2014-01", last="2014-06").more["pieces_found"] == 260
    rough = rate([*table, {"Month": "2005/2012", "Pieces": "9", "lot": "e"}, {"Month": "2010-01", "Pieces": "", "lot": "e"}])
    assert rough.estimate == found.estimate and "1 dated more roughly than to a year" in rough.diagnostics[0].words


@pytest.mark.parametrize(("n", "options"), [(8, {"day": True}), (15, {}), (40, {}), (40, {"spread": 6})])
def test_the_interval_of_running_numbers_holds_the_truth(n: int, options: dict[str, float]) -> None:
    random = np.random.default_rng(n)
    held = warned = 0
    for _ in range(SIMULATED):
        found = rate(_numbered(random, n, **options))  # type: ignore[arg-type]
        assert found.more["headline"] == "running numbers"
        held += (found.low or 0) <= 4_000 <= (found.high or 0)
        warned += bool(found.warnings)
    _is_right(held, warned)


def test_the_interval_of_months_by_themselves_holds_the_truth() -> None:
    random = np.random.default_rng(2)
    held = warned = 0
    for _ in range(SIMULATED):
        found = rate(_anew(random, 40), numbering="monthly")
        held += (found.low or 0) <= 4_000 <= (found.high or 0)
        warned += bool(found.warnings)
    _is_right(held, warned)


@pytest.mark.parametrize("lots", [0.7, 2.0])
def test_the_interval_of_what_was_found_holds_the_truth(lots: float) -> None:
    random = np.random.default_rng(4)
    held = warned = 0
    for _ in range(SIMULATED):
        found = rate(_found(random, lots), first="2014-01", last="2015-12")
        held += (found.low or 0) <= lots * 60 <= (found.high or 0)
        warned += bool(found.warnings)
    _is_right(held, warned)


def _is_right(held: int, warned: int) -> None:
    slack = 2.6 * (0.95 * 0.05 / SIMULATED) ** 0.5 if SIMULATED < 2_000 else 0.005
    assert 0.93 - slack <= held / SIMULATED <= 0.97 + slack
    assert warned / SIMULATED < (0.05 if SIMULATED == 2_000 else 0.08)


def test_what_is_broken_is_told() -> None:
    random = np.random.default_rng(6)
    bent = [rate(_numbered(random, 30, later=500)) for _ in range(SIMULATED // 2)]
    assert sum(any("pace changed" in said for said in one.warnings) for one in bent) / len(bent) >= 0.9
    anew = [rate(_anew(random, 30)) for _ in range(SIMULATED // 2)]
    assert sum(one.refused and "begin anew" in one.reason for one in anew) / len(anew) >= 0.9
    few = [rate([{"date": _written(at, False), "count": "20", "lot": str(at)} for at, many in zip(
        random.random(4) * 24, (40, 30, 4, 2), strict=True) for _ in range(many)]) for _ in range(20)]
    assert all(any("a few hold most" in said for said in one.warnings) for one in few)
    gap = [rate([row for row in _found(random, 2) if not "2014-09" <= row["date"] <= "2015-05"])
           for _ in range(SIMULATED // 2)]
    assert sum(any("nothing is dated" in said for said in one.warnings) for one in gap) / len(gap) >= 0.9


@pytest.mark.parametrize(("table", "why"), [
    ([("2014-01-05", "1", ""), ("2014-01-09", "2", "")], "at least 3"),
    ([("2014-01-05", "1", "a")] * 4, "one date"), ([("2014-01-05", "1", "a"), ("2014-01-25", "1", "b")] * 4, "one date"),
    ([("2014-01", "1", "a"), ("2014-03", "2", "a"), ("2014-07", "3", "a")], "one lot"),
    ([("2014-01", "9", ""), ("2014-03", "5", ""), ("2014-07", "3", "")], "smaller number"),
])
def test_what_cannot_carry_a_rate_is_refused(table: list[tuple[str, str, str]], why: str) -> None:
    found = rate([{"date": day, "count": "20", "number": number, "lot": lot} for day, number, lot in table])
    assert found.refused and why in found.reason and found.estimate is None and found.text


def test_lots_that_were_not_met_are_told_of() -> None:
    rows = [{"date": f"2014-{month:02}", "count": "10", "lot": lot} for lot, month, met in (
        ("a", 1, 1), ("b", 2, 1), ("c", 4, 2), ("d", 5, 2), ("e", 9, 5), ("f", 12, 1)) for _ in range(met)]
    # Chao, bias-corrected: 6 + 3 * 2 / (2 * 3).
    assert rate(rows).more["lots"]["at_least"] == 7


def test_its_plots_are_tables_too_and_it_is_plain_json() -> None:
    found = rate(_numbered(np.random.default_rng(1), 20))
    assert [one.name for one in MEASURE.plot(found)] == ["months", "numbers", "models"]
    columns, points = MEASURE.plot(found)[0].table()
    assert columns == ("series", "month", "pieces") and len(points) == len(found.more["by_month"])
    json.dumps(found.as_dict(), allow_nan=False)


def test_windows() -> None:
    assert read_window("2014-02") == (date(2014, 2, 1).toordinal(), date(2014, 2, 28).toordinal())
    assert read_window("2014/2016-02-29") == (date(2014, 1, 1).toordinal(), date(2016, 2, 29).toordinal())
    assert read_window("2016/2014") is None and read_window("spring") is None and read_window("2014-13") is None


def test_every_fault_is_named() -> None:
    with pytest.raises(Invalid) as error:
        rate([{"date": "2014-01", "count": "-4", "number": "1.5"}, {"date": "May", "count": "ten", "number": "2"}])
    assert [(one.row, one.field, one.rule) for one in error.value.problems] == [
        (1, "count", "not a number of pieces"), (1, "number", "not a running number"), (2, "date", "not a date"),
        (2, "count", "not a number of pieces")]
    for table, options in (([], {}), ([{"month": "2014"}], {}), ([{"count": "4"}], {}), (
            [{"date": "2014", "count": "1"}], {"first": "x", "last": "2014", "level": 2}), (
            [{"date": "2014", "count": "1"}], {"first": "2015", "last": "2014"})):
        with pytest.raises(Invalid):
            rate(table, **options)  # type: ignore[arg-type]
