"""Every Python block of ``docs/markings-search.md``, in order, and what it says it prints."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from tests.docs.walk import BLOCK
from tests.shared import ROOT

PAGE = ROOT / "docs" / "markings-search.md"


NUMBER = re.compile(r"\d+\.\d+|\d+(?=%)")


def alike(printed: str, told: str) -> bool:
    """The same words; probabilities near each other, for their tables are tuned and taught."""
    one, other = ([float(n) for n in NUMBER.findall(text)] for text in (printed, told))
    return NUMBER.sub("#", printed) == NUMBER.sub("#", told) and all(
        abs(mine - theirs) <= (0.1 if theirs < 1 else 5)
        for mine, theirs in zip(one, other, strict=True)
    )


def test_the_page_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    printed = ""
    ran = 0
    for what, _, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if what == "python":
            with contextlib.redirect_stdout(io.StringIO()) as told:
                exec(compile(body, str(PAGE), "exec"), known)
            printed = told.getvalue()
            ran += 1
        elif what == "text":
            assert alike(printed, body), f"printed:\n{printed}"
    assert ran >= 5
