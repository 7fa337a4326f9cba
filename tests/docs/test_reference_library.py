"""Every file and command of ``docs/reference-library.md``, in order; and its figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.walk import walk
from tests.markings.test_state_words import RIO
from tests.shared import ROOT

PAGE = ROOT / "docs" / "reference-library.md"


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("reference-library.md", tmp_path, capfd, monkeypatch) >= 3


def test_the_page_gives_the_figures_that_are_measured() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \| ([\d.]+) % \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {words: (int(count.replace(",", "")), float(share)) for words, count, share in rows}
    assert [count for count, _ in told.values()] == [*sorted(RIO.values(), reverse=True), 0]
    for count, share in told.values():
        assert share == round(100 * count / sum(RIO.values()), 1)
