"""The limits of a trace reply on every page, answer, table and report: told, and kept.

Everything that rests on the reply of the sample says CANARY. Whoever may see it sees the
limits beside it; where it must not be, there is no canary.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from headstamp.actions.cases import index_case
from headstamp.actions.correct import correct
from headstamp.actions.report import read_report
from headstamp.actions.settings import Settings
from headstamp.errors import Refused
from headstamp.publish.page import render
from headstamp.publish.sources import UNNAMED_SOURCE
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.store.test_limits import RESTING, WORDS, make, records
from tests.web.conftest import BASE
from tests.web.test_secrecy import _crawl

CANARY = "CANARY"
TOLD = "not to be published"


def _fill(case: Case, some: list[Record]) -> None:
    with case.change(actor="tester", reason="sample") as change:
        change.put_many(some)
    index_case(case)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("limits") / "case") as made:
        _fill(made, records())
        yield made


def _client(case: Case, clearance: str) -> TestClient:
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def test_where_the_canary_is_its_limits_are(case: Case) -> None:
    client = _client(case, "restricted")
    heard = [(address, text) for address, text in _crawl(client, most=250) if CANARY in text]
    assert len(heard) > 30
    silent = [address for address, text in heard
              if TOLD not in text and '"not_published"' not in text]
    # A list by a search that found nothing repeats only what was asked.
    assert [one for one in silent if "q=" not in one] == []


def test_the_public_hears_no_canary(case: Case) -> None:
    heard = [address for address, text in _crawl(_client(case, "public"), columns=True, most=700)
             if CANARY in text.replace("q=" + CANARY, "")]
    assert heard == []


def test_the_public_finds_no_canary(case: Case) -> None:
    client, all_ = _client(case, "public"), _client(case, "restricted")
    for asked in ("CANARY 412207", "CANAR?", "412208", "canary"):
        assert client.get("/api/search", params={"q": asked}).json()["hits"] == []
        found = all_.get("/api/search", params={"q": asked}).json()
        assert found["hits"]
        assert {hit["id"] for hit in found["hits"]} <= set(found["use_limits"])


def test_limits_stand_beside_each_link_and_at_the_head(case: Case) -> None:
    client = _client(case, "restricted")
    page = client.get("/transfers").text
    assert page.count('<span class="limit">not to be published</span>') == 3
    assert page.count(f'<span class="limit">{WORDS}</span>') == 3
    assert 'aria-label="Limits on the use of what stands here"' in page
    assert "limited" not in client.get("/sites").text
    beside = client.get("/transfers/tran-else").text
    assert '<span class="limit">' not in beside.split('id="facts"')[0]


def test_the_words_are_for_those_who_may_read_them(case: Case) -> None:
    page = _client(case, "partner").get("/findings").text
    assert TOLD in page and WORDS not in page
    assert WORDS in _client(case, "restricted").get("/findings").text


def test_json_says_them_by_record_and_fits_its_document(case: Case) -> None:
    client = _client(case, "restricted")
    document = client.get("/api/openapi.json").json()
    answer = client.get("/api/transfers").json()
    assert set(answer["use_limits"]) & {"tran-said", "tran-told", "tran-papr", "tran-else"} == {
        "tran-said", "tran-told", "tran-papr"}
    assert answer["use_limits"]["tran-told"] == [{
        "reply": "reply-aaaa", "codes": ["no_onward", "not_published"], "words": WORDS,
        "confidentiality": "", "more_words": False}]
    schema = document["paths"]["/api/transfers"]["get"]["responses"]["200"]
    whole = {**schema["content"]["application/json"]["schema"],
             "components": document["components"]}
    assert list(Draft202012Validator(whole).iter_errors(answer)) == []
    assert "use_limits" not in client.get("/api/missions").json()


def test_a_table_has_them_in_its_last_column(case: Case) -> None:
    text = _client(case, "restricted").get("/findings.csv").text.lstrip("\ufeff")
    rows = {row["id"]: row["limits_of_trace_replies"] for row in csv.DictReader(io.StringIO(text))}
    assert rows == {
        "find-rest": f"not to be passed on without consent; not to be published; {WORDS}",
        "find-else": "",
    }


@pytest.mark.parametrize("clearance", ["public", "partner", "restricted", "sealed"])
def test_no_report_holds_what_must_not_be_published(case: Case, clearance: str) -> None:
    report = read_report(case, clearance)
    page = render(report)
    assert CANARY not in page
    assert "It came otherwise." in page
    assert report.findings.cut.shown + report.findings.cut.withheld == report.findings.cut.total
    cut = report.chains.transfers_cut
    assert (cut.shown, cut.total) == (1, report.total("transfers"))
    assert cut.withheld == cut.total - 1
    assert report.sources.withheld == 2
    assert "forbids to publish" in page
    if clearance in ("restricted", "sealed"):
        assert "1 reply came that must not be published" in page


def _other(limit: str) -> list[Record]:
    return records("partner", use_limits=[limit], restrictions="For the panel.")


@pytest.mark.parametrize("limit", ["source_not_named", "not_in_court", "stated_use_only"])
def test_other_limits_stand_beside_the_value(
    tmp_path_factory: pytest.TempPathFactory, limit: str
) -> None:
    with Case.create(tmp_path_factory.mktemp("other") / "case") as case:
        _fill(case, _other(limit))
        page = render(read_report(case, "restricted"))
        assert "CANARY three" in page and "For the panel." in page
        named = limit != "source_not_named"
        assert ("The letter CANARY" in page) == named
        assert ("Letter 1" in page) == named
        assert page.count(UNNAMED_SOURCE) == (0 if named else 3)
        assert "For the panel." not in render(read_report(case, "partner"))


def test_what_is_not_to_be_passed_on_is_left_out_for_partners_alone(
    tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Case.create(tmp_path_factory.mktemp("consent") / "case") as case:
        _fill(case, _other("no_onward"))
        assert CANARY not in render(read_report(case, "partner"))
        assert CANARY in render(read_report(case, "restricted"))


def test_an_edit_form_that_is_refused_still_tells_them(case: Case) -> None:
    assert TOLD in _client(case, "restricted").get("/transfers/tran-told/edit").text


def test_every_kind_that_can_rest_on_a_reply_is_in_the_sample() -> None:
    kinds = {kind_named(one.partition("-")[0]).name for one in RESTING}
    assert {"transfer", "custody", "finding", "right_of_reply", "note", "document", "photograph",
            "item", "marking", "reading", "trace_reply"} == kinds
    assert make("note", about="item-aaaa", text="x").NAME == "note"


def test_who_is_not_shown_what_a_record_says_cannot_write_over_it(case: Case) -> None:
    before = case.read("sealed").get("find-rest")
    with pytest.raises(Refused):
        correct(case, "find-rest", {"sentence": "Something else."}, expected=before.version,
                clearance="public", actor="somebody", reason="a try")
    assert case.read("sealed").get("find-rest").values == before.values
