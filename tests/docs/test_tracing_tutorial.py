"""``docs/tracing-tutorial.md`` leads from a find to a finding: every command runs and prints what is shown."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.walk import BLOCK, agrees, page_text, run, steps

PAGE = "tracing-tutorial.md"


def test_the_walk_does_what_it_says(tmp_path: Path) -> None:
    here, kept = tmp_path / "here", tmp_path / "variables"
    here.mkdir()
    kept.write_text("")
    for what, name, body in BLOCK.findall(page_text(PAGE)):
        if what == "file":
            (here / name).write_text(body, encoding="utf-8")
            continue
        assert what == "console"
        for command, shown in steps(body):
            whole = (f". {kept}\n{command}\ncode=$?\n"
                     f"declare -p HEADSTAMP_CASE HEADSTAMP_ACTOR F R 2>/dev/null > {kept}.new\n"
                     f"mv {kept}.new {kept}; exit $code")
            printed = run(whole, here)
            assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"
    assert (here / "letter.pdf").read_bytes().startswith(b"%PDF")


def test_it_leads_past_each_page_of_tracing() -> None:
    linked = set(re.findall(r"\]\((\w[\w-]+)\.md", page_text(PAGE)))
    assert linked >= {"chains", "diversion", "forward", "lists", "trace-requests", "trace-desk",
                      "right-of-reply", "pictures", "teaching-case"}
