"""``headstamp iafq``: a workbook and its summary, in words and as JSON; refused endings."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from headstamp.records import Item, Recovery
from headstamp.store.case import Case
from tests.cli.conftest import Run


def test_the_tables_are_written_and_told(run: Run, tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case, case.change(actor="tester", reason="a find") as change:
        change.put_many([
            Recovery.build(id="rec-aaaa", manner="seized", recovered_on="2020-05-01"),
            *(Item.build(id=f"item-aaa{n}", family="arm", item_type="pistol", recovery="rec-aaaa") for n in range(3))])
    given = ("--case", tmp_path / "case", "--year", "2020", "-o", tmp_path / "t.xlsx")
    told = run("iafq", *given, "--json").json
    assert told["tables"]["Arms"]["rows"]["pistol"] == {"seized": 3} and told["official_form"] is False
    assert told["sdg_16_4_2"]["interval"][1] > 0.5 and "not a random sample" in told["statement"]
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["Arms"]["B2"].value == 3
    words = run("iafq", *given)
    assert words.code == 0 and "SDG 16.4.2: 0.0%" in words.out and "Pistols" in words.out
    assert run("iafq", "--case", tmp_path / "case", "--year", "2020", "-o", tmp_path / "t.csv").code == 2
