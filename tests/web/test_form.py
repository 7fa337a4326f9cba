"""Recording and correcting by form: problems at their fields, nothing typed lost, nothing unseen dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.records import BY_NAME, TYPES
from headstamp.store.case import Case
from headstamp.store.policy import POLICY
from headstamp.web.app import create_app
from headstamp.web.contexts.form import typed, values_of
from headstamp.web.routes.form import _OURS
from tests.web.conftest import BASE
from tests.web.sample import a_case, everything, make


@pytest.fixture()
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path / "case", make("mission", id="mis-bbbb", title="Two", team="sealed names",
                                        partner_agreement="kept words")) as case:
        yield case


@pytest.fixture()
def browser(case: Case) -> TestClient:
    app = create_app(Settings(case.where, "Ana", "partner"), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


def _form(browser: TestClient, address: str) -> dict[str, list[str]]:
    """What a browser would send back of a form nobody touched."""
    text = browser.get(address).text
    body = text[text.index('<form method="post"'):]
    found: dict[str, list[str]] = {}
    for attributes in re.findall(r"<input ([^>]*)>", body):
        name = re.search(r'name="([^"]*)"', attributes)
        value = re.search(r'value="([^"]*)"', attributes)
        if name:
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', body, re.S):
        found.setdefault(name, []).append(inner)
    for name, inner in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        found[name] = re.findall(r'value="([^"]*)" selected', inner)
    return found


@pytest.mark.parametrize("record", [one for one in everything() if one.BY_HAND], ids=lambda record: record.id)
def test_a_form_sent_back_untouched_changes_nothing(browser: TestClient, case: Case, record) -> None:
    kind = BY_NAME[record.NAME]
    sent = {**_form(browser, f"/{kind.slug}/{record.id}/edit"), "reason": ["look"]}
    before = case.read("sealed").get(record.id)
    answer = browser.post(f"/{kind.slug}/{record.id}/edit", data=sent)
    assert answer.status_code == 303, re.findall(r'class="(?:wrong|refused)".*?</', answer.text, re.S)
    assert case.read("sealed").get(record.id) == before


def test_typed_values_come_back_as_they_were() -> None:
    for record in everything():
        kind = BY_NAME[record.NAME]
        values = record.model_dump(exclude_none=True, mode="json")
        again = kind.cls.build({**values_of(kind, typed(kind, values)), "id": record.id})
        assert again == record


def test_a_record_is_made_by_form(browser: TestClient, case: Case) -> None:
    sent = {**_form(browser, "/markings/new"), "item": ["item-aaaa"], "text": [" 07-85\r\n  A?"],
            "state": ["partial"]}
    answer = browser.post("/markings/new", data=sent)
    assert answer.status_code == 303
    made = case.read("partner").get(answer.headers["location"].rpartition("/")[2])
    assert made.get("text") == " 07-85\n  A?"
    event = case.read("partner").history(made.id)[0]
    assert (event.actor, event.reason) == ("Ana", "recorded by hand")
    assert browser.get("/api/search?q=07-85").json()["hits"]


def test_every_problem_stands_at_its_field_and_nothing_typed_is_lost(browser: TestClient) -> None:
    sent = {**_form(browser, "/items/new"), "tag": ["kept <b>"], "family": ["spaceship"],
            "made_on": ["13th of never"], "quantity.value": ["many"], "parent": ["site-aaaa"]}
    answer = browser.post("/items/new", data=sent)
    assert answer.status_code == 422
    for name in ("family", "made_on", "quantity-value", "parent"):
        assert f'id="f-{name}-wrong"' in answer.text, name
    for kept in ("kept &lt;b&gt;", "spaceship", "13th of never", "many", "site-aaaa"):
        assert kept in answer.text
    missing = browser.post("/notes/new", data=_form(browser, "/notes/new"))
    assert 'id="f-about-wrong"' in missing.text and 'id="f-text-wrong"' in missing.text


def test_whoever_is_slower_is_told_and_keeps_what_was_typed(browser: TestClient, case: Case) -> None:
    sent = {**_form(browser, "/items/item-aaaa/edit"), "make": ["Mine"], "reason": ["mine"]}
    with case.change(actor="other", reason="faster") as change:
        whole = case.read("sealed").get("item-aaaa")
        change.put(make("item", **{**whole.values, "id": "item-aaaa", "make": "Theirs"}))
    answer = browser.post("/items/item-aaaa/edit", data=sent)
    assert answer.status_code == 409
    assert "Mine" in answer.text and "version 2" in answer.text
    assert case.read("sealed").get("item-aaaa").get("make") == "Theirs"
    again = {**sent, "expected": ["2"]}
    assert browser.post("/items/item-aaaa/edit", data=again).status_code == 303
    assert case.read("sealed").get("item-aaaa").get("make") == "Mine"


def test_a_correction_needs_a_reason(browser: TestClient) -> None:
    answer = browser.post("/items/item-aaaa/edit", data={**_form(browser, "/items/item-aaaa/edit"),
                                                         "make": ["Other"]})
    assert answer.status_code == 422
    assert "say why" in answer.text


def test_what_is_above_the_clearance_is_kept(browser: TestClient, case: Case) -> None:
    page = browser.get("/missions/mis-bbbb/edit").text
    assert "sealed names" not in page and "kept words" not in page
    sent = {**_form(browser, "/missions/mis-bbbb/edit"), "title": ["Three"], "reason": ["name"],
            "team": ["overwritten"]}
    assert browser.post("/missions/mis-bbbb/edit", data=sent).status_code == 303
    whole = case.read("sealed").get("mis-bbbb")
    assert whole.get("title") == "Three"
    assert whole.get("team") == "sealed names"
    assert whole.get("partner_agreement") == "kept words"


def test_references_above_the_clearance_are_kept(browser: TestClient, case: Case) -> None:
    with case.change(actor="a", reason="r") as change:
        change.put_many([
            make("item", id="item-hids", tier="sealed"),
            make("party", id="party-hids", name="H", tier="sealed"),
            make("transfer", id="tran-nams", items=["item-hids", "item-aaaa"],
                 from_party="party-hids", goods="g"),
        ])
    sent = {**_form(browser, "/transfers/tran-nams/edit"), "items": ["item-pppp"], "reason": ["r"]}
    assert browser.post("/transfers/tran-nams/edit", data=sent).status_code == 303
    whole = case.read("sealed").get("tran-nams")
    assert set(whole.get("items")) == {"item-pppp", "item-hids"}
    assert whole.get("from_party") == "party-hids"


def test_every_kind_has_a_form_with_every_open_field(browser: TestClient) -> None:
    closed = {(kind, field) for kind, field, _, _ in POLICY}
    for kind in TYPES:
        answer = browser.get(f"/{kind.slug}/new?tag=given")
        if not kind.cls.BY_HAND:
            assert (kind.name, answer.status_code) in [(one, 404) for one in ("device", "bundle", "erasure")]
            continue
        text = answer.text
        for fact in kind.facts:
            assert (f'id="f-{fact.name.replace(".", "-")}"' in text) or (
                kind.name, fact.name) in closed, (kind.name, fact.name)


def test_no_field_of_a_record_is_named_like_one_of_the_form_itself() -> None:
    assert [(kind.name, name) for kind in BY_NAME.values() for name in kind.by_name
            if name in _OURS] == []


def test_what_only_the_program_says_is_no_choice_but_stays_where_it_stands(browser: TestClient, case: Case) -> None:
    """That files were checked comes of hashing them: offered, it would only be refused."""
    page = browser.get("/custodies/new").text
    assert 'value="checked"' in page and "files_checked" not in page
    said = make("custody", id="cust-look", item="item-aaaa", act="files_checked", custody_kind="unknown",
                held_on="2026-01-01", basis="1 of 1 files", tier="partner")
    with case.change(actor="A", reason="r") as change:
        change.put(said)
    address = f"/custodies/{said.id}/edit"
    assert 'value="files_checked" selected' in browser.get(address).text
    answer = browser.post(address, data={**_form(browser, address), "tier": ["public"], "reason": ["r"]})
    assert answer.status_code == 303
    assert case.read("sealed").get(said.id).get("act") == "files_checked"
