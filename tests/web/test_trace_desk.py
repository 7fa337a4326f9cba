"""The desk's pages: the board, the figures, the calendar; a reply that comes is kept, read, told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import index_case
from headstamp.actions.settings import Settings
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE


def make(kind: str, **values: Any) -> Record:
    return kind_named(kind).cls.build(values)


def sample() -> list[Record]:
    return [
        make("party", id="party-make", name="Northern Works", country="FR"),
        make("party", id="party-frgt", name="River Freight", country="DE"),
        make("item", id="item-aaaa", tag="A-1"),
        make("item", id="item-bbbb", tag="A-2"),
        make("marking", id="mark-aaaa", item="item-aaaa", text="TA 412207", marking_kind="serial"),
        make("trace_request", id="trace-late", title="Rifles TA", addressee="party-make",
             addressee_role="maker", items=["item-aaaa", "item-bbbb"], status="sent",
             sent_on="2026-01-05", our_reference="T-1", checked_by="N. Officer"),
        make("trace_request", id="trace-drft", title="Waybill 88", addressee="party-frgt",
             addressee_role="carrier"),
    ]


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        with made.change(actor="tester", reason="sample") as change:
            change.put_many(sample())
        index_case(made)
        yield made


@pytest.fixture
def client(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "officer"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def _token(page: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_the_board_shows_each_request_where_it_stands(client: TestClient) -> None:
    page = client.get("/desk").text
    assert page.index("Draft") < page.index("Waybill 88") < page.index("Rifles TA")
    assert "Next:" in page and "send a reminder" in page and "overdue" in page
    told = client.get("/api/desk").json()
    assert {one["state"]: len(one["cards"]) for one in told["columns"] if one["cards"]} == {
        "draft": 1, "sent": 1}
    assert (told["to_do"], told["late"]) == (1, 1)


@pytest.mark.parametrize(("query", "ids"), [
    ("country=FR", ["trace-late"]), ("role=carrier", ["trace-drft"]),
    ("officer=N.%20Officer", ["trace-late"]), ("addressee=party-frgt&country=FR", []),
])
def test_the_board_is_narrowed(client: TestClient, query: str, ids: list[str]) -> None:
    told = client.get(f"/api/desk?{query}").json()
    assert [card["id"] for one in told["columns"] for card in one["cards"]] == ids
    calendar = client.get(f"/desk.ics?{query}").text
    assert ("T-1" in calendar) == ("trace-late" in ids)


def test_the_calendar_is_one(client: TestClient) -> None:
    answer = client.get("/desk.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n") and "Rifles TA" not in answer.text


def test_the_figures_say_when_they_are_few(client: TestClient) -> None:
    page = client.get("/desk/statistics").text
    assert "0% (0% to 79%)" in page and ">few" in page and "Northern Works" in page
    told = client.get("/api/desk/statistics").json()["statistics"]
    assert told["all"]["sent"] == 1 and told["all"]["rate"]["high"] == 0.7935


def test_a_reply_is_put_on_file_and_read_beside_its_letter(client: TestClient, case: Case) -> None:
    page = client.get("/trace-requests/trace-late/reply").text
    assert "A-1" in page and "not to be published" in page
    form = {"token": _token(page), "reply_code": "confirmed_full", "received_on": "2026-02-01",
            "items": ["item-aaaa"], "more_items": "Z-9", "text": "Sold in 2011.",
            "serials": "TA 412000-412300; TA 900000-900100", "use_limits": ["not_in_court"],
            "restrictions": "For the panel."}
    answer = client.post("/trace-requests/trace-late/reply", data=form,
                         files={"file": ("letter.pdf", b"%PDF-1.7 x", "application/pdf")})
    assert answer.status_code == 303
    where = answer.headers["location"]
    page = client.get(where).text
    for word in ("the file, as it came", "TA 412000 to TA 412300", "Fits nothing that was asked about",
                 "TA 900000 to TA 900100", "Z-9", "not as evidence in proceedings", "For the panel."):
        assert word in page, word
    look = client.post(where, data={"token": _token(page), "do": "look", "serials": "TA 110-50",
                                    "goods": "kept as typed"})
    assert look.status_code == 200
    assert "TA 110 to TA 150" in look.text and "kept as typed" in look.text
    claim = {"token": _token(page), "do": "record", "what": "transfer", "kind": "sold",
             "from_party": "Northern Works", "to_party": "Far Trading", "when": "2011-05",
             "items": ["item-aaaa"], "serials": "TA 412000-412300", "quantity": "301",
             "unit": "piece", "lawful_status": "authorised", "grade": "B2"}
    bad = client.post(where, data={**claim, "when": "2011-02-31", "quantity": "-3"})
    assert bad.status_code == 422
    assert "happened_on" in bad.text and "quantity" in bad.text and "Far Trading" in bad.text
    assert client.post(where, data=claim).status_code == 303
    page = client.get(where).text
    assert "Transfers read in it" in page and "Far Trading" in page
    reader = case.read("restricted")
    (transfer,) = reader.list("transfer").rows
    assert transfer.get("reply") and transfer.get("documents") and transfer.get("quantity")
    # The request's page says what is next, and takes up what the replies say.
    page = client.get("/trace-requests/trace-late").text
    assert "Set to “answered in part”" in page and "Transfers read in the replies" in page
    done = client.post("/trace-requests/trace-late/take-up", data={"token": _token(page)})
    assert done.status_code == 303
    assert reader.get("trace-late").get("status") == "answered_in_part"


def test_custody_is_claimed_too(client: TestClient, case: Case) -> None:
    page = client.get("/trace-requests/trace-late/reply").text
    where = client.post("/trace-requests/trace-late/reply", data={
        "token": _token(page), "reply_code": "confirmed_partial"}).headers["location"]
    page = client.get(where).text
    assert "No letter is on file" in page
    answer = client.post(where, data={"token": _token(page), "what": "custody", "kind": "issued",
                                      "to_party": "party-frgt", "items": ["item-aaaa", "item-bbbb"]})
    assert answer.status_code == 303
    assert case.read("restricted").count("custody")[0] == 2


def test_two_replies_that_contradict_both_stay_and_it_is_shown(client: TestClient) -> None:
    page = client.get("/trace-requests/trace-late/reply").text
    for code in ("confirmed_full", "no_record"):
        where = client.post("/trace-requests/trace-late/reply", data={
            "token": _token(page), "reply_code": code}).headers["location"]
    for address in ("/trace-requests/trace-late", where):
        shown = client.get(address).text
        assert "Contradiction:" in shown and "Both stay." in shown
    told = client.get("/api/trace-requests/trace-late").json()
    assert len(told["conflicts"]) == 1 and len(told["replies"]) == 2


def test_what_is_refused_loses_nothing_typed(client: TestClient) -> None:
    page = client.get("/trace-requests/trace-late/reply").text
    answer = client.post("/trace-requests/trace-late/reply", data={
        "token": _token(page), "reply_code": "", "text": "Every word of it", "items": ["item-bbbb"]})
    assert answer.status_code == 422
    assert "Every word of it" in answer.text
    assert re.search(r'value="item-bbbb" checked', answer.text)
    stale = client.post("/trace-requests/trace-late/reply", data={"text": "Every word of it"})
    assert stale.status_code == 403 and "Every word of it" in stale.text
    assert client.get("/trace-replies/item-aaaa/read").status_code == 404
    assert client.get("/trace-requests/reply-none/reply").status_code == 404


def test_a_scan_is_shown_beside(client: TestClient, case: Case) -> None:
    with case.change(actor="t", reason="r") as change:
        kept = change.file(b"\x89PNG not much of a picture")
        change.put_many([
            make("document", id="doc-scan", title="Scan", digest=kept.digest, mime="image/png",
                 text="We sold it."),
            make("trace_reply", id="reply-scan", request="trace-late", reply_code="confirmed_full",
                 document="doc-scan"),
            make("photograph", id="photo-page", items=["doc-scan"], digest=kept.digest, width=100,
                 height=80, generation="copy"),
        ])
    page = client.get("/trace-replies/reply-scan/read").text
    assert f"/thumbs/{kept.digest}?side=8000" in page and "We sold it." in page


def _sent_form(client: TestClient, page: str, where: str, **values: str) -> Any:
    token = _token(client.get(page).text)
    return client.post(where, data={"token": token, **values})


def test_a_request_is_drafted_from_its_item_filled_from_the_case(client: TestClient, case: Case) -> None:
    done = _sent_form(client, "/items/item-aaaa",
                      "/trace-requests/draft?items=item-aaaa&addressee=party-make&question=When?")
    assert done.status_code == 303
    made = case.read("restricted").get(done.headers["location"].rpartition("/")[2])
    assert (made.get("status"), made.get("addressee"), made.get("question")) == (
        "draft", "party-make", "When?")
    assert made.get("our_reference") and made.get("tier") == "restricted"


def test_a_request_goes_from_draft_to_closed_on_its_page(client: TestClient, case: Case) -> None:
    done = _sent_form(client, "/items/item-aaaa",
                      "/trace-requests/draft?items=item-aaaa&addressee=party-make")
    path = done.headers["location"]
    id_ = path.rpartition("/")[2]
    page = client.get(path).text
    assert "Look:" in page and 'value="checked"' in page and 'value="sent"' not in page
    notes = {"words": "Looked at; sent by hand."}
    refused = _sent_form(client, path, f"{path}/go", to="sent")
    assert refused.status_code == 422 and "cannot become sent yet" in refused.text
    # A tag alone is no item that can be traced: what is in the way is named, and mended.
    assert "In the way:" in page
    with case.change(actor="tester", reason="mend") as change:
        change.put(make("trace_request", **{
            **case.read("sealed").get(id_).values, "id": id_, "channel": "letter",
            "why_illicit": "Found without papers.", "how_found": "In a store."}))
    assert "In the way:" not in client.get(path).text
    for to, words in (("checked", notes), ("sent", {}), ("acknowledged", {}), ("remind", {})):
        done = _sent_form(client, path, f"{path}/go", to=to, **words)
        assert done.status_code == 303, (to, done.text)
    shown = case.read("restricted").get(id_)
    assert shown.get("status") == "acknowledged" and shown.get("document") and shown.get("reminded_on")
    done = _sent_form(client, path, f"{path}/go", to="closed", words="Nothing more to ask.")
    assert case.read("restricted").get(id_).get("status") == "closed"


def test_the_letter_is_taken_as_a_file(client: TestClient) -> None:
    for form, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("csv", b"\xef\xbb\xbfrequest,")):
        answer = client.get(f"/trace-requests/trace-late/letter.{form}")
        assert answer.status_code == 200 and answer.content.startswith(start)
        assert "attachment" in answer.headers["content-disposition"]
    assert client.get("/trace-requests/item-aaaa/letter.pdf").status_code == 404


def test_moves_from_elsewhere_are_refused(client: TestClient, case: Case) -> None:
    client.get("/desk")
    for path in ("/trace-requests/draft?items=item-aaaa", "/trace-requests/trace-late/go"):
        assert client.post(path, data={"to": "closed", "words": "x", "token": "0"}).status_code == 403
    wrong = _sent_form(client, "/trace-requests/trace-late", "/trace-requests/trace-late/go", to="lost")
    assert wrong.status_code == 422
    day = _sent_form(client, "/trace-requests/trace-late", "/trace-requests/trace-late/go",
                     to="acknowledged", on="2026-02-31")
    assert "the day is not understood" in day.text.lower()
    assert case.read("restricted").get("trace-late").get("status") == "sent"
