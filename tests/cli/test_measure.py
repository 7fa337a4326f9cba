"""Measures on the command line: the contract of their JSON, files and lists, faults told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.analysis.measures import MEASURES
from tests.cli.conftest import Run

CONTRACT = {"method", "estimate", "interval", "level", "assumptions", "diagnostics", "models", "refused",
            "reason"}


def test_the_contract_of_the_answer(run: Run) -> None:
    told = run("measure", "scale.serials", "--values", "2,6,7,14", "--json").json
    assert set(told) >= CONTRACT
    assert (told["method"], told["estimate"], told["refused"]) == ("scale.serials", 16.5, False)
    assert told["interval"] == pytest.approx([14, 29.606], abs=1e-3)
    refused = run("measure", "scale.serials", "--values", "2,6", "--json").json
    assert refused["refused"] and refused["estimate"] is None and refused["reason"]


def test_values_may_stand_in_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("2\n6\n7\n14\n", "utf-8")
    told = run("measure", "scale.serials", f"--values=@{tmp_path / 'numbers.txt'}", "--json").json
    assert told["estimate"] == 16.5
    assert run("measure", "scale.serials", "--values", f"@{tmp_path / 'none.txt'}").code == 3


def test_every_fault_is_told_at_once(run: Run) -> None:
    done = run("measure", "scale.serials", "--values", "2,six", "--start", "x", "--colour", "grey", "--json")
    assert done.code == 2
    assert {one["field"] for one in done.json["problems"]} == {"values", "start", "colour"}
    assert run("measure", "scale.serials", "--json").code == 2
    assert run("measure", "scale.nothing", "--json").code == 3
    assert run("measure", "scale.serials", "values", "--json").code == 2


def test_in_words(run: Run) -> None:
    out = run("measure", "scale.serials", "--values", "2,6,7,14").out
    assert "16.5 pieces" in out and "Bayesian" in out
    assert "refused:" in run("measure", "scale.serials", "--values", "2,6").out


def test_each_measure_says_what_it_is(run: Run) -> None:
    told = run("measures", "--json").json["measures"]
    assert [one["name"] for one in told] == [one.name for one in MEASURES]
    for one in told:
        assert one["question"].endswith("?") and one["refuses"] and one["assumptions"] and one["sources"]
        assert one["inputs"] and all(i["help"] for i in one["inputs"])
