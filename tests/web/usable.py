"""Whether pages can be used by everybody: opened in a real browser without an error, and without a barrier."""

from __future__ import annotations

import pytest

from headstamp.store.case import Case
from tests.lacking import lacks
from tests.web.test_browser import AXE, CHROMIUM, FLAGS, Watched, served


def usable_by_everybody(case: Case, *addresses: str) -> None:
    """Opens each page of a case and asks axe; skips where there is no Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not CHROMIUM.exists():
        lacks(f"Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as p, served(case) as base:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            with Watched(browser, base) as watched:
                for address in addresses:
                    page = watched.go(address)
                    assert watched.wrong == [], address
                    if AXE.exists():
                        page.evaluate(AXE.read_text(encoding="utf-8"))
                        broken = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
                        assert broken == [], (address, broken)
        finally:
            browser.close()
