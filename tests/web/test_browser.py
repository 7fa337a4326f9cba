"""The pages in a real browser: no errors, no barriers, nothing asked of anybody but this program.

Skipped by name where Chromium is absent; the accessibility checks also where
axe-core is (``npm ci --ignore-scripts`` fetches it).
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
import uvicorn

from headstamp.actions.settings import Settings
from headstamp.demo.fill import fill
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.lacking import lacks
from tests.web.small import id_of, make, small_case

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
# What a browser without graphics hardware says of its own drawing is no fault of ours.
_HARMLESS = ("GPU stall", "GL Driver Message", "WebGL", "swiftshader")

ARABIC = "الصندوق 07-85 من الوجبة 12-345/A في المخزن"


@contextmanager
def served(case: Case, clearance: str = "restricted") -> Iterator[str]:
    """The pages of a case on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = create_app(Settings(case.where, "tester", clearance), case=case)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    wait = Event()
    for _ in range(1000):
        if server.started:
            break
        wait.wait(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not CHROMIUM.exists():
        lacks("Chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    case = small_case(tmp_path_factory.mktemp("browser") / "case")
    with case.change(actor="A. Sample", reason="words in two directions") as change:
        change.put(make("note", "arabic", about=id_of("site", "street"), text=ARABIC))
        change.put(make("marking", "arabic", item=id_of("item", "i1"), text="لوط 07-85"))
    with served(case) as base:
        yield base


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Case]]:
    """The teaching case as the demonstration shows it."""
    case = Case.create(tmp_path_factory.mktemp("street") / "case")
    fill(case)
    with served(case) as base:
        yield base, case


class Watched:
    """A page whose errors and requests are written down."""

    def __init__(self, browser, base: str, **how) -> None:
        self.base = base
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **how)
        self.wrong: list[str] = []
        self.context.route("**/*", self._only_here)
        self.page = self.context.new_page()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("response", self._answered)

    def _only_here(self, route) -> None:
        address = route.request.url
        if address.startswith((self.base + "/", "data:", "blob:")):
            route.continue_()
        else:
            self.wrong.append(f"asked elsewhere: {address}")
            route.abort()

    def _said(self, message) -> None:
        if message.type in ("error", "warning") and not any(
            word in message.text for word in _HARMLESS
        ):
            self.wrong.append(f"{message.type}: {message.text}")

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def go(self, address: str):
        self.page.goto(self.base + address)
        if self.page.locator("#map").count():
            self.page.wait_for_selector("#map[data-state=idle]", timeout=60_000)
        return self.page

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *error) -> None:
        self.context.close()


def particular_addresses(case: Case) -> list[str]:
    """Of each kind the record of which most is told."""
    reader = case.read("restricted")
    found = []
    for kind, slug in (("item", "items"), ("site", "sites"), ("party", "parties"),
                       ("document", "documents"), ("trace_request", "trace-requests"),
                       ("marking", "markings"), ("finding", "findings"), ("transfer", "transfers"),
                       ("recovery", "recoveries"), ("photograph", "photographs")):
        rows = reader.list(kind, limit=40).rows
        best = max(rows, key=lambda row: sum(one.count for one, _ in reader.naming(row.id, 1)))
        found.append(f"/{slug}/{best.id}")
        if kind == "item":
            found.append(f"/items/{best.id}/chain")
    return found


GENERAL = (
    "/", "/items", "/items?view=cards", "/sites", "/map", "/search?q=07-85", "/tallies",
    "/findings", "/missing", "/missing/items-without-grade", "/import", "/verify", "/doctor", "/report",
    "/items/new", "/keys", "/measures", "/lag", "/series?near=TA+412%3F19", "/supply", "/network", "/network?of=parties", "/flags",
    "/flags?what=sanctions",
    "/lists", "/nowhere",
)


def test_every_page_opens_without_an_error_and_asks_nobody_else(chromium, street) -> None:
    base, case = street
    with Watched(chromium, base) as watched:
        for address in (*GENERAL, *particular_addresses(case)):
            watched.wrong.clear()
            page = watched.go(address)
            assert page.locator("h1").count() == 1, address
            if address == "/nowhere":
                assert "404" in " ".join(watched.wrong)
                continue
            assert watched.wrong == [], address
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{address} is wider than the window"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(chromium, street, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core in node_modules")
    base, case = street
    told: list[str] = []
    with Watched(chromium, base, color_scheme=scheme, bypass_csp=True) as watched:
        for address in (*GENERAL, *particular_addresses(case)):
            page = watched.go(address)
            page.add_script_tag(path=str(AXE))
            for one in page.evaluate("async () => (await axe.run()).violations"):
                nodes = "; ".join(f"{n['target']} {n['failureSummary'][-160:]}"
                                  for n in one["nodes"][:3])
                told.append(f"{address}: {one['id']}: {nodes}")
    assert told == []


def test_no_page_is_wider_than_a_telephone(chromium, street) -> None:
    base, case = street
    with Watched(chromium, base) as watched:
        watched.page.set_viewport_size({"width": 390, "height": 800})
        for address in (*GENERAL, *particular_addresses(case)):
            page = watched.go(address)
            wide = page.evaluate(
                "document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll("
                "'body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
                ".slice(0, 3).map(e => e.outerHTML.slice(0, 120)) : []"
            )
            assert wide == [], address


def test_everything_can_be_done_by_keys(chromium, small: str) -> None:
    with Watched(chromium, small) as watched:
        page = watched.go("/items")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        first = page.locator("table.list tbody tr").first.locator("a").first
        assert page.evaluate("document.activeElement.href").endswith(first.get_attribute("href"))
        page.keyboard.press("Enter")
        page.wait_for_url("**/items/item-*")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("07-88")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=07-88*")
        page.locator("#main").focus()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/search" not in address, timeout=15_000)
        assert watched.wrong == []


def test_search_answers_while_one_types(chromium, small: str) -> None:
    with Watched(chromium, small) as watched:
        page = watched.go("/search")
        page.fill("#q", "")
        page.locator("#q").press_sequentially("07-88", delay=15)
        page.wait_for_selector("#results .hits li", timeout=15_000)
        assert "07-88" in page.inner_text("#results")
        assert watched.wrong == []


def test_the_map_gathers_points_and_the_years_choose_among_them(chromium, small: str) -> None:
    with Watched(chromium, small) as watched:
        page = watched.go("/map")
        every = int(page.get_attribute("#map", "data-shown"))
        assert every == 6 and int(page.get_attribute("#map", "data-clusters")) >= 1
        assert page.locator("[data-spot]:visible").count() == every
        page.uncheck("[name=undated]")
        page.focus("[name=from]")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_selector("#map[data-state=idle]")
        assert page.input_value("[name=from]") == "2016"
        assert page.inner_text("#years") == "2016 to 2016"
        # The street (2014 to 2016) and what was recovered there in 2016.
        assert page.get_attribute("#map", "data-shown") == "2"
        assert page.locator("[data-spot]:visible").count() == 2
        page.uncheck("[value=sites]")
        assert page.get_attribute("#map", "data-shown") == "1"
        page.locator("[data-find]:visible").first.click()
        popup = page.wait_for_selector(".maplibregl-popup a")
        assert "/recoveries/" in popup.get_attribute("href")
        assert watched.wrong == []


ORDER = """(selector) => {
  const within = document.querySelector(selector);
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let i = 0; i < node.length; i += 1) {
      const range = document.createRange();
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getClientRects()[0];
      if (box && box.width) found.push([node.data[i], box.left, box.top]);
    }
  }
  return found;
}"""


def seen_in_order(page, selector: str) -> str:
    """The characters of an element from left to right as they stand on the screen."""
    glyphs = page.evaluate(ORDER, selector)
    return "".join(glyph for glyph, _, _ in sorted(glyphs, key=lambda g: (round(g[2] / 14), g[1])))


def test_a_marking_inside_arabic_keeps_its_order(chromium, small: str) -> None:
    with Watched(chromium, small) as watched:
        page = watched.go(f"/notes/{id_of('note', 'arabic')}")
        note = seen_in_order(page, "dl.facts .prose")
        assert "07-85" in note and "12-345/A" in note
        assert "85-07" not in note and "A/345-12" not in note
        # The measure itself: the same text without our care is turned round.
        page.evaluate("""(text) => {
          const bare = document.createElement('p');
          bare.dir = 'rtl'; bare.id = 'bare'; bare.textContent = text;
          document.querySelector('main').append(bare);
        }""", ARABIC)
        assert "85-07" in seen_in_order(page, "#bare")
        page = watched.go(f"/documents/{id_of('document', 'paper')}")
        assert "07-85" in seen_in_order(page, ".says .paper")
        page = watched.go(f"/items/{id_of('item', 'i1')}")
        assert "07-86" in seen_in_order(page, "#markings ~ article .marking")


def test_an_import_is_looked_at_told_and_done(chromium, tmp_path: Path) -> None:
    rows = "".join(f"N-{n},arm,Zavod {n % 7},2016-0{1 + n % 9}-01\n" for n in range(6000))
    table = tmp_path / "finds.csv"
    table.write_text(f"Tag,Category,Manufacturer,Date found\n{rows}N-x,arm,Z,2016-33-99\n")
    case = Case.create(tmp_path / "case")
    with served(case) as base, Watched(chromium, base) as watched:
        page = watched.go("/import")
        page.set_input_files("#files", str(table))
        page.click("text=Look at them")
        page.wait_for_selector("text=Nothing has been written yet")
        assert "item: Make" in page.inner_text("main")
        page.click("button[value=import]")
        # The page changes by itself from running to done.
        page.wait_for_selector(".job-done", timeout=120_000)
        counts = page.inner_text(".job .counts")
        assert "6,001" in counts and "6,000" in counts
        assert "there is no month 33" in page.inner_text(".job")
        with page.expect_download() as download:
            page.click("text=Problems file")
        assert "N-x" in Path(download.value.path()).read_text("utf-8-sig")
        page = watched.go("/items")
        assert "6,000" in page.inner_text("h1")
        page = watched.go("/verify")
        page.click("text=Verify everything now")
        page.wait_for_selector(".job-done", timeout=120_000)
        assert "Nothing is wrong" in page.inner_text(".job")
        assert watched.wrong == []
