"""A letter's pages in a real browser: without barriers, by keys, on a telephone, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.desk.request_letter import write_form
from headstamp.store.case import Case
from tests.intake.pdfs import pages
from tests.web.test_browser import AXE, Watched, chromium, served  # noqa: F401
from tests.web.test_document_pages import letter
from tests.web.test_trace_desk import sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Addresses of a letter that headstamp has written itself, of a long one and of a broken one."""
    with Case.create(tmp_path_factory.mktemp("pages") / "case") as case:
        with case.change(actor="t", reason="r") as change:
            change.put_many(sample())
        asked = case.read("restricted").get("trace-late")
        own = write_form(case, {**asked.values, "id": asked.id, "language": "ar"}, ".pdf",
                         clearance="restricted")
        addresses = [*letter(case, own), *letter(case, pages(90)), *letter(case, b"%PDF-1.7 x")]
        index_case(case)
        with served(case) as base:
            yield base, tuple(addresses)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(chromium, desk, scheme: str) -> None:  # noqa: F811
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    base, addresses = desk
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for address in addresses:
            page = watched.go(address)
            page.add_script_tag(path=str(AXE))
            for one in page.evaluate("async () => (await axe.run()).violations"):
                told.append(f"{address}: {one['id']}: {[n['target'] for n in one['nodes'][:3]]}")
    assert told == []


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_seen_and_fit(chromium, desk, width: int) -> None:  # noqa: F811
    base, addresses = desk
    with Watched(chromium, base) as watched:
        watched.page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page = watched.go(address)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
            assert watched.wrong == [], address
            for shown in page.locator("img[src*='/pages/']").all()[:2]:
                shown.scroll_into_view_if_needed()
                page.wait_for_function("one => one.complete && one.naturalWidth > 0",
                                       arg=shown.element_handle())
        assert watched.wrong == []


def test_the_letter_is_gone_through_by_keys_and_the_form_stays(chromium, desk) -> None:  # noqa: F811
    base, addresses = desk
    with Watched(chromium, base) as watched:
        page = watched.go(addresses[0])
        assert page.locator(".papers img").count() >= 2
        page.fill("#f-lot", "07-85")
        page.focus(".papers")
        before = page.evaluate("document.querySelector('.papers').scrollTop")
        page.keyboard.press("PageDown")
        page.wait_for_function(
            "before => document.querySelector('.papers').scrollTop > before", arg=before)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')").endswith(
            "/pages/1.jpg?side=3508")
        with watched.context.expect_page() as larger:
            page.keyboard.press("Enter")
        larger.value.wait_for_load_state()
        wide, high = larger.value.evaluate(
            "(() => { const one = document.images[0]; return [one.naturalWidth, one.naturalHeight]; })()")
        assert high in (3_508, 3_509) and 2_400 < wide < 2_500
        assert page.input_value("#f-lot") == "07-85"
        assert watched.wrong == []
