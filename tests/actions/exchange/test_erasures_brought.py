"""Erasures that a bundle brings: each can be agreed to here, none waits for nothing, and nothing comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.erasing import approve, ask, look, waiting
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.take import take
from headstamp.actions.settings import Settings
from headstamp.errors import Missing
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.exchange.travel import ITEM, Two, know, two_devices
from tests.web.conftest import BASE
from tests.web.test_working import token


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def erase(case: Case, *fields: str) -> str:
    made = ask(case, ITEM, fields=fields, ground="order", actor="Ann", clearance="sealed")
    approve(case, made, actor="Bea", clearance="sealed")
    return made


def test_what_both_erased_waits_for_nobody(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    erase(two.field)
    erase(two.hq, "make")
    erase(two.hq)
    done = two.taken(two.packed())
    assert (done.erasures, waiting(two.hq)) == ((), ())
    assert check_case(two.hq) == []


def test_an_erasure_whose_record_never_came_is_agreed_to_and_the_record_stays_out(
    two: Two, tmp_path: Path
) -> None:
    third = Case.create(tmp_path / "third")
    know(third, two.hq, "HQ")
    know(two.hq, third, "Third")
    know(two.field, third, "Third")
    know(third, two.field, "Field")
    early = tmp_path / "early.tar"
    pack(two.field, "Third", early, actor="Ana", reason="r")
    assert take(third, early, actor="C", reason="r").taken == 2
    late = tmp_path / "late.tar"
    pack(third, "HQ", late, actor="C", reason="r")  # before it hears of the erasure
    made = erase(two.field)
    assert two.taken(two.packed()).erasures == (made,)
    assert waiting(two.hq) == (made,)
    scope = look(two.hq, made, clearance="restricted")
    assert (scope.whole, scope.versions) == (True, 0)
    approve(two.hq, made, actor="Cid", clearance="restricted")
    assert waiting(two.hq) == ()
    assert take(two.hq, late, actor="Ben", reason="r").state == "taken"
    with pytest.raises(Missing):
        two.hq.read("sealed").get(ITEM)
    assert check_case(two.hq) == []


def test_it_is_found_from_the_first_page_and_agreed_to_there(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    made = erase(two.field, "make")
    assert two.taken(two.packed()).erasures == (made,)
    app = create_app(Settings(two.hq.where, "Cid", "restricted"), case=two.hq)
    browser = TestClient(app, base_url=BASE, follow_redirects=False)
    assert "1 erasure of another device waits for somebody here to agree" in browser.get("/").text
    page = browser.get(f"/erasures/{made}").text
    assert "Waits for somebody here to agree" in page and "Decline" not in page
    answer = browser.post(f"/erasures/{made}/approve", data={
        "token": token(browser, f"/erasures/{made}"), "sure": "1"})
    assert answer.status_code == 303
    assert two.hq.read("sealed").get(ITEM).get("make") is None
    assert "waits for somebody here" not in browser.get("/").text
    assert "Waits for" not in browser.get(f"/erasures/{made}").text
