"""The measure of common source: clean and broken backgrounds, faults of tables, words that are never said."""

from __future__ import annotations

import csv
import os
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from headstamp.analysis.source.checks import henze_zirkler
from headstamp.analysis.source.kernel_level import kernel_log10
from headstamp.analysis.source.likelihood import source_likelihood
from headstamp.analysis.source.two_level import Pairs, items_of, levels, normal_log10
from headstamp.analysis.source.words import ratio, words
from headstamp.errors import Invalid
from tests.analysis.source.sources import as_rows, drawn, tables
from tests.effort import counted

SIMULATED = counted(24, 2_000)


GLASS = os.environ.get("HEADSTAMP_GLASS", "")


@pytest.mark.skipif(not GLASS, reason="HEADSTAMP_GLASS names no file: glass of comparison 1.0.8 as CSV (GPL)")
def test_the_glass_of_comparison() -> None:
    # Known answers of the package's own tests (tests/testCalcLR.R); the data are under the GPL and not here.
    with Path(GLASS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    control, same, different = rows[:6], rows[6:12], rows[18:24]
    columns = ["logKO", "logCaO", "logFeO"]
    for recovered, normal, kernel in ((same, 51.1424311, 20.5896672), (different, 0.0289990757, 0.0116139204)):
        found = source_likelihood(rows, control, recovered, columns=columns)
        ratios = {name: one["likelihood_ratio"] for name, one in found.more["by_model"].items()}
        assert ratios == pytest.approx({"normal": normal, "kernel": kernel}, rel=1e-8)
        assert list(found.more["overall_means"].values()) == pytest.approx(
            [-3.106604, -1.138280, -4.797517], abs=5e-7)


def _failed(found: Any) -> set[str]:
    return {one.name for one in found.diagnostics if one.good is False}


def test_the_answer_is_that_of_the_models() -> None:
    values, codes, one, other = drawn(np.random.default_rng(1), p=3)
    items, pair = items_of(values, codes), Pairs.one(one, other)
    found = source_likelihood(as_rows(values, codes), as_rows(one), as_rows(other))
    normal, kernel = normal_log10(pair, levels(items))[0], kernel_log10(pair, items, levels(items))[0]
    assert [(m.name, m.estimate) for m in found.models] == [
        ("normal", pytest.approx(normal)), ("kernel", pytest.approx(kernel))]
    assert found.estimate == pytest.approx(normal) and found.more["headline"] == "normal"
    assert found.low is not None and found.high is not None and found.low < normal < found.high
    assert found.more["by_model"]["kernel"]["likelihood_ratio"] == pytest.approx(10**kernel)
    assert found.more["overall_means"]["x1"] == pytest.approx(values[:, 1].mean())
    assert found.more["within_covariance"] == pytest.approx(levels(items).within[0])
    assert found.more["between_covariance"] == pytest.approx(levels(items).between[0])
    tried = found.more["by_model"]["normal"]
    assert "log10" in found.unit and tried["ece"][6]["of_nothing"] == 1 and tried["ece"][6]["log10_prior_odds"] == 0
    assert tried["ece"][6]["ece"] == pytest.approx(tried["cllr"])
    assert tried["ece"][6]["recalibrated"] == pytest.approx(tried["cllr_min"])
    above = [(one["one_item"], one["two_items"]) for one in tried["tippett"]]
    assert above == sorted(above, key=lambda one: -one[0]) and all(one >= other for one, other in above[1:-1])
    # What is reported is never more than so many items carry.
    assert abs(found.more["reported"]) <= log10(61) + 0.01


@pytest.mark.parametrize("same", [True, False])
def test_on_clean_backgrounds(same: bool) -> None:
    right = alarms = 0
    for seed in range(SIMULATED):
        found = source_likelihood(*tables(np.random.default_rng(seed), same=same))
        estimate = found.models[0].estimate
        assert estimate is not None
        right += (estimate > 0) is same
        alarms += found.refused or bool(found.warnings)
        tried = found.more["by_model"]["normal"]
        assert tried["cllr_min"] <= tried["cllr"] + 1e-12
        assert tried["cllr"] < 0.6
        assert "match" not in found.text and "factory" not in found.text
    assert right / SIMULATED >= 0.9
    assert alarms / SIMULATED < 0.05 + (0.08 if SIMULATED < 2_000 else 0)


@pytest.mark.parametrize(("broken", "diagnostic", "refused"), [
    ({"unlike": 0.6}, "spread within items", False),
    ({"clumps": True}, "means of items", False),
    ({"away": 8.0}, "control within the background", True),
    ({"spread": 8.0}, "", True),
])
def test_on_broken_ones(broken: dict[str, Any], diagnostic: str, refused: bool) -> None:
    fired = 0
    for seed in range(SIMULATED):
        found = source_likelihood(*tables(np.random.default_rng(seed), **broken))
        fired += (found.refused or not refused) and (not diagnostic or diagnostic in _failed(found))
        if found.refused:
            assert found.estimate is None and found.reason and found.text.startswith("No likelihood")
    assert fired / SIMULATED >= 0.9


def test_means_in_clumps_are_told_by_the_kernel_model() -> None:
    found = source_likelihood(*tables(np.random.default_rng(2), clumps=True))
    assert found.more["headline"] == "kernel" and found.estimate == found.models[1].estimate
    asked = source_likelihood(*tables(np.random.default_rng(2), clumps=True), model="normal")
    assert any("not spread normally" in said for said in asked.warnings)
    assert [one.name for one in asked.models] == ["normal"]


def test_the_test_of_normality_seldom_fires_and_sees() -> None:
    random = np.random.default_rng(3)
    clean = [henze_zirkler(random.normal(size=(60, 2)) @ [[2, 1], [0, 3]])[1] for _ in range(400)]
    assert 0.02 < np.mean(np.array(clean) < 0.05) < 0.09
    assert max(henze_zirkler(random.exponential(size=(60, 2)))[1] for _ in range(20)) < 0.05


def test_too_little_is_refused() -> None:
    random = np.random.default_rng(4)
    for kind, why in (({"n": 12}, "at least 20"), ({"n": 22, "p": 5}, "at least 25"), ({"rows": 1}, "0 items")):
        found = source_likelihood(*tables(random, **kind))
        assert found.refused and why in found.reason
    background, control, recovered = tables(random)
    for rows in (background, control, recovered):
        for row in rows:
            row["x2"] = repr(2 * float(row["x0"]))
    assert "move together" in source_likelihood(background, control, recovered).reason
    for row in background:
        row["x2"] = "5"
    assert "same value of x2" in source_likelihood(background, control, recovered).reason


def test_a_thing_is_not_compared_with_itself() -> None:
    background, control, _ = tables(np.random.default_rng(5))
    found = source_likelihood(background, control, control)
    assert found.refused and "itself" in found.reason
    coarse = source_likelihood(background, [{"x0": "0.5", "x1": "1"}], [{"x0": "0.5", "x1": "1"}])
    assert not coarse.refused
    inside = [{k: v for k, v in row.items() if k != "item"} for row in background[:3]]
    told = source_likelihood(background, inside, control)
    assert next(d.value for d in told.diagnostics if d.name == "rows of the background") == 3


def test_columns_are_found_and_chosen() -> None:
    background, control, recovered = tables(np.random.default_rng(6), p=3)
    plain = source_likelihood(background, control, recovered, columns=["x0", "x2"])
    assert plain.more["columns"] == ["x0", "x2"]
    # The item may be called otherwise, stand elsewhere, and words may stand between.
    moved = [{"piece": "f1", **{k: v for k, v in row.items() if k != "item"}, "Source": row["item"]}
             for row in background]
    with_words = [{"piece": "f9", **row} for row in control]
    again = source_likelihood(moved, with_words, recovered, columns=["x0", "x2"])
    assert again.estimate == pytest.approx(plain.estimate)
    named = source_likelihood([{"x": "1.5", **row} for row in background], control, recovered, item="item")
    assert "Not used" in named.warnings[0] and named.more["columns"] == ["x0", "x1", "x2"]


def test_columns_that_count_are_not_measured() -> None:
    background, control, recovered = tables(np.random.default_rng(12))
    plain = source_likelihood(background, control, recovered)

    def counted_rows(rows: Any, start: int) -> Any:  # as R writes them: row names first, a fragment
        return [{"column 1": str(start + at), "fragment": str(1 + at % 4), **row} for at, row in enumerate(rows)]

    three = (counted_rows(background, 1), counted_rows(control, 1), counted_rows(recovered, 7))
    assert source_likelihood(*three).more["columns"] == plain.more["columns"] == ["x0", "x1"]
    unnamed = [{"x": row["item"], **{k: v for k, v in row.items() if k != "item"}} for row in three[0]]
    unnamed = [{"column 1": row["column 1"], **row} for row in unnamed]
    assert source_likelihood(unnamed, *three[1:]).estimate == pytest.approx(plain.estimate)


def test_logarithms_may_be_taken_first() -> None:
    values, codes, one, other = drawn(np.random.default_rng(7))
    plain = source_likelihood(as_rows(values, codes), as_rows(one), as_rows(other))
    for log, base in (("yes", 10.0), ("log10", 10.0), ("ln", np.e)):
        again = source_likelihood(as_rows(base**values, codes), as_rows(base**one), as_rows(base**other),
                                  log=log)
        assert again.estimate == pytest.approx(plain.estimate)
        assert again.more["overall_means"] == pytest.approx(plain.more["overall_means"])


def test_faults_are_named_at_once() -> None:
    background, control, recovered = tables(np.random.default_rng(8))
    background[4]["x0"], background[9]["item"], recovered[1]["x1"] = "five", "", ""
    with pytest.raises(Invalid) as error:
        source_likelihood(background, control, recovered)
    assert {(p.file, p.row, p.field) for p in error.value.problems} == {
        ("background", 5, "x0"), ("background", 10, "item"), ("recovered", 2, "x1")}


@pytest.mark.parametrize(("change", "rule"), [
    ({"columns": ["x0", "x9"]}, "has no such column"), ({"columns": ["item"]}, "names the items"),
    ({"item": "thing"}, "has no such column"), ({"level": 1.5}, "a level lies"), ({"log": "yes"}, "not above 0"),
    ({"model": "other"}, "not one of the words"), ({"log": "e"}, "not one of the words"),
])
def test_bad_input_is_named(change: dict[str, Any], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        source_likelihood(*tables(np.random.default_rng(9)), **change)
    assert rule in str(error.value)


def test_tables_that_do_not_measure_the_same() -> None:
    background, control, recovered = tables(np.random.default_rng(10))
    misnamed = [{"x0": row["x0"], "X1": row["x1"]} for row in control]
    with pytest.raises(Invalid, match="do not measure the same"):
        source_likelihood(background, misnamed, recovered)
    for three in (([], control, recovered), (background, [], recovered)):
        with pytest.raises(Invalid, match="nothing to compare"):
            source_likelihood(*three)


def test_models_that_point_opposite_ways_are_refused() -> None:
    # Two clumps, and two things in the empty middle: usual for the normal model, rare for the kernel.
    random = np.random.default_rng(1)
    means = np.array([[3.0] * 3, [-3.0] * 3])[np.arange(200) % 2] + 0.3 * random.normal(size=(200, 3))
    codes = np.repeat(np.arange(200), 4)
    background = as_rows(means[codes] + 0.3 * random.normal(size=(800, 3)), codes)

    def apart(distance: float) -> Any:
        return source_likelihood(background, as_rows(np.zeros((3, 3))), as_rows(np.full((3, 3), -distance)))

    opposite = apart(0.44)
    normal, kernel = (model.estimate for model in opposite.models)
    assert normal is not None and kernel is not None and normal < 0 < kernel
    assert opposite.refused and "opposite ways" in opposite.reason and opposite.estimate is None
    assert not apart(0.3).refused and not apart(0.7).refused


def test_the_scale_of_words() -> None:
    said = [words(log10(ratio)) for ratio in (1.5, 0.6, 3, 30, 300, 3_000, 30_000, 3e6)]
    assert said == [
        "no support for either statement", "no support for either statement", "weak support for one source",
        "moderate support for one source", "moderately strong support for one source",
        "strong support for one source", "very strong support for one source",
        "extremely strong support for one source"]
    assert words(-1.5) == "moderate support for two different sources"


@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_is_what_the_background_carries(seed: int) -> None:
    background, control, recovered = tables(np.random.default_rng(seed), n=25, spread=0.05, p=3)
    found = source_likelihood(background, control, recovered)
    beyond = found.estimate is not None and found.estimate != found.more["reported"]
    assert bool(found.shown) == beyond
    if beyond:
        assert ratio(found.more["reported"]) in found.shown and ratio(found.estimate) in found.shown


def test_the_ratio_of_one_source_among_few_items_is_beyond_what_they_carry() -> None:
    found = [source_likelihood(*tables(np.random.default_rng(seed), n=25, spread=0.05, p=3)) for seed in range(4)]
    assert any(one.shown.startswith("Reported as ") for one in found)
