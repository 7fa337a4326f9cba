"""The desk and the reading of a reply in a real browser: by keys, without barriers, on a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.desk.replies import claims_of_reply, record_reply
from headstamp.store.case import Case
from tests.web.test_browser import AXE, Watched, chromium, served  # noqa: F401
from tests.web.test_trace_desk import sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case, tuple[str, ...]]]:
    with Case.create(tmp_path_factory.mktemp("desk") / "case") as case:
        with case.change(actor="t", reason="r") as change:
            change.put_many(sample())
        who = {"clearance": "restricted", "actor": "officer"}
        reply = record_reply(case, "trace-late", {
            "reply_code": "confirmed_full", "received_on": "2026-02-01", "items": ["A-1", "Z-9"],
            "serials": "TA 412000-412300; TA 900000-900100", "use_limits": ["not_published"],
            "restrictions": "For the panel only."}, letter=b"%PDF x", **who)
        claims_of_reply(case, reply.id, [{"goods": "rifles", "to_party": "Far Trading"}], **who)
        record_reply(case, "trace-late", {"reply_code": "no_record"}, **who)
        index_case(case)
        with served(case) as base:
            yield base, case, ("/desk", "/desk/statistics", "/trace-requests/trace-late",
                               "/trace-requests/trace-late/reply", f"/trace-replies/{reply.id}/read",
                               f"/trace-replies/{reply.id}", "/transfers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(chromium, desk, scheme: str) -> None:  # noqa: F811
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    base, _, addresses = desk
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for address in addresses:
            page = watched.go(address)
            page.add_script_tag(path=str(AXE))
            for one in page.evaluate("async () => (await axe.run()).violations"):
                told.append(f"{address}: {one['id']}: {[n['target'] for n in one['nodes'][:3]]}")
    assert told == []


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_open_without_an_error_and_fit(chromium, desk, width: int) -> None:  # noqa: F811
    base, _, addresses = desk
    with Watched(chromium, base) as watched:
        watched.page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page = watched.go(address)
            assert page.locator("h1").count() == 1, address
            assert watched.wrong == [], address
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_the_board_is_narrowed_and_a_claim_recorded_by_keys_alone(chromium, desk) -> None:  # noqa: F811
    base, case, addresses = desk
    with Watched(chromium, base) as watched:
        page = watched.go("/desk")
        page.focus("select[name=role]")
        page.keyboard.type("maker")
        page.focus("form[action='/desk'] button")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk?*role=maker*")
        assert "Rifles TA" in page.inner_text("main") and "Waybill 88" not in page.inner_text("main")
        page.focus(".board a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/trace-requests/trace-late")
        before = case.read("restricted").count("transfer")[0]
        page = watched.go(addresses[4])
        page.focus("#f-to_party")
        page.keyboard.type("River Freight")
        page.focus("#f-lot")
        page.keyboard.type("07-85")
        page.keyboard.press("Enter")  # the first button of the form: recorded
        page.wait_for_selector("text=Transfers read in it")
        assert case.read("restricted").count("transfer")[0] == before + 1
        assert watched.wrong == []
