"""The pages of parties in a real browser: no errors, no barriers, judged by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.linking.parties import judge
from tests.web.test_browser import AXE, Watched, chromium, served
from tests.web.test_parties import parties_case

pytestmark = pytest.mark.browser
__all__ = ["chromium"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with parties_case(tmp_path_factory.mktemp("parties") / "case") as case:
        for one, other, word in (("b", "d", "same"), ("c", "d", "same"), ("b", "c", "different")):
            judge(case, f"party-{one * 4}", f"party-{other * 4}", word, why="x", clearance="restricted",
                  actor="tester")
        index_case(case)
        with served(case) as where:
            yield where


@pytest.mark.parametrize("path", ["/parties/candidates", "/parties/candidates?state=all",
                                  "/parties/party-aaaa", "/parties/party-dddd"])
def test_no_barrier_and_no_error(chromium, base: str, path: str) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (npm ci --ignore-scripts)")
    seen = Watched(chromium, base, bypass_csp=True)
    seen.go(path)
    seen.page.add_script_tag(path=str(AXE))
    found = seen.page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    seen.context.close()
    assert found == [] and seen.wrong == []


def test_a_pair_is_judged_by_keys_and_fits_a_phone(chromium, base: str) -> None:
    seen = Watched(chromium, base)
    seen.go("/parties/party-aaaa")
    seen.page.set_viewport_size({"width": 390, "height": 800})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    seen.go("/parties/candidates")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    seen.page.focus("form.judge input[name=why]")
    seen.page.keyboard.type("two registers")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    seen.page.get_by_text("No two parties are proposed to be one.").wait_for()
    seen.go("/parties/candidates?state=judged")
    assert "Judged: another party" in seen.page.inner_text("main")
    seen.context.close()
    assert seen.wrong == []
