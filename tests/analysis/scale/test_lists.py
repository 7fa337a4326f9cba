"""The total from overlapping lists: published answers, coverage, refusals and warnings."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.measure import Result
from headstamp.analysis.scale.lists import MEASURE, lists
from headstamp.analysis.scale.lists_table import overlaps
from headstamp.errors import Invalid
from tests.analysis.scale.lists_data import DARROCH, FIVE, KOSOVO, SPINA, drawn, rows
from tests.effort import counted, examples

SIMULATED = counted(120, 2_000)


def test_madigan_and_york() -> None:
    found = lists(rows(SPINA), delta=1, prior="gamma-poisson", shape=13.14, scale=55.17,
                  unseen_least=1, unseen_most=300)
    assert found.estimate is not None and round(found.estimate) == 731
    assert found.more["posterior"]["mode"] == 728
    top = found.more["top_graph"]
    assert top["graph"] == "[A*B, C]" and top["probability"] == pytest.approx(0.3738, abs=5e-5)
    assert (round(top["estimate"]), top["mode"]) == (731, 729)
    assert found.more["graphs"] == 8 and not found.refused
    assert found.models[0].estimate == found.estimate and "shown" in found.models[0].words


def test_five_lists_of_madigan_and_york() -> None:
    found = lists(rows(FIVE), delta=0.5, unseen_least=1, unseen_most=300)
    assert found.more["graphs"] == 822 and sum(FIVE) == 537
    assert found.estimate == pytest.approx(617, abs=0.5)  # by dga's formulas over its range of totals
    assert "6,893" in found.more["log_linear"]["looked_at"]


def test_kosovo_says_how_far_the_models_differ() -> None:
    found = lists(rows(KOSOVO, ("EXH", "ABA", "OSCE", "HRW")))
    best = found.more["log_linear"]["best"]
    assert best["bic"]["estimate"] == pytest.approx(10_356, abs=1)
    pairs = found.more["log_linear"]["best_of_pairs"]["aic"]
    assert pairs["aic"] > best["aic"]["aic"] and pairs["model"].count("*") <= 6
    low, high = found.more["log_linear"]["range_of_all"]
    assert low < 7_400 and high > 16_900  # as far apart as has been published of them
    near = found.more["log_linear"]["range_within_10_of_best_aic"]
    assert f"from {near[0]:,.0f} to {near[1]:,.0f}" in found.text
    assert any("depend on each other" in said for said in found.warnings)
    assert {"Chao lower bound", "log-linear [ABA*OSCE*HRW, EXH*ABA, EXH*HRW]"} <= {one.name for one in found.models}


def test_two_lists_are_chapmans() -> None:
    found = lists(rows((0, 5, 10, 5)))  # Wikipedia's turtles
    assert found.estimate == pytest.approx(28.33, abs=0.005)
    assert (round(found.low or 0), round(found.high or 0)) == (22, 65)
    petersen = next(one for one in found.models if one.name == "Lincoln-Petersen")
    assert petersen.estimate == 30
    assert any("fewer than 7" in said for said in found.warnings)
    assert next(one for one in found.diagnostics if one.name == "dependence").good is None


def test_a_complete_graph_is_not_averaged_over() -> None:
    # All pairs of Darroch's lists depend on each other, in a thousand times the counts: only the
    # complete graph has that, and it says nothing of the unseen.
    found = lists(rows([1_000 * count for count in DARROCH]))
    assert found.more["headline"].startswith("log-linear, best by AIC")
    assert found.estimate == pytest.approx(1_239_966, rel=1e-4)
    assert any("all lists depend on each other" in said for said in found.warnings)


@pytest.mark.parametrize(("cells", "why"), [
    ((0, 5, 10, 0), "any overlap"), ((0, 5, 10, 2), "fewer than 3"), ((0, 25), "one list only"),
    ((0, 30, 40, 12, 25, 0, 0, 0), "share nothing: A and B; C"), ((0, 3, 1, 2, 2, 1, 0, 0), "fewer than 5"),
    ((0, 9, 9, 9, 0, 0, 0, 0), "Nobody is on C"),
])
def test_what_cannot_carry_a_number_is_refused(cells: tuple[int, ...], why: str) -> None:
    table = rows(cells)
    found = lists(table)
    assert found.refused and found.estimate is None and why in found.reason
    assert found.diagnostics and found.text


@pytest.mark.parametrize(("total", "chances"), [
    (500, (0.3, 0.3)), (2_000, (0.1, 0.2)), (500, (0.3, 0.3, 0.3)), (1_000, (0.2, 0.3, 0.4)),
    (1_000, (0.2, 0.3, 0.4, 0.25)),
])
def test_the_interval_holds_the_truth_of_independent_lists(total: int, chances: tuple[float, ...]) -> None:
    random = np.random.default_rng(20_261_122 + total + len(chances))
    held = warned = 0
    many = SIMULATED if len(chances) < 4 else counted(30, 2_000)
    for _ in range(many):
        found = lists(rows(drawn(random, total, chances)))
        assert found.low is not None and found.high is not None
        held += found.low <= total <= found.high
        warned += bool(found.warnings)
    slack = 2.6 * (0.95 * 0.05 / many) ** 0.5 if many < 2_000 else 0.005
    assert 0.93 - slack <= held / many <= 0.97 + slack
    assert warned / many < 0.05 + (0 if many == 2_000 else 2.6 * (0.03 * 0.97 / many) ** 0.5)


def test_lists_that_copy_each_other_are_warned_of() -> None:
    # Three of ten entries of the second list are taken over from the first.
    random = np.random.default_rng(11)
    found = [lists(rows(drawn(random, 1_000, (0.2, 0.3, 0.4), copied=0.3))) for _ in range(SIMULATED // 2)]
    warned = [any("depend on each other" in said for said in one.warnings) for one in found]
    assert sum(warned) / len(found) >= 0.9
    held = sum((one.low or 0) <= 1_000 <= (one.high or 0) for one in found)
    assert held / len(found) > 0.88  # and the average follows it


def test_lists_of_parts_that_hardly_meet_are_refused_or_warned_of() -> None:
    random = np.random.default_rng(12)
    found = [lists(rows(drawn(random, 5_000, (0.008, 0.01)))) for _ in range(SIMULATED)]
    assert sum(one.refused or bool(one.warnings) for one in found) / len(found) >= 0.9


def test_the_order_of_rows_and_lists_says_nothing() -> None:
    table = rows(SPINA)
    turned = [{name: row[name] for name in ("C", "count", "A", "B")} for row in reversed(table)]
    one, other = lists(table), lists(turned)
    assert (one.estimate, one.low, one.high) == pytest.approx((other.estimate, other.low, other.high))


def test_its_result_is_plain_json() -> None:
    for found in (lists(rows(SPINA)), lists(rows((0, 5, 10, 0))), lists(rows((0, 20, 30, 0, 25, 6, 7, 0)))):
        told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
        assert told["method"] == MEASURE.name and told["sources"]
        assert isinstance(replace(found), Result)


def test_its_plots_are_tables_too() -> None:
    drawn = {one.name: one for one in MEASURE.plot(lists(rows(SPINA)))}
    assert list(drawn) == ["lists", "posterior", "models"]
    assert drawn["lists"].series[0].points == (("on 1", 356), ("on 2", 258), ("on 3", 12))
    shares = [share for _, share in drawn["posterior"].series[0].points]
    assert shares == sorted(shares) and shares[0] == 0.025
    assert "run from" in drawn["models"].words and len(drawn["models"].series[0].points) <= 17
    assert [one.name for one in MEASURE.plot(lists(rows((0, 5, 10, 5))))] == ["lists", "models"]
    assert [one.name for one in MEASURE.plot(lists(rows((0, 5, 10, 0))))] == ["lists"]


@pytest.mark.parametrize(("total", "chances", "copied"), [(1_000, (0.2, 0.3, 0.4), 0.17), (500, (0.3, 0.3, 0.3), 0.25)])
def test_weaker_dependence_is_warned_of_too(total: int, chances: tuple[float, ...], copied: float) -> None:
    random = np.random.default_rng(21)
    many = counted(60, 2_000)
    warned = sum(any("depend on each other" in said for said in lists(rows(drawn(random, total, chances, copied))).warnings)
                 for _ in range(many))
    assert warned / many >= (0.9 if many == 2_000 else 0.8)


COUNT = st.one_of(st.just(0), st.integers(0, 30), st.integers(0, 10**6))


@examples(25)
@given(st.one_of(st.lists(COUNT, min_size=size, max_size=size) for size in (3, 7, 15)))
def test_any_table_gives_an_interval_or_a_reason(counts: list[int]) -> None:
    table = rows([0, *counts])
    if not table:
        return
    found = lists(table)
    json.dumps(found.as_dict(), allow_nan=False)
    if found.refused:
        assert found.reason and found.estimate is None
    else:
        assert found.low is not None and found.estimate is not None and found.high is not None
        assert sum(counts) - 1 <= found.low <= found.estimate * (1 + 1e-9) and found.estimate <= found.high


# The table


def test_columns_are_found_by_name_or_by_what_they_hold() -> None:
    cells = (0, 5, 10, 5)
    for name in ("count", "Count", " FREQ ", "number", "pieces", "n"):
        table = [{**{k: v for k, v in row.items() if k != "count"}, name: row["count"]} for row in rows(cells)]
        assert overlaps(table).cells == cells, name
    single = [{"team one": one, "team two": two} for one, two, times in (
        ("1", "0", 5), ("0", "1", 10), ("yes", "TRUE", 5), ("0", "0", 3)) for _ in range(times) if one + two != "00"]
    assert overlaps(single).cells == cells  # a row per piece, and no counts
    assert overlaps([*rows(cells), {"A": "0", "B": "0", "count": ""}]).cells == cells
    named = [{"n": "1", "y": "0", "count": "7"}, {"n": "1", "y": "1", "count": "3"}, {"n": "0", "y": "1", "count": "2"}]
    assert overlaps(named).names == ("n", "y")  # lists may be called so


def test_every_fault_of_a_table_is_named() -> None:
    with pytest.raises(Invalid) as error:
        lists([{"A": "1", "B": "0", "count": "5"}, {"A": "0", "B": "0", "count": "9"},
               {"A": "1", "B": "0", "count": "6"}, {"A": "2", "B": "1", "count": "1"},
               {"A": "1", "B": "1", "count": "-4"}, {"A": "", "B": "1", "count": "1.5"}])
    told = [(one.row, one.rule) for one in error.value.problems]
    assert told == [
        (2, "on no list, and counted all the same"), (3, "the same combination of lists as row 1"),
        (4, "neither 0 nor 1"), (5, "not a count"), (6, "neither 0 nor 1"), (6, "not a count")]


def test_a_table_that_is_none_is_named() -> None:
    for table in ([], [{"count": "4"}], rows([1] * 128, "ABCDEFG")):
        with pytest.raises(Invalid):
            lists(table)


@pytest.mark.parametrize("options", [
    {"level": 1.0}, {"delta": 0.0}, {"prior": "beta"}, {"shape": -1.0}, {"unseen_least": 5, "unseen_most": 5},
])
def test_options_that_cannot_be_are_named(options: dict[str, float]) -> None:
    with pytest.raises(Invalid) as error:
        lists(rows(SPINA), **options)  # type: ignore[arg-type]
    assert error.value.problems[0].field in options


def test_tables_of_other_software_are_read() -> None:
    table = rows(SPINA)
    cells = overlaps(table).cells
    for word in ("NA", "?", ""):  # a row for those on no list, of whom nobody knows how many
        assert overlaps([{"A": "0", "B": "0", "C": "0", "count": word}, *table]).cells == cells
    numbered = [{"column 1": str(at), **row} for at, row in enumerate(table, 1)]
    assert overlaps(numbered).names == ("A", "B", "C") and overlaps(numbered).cells == cells
    other = [{"nobs" if name == "count" else name: cell for name, cell in row.items()} for row in numbered]
    assert overlaps(other).cells == cells
    assert overlaps([{f" {name} ": cell for name, cell in row.items()} for row in table]).names == ("A", "B", "C")


def test_a_table_without_a_row_of_names_is_refused() -> None:
    with pytest.raises(Invalid) as error:
        overlaps([{"1": "0", "0": "1", "0 (2)": "0", "60": "49"}, {"1": "1", "0": "1", "0 (2)": "0", "60": "4"}])
    assert "where the names of the lists should stand" in error.value.problems[0].rule
