"""The page of hands: holders and ways, for everybody."""

from __future__ import annotations

import pytest

from headstamp.records import Transfer
from headstamp.store.case import Case
from tests.web.test_erase import Pages, case, pages
from tests.web.usable import usable_by_everybody

__all__ = ["case", "pages"]


def with_more(case: Case) -> None:
    with case.change(actor="tester", reason="a transfer") as change:
        change.put(Transfer.build(id="tran-bbbb", from_party="party-aaaa", to_party="party-bbbb",
                                  happened_on="2015"))


def test_before_and_after(case: Case, pages: Pages) -> None:
    with_more(case)
    ann = pages("Ann")
    page = ann.get("/hands?of=party-bbbb").text
    assert "Maker Ltd" in page and "is where to ask" in page
    assert ann.get("/api/hands?of=party-aaaa&direction=after").json()["found"]["holders"][0]["party"] == (
        "party-bbbb")
    assert ann.get("/hands").status_code == 200 and ann.get("/hands?of=tran-bbbb").status_code == 422
    assert ann.get("/hands?of=party-none").status_code == 404


@pytest.mark.browser
def test_the_page_can_be_used_by_everybody(case: Case) -> None:
    with_more(case)
    usable_by_everybody(case, "/hands?of=party-bbbb")
