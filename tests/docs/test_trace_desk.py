"""``docs/trace-desk.md`` says what the desk does: its limits, its columns, its commands."""

from __future__ import annotations

import re

from headstamp.actions.desk.answers import COLUMNS
from headstamp.cli.app import command
from headstamp.publish.letter_csv import PLAIN
from headstamp.vocab import vocabulary
from tests.shared import ROOT

TEXT = " ".join((ROOT / "docs" / "trace-desk.md").read_text(encoding="utf-8").split())


def test_every_limit_is_told() -> None:
    words = TEXT.casefold()
    missing = [term.label for term in vocabulary("use_limit")
               if term.label.removesuffix(" in proceedings").removesuffix(" in the request")
               not in words]
    assert missing == []


def test_the_columns_named_are_those_that_go_out_and_come_back() -> None:
    named = set(re.findall(r"`(item_id|tag|answer_\w+)`", TEXT))
    assert named == {name for name in PLAIN if name.startswith("answer_")} | {"item_id", "tag"}
    taken = {name for some in COLUMNS.values() for name in some}
    assert named <= taken


def test_the_commands_named_are_there() -> None:
    group = command().get_command(None, "desk")
    assert set(re.findall(r"headstamp desk (\w+)", TEXT)) == set(group.commands)
    (options,) = re.findall(r"headstamp desk answers ([^`]+)```", TEXT)
    there = {opt for param in group.commands["answers"].params for opt in param.opts}
    assert set(re.findall(r"--[\w-]+", options)) <= there
