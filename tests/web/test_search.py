"""The search box: markings isolated, each hit with how sure and why, narrowed by kind."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_a_marking_is_found_with_its_item_and_why(client: TestClient) -> None:
    found = client.get("/api/search?q=0785").json()
    first = found["hits"][0]
    assert first["text"] == "07-85" and 0 < first["score"] <= 1 and first["why"]
    page = client.get("/search?q=0785").text
    assert '<bdi dir="ltr" class="marking">07-85</bdi>' in page
    assert first["sure"] in page and f"{first['score']:.2f}" in page and first["why"] in page
    assert 'href="/items/item-aaaa"' in page


def test_hits_are_counted_and_narrowed_by_kind(client: TestClient) -> None:
    found = client.get("/api/search?q=crates").json()
    kinds = {one["kind"]: one["count"] for one in found["kinds"]}
    assert len(kinds) >= 2 and sum(kinds.values()) == found["total"]
    only = client.get("/api/search?q=crates&kind=finding").json()
    assert {hit["kind"] for hit in only["hits"]} == {"finding"}
    assert client.get("/api/search?q=crates&kind=nothing").status_code == 422


def test_nothing_asked_and_nothing_found(client: TestClient) -> None:
    assert client.get("/search").status_code == 200
    assert client.get("/search?q=%20").status_code == 200
    assert "Nothing answers to" in client.get("/search?q=qqqqqqqqqqqq").text


def test_one_box_on_every_page_and_live_where_the_hits_are(client: TestClient) -> None:
    assert client.get("/items").text.count('name="q"') == 1
    assert "hx-get" not in client.get("/items").text
    page = client.get("/search?q=a").text
    assert page.count('name="q"') == 1 and 'hx-get="/search"' in page
