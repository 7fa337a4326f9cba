"""Official lists: brought in by version, the same again changes nothing, what is wrong is all told."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.tracing.lists import add_list, entries, lists
from headstamp.errors import Invalid
from headstamp.store.case import Case
from headstamp.tracing.check_builtin import BUILT_IN, entries_of
from headstamp.tracing.check_list import Lists
from headstamp.vocab import vocabulary
from tests.intake.broken import broken_files
from tests.shared import shared

EMBARGOES = """Regime,Country,From,To,Arms embargo,URL,Remark of ours
R1,Syria; Iraq,2011-05-09,,yes,https://example.org/1,seen
R2,Libya,26/02/2011,present,yes,,
R3,Nowhereland,2016,2014,yes,,
R4,Libya,2016-02-31,,yes,,
,,,,yes,,
"""


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        yield made


def put(case: Case, folder: Path, text: str, file: str = "list.csv", **given: str) -> object:
    path = folder / file
    path.write_text(text, encoding="utf-8")
    about = {"name": "EU embargoes", "version": "1", "dated": "2020-01-01", "kind": "arms_embargo", **given}
    return add_list(case, path, actor="tester", **about)  # type: ignore[arg-type]


def test_a_list_becomes_entries_and_what_is_wrong_is_told_at_once(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path, EMBARGOES, credit="EU", licence="free to use", caution="see the text")
    assert (result.read, result.accepted, result.refused) == (5, 2, 3)  # type: ignore[attr-defined]
    with result.problems.open(encoding="utf-8-sig", newline="") as stream:  # type: ignore[attr-defined]
        told = [(row["row"], row["field"], row["rule"]) for row in csv.DictReader(stream)]
    assert told == [("3", "From", "the interval ends before it begins"),
                    ("4", "From", "2016-02 has no day 31"), ("5", "Regime", "this field must be given")]
    assert any("Remark of ours" in one for one in result.warnings)  # type: ignore[attr-defined]
    first, second = case.read().stream("list_entry")
    assert first.get("countries") == ["SY", "IQ"] and first.get("in_force") == "2011-05-09/.."
    assert first.get("arms") is True and first.get("link") == "https://example.org/1"
    assert first.get("remark") == "Remark of ours: seen" and first.get("list_kind") == "arms_embargo"
    assert second.get("in_force") == "2011-02-26/.."
    paper = case.read().get(first.get("source")["document"])
    assert (paper.get("credit"), paper.get("caution"), paper.get("number")) == ("EU", "see the text", "1")
    path, _ = case.read().original(paper.get("digest"))
    assert path.read_text(encoding="utf-8") == EMBARGOES
    [one] = [e for e in entries(case.read()) if e.code == "R2"]
    assert (one.source, one.caution, one.version, one.dated) == ("EU", "see the text", "1", "2020-01-01")


def test_the_same_again_changes_nothing_and_another_version_stands_beside(
    case: Case, tmp_path: Path
) -> None:
    put(case, tmp_path, EMBARGOES)
    size = case.checkpoint().size
    again = put(case, tmp_path, EMBARGOES)
    assert (again.accepted, again.unchanged) == (0, 2)  # type: ignore[attr-defined]
    assert case.checkpoint().size == size
    newer = EMBARGOES.replace("R1,Syria; Iraq,2011-05-09,,", "R1,Syria,2011-05-09,2022-12-31,")
    put(case, tmp_path, newer, "newer.csv", version="2", dated="2023-01-01")
    found = [one for one in lists(case.read()) if not one.built_in]
    assert [(one.version, one.dated, one.entries, one.dated_entries) for one in found] == [
        ("1", "2020-01-01", 2, 2), ("2", "2023-01-01", 2, 2)]
    asked = Lists.build(entries(case.read()))
    assert [sure for e, sure in asked.about_country("SY", "2023-06-01", "2023-06-01") if e.code == "R1"] == []
    assert [(e.version, sure) for e, sure in asked.about_country("SY", "2021-06-01", "2021-06-01")
            if e.code == "R1"] == [("2", "in force")]
    # Iraq is in the older version's entry of that code alone: the newer one speaks for the code.
    assert not [e for e, _ in asked.about_country("IQ", "2015-01-01", "2015-01-01") if e.code == "R1"]


def test_mended_rows_are_added(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path, EMBARGOES)
    problems = result.problems  # type: ignore[attr-defined]
    text = problems.read_text(encoding="utf-8-sig").replace("R4,Libya,2016-02-31", "R4,Libya,2016-02-28")
    problems.write_text(text, encoding="utf-8")
    mended = add_list(case, problems, actor="tester", name="EU embargoes", version="1",
                      dated="2020-01-01", kind="arms_embargo")
    assert (mended.accepted, mended.refused) == (1, 2)


def test_all_that_is_wrong_with_the_call_is_told_at_once(case: Case, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as told:
        put(case, tmp_path, EMBARGOES, dated="2016-02-31", kind="embargo of arms")
    assert {problem.field for problem in told.value.problems} == {"date", "kind"}
    with pytest.raises(Invalid) as told:
        put(case, tmp_path, EMBARGOES, kind="")
    assert "--kind" in told.value.problems[0].advice
    with pytest.raises(Invalid, match="says what the list is about"):
        put(case, tmp_path, "Colour,Shape\nred,round\n")
    assert not list(case.read().stream("list_entry"))


def test_parties_goods_and_numbers_by_the_names_of_columns(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path, "UID;Name;Aliases;Country;LEI;INN;Listed on\n"
        "7;Blue Gate;Blue Gate LLC|ООО Голубые ворота;TR;5493001KJTIIGC8Y1R12;7701;2014-03-01\n",
        "parties.csv", name="Parties", kind="listed_party")
    rows = [{"HS Code": "8542.31, 8542.32", "Description": "chips", "Tier": "1"}]
    put(case, tmp_path, "\n".join(map(json.dumps, rows)), "goods.jsonl", name="Goods", kind="high_priority")
    party, goods = case.read().stream("list_entry")
    assert party.get("names") == ["Blue Gate", "Blue Gate LLC", "ООО Голубые ворота"]
    assert party.get("identifiers") == [{"scheme": "lei", "value": "5493001KJTIIGC8Y1R12"},
                                        {"scheme": "inn", "value": "7701"}]
    assert party.get("in_force") == "2014-03-01/.."
    assert goods.get("goods") == ["8542.31", "8542.32"] and goods.get("remark") == "Tier: 1"
    asked = Lists.build(entries(case.read()))
    assert [e.code for e, _ in asked.about_goods("854232", None, None) if e.list_name == "Goods"]


def test_days_that_cannot_be_told_apart_are_refused(case: Case, tmp_path: Path) -> None:
    result = put(case, tmp_path, "Regime,Country,From\nR1,SY,03/04/2011\n")
    assert (result.accepted, result.refused) == (0, 1)  # type: ignore[attr-defined]
    assert any("cannot be told apart" in one for one in result.warnings)  # type: ignore[attr-defined]


def test_the_published_programmes_are_known_and_say_that_they_are_of_now(case: Case) -> None:
    path = shared("data/reference/sanctions_programmes.csv")
    result = add_list(case, path, actor="tester", dated="2026")
    assert (result.read, result.accepted, result.refused) == (261, 261, 0)
    assert add_list(case, path, actor="tester", dated="2026").accepted == 0
    found = {one.code: one for one in entries(case.read()) if one.list_name == "Sanctions programmes"}
    assert len(found) == 261 == len(vocabulary("sanctions_programmes"))
    assert sum(one.arms for one in found.values()) == 75
    assert all(not one.in_force and "not history" in one.caution for one in found.values())
    assert found["UN-SC1533"].countries == ("CD",)
    # It takes the place of the list that comes with headstamp; the two say the same.
    [shown] = [one for one in lists(case.read()) if one.name == "Sanctions programmes"]
    assert not shown.built_in and shown.licence == "MIT"
    for built in entries_of("Sanctions programmes"):
        assert built.arms == found[built.code].arms
        assert set(built.countries) - {"ZZ"} == set(found[built.code].countries) - {"ZZ"}, built.code


def test_five_lists_come_with_headstamp(case: Case) -> None:
    found = lists(case.read())
    assert [one.name for one in found] == sorted(one.name for one in BUILT_IN)
    assert all(one.built_in and one.entries and one.version and one.source and one.caution for one in found)
    counts = {one.kind: one.entries for one in found}
    assert counts["high_priority"] == 50 and counts["regulated_substance"] == 18


def test_who_may_see_an_entry(case: Case, tmp_path: Path) -> None:
    put(case, tmp_path, EMBARGOES, tier="restricted")
    assert [one for one in lists(case.read("restricted")) if not one.built_in]
    assert not [one for one in lists(case.read("public")) if not one.built_in]
    assert not [one for one in entries(case.read("public")) if one.list_name == "EU embargoes"]


def test_broken_files_are_refused_or_told(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    files = [path for path, _ in broken_files(folder) if path.stat().st_size < 200_000][::9]
    assert len(files) > 10
    for path in files:
        try:
            result = add_list(case, path, actor="tester", name="x", dated="2020", kind="control_list")
        except Invalid as error:
            assert str(error).strip()
        except Exception as error:
            assert type(error).__module__ == "headstamp.errors", (path, error)
        else:
            assert result.read == result.accepted + result.unchanged + result.refused


def test_a_gzipped_list(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(EMBARGOES.encode()))
    assert add_list(case, path, actor="tester", name="EU", dated="2020", kind="arms_embargo").accepted == 2


def test_a_list_is_taken_by_import_of_a_mapping_too(case: Case, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text("""
name = "periods"
[[records]]
kind = "list_entry"
[records.fields]
list_name = { constant = "Periods" }
list_version = { constant = "1" }
list_date = { constant = "2020" }
list_kind = { constant = "arms_embargo" }
code = "a"
title = "a"
countries = "b"
in_force = { interval = ["c", { column = "d", date = "%d.%m.%Y" }] }
""", encoding="utf-8")
    table = tmp_path / "t.csv"
    table.write_text("a,b,c,d\nR1,SY,2011,01.06.2013\nR2,SY,,01.06.2013\nR3,SY,,\n", encoding="utf-8")
    assert import_file(case, table, mapping=mapping, actor="tester").accepted == 3
    assert [one.get("in_force") for one in case.read().stream("list_entry")] == [
        "2011/2013-06-01", "../2013-06-01", None]
