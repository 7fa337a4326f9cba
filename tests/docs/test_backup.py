"""Every command of ``docs/backup.md`` and ``docs/doctor.md``, in order; and that no code goes untold."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from headstamp.cli import main
from tests.docs.test_tutorial import BLOCK, agrees
from tests.shared import ROOT


@pytest.mark.parametrize("page", ["backup.md", "doctor.md"])
def test_the_page_does_what_it_says(
    page: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("HEADSTAMP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    ran = 0
    for what, name, body in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        if what == "file":
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        for step in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            capfd.readouterr()
            main(shlex.split(command)[1:])
            told = capfd.readouterr()
            printed = told.err + told.out
            assert agrees(printed, shown or "..."), f"$ {command}\nprinted:\n{printed}"
            ran += 1
    assert ran >= 6


def test_every_code_of_the_doctor_is_explained() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    source = (ROOT / "src/headstamp/actions/doctor.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'Ailment\(\s*"(\w+)"', source))
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in page} == set()
