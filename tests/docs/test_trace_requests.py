"""The page on trace requests: its commands in order, and its table of moves."""

from __future__ import annotations

from pathlib import Path

from headstamp.publish.letter_words import SHIPPED
from headstamp.tracing.request_due import TERMS
from headstamp.tracing.request_state import MOVES
from tests.docs.walk import BLOCK, agrees, page_text, run, steps

PAGE = "trace-requests.md"


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    here, kept = tmp_path / "here", tmp_path / "variables"
    here.mkdir()
    kept.write_text("")
    for what, _, body in BLOCK.findall(page_text(PAGE)):
        assert what == "console"
        for command, shown in steps(body):
            # What one command sets, the next one knows, as in a person's own shell.
            whole = (f". {kept}\n{command}\ncode=$?\n"
                     f"declare -p HEADSTAMP_CASE MAKER FIND ITEM 2>/dev/null > {kept}.new\n"
                     f"mv {kept}.new {kept}; exit $code")
            printed = run(whole, here)
            assert agrees(printed, shown), f"$ {command}\nprinted:\n{printed}"


def test_the_table_of_moves_is_the_programs() -> None:
    rows = {}
    for line in page_text(PAGE).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].replace(" ", "_") in MOVES:
            rows[cells[0].replace(" ", "_")] = {
                one.partition("(")[0].strip().replace(" ", "_") for one in cells[1].split(",")}
    assert rows == {state: set(to) for state, to in MOVES.items()}


def test_the_terms_and_the_templates_are_the_programs() -> None:
    text = " ".join(page_text(PAGE).split())
    for name in (*SHIPPED, "terms.toml"):
        assert f"`{name}`" in text
    assert f"an acknowledgement in {TERMS.acknowledge} days" in text
    assert f"an answer in {TERMS.days('maker')} (a maker, exporter, importer)" in text
    assert f"{TERMS.days('national_authority')} (a national authority)" in text
    assert f"{TERMS.days('carrier')} (a carrier, platform, financier)" in text
