"""``headstamp count``: the effort behind a count stands beside it, and other people's counts have none of ours."""

from __future__ import annotations

from pathlib import Path

from headstamp.records import Tally
from tests.cli.conftest import Run
from tests.engine.test_effort import VISITS, the_case


def test_the_effort_stands_beside_a_count(run: Run, tmp_path: Path) -> None:
    with the_case(tmp_path / "case", VISITS) as case, case.change(actor="tester", reason="counts") as change:
        change.put(Tally.build(id="tally-aaaa", what="pistols", count=3))
    where = ("--case", tmp_path / "case")
    told = run("count", "site", *where, "--json").json
    assert told["total"] == 3 and told["effort"]["visits"] == 4 and told["beside"].startswith("Effort: 4 visits")
    words = run("count", "visit", "--where", "site=site-aaa0", *where)
    assert words.out.strip() == "2" and "2 visits to 1 of 3 known sites" in words.err
    assert "no visit of this case" in run("count", "tally", *where).err
    assert run("count", "party", *where, "--json").json["beside"] == ""
