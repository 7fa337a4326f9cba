"""Every file and command of ``docs/import.md``, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.intake.value import _KEYS
from tests.docs.walk import walk
from tests.shared import ROOT

PAGE = ROOT / "docs" / "import.md"


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("import.md", tmp_path, capfd, monkeypatch) >= 3


def test_the_page_names_every_word_of_a_value() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {word for word in _KEYS if f"`{word}`" not in text} == set()
