"""Every command of ``docs/witnesses.md``, in order: an evening in the field, and a court with openssl."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import walk


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk("witnesses.md", tmp_path, capfd, monkeypatch) >= 20
