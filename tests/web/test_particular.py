"""Sites, parties, papers, trace requests, counts and findings: each page says what it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.web.app import create_app
from headstamp.web.contexts.party import checked
from tests.web.conftest import BASE
from tests.web.small import id_of, make, small_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    return small_case(Path(tmp_path_factory.mktemp("particular") / "case"))


@pytest.fixture(scope="module")
def pages(case) -> TestClient:
    return TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)


def page_of(pages: TestClient, kind: str, word: str, slug: str) -> tuple[str, dict]:
    address = f"/{slug}/{id_of(kind, word)}"
    page = pages.get(address)
    assert page.status_code == 200, page.text[:500]
    return page.text, pages.get(f"/api{address}").json()


def test_a_site_tells_its_uses_its_finds_and_its_flows(pages: TestClient) -> None:
    page, this = page_of(pages, "site", "street", "sites")
    assert this["items_total"] == 16 and len(this["items"]["rows"]) == 16
    assert sum(bar["count"] for bar in this["families"]) == 16
    assert [arm["label"] for arm in this["flows_out"]] == ["Old grain store"]
    assert this["flows_in"] == [] and "Nothing is recorded as having come here" in page
    assert "vehicle work" in page and "metal work" in page
    other, there = page_of(pages, "site", "store", "sites")
    assert [arm["label"] for arm in there["flows_in"]] == ["Mill Street workshops"]
    assert "40 crates" in other


def test_a_party_tells_which_of_its_identifiers_hold(pages: TestClient) -> None:
    page, this = page_of(pages, "party", "maker", "parties")
    assert {i["scheme"]: i["valid"] for i in this["identifiers"]} == {
        "lei": True, "imo": False, "trade register": None}
    assert "check digit fits" in page and "look again" in page
    assert this["made"]["count"] == 24 and this["sent"]["count"] == 1
    assert this["requests"]["count"] == 1 and this["owns"]["count"] == 1
    assert '<bdi lang="ar" class="name-as">نورهافن</bdi>' in page


@pytest.mark.parametrize(("scheme", "value", "valid"), [
    ("IMO", "IMO 9074729", True), ("imo", "9074728", False), ("vin", "no", False),
    ("nothing known", "1", None),
])
def test_identifiers_are_checked_by_the_scheme_of_their_name(scheme, value, valid) -> None:
    assert checked(scheme, value).valid is valid


def test_a_paper_stands_beside_its_translation_with_its_codes_isolated(pages: TestClient) -> None:
    page, this = page_of(pages, "document", "paper", "documents")
    assert "Translation" in page and '<bdi dir="ltr">07-85</bdi>' in page
    assert this["parties"]["count"] == 2 and this["items"]["count"] == 1
    assert this["findings"]["count"] == 1 and this["transfers"]["count"] == 1
    assert f'/originals/{this["record"]["digest"]}' in page


def test_a_source_tells_how_many_records_rest_on_it(pages: TestClient) -> None:
    _, this = page_of(pages, "document", "set", "documents")
    assert this["citing"] == [{"kind": "item", "count": 24}]


def test_a_trace_request_tells_what_came_back_and_how_long_it_took(pages: TestClient) -> None:
    page, answered = page_of(pages, "trace_request", "q2", "trace-requests")
    assert [r["days"] for r in answered["replies"]] == [32] and not answered["overdue"]
    assert "after 32 days" in page
    page, waiting = page_of(pages, "trace_request", "q1", "trace-requests")
    assert waiting["overdue"] and waiting["replies"] == [] and waiting["waiting"] > 3000
    assert "The day of answer is past" in page


def test_published_counts_are_never_called_items_and_sums_never_added_twice(
    pages: TestClient,
) -> None:
    page = pages.get("/tallies").text
    assert "Published counts, not items" in page
    this = pages.get("/api/tallies").json()
    assert [(s["where"], s["count"]) for s in this["by_year"]] == [("2015", 31), ("2016", 12)]
    assert [(s["where"], s["count"], s["records"]) for s in this["by_area"]] == [
        ("Precinct 5", 43, 2)]
    assert pages.get("/api/tallies?year=2015").json()["by_year"] == []


def test_findings_show_how_sure_they_are_and_what_else_it_could_be(pages: TestClient) -> None:
    page = pages.get("/findings").text
    assert "likely (55 to 80 %)" in page and "no reply of those named" in page
    assert "Another trader used the same labels." in page


def test_what_may_not_be_seen_is_on_none_of_them(tmp_path: Path) -> None:
    case = small_case(tmp_path / "case", items=6)
    with case.change(actor="a", reason="r") as change:
        change.put_many([
            make("site", "canary-site", name="CANARY", tier="sealed"),
            make("flow", "canary-flow", from_site=id_of("site", "canary-site"),
                 to_site=id_of("site", "street"), what="CANARY"),
            make("party", "canary-party", name="CANARY", tier="sealed",
                 owner=id_of("party", "maker")),
            make("transfer", "canary-tran", goods="CANARY", tier="sealed",
                 to_party=id_of("party", "maker"), documents=[id_of("document", "paper")]),
            make("trace_reply", "canary-reply", request=id_of("trace_request", "q2"),
                 reply_code="refused", text="CANARY", tier="sealed"),
            make("tally", "canary-tally", what="CANARY", count=99, period="2015", tier="sealed"),
            make("finding", "canary-find", sentence="CANARY", tier="sealed",
                 documents=[id_of("document", "paper")]),
        ])
    pages = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
    for address in (
        "/", "/missing", "/map", "/tallies", "/findings",
        f"/sites/{id_of('site', 'street')}", f"/parties/{id_of('party', 'maker')}",
        f"/documents/{id_of('document', 'paper')}",
        f"/trace-requests/{id_of('trace_request', 'q2')}",
    ):
        twin = "/api/map.geojson" if address == "/map" else f"/api{address}"
        twin = "/api/overview" if address == "/" else twin
        for where in (address, twin):
            answer = pages.get(where)
            assert answer.status_code == 200 and "CANARY" not in answer.text, where
