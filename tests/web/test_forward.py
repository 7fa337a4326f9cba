"""The page of what else came the same way: from a record or by a number, for everybody."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from headstamp.records import Item, Marking
from headstamp.store.case import Case
from tests.web.test_erase import Pages, case, pages
from tests.web.usable import usable_by_everybody

__all__ = ["case", "pages"]


def with_more(case: Case) -> None:
    with case.change(actor="tester", reason="another of the lot") as change:
        change.put_many([
            Item.build(id="item-bbbb", tag="B-1", site="site-bbbb"),
            Marking.build(item="item-bbbb", text="07-85", marking_kind="lot"),
        ])


@pytest.fixture
def client(case: Case, pages: Pages) -> TestClient:
    with_more(case)
    return pages("Ann")


def test_from_a_record_and_by_a_number(client: TestClient) -> None:
    assert "A-1: Maker Ltd" in client.get("/forward?from=tran-aaaa").text
    page = client.get("/forward?by=lot&text=07-85").text
    assert "B-1" in page and "Border post" in page
    twin = client.get("/api/forward?by=lot&text=07-85").json()["found"]
    assert {one["item"]["id"] for one in twin["items"]} == {"item-aaaa", "item-bbbb"}
    assert "that was found" not in client.get("/forward").text


def test_what_is_asked_wrongly_is_said(client: TestClient) -> None:
    assert client.get("/forward?from=mark-aaaa").status_code == 422
    assert client.get("/forward?from=tran-none").status_code == 404
    assert client.get("/forward?by=serials&text=%3Cb%3E").status_code == 422
    assert "<b>" not in client.get("/forward?by=serials&text=%3Cb%3E").text


@pytest.mark.browser
def test_the_page_can_be_used_by_everybody(case: Case) -> None:
    with_more(case)
    usable_by_everybody(case, "/forward?by=lot&text=07-85")
