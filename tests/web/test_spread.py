"""The page of a signature's spread: map, tables, what a lower clearance is not told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.measures.test_spread import find, make, put, world
from tests.web.conftest import BASE


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = Case.create(tmp_path_factory.mktemp("spread") / "case")
    world(made)
    put(made, make("signature", id="sig-odd0", name="<b>odd & none", features=[{"kind": "logo", "value": "<i>x"}]),
        make("visit", id="vis-aaaa", site="site-aaaa", held_on="2020-01-01", access="partial"))
    yield made
    made.close()


def browser(case: Case, clearance: str = "restricted") -> TestClient:
    return TestClient(create_app(Settings(case.where, "tester", clearance), case=case), base_url=BASE)


def test_the_page_shows_map_tables_and_words(case: Case) -> None:
    page = browser(case).get("/signatures/sig-aaaa/spread")
    assert page.status_code == 200
    assert 'class="map-newest"' in page.text and 'class="map-looked"' in page.text
    assert "No rise or fall can be told" in page.text and "New theatre:" in page.text
    assert "Effort: 1 visit" in page.text and "item-h1aa" not in page.text
    told = browser(case).get("/api/signatures/sig-aaaa/spread").json()
    assert told["total"] == 7 and told["result"]["more"]["newest"] == "item-b1aa"
    assert {one["theatre"] for one in told["theatres"]} == {"Iraq", "Syria"} or len(told["theatres"]) == 2


def test_what_is_not_a_signature_has_no_such_page(case: Case) -> None:
    assert browser(case).get("/signatures/item-a0aa/spread").status_code == 404
    assert browser(case).get("/signatures/sig-none/spread").status_code == 404


def test_a_signature_that_nobody_met(case: Case) -> None:
    page = browser(case).get("/signatures/sig-odd0/spread")
    assert page.status_code == 200 and "<b>odd" not in page.text and "<i>x" not in page.text
    assert "No find shows the signature" in page.text
    assert browser(case).get("/signatures/sig-odd0/spread/map.csv").status_code == 200


def test_the_map_is_a_file_too(case: Case) -> None:
    for form in ("svg", "csv", "json"):
        made = browser(case).get(f"/signatures/sig-aaaa/spread/map.{form}")
        assert made.status_code == 200 and (form == "svg" or b"item-a0aa" in made.content)
        assert b"item-h1aa" not in made.content


def test_a_hidden_sighting_is_on_no_page_below_it(case: Case) -> None:
    address = "/api/signatures/sig-aaaa/spread"
    before = browser(case).get(address).json()
    put(case, *find("h9aa", "aaaa", "2017-01-01", tier="sealed"))
    assert browser(case).get(address).json() == before
    above = browser(case, "sealed").get(address).json()
    assert above["total"] == before["total"] + 2


def test_the_signature_leads_to_its_spread(case: Case) -> None:
    assert 'href="/signatures/sig-aaaa/spread"' in browser(case).get("/signatures/sig-aaaa").text
    assert "grey crates" in browser(case).get("/signatures").text
