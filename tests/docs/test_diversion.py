"""``docs/diversion.md``: its commands run, its tables are those of the rule, its figures hold."""

from __future__ import annotations

import re
from pathlib import Path

from headstamp.tracing.diversion_rule import (
    BAR,
    CHANCE,
    CREDIBILITY,
    MOST_SURE,
    RELIABILITY,
    RIGHT_AUTHORITY,
    RIGHT_OWN,
    RIGHT_RECEIVER,
    UNSEEN,
    WEIGHTS,
)
from headstamp.tracing.hypothesis import VERSION
from headstamp.vocab import vocabulary
from tests.docs.walk import BLOCK, agrees, page_text, run, steps


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    here, kept = tmp_path / "here", tmp_path / "variables"
    here.mkdir()
    kept.write_text("")
    for what, _, body in BLOCK.findall(page_text("diversion.md")):
        assert what == "console"
        for command, shown in steps(body):
            whole = (f". {kept}\n{command}\ncode=$?\n"
                     f"declare -p HEADSTAMP_CASE ITEM DEPOT GROUP 2>/dev/null > {kept}.new\n"
                     f"mv {kept}.new {kept}; exit $code")
            printed = run(whole, here)
            assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"


def test_the_tables_are_those_of_the_rule() -> None:
    text = page_text("diversion.md")
    for code, row in WEIGHTS.items():
        weak, point, strong = row.value
        assert f"| {row.means} (`{code}`) | {weak:g} | {point:g} | {strong:g} | {row.why} |" in text
    assert re.findall(r"\(`(\w+)`\) \|", text) == list(WEIGHTS)
    for (letter, a), (digit, b) in zip(RELIABILITY.items(), CREDIBILITY.items(), strict=True):
        assert f"| {letter} | {a:g} | {digit} | {b:g} |" in text
    assert f"## The weights of rule {VERSION}" in text


def test_the_figures_in_the_text_are_those_of_the_rule() -> None:
    text = " ".join(page_text("diversion.md").split())
    assert f"low end is above {BAR:g}" in text
    assert "surer than {:g}, {:g} and {:g}".format(*MOST_SURE) in text
    assert (f"{RIGHT_OWN:g} (the last lawful holder itself, which has an interest), "
            f"{RIGHT_AUTHORITY:g} (an authority) or {RIGHT_RECEIVER:g} (who should") in text
    assert f"({CHANCE['maker']:g} makers, {CHANCE['exporter']:g} exporters" in text
    assert UNSEEN == 4 and "spread over four places" in text


def test_every_kind_is_told_of() -> None:
    text = page_text("diversion.md").casefold()
    assert [term.label for term in vocabulary("diversion_kind") if term.label not in text] == []
