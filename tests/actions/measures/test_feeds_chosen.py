"""What a measure of a case is chosen by: names as people write them; wrong ones are told, not counted as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.errors import Invalid
from headstamp.store.case import Case
from tests.actions.measures.test_measuring import the_case
from tests.actions.measures.test_spread import make, put, world


def test_a_site_is_named_by_its_name_or_its_id(tmp_path: Path) -> None:
    snapshot = snapshot_now(the_case(tmp_path / "case"), "sealed")
    by_id = measure_snapshot(snapshot, "scale.serials", {"series": "K#", "site": "site-aaaa"})
    assert measure_snapshot(snapshot, "scale.serials", {"series": "K#", "site": "Mill"}).result == by_id.result


@pytest.mark.parametrize(("word", "there"), [
    ({"make": "Makker"}, "There are: Maker"), ({"site": "Mil"}, "site-aaaa (Mill), site-bbbb (Post)"),
    ({"mission": "one"}, "There are none."), ({"family": "arm"}, "There are")])
def test_a_name_that_nothing_has_is_told_with_those_there_are(
    tmp_path: Path, word: dict[str, str], there: str,
) -> None:
    snapshot = snapshot_now(the_case(tmp_path / "case"), "sealed")
    with pytest.raises(Invalid, match="cannot be asked so") as told:
        measure_snapshot(snapshot, "scale.serials", {"series": "K#", **word})
    [problem] = told.value.problems
    assert problem.field in word and there in problem.advice


def test_two_sites_of_one_name_must_be_told_apart_by_id(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    put(case, make("site", id="site-cccc", name="Mill"))
    with pytest.raises(Invalid) as told:
        measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", {"series": "K#", "site": "Mill"})
    assert "site-aaaa (Mill), site-cccc (Mill)" in told.value.problems[0].advice


def test_what_the_reader_may_not_see_is_not_among_those_there_are(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    put(case, make("site", id="site-zzzz", name="Hidden mill", tier="sealed"))
    with pytest.raises(Invalid) as told:
        measure_snapshot(snapshot_now(case, "restricted"), "scale.serials", {"series": "K#", "site": "Hidden mill"})
    assert "site-zzzz" not in told.value.problems[0].advice


def test_finds_are_called_by_their_tags(case: Case) -> None:
    world(case)
    put(case, make("item", id="item-b1aa", tag="QM-7", site="site-bbbb", recovered_on="2021-06-01"),
        make("feature", item="item-b1aa", feature_kind="paint", value="grey green"))
    found = measure_snapshot(snapshot_now(case, "restricted"), "spread.signature", {
        "signature": "grey crates", "find": "item-b1aa"})
    assert found.result.more["newest"] == "QM-7" and "item-b1aa" not in found.result.text
    assert "item-b1aa" in found.fed.records
