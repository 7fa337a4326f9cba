"""Every file and command of ``docs/reference-library.md``, in order; and its figures."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from headstamp.cli import main
from tests.docs.test_tutorial import BLOCK, agrees
from tests.markings.test_state_words import RIO
from tests.shared import ROOT

PAGE = ROOT / "docs" / "reference-library.md"


def test_the_page_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("HEADSTAMP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    for what, name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if what == "file":
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        for step in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, shown = step.partition("\n")
            capfd.readouterr()
            assert main(shlex.split(command)[1:]) == 0, command
            told = capfd.readouterr()
            printed = told.err + told.out
            assert agrees(printed, shown or "..."), f"$ {command}\nprinted:\n{printed}"


def test_the_page_gives_the_figures_that_are_measured() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \| ([\d.]+) % \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {words: (int(count.replace(",", "")), float(share)) for words, count, share in rows}
    assert [count for count, _ in told.values()] == [*sorted(RIO.values(), reverse=True), 0]
    for count, share in told.values():
        assert share == round(100 * count / sum(RIO.values()), 1)
