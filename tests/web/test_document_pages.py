"""Pages of a PDF on a document's page and beside a reply: who sees them, and what is said instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import index_case
from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.intake.pdfs import pages, paper
from tests.web.conftest import BASE
from tests.web.test_trace_desk import make, sample


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(sample())
        index_case(made)
        yield made


def client(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "officer", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def letter(case: Case, data: bytes, limits: tuple[str, ...] = (), **values: Any) -> tuple[str, str]:
    """A reply with this letter: addresses of its reading page and of the document."""
    tier = values.pop("tier", "restricted")
    with case.change(actor="tester", reason="a reply") as change:
        kept = change.file(data)
        document = make("document", title="Answer", digest=kept.digest, mime="application/pdf",
                        original_name="answer.pdf", tier=tier, **values)
        reply = make("trace_reply", request="trace-late", reply_code="confirmed_full", tier=tier,
                     document=document.id, use_limits=list(limits))
        change.put_many([document, reply])
    return f"/trace-replies/{reply.id}/read", f"/documents/{document.id}"


def test_all_pages_of_a_letter_stand_beside_the_claims(case: Case) -> None:
    reading, document = letter(case, pages(3))
    browser = client(case)
    page = browser.get(reading).text
    shown = re.findall(r'<img src="([^"]+)" alt="(Page \d of 3)" width="707" height="1000"', page)
    assert shown == [(f"{document}/pages/{n}.jpg", f"Page {n} of 3") for n in (1, 2, 3)]
    for n in (1, 2, 3):
        assert f'href="{document}/pages/{n}.jpg?side=3508"' in page
    assert 'role="region" tabindex="0"' in page
    for address in [one for one, _ in shown] + [f"{document}/pages/1.jpg?side=3508"]:
        answer = browser.get(address)
        assert answer.status_code == 200 and answer.content.startswith(b"\xff\xd8\xff")
        assert answer.headers["content-type"] == "image/jpeg"
        assert "sandbox" in answer.headers["content-security-policy"]
    told = browser.get(f"/api{reading}").json()["paper"]
    assert told == {"count": 3, "can_be_shown": 3, "why_not": "",
                    "shown": [{"number": 1}, {"number": 2}, {"number": 3}]}


def test_a_documents_own_page_shows_the_first_ones(case: Case) -> None:
    reading, document = letter(case, pages(90))
    browser = client(case)
    page = browser.get(document).text
    assert page.count(".jpg?side=400") == 6 and f"{document}/pages/6.jpg?side=400" in page
    assert f'href="{document}?from=7"' in page and "pages 1 to 6 of 90" in page
    later = browser.get(f"{document}?from=87").text
    assert f"{document}/pages/90.jpg?side=400" in later and "pages 87 to 90 of 90" in later
    assert "pages 90 to 90 of 90" in browser.get(f"{document}?from=4000").text
    page = browser.get(reading).text
    assert "pages 1 to 40 of 90" in page and f'href="{reading}?from=41"' in page
    assert "pages 41 to 80 of 90" in browser.get(f"{reading}?from=41").text
    for wrong in ("0", "-1", "x", "١", "99999999999999"):
        assert browser.get(f"{document}?from={wrong}").status_code == 422


def test_who_may_not_see_the_document_gets_no_page(case: Case) -> None:
    reading, document = letter(case, paper(), tier="sealed")
    assert client(case, "sealed").get(f"{document}/pages/1.jpg").status_code == 200
    below = client(case)
    for address in (f"{document}/pages/1.jpg", f"{document}/pages/7.jpg", document, reading):
        hidden = below.get(address)
        nothing = below.get(re.sub(r"(doc|reply)-\w+", r"\1-nothere", address))
        assert hidden.status_code == nothing.status_code == 404
        assert re.sub(r"(doc|reply)-\w+", "X", hidden.text) == re.sub(r"(doc|reply)-\w+", "X", nothing.text)


def test_a_reply_that_may_not_be_published_keeps_its_pages_from_the_public(case: Case) -> None:
    for data, limits, public in ((paper(), (), 200), (pages(2), ("not_published",), 404)):
        _, document = letter(case, data, limits, tier="public")
        for clearance, status in (("restricted", 200), ("public", public)):
            browser = client(case, clearance)
            assert browser.get(f"{document}/pages/1.jpg").status_code == status, limits
            assert ("/pages/1.jpg" in browser.get(document).text) == (status == 200)


def test_another_document_with_the_same_file_opens_nothing(case: Case) -> None:
    _, seen = letter(case, paper(), tier="public")
    _, hidden = letter(case, paper(), tier="sealed")
    _, kept_back = letter(case, paper(), ("not_published",), tier="public")
    browser = client(case, "public")
    assert browser.get(f"{seen}/pages/1.jpg").status_code == 200
    for document in (hidden, kept_back):
        assert browser.get(f"{document}/pages/1.jpg").status_code == 404


@pytest.mark.parametrize(("data", "why"), [
    (b"%PDF-1.7 x", "answer.pdf is damaged, or no PDF"),
    (b"<script>alert(1)</script>", "answer.pdf is no PDF"),
    (paper(trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'a1' * 32}> /U <{'b2' * 32}> "
           f">> /ID [<{'00' * 16}> <{'00' * 16}>]"), "answer.pdf is protected by a password"),
])
def test_what_cannot_be_shown_is_said(case: Case, data: bytes, why: str) -> None:
    reading, document = letter(case, data)
    browser = client(case)
    for address in (reading, document):
        answer = browser.get(address)
        assert answer.status_code == 200 and why in answer.text and "/pages/" not in answer.text
    assert "the file, as it came" in browser.get(reading).text
    answer = browser.get(f"{document}/pages/1.jpg")
    assert answer.status_code == 422 and why[1:] in answer.text and "shown.." not in answer.text


def test_a_missing_file_is_said(case: Case) -> None:
    reading, document = letter(case, paper())
    for one in (case.folder / "originals").rglob("*"):
        if one.is_file():
            one.chmod(0o600)
            one.unlink()
    browser = client(case)
    assert "is not in the vault" in browser.get(reading).text
    assert browser.get(document).status_code == 200
    assert browser.get(f"{document}/pages/1.jpg").status_code == 404


def test_no_page_that_is_none(case: Case) -> None:
    _, document = letter(case, pages(3))
    browser = client(case)
    for number in ("0", "4", "x", "-1", "1.5", "٣", "9" * 400, "%2e%2e"):
        assert browser.get(f"{document}/pages/{number}.jpg").status_code == 404, number
    assert browser.get(f"{document}/pages/1.jpg?side=9000").status_code == 422
    assert browser.get("/documents/item-aaaa/pages/1.jpg").status_code == 404
    assert browser.get("/items/item-aaaa/pages/1.jpg").status_code == 404


def test_photographs_of_a_letter_stay_a_click_away(case: Case) -> None:
    reading, document = letter(case, pages(2))
    with case.change(actor="t", reason="r") as change:
        kept = change.file(b"\x89PNG\r\n\x1a\n not much of a picture")
        photo = make("photograph", items=[document.rpartition("/")[2]], digest=kept.digest, width=100,
                     height=80, generation="copy")
        change.put(photo)
    browser = client(case)
    page = browser.get(reading).text
    assert f"{document}/pages/1.jpg" in page and f"?page={photo.id}" in page
    page = browser.get(f"{reading}?page={photo.id}").text
    assert f"/thumbs/{kept.digest}?side=8000" in page and "/pages/1.jpg" not in page


def test_a_claim_that_is_refused_keeps_the_letter_beside_it(case: Case) -> None:
    reading, document = letter(case, pages(2))
    browser = client(case)
    token = re.search(r'name="token" value="(\w+)"', browser.get(reading).text)
    assert token
    answer = browser.post(reading, data={"token": token[1], "what": "transfer", "when": "2011-02-31"})
    assert answer.status_code == 422 and f"{document}/pages/2.jpg" in answer.text
