"""The page of lags: figures, drawing, groups, the bias said beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.records import Item, Transfer
from headstamp.store.case import Case
from tests.web.test_browser import AXE, CHROMIUM, FLAGS, Watched, served
from tests.web.test_erase import Pages, case, pages

__all__ = ["case", "pages"]


def with_more(case: Case) -> None:
    with case.change(actor="tester", reason="some lags") as change:
        for n in range(8):
            change.put_many([
                Item.build(id=f"item-lag{n}", family="arm", recovered_on=f"2016-0{n + 1}"),
                Transfer.build(items=[f"item-lag{n}"], to_party="party-bbbb", transfer_kind="sold",
                               lawful_status="authorised", happened_on="2015-06"),
            ])


def test_it_says_what_it_is(case: Case, pages: Pages) -> None:
    with_more(case)
    page = pages("Ann").get("/lag?by=family").text
    assert "not a random sample" in page and "Half within" in page and "<svg" in page
    twin = pages("Ann").get("/api/lag?by=family").json()
    assert twin["lags"][0]["count"] == 8 and len(twin["warnings"]) == 3
    assert pages("Ann").get("/lag?by=colour").status_code == 422


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium")
def test_the_page_can_be_used_by_everybody(case: Case, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with_more(case)
    with playwright.sync_playwright() as p, served(case) as base:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with Watched(browser, base) as watched:
            page = watched.go("/lag?by=family")
            page.screenshot(path=str(tmp_path / "lag.png"), full_page=True)
            if AXE.exists():
                page.evaluate(AXE.read_text(encoding="utf-8"))
                broken = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
                assert broken == []
        browser.close()
