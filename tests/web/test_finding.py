"""A finding's page: who was asked, their answers, and the steps to publication by several hands."""

from __future__ import annotations

import pytest

from headstamp.records import Finding
from headstamp.store.case import Case
from tests.web.test_erase import Pages, case, pages, send
from tests.web.usable import usable_by_everybody

__all__ = ["case", "pages"]
WHERE = "/findings/find-aaaa"


def named(case: Case) -> None:
    shown = case.read("sealed").get("find-aaaa")
    with case.change(actor="Ann", reason="it names a carrier") as change:
        change.put(Finding.build({
            **shown.values, "id": "find-aaaa", "named": ["party-aaaa"], "status": "draft",
            "author": "Ann", "sentence": "The crates of <Maker Ltd> went with the carrier."}))


def test_from_draft_to_approved(case: Case, pages: Pages) -> None:
    named(case)
    ann, bob = pages("Ann"), pages("Bob")
    page = ann.get(WHERE).text
    assert "Maker Ltd" in page and "was not asked about it" in page
    assert "asked about another wording" in page  # the sample's question of another sentence
    assert send(ann, f"{WHERE}/move", WHERE, to="in_review").status_code == 303
    early = send(bob, f"{WHERE}/move", WHERE, to="ready")
    assert early.status_code == 422 and "party-aaaa" in early.text
    assert 'value="party-aaaa"' in page  # who is still to be asked stands in the form
    name = case.read("sealed").get("party-aaaa").get("name")
    assert send(ann, f"{WHERE}/ask", WHERE, party=name, on="2017-06-01",
                by="2017-06-20", channel="letter").status_code == 303
    assert 'value="party-aaaa"' not in ann.get(WHERE).text
    assert send(ann, f"{WHERE}/ask", WHERE, party="party-aaaa", on="", why="").status_code == 422
    twin = ann.get(f"/api{WHERE}").json()
    right = next(r["record"]["id"] for r in twin["standing"]["rights"] if r["party"] == "party-aaaa")
    assert send(ann, f"{WHERE}/answer", WHERE, right=right, state="answered", on="2017-06-10",
                words="We sold <them> lawfully.").status_code == 303
    page = bob.get(WHERE).text
    assert "We sold &lt;them&gt; lawfully." in page and "<them>" not in page
    own = send(ann, f"{WHERE}/move", WHERE, to="ready")
    assert own.status_code == 403 and "Ann wrote this finding" in own.text
    assert send(bob, f"{WHERE}/move", WHERE, to="ready").status_code == 303
    assert send(bob, f"{WHERE}/move", WHERE, to="approved", why="release").status_code == 303
    assert case.read("sealed").get("find-aaaa").get("status") == "approved"
    assert "Withdraw" in ann.get(WHERE).text


def test_it_is_the_form_that_asks(case: Case, pages: Pages) -> None:
    named(case)
    ann = pages("Ann")
    for name in ("ask", "answer", "move"):
        assert ann.post(f"{WHERE}/{name}", data={"to": "withdrawn"}).status_code == 403
    assert send(ann, "/findings/find-none/move", WHERE, to="withdrawn").status_code == 404


@pytest.mark.browser
def test_the_page_can_be_used_by_everybody(case: Case) -> None:
    named(case)
    usable_by_everybody(case, WHERE)
