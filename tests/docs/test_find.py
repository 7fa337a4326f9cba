"""Every file and command of ``docs/find.md``, in order."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from headstamp.cli import main
from headstamp.cli.find import SIGNS
from tests.docs.test_tutorial import BLOCK, agrees
from tests.shared import ROOT

PAGE = ROOT / "docs" / "find.md"


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
            main(shlex.split(command)[1:])
            told = capfd.readouterr()
            printed = told.err + told.out
            assert agrees(printed, shown or "..."), f"$ {command}\nprinted:\n{printed}"


def test_every_sign_is_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [sign for kind, sign in SIGNS.items() if kind != "same" and f"`{sign}`" not in text] == []
