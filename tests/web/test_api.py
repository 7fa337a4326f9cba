"""Every page has its twin or says why not; every answer fits the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from headstamp.actions.measures.effort import FIELD
from headstamp.records import TYPES
from headstamp.web.routes import ACTS, pages


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    return client.get("/api/openapi.json").json()


def test_every_page_has_a_twin_or_a_reason() -> None:
    for page in pages():
        assert page.api or len(page.no_api) > 10, page.name
    for act in ACTS:
        assert len(act.why) > 10, act.name
    addresses = [page.path for page in pages() if page.path] + [p.api for p in pages() if p.api]
    assert len(addresses) == len(set(addresses))


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {page.api for page in pages() if page.api}
    text = str(document)
    for name in set(re.findall(r"#/components/schemas/(\w+)", text)):
        assert name in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        told = {p["name"] for p in methods["get"]["parameters"] if p["in"] == "path"}
        assert told == set(re.findall(r"{(\w+)}", path)), path
    ids = [methods["get"]["operationId"] for methods in document["paths"].values()]
    assert len(ids) == len(set(ids))


def _check(document: dict[str, Any], path: str, answer: Any) -> None:
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    whole = {**schema["schema"], "components": document["components"]}
    errors = [f"{path}: {e.json_path}: {e.message[:300]}"
              for e in Draft202012Validator(whole).iter_errors(answer)]
    assert errors == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_lists_records_and_counts_fit_the_document(
    client: TestClient, document: dict[str, Any], kind: Any
) -> None:
    listed = client.get(f"/api/{kind.slug}").json()
    _check(document, f"/api/{kind.slug}", listed)
    for row in listed["rows"]:
        answer = client.get(f"/api/{kind.slug}/{row['id']}")
        assert answer.status_code == 200
        _check(document, f"/api/{kind.slug}/{{id}}", answer.json())
    counted = client.get(f"/api/count/{kind.slug}?by=tier").json()
    _check(document, f"/api/count/{kind.slug}", counted)
    assert sum(group["count"] for group in counted["groups"]) == counted["total"]
    assert bool(counted["effort"]) == (kind.name in FIELD or kind.name == "tally")


def test_all_other_answers_fit_the_document(client: TestClient, document: dict[str, Any]) -> None:
    for page in pages():
        if page.api and "{" not in page.api and not page.fixed:
            address = page.api + ("?q=07-85" if page.api == "/api/search" else "")
            answer = client.get(address)
            assert answer.status_code == 200, address
            if answer.headers["content-type"].startswith("application/json"):
                _check(document, page.api, answer.json())


def test_an_error_is_json_with_all_its_problems(
    client: TestClient, document: dict[str, Any]
) -> None:
    for address, status in (("/api/items/item-zzzz", 404), ("/api/items?limit=0", 422),
                            ("/api/nothing", 404), ("/api/sites/item-aaaa", 404)):
        answer = client.get(address)
        assert answer.status_code == status, address
        assert not list(Draft202012Validator(
            document["components"]["schemas"]["Error"]).iter_errors(answer.json()))


def test_head_and_wrong_methods(client: TestClient) -> None:
    assert client.head("/items").status_code == 200
    assert client.delete("/api/items", headers={"origin": "http://127.0.0.1:8765"}).status_code == 405
