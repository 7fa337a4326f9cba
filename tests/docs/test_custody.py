"""Every file, script and command of ``docs/custody.md``, in order, in one shell after another."""

from __future__ import annotations

from pathlib import Path

from tests.docs.walk import BLOCK, agrees, run, steps
from tests.shared import ROOT

PAGE = ROOT / "docs" / "custody.md"


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
                         f"declare -p HEADSTAMP_CASE ITEM TEAM STORE LAB ACT 2>/dev/null > {kept}.new\n"
                         f"mv {kept}.new {kept}; exit $code")
                printed = run(whole, here)
                assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"


def test_the_page_names_every_fault_and_every_act() -> None:
    from headstamp.actions.evidence.custody import FAULTS
    from headstamp.vocab import vocabulary

    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert [name for name in FAULTS.values() if f"| {name} |" not in text] == []
    missing = [t.label for t in vocabulary("custody_act")
               if t.label.removesuffix(" to its owner").removesuffix(" of store") not in text]
    assert missing == []
