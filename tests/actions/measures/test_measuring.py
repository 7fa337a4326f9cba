"""A measure asked of a case: what it takes, what it leaves out, what its answer rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.measures.effort import beside, effort, effort_of
from headstamp.actions.measures.feeds import BY_MEASURE, FEEDS
from headstamp.actions.measures.measuring import digest, measure_snapshot, snapshot_now
from headstamp.analysis.measures import MEASURES, measure_named
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.held import hold
from headstamp.errors import Invalid
from headstamp.store.case import Case
from tests.web.sample import make

NUMBERS = (2, 6, 7, 14)


def the_case(folder: Path) -> Case:
    """Four numbers of K, one of another series, one half read, one read by somebody, one hidden."""
    case = Case.create(folder)
    records = [make("site", id="site-aaaa", name="Mill"), make("site", id="site-bbbb", name="Post"),
               make("visit", id="vis-aaaa", site="site-aaaa", held_on="2017-02-05", hours=6.5, access="full"),
               make("visit", id="vis-bbbb", site="site-aaaa", held_on="2017-02-06", access="partial",
                    access_limits="Roof unsafe.", tier="sealed"),
               make("visit", id="vis-cccc", site="site-bbbb", held_on="2017")]
    texts = [*(f"K-{number:04}" for number in NUMBERS), "ZZ 81", "K-00?9", None]
    for at, text in enumerate(texts):
        records.append(make("item", id=f"item-aaa{at}", make="Maker", site="site-aaaa",
                            tier="sealed" if at == 3 else "partner"))
        records.append(make("marking", id=f"mark-aaa{at}", item=f"item-aaa{at}", marking_kind="serial",
                            **({"text": text, "state": "partial" if "?" in text else "clear"}
                               if text else {"state": "removed"})))
    records.append(make("reading", id="read-aaa1", marking="mark-aaa1", text="K-0006", certainty=90))
    records.append(make("reading", id="read-aaa2", marking="mark-aaa1", text="K-0008", certainty=10))
    with case.change(actor="tester", reason="numbers") as change:
        change.put_many(records)
    return case


def test_the_series_is_asked_for_where_there_are_several(tmp_path: Path) -> None:
    snapshot = snapshot_now(the_case(tmp_path / "case"), "sealed")
    with pytest.raises(Invalid, match="several series") as told:
        measure_snapshot(snapshot, "scale.serials", {})
    assert [one.value for one in told.value.problems] == ["K#", "ZZ#"]
    with pytest.raises(Invalid, match="no such series"):
        measure_snapshot(snapshot, "scale.serials", {"series": "Q#"})


def test_the_answer_is_that_of_the_values_and_says_what_it_rests_on(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    found = measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", {"series": "K#"})
    plain = measure_named("scale.serials").run(values=list(NUMBERS))
    assert (found.result.estimate, found.result.low, found.result.high) == (
        plain.estimate, plain.low, plain.high)
    assert found.fed.records == ("item-aaa0", "item-aaa1", "item-aaa2", "item-aaa3")
    assert any("2 left out: not read whole" in said for said in found.fed.told)
    assert found.checkpoint == case.checkpoint_note() and found.effort.visits == 2  # those to the site where they were found
    told = found.as_dict()
    assert told["estimate"] == 16.5 and told["case"]["snapshot"] == found.snapshot


def test_below_a_clearance_what_is_hidden_changes_the_number_and_is_not_counted(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    found = measure_snapshot(snapshot_now(case, "restricted"), "scale.serials", {"series": "K#"})
    assert "item-aaa3" not in found.fed.records and found.effort.visits == 1


def test_an_input_that_is_given_stands_before_the_case(tmp_path: Path) -> None:
    snapshot = snapshot_now(the_case(tmp_path / "case"), "sealed")
    found = measure_snapshot(snapshot, "scale.serials", {"series": "K#", "level": "0.9"})
    assert found.result.level == 0.9
    with pytest.raises(Invalid) as told:
        measure_snapshot(snapshot, "scale.serials", {"colour": "grey", "maker": "x"})
    assert {one.field for one in told.value.problems} == {"colour", "maker"}


def test_a_snapshot_of_the_same_state_is_used_again_and_older_ones_go(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    first = snapshot_now(case, "sealed")
    before = digest(first)
    assert digest(snapshot_now(case, "sealed")) == before
    snapshot_now(case, "partner")
    with case.change(actor="tester", reason="one more") as change:
        change.put(make("site", id="site-cccc", name="Store"))
    assert digest(snapshot_now(case, "sealed")) != before
    assert len(list((case.folder / "snapshots").glob("*-sealed"))) == 1
    assert len(list((case.folder / "snapshots").glob("*-partner"))) == 1


def test_a_case_of_a_relative_path_keeps_the_snapshot_it_just_took(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    the_case(tmp_path / "case").close()
    monkeypatch.chdir(tmp_path)
    with Case.open(Path("case")) as case:
        assert measure_snapshot(snapshot_now(case, "sealed"), "scale.serials", {"series": "K#"}).result.estimate


def test_in_memory_it_holds_the_same(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    held = hold(case, "sealed")
    files = snapshot_now(case, "sealed")
    assert {n: t.rows for n, t in held.tables.items()} == {n: t.rows for n, t in files.tables.items()}
    one = measure_snapshot(held, "scale.serials", {"series": "K#"})
    other = measure_snapshot(files, "scale.serials", {"series": "K#"})
    assert one.result == other.result and one.fed == other.fed


def test_effort_is_the_same_from_a_reader_and_a_snapshot(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    for clearance in ("sealed", "restricted"):
        with DuckDB(snapshot_now(case, clearance)) as engine:
            assert effort(case.read(clearance)) == effort_of(engine)
    found = effort(case.read("sealed"))
    assert (found.visits, found.sites, found.sites_known, found.days, found.undated, found.hours,
            found.timed, dict(found.access), found.limited) == (
        3, 2, 2, 2, 1, 6.5, 1, {"": 1, "full": 1, "partial": 1}, 1)
    assert beside(found).startswith("Effort: 3 visits to 2 of 2 known sites on 2 days, 6.5 hours")
    assert effort(case.read("sealed"), ["site-bbbb"]).visits == 1


def test_no_parameter_of_a_feed_has_the_name_of_an_input() -> None:
    for feed in FEEDS:
        own = {one.name for one in measure_named(feed.measure).inputs}
        assert own & {one.name for one in feed.parameters} == set(feed.instead), feed.measure
    assert len(BY_MEASURE) == len(FEEDS) and set(BY_MEASURE) <= {one.name for one in MEASURES}
