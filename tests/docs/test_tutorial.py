"""The tutorial does what it says: every command in it runs, in order, and prints what is shown.

In ``docs/tutorial.md`` a fenced block marked ``console`` holds commands after ``$`` and
what they print; ``...`` stands for anything. A block marked ``file NAME`` is written
as that file first; a block marked ``python`` is run as a script.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = ["tutorial.md"]


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


@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs_and_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert sum(1 for what, _, _ in blocks if what == "console") >= 8
    for what, name, body in blocks:
        if what == "file":
            (tmp_path / name).write_text(body, encoding="utf-8")
        elif what == "python":
            (tmp_path / "notebook.py").write_text(body, encoding="utf-8")
            printed = run("python notebook.py", tmp_path)
            assert "Traceback" not in printed, printed
        elif what == "console":
            for step in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, shown = step.partition("\n")
                printed = run(command, tmp_path)
                assert agrees(printed, shown or "..."), f"$ {command}\nprinted:\n{printed}"
