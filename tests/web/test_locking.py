"""A served encrypted case that is locked shows one page, and nothing behind it."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.errors import Missing, Unavailable
from headstamp.records import Document, Item, Photograph
from headstamp.store.case import Case
from headstamp.store.vault import Vault
from headstamp.web import templating
from headstamp.web.app import create_app
from headstamp.web.guard import HEADERS
from headstamp.web.locking import Latch, watch
from headstamp.web.routes import ACTS, pages
from headstamp.web.serve import _without_words
from tests.store.encrypted import PASSPHRASE, encrypted_case
from tests.web.conftest import BASE
from tests.web.marked import picture

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with encrypted_case(tmp_path / "case") as made:
        with made.change(actor="a", reason="b") as change:
            change.put(Item.build({"make": "Nordic"}))
        yield made


def browser(case: Case, latch: Latch, locked: bool = False) -> TestClient:
    app = create_app(latch.settings, case=None if locked else case, latch=latch, locked=locked)
    return TestClient(app, base_url=BASE)


@pytest.fixture
def latch(case: Case) -> Latch:
    return Latch(Settings(case.where, "tester"), 15)


def test_a_locked_case_answers_with_one_page(case: Case, latch: Latch) -> None:
    client = browser(case, latch, locked=True)
    origin = case.origin
    paths = [page.path or page.api for page in pages()] + [act.path for act in ACTS]
    for path in paths:
        asked = re.sub(r"\{[^}]*\}", "1", path)
        for method in ("GET", "POST"):
            answer = client.request(method, asked)
            assert answer.status_code == 423, (method, asked)
            assert "Nordic" not in answer.text and origin not in answer.text
            for name, value in HEADERS.items():
                assert answer.headers[name] == value
            if asked.startswith("/api/"):
                assert answer.json()["error"] == "locked"
            else:
                assert 'type="password"' in answer.text
    assert client.get("/static/headstamp.css").status_code == 200


def test_the_passphrase_opens_it_where_one_was(case: Case, latch: Latch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headstamp.web.locking._WAIT_SECONDS", 0)
    client = browser(case, latch, locked=True)
    assert 'value="/items?make=Nordic"' in client.get("/items?make=Nordic").text
    for wrong in ("", "not this one", PASSPHRASE.upper()):
        refused = client.post("/unlock", data={"passphrase": wrong, "next": "/items"})
        assert refused.status_code == 403 and 'role="alert"' in refused.text
        assert client.get("/items").status_code == 423
    opened = client.post("/unlock", data={"passphrase": PASSPHRASE, "next": "/items?make=Nordic"})
    assert opened.status_code == 200 and "Nordic" in opened.text and "Lock now" in opened.text
    assert str(opened.url).endswith("/items?make=Nordic")
    assert client.get("/unlock").url.path == "/"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:1"])
def test_nobody_is_led_away(case: Case, latch: Latch, away: str) -> None:
    client = browser(case, latch, locked=True)
    answer = client.post("/unlock", data={"passphrase": PASSPHRASE, "next": away}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_locked_by_hand(case: Case, latch: Latch) -> None:
    told: list[str] = []
    latch.on_lock = lambda: told.append("locked")
    keys = case.keys
    client = browser(case, latch)
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/items").text)
    assert found
    assert client.post("/lock").status_code == 403 and not told
    assert client.post("/lock", data={"token": found[1]}).status_code == 423
    assert told == ["locked"] and client.get("/items").status_code == 423
    assert keys is not None and keys._data_key is None


def test_locked_when_nobody_is_there(case: Case) -> None:
    now = [0.0]
    latch = Latch(Settings(case.where, "tester"), 0.001, clock=lambda: now[0])
    client = browser(case, latch)
    app = client.app

    async def wait() -> None:
        watching = asyncio.create_task(watch(app, latch))  # type: ignore[arg-type]
        await asyncio.sleep(0.1)
        assert app.state.desk is not None  # type: ignore[attr-defined]
        now[0] += 1
        for _ in range(100):
            await asyncio.sleep(0.02)
            if app.state.desk is None:  # type: ignore[attr-defined]
                break
        watching.cancel()

    asyncio.run(wait())
    assert client.get("/items").status_code == 423


@pytest.mark.parametrize("asked", ["", "bytes=0-0", "bytes=70000-140000", "bytes=-10", "bytes=199990-",
                                   "bytes=0-9,100000-100009"])
def test_an_original_is_sent_in_parts_from_its_pieces(
    case: Case, latch: Latch, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = random.Random(4).randbytes(200_000)
    with case.change(actor="a", reason="b") as change:
        kept = change.file(data)
        change.put(Document.build({"title": "a film", "digest": kept.digest, "original_name": "film.mp4"}))
    # Never the whole of it at once.
    monkeypatch.setattr(Vault, "_unseal", lambda *given: pytest.fail("read whole"))
    answer = browser(case, latch).get(f"/originals/{kept.digest}", headers={"range": asked} if asked else {})
    wanted = {"": data, "bytes=0-0": data[:1], "bytes=70000-140000": data[70_000:140_001],
              "bytes=-10": data[-10:], "bytes=199990-": data[-10:]}
    if asked in wanted:
        assert answer.content == wanted[asked] and answer.status_code == (206 if asked else 200)
        assert answer.headers["content-length"] == str(len(wanted[asked]))
        assert "film.mp4" in answer.headers["content-disposition"]
    else:
        assert answer.status_code == 206 and data[:10] in answer.content and data[100_000:100_010] in answer.content


def test_a_plain_case_has_no_lock(client: TestClient) -> None:
    assert "Lock now" not in client.get("/items").text
    assert client.get("/unlock").status_code == 404


def test_a_browser_may_keep_nothing_of_an_encrypted_case(case: Case, latch: Latch) -> None:
    with case.change(actor="a", reason="b") as change:
        kept = change.file(picture())
        change.put_many([
            Photograph.build({"digest": kept.digest, "caption": "Nordic"}),
            Document.build({"title": "Nordic", "caution": "Nordic"}),
        ])
    client = browser(case, latch)
    small = client.get(f"/thumbs/{kept.digest}?side=400")
    assert small.content.startswith(b"\xff\xd8") and small.headers["cache-control"] == "no-store"
    assert "Nordic" in client.get("/items").text
    gone = client.get("/static/nothing.js")
    assert gone.status_code == 404 and gone.headers["cache-control"] == "no-store"
    assert "cache-control" not in client.get("/static/lock.js").headers
    for path in (f"/items/{case.read('sealed').list('item').rows[0].id}", "/items", "/", "/nowhere"):
        page = client.get(path).text
        title = re.search("<title>(.*?)</title>", page)
        assert title and "Nordic" not in title[1] and "/static/lock.js" in page


def test_a_plain_case_shows_what_a_page_is_of_in_its_tab(client: TestClient) -> None:
    page = client.get("/items/item-aaaa").text
    assert "<title>A-1" in page and "lock.js" not in page


def test_what_fails_while_it_locks_tells_nothing(
    case: Case, latch: Latch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is being made when somebody locks ends without a word of the case."""
    client = TestClient(browser(case, latch).app, base_url=BASE, raise_server_exceptions=False)
    app = client.app
    for fault in (ValueError("Nordic"), Unavailable("Nordic"), Missing("Nordic")):
        def fail(*given: object, fault: Exception = fault) -> None:
            app.state.desk = None  # type: ignore[attr-defined]
            raise fault

        desk = app.state.desk  # type: ignore[attr-defined]
        monkeypatch.setattr("headstamp.web.answer.ask", fail)
        answer = client.get("/items")
        assert answer.status_code >= 400 and "Nordic" not in answer.text
        app.state.desk = desk  # type: ignore[attr-defined]
    assert browser(case, latch, locked=True).get("/static/nothing.js").status_code == 404


def test_the_server_tells_no_words_of_a_fault() -> None:
    try:
        raise ValueError("Nordic")
    except ValueError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application", (),
                                   sys.exc_info())
    assert _without_words(record)
    assert logging.Formatter().format(record) == "Exception in ASGI application"


def test_no_form_lets_the_browser_keep_what_was_typed() -> None:
    """Chromium and Firefox write it to the disk unless a form says that they must not."""
    for path in sorted((Path(templating.__file__).parent / "templates").glob("*.html")):
        for form in re.findall(r"<form\b[^\n]*", path.read_text("utf-8")):
            assert 'autocomplete="off"' in form, (path.name, form)
