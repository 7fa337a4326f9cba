"""The page of hands: holders and ways, for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.records import Transfer
from headstamp.store.case import Case
from tests.web.test_browser import AXE, CHROMIUM, FLAGS, Watched, served
from tests.web.test_erase import Pages, case, pages

__all__ = ["case", "pages"]


def with_more(case: Case) -> None:
    with case.change(actor="tester", reason="a transfer") as change:
        change.put(Transfer.build(id="tran-bbbb", from_party="party-aaaa", to_party="party-bbbb",
                                  happened_on="2015"))


def test_before_and_after(case: Case, pages: Pages) -> None:
    with_more(case)
    ann = pages("Ann")
    page = ann.get("/hands?of=party-bbbb").text
    assert "Maker Ltd" in page and "is where to ask" in page
    assert ann.get("/api/hands?of=party-aaaa&direction=after").json()["found"]["holders"][0]["party"] == (
        "party-bbbb")
    assert ann.get("/hands").status_code == 200 and ann.get("/hands?of=tran-bbbb").status_code == 422
    assert ann.get("/hands?of=party-none").status_code == 404


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium")
def test_the_page_can_be_used_by_everybody(case: Case, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with_more(case)
    with playwright.sync_playwright() as p, served(case) as base:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with Watched(browser, base) as watched:
            page = watched.go("/hands?of=party-bbbb")
            page.screenshot(path=str(tmp_path / "hands.png"), full_page=True)
            if AXE.exists():
                page.evaluate(AXE.read_text(encoding="utf-8"))
                broken = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
                assert broken == []
        browser.close()
