"""Every command of ``docs/backup.md`` and ``docs/doctor.md``, in order; and that no code goes untold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.walk import walk
from tests.shared import ROOT


@pytest.mark.parametrize("page", ["backup.md", "doctor.md"])
def test_the_page_does_what_it_says(
    page: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert walk(page, tmp_path, capfd, monkeypatch) >= 6


def test_every_code_of_the_doctor_is_explained() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    source = "".join(path.read_text(encoding="utf-8")
                     for path in sorted((ROOT / "src/headstamp/actions/keeping").glob("*.py")))
    codes = set(re.findall(r'Ailment\(\s*"(\w+)"', source))
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in page} == set()
