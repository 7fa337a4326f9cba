"""``docs/chains.md``: its commands run, its tables are whole, its figures are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from headstamp.tracing import attach
from headstamp.tracing.claim import days
from headstamp.tracing.step import What
from tests.docs.walk import BLOCK, agrees, page_text, run, steps


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    here, kept = tmp_path / "here", tmp_path / "variables"
    here.mkdir()
    kept.write_text("")
    for what, _, body in BLOCK.findall(page_text("chains.md")):
        assert what == "console"
        for command, shown in steps(body):
            whole = (f". {kept}\n{command}\ncode=$?\n"
                     f"declare -p HEADSTAMP_CASE ITEM MAKER ARMY GROUP 2>/dev/null > {kept}.new\n"
                     f"mv {kept}.new {kept}; exit $code")
            printed = run(whole, here)
            assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"


def test_every_word_of_a_contradiction_is_told() -> None:
    told = re.findall(r"^\| `(\w+)` \|", page_text("chains.md"), re.M)
    assert sorted(told) == sorted(get_args(What))


def test_the_figures_are_those_of_the_code() -> None:
    text = " ".join(page_text("chains.md").split())
    assert (attach.PART_OF, attach.OTHER_KIND, attach.LOOK_ALIKE) == (0.9, 0.8, 0.7)
    assert attach.UNKNOWN_LOT == 0.25 and attach.SHORT == 3
    for words in ("nine tenths for each thing around it", "counts for four fifths",
                  "count for seven tenths", "one quarter of a lot", "fewer than three characters"):
        assert words in text
    assert days("2014-06~") == ("2014-05-01", "2014-07-31")
    assert "may be from 1 May to 31 July" in text
