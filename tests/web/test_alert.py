"""The board of alerts and the page of one: its extract as the recipient reads it, its moves by several hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.publish.alert_extract import number_of
from headstamp.web.app import create_app
from tests.actions.alerts.alert_case import BY, CANARY, CHECKER, Alerts, make_alerts
from tests.web.conftest import BASE
from tests.web.test_browser import AXE, CHROMIUM, FLAGS, Watched, served
from tests.web.test_erase import send

Pages = Callable[..., TestClient]


@pytest.fixture
def made(tmp_path: Path) -> Alerts:
    return make_alerts(tmp_path / "case")


@pytest.fixture
def pages(made: Alerts) -> Pages:
    def of(actor: str, clearance: str = "restricted") -> TestClient:
        app = create_app(Settings(made.case.where, actor, clearance), case=made.case)
        return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)

    return of


def test_from_draft_to_acknowledged(made: Alerts, pages: Pages) -> None:
    where = f"/alerts/{made['alert']}"
    ann, bob = pages(BY), pages(CHECKER)
    page = ann.get(where).text
    assert "I have checked it" in page and "olive over grey" in page and CANARY not in _extract(page)
    own = send(ann, f"{where}/go", where, to="checked")
    assert own.status_code == 403 and "wrote this alert" in own.text
    assert send(bob, f"{where}/go", where, to="checked").status_code == 303
    early = send(bob, f"{where}/go", where, to="sent", channel="radio")
    assert early.status_code == 422 and "to whom it goes" in early.text
    assert send(bob, f"{where}/go", where, to="sent", channel="radio", recipient="Border post 4",
                language="ar", tier="partner", on="2017-03-21").status_code == 303
    shown = made.case.read("sealed").get(made["alert"])
    assert shown.get("sent_on") == "2017-03-21" and len(shown.get("documents")) == 2
    assert send(ann, f"{where}/go", where, to="acknowledged", on="2017-03-22").status_code == 303
    assert send(ann, f"{where}/go", where, to="withdrawn").status_code == 422
    assert send(ann, f"{where}/go", where, to="withdrawn", why="another lot").status_code == 303
    assert "another lot" in ann.get(where).text


def _extract(page: str) -> str:
    found = re.search(r'<article class="extract".*?</article>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_board_has_every_state_and_drafts_what_is_new(made: Alerts, pages: Pages) -> None:
    ann = pages(BY)
    board = ann.get("/alerts").text
    assert 'id="state-draft"' in board and 'id="state-withdrawn"' in board
    assert "Olive crates met in the south" in board
    assert send(ann, "/alerts/look", "/alerts").status_code == 303
    assert "Olive crates: met in Syria" in ann.get("/alerts?alert_state=draft").text
    assert send(ann, "/alerts/look", "/alerts").status_code == 303
    assert made.case.read("sealed").totals()["alert"] == 2
    assert "alerts to be checked" in ann.get("/").text
    assert ann.get("/api/alerts").json()["total"] == 2


def test_the_extract_is_shown_for_language_and_tier(made: Alerts, pages: Pages) -> None:
    where = f"/alerts/{made['alert']}"
    ann = pages(BY)
    page = _extract(ann.get(f"{where}?language=ar").text)
    assert 'lang="ar" dir="rtl"' in page and "كيف يبدو" in page
    twin = ann.get(f"/api{where}?language=ru&tier=partner").json()
    assert len(twin["letters"]) <= 480 and CANARY not in twin["letters"] and not twin["unmade"]
    assert f"{CANARY} house" in _extract(ann.get(f"{where}?tier=restricted").text)
    refused = ann.get(f"{where}?tier=public").text
    assert "It cannot be made" in refused and "not for readers of tier public" in refused
    assert ann.get(f"{where}?tier=sealed").status_code == 422
    assert ann.get(f"{where}?language=de").status_code == 422


def test_the_extract_is_taken_as_a_file(made: Alerts, pages: Pages) -> None:
    where = f"/alerts/{made['alert']}"
    ann = pages(BY)
    pdf = ann.get(f"{where}/extract.pdf?language=es")
    assert pdf.content.startswith(b"%PDF") and number_of(made["alert"]) in pdf.headers["content-disposition"]
    text = ann.get(f"{where}/extract.txt").text
    assert text.startswith("Alert A-") and CANARY not in text
    assert ann.get("/alerts/alert-none/extract.txt").status_code == 404
    assert ann.get(f"{where}/extract.pdf?tier=sealed").status_code == 403
    assert pages(BY, "public").get(f"{where}/extract.txt?tier=public").status_code == 404


def test_a_word_of_handling_is_shown_as_in_the_way(made: Alerts, pages: Pages) -> None:
    made.version("alert", looks_like="Crate. Do not open <it>.")
    where = f"/alerts/{made['alert']}"
    page = pages(CHECKER).get(where).text
    assert "In the way:" in page and "do not open" in page and "&lt;it&gt;" in page
    stopped = send(pages(CHECKER), f"{where}/go", where, to="checked")
    assert stopped.status_code == 422 and "looks_like" in stopped.text


def test_it_is_the_form_that_asks(made: Alerts, pages: Pages) -> None:
    ann = pages(CHECKER)
    assert ann.post(f"/alerts/{made['alert']}/go", data={"to": "checked"}).status_code == 403
    assert ann.post("/alerts/look").status_code == 403


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium")
def test_the_pages_can_be_used_by_everybody(made: Alerts, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    where = f"/alerts/{made['alert']}"
    with playwright.sync_playwright() as p, served(made.case) as base:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for scheme in ("light", "dark"):
            with Watched(browser, base, color_scheme=scheme, bypass_csp=True) as watched:
                for address in ("/alerts", where, f"{where}?language=ar"):
                    page = watched.go(address)
                    if AXE.is_file():
                        page.add_script_tag(path=str(AXE))
                        assert page.evaluate("async () => (await axe.run()).violations.map(v => v.id)") == []
        with Watched(browser, base) as watched:
            for width in (1280, 390):
                watched.page.set_viewport_size({"width": width, "height": 900})
                for address in ("/alerts", where, f"{where}?language=ar"):
                    page = watched.go(address)
                    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
            page = watched.go(where)
            page.focus("select[name=language]")
            page.keyboard.type("fran")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url("**language=fr**")
            assert "À quoi cela ressemble" in page.content() and watched.wrong == []
        browser.close()
