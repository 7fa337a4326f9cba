"""The page of yearly tables: figures, what is left out, the workbook, and that everybody can use it."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from headstamp.records import Item
from headstamp.store.case import Case
from tests.actions.measures.test_iafq import _case as fill
from tests.web.test_erase import Pages, case, pages
from tests.web.usable import usable_by_everybody

__all__ = ["case", "pages"]


def test_the_tables_and_their_workbook(case: Case, pages: Pages) -> None:
    assert "There are no tables" in pages("Ann").get("/iafq?year=").text or "SDG 16.4.2" in pages("Ann").get("/iafq").text
    fill(case)
    page = pages("Ann").get("/iafq?year=2020").text
    for said in ("Not the official form", "not a random sample", "Rifles and carbines", "Recovered, not told which", "not counted",
                 "Effort: 2 visits", "perhaps this year", "/iafq.xlsx?year=2020", "no count of nought"):
        assert said in page
    twin = pages("Ann").get("/api/iafq?year=2020").json()
    assert twin["tables"]["tables"]["Arms"]["rows"]["rifle"] == {"seized": 1, "found": 10} and 2021 in twin["years"]
    answer = pages("Ann").get("/iafq.xlsx?year=2020&country=SY")
    assert answer.status_code == 200 and "illicit-arms-2020.xlsx" in answer.headers["content-disposition"]
    assert openpyxl.load_workbook(BytesIO(answer.content))["Arms"]["A1"].value == "Class"
    assert answer.content == pages("Ann").get("/iafq.xlsx?year=2020&country=SY").content
    for wrong in ("/iafq?year=20", "/iafq.xlsx", "/iafq?year=2020&country=Atlantis"):
        assert pages("Ann").get(wrong).status_code == 422


def test_it_opens_at_the_latest_year_in_which_arms_were_found(case: Case, pages: Pages) -> None:
    with case.change(actor="tester", reason="years") as change:
        change.put_many([Item.build(family="arm", recovered_on="2019-05-01"),
                         Item.build(family="package", recovered_on="2022-01-01")])
    assert pages("Ann").get("/api/iafq").json()["year"] == 2019


@pytest.mark.browser
def test_the_page_can_be_used_by_everybody(case: Case) -> None:
    fill(case)
    usable_by_everybody(case, "/iafq?year=2020")
