"""The pages of parties: spelling, ties, proposals; the act of judging; and what nobody is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.records import Party, Tie
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.test_working import token

QUEUE = "/parties/candidates"


def parties_case(folder: Path) -> Case:
    case = Case.create(folder)
    with case.change(actor="tester", reason="sample") as change:
        change.put_many([
            Party.build(id="party-aaaa", name="ООО «Ромашка»", party_kind="firm", country="RU",
                        address="Example Street 5", roles=["exporter"],
                        names=[{"text": "شركة روماشكا", "language": "ar", "sort": "trade"}]),
            Party.build(id="party-bbbb", name="Romashka LLC", party_kind="firm", country="AE",
                        names=[{"text": "<b>RLC</b>"}]),
            Party.build(id="party-cccc", name="Ana Private", party_kind="person"),
            Party.build(id="party-dddd", name="Orbit Mills", party_kind="firm", address="Example street 5"),
            Tie.build(id="tie-0001", party="party-cccc", tie_kind="owner", to_party="party-aaaa", share=60,
                      lasted="2014/..", grade="B2", basis="trade register"),
            Tie.build(id="tie-0002", party="party-dddd", tie_kind="agent", to_party="party-dddd"),
        ])
    return case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with parties_case(tmp_path / "case") as made:
        yield made


def browser(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "Ana", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def test_a_party_shows_names_ties_proposals_and_what_it_shares(case: Case) -> None:
    text = browser(case).get("/parties/party-aaaa").text
    assert "<bdi>OOO Romashka</bdi>" in text and "derived spelling" in text
    assert "written without vowels" in text
    assert "Ana Private" in text and "60.0 %" in text.replace("60 %", "60.0 %") and "B2" in text
    assert "one is in Russia, the other in United Arab Emirates" in text and "Romashka LLC" in text
    assert "a question, not a proof".lower() in text.lower() and "Orbit Mills" in text
    other = browser(case).get("/parties/party-bbbb").text
    assert "&lt;b&gt;RLC" in other and "<b>RLC" not in other
    itself = browser(case).get("/parties/party-dddd").text
    assert "itself: a mistake of the source" in itself


def test_the_json_twin_tells_the_same(case: Case) -> None:
    told = browser(case).get("/api/parties/party-aaaa").json()
    assert [one["latin"] for one in told["names_read"]] == ["OOO Romashka", "Shrkh Rwmashka"]
    assert told["ties"][0]["tie"]["kind"] == "owner" and told["candidates"][0]["other"] == "party-bbbb"
    queue = browser(case).get(f"/api{QUEUE}").json()
    assert (queue["total"], queue["rule"]) == (1, "party candidates")
    assert {one["what"] for one in queue["proposals"][0]["against"]} == {"different_country"}


def test_a_person_judges_and_undoes_it(case: Case) -> None:
    seen = browser(case)
    sent = {"token": token(seen, QUEUE), "party": "party-aaaa", "other": "party-bbbb",
            "judgement": "same", "why": "one register number", "back": "/parties/candidates?offset=0"}
    answer = seen.post("/parties/judge", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/parties/candidates?offset=0")
    assert seen.get(f"/api{QUEUE}").json()["total"] == 0
    assert "Judged to be the same party" in seen.get("/parties/party-bbbb").text
    assert "one register number" in seen.get("/parties/party-bbbb").text
    seen.post("/parties/judge", data={**sent, "judgement": "different", "why": "two firms"})
    assert "Judged to be the same" not in seen.get("/parties/party-bbbb").text
    assert seen.get(f"/api{QUEUE}?state=judged").json()["proposals"][0]["judged"] == "different"


@pytest.mark.parametrize("wrong", [
    {"token": "no"}, {"why": " "}, {"judgement": "perhaps"}, {"other": "party-aaaa"}, {"other": "party-zzzz"},
])
def test_what_cannot_be_judged_is_refused(case: Case, wrong: dict[str, str]) -> None:
    seen = browser(case)
    sent = {"token": token(seen, QUEUE), "party": "party-aaaa", "other": "party-bbbb",
            "judgement": "same", "why": "x", **wrong}
    assert seen.post("/parties/judge", data=sent).status_code in (403, 404, 422)
    assert not list(case.read("sealed").stream("tie", {"tie_kind": "same"}))


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "/parties/../erase/x", ""])
def test_nobody_is_sent_elsewhere(case: Case, back: str) -> None:
    seen = browser(case)
    answer = seen.post("/parties/judge", data={
        "token": token(seen, QUEUE), "party": "party-aaaa", "other": "party-bbbb", "judgement": "same",
        "why": "x", "back": back})
    assert answer.headers["location"] == "/parties/party-aaaa"


def test_contradicting_judgements_are_shown(case: Case) -> None:
    from headstamp.actions.linking.parties import judge

    for one, other, word in (("a", "b", "same"), ("b", "d", "same"), ("a", "d", "different")):
        judge(case, f"party-{one * 4}", f"party-{other * 4}", word, why="x", clearance="restricted", actor="t")
    for page in (QUEUE, "/parties/party-bbbb"):
        text = browser(case).get(page).text
        assert "Judgements contradict each other" in text and text.count("judgement ") >= 3


def test_a_private_person_is_shown_to_nobody_below(case: Case) -> None:
    low = browser(case, "partner")
    for page in ("/parties", "/parties/party-aaaa", "/ties", QUEUE, "/api/parties", "/api/ties",
                 "/api/parties/party-aaaa", f"/api{QUEUE}", "/search?q=Private"):
        answer = low.get(page)
        assert answer.status_code == 200, page
        assert "Ana Private" not in answer.text and "party-cccc" not in answer.text, page
        assert "Example Street 5" not in answer.text, page
    assert low.get("/parties/party-cccc").status_code == 404
    assert low.get("/api/parties/party-cccc").status_code == 404
    assert low.get(f"{QUEUE}?party=party-cccc").status_code == 404


def test_the_form_takes_no_private_person_below_restricted(case: Case) -> None:
    seen = browser(case)
    sent = {"token": token(seen, "/parties/new"), "name": "B. Private", "party_kind": "person",
            "tier": "public", "reason": "told"}
    refused = seen.post("/parties/new", data=sent)
    assert refused.status_code == 422 and "a private person is never public" in refused.text
    assert seen.post("/parties/new", data={**sent, "tier": "restricted"}).status_code == 303
    assert not [one for one in case.read("partner").stream("party") if "Private" in one.label]
