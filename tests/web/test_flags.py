"""The pages of flags and lists, and the flags on a transfer's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.actions.tracing import checks as checking
from headstamp.actions.tracing.lists import add_list
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE
from tests.web.small import id_of, make, small_case

ROUND = "<script>alert(1)</script>"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = small_case(tmp_path / "case", items=4)
    with made.change(actor="tester", reason="more transfers") as change:
        change.put(make("transfer", "t2", transfer_kind="sold", to_party=id_of("party", "trader"),
                        from_party=id_of("party", "maker"), to_place={"country": "SY"}, goods=ROUND,
                        happened_on="2014", customs_code="854231", control_code="ML1"))
        change.put(make("transfer", "plain", goods="tinned food"))
        change.put(make("transfer", "secret", tier="sealed", to_place={"country": "SY"}))
    path = tmp_path / "list.csv"
    path.write_text("code,country,from,to,title\nR1,Syria,2011,2018,<b>bold</b>\n", encoding="utf-8")
    add_list(made, path, actor="tester", name="An embargo", version="7", dated="2020", kind="arms_embargo",
             caution="read the text itself", credit="A council")
    yield made
    made.close()


def browser(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_a_transfer_shows_its_flags_with_source_and_caution(case: Case) -> None:
    client = browser(case)
    page = client.get(f"/transfers/{id_of('transfer', 't2')}").text
    assert "none of them a verdict" in page and "read the text itself" in page
    assert "“An embargo” (version 7 of 2020)" in page and "A council" in page and "in force" in page
    assert ROUND not in page and "<b>bold</b>" not in page
    told = client.get(f"/api/transfers/{id_of('transfer', 't2')}").json()
    whats = {one["flag"]["what"] for one in told["flags"]}
    assert {"arms_embargo", "high_priority", "munitions_list", "no_end_user_certificate",
            "tied_parties"} <= whats
    assert told["compared"] is True
    plain = client.get(f"/transfers/{id_of('transfer', 'plain')}").text
    assert "Nothing that is checked here raises a question" in plain


def test_all_flags_by_kind(case: Case) -> None:
    client = browser(case)
    page = client.get("/flags").text
    assert "/flags?what=arms_embargo" in page and "not that anybody did wrong" in page
    told = client.get("/api/flags").json()
    assert told["transfers"] == 3
    chosen = client.get("/flags", params={"what": "arms_embargo"}).text
    assert f"/transfers/{id_of('transfer', 't2')}" in chosen and ROUND not in chosen
    assert client.get("/flags", params={"what": "nonsense"}).status_code == 422
    assert "asked of none" in client.get("/flags", params={"what": "transit_hub"}).text
    assert browser(case, "sealed").get("/api/flags").json()["transfers"] == 4


def test_the_lists(case: Case) -> None:
    client = browser(case)
    page = client.get("/lists").text
    assert "An embargo" in page and "Common High Priority List" in page and "not stated" in page
    told = client.get("/api/lists").json()["lists"]
    assert {one["name"]: one["built_in"] for one in told}["An embargo"] is False


def test_a_large_case_says_that_quantities_were_not_compared(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    client = browser(case, "public")
    shown = client.get("/api/transfers").json()
    assert shown["total"] == 0  # what is not public is not there
    client = browser(case)
    assert "was not held against those of other transfers" in client.get(
        f"/transfers/{id_of('transfer', 't2')}").text
