"""Every file and command of ``docs/network.md``, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import walk


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("network.md", tmp_path, capfd, monkeypatch) >= 1
