"""Drawings wider than the window, on a telephone: they say so, and their names can be read and reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.measures.test_network_found import small
from tests.web.test_browser import chromium as chromium
from tests.web.test_browser import served

pytestmark = pytest.mark.browser

_SEEN = """() => {
  const box = document.querySelector('.picture .wide'), name = box.querySelector('.flow-label');
  const told = getComputedStyle(box, '::before').content;
  box.scrollLeft = 100000;
  const edge = box.getBoundingClientRect().right;
  return {told, wider: box.scrollWidth > box.clientWidth, page: document.documentElement.scrollWidth,
          drawn: box.querySelector('svg').getBoundingClientRect().right - edge,
          size: name.getScreenCTM().a * parseFloat(name.getAttribute('font-size'))};
}"""


def test_a_drawing_wider_than_the_window_says_so(chromium, tmp_path: Path) -> None:
    case = small(tmp_path / "case")
    with served(case) as base:
        for wide, said in ((390, True), (1280, False)):
            page = chromium.new_page(viewport={"width": wide, "height": 844})
            page.goto(f"{base}/network")
            seen = page.evaluate(_SEEN)
            assert seen["wider"] is said and ("sideways" in seen["told"]) is said, (wide, seen)
            assert seen["page"] == wide and seen["drawn"] < 1 and seen["size"] > 9, (wide, seen)
            page.close()
    case.close()
