"""The threat model says of each adversary what tries its claims, and the tests that it names exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.shared import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
ADVERSARIES = re.split(r"^### ", PAGE.split("## What remains")[0], flags=re.MULTILINE)[1:]
SPEAKS = frozenset({"socket", "ssl", "asyncio", "http.client", "http.server", "urllib.request", "socketserver", "smtplib", "ftplib", "uvicorn",
                    "httpx", "requests", "aiohttp"})
# Those that listen on this machine, those of the exchange and of time stamps, which a person begins; the
# limited child, which takes the network away from itself.
KNOWN = frozenset({"web.app", "web.locking", "web.serve", "exchange.line", "exchange.pinned_tls", "exchange.over_http",
                   "demo.run", "intake.limited", "intake.child"})


def test_every_adversary_has_its_number_and_what_tries_the_claims() -> None:
    assert [int(one.split(".")[0]) for one in ADVERSARIES] == list(range(1, len(ADVERSARIES) + 1))
    assert len(ADVERSARIES) == 11


@pytest.mark.parametrize("told", ADVERSARIES, ids=[one.partition("\n")[0] for one in ADVERSARIES])
def test_what_it_names_as_tried_is_there(told: str) -> None:
    tried = told.partition("*Tried:*")[2]
    named = re.findall(r"`(tests/[\w/.]+)`", tried)
    assert named, "no test is named"
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_no_test_is_named_that_is_not_there() -> None:
    assert [one for one in re.findall(r"`(tests/[\w/.]+)`", PAGE) if not (ROOT / one).exists()] == []


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def test_only_these_modules_speak_to_a_network() -> None:
    source = ROOT / "src" / "headstamp"
    speak = {".".join(path.relative_to(source).with_suffix("").parts) for path in source.rglob("*.py")
             if any(name == one or name.startswith(f"{one}.") for name in imports(path) for one in SPEAKS)}
    assert speak == KNOWN
