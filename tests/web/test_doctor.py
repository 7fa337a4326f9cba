"""The page that says what is wrong: seen at once, in words, with what to type; nothing above the reader's clearance."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.store.backup import back_up
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.sample import make
from tests.web.test_working import finished


def browsing(case: Case, clearance: str) -> TestClient:
    return TestClient(create_app(Settings(case.where, "tester", clearance), case=case), base_url=BASE)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    with made.change(actor="a", reason="r") as change:
        change.put(make("item", id="item-aaaa", make="Invented"))
        change.put(make("trace_request", id="trace-aaaa", title="Whose is it?", status="sent", tier="sealed",
                        sent_on="2020-01-02", due_on="2020-02-02", items=["item-aaaa"]))
    return made


def test_what_is_wrong_and_what_to_type(case: Case) -> None:
    browser = browsing(case, "sealed")
    page = browser.get("/doctor").text
    assert "Something is to be mended." in page and "There is no backup of this case" in page
    assert f"headstamp backup BACKUP_DISK --case {case.where}" in page
    assert 'href="/desk"' in page.partition('class="ailment"')[2]
    told = browser.get("/api/doctor").json()
    assert told["ok"] is False and told["verified_at"] == ""
    assert next(one["what"] for one in told["ailments"]) == "no_backup"
    assert "/doctor" in browser.get("/").text


def test_a_record_above_the_clearance_is_not_told_of(case: Case) -> None:
    told = browsing(case, "partner").get("/api/doctor").text
    assert "no_backup" in told and "requests_late" not in told and "trace-aaaa" not in told


@pytest.mark.parametrize("clearance", ["public", "partner"])
def test_a_guest_is_not_told_where_things_lie(case: Case, tmp_path: Path, clearance: str) -> None:
    back_up(case, tmp_path / "disk", made_by="tester", at=case.clock())
    shutil.rmtree(tmp_path / "disk")
    (case.folder / "keys" / "device.key").chmod(0o644)
    (case.folder / "imports" / "waiting" / "one").mkdir(parents=True)
    told = browsing(case, clearance)
    said = told.get("/api/doctor").text + told.get("/doctor").text
    assert all(what in said for what in ("backup_not_here", "key_open", "imports_waiting"))
    assert str(tmp_path) not in said and "headstamp backup" not in said
    said = browsing(case, "restricted").get("/api/doctor").text
    assert str(case.folder) in said and str(tmp_path / "disk") in said


@pytest.mark.parametrize("clearance", ["public", "partner", "restricted"])
def test_which_hidden_record_is_damaged_is_not_told(case: Case, clearance: str) -> None:
    """Wants: the ids of what is hidden, by way of a verification that finds it damaged."""
    with case.backend.writing() as conn:
        conn.exec_driver_sql("UPDATE trace_request SET title = 'forged'")
        conn.exec_driver_sql("UPDATE item SET make = 'forged'")
    browser = browsing(case, clearance)
    job = browser.post("/verify", data={"token": token_of(browser)}, follow_redirects=False).headers["location"]
    finished(browser, job)
    for address in (f"/api{job}", job, f"{job}/state", "/api/verify", "/verify", "/api/doctor", "/doctor"):
        said = browser.get(address).text
        assert "trace-aaaa" not in said and "not shown here" in said, address
        assert ("item-aaaa" in said) is (clearance != "public"), address
    browser = browsing(case, "sealed")
    finished(browser, browser.post("/verify", data={"token": token_of(browser)}, follow_redirects=False)
             .headers["location"])
    assert "trace-aaaa" in browser.get("/api/doctor").text


def token_of(browser: TestClient) -> str:
    return str(browser.get("/doctor").text.partition('name="token" value="')[2].partition('"')[0])


def test_what_the_last_verification_found(case: Case) -> None:
    browser = browsing(case, "sealed")
    with case.backend.writing() as conn:
        conn.exec_driver_sql("UPDATE item SET make = 'forged'")
    page = browser.get("/doctor").text
    assert "were not verified since this program started" in page and "table_changed" not in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    finished(browser, browser.post("/verify", data={"token": token}, follow_redirects=False).headers["location"])
    told = browser.get("/api/doctor").json()
    assert "table_changed" in {one["what"] for one in told["ailments"]}
    assert f"headstamp upgrade --anew --case {case.where}" in browser.get("/doctor").text
