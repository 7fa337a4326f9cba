"""Whatever is typed: no traceback, a known exit code, and with --json one document."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.cli import main
from headstamp.records import Item, Marking
from headstamp.store.case import Case

CODES = {0, 2, 3, 4, 5, 6, 9}
COMMANDS = ["list", "count", "find", "show", "verify", "checkpoint", "kinds", "record", "schema"]
WORDS = st.sampled_from([
    "item", "items", "marking", "trace-requests", "nonsense", "--where", "make=Altera", "make=",
    "=", "site", "--by", "family", "recovered_on_year", "--limit", "3", "-1", "99999999999999999999",
    "--order", "-make", "make", "--offset", "--json", "--", "-", "", "--clearance", "sealed", "public",
    "--actor", "--set", "--reason", "x", "item-0000aaaa", "zzz-0000", "?", "*", "%", "\"", "'", "\\",
    "\udcff", "م", "\u202e", "\x1b[2J", "--help", "--make", "--against", "/dev/null", ";--",
]) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("words") / "case"
    with Case.create(where) as case, case.change(actor="A", reason="b") as change:
        item = Item.build({"make": "Altera"})
        change.put_many([item, Marking.build({"item": item.id, "text": "AB 12?4"})])
    return where


@settings(max_examples=150, deadline=None)
@given(command=st.sampled_from(COMMANDS), words=st.lists(WORDS, max_size=6))
def test_any_words(folder: Path, command: str, words: list[str]) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    before = sys.stdout, sys.stderr
    streams = [io.TextIOWrapper(s, "utf-8", write_through=True) for s in (out, err)]
    sys.stdout, sys.stderr = streams
    try:
        code = main(["--case", str(folder), "--json", command, *words])
    finally:
        sys.stdout, sys.stderr = before
    told = out.getvalue().decode("utf-8")
    assert code in CODES, (code, told, err.getvalue())
    assert "Traceback" not in told
    if "--help" not in words:
        document = json.loads(told)
        assert code in (0, 9) or set(document) == {"error", "message", "problems"}
