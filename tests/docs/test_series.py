"""Every file and command of ``docs/series.md``, in order; and the table of what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headstamp.markings.serial_range import read_ranges
from tests.docs.walk import walk
from tests.shared import ROOT

PAGE = ROOT / "docs" / "series.md"


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("series.md", tmp_path, capfd, monkeypatch) >= 3


def test_everything_in_the_table_is_read() -> None:
    rows = re.findall(r"^\| (`.*) \| ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    written = [text for row in rows for text in re.findall(r"`([^`]+)`", row)]
    assert len(written) > 15
    for text in written:
        read = read_ranges(text)
        assert read.ranges and not read.problems, text
