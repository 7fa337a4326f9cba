"""The tutorial does what it says: every command in it runs, in order, and prints what is shown.

In ``docs/tutorial.md`` a fenced block marked ``console`` holds commands after ``$`` and
what they print; ``...`` stands for anything. A block marked ``file NAME`` is written
as that file first; a block marked ``python`` is run as a script.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walk import BLOCK, agrees, page_text, run, steps

PAGES = ["tutorial.md"]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs_and_prints_what_is_shown(page: str, tmp_path: Path) -> None:
    blocks = BLOCK.findall(page_text(page))
    assert sum(1 for what, _, _ in blocks if what == "console") >= 8
    for what, name, body in blocks:
        if what == "file":
            (tmp_path / name).write_text(body, encoding="utf-8")
        elif what == "python":
            (tmp_path / "notebook.py").write_text(body, encoding="utf-8")
            printed = run("python notebook.py", tmp_path)
            assert "Traceback" not in printed, printed
        elif what == "console":
            for command, shown in steps(body):
                printed = run(command, tmp_path)
                assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"
