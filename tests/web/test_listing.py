"""Lists: every kind has one, filters narrow, links keep them, nothing foreign is loaded."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from headstamp.records import TYPES
from tests.web.sample import CAUTION


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_every_kind_has_a_list_and_its_twin(client: TestClient, kind) -> None:
    page = client.get(f"/{kind.slug}")
    twin = client.get(f"/api/{kind.slug}").json()
    assert page.status_code == 200
    assert twin["total"] >= 1
    assert twin["rows"][0]["id"] in page.text
    assert CAUTION in page.text
    assert "A. Writer" in page.text
    assert "script>" not in page.text.replace('defer></script>', "")
    assert "style=" not in page.text


def test_a_filter_narrows_and_can_be_removed(client: TestClient) -> None:
    assert client.get("/api/items?family=ammunition").json()["total"] == 1
    assert client.get("/api/items?family=").json()["total"] == 0
    page = client.get("/items?family=ammunition&order=-year")
    assert 'href="/items?order=-year"' in page.text


def test_an_unknown_filter_is_refused_with_what_there_is(client: TestClient) -> None:
    answer = client.get("/api/items?colour=red")
    assert answer.status_code == 422
    assert "family" in answer.json()["message"]
    assert client.get("/items?page=-1").status_code == 422
    assert client.get("/items?page=%D9%A3").status_code == 422


def test_a_marking_stands_isolated(client: TestClient) -> None:
    assert '<bdi dir="ltr" class="marking">07-85</bdi>' in client.get("/markings").text


def test_the_effort_stands_beside_the_total_of_finds_and_not_of_papers(client: TestClient) -> None:
    assert "Effort: 1 visit to 1 of 2 known sites" in client.get("/items").text
    assert "Effort:" not in client.get("/documents").text
