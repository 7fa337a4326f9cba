"""The overview tells what is there and nothing that may not be seen; its gaps lead to records."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.keeping.backups import back_up
from headstamp.actions.settings import Settings
from headstamp.store.case import Case
from headstamp.web.app import create_app
from headstamp.web.contexts.overview import overview_context, years
from headstamp.web.page import Params
from tests.web.conftest import BASE
from tests.web.small import make, small_case


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory):
    return small_case(Path(tmp_path_factory.mktemp("overview") / "case"))


@pytest.fixture(scope="module")
def pages(case) -> TestClient:
    return TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)


def test_counts_breakdowns_and_years_agree_with_the_case(case) -> None:
    reader = case.read("restricted")
    this = overview_context(reader, Params(case))
    assert {k.kind: k.count for k in this.kinds} == {k: n for k, n in reader.totals().items() if n}
    make_ = next(b for b in this.breakdowns if b.name == "make")
    assert [(b.label, b.count) for b in make_.bars] == [("Norhavn", 8), ("Zavod 5", 8)]
    assert make_.without == 8
    assert this.items is not None and sum(n for _, n in this.items.years) == 24
    assert this.recoveries is not None and this.recoveries.without == 1
    assert this.log.size == case.checkpoint().size


def test_what_is_new_is_only_what_may_be_seen(case) -> None:
    restricted = overview_context(case.read("restricted"), Params(case))
    assert [n.actor for n in restricted.recent] == ["A. Sample"]
    sealed = overview_context(case.read("sealed"), Params(case))
    assert [n.actor for n in sealed.recent] == ["B. Keeper", "A. Sample"]


def test_years_without_records_have_their_room(tmp_path: Path) -> None:
    from headstamp.store.case import Case

    case = Case.create(tmp_path / "case")
    with case.change(actor="a", reason="r") as change:
        for n, year in enumerate(("1850", "2010", "2013", "201X")):
            change.put(make("recovery", f"r{n}", recovered_on=year))
    found = years(case.read("restricted"), "recovery")
    assert found is not None
    assert dict(found.years)["2011"] == 0 and found.years[-1] == ("2013", 1)
    assert (found.earlier, len(found.years)) == (1, 60)
    assert sum(n for _, n in found.years) + found.earlier + found.without == 4


def test_the_page_and_its_twin_say_the_same(pages: TestClient) -> None:
    page, twin = pages.get("/"), pages.get("/api/overview").json()
    assert page.status_code == 200
    for gap in twin["missing"]:
        assert gap["title"] in page.text
    assert "svg" not in twin["items"] and twin["items"]["years"]
    assert "Sealed paper" not in page.text and "B. Keeper" not in page.text


def test_every_gap_leads_to_as_many_records(pages: TestClient) -> None:
    page = pages.get("/missing")
    assert page.status_code == 200
    for gap in pages.get("/api/missing").json()["gaps"]:
        view = pages.get(f"/api/missing/{gap['name']}").json()
        assert (view["count"], len(view["rows"])) == (gap["count"], gap["count"])
        assert pages.get(f"/missing/{gap['name']}").status_code == 200
    assert pages.get("/missing/nothing").status_code == 404


def test_an_empty_case_says_what_to_do(tmp_path: Path) -> None:
    from headstamp.store.case import Case

    case = Case.create(tmp_path / "empty")
    pages = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)
    assert "This case is empty" in pages.get("/").text


def test_what_waits_leads_to_where_it_is_done(case, pages: TestClient) -> None:
    told = pages.get("/api/overview").json()["waits"]
    this = overview_context(case.read("restricted"), Params(case))
    assert [one["name"] for one in told] == [one.name for one in this.waits] != []
    text = pages.get("/").text
    for one in this.waits:
        assert f'href="{one.to}"' in text and one.title in text
        assert pages.get(one.to).status_code == 200


def test_the_reminder_of_a_backup_turns_red_after_a_day(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    small_case(tmp_path / "case").close()
    case = Case.open(tmp_path / "case", clock=lambda: moment)
    pages = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE)

    def told() -> tuple[bool, bool]:
        backup = pages.get("/api/overview").json()["log"]["backup"]
        return backup["late"], "Make a backup now" in pages.get("/").text

    assert told() == (True, True) and "never from this machine" in pages.get("/").text
    done, _ = back_up(str(case.folder), tmp_path / "disk")
    assert told() == (False, False)
    note = case.folder / "backup.json"
    note.write_text(note.read_text().replace(done.manifest.made_at, "2026-11-21T11:00:00+00:00"))
    assert told() == (False, False)  # old, but nothing was recorded since
    with case.change(actor="a", reason="r") as change:
        change.put(make("item", "one more"))
    assert told() == (True, True)
    note.write_text(note.read_text().replace("2026-11-21T11:00", "2026-11-21T13:00"))
    assert told() == (False, False) and "1 entry since" in pages.get("/").text
    assert str(tmp_path / "disk") not in pages.get("/").text


def test_exchange_and_doctor_are_reached_while_nothing_waits(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        text = TestClient(create_app(Settings(case.where, "t"), case=case), base_url=BASE).get("/").text
    tools = text.partition('<div class="tools">')[2].partition("</div>")[0]
    assert '<a href="/exchange">Exchange</a>' in tools and '<a href="/doctor">Doctor</a>' in tools
