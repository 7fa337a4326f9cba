"""The page of series, and what a marking's page says of runs and ranges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.markings.series import find_series
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.series import strip_of
from tests.web.conftest import BASE
from tests.web.sample import make


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    case = Case.create(tmp_path_factory.mktemp("series") / "case")
    with case.change(actor="a", reason="r") as change:
        change.put(make("item", id="item-aaaa", tag="A-1"))
        change.put_many([
            make("marking", id=f"mark-r{n:03d}", item="item-aaaa", text=f"<b> & {4471 + 2 * n}",
                 marking_kind="serial")
            for n in range(8)
        ])
        change.put(make("marking", id="mark-part", item="item-aaaa", text="<b> & 447?",
                        state="partial", marking_kind="serial"))
        change.put(make("reading", marking="mark-part", text="<b> & 4472"))
        change.put(make("transfer", id="tran-aaaa", goods="<i>goods", serials="<B>& 4400 - 4600"))
    yield TestClient(create_app(Settings(case.where, "tester"), case=case), base_url=BASE)
    case.close()


def test_the_page_lists_runs_and_ranges(browser: TestClient) -> None:
    page = browser.get("/series")
    assert page.status_code == 200
    assert "8 of 15" in page.text and "<b> &" not in page.text
    found = browser.get("/api/series").json()
    (run,) = found["runs"]
    assert (run["count"], run["span"], run["largest_gap"]) == (8, 15, 1)
    assert run["missing"][0] == "4472" and len(run["markings"]) == 8
    assert found["ranged"][0]["record"] == "tran-aaaa"


def test_a_reading_is_placed(browser: TestClient) -> None:
    found = browser.get("/api/series", params={"near": "<b>&4472"}).json()["around"]
    assert found[0]["lead"] == "in a gap of the run"
    assert "In no run" in browser.get("/series", params={"near": "XX 1"}).text


def test_a_marking_says_where_it_stands(browser: TestClient) -> None:
    near = browser.get("/api/markings/mark-r003").json()["seen"]["nearby"]
    assert near[0]["lead"] == "inside the run"
    assert "inside the run" in browser.get("/items/item-aaaa").text
    seen = browser.get("/api/markings/mark-part").json()["seen"]
    assert seen["readings_nearby"][0][0]["lead"] == "in a gap of the run"
    assert any("ways to read it" in one["lead"] for one in seen["nearby"])


@pytest.mark.parametrize("query", ["page=0", "page=x"])
def test_a_page_that_is_none_is_refused(browser: TestClient, query: str) -> None:
    assert browser.get(f"/series?{query}").status_code == 422
    assert browser.get("/series?page=99").status_code == 200


def test_a_strip_shows_every_number_once() -> None:
    (run,) = find_series([f"AB {n}" for n in range(1000, 1150) if n % 10])
    cells = strip_of(run)
    shown = sum(share * round(run.span / 60 * width / (100 / 60)) for _, width, share in cells)
    assert len(cells) == 60 and abs(shown - run.count) < 60
    assert all(0 < share <= 1 for _, _, share in cells)
    (small,) = find_series(["AB 1000", "AB 1001", "AB 1004"])
    assert np.isclose([x for x, _, _ in strip_of(small)], [0, 20, 80]).all()
