"""Measures on the command line: the contract of their JSON, files and lists, faults told at once."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from headstamp.analysis.measures import MEASURES
from tests.actions.measures.test_measuring import the_case
from tests.analysis.source.sources import as_rows, drawn
from tests.cli.conftest import Run
from tests.web.sample import make

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


@pytest.mark.parametrize("data", [
    b"serial\n2\n6\n7\n14\n", b"\xef\xbb\xbf2\r\n6\r\n7\r\n14\r\n", b"2\t6\t7 14", b"2.0;6.0;7.0;14.0", b"Nummer f\xfcr\n2\n6\n7\n14"[7:]])
def test_numbers_of_other_software_are_read(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "numbers.txt").write_bytes(data)
    assert run("measure", "scale.serials", "--values", f"@{tmp_path / 'numbers.txt'}", "--json").json["estimate"] == 16.5


@pytest.mark.parametrize("data", [bytes(range(256)), b"2\nA6\n7\n14\n", b"A2\n6\n7\n14\n", b"2\n6.5\n7\n14"])
def test_what_is_no_number_is_named_and_never_passed_over(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "numbers.txt").write_bytes(data)
    done = run("measure", "scale.serials", "--values", f"@{tmp_path / 'numbers.txt'}", "--json")
    assert done.code in (2, 6) and done.json["error"] in ("invalid", "unreadable")


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


def test_the_contract_of_overlapping_lists(run: Run, tmp_path: Path) -> None:
    # Madigan and York 1997: three lists, rows in any order, an empty combination left out.
    cells = tmp_path / "cells.csv"
    cells.write_text("A,B,C,count\n1,1,1,12\n0,0,1,247\n1,0,0,60\n0,1,0,49\n1,1,0,4\n1,0,1,112\n0,1,1,142\n", "utf-8")
    told = run("measure", "scale.lists", "--cells", str(cells), "--delta", "1", "--prior", "gamma-poisson",
               "--shape", "13.14", "--scale", "55.17", "--unseen-least", "1", "--unseen-most", "300", "--json").json
    assert set(told) >= CONTRACT
    assert (told["method"], round(told["estimate"]), told["refused"]) == ("scale.lists", 731, False)
    assert told["more"]["top_graph"]["probability"] == pytest.approx(0.3738, abs=5e-5)
    assert {"AIC", "BIC"} <= set(" ".join(one["words"] for one in told["models"]).replace(",", " ").split())
    cells.write_text("A;B;count\n1;0;5\n0;1;10\n1;1;0\n", "utf-8")
    refused = run("measure", "scale.lists", "--cells", str(cells), "--json").json
    assert refused["refused"] and refused["estimate"] is None and "overlap" in refused["reason"]
    cells.write_text("A,B,count\n1,0,5\n1,0,10\n0,0,4\n", "utf-8")
    bad = run("measure", "scale.lists", "--cells", str(cells), "--json")
    assert bad.code == 2 and {one["row"] for one in bad.json["problems"]} == {2, 3}


def test_the_contract_of_lots(run: Run, tmp_path: Path) -> None:
    told = run("measure", "scale.lots", "--counts", "1,1,4,2,5,2,4,1,2", "--json").json
    assert set(told) >= CONTRACT and (told["estimate"], told["unit"]) == (9.75, "lots")
    table = tmp_path / "lots.csv"
    table.write_text("lot,count\na,1\nb,1\nc,1\n", "utf-8")
    refused = run("measure", "scale.lots", "--table", str(table), "--json").json
    assert refused["refused"] and "once only" in refused["reason"]
    assert run("measure", "scale.lots", "--json").code == 2


def test_the_contract_of_a_common_source(run: Run, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    values, codes, one, other = drawn(random, p=2)
    for name, rows in (("background", as_rows(values, codes)), ("control", as_rows(one)),
                       ("recovered", as_rows(other))):
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    files = [word for name in ("background", "control", "recovered")
             for word in (f"--{name}", str(tmp_path / f"{name}.csv"))]
    told = run("measure", "source.likelihood", *files, "--json").json
    assert set(told) >= CONTRACT and not told["refused"]
    assert {one["name"] for one in told["models"]} == {"normal", "kernel"}
    assert told["interval"][0] < told["estimate"] < told["interval"][1]
    assert told["estimate"] == told["more"]["log10_likelihood_ratio"]
    assert 10 ** told["estimate"] == pytest.approx(told["more"]["likelihood_ratio"])
    chosen = run("measure", "source.likelihood", *files, "--columns", "x1", "--model", "kernel", "--json").json
    assert chosen["more"]["columns"] == ["x1"] and len(chosen["models"]) == 1
    out = run("measure", "source.likelihood", *files).out
    assert "support" in out and "not the probability" in out
    (tmp_path / "recovered.csv").write_text("x0,x1\n1,\n", "utf-8")
    assert run("measure", "source.likelihood", *files, "--json").json["problems"][0]["row"] == 1


def test_the_contract_of_sites_compared(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "finds.csv"
    table.write_text("site,value,feature\n" + "".join(
        f"{'AB'[k % 2]},{k * (1 + k % 2) % 17},{'xy'[(k * k) % 3 % 2]}\n" for k in range(60)), "utf-8")
    for name in ("standard.dispersion", "standard.agreement"):
        told = run("measure", name, "--table", str(table), "--json").json
        assert set(told) >= CONTRACT and told["method"] == name and not told["refused"]
        assert "factory" not in told["text"] and "tell" in told["text"]
    table.write_text("site,value\nA,one\n", "utf-8")
    assert run("measure", "standard.dispersion", "--table", str(table), "--json").code == 2


def test_the_contract_of_space_and_time(run: Run) -> None:
    points = Path(__file__).parent.parent / "analysis" / "space_time" / "burkitt.csv"
    told = run("measure", "space_time.knox", "--points", str(points), "--space", "20", "--time", "5", "--json").json
    assert set(told) >= CONTRACT and not told["refused"] and told["warnings"]
    assert (told["more"]["statistic"], told["more"]["observed_table"]) == (13, [[13, 3416], [39, 14110]])
    assert told["interval"][0] < told["estimate"] < told["interval"][1]
    assert run("measure", "space_time.jacquez", "--points", str(points), "--json").json["estimate"] == 12
    assert run("measure", "space_time.modified_knox", "--points", str(points), "--space", "20", "--time", "5",
               "--json").json["estimate"] == pytest.approx(2.81016043, abs=5e-9)


def test_the_contract_of_counts_and_shares(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("date,country,traced\n" + "".join(
        f"2024-{1 + n % 12:02}-{1 + n % 28:02},{'AB'[n % 3 % 2]},{'yes' if n % 4 else 'no'}\n" for n in range(300))
        + "2024-03-24,A,no\n" * 500, "utf-8")
    for words in (("counts.burst",), ("shares.by", "--column", "country"), ("indicator.sdg_16_4_2",)):
        told = run("measure", words[0], "--table", str(table), *words[1:], "--json").json
        assert set(told) >= CONTRACT and told["method"] == words[0] and not told["refused"]
        assert told["interval"][0] <= told["estimate"] <= told["interval"][1]
    assert run("measure", "indicator.sdg_16_4_2", "--traced", "81", "--all", "263", "--json").json["estimate"] == 81 / 263
    found = run("measure", "counts.burst", "--table", str(table), "--json").json
    assert [one["period"] for one in found["more"]["bursts"]] == ["2024-03-24"] and "stock" in found["warnings"][0]


def test_a_measure_is_asked_of_a_case_and_says_what_it_took(run: Run, tmp_path: Path) -> None:
    the_case(tmp_path / "case").close()
    at = ("--case", str(tmp_path / "case"), "--clearance", "sealed")
    asked = run("measure", "scale.serials", *at, "--json")
    assert asked.code == 2 and {one["field"] for one in asked.json["problems"]} == {"series"}
    told = run("measure", "scale.serials", "--series", "K#", *at, "--json").json
    assert set(told) >= CONTRACT and told["estimate"] == 16.5
    assert told["case"]["rests_on"] == 4 and told["case"]["effort"]["visits"] == 2
    words = run("measure", "scale.serials", "--series=K#", *at)
    assert "16.5 pieces" in words.out and "Effort: 2 visits" in words.err
    assert run("snapshot", *at, "-o", str(tmp_path / "there")).code == 0
    again = run("measure", "scale.serials", "--series", "K#", "--snapshot", str(tmp_path / "there"), "--json").json
    assert again["case"]["snapshot"] == told["case"]["snapshot"] and again["estimate"] == 16.5
    assert run("measure", "scale.serials", "--values", "1,2,3", "--record", "--json").code == 2


def test_the_list_tells_what_each_takes_from_a_case(run: Run) -> None:
    told = {one["name"]: one["case"] for one in run("measures", "--json").json["measures"]}
    assert "series" in {p["name"] for p in told["scale.serials"]["parameters"]}
    assert "of a case" in run("measures").out


def test_an_answer_goes_into_a_draft_that_is_there(run: Run, tmp_path: Path) -> None:
    with the_case(tmp_path / "case") as case, case.change(actor="Ann", reason="a draft") as change:
        change.put(make("finding", id="find-draft0000", sentence="Somebody made many.", tier="restricted"))
    at = ("--case", str(tmp_path / "case"), "--actor", "Ann", "--json")
    asked = ("measure", "scale.serials", "--series", "K#", "--into", "find-draft0000", *at)
    assert run(*asked).json["finding"] == "find-draft0000"
    told = run("show", "find-draft0000", *at).out
    assert "Somebody made many. Judging by" in told and "scale.serials, version" in told
    assert run(*asked).code == 5, "it says this already"
    assert run("measure", "scale.serials", "--series", "K#", "--into", "find-none0000", *at).code == 3
    wrong = run("measure", "scale.serials", "--values", "1,2,3", "--into", "find-draft0000", "--json")
    assert wrong.code == 2 and "into" in wrong.err + wrong.out
