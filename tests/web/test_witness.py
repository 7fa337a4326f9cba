"""The pages tell who outside has a checkpoint, to those who may know, and note who was given one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.stamping import stamp
from headstamp.actions.evidence.witnesses import note_witness, seen_witnesses
from headstamp.actions.settings import Settings
from headstamp.exchange.authority import Authority
from headstamp.exchange.time_stamp import certificates_of
from headstamp.publish.witness import Witness as Paper
from headstamp.records import Witness
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.exchange.tsa import Tsa
from tests.web.conftest import BASE
from tests.web.small import small_case


@pytest.fixture()
def case(tmp_path: Path) -> Iterator[Case]:
    with small_case(tmp_path / "case", items=6) as case:
        yield case


def browser_of(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "Ana", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&#43;", "+")


def test_nobody_has_one_and_then_somebody(case: Case) -> None:
    browser = browser_of(case)
    page = browser.get("/verify").text
    assert "Nobody outside is known to have one" in page
    drawn = page[page.index("headstamp-qr") :]
    assert "The checkpoint as a QR code" in drawn and "code" not in browser.get("/api/verify").json()
    assert browser.get("/api/overview").json()["log"]["witness"] is None
    assert "by nobody that is noted" in browser.get("/").text
    size = case.checkpoint().size
    given = {"token": field(page, "token"), "holder": "Registry <b>of</b> the court", "kind": "person",
             # As a browser sends the lines of a form.
             "checkpoint": field(page, "checkpoint").replace("\n", "\r\n")}
    answer = browser.post("/verify/witness", data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify#witnesses")
    page = browser.get("/verify").text
    assert "Registry &lt;b&gt;of&lt;/b&gt; the court" in page and "person or office" in page
    told = browser.get("/api/overview").json()["log"]["witness"]
    assert (told["holder"], told["size"]) == (given["holder"], size)
    assert f"/witnesses/{told['id']}" in browser.get("/").text
    assert [one["id"] for one in browser.get("/api/verify").json()["witnesses"]] == [told["id"]]
    assert browser.get(f"/witnesses/{told['id']}").status_code == 200
    assert check_case(case) == []


def test_what_was_scanned_off_a_receipt_is_taken_as_the_checkpoint_it_ends_with(case: Case) -> None:
    proof = case.proof(0)
    code = Paper("item-x0000000", 1, proof.index, proof.leaf, proof.path, proof.checkpoint).text()
    browser = browser_of(case)
    token = field(browser.get("/verify").text, "token")
    scanned = code.rstrip().replace("\n", "\r\n")
    false = browser.post("/verify", data={"token": token, "against": scanned.replace(case.origin, "other.example/log")})
    assert 400 <= false.status_code < 500
    assert browser.post("/verify", data={"token": token, "against": scanned}).status_code == 303


@pytest.mark.parametrize("wrong", [{"holder": " "}, {"checkpoint": "hello"}, {"checkpoint": ""}])
def test_what_cannot_be_noted(case: Case, wrong: dict[str, str]) -> None:
    browser = browser_of(case)
    page = browser.get("/verify").text
    given = {"token": field(page, "token"), "holder": "A", "kind": "paper",
             "checkpoint": field(page, "checkpoint")}
    size = case.checkpoint().size
    assert browser.post("/verify/witness", data=given | wrong).status_code == 422
    assert browser.post("/verify/witness", data=given | {"token": "x"}).status_code == 403
    assert case.checkpoint().size == size


def test_a_stamp_that_was_not_checked_does_not_look_good(case: Case, tmp_path: Path) -> None:
    tsa = Tsa.make(tmp_path / "tsa")
    here = Authority("Ministry", "http://m.example/")
    stamp(case, [here], actor="Ana", ask=lambda url, request: tsa.answer(request))
    browser = browser_of(case)
    for address in ("/", "/verify"):
        assert "not checked by this program: use openssl" in browser.get(address).text
    (row,) = case.read("sealed").list("witness").rows
    assert browser.get("/api/verify").json()["witnesses"][0]["standing"] == "not_checked"
    known = certificates_of(tsa.ca.read_bytes())
    for values, told in (({"certificates": known}, "good"), ({"stamp": "AAAA"}, "bad")):
        with case.change(actor="Ana", reason="put right") as change:
            change.put(Witness.build({**row.values, "certificates": known, **values, "id": row.id}))
        assert browser.get("/api/verify").json()["witnesses"][0]["standing"] == told
        assert ("use openssl" in browser.get("/").text) is False


def test_a_witness_above_the_clearance_is_not_told(case: Case) -> None:
    note_witness(case, "person", "Zanzibar-canary", actor="Ana", tier="sealed")
    browser = browser_of(case, "public")
    for address in ("/", "/verify", "/api/verify", "/api/overview", "/witnesses"):
        assert "Zanzibar" not in browser.get(address).text
    assert "Zanzibar" in browser_of(case, "sealed").get("/verify").text


def test_who_vouches_for_another_log_vouches_for_nothing_here(case: Case, tmp_path: Path) -> None:
    with small_case(tmp_path / "laptop", items=6) as laptop:
        note = laptop.checkpoint_note()
    with case.change(actor="Ana", reason="as a bundle brings it") as change:
        change.put(Witness.build(witness_kind="person", holder="Registry", checkpoint=note,
                                 size=int(note.split("\n")[1])))
    page = browser_of(case).get("/verify").text
    assert "Nobody outside is known to have one" in page
    assert [(one.holder, one.ours, one.log) for one in seen_witnesses(case)] == [
        ("Registry", False, note.split("\n")[0])]
