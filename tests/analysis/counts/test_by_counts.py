"""Shares from counts: numbers in rows and in columns, empty ones not counted, sums of others refused."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest

from headstamp.analysis.counts.by import MEASURE, NO_SAMPLE, shares
from headstamp.errors import Invalid
from tests.shared import shared

KINDS = (
    "arma_fabricacao_caseira", "carabina", "espingarda", "fuzil", "garrucha", "garruchao", "metralhadora", "outros", "pistola",
    "revolver", "submetralhadora")


@pytest.fixture(scope="module")
def seizures() -> list[dict[str, str]]:
    path = shared("data/isp_rj_seizures") / "seizures_by_precinct_month_2007_2024.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_rows_may_stand_for_many() -> None:
    rows = [{"kind": "a", "n": "30"}, {"kind": "b", "n": "9"}, {"kind": "a", "n": ""}, {"kind": "", "n": "1"}]
    found = shares(rows, "kind", count="n")
    assert found.estimate == 30 / 40 and found.more["counted"] == 40 and found.more["not_counted"] == 1
    assert found.low < 0.75 < found.high and found.text.startswith("a has 30 of 40 things counted")


def test_kinds_of_firearms_in_rio_add_up_in_all_rows(seizures: list[dict[str, str]]) -> None:
    columns = [f"arma_fogo_{kind}" for kind in KINDS]
    found = shares(seizures, columns=columns, group="arma_fogo_fuzil")
    assert found.more["rows"] == 11 and found.more["counted"] == 143_599 == sum(int(row["arma_fogo_total"]) for row in seizures)
    assert found.more["groups"][0]["group"] == "arma_fogo_revolver" and NO_SAMPLE in found.warnings
    assert all(int(row["arma_fogo_total"]) == sum(int(row[name]) for name in columns) for row in seizures)
    for year, rifles in (("2017", 499), ("2018", 493), ("2019", 550), ("2020", 284)):
        told = shares([row for row in seizures if row["ano"] == year], columns=columns, group="arma_fogo_fuzil")
        assert next(one["count"] for one in told.more["groups"] if one["group"] == "arma_fogo_fuzil") == rifles


def test_a_sum_of_others_is_refused(seizures: list[dict[str, str]]) -> None:
    columns = [f"arma_fogo_{kind}" for kind in (*KINDS, "total")]
    found = shares(seizures, columns=columns)
    assert found.refused and "'arma_fogo_total' is the sum of 11 other columns in 29,736 of 29,736 rows" in found.reason
    # Among other columns too, as far as the names begin alike.
    every = [name for name in seizures[0] if name not in ("cisp", "mes", "ano", "aisp", "risp")]
    reason = shares(seizures, columns=every).reason
    assert "'arma_fogo_total'" in reason and "'simulacro_total'" in reason and "'artefato_explosivo_total'" in reason
    assert "'municao_total'" not in reason


def test_empty_cells_are_not_counted(seizures: list[dict[str, str]]) -> None:
    found = shares(seizures, columns=["arma_fogo_fuzil", "municao_total", "simulacro_pistola"])
    assert found.more["not_counted"] == 11_592 * 2
    assert any("municao_total 11,592" in one.words for one in found.diagnostics)
    assert any("not counted, never nought" in one.words for one in found.diagnostics)


def test_the_plot_has_all_rows_beside_each_thing_once() -> None:
    rows = [{"c": "a", "id": "1"}] * 6 + [{"c": "b", "id": str(n)} for n in range(9)]
    (plot,) = MEASURE.plot(shares(rows, "c", same=["id"]))
    assert [one.name for one in plot.series] == ["each thing once", "all rows"]
    assert plot.series[0].points[0][:2] == ("b", 0.9) and plot.words == NO_SAMPLE
    assert MEASURE.plot(shares([], "c")) == ()


@pytest.mark.parametrize(("given", "rule"), [
    ({"column": "kind", "count": "n"}, "not a whole number"), ({"columns": ["n"]}, "not a whole number"), ({}, "one column of groups"),
    ({"column": "kind", "columns": ["n"]}, "one column of groups"), ({"columns": ["kind"], "same": ["kind"]}, "need no other"),
    ({"columns": ["x"]}, "no such column"), ({"column": "kind", "count": "x"}, "no such column"),
])
def test_bad_input_is_named(given: dict[str, object], rule: str) -> None:
    with pytest.raises(Invalid) as error:
        shares([{"kind": "a", "n": "-3"}], **given)  # type: ignore[arg-type]
    assert rule in str(error.value)


def test_a_total_of_which_some_parts_are_left_out_is_warned_of() -> None:
    draw = np.random.default_rng(11)
    fired = 0
    for _ in range(100):
        kinds = draw.multinomial(12, (0.5, 0.25, 0.15, 0.1), size=40)
        rows = [{"a": str(a), "b": str(b), "c": str(c), "all": str(a + b + c + d)} for a, b, c, d in kinds]
        told = shares(rows, columns=["a", "b", "all"]).warnings
        assert any("'all' is no smaller" in one for one in told)
        fired += any("is no smaller" in one for one in shares(rows, columns=["a", "b", "c"]).warnings)
    assert fired == 0


def test_the_total_of_firearms_beside_three_of_their_kinds_is_warned_of(seizures: list[dict[str, str]]) -> None:
    told = shares(seizures, columns=["arma_fogo_pistola", "arma_fogo_revolver", "arma_fogo_fuzil", "arma_fogo_total"])
    assert any("'arma_fogo_total' is no smaller" in one for one in told.warnings)
