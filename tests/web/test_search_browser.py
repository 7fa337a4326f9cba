"""The search page in a real browser: live, by keyboard alone, no barriers, on a telephone too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.store.case import Case
from tests.web.sample import a_case, make
from tests.web.test_browser import AXE, Watched, chromium, served

pytestmark = pytest.mark.browser
__all__ = ["chromium"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    case = a_case(
        tmp_path_factory.mktemp("search") / "case",
        make("item", id="item-cccc", make="Other Works", made_on="1999", country="FR"),
        make("marking", id="mark-cccc", item="item-cccc", text="AB 123456"),
        make("marking", id="mark-dddd", item="item-aaaa", text="AB 123456"),
        make("marking", id="mark-eeee", item="item-aaaa", text="لوط ١٢٣-٧"),
        *(make("marking", id=f"mark-run{n}", item="item-cccc", text=f"KT 500{n}") for n in range(8)),
    )
    with served(case) as base:
        yield base, case
    case.close()


def test_the_hits_come_while_one_types_and_the_address_follows(chromium, sample) -> None:
    with Watched(chromium, sample[0]) as watched:
        page = watched.go("/search")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("A8 12?456", delay=20)
        page.wait_for_selector("#results .share")
        page.wait_for_url("**/search?q=A8+12%3F456")
        assert page.locator("#results [hx-trigger=load]").count() == 0
        assert page.locator("table.pairs").first.inner_text().split("\n")[0].startswith("asked")
        assert page.evaluate("document.activeElement.id") == "q"
        page.click("details.beside summary")
        page.fill("#b-maker", "Other Works")
        page.wait_for_selector("text=Other Works stands there")
        page.wait_for_url("**maker=Other+Works")
        assert page.locator(".hits .hit a").first.get_attribute("href") == "/markings/mark-cccc"
        assert watched.wrong == []
        # What is no query is told in place, and typing on mends it.
        page.fill("#q", "[8")
        page.wait_for_selector("#results .problems")
        page.fill("#q", "0785")
        page.wait_for_selector("#results .hits")
        assert all("422" in one for one in watched.wrong)


def test_a_reading_and_a_proposal_by_keys_alone(chromium, sample) -> None:
    base, case = sample
    with Watched(chromium, base) as watched:
        for word, kind in (("Record as a reading", "reading"), ("Propose a link", "note")):
            page = watched.go("/search?q=KT+5OO3")
            page.locator("button.second", has_text=word).first.focus()
            page.keyboard.press("Enter")
            page.wait_for_url("**/markings/mark-run3")
            assert len(case.read("restricted").referring("mark-run3", kind=kind)) == 1
        assert watched.wrong == []


def test_without_scripts(chromium, sample) -> None:
    with Watched(chromium, sample[0], java_script_enabled=False) as watched:
        page = watched.go("/search")
        page.fill("#q", "AB 123456")
        page.press("#q", "Enter")
        page.locator(".hits > li .share").nth(1).wait_for()  # pressing a key waits for no answer
        assert page.locator(".hits > li .share").count() == 2
        page.locator("details.beside summary").click()
        page.fill("#b-maker", "Maker Ltd")
        page.locator("button", has_text="Search with this").click()
        assert page.locator(".hits .hit a").first.get_attribute("href") == "/markings/mark-dddd"
        assert watched.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_and_no_page_wider_than_a_telephone(chromium, sample, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    with Watched(chromium, sample[0], color_scheme=scheme, bypass_csp=True) as watched:
        for address in ("/search", "/search?q=A8+12%3F456&maker=Other+Works&family=ammunition",
                        "/search?q=KT+5OO3", "/search?q=%D9%84%D9%88%D8%B7+127", "/search?q=crates",
                        "/search?q=AB123456&list=quick"):
            page = watched.go(address)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ' ' + "
                                  "v.nodes.map(n => n.target + n.failureSummary).join())")
            assert found == [], address
            page.set_viewport_size({"width": 390, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert watched.wrong == []
