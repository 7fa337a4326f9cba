"""The search box: hits with probability and characters lined up, narrowed by kind, acted upon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import a_case, make


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = a_case(
        tmp_path / "case",
        make("item", id="item-cccc", make="Other Works", made_on="1999", country="FR"),
        make("marking", id="mark-cccc", item="item-cccc", text="AB 123456"),
        make("marking", id="mark-dddd", item="item-aaaa", text="AB 123456"),
        make("marking", id="mark-eeee", item="item-aaaa", text='<b>"07\u202e85', tier="restricted"),
    )
    yield made
    made.close()


@pytest.fixture
def own(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "tester", "partner"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_a_marking_is_found_with_its_item_and_why(client: TestClient) -> None:
    found = client.get("/api/search?q=0785").json()
    first = found["hits"][0]
    assert first["text"] == "07-85" and 0.5 < first["probability"] <= 1 and first["why"]
    assert first["probability"] == first["score"] and first["none"] is not None
    page = client.get("/search?q=0785").text
    assert '<bdi dir="ltr" class="marking">07-85</bdi>' in page
    assert first["sure"] in page and first["words"][0] in page
    assert 'href="/items/item-aaaa"' in page


def test_a_bad_reading_is_lined_up_with_signs_and_words(own: TestClient) -> None:
    first = own.get("/api/search?q=A8%2012%3F457").json()["hits"][0]
    assert first["text"] == "AB 123456"
    assert [(p["asked"], p["seen"], p["kind"]) for p in first["pairs"]][1:5] == [
        ("8", "B", "look-alike"), ("1", "1", "same"), ("2", "2", "same"), ("?", "3", "unread")]
    page = own.get("/search?q=A8%2012%3F457").text
    assert 'class="is-look-alike" title="looks alike"' in page and "not read" in page
    assert "is read for B (place 2)" in page


def test_what_is_known_beside_it_decides_between_two(own: TestClient) -> None:
    for maker, first in (("Other Works", "mark-cccc"), ("Maker Ltd", "mark-dddd")):
        hits = own.get("/api/search", params={"q": "AB123456", "maker": maker}).json()["hits"]
        assert hits[0]["id"] == first and hits[0]["context"][0]["stands"] == maker
        assert hits[0]["probability"] > hits[1]["probability"]
    page = own.get("/search", params={"q": "AB123456", "maker": "Other Works", "year": "1999"}).text
    assert 'value="Other Works"' in page and "asked, Other Works stands there" in page
    assert own.get("/search?q=x1&technique=magic").status_code == 422


def test_the_quick_list_asks_for_the_complete_one(own: TestClient) -> None:
    quick = own.get("/search?q=AB123456&list=quick&maker=Other+Works").text
    assert 'hx-trigger="load"' in quick and "/search?q=AB123456&amp;maker=Other+Works" in quick
    assert 'hx-trigger="load"' not in own.get("/search?q=AB123456").text
    assert own.get("/api/search?q=AB123456&list=quick").json()["list"] == "quick"


def test_hits_are_counted_and_narrowed_by_kind(client: TestClient) -> None:
    found = client.get("/api/search?q=crates").json()
    kinds = {one["kind"]: one["count"] for one in found["kinds"]}
    assert len(kinds) >= 2 and sum(kinds.values()) == found["total"]
    only = client.get("/api/search?q=crates&kind=finding").json()
    assert {hit["kind"] for hit in only["hits"]} == {"finding"}
    assert only["hits"][0]["probability"] is None and only["hits"][0]["pairs"] == []
    assert client.get("/api/search?q=crates&kind=nothing").status_code == 422


def test_nothing_asked_and_nothing_found(client: TestClient) -> None:
    assert client.get("/search").status_code == 200
    assert client.get("/search?q=%20").status_code == 200
    assert "Nothing answers to" in client.get("/search?q=qqqqqqqqqqqq").text


def test_what_is_no_query_is_told_where_the_hits_would_stand(client: TestClient) -> None:
    for asked in ("***", "[8", "x" * 300):
        answer = client.get("/search", params={"q": asked})
        assert answer.status_code == 422
        assert '<div id="results">' in answer.text and "cannot be searched" in answer.text
        told = client.get("/api/search", params={"q": asked})
        assert told.status_code == 422 and told.json()["problems"]


def test_one_box_on_every_page_and_live_where_the_hits_are(client: TestClient) -> None:
    assert client.get("/items").text.count('name="q"') == 1
    assert "hx-get" not in client.get("/items").text
    page = client.get("/search?q=a").text
    assert page.count('id="q"') == 1 and 'hx-get="/search"' in page


def form_of(page: str, action: str, marking: str) -> dict[str, str]:
    for form in re.findall(rf'<form method="post" action="{action}"[^>]*>.*?</form>', page, re.DOTALL):
        fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', form))
        if fields["marking"] == marking:
            return fields
    raise AssertionError(f"no form for {marking}")


def test_a_reading_is_recorded_with_one_click(own: TestClient, case: Case) -> None:
    page = own.get("/search?q=A8123456&maker=Other+Works").text
    fields = form_of(page, "/search/reading", "mark-cccc")
    answer = own.post("/search/reading", data=fields, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/markings/mark-cccc")
    made = case.read("partner").referring("mark-cccc", kind="reading")[0]
    assert (made.get("text"), made.get("method"), made.get("reader")) == \
        ("A8123456", "copied", "tester")
    assert own.get("/api/search?q=A8123456").json()["hits"][0]["id"] == made.id


def test_a_link_is_proposed_as_a_note_and_concludes_nothing(own: TestClient, case: Case) -> None:
    page = own.get("/search?q=A8123456&maker=Other+Works").text
    fields = form_of(page, "/search/proposal", "mark-cccc")
    assert own.post("/search/proposal", data=fields, follow_redirects=False).status_code == 303
    note = case.read("partner").referring("mark-cccc", kind="note")[0]
    assert note.get("text").startswith("Proposed link, to be judged: a marking read as A8123456; "
                                       "maker: Other Works may be this one. Probability 0.")
    wrong = own.post("/search/proposal", data={**fields, "q": "ZZZ 999999"})
    assert wrong.status_code == 422 and "nothing to propose" in wrong.text
    # What was weighed among restricted records is told to nobody below.
    high = TestClient(create_app(Settings(case.where, "chief", "restricted"), case=case),
                      base_url=BASE, raise_server_exceptions=False)
    page = high.get("/search?q=A8123456").text
    high.post("/search/proposal", data=form_of(page, "/search/proposal", "mark-dddd"))
    assert case.read("partner").referring("mark-dddd", kind="note") == []
    assert len(case.read("restricted").referring("mark-dddd", kind="note")) == 1


def test_only_our_own_forms_and_markings_that_are_there(own: TestClient) -> None:
    fields = form_of(own.get("/search?q=AB123456").text, "/search/reading", "mark-cccc")
    assert own.post("/search/reading", data={**fields, "token": "x"}).status_code == 403
    for other in ("mark-none0", "item-cccc", "mark-eeee", ""):
        assert own.post("/search/reading", data={**fields, "marking": other}).status_code == 404


def test_a_marking_that_looks_like_markup_stays_text(case: Case) -> None:
    high = TestClient(create_app(Settings(case.where, "x", "restricted"), case=case), base_url=BASE)
    page = high.get("/search", params={"q": '<b>"0785'}).text
    assert "<b>" not in page and "&lt;b&gt;" in page
