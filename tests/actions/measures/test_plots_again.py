"""The plots of a finding in the report: the answer it rests on, and nothing above the report's clearance."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.correct import correct
from headstamp.actions.measures import plots_again as again
from headstamp.actions.measures.finding import put_into_finding
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.actions.report import read_report
from headstamp.publish.findings import FindingCard
from headstamp.publish.page import render
from headstamp.publish.plot_svg import plot_svg
from headstamp.store.case import Case
from tests.actions.measures.test_measuring import the_case
from tests.web.sample import make

GIVEN = {"series": "K#"}
CHANGED = "it rests on what this report must not show"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with the_case(tmp_path / "case") as made:
        yield made


def _drawn_from(case: Case, clearance: str) -> str:
    return put_into_finding(
        case, measure_snapshot(snapshot_now(case, clearance), "scale.serials", GIVEN), actor="Ann").id


def _card(case: Case, clearance: str) -> FindingCard:
    (card,) = read_report(case, clearance).findings.cards
    return card


def _say(case: Case, finding: str, **values: object) -> None:
    """Somebody writes other words into a finding or another record."""
    known = case.read("sealed").get(finding)
    correct(case, finding, {**known.values, **values}, expected=known.version, clearance="sealed",
            actor="Bo", reason="other words")


def test_the_report_draws_what_the_page_draws_with_its_caption(case: Case) -> None:
    answer = measure_snapshot(snapshot_now(case, "restricted"), "scale.serials", GIVEN)
    plots = answer.measure.plot(answer.result)
    entries = case.checkpoint().size
    _drawn_from(case, "restricted")
    with case.change(actor="Bo", reason="more") as change:  # what comes later does not change it
        change.put_many([make("item", id="item-later", make="Maker"),
                         make("marking", id="mark-later", item="item-later", marking_kind="serial",
                              text="K-0999", state="clear")])
    card = _card(case, "restricted")
    assert [one.svg for one in card.plots] == [plot_svg(one) for one in plots] and plots
    assert card.undrawn == ()
    page = render(read_report(case, "restricted"))
    for plot in plots:
        assert plot_svg(plot) in page and plot.title in page
        assert f"As it was when the log had {entries} entries." in page
    assert page == render(read_report(case, "restricted"))
    with Case.open(case.folder) as opened:
        assert page == render(read_report(opened, "restricted"))


def test_a_higher_clearance_than_the_reports_is_not_drawn_though_the_finding_was_lowered(case: Case) -> None:
    made = _drawn_from(case, "sealed")
    assert _card(case, "sealed").plots
    _say(case, made, tier="restricted")
    card = _card(case, "restricted")
    assert card.plots == () and card.undrawn == ("it is of what only a higher clearance sees",)
    assert "An answer it rests on is not drawn here" in render(read_report(case, "restricted"))


def test_what_was_hidden_since_is_in_no_plot(case: Case) -> None:
    _drawn_from(case, "restricted")
    _say(case, "item-aaa2", tier="sealed")
    assert (_card(case, "restricted").plots, _card(case, "restricted").undrawn) == ((), (CHANGED,))
    assert _card(case, "sealed").plots


def test_what_does_not_bear_on_it_may_be_hidden(case: Case) -> None:
    _drawn_from(case, "restricted")
    _say(case, "item-aaa4", tier="sealed")  # of another series
    assert _card(case, "restricted").plots


@pytest.mark.parametrize(("words", "why"), [
    ("--series 'K#'", "no snapshot was kept for it"),
    ("--series 'K#' --snapshot /etc", "no snapshot was kept for it"),
    ("--series 'K#' --snapshot ../KEPT", "no snapshot was kept for it"),
    ("--series 'K#", "how it was asked cannot be read"),
    ("--series", "how it was asked cannot be read"),
    ("--series 'Q#' --snapshot KEPT", "its measure does not give this answer again"),
    ("--values @/etc/passwd --snapshot KEPT", "it was asked with a file, which is not in the case"),
    ("--groups /etc/passwd --series 'K#' --snapshot snapshots/kept-0123456789abcdef",
     "the snapshot it was drawn from does not lie in this case's folder"),
])
def test_words_of_strangers_open_no_other_file(case: Case, words: str, why: str) -> None:
    made = _drawn_from(case, "restricted")
    (kept,) = (case.folder / "snapshots").glob("kept-*")
    _say(case, made, alternatives="Asked so: headstamp measure scale.serials "
         + words.replace("KEPT", f"snapshots/{kept.name}"))
    card = _card(case, "restricted")
    assert (card.plots, card.undrawn) == ((), (why,))


def test_another_version_another_snapshot_or_none_is_told(case: Case) -> None:
    made = _drawn_from(case, "restricted")
    known = case.read("sealed").get(made)
    _say(case, made, method="scale.serials, version 99 (headstamp 9)")
    assert _card(case, "restricted").undrawn == ("it was answered by another version of the measure",)
    _say(case, made, method=known.get("method"), checkpoint="of some state")
    assert _card(case, "restricted").undrawn == ("the snapshot that lies here is not the one it names",)
    (kept,) = (case.folder / "snapshots").glob("kept-*")
    _say(case, made, checkpoint=known.get("checkpoint"))
    assert _card(case, "restricted").plots
    (kept / "item.parquet").write_bytes(b"other")
    assert _card(case, "restricted").undrawn == ("its measure does not give this answer again",)
    shutil.rmtree(kept)
    assert _card(case, "restricted").undrawn == (
        "the snapshot it was drawn from does not lie in this case's folder",)


def test_no_more_than_so_many_are_asked_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "MOST_ASKED", 0)
    _drawn_from(case, "restricted")
    assert _card(case, "restricted").undrawn == ("a report draws the answers of 0 measures at most",)
