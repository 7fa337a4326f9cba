"""A photograph read by machine: proposals on its page, recorded only when a person accepts one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.intake.machine.proposal import Absent, MachineReading, Proposal, Unread
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.intake.machine.drawing import code
from tests.web.conftest import BASE
from tests.web.marked import make
from tests.web.test_browser import AXE, Watched, chromium, served  # noqa: F401

PAGE = "/photographs/photo-aaaa"
IMEI = "IMEI 35-417803-685978-9"
HOSTILE = '<script>alert("6")</script>\u202e6K40'
DRAWN = MachineReading(
    width=900, height=600, looked_for=("barcode", "ocr"), readers=("zxing-cpp 3", "RapidOCR 3"),
    proposals=(
        Proposal(text=IMEI, score=0.99, method="barcode", reader="zxing-cpp 3",
                 region=(20, 30, 200, 200), form="QR Code", basis="its own check fits"),
        Proposal(text=HOSTILE, score=0.49, method="ocr", reader="RapidOCR 3",
                 region=(400, 300, 200, 60), form="Latn", doubts=("it may be Cyrillic",),
                 others=("6Ж40",)),
        Proposal(text="6Ж40", score=0.23, method="ocr", reader="tesseract 5 rus",
                 region=(400, 300, 200, 60), form="Cyrl", doubts=("it may be Latin",),
                 others=(HOSTILE,)),
    ),
    unread=(Unread(region=(700, 400, 90, 90), what="a code (Data Matrix) is here, but damaged"),),
    absent=(Absent(part="RapidOCR", reads="Latin", add='pip install "headstamp[ocr]"'),),
    notes=("only the first 60 lines of text were read",),
)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    page = Image.new("RGB", (900, 600), "white")
    page.paste(code("QRCode", IMEI, 5), (20, 30))
    out = io.BytesIO()
    page.save(out, "PNG")
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="Ana", reason="an invented box") as change:
            kept = change.file(out.getvalue())
            change.put_many([
                make("item", id="item-aaaa", tag="A-1", family="component"),
                make("photograph", id="photo-aaaa", items=["item-aaaa"], digest=kept.digest,
                     size=kept.size, mime="image/png", width=900, height=600),
                make("photograph", id="photo-bbbb", link="https://example.org/p.jpg"),
            ])
        yield made


@pytest.fixture
def browser(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "Ana"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machines say what stands above, whatever the picture."""
    monkeypatch.setattr("headstamp.actions.markings.read_photograph.read_picture",
                        lambda *_, **__: DRAWN)


def send(browser: TestClient, act: str, **typed: str):
    token = re.search(r'name="token" value="([^"]+)"', browser.get(PAGE).text)
    assert token
    return browser.post(f"{PAGE}/{act}", data={"token": token[1], **typed})


def test_nothing_is_read_before_somebody_asks(browser: TestClient, case: Case) -> None:
    text = browser.get(PAGE).text
    assert "Look for codes and text" in text and "Proposals, not facts" not in text
    assert not (case.folder / "derived" / "machine").exists()
    assert "Read by machine" not in browser.get("/photographs/photo-bbbb").text


def test_reading_shows_proposals_and_records_nothing(browser: TestClient, case: Case) -> None:
    before = case.checkpoint().size
    answer = send(browser, "machine", part="0, 0, 500, 500")
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.startswith(f"{PAGE}?part=") and where.endswith("#machine")
    text = browser.get(where).text
    assert IMEI in text and "685978" in text and "zxing-cpp" in text
    assert case.checkpoint().size == before
    assert browser.get(f"/api{PAGE}?part=0, 0, 500, 500").json()["machine"]["asked"] is True


def test_every_proposal_has_score_reader_place_and_doubts(browser: TestClient, drawn: None) -> None:
    assert send(browser, "machine").status_code == 303
    text = browser.get(PAGE).text
    for words in ("score 0.99", "score 0.49", "tesseract 5 rus", "400, 300, 200, 60",
                  "It may be Cyrillic.", "Data Matrix", "headstamp[ocr]", "60 lines"):
        assert words in text, words
    assert "<script>alert" not in text
    told = browser.get(f"/api{PAGE}").json()["machine"]
    assert [one["score"] for one in told["proposals"]] == [0.99, 0.49, 0.23]
    assert told["proposals"][0]["means"][0]["scheme"] == "imei"


def test_accepting_records_marking_and_reading(
    browser: TestClient, case: Case, drawn: None
) -> None:
    send(browser, "machine")
    answer = send(browser, "accept", text="6Ж40", region="400, 300, 200, 60", of="item-aaaa",
                  seen="6Ж4?")
    assert answer.status_code == 303
    marking = case.read("restricted").get(answer.headers["location"].rpartition("/")[2])
    assert (marking.get("text"), marking.get("region")) == ("6Ж4?", "400, 300, 200, 60")
    [reading] = case.read("restricted").referring(marking.id, kind="reading")
    assert (reading.get("text"), reading.get("method")) == ("6Ж40", "ocr")
    text = browser.get(PAGE).text
    assert f'/markings/{marking.id}">accepted' in text
    # A further proposal may now be a reading of that marking.
    assert send(browser, "accept", text=IMEI, region="20, 30, 200, 200",
                of=marking.id).headers["location"] == f"/markings/{marking.id}"


@pytest.mark.parametrize(("typed", "status"), [
    ({"text": "never said", "region": "20, 30, 200, 200", "of": "item-aaaa"}, 404),
    ({"text": IMEI, "region": "1, 1, 20, 20", "of": "item-aaaa"}, 404),
    ({"text": IMEI, "region": "20, 30, 200, 200"}, 422),
    ({"text": IMEI, "region": "20, 30, 200, 200", "of": "item-none"}, 422),
    ({"text": IMEI, "region": "left", "of": "item-aaaa"}, 422),
])
def test_only_what_a_machine_said_can_be_accepted(
    browser: TestClient, case: Case, drawn: None, typed: dict[str, str], status: int
) -> None:
    send(browser, "machine")
    before = case.checkpoint().size
    assert send(browser, "accept", **typed).status_code == status
    assert case.checkpoint().size == before


def test_acts_need_the_form_of_our_own_page(browser: TestClient, drawn: None) -> None:
    for act in ("machine", "accept"):
        assert browser.post(f"{PAGE}/{act}", data={"token": "guessed"}).status_code == 403
    assert send(browser, "accept", text=IMEI, of="item-aaaa").status_code == 409  # not read yet


@pytest.mark.browser
def test_the_proposals_have_no_barrier_and_are_accepted_by_keyboard(
    case: Case, drawn: None, chromium  # noqa: F811
) -> None:
    with served(case) as base, Watched(chromium, base) as watched:
        page = watched.go(PAGE)
        page.get_by_role("button", name="Look for codes and text").press("Enter")
        page.wait_for_selector(".proposal")
        if AXE.exists():
            page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
            found = page.evaluate("async () => (await axe.run()).violations.map((v) => v.id)")
            assert found == []
        page.get_by_role("radio", name="6Ж40").press("Space")
        page.get_by_role("button", name="Accept, at place 2").press("Enter")
        page.wait_for_url("**/markings/*")
        assert page.locator("h1").inner_text().startswith("6Ж40")
        assert watched.wrong == []
