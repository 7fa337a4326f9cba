"""A page of the documentation, walked through: its files written, its commands run, what they print compared.

A fenced block marked ``console`` holds commands after ``$`` and what they print; ``...``
stands for anything. A block marked ``file NAME`` is written as that file first.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.cli import main
from tests.shared import ROOT

BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page_text(page: str) -> str:
    """The text of a page in ``docs``."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def run(command: str, folder: Path) -> str:
    """What a command prints, on both channels, as a person would see it."""
    env = {
        **os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HEADSTAMP_ACTOR": "A. Investigator", "NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb",
    }
    env.pop("HEADSTAMP_CASE", None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, text=True, check=False, timeout=300,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )
    return done.stdout


def agrees(printed: str, shown: str) -> bool:
    """Whether what was printed is what is shown; ``...`` stands for anything, blanks count once."""
    parts = [" ".join(part.split()) for part in shown.split("...")]
    pattern = ".*".join(re.escape(part) for part in parts)
    return re.fullmatch(rf"\s*{pattern}\s*", " ".join(printed.split()), re.DOTALL) is not None


def steps(body: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and what is shown below it."""
    for step in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        yield command, shown or "..."


def walk(
    page: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> int:
    """Do in ``folder`` what a page says; how many commands that were.

    headstamp's own run in this process: starting another for each would take most of the time.
    """
    for name in [name for name in os.environ if name.startswith("HEADSTAMP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    ran = 0
    for what, name, body in BLOCK.findall(page_text(page)):
        if what == "file":
            (folder / name).write_text(body, encoding="utf-8")
            continue
        for command, shown in steps(body):
            if command.startswith("headstamp "):
                capfd.readouterr()
                main(shlex.split(command)[1:])
                told = capfd.readouterr()
                printed = told.err + told.out
                # Which of the two was written first is not known any more.
                done = agrees(printed, shown) or agrees(told.out + told.err, shown)
            else:
                printed = run(command, folder)
                done = agrees(printed, shown)
            assert done, f"$ {command}\nprinted:\n{printed}"
            ran += 1
    return ran
