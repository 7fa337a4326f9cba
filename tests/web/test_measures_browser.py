"""Measures in a real browser: no errors, no barriers, keys, plots that say their numbers; and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from threading import Event

import pytest

from headstamp.analysis.measure import Diagnostic, Measure, Model, Result
from headstamp.analysis.measures import _BY_NAME
from headstamp.analysis.plot import Plot, Series
from headstamp.store.case import Case
from headstamp.web import measuring
from tests.actions.measures.test_measuring import the_case
from tests.web.test_browser import AXE, Watched, chromium, served

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

OF_CASE = "/measures/scale.serials?ask=case&series=K%23"
EVERY_KIND = "/measures/test.kinds?ask=values"
ADDRESSES = (
    "/measures", "/measures/scale.serials", "/measures/scale.lists", OF_CASE, EVERY_KIND,
    "/measures/scale.serials?ask=case", "/measures/scale.serials?ask=values&values=2,6",
)
LONG = tuple(f"a maker whose name is long and foreign, number {at}" for at in range(9))


def _kinds(**_given: object) -> Result:
    return Result("test.kinds", 1, "What does every kind of plot look like?", 5.0, 4.0, None, unit="finds",
                  diagnostics=(Diagnostic("a", 1.0, True, "Good."), Diagnostic("b", 2.0, False, "Bad."),
                               Diagnostic("c", None, None, "Told.")),
                  models=(Model("m", 5.0, 4.0, 9.0, 1.5, 0.25, "words"),), warnings=("A warning.",),
                  text="Five were found.", more={"rows": [{"a": 1, "b": [1, 2]}], "flat": {"x": 0.5}, "one": 3})


def _plots(_result: Result) -> tuple[Plot, ...]:
    steps = tuple((float(at), at / 40) for at in range(41))
    return (
        Plot("words", "Makers", "maker", "share", (
            Series("rows", "bars", tuple((name, at / 10) for at, name in enumerate(LONG))),
            Series("once", "bars", tuple((name, at / 12) for at, name in enumerate(LONG))),
            Series("interval", "intervals", tuple((name, at / 10, at / 20, None if at == 3 else at / 8)
                                                  for at, name in enumerate(LONG))))),
        Plot("lines", "Over numbers", "number", "share", (
            Series("seen", "step", steps), Series("even", "line", ((0.0, 0.0), (40.0, 1.0))),
            Series("band", "band", tuple((x, None, max(0.0, y - 0.1), y + 0.1) for x, y in steps)))),
        Plot("logs", "Logarithmic", "distance", "pairs", (
            Series("near", "points", tuple((10.0 ** (at / 9), 10.0 ** (at % 4)) for at in range(30))),),
            log_x=True, log_y=True),
        Plot("months", "By month", "month", "finds", (
            Series("finds", "bars", tuple((f"2016-{at:02}", at % 5) for at in range(1, 13))),)),
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A case, and a measure whose answer has plots of every kind."""
    _BY_NAME["test.kinds"] = Measure("test.kinds", 1, "What does every kind of plot look like?", (), (), "Never.",
                                     (), _kinds, _plots)
    case: Case = the_case(tmp_path_factory.mktemp("measures") / "case")
    with served(case, "sealed") as address:
        yield address
    del _BY_NAME["test.kinds"]


def _go(watched: Watched, address: str):
    page = watched.go(address)
    for at in range(page.locator("[data-plot]:visible").count()):
        page.locator("[data-plot]:visible").nth(at).locator(".plot-live canvas").wait_for()
    return page


def test_every_page_opens_without_an_error(chromium, base: str) -> None:
    with Watched(chromium, base) as watched:
        for width in (1280, 390):
            watched.page.set_viewport_size({"width": width, "height": 900})
            for address in ADDRESSES:
                page = _go(watched, address)
                assert watched.wrong == [], address
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
                states = page.evaluate("[...document.querySelectorAll('[data-plot]')].map(e => e.dataset.state)")
                assert set(states) <= {"live", None}, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(chromium, base: str, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for address in ADDRESSES:
            page = _go(watched, address)
            page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
            page.add_script_tag(path=str(AXE))
            for one in page.evaluate("async () => (await axe.run()).violations"):
                told.append(f"{address}: {one['id']}: {one['nodes'][0]['target']} "
                            f"{one['nodes'][0]['failureSummary'][-160:]}")
    assert told == []


def test_the_numbers_are_told_by_the_keys(chromium, base: str) -> None:
    with Watched(chromium, base) as watched:
        page = _go(watched, EVERY_KIND)
        plot = page.locator("[data-plot]").first
        live, told = plot.locator(".plot-live"), plot.locator(".plot-told")
        live.focus()
        for key, said in (("ArrowRight", LONG[0]), ("ArrowRight", "share: 0.1"), ("ArrowDown", "share: 0.0833333"),
                          ("ArrowDown", "share: 0.1 (0.05 to 0.125)"), ("End", "share: 0.8 (0.4 to 1)"),
                          ("Home", LONG[0])):
            page.keyboard.press(key)
            assert said in (told.text_content() or ""), key
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        assert "0.15 to open" in (told.text_content() or "")
        lines = page.locator("[data-plot]").nth(1)
        lines.locator(".plot-live").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        assert "A part is shown: 50 %" in (lines.locator(".plot-told").text_content() or "")
        page.keyboard.press("0")
        assert "All of it is shown" in (lines.locator(".plot-told").text_content() or "")
        assert watched.wrong == []


def test_series_are_taken_out_and_in_by_the_keyboard(chromium, base: str) -> None:
    with Watched(chromium, base) as watched:
        page = _go(watched, EVERY_KIND)
        plot = page.locator("[data-plot]").first
        button = plot.get_by_role("button", name="once")
        ink = "e => getComputedStyle(e).color"
        assert button.evaluate(ink) == plot.locator(".plot-title").evaluate(ink)
        before = plot.locator("canvas").screenshot()
        button.focus()
        page.keyboard.press("Space")
        assert button.get_attribute("aria-pressed") == "false"
        page.wait_for_timeout(200)
        assert plot.locator("canvas").screenshot() != before
        plot.locator(".plot-live").focus()
        page.keyboard.press("ArrowDown")
        assert "interval" in (plot.locator(".plot-told").text_content() or "")
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-pressed") == "true"
        assert watched.wrong == []


def test_the_pointer_tells_the_number_of_the_table(chromium, base: str) -> None:
    with Watched(chromium, base) as watched:
        page = _go(watched, EVERY_KIND)
        plot = page.locator("[data-plot]").nth(3)
        box = plot.locator("canvas").bounding_box()
        assert box
        rows = page.locator("section[aria-label='By month'] table.numbers tbody tr")
        numbers = {rows.nth(at).locator("td").nth(1).inner_text(): rows.nth(at).locator("td").nth(2).inner_text()
                   for at in range(rows.count())}
        found = set()
        plot.scroll_into_view_if_needed()
        box = plot.locator("canvas").bounding_box()
        for at in range(4, 40):
            page.mouse.move(box["x"] + box["width"] * at / 41, box["y"] + box["height"] - 60)
            page.wait_for_timeout(20)
            said = plot.locator(".plot-told").text_content() or ""
            if "finds: " in said:
                month, number = said.split(", finds: ")
                assert numbers[month] == number
                found.add(month)
        assert len(found) >= 4
        assert watched.wrong == []


def test_without_scripts_the_drawing_and_the_table_stand_there(chromium, base: str) -> None:
    with Watched(chromium, base, java_script_enabled=False) as watched:
        page = watched.go(EVERY_KIND)
        for at in range(4):
            assert page.locator("svg.headstamp-plot").nth(at).is_visible()
        assert page.locator(".plot-live").count() == 0
        assert page.locator("table.numbers").count() == 4
        assert LONG[3] in unescape(page.content())


def test_a_measure_is_asked_and_put_into_a_finding_by_keyboard(chromium, base: str, tmp_path: Path) -> None:
    with Watched(chromium, base) as watched:
        page = watched.go("/measures")
        page.get_by_role("link", name="How many were made").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Ask of this case").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="K#").focus()
        page.keyboard.press("Enter")
        page.locator(".outcome").wait_for()
        assert "series=K%23" in page.url and "16.5" in page.locator(".outcome").inner_text()
        button = page.get_by_role("button", name="Put into a finding")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/findings/find-*")
        assert "scale.serials, version" in page.content()
        assert watched.wrong == []


def test_a_long_answer_comes_into_its_page(chromium, base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Event()
    ask = measuring.measure
    monkeypatch.setattr(measuring, "measure", lambda *given: held.wait(60) and ask(*given))
    monkeypatch.setattr(measuring, "SOON", 0.01)
    with Watched(chromium, base) as watched:
        page = watched.go("/measures/scale.serials?ask=values&values=3,8,20,31,44")
        assert page.locator("#answer[aria-busy]").count() == 1
        assert "At work" in page.locator("#answer").inner_text()
        held.set()
        page.locator("#answer .outcome").wait_for()
        page.locator(".plot-live canvas").first.wait_for()
        assert watched.wrong == []


def test_a_file_is_sent(chromium, base: str, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("a,b,count\n1,0,27\n0,1,25\n1,1,23\n", "utf-8")
    with Watched(chromium, base) as watched:
        page = watched.go("/measures/scale.lists")
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        page.set_input_files("input[name='file:cells']", str(tmp_path / "cells.csv"))
        page.get_by_role("button", name="Ask of these values").click()
        page.locator(".outcome").wait_for()
        assert "cells.csv" in page.content() and watched.wrong == []
