"""Every command of ``docs/exchange.md``, in order: two laptops, a stick, and a loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import walk


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("exchange.md", tmp_path, capfd, monkeypatch) >= 35
