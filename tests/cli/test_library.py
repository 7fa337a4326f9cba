"""``reference`` and ``--state``: the library and the four states, as a script asks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.cli.conftest import Run

LIST = ("Mark,Manufacturer,Country,From,To,Doubt\n10,Old Works,USSR,1947,1962,\n"
        "10,New Works,China,1965,,One list alone\n,,France,,,\n")


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    Case.create(folder).close()
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    clerks = tmp_path / "clerks.csv"
    clerks.write_text("Tag,Serial\nA,Raspado\nB,eliminado\nC,n\u00e3o possui\nD,-\nE,n\u00e3o aparente\n"
                      "F,adulterado\n", "utf-8")
    assert run("import", clerks, "--case", folder, "--json").code == 0
    return folder


def test_a_list_comes_in_and_is_asked(run: Run, filled: Path, tmp_path: Path) -> None:
    given = ("reference", "import", tmp_path / "list.csv", "--case", filled, "--name", "Ours",
             "--kind", "factory code", "--grade", "B2", "--dated", "2024", "--json")
    first = run(*given).json
    assert (first["accepted"], first["refused"], first["list"]) == (2, 1, "Ours")
    assert run(*given).json["unchanged"] == 2
    answer = run("reference", "find", "1O", "--case", filled, "--year", "1953", "--json").json
    assert answer["makers"] == ["Old Works"] and answer["possible"][0]["grade"] == "B2"
    assert answer["set_aside"][0]["against"] and answer["caution"]
    words = run("reference", "find", "10", "--country", "China", "--case", filled).out
    assert "A mark is not proof" in words and "set aside" in words and "One list alone" in words
    listed = run("reference", "list", "--kind", "factory_code", "--country", "USSR", "--case", filled,
                 "--json").json
    assert [one["maker"] for one in listed["records"]] == ["Old Works"]


def test_one_by_hand_and_the_lists_that_come_along(run: Run, filled: Path) -> None:
    made = run("reference", "add", "--code", "QZK", "--maker", "Mill Works", "--reason", "a book",
               "--case", filled, "--json")
    assert made.code == 0
    assert run("reference", "find", "QZK", "--case", filled, "--json").json["makers"] == ["Mill Works"]
    lists = run("reference", "shipped", "--json").json["lists"]
    assert {one["name"] for one in lists} == {"vehicle_makers", "cartridge_names"}
    done = run("reference", "import", "--shipped", "cartridge_names", "--case", filled, "--json").json
    assert done["accepted"] == next(o["rows"] for o in lists if o["name"] == "cartridge_names")


@pytest.mark.parametrize(("given", "code"), [
    (["import"], 2), (["import", "--shipped", "none"], 3), (["find", " "], 2),
    (["find", "10", "--kind", "zzz"], 2), (["find", "10", "--year", "soon"], 2),
    (["import", "no-such-file.csv"], 3), (["add", "--reason", "x"], 2),
])
def test_what_cannot_be_done_is_said(run: Run, filled: Path, given: list[str], code: int) -> None:
    answer = run("reference", *given, "--case", filled, "--json")
    assert answer.code == code and answer.json["message"]


def test_four_states_are_asked_for_by_any_word(run: Run, filled: Path) -> None:
    for word, expected in (("removed", 2), ("raspado", 2), ("absent", 1), ("defaced", 1),
                           ("not_recorded", 1), ("unsettled", 1), ("inexistente", 1)):
        hits = run("find", "--state", word, "--case", filled, "--json").json["hits"]
        listed = run("list", "markings", "--state", word, "--case", filled, "--json").json
        assert len(hits) == listed["total"] == expected, word
    assert len(run("find", "raspado", "--case", filled, "--json").json["hits"]) >= 2
    only = run("find", "eliminado", "--state", "removed", "--limit", "1", "--case", filled, "--json").json
    assert only["hits"][0]["text"] == "eliminado"
    refused = run("list", "markings", "--state", "n\u00e3o aparente", "--case", filled, "--json")
    assert refused.code == 2 and "removed, absent" in refused.json["message"]
