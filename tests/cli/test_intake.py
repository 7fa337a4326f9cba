"""``import`` on the command line: sums, problems, matches shown first, several files at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, Small, call_apart

TABLE = "tag,make,country,date found\nA-1,Altera,US,2016-02\nA-2,Sony,Japan,2016-03\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "finds.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_import_and_again(run: Run, small: Small, table: Path) -> None:
    first = run("import", table, "--as", "item", "--case", small.folder, "--json")
    assert first.code == 0, first.out
    wanted = {"read": 2, "accepted": 2, "unchanged": 0, "refused": 0, "problems": None}
    assert {**first.json, "warnings": []} == {**wanted, "warnings": []}
    assert isinstance(first.json["warnings"], list)
    assert first.err == ""
    again = run("import", table, "--as", "item", "--case", small.folder, "--json").json
    assert (again["accepted"], again["unchanged"]) == (0, 2)
    assert run("count", "item", "--case", small.folder).out == "5\n"
    assert run("find", "A-2", "--case", small.folder, "--json").json["hits"]


def test_matches_are_shown_before(run: Run, small: Small, table: Path) -> None:
    told = run("import", table, "--as", "item", "--case", small.folder)
    assert "make -> " in told.err
    assert "2 read, 2 accepted" in told.out


def test_a_dry_run_writes_nothing(run: Run, small: Small, table: Path) -> None:
    before = run("checkpoint", "--case", small.folder).out
    told = run("import", table, "--as", "item", "--dry-run", "--case", small.folder)
    assert "2 accepted" in told.out
    assert "nothing was written" in told.out
    assert run("checkpoint", "--case", small.folder).out == before


def test_what_is_refused_waits_in_a_file(run: Run, small: Small, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("tag,date found\nB-1,2016\nB-2,some day\n", "utf-8")
    told = run("import", path, "--as", "item", "--case", small.folder, "--json").json
    assert (told["read"], told["accepted"], told["refused"]) == (2, 1, 1)
    assert "some day" in Path(told["problems"]).read_text("utf-8")
    words = run("import", path, "--as", "item", "--case", small.folder)
    assert "mend these rows" in words.out


def test_several_files_are_summed(run: Run, small: Small, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("tag,make\nC-1,Nordic\n", "utf-8")
    told = run("import", table, other, "--as", "item", "--case", small.folder, "--json").json
    assert (told["read"], told["accepted"]) == (3, 3)
    assert [Path(f["file"]).name for f in told["files"]] == ["finds.csv", "other.csv"]
    told = run("import", tmp_path / "nowhere.csv", other, "--as", "item", "--case", small.folder,
               "--json")
    assert told.code == 3
    assert told.json["files"][0]["error"] == "missing"
    assert told.json["unchanged"] == 1


def test_the_tier_and_the_actor_are_the_givens(run: Run, small: Small, table: Path) -> None:
    told = run("import", table, "--as", "item", "--tier", "sealed", "--actor", "Dee", "--reason",
               "found in a drawer", "--case", small.folder, "--json")
    assert told.code == 0, told.out
    assert run("count", "item", "--case", small.folder).out == "3\n"
    (one,) = run("list", "item", "--where", "tag=A-1", "--clearance", "sealed", "--json",
                 "--case", small.folder).json["records"]
    (event,) = run("show", one["id"], "--clearance", "sealed", "--json",
                   "--case", small.folder).json["history"]
    assert (event["actor"], event["reason"]) == ("Dee", "found in a drawer")
    bad = run("import", table, "--as", "item", "--tier", "nonsense", "--case", small.folder, "--json")
    assert (bad.code, bad.json["error"]) == (2, "invalid")


def test_refusals(run: Run, small: Small, table: Path, tmp_path: Path) -> None:
    assert run("import", tmp_path / "no.csv", "--case", small.folder, "--json").code == 3
    assert run("import", table, "--as", "nonsense", "--case", small.folder).code == 2
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert run("import", broken, "--case", small.folder, "--json").json["error"] == "unreadable"
    assert run("import", "--case", small.folder).code == 2
    mapping = tmp_path / "map.toml"
    mapping.write_text("nonsense = [", "utf-8")
    assert run("import", table, "--map", mapping, "--case", small.folder).code == 2


def test_apart(small: Small, table: Path) -> None:
    told = call_apart("import", table, "--as", "item", "--json", "--case", small.folder)
    assert (told.code, told.err, told.json["accepted"]) == (0, "", 2)
    told = call_apart("import", table, "--as", "item", "--case", small.folder)
    assert "\x1b" not in told.err + told.out
