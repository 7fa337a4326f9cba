"""Hostile strings as values and as questions: shown as text, never as a page's own parts."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from headstamp.actions.settings import Settings
from headstamp.errors import Invalid
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.shared import shared
from tests.web.conftest import BASE
from tests.web.sample import a_case, make

_TAGS = frozenset(
    ["html", "head", "meta", "title", "link", "script", "body", "a", "header", "form", "input", "button", "span", "nav", "details", "summary", "ul", "li", "aside", "strong", "p", "main", "hgroup", "h1", "h2", "h3", "div", "section", "table", "thead", "tr", "th", "tbody", "td", "bdi", "footer", "dl", "dt", "dd", "ol", "time", "br", "pre", "article", "img", "kbd", "small", "label", "select", "option", "textarea", "fieldset", "legend", "datalist", "blockquote", "figure", "figcaption", "svg", "g", "path", "rect", "text", "line", "circle", "title", "desc", "polyline", "polygon", "abbr", "code", "em", "i", "b", "sup", "hr", "summary", "tfoot", "caption", "noscript", "output", "progress", "meter"]
)


class _Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.wrong.append(f"{tag} {name}={value}")
            if name in ("href", "src", "action") and not (value or "").startswith(
                ("/", "#", "https://", "http://")
            ):
                self.wrong.append(f"{tag} {name}={value}")
            if tag == "script" and name == "src" and not (value or "").startswith("/static/"):
                self.wrong.append(f"script {value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _parsed(text: str) -> _Page:
    page = _Page()
    page.feed(text)
    return page


@pytest.fixture(scope="module")
def strings() -> list[str]:
    found: list[str] = json.loads(shared("vectors/naughty-strings/blns.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def naughty(strings: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, TestClient]:
    records = []
    for number, text in enumerate(strings):
        for kind, values in (
            ("note", {"about": "item-aaaa", "text": text}),
            ("marking", {"item": "item-aaaa", "text": text}),
            ("party", {"name": text, "roles": ["manufacturer"], "address": text}),
            ("item", {"tag": text, "make": text, "links": [text], "remark": text}),
            ("document", {"title": f"{text} {number}", "caution": text, "credit": text}),
        ):
            try:
                records.append(make(kind, **values))
            except Invalid:
                continue  # what no store can keep, or what is empty, is refused before
    case = a_case(tmp_path_factory.mktemp("naughty") / "case", *records)
    app = create_app(Settings(case.where, "tester"), case=case)
    return case, TestClient(app, base_url=BASE, raise_server_exceptions=False)


def test_hostile_values_are_shown_as_text(naughty: tuple[Case, TestClient]) -> None:
    _, client = naughty
    for address in ("/notes", "/markings", "/parties", "/items", "/documents", "/items/item-aaaa"):
        for number in (1, 4, 7):
            answer = client.get(f"{address}?page={number}" if "item-" not in address else address)
            if answer.status_code == 200:
                assert _parsed(answer.text).wrong == [], address
    rows = client.get("/api/parties?limit=200").json()["rows"]
    for row in rows[::10]:
        page = client.get(f"/parties/{row['id']}")
        assert page.status_code == 200
        parsed = _parsed(page.text)
        assert parsed.wrong == []
        assert row["name"] in "".join(parsed.text)
        assert _parsed(client.get(f"/parties/{row['id']}/edit").text).wrong == []


def test_hostile_questions_are_answered(strings: list[str], naughty: tuple[Case, TestClient]) -> None:
    _, client = naughty
    for text in strings[::12]:
        asked = quote(text.encode("utf-8", "surrogatepass"))
        for address in (f"/search?q={asked}", f"/items?make={asked}", f"/items?order={asked}",
                        f"/items?{asked}=1", f"/items/{asked}", f"/items?page={asked}"):
            answer = client.get(address)
            assert answer.status_code in (200, 404, 422), (address, answer.text[:300])
            assert _parsed(answer.text).wrong == [], address
