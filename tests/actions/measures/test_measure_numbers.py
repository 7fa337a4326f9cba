"""Numbers that nobody means, typed into a page or a command: refused in words, never a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.measures.plain import measure
from headstamp.errors import Invalid

CELLS = "a,b,c,count\n1,0,0,40\n0,1,0,50\n0,0,1,30\n1,1,0,20\n1,0,1,10\n0,1,1,12\n1,1,1,6\n"
POINTS = "x,y,t\n" + "".join(f"{at * 7 % 40},{at * 13 % 40},{at * 11 % 60}\n" for at in range(30))
KNOX = {"space": "5", "time": "10"}


@pytest.mark.parametrize(("name", "given"), [
    ("scale.serials", {"most": "9" * 40}), ("scale.serials", {"start": "-" + "9" * 19}),
    ("scale.lists", {"unseen_least": "9" * 40}), ("scale.lists", {"unseen_least": "10000000000000"}),
    ("space_time.knox", {**KNOX, "seed": "-1"}), ("space_time.modified_knox", {**KNOX, "seed": "-1"}),
    ("space_time.jacquez", {"seed": "-1"}), ("space_time.knox", {**KNOX, "permutations": "9" * 18}),
])
def test_a_number_that_nobody_means_is_refused(tmp_path: Path, name: str, given: dict[str, str]) -> None:
    table = tmp_path / "table.csv"
    table.write_text(CELLS if name == "scale.lists" else POINTS)
    data = {"scale.serials": {"values": "2,6,7,14"}, "scale.lists": {"cells": str(table)}}.get(name, {"points": str(table)})
    with pytest.raises(Invalid):
        measure(name, {**data, **given})


def test_at_least_more_unseen_than_are_looked_at_otherwise(tmp_path: Path) -> None:
    table = tmp_path / "cells.csv"
    table.write_text(CELLS)
    found = measure("scale.lists", {"cells": str(table), "unseen_least": "1000000"})
    assert any(one.estimate is not None and one.estimate >= 1_000_000 for one in found.models)
