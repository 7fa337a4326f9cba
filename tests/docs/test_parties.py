"""Every file, script and command of ``docs/parties.md``, in order, in one shell after another."""

from __future__ import annotations

from pathlib import Path

from tests.docs.walk import BLOCK, agrees, run, steps
from tests.shared import ROOT

PAGE = ROOT / "docs" / "parties.md"


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    here, kept = tmp_path / "here", tmp_path / "variables"
    here.mkdir()
    kept.write_text("")
    for what, name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if what == "file":
            (here / name).write_text(body, encoding="utf-8")
        elif what == "python":
            (here / "notebook.py").write_text(body, encoding="utf-8")
            assert "Traceback" not in run("python notebook.py", here)
        elif what == "console":
            for command, shown in steps(body):
                # What one command sets, the next one knows, as in a person's own shell.
                whole = (f". {kept}\n{command}\ncode=$?\n"
                         f"declare -p HEADSTAMP_CASE A B 2>/dev/null > {kept}.new\n"
                         f"mv {kept}.new {kept}; exit $code")
                printed = run(whole, here)
                assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"


def test_the_page_names_every_schema_that_is_used() -> None:
    from headstamp.exchange.ftm_model import EDGES, ITEM_SCHEMA, PARTY_SCHEMA

    text = PAGE.read_text(encoding="utf-8")
    used = {*PARTY_SCHEMA.values(), *ITEM_SCHEMA.values(), *(edge.schema for edge in EDGES.values())}
    assert [name for name in sorted(used) if name not in text] == []
