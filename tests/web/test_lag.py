"""The page of lags: figures, drawing, groups, the bias said beside it."""

from __future__ import annotations

import pytest

from headstamp.records import Item, Transfer
from headstamp.store.case import Case
from tests.web.test_erase import Pages, case, pages
from tests.web.usable import usable_by_everybody

__all__ = ["case", "pages"]


def with_more(case: Case) -> None:
    with case.change(actor="tester", reason="some lags") as change:
        for n in range(8):
            change.put_many([
                Item.build(id=f"item-lag{n}", family="arm", recovered_on=f"2016-0{n + 1}"),
                Transfer.build(items=[f"item-lag{n}"], to_party="party-bbbb", transfer_kind="sold",
                               lawful_status="authorised", happened_on="2015-06"),
            ])


def test_it_says_what_it_is(case: Case, pages: Pages) -> None:
    with_more(case)
    page = pages("Ann").get("/lag?by=family").text
    assert "not a random sample" in page and "Half within" in page and "<svg" in page
    twin = pages("Ann").get("/api/lag?by=family").json()
    assert twin["lags"][0]["count"] == 8 and len(twin["warnings"]) == 3
    assert pages("Ann").get("/lag?by=colour").status_code == 422


@pytest.mark.browser
def test_the_page_can_be_used_by_everybody(case: Case) -> None:
    with_more(case)
    usable_by_everybody(case, "/lag?by=family")
