"""Every file and command of ``docs/import.md``, in order."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from headstamp.cli import main
from headstamp.intake.value import _KEYS
from tests.docs.test_tutorial import BLOCK, agrees, run
from tests.shared import ROOT

PAGE = ROOT / "docs" / "import.md"


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
            if command.startswith("headstamp "):
                # In this process: starting another for each command would take most of the time.
                capfd.readouterr()
                main(shlex.split(command)[1:])
                told = capfd.readouterr()
                printed = told.err + told.out
            else:
                printed = run(command, tmp_path)
            assert agrees(printed, shown or "..."), f"$ {command}\nprinted:\n{printed}"


def test_the_page_names_every_word_of_a_value() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert {word for word in _KEYS if f"`{word}`" not in text} == set()
