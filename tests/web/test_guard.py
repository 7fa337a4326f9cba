"""Foreign hosts, foreign origins and forms without a token are refused; headers are on everything."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.guard import host_name, is_own
from tests.web.conftest import BASE


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1:8765", True), ("localhost", True), ("LOCALHOST:1", True), ("[::1]:8765", True),
    ("192.168.1.7", True), ("case.example.org", True), ("localhost.", True),
    ("evil.example", False), ("127.0.0.1.evil.example", False), ("localhost.evil.example", False),
    ("", False), ("a b", False), ("[::1", False), ("evil@127.0.0.1", False),
    ("127.0.0.1:80:80", False),
])
def test_whose_host_it_is(host: str, own: bool) -> None:
    assert is_own(host_name(host), frozenset({"case.example.org"})) is own


def test_a_foreign_host_is_refused(client: TestClient) -> None:
    answer = client.get("/items", headers={"host": "evil.example"})
    assert answer.status_code == 403
    assert "Old mill" not in answer.text


@pytest.mark.parametrize("address", ["/items", "/nothing", "/items?x=1", "/api/items",
                                     "/static/headstamp.css", "/items.csv", "/fails"])
def test_headers_are_on_every_answer(shared_case: Case, address: str) -> None:
    app = create_app(Settings(shared_case.where, "tester"), case=shared_case)

    async def fails(request: object) -> None:
        raise RuntimeError("secret words of the program")

    app.add_route("/fails", fails)
    answer = TestClient(app, base_url=BASE, raise_server_exceptions=False).get(address)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    if not address.startswith("/static"):
        assert answer.headers["cache-control"] == "no-store"
    if address == "/fails":
        assert answer.status_code == 500
        assert "secret words" not in answer.text and "Traceback" not in answer.text


def test_what_changes_the_case_comes_from_our_own_pages(client: TestClient) -> None:
    client.get("/notes/new")
    data = {"about": "item-aaaa", "text": "x"}
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"},
                    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
                    {"origin": "http://127.0.0.1:9999"}):
        assert client.post("/notes/new", data=data, headers=headers).status_code == 403
    for token in ({}, {"token": ""}, {"token": "0" * 64}):
        answer = client.post("/notes/new", data={**data, **token})
        assert answer.status_code == 403
        assert "reload the form" in answer.text
    assert client.get("/api/notes").json()["total"] == 1
