"""The pages of parts: what they tell, to whom, and that the act behind them works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import index_case
from headstamp.actions.markings.parts import read_parts
from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.markings.test_parts import item, mark, records
from tests.web.conftest import BASE


def browser(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(records())
        yield made


@pytest.fixture
def read(case: Case) -> Case:
    read_parts(case, actor="tester", clearance="restricted")
    index_case(case)
    return case


def test_before_anything_is_read_the_page_offers_to(case: Case) -> None:
    page = browser(case).get("/parts")
    assert page.status_code == 200
    assert "No part number has been read" in page.text and 'action="/parts/read"' in page.text


def test_the_page_tells_all_and_says_that_it_is_no_sample(read: Case) -> None:
    page = browser(read).get("/parts").text
    assert "Not a random sample" in page
    assert "Of 8 components, 4 have no date code that was read" in page
    assert "2 parts: too few for a median" in page
    assert "the day on which the published list was last checked" in page
    assert 'href="/parts/same?number=ADM3202ARNZ"' in page
    told = browser(read).get("/api/parts").json()
    assert (told["components"], told["undated"], told["several"], told["doubtful"]) == (8, 4, 1, 1)
    assert told["same_in_all"] == 1 and told["families"][0]["series"] == "ADM"
    assert told["times"][0]["times"]["count"] == 2
    assert all(rule["reason"] and rule["source"] for rule in told["rules"])


def test_it_can_be_narrowed_to_a_maker(read: Case) -> None:
    told = browser(read).get("/api/parts", params={"maker": "Nobody <b>"}).json()
    assert told["same"] == [] and told["families"] == []
    assert "Nobody &lt;b&gt;" in browser(read).get("/parts", params={"maker": "Nobody <b>"}).text


def test_one_number_shows_its_items_and_weapons(read: Case) -> None:
    page = browser(read).get("/parts/same", params={"number": "adm 3202arnz"}).text
    assert f'href="/items/{item("a")}"' in page and f'href="/items/{item("missile")}"' in page
    assert "does not prove the same lot" in page
    told = browser(read).get("/api/parts/same", params={"number": "ADM3202ARNZ"}).json()
    assert len(told["items"]) == 2 and len(told["weapons"]) == 2


@pytest.mark.parametrize("number", ["", "?", "*", "\u202e", "x" * 5000, "<script>", "'"])
def test_any_number_may_be_asked_for(read: Case, number: str) -> None:
    page = browser(read).get("/parts/same", params={"number": number})
    assert page.status_code == 200 and "No component on which" in page.text
    assert "<script>" not in page.text.split("<main")[1]


def test_the_items_page_tells_where_else_the_part_was(read: Case) -> None:
    page = browser(read).get(f"/items/{item('a')}").text
    assert "The same part elsewhere" in page and "found in 1 other weapon</a>" in page
    assert "on no other item" in browser(read).get(f"/items/{item('f')}").text
    assert "The same part elsewhere" not in browser(read).get(f"/items/{item('uav')}").text
    assert "The same part elsewhere" not in browser(read).get(f"/items/{item('d')}").text


def test_readings_stand_beside_their_marking(read: Case) -> None:
    page = browser(read).get(f"/markings/{mark('b')}").text
    assert "Date code: 2019-W07; nearly sure; rule hash" in page


def test_what_is_sealed_is_on_no_page(read: Case) -> None:
    from headstamp.records import Item, Marking

    with read.change(actor="tester", reason="sealed") as change:
        change.put_many([
            Item.build({"id": item("s"), "tag": "canary-tag", "family": "component", "tier": "sealed",
                        "make": "Analog Devices", "parent": item("missile")}),
            Marking.build({"id": mark("s"), "item": item("s"), "tier": "sealed",
                           "text": "Synthesizer ADF4112BRU #2010"}),
        ])
    read_parts(read, actor="tester", clearance="sealed")
    index_case(read)
    low, high = browser(read), browser(read, "sealed")
    for path in ("/parts", "/parts/same?number=ADF4112BRU", f"/items/{item('f')}"):
        assert "canary-tag" not in low.get(path).text
    assert "canary-tag" in high.get("/parts/same?number=ADF4112BRU").text
    assert low.get("/api/parts").json()["same_in_all"] == 1
    assert high.get("/api/parts").json()["same_in_all"] == 2


def test_the_act_reads_and_tells_what_became_of_it(case: Case) -> None:
    with browser(case) as client:
        page = client.get("/parts").text
        token = page.split('name="token" value="')[1].split('"')[0]
        answer = client.post("/parts/read", data={"token": token}, headers={"origin": BASE},
                             follow_redirects=False)
        assert answer.status_code == 303
        for _ in range(200):
            told = client.get("/api" + answer.headers["location"]).json()
            if told["state"] != "running":
                break
            time.sleep(0.02)
        assert told["state"] == "done" and told["result"]["texts"] == 7
        assert "To the parts" in client.get(answer.headers["location"]).text
        assert "Not a random sample" in client.get("/parts").text


def test_the_act_needs_the_token(case: Case) -> None:
    assert browser(case).post("/parts/read", data={}, headers={"origin": BASE}).status_code == 403
