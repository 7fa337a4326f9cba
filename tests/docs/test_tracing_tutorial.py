"""``docs/tracing-tutorial.md`` leads from a find to a finding: every command runs and prints what is shown.

The teaching case is filled with one drawing in the place of all (drawing them is tried with the
demonstration itself), and commands run in this process: starting another for each would take
most of the time. Lines that need a shell get one.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from headstamp.cli import main
from headstamp.demo import fill as filling
from headstamp.demo.teaching import drawn, load
from headstamp.store.case import Case
from tests.docs.walk import BLOCK, agrees, page_text, run, steps

PAGE = "tracing-tutorial.md"
DEMO = "headstamp demo street --dir street --no-serve"
ASSIGNED = re.compile(r"^(\w)=\$\((.*)\)$")


def street(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """The teaching case, with one drawing for all photographs."""
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = drawn(first, teaching.scenes[first.id])
    with patch.context() as patched:
        patched.setattr(filling, "drawn", lambda record, scene: (record, picture))
        with Case.create(folder) as case:
            filling.fill(case)


def test_the_walk_does_what_it_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("HEADSTAMP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    held: dict[str, str] = {}

    def told(command: str) -> str:
        if command == DEMO:
            street(tmp_path / "street", monkeypatch)
            return "made"
        if command.startswith("export "):
            for one in shlex.split(command)[1:]:
                monkeypatch.setenv(*one.split("=", 1))
            return ""
        for name, value in held.items():
            command = re.sub(rf"\${name}\b", value, command)
        assigned = ASSIGNED.match(command)
        if assigned:
            set_ = (f"export HEADSTAMP_CASE={shlex.quote(os.environ['HEADSTAMP_CASE'])} "
                    f"HEADSTAMP_ACTOR={shlex.quote(os.environ['HEADSTAMP_ACTOR'])}; ")
            held[assigned[1]] = run(set_ + assigned[2], tmp_path).strip()
            return ""
        capfd.readouterr()
        main(shlex.split(command)[1:])
        printed = capfd.readouterr()
        return printed.err + printed.out

    for what, name, body in BLOCK.findall(page_text(PAGE)):
        if what == "file":
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        assert what == "console"
        for command, shown in steps(body):
            printed = told(command.strip())
            assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"
    assert sorted(held) == ["F", "R"]
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF")


def test_it_leads_past_each_page_of_tracing() -> None:
    linked = set(re.findall(r"\]\((\w[\w-]+)\.md", page_text(PAGE)))
    assert linked >= {"chains", "diversion", "forward", "lists", "trace-requests", "trace-desk",
                      "right-of-reply", "pictures", "teaching-case"}
    assert DEMO in page_text(PAGE)
