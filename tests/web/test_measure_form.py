"""The forms of measures: what the case has is chosen by its name, and every measure can be asked from its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.measures.feeds import FEEDS
from headstamp.actions.settings import Settings
from headstamp.analysis.measures import measure_named
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.measures.test_measuring import the_case
from tests.web.conftest import BASE
from tests.web.sample import make


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    made = the_case(tmp_path_factory.mktemp("form") / "case")
    with made.change(actor="a", reason="r") as change:
        change.put(make("site", id="site-zzzz", name="Hidden mill", tier="sealed"))
        change.put(make("mission", id="mis-aaaa", title="First mission"))
        change.put(make("item", id="item-tagged", tag="QM-7"))
        change.put(make("feature", item="item-tagged", feature_kind="paint", value="grey"))
        change.put(make("measurement", item="item-tagged", feature="coat", value=1.5))
    return made


def browser(case: Case, clearance: str = "restricted") -> TestClient:
    return TestClient(create_app(Settings(case.where, "Ann", clearance), case=case), base_url=BASE, follow_redirects=False)


@pytest.mark.parametrize("name", [feed.measure for feed in FEEDS])
def test_all_that_a_measure_needs_of_a_case_can_be_said_on_its_page(case: Case, name: str) -> None:
    form = re.search(r'<form method="get".*?</form>', browser(case).get(f"/measures/{name}").text, re.S)
    assert form
    feed = next(one for one in FEEDS if one.measure == name)
    needed = {one.name for one in feed.parameters if one.needed} | {
        one.name for one in measure_named(name).inputs if one.needed and one.kind in ("number", "whole number", "word")}
    assert needed - {"column"} <= set(re.findall(r'name="([a-z_]+)"', form[0]))


def test_sites_and_missions_are_chosen_by_name_as_far_as_the_reader_sees_them(case: Case) -> None:
    page = browser(case).get("/measures/scale.lots?ask=case&site=site-aaaa").text
    assert '<option value="site-aaaa" selected>Mill</option>' in page
    assert '<option value="mis-aaaa">First mission</option>' in page
    assert "Hidden mill" not in page and "site-zzzz" not in page
    assert '<option value="site-zzzz">Hidden mill</option>' in browser(case, "sealed").get("/measures/scale.lots").text


def test_a_site_asked_for_by_another_word_stays_in_the_form(case: Case) -> None:
    page = browser(case).get("/measures/scale.lots?ask=case&site=Mil").text
    assert re.search(r'<input[^>]* name="site" value="Mil"', page) and "There are: site-aaaa (Mill)" in page


def test_finds_features_and_kinds_are_offered(case: Case) -> None:
    assert re.search(r'<option value="QM-7">[^<]*QM-7', browser(case).get("/measures/novelty.find").text)
    source = browser(case).get("/measures/source.likelihood").text
    assert source.count('<option value="QM-7">') == 2 and '<option value="coat">' in source
    kinds = browser(case).get("/measures/standard.in_time").text
    assert '<option value="paint">' in kinds and '<option value="serial marking">' in kinds


def test_a_prior_can_be_given_with_its_numbers(case: Case) -> None:
    page = browser(case).get("/measures/scale.serials").text
    assert all(f'id="case-{name}"' in page for name in ("prior", "most", "expected", "expected_sd"))


def test_the_drafts_there_are_can_be_chosen_for_an_answer(tmp_path: Path) -> None:
    case = the_case(tmp_path / "case")
    with case.change(actor="a", reason="r") as change:
        change.put(make("finding", id="find-open", sentence="Something <b>open</b>.", author="a"))
        change.put(make("finding", id="find-shut", sentence="Hidden draft.", author="a", tier="sealed"))
    page = browser(case).get("/measures/scale.serials?ask=case&series=K%23").text
    chosen = re.search(r'<select name="finding".*?</select>', page, re.S)
    assert chosen and 'value="find-open"' in chosen[0] and "&lt;b&gt;open" in chosen[0]
    assert "Hidden draft" not in page and "a new finding" in chosen[0]


def test_options_are_called_as_the_fields_of_the_page(case: Case) -> None:
    page = browser(case).get("/measures/scale.serials?ask=values&values=40001,40017,40090,40233,40310,40402").text
    assert "“Unknown start” yes" in page and "--unknown-start" not in page
    wrong = browser(case).get("/measures/scale.lots?ask=case&make=Nobody").text
    assert "<strong dir=\"auto\">scale.lots cannot be asked so." in wrong
