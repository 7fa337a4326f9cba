"""``lists`` and ``flags`` from the command line."""

from __future__ import annotations

from pathlib import Path

from headstamp.store.case import Case
from tests.actions.tracing.test_checks import id_of, make, write
from tests.cli.conftest import Run


def a_case(folder: Path) -> Path:
    with Case.create(folder / "case") as case:
        write(case, make("party", "a", name="Norhavn", country="NO"),
              make("transfer", "t", transfer_kind="exported", from_party=id_of("party", "a"),
                   to_place={"country": "SY"}, happened_on="2014", control_code="ML1"),
              make("transfer", "n", goods="tinned food"))
    return folder / "case"


def test_lists_and_adding_one(run: Run, tmp_path: Path) -> None:
    case = a_case(tmp_path)
    built = run("lists", "--json", "--case", case).json["lists"]
    assert len(built) == 5 and all(one["built_in"] and one["source"] for one in built)
    table = tmp_path / "hubs.tsv"
    table.write_text("code\tcountry\ttitle\nH1\tSY\ta port\nH2\t\t\n", encoding="utf-8")
    wrong = run("lists", "add", table, "--date", "2016-13", "--case", case, "--json")
    assert wrong.code == 2 and {p["field"] for p in wrong.json["problems"]} == {"date", "kind"}
    trial = run("lists", "add", table, "--date", "2016", "--kind", "transit_hub", "--dry-run", "--case", case)
    assert "nothing was written" in trial.out
    told = run("lists", "add", table, "--name", "Hubs", "--date", "2016", "--kind", "transit_hub",
               "--caution", "ports only", "--json", "--case", case).json
    assert (told["read"], told["accepted"], told["refused"], told["list"]) == (2, 1, 1, "Hubs")
    words = run("lists", "--case", case).out
    assert "Hubs\t2016\t2016\ttransit hub\t1" in words and "Hubs, 2016: ports only" in words
    flags = run("flags", id_of("transfer", "t"), "--what", "transit_hub", "--json", "--case", case).json
    [flag] = flags["flags"]
    assert (flag["list_name"], flag["caution"], flag["entries"]) == ("Hubs", "ports only", ["H1"])


def test_flags_of_one_and_of_all(run: Run, tmp_path: Path) -> None:
    case = a_case(tmp_path)
    one = run("flags", id_of("transfer", "t"), "--case", case)
    assert "arms embargo or other limit on arms: " in one.out and "note: In force at the date" in one.out
    assert run("flags", id_of("transfer", "n"), "--case", case).out == "nothing is asked of this transfer\n"
    told = run("flags", "--json", "--case", case).json
    assert (told["transfers"], told["asked"]) == (2, 1)
    assert {one["what"]: one["transfers"] for one in told["counts"]}["munitions_list"] == 1
    assert told["some"] == []
    some = run("flags", "--what", "munitions_list", "--json", "--case", case).json["some"]
    assert [one["transfer"] for one in some] == [id_of("transfer", "t")]
    assert "munitions_list\t1" in run("flags", "--case", case).out
    assert run("flags", "tran-none0000", "--case", case).code == 3
    tag = run("flags", "A-1", "--case", case)
    assert tag.code == 2 and "headstamp trace ITEM" in tag.err
    assert run("flags", "--what", "nonsense", "--case", case).code == 2
