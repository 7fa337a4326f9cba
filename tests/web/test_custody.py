"""Custody on the pages: the timeline, the receipt, files made from others; also in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from headstamp.actions.evidence.derive import derive
from headstamp.actions.intake.photographs import import_photographs
from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.evidence.thing_kept import a_case, act, make
from tests.lacking import lacks
from tests.web.conftest import BASE
from tests.web.test_browser import AXE, CHROMIUM, FLAGS, Watched, served

ITEM, ACT = "item-sight0000", "cust-third0000"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("custody") / "case") as case:
        with case.change(actor="A", reason="more") as change:
            change.put(act("hidden", "checked", "2016-12-20", "", "lab", tier="sealed",
                           purpose="Zanzibar-canary"))
            change.put(make("item", "empty", tag="E-1"))
        yield case


@pytest.fixture(scope="module")
def pages(kept: Case) -> TestClient:
    app = create_app(Settings(kept.where, "tester"), case=kept)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_the_timeline_shows_acts_faults_and_what_was_not_said(pages: TestClient) -> None:
    page = pages.get(f"/custody/{ITEM}").text
    for text in ("Wrong seal", "“ZP 0389” was found", "not said: ", "taken into custody",
                 '<bdi dir="ltr" class="marking">ZP 0388</bdi>', f"/custodies/{ACT}/receipt.pdf",
                 "Laboratory from 2016-12-01T10:00Z with no end recorded"):
        assert text in page, text
    assert "Zanzibar" not in page and "cust-hidden0000" not in page
    twin = pages.get(f"/api/custody/{ITEM}").json()
    assert [one["what"] for one in twin["custody"]["faults"]] == ["seal_mismatch"]


def test_nothing_recorded_asks_for_the_first_act(pages: TestClient) -> None:
    assert "Record the first" in pages.get("/custody/item-empty0000").text
    assert pages.get("/custody/item-nobody0000").status_code == 404
    assert pages.get("/custody/party-team0000").status_code == 422


def test_the_item_says_in_short_who_holds_it(pages: TestClient) -> None:
    page = pages.get(f"/items/{ITEM}").text
    assert f'<a href="/custodies/new?item={ITEM}">New custody</a>' in page and ">Custody</a>" not in page
    assert "In our custody" in page and "Does not fit: wrong seal" in page
    # What was done with it as evidence is no event of its past.
    assert '<h2 id="past">' not in page


def test_the_receipt_is_a_button_and_a_file(pages: TestClient) -> None:
    page = pages.get(f"/custodies/{ACT}").text
    assert f'action="/custodies/{ACT}/receipt.pdf"' in page and "العربية" in page
    answer = pages.get(f"/custodies/{ACT}/receipt.pdf?language=es")
    assert answer.content.startswith(b"%PDF") and answer.headers["content-type"] == "application/pdf"
    assert pages.get(f"/custodies/{ACT}/receipt.pdf?language=xx").status_code == 422
    assert pages.get("/custodies/cust-hidden0000/receipt.pdf").status_code == 404


def test_a_derivative_says_so_before_anything_else(
    kept: Case, pages: TestClient, tmp_path: Path
) -> None:
    for name, colour in (("stamp.png", "red"), ("stamp-bright.png", "pink")):
        out = BytesIO()
        Image.new("RGB", (40, 30), colour).save(out, "PNG")
        (tmp_path / name).write_bytes(out.getvalue())
    import_photographs(kept, tmp_path / "stamp.png", actor="A", index=False)
    parent = kept.read("restricted").list("photograph").rows[0].id
    made = derive(kept, parent, tmp_path / "stamp-bright.png", what="<brightened>", tool="darktable",
                  clearance="restricted", actor="A")
    page = pages.get(f"/photographs/{made.id}").text
    assert "<strong>Derivative</strong> of" in page and "&lt;brightened&gt;" in page
    assert f'href="/photographs/{parent}"' in page
    assert "Derivative" not in pages.get(f"/photographs/{parent}").text.split("<h2")[0]
    (tmp_path / "again.png").write_bytes((tmp_path / "stamp-bright.png").read_bytes() + b"x")
    again = derive(kept, made.id, tmp_path / "again.png", what="cropped", clearance="restricted", actor="A")
    told = pages.get(f"/photographs/{again.id}").text.split("<h2")[0]
    assert f'href="/photographs/{made.id}"' in told and f'href="/photographs/{parent}"' in told
    assert "That was made from" in told and "That was made from" not in page


def test_a_file_is_recorded_as_made_from_another_by_a_form(kept: Case, pages: TestClient) -> None:
    with kept.change(actor="A", reason="a letter") as change:
        file = change.file(b"letter")
        change.put(make("document", "letter", title="Letter", digest=file.digest))
    page = pages.get("/documents/doc-letter0000").text
    token = page.split('name="token" value="')[1].split('"')[0]
    sent = {"file": ("letter.txt", b"letter, typed out")}
    refused = pages.post("/documents/doc-letter0000/derive", data={"token": token}, files=sent)
    assert refused.status_code == 422 and "what was done" in refused.text
    assert pages.post("/documents/doc-letter0000/derive", data={"what": "x"}, files=sent
                      ).status_code == 403
    made = pages.post("/documents/doc-letter0000/derive", data={"token": token, "what": "typed out"},
                      files=sent, follow_redirects=True)
    assert made.status_code == 200 and "<strong>Derivative</strong> of" in made.text
    shown = kept.read("restricted").list("document", {"parent": "doc-letter0000"}).rows[0]
    assert shown.get("original_name") == "letter.txt" and shown.get("mime") == "text/plain"
    copied = pages.post("/documents/doc-letter0000/derive", data={"token": token},
                        follow_redirects=True)
    assert "<strong>Working copy</strong> of" in copied.text
    assert pages.post("/documents/doc-nobody0000/derive", data={"token": token}).status_code == 404
    assert not any((kept.folder / "imports" / "waiting").glob("*"))


@pytest.mark.browser
def test_the_timeline_in_a_browser_by_keyboard_without_barriers(kept: Case) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not CHROMIUM.exists():
        lacks("Chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as p, served(kept) as base:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        with Watched(browser, base) as watched:
            for address in (f"/custody/{ITEM}", f"/custodies/{ACT}", "/custody/item-empty0000"):
                page = watched.go(address)
                if AXE.exists():
                    page.evaluate(AXE.read_text(encoding="utf-8"))
                    broken = page.evaluate(
                        "async () => (await axe.run()).violations.map(v => v.id)")
                    assert broken == [], (address, broken)
            page = watched.go(f"/custody/{ITEM}")
            reached = set()
            for _ in range(60):
                page.keyboard.press("Tab")
                reached.add(page.evaluate("document.activeElement.getAttribute('href') || "
                                          "document.activeElement.getAttribute('aria-label')"))
            assert {f"/custodies/{ACT}/receipt.pdf", f"/custodies/{ACT}", "Drawing"} <= reached
            page.set_viewport_size({"width": 400, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 400
            assert watched.wrong == []
        browser.close()
