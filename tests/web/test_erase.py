"""Erasing on the pages: asked for by one person, shown to another, approved or declined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.erasing import ask
from headstamp.actions.settings import Settings
from headstamp.errors import Missing
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import a_case
from tests.web.usable import usable_by_everybody

Pages = Callable[[str], TestClient]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path / "case") as made:
        yield made


@pytest.fixture
def pages(case: Case) -> Pages:
    def by(actor: str) -> TestClient:
        app = create_app(Settings(case.where, actor), case=case)
        return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)

    return by


def send(pages: TestClient, path: str, form: str = "", **data: Any) -> Any:
    token = pages.get(form or path).text.partition('name="token" value="')[2].partition('"')[0]
    return pages.post(path, data={"token": token, **data}, headers={"origin": BASE})


def until_done(pages: TestClient, job: str) -> bool:
    wait = Event()
    return any(pages.get(f"/api{job}").json()["state"] != "running" or wait.wait(0.05) for _ in range(600))


def test_one_asks_and_another_approves(case: Case, pages: Pages) -> None:
    ann, bob = pages("Ann"), pages("Bob")
    form = ann.get("/erase/item-aaaa").text
    assert 'value="remark"' in form and 'value="tier"' not in form
    assert "on the pallet" not in form
    asked = send(ann, "/erase/item-aaaa", field=["remark"], ground="safety", why="It tells where.")
    assert asked.status_code == 303, asked.text
    to = asked.headers["location"]
    page = bob.get(to).text
    assert "To be decided by a second person" in page and "Approve and erase" in page
    assert 'still holds it: <a href="/documents/doc-aaaa">doc-aaaa</a>' in page
    twin = bob.get(f"/api{to}").json()
    assert twin["scope"]["fields"] == ["remark"] and twin["scope"]["versions"] == 1
    assert send(bob, f"{to}/approve", to).status_code == 422
    assert send(ann, f"{to}/approve", to, sure="1").status_code == 403
    # What a job has found lies in the memory of the server, and may say what goes.
    verified = send(bob, "/verify")
    assert until_done(bob, verified.headers["location"])
    assert send(bob, f"{to}/approve", to, sure="1").status_code == 303
    assert "To be decided" not in bob.get(to).text
    assert bob.get(verified.headers["location"]).status_code == 404
    assert case.read("sealed").get("item-aaaa").get("remark") is None
    assert "Erased: Remark" in bob.get("/items/item-aaaa").text
    assert check_case(case) == []
    assert send(bob, f"{to}/approve", to="", sure="1").status_code == 403


def test_the_way_to_it_is_on_the_page_of_every_record(pages: Pages) -> None:
    ann = pages("Ann")
    assert '<a href="/erase/item-aaaa">Erase a value…</a>' in ann.get("/items/item-aaaa").text
    assert "Erase a value…" in ann.get("/erasures").text and "/erasures/new" not in ann.get("/erasures").text
    assert ann.get("/erasures/new").status_code == 404
    assert ann.post("/erasures/new", data={"erasure_state": "approved"}).status_code == 405


def test_a_form_that_lacks_something_is_shown_again(pages: Pages) -> None:
    ann = pages("Ann")
    for data, told in (
        ({"ground": "safety", "why": "It tells where."}, "name either the whole record"),
        ({"whole": "1", "field": ["remark"], "ground": "safety"}, "name either the whole record"),
        ({"whole": "1", "why": "It tells where."}, "on what ground"),
        ({"field": ["tier"], "ground": "safety"}, "cannot be without this"),
    ):
        again = send(ann, "/erase/item-aaaa", **data)
        assert again.status_code == 422 and told in again.text
        assert str(data.get("why", "")) in again.text
    assert ann.post("/erase/item-aaaa", data={"whole": "1"}).status_code == 403


def test_a_whole_record_goes_and_what_names_it_says_so(case: Case, pages: Pages) -> None:
    ann, bob = pages("Ann"), pages("Bob")
    asked = send(ann, "/erase/item-aaaa", whole="1", ground="not_lawful")
    to = asked.headers["location"]
    assert send(bob, f"{to}/approve", to, sure="1").status_code == 303
    gone = bob.get("/items/item-aaaa")
    assert gone.status_code == 404 and "was erased, for good" in gone.text
    assert "erased (item-aaaa)" in bob.get("/markings/mark-aaaa").text
    assert "A-1" not in bob.get("/items").text
    assert check_case(case) == []
    with pytest.raises(Missing):
        case.read("sealed").get("item-aaaa")


def test_declined_nothing_goes(case: Case, pages: Pages) -> None:
    asked = send(pages("Ann"), "/erase/item-aaaa", whole="1", ground="other")
    to = asked.headers["location"]
    assert send(pages("Bob"), f"{to}/decline", to).status_code == 303
    assert case.read("sealed").get("item-aaaa")
    assert "To be decided" not in pages("Bob").get(to).text


@pytest.mark.browser
def test_both_pages_can_be_used_by_everybody(case: Case) -> None:
    made = ask(case, "item-aaaa", fields=["remark"], ground="safety", actor="Ann", clearance="sealed")
    usable_by_everybody(case, "/erase/item-aaaa", f"/erasures/{made}")
