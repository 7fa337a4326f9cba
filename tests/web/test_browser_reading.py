"""Reading pages in a real browser: looked at closely by mouse and by keys, read, drawn on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.markings.reading import give_reading
from headstamp.store.case import Case
from tests.web.marked import SECRET, marked_case
from tests.web.test_browser import AXE, Watched, chromium, served  # noqa: F401

pytestmark = pytest.mark.browser

READ, MARK = "/markings/mark-aaaa/read", "/photographs/photo-aaaa/mark"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[str, Case]]:
    """The case with one reading by somebody else; the viewer is ``tester``."""
    with marked_case(tmp_path / "case") as case:
        give_reading(case, "mark-aaaa", "OX 7?41", reader="Ben", read_on="2026-11-21",
                     clearance="restricted", actor="Ben")
        with served(case) as base:
            yield base, case


def box(page) -> list[float]:
    """What part of the picture is shown: x, y, width, height."""
    return [float(n) for n in page.get_attribute(".stage .shown", "viewBox").split()]


def percent(page) -> str:
    """At how much of its size the picture was last said to be shown."""
    return re.search(r"Shown at (\d+) per cent", page.inner_text("[data-told]"))[0]


def test_the_picture_is_moved_turned_and_lit_and_nothing_else_happens(chromium, desk) -> None:  # noqa: F811
    base, case = desk
    size = case.read("sealed").size()
    with Watched(chromium, base) as watched:
        page = watched.go(READ)
        stage = page.locator(".stage")
        page.wait_for_selector(".stage[data-live]")
        before = box(page)
        # The part, with a margin.
        assert before[0] < 400 and before[0] + before[2] > 840 and before[2] < 1200
        page.click("text=All of it")
        assert box(page)[2] >= 1200
        page.click("[aria-label=Closer]")
        assert box(page)[2] == pytest.approx(box(page)[3] * stage.evaluate(
            "e => e.clientWidth / e.clientHeight"), rel=0.01)
        stage.focus()
        here = box(page)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        assert box(page)[0] > here[0] and box(page)[1] > here[1]
        page.keyboard.press("]")
        page.keyboard.press("]")
        assert "rotate(-180" in page.get_attribute(".stage .shown g", "transform")
        page.keyboard.press("[")
        page.keyboard.press("r")
        page.locator("[data-set=turn]").focus()
        page.keyboard.press("ArrowRight")
        assert "rotate(91 " in page.get_attribute(".stage .shown g", "transform")
        page.locator("[data-set=contrast]").focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        page.check("[data-set=grey]")
        page.uncheck("[data-set=outline]")
        assert page.locator(".stage .outline").is_hidden()
        page.check("[data-set=invert]")
        assert page.locator(".stage .shown").evaluate("e => getComputedStyle(e).filter") == (
            "brightness(1) contrast(2) grayscale(1) invert(1)")
        page.wait_for_selector("[data-told]:has-text('turned by 91 degrees')")
        page.click("text=As it is")
        page.wait_for_selector("[data-told]:not(:has-text('turned'))")
        assert box(page) == pytest.approx(before)
        assert "rotate(0 " in page.get_attribute(".stage .shown g", "transform")
        assert page.locator(".stage .shown").evaluate("e => getComputedStyle(e).filter") == (
            "brightness(1) contrast(1)")
        middle = stage.bounding_box()
        here, was = box(page), percent(page)
        page.mouse.move(middle["x"] + 200, middle["y"] + 150)
        page.mouse.down()
        page.mouse.move(middle["x"] + 100, middle["y"] + 100, steps=4)
        page.mouse.up()
        assert box(page)[0] > here[0] and box(page)[2] == pytest.approx(here[2])
        page.mouse.wheel(0, -200)
        page.wait_for_selector(f"[data-told]:not(:has-text('{was}'))")
        assert box(page)[2] < here[2]
        assert watched.wrong == []
    assert case.read("sealed").size() == size


def test_a_second_reader_with_keys_alone_sees_the_first_reading_only_afterwards(chromium, desk) -> None:  # noqa: F811
    base, case = desk
    with Watched(chromium, base) as watched:
        asked: list[str] = []
        watched.page.on("response", lambda answer: asked.append(answer.text()) if re.search(
            "html|json", answer.headers.get("content-type", "")) else None)
        page = watched.go("/reading")
        page.locator("#main").focus()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/read")
        assert not any(word in text for text in asked for word in ("OX 7?41", SECRET))
        for _ in range(60):
            page.keyboard.press("Tab")
            name = page.evaluate("document.activeElement.id || document.activeElement.className")
            ring = page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle + "
                "getComputedStyle(document.activeElement).boxShadow")
            assert ring != "nonenone", f"nothing shows that {name} has the focus"
            if name == "f-text":
                break
        page.keyboard.type("QX 7741")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#together")
        assert "place 1: Ben reads O, tester reads Q" in page.inner_text("main")
        assert page.locator("table.places td.is-differing").count() == 3
        assert page.input_value("#j-text") == "[OQ]X 7741"
        page.fill("#j-text", "QX 7741")
        page.select_option("#j-state", "clear")
        page.click("text=Record as the marking's text")
        page.wait_for_selector("#together")
        assert watched.wrong == []
    assert case.read("sealed").get("mark-aaaa").get("text") == "QX 7741"


def test_a_part_is_drawn_by_mouse_and_by_keys(chromium, desk) -> None:  # noqa: F811
    base, case = desk
    with Watched(chromium, base) as watched:
        page = watched.go(MARK)
        page.wait_for_selector(".stage[data-live]")

        def part() -> list[int]:
            return [int(page.input_value(f"#f-{name}") or -1)
                    for name in ("x", "y", "width", "height")]

        place = page.locator(".stage").bounding_box()
        shown = box(page)
        scale = place["width"] / shown[2]
        page.mouse.move(place["x"] + (400 - shown[0]) * scale, place["y"] + (350 - shown[1]) * scale)
        page.mouse.down()
        page.mouse.move(place["x"] + (840 - shown[0]) * scale, place["y"] + (470 - shown[1]) * scale,
                        steps=5)
        page.mouse.up()
        assert part() == pytest.approx([400, 350, 440, 120], abs=6)
        x, y, width, height = part()
        page.locator(".stage").focus()
        page.keyboard.press("Alt+ArrowLeft")
        page.keyboard.press("Alt+Shift+ArrowDown")
        assert part() == [x - 1, y, width, height + 1]
        for _ in range(200):
            page.keyboard.press("ArrowRight")
        assert part()[0] + part()[2] == 1200  # never out of the picture
        page.fill("#f-x", "398")
        assert page.get_attribute(".stage rect.over", "x") == "398"
        page.check("[value=move]")
        page.locator(".stage").focus()
        page.keyboard.press("ArrowRight")
        assert part()[0] == 398 and box(page)[0] > shown[0]
        page.fill("#f-text", "QX 7741")
        page.click("text=Record marking and reading")
        page.wait_for_url("**/markings/*/read")
        assert "waits for a second reader" in page.inner_text("main")
        assert watched.wrong == []
    rows = case.read("sealed").list("marking", {"photograph": "photo-aaaa"}).rows
    made = next(row for row in rows if row.id != "mark-aaaa")
    assert made.get("region").startswith("398, ") and made.get("text") == "QX 7741"


def test_a_part_is_drawn_from_nothing_with_keys_on_a_turned_picture(chromium, desk) -> None:  # noqa: F811
    base, _ = desk
    with Watched(chromium, base) as watched:
        page = watched.go(MARK)
        page.locator(".stage").focus()
        page.keyboard.press("]")
        page.keyboard.press("ArrowLeft")
        numbers = [int(page.input_value(f"#f-{n}")) for n in ("x", "y", "width", "height")]
        assert numbers[0] + numbers[2] <= 1200 and numbers[1] + numbers[3] <= 800
        assert min(numbers[2:]) >= 2
        place = page.locator(".stage").bounding_box()
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        page.mouse.down()
        page.mouse.move(place["x"] + place["width"] / 2 + 40, place["y"] + place["height"] / 2 + 10)
        page.mouse.up()
        turned = [int(page.input_value(f"#f-{n}")) for n in ("width", "height")]
        assert turned[1] > turned[0]  # wide on the screen is high on the picture
        assert watched.wrong == []


def test_without_the_script_the_picture_and_the_form_do(chromium, desk) -> None:  # noqa: F811
    base, case = desk
    with Watched(chromium, base, java_script_enabled=False) as watched:
        page = watched.go(READ)
        assert not page.locator(".views").is_visible()
        assert page.locator(".stage .shown").is_visible() and page.locator(".whole").is_visible()
        page.fill("#f-text", "QX 7741")
        page.click("text=Record what I read")
        page.wait_for_selector("#together")
        page.goto(base + MARK)
        for name, value in (("x", "1"), ("y", "2"), ("width", "30"), ("height", "40")):
            page.fill(f"#f-{name}", value)
        page.fill("#f-text", "B 2")
        page.click("text=Record marking and reading")
        page.wait_for_url("**/markings/*/read")
        assert watched.wrong == []
    assert case.read("sealed").count("reading")[0] == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_and_no_page_wider_than_a_telephone(chromium, desk, scheme: str) -> None:  # noqa: F811
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    base, case = desk
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for turn in range(2):
            for address in (READ, MARK, "/reading", "/reading?state=two", "/reading?state=none",
                            "/markings/mark-bbbb/read", f"{MARK}?marking=mark-cccc"):
                for width in (1280, 390):
                    watched.page.set_viewport_size({"width": width, "height": 800})
                    page = watched.go(address)
                    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                        told.append(f"{address} is wider than {width} pixels")
                page.add_script_tag(path=str(AXE))
                for one in page.evaluate("async () => (await axe.run()).violations"):
                    nodes = "; ".join(f"{n['target']} {n['failureSummary'][-160:]}"
                                      for n in one["nodes"][:3])
                    told.append(f"{address}: {one['id']}: {nodes}")
            if not turn:
                give_reading(case, "mark-aaaa", "Q[X7] 7*", reader="tester", read_on="2026-11-21",
                             clearance="restricted", actor="tester")
    assert told == []
