"""The pages of parts in a real browser: no errors, no barriers, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from headstamp.actions.cases import index_case
from headstamp.actions.markings.parts import read_parts
from headstamp.store.case import Case
from tests.actions.markings.test_parts import item, records
from tests.web.test_browser import AXE, Watched, chromium, served

pytestmark = pytest.mark.browser
__all__ = ["chromium"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Case.create(tmp_path_factory.mktemp("parts") / "case") as case:
        with case.change(actor="tester", reason="sample") as change:
            change.put_many(records())
        read_parts(case, actor="tester", clearance="restricted")
        index_case(case)
        with served(case) as where:
            yield where


PAGES = ("/parts", "/parts?maker=Analog+Devices", "/parts/same?number=ADM3202ARNZ", f"/items/{item('a')}")


@pytest.mark.parametrize("path", PAGES)
def test_no_barrier_and_no_error(chromium, base: str, path: str) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core (npm ci --ignore-scripts)")
    seen = Watched(chromium, base, bypass_csp=True)
    seen.go(path)
    seen.page.add_script_tag(path=str(AXE))
    found = seen.page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    seen.context.close()
    assert found == [] and seen.wrong == []


def test_the_page_answers_to_keys_and_fits_a_phone(chromium, base: str) -> None:
    seen = Watched(chromium, base)
    seen.go("/parts")
    seen.page.focus("#families ~ details summary")
    was = seen.page.evaluate("document.activeElement.parentElement.open")
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.parentElement.open") is not was
    seen.page.focus("input[name=maker]")
    seen.page.keyboard.type("Analog Devices")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/parts?maker=Analog+Devices")
    seen.page.set_viewport_size({"width": 390, "height": 800})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    seen.context.close()
    assert seen.wrong == []


