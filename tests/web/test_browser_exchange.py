"""Exchange and contradictions in a real browser: no barriers, narrow screens, and by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.exchange.devices import mark_lost
from headstamp.store.case import Case
from tests.actions.exchange.travel import ITEM, know, put, two_devices
from tests.web.test_browser import AXE, Watched, chromium, served
from tests.web.test_exchange import contradicting

__all__ = ["chromium"]
PAGES = ("/exchange", "/conflicts", f"/conflicts/{ITEM}", f"/items/{ITEM}", "/")
# The photograph of these tests is none that can be drawn.
_THUMB = "/thumbs/"


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    """Headquarters with a contradiction, an unconfirmed bundle, and one put aside."""
    folder = tmp_path_factory.mktemp("exchange")
    two = two_devices(folder / "two")
    contradicting(two)
    put(two.hq, "more", make="Vicor")
    two.packed(two.hq)
    third = Case.create(folder / "third")
    know(two.hq, third, "Laptop of the northern team")
    know(third, two.hq, "HQ")
    put(third, "north1", make="x")
    two.taken(two.packed(third))
    mark_lost(two.hq, "Laptop of the northern team", actor="Ben", reason="stolen")
    put(third, "north2", make="x")
    two.taken(two.packed(third))
    with served(two.hq) as base:
        yield base, two.hq


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_and_nothing_is_asked_elsewhere(chromium, hq, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    base, _ = hq
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for address in PAGES:
            page = watched.go(address)
            page.add_script_tag(path=str(AXE))
            told += [f"{address}: {one['id']}" for one in
                     page.evaluate("async () => (await axe.run()).violations")]
        wrong = [one for one in watched.wrong if _THUMB not in one and "422" not in one]
    assert told == []
    assert wrong == []


def test_no_page_is_wider_than_a_telephone(chromium, hq) -> None:
    base, _ = hq
    with Watched(chromium, base) as watched:
        watched.page.set_viewport_size({"width": 390, "height": 800})
        for address in PAGES:
            page = watched.go(address)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_a_contradiction_is_settled_by_keys_alone(chromium, hq, tmp_path: Path) -> None:
    base, case = hq
    with Watched(chromium, base) as watched:
        page = watched.go(f"/items/{ITEM}")
        page.get_by_role("link", name="look at them side by side").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/conflicts/{ITEM}")
        page.locator("#choice-make-0").focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#choice-make-1").is_checked()
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "reason":
                break
        page.keyboard.type("asked Ana")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/items/{ITEM}")
        assert page.get_by_text("Another device says otherwise").count() == 0
    assert case.read().get(ITEM).get("make") == "لوط 07-85"
