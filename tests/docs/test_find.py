"""Every file and command of ``docs/find.md``, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.cli.find import SIGNS
from tests.docs.walk import walk
from tests.shared import ROOT

PAGE = ROOT / "docs" / "find.md"


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("find.md", tmp_path, capfd, monkeypatch) >= 3


def test_every_sign_is_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [sign for kind, sign in SIGNS.items() if kind != "same" and f"`{sign}`" not in text] == []
