"""An encrypted case in a real browser: what it shows, what it shows no longer, and what it keeps.

The browser has a profile of its own on the disk, as a person's has, and no private window: every
byte of it is looked through afterwards. Only what stands in an address is kept by it, and
nothing is searched for here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.records import Record
from tests.lacking import lacks
from tests.shared import ROOT
from tests.store.canaries import canary, in_files
from tests.store.encrypted import PASSPHRASE, encrypted_case, passphrase_file
from tests.web.marked import picture
from tests.web.sample import everything, make
from tests.web.test_browser import _HARMLESS, AXE, CHROMIUM, FLAGS

pytestmark = [pytest.mark.browser,
              pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")]

PAGES = ("/", "/items", "/items/item-cccc", "/photographs/photo-cccc", "/map", "/measures",
         "/measures/counts.burst?of=items", "/measures/shares.by", "/alerts", "/alerts/alert-aaaa",
         "/network", "/iafq", "/lag", "/supply", "/desk", "/signatures/sig-aaaa/spread",
         "/items/item-aaaa/chain", "/documents/doc-cccc", "/reading", "/import")


def _records(digest: str) -> list[Record]:
    return [
        *everything(),
        make("item", id="item-cccc", tag=canary(1), make=canary(2), recovered_on="2017-02-05"),
        make("document", id="doc-cccc", title=canary(3), caution=canary(4), credit=canary(5)),
        make("photograph", id="photo-cccc", items=["item-cccc"], caption=canary(6), digest=digest,
             mime="image/jpeg"),
        make("site", id="site-cccc", name=canary(7),
             place={"latitude": 10.5, "longitude": 20.25, "precision": "exact"}),
    ]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with encrypted_case(tmp_path / "case") as case, case.change(actor="a", reason=canary(8)) as change:
        change.put_many(_records(change.file(picture()).digest))
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEADSTAMP_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "headstamp", "serve", "--port", "0", "--json"], cwd=tmp_path / "home",
        env=clean | {"HEADSTAMP_CASE": str(tmp_path / "case"), "HEADSTAMP_ACTOR": "Keeper",
                     "HEADSTAMP_PASSPHRASE_FILE": str(passphrase_file(tmp_path)),
                     "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp"),
                     "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        told = "".join(iter(server.stdout.readline, "}\n"))
        yield str(json.loads(told + "}")["address"]).rstrip("/")
    finally:
        server.kill()
        server.wait()


def test_a_browser_keeps_nothing_and_shows_nothing_after_the_lock(address: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not CHROMIUM.exists():
        lacks("Chromium at /usr/bin/chromium")
    wrong: list[str] = []
    kept: list[str] = []
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        for one in (page,):
            one.on("console", lambda said: wrong.append(said.text) if said.type == "error" and not any(
                word in said.text for word in _HARMLESS) else None)
            one.on("pageerror", lambda error: wrong.append(str(error)))
        browser.on("response", lambda answer: kept.append(answer.url) if "/static/" not in answer.url
                   and answer.url.startswith(address) and answer.headers.get("cache-control") != "no-store" else None)
        for path in PAGES:
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            assert "QJXK" not in page.title()
        assert wrong == [] and kept == []
        page.goto(f"{address}/items/item-cccc")
        assert canary(2) in page.content()
        page.goto(f"{address}/notes/new")
        page.fill("[name=about]", "item-cccc")
        page.fill("[name=text]", canary(9))
        page.fill("[name=reason]", canary(10))
        page.click("main form button[type=submit]")
        page.wait_for_url("**/notes/note-*")
        assert canary(9) in page.content()
        assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
        assert page.evaluate("indexedDB.databases()") == [] and page.evaluate("caches.keys()") == []
        other = browser.new_page()
        other.goto(f"{address}/items/item-cccc")
        page.goto(f"{address}/items")
        page.click("text=Lock now")
        page.wait_for_selector("#passphrase")
        assert page.title().startswith("Locked")
        # The other tab is not left as it was, though nobody touches it.
        other.wait_for_selector("#passphrase", timeout=60_000)
        assert "QJXK" not in other.content()
        for _ in range(3):
            page.go_back()
            page.wait_for_selector("#passphrase")
            assert "QJXK" not in page.content()
        if AXE.exists():
            page.evaluate(AXE.read_text("utf-8"))
            assert page.evaluate("axe.run()")["violations"] == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        other.fill("#passphrase", "not this one, certainly")
        other.keyboard.press("Enter")
        assert "not the passphrase" in other.inner_text("[role=alert]")
        if AXE.exists():
            other.evaluate(AXE.read_text("utf-8"))
            assert other.evaluate("axe.run()")["violations"] == []
        other.fill("#passphrase", PASSPHRASE)
        other.keyboard.press("Enter")
        other.wait_for_url("**/items/item-cccc")
        assert canary(2) in other.content()
        browser.close()
    folders = [tmp_path / name for name in ("profile", "home", "tmp", "case")]
    assert in_files(*folders) == {}
    assert PASSPHRASE.encode() not in b"".join(
        one.read_bytes() for one in (tmp_path / "profile").rglob("*") if one.is_file())
