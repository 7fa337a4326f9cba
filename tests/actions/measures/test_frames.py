"""Measures for notebooks: dataframes, drawings, tables as dataframes."""

from __future__ import annotations

from pathlib import Path

import pytest

import headstamp
from headstamp.errors import Invalid, Missing
from tests.actions.measures.test_measuring import the_case

pandas = pytest.importorskip("pandas")


def test_plain_values_give_dataframes() -> None:
    answer = headstamp.measure("scale.serials", values=pandas.Series([2, 6, 7, 14]))
    assert answer.frame().loc[0, "estimate"] == 16.5
    assert "unknown start" in set(answer.frame("models")["model"])
    assert set(answer.frame("diagnostics").columns) == {"name", "value", "good", "words"}
    assert repr(answer).startswith("<scale.serials: 16.5 pieces")
    with pytest.raises(Missing, match="estimate, models, diagnostics"):
        answer.frame("nothing")


def test_a_table_may_be_a_dataframe() -> None:
    cells = pandas.DataFrame({"a": [1, 1, 0], "b": [1, 0, 1], "count": [40, 60, 50]})
    answer = headstamp.measure("scale.lists", cells=cells)
    assert answer.frame().loc[0, "estimate"] == pytest.approx(101 * 91 / 41 - 1)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Invalid) as told:
        headstamp.measure("scale.serials", colour="grey")
    assert {one.field for one in told.value.problems} == {"colour", "values"}


def test_a_case_gives_dataframes_and_what_they_rest_on(tmp_path: Path) -> None:
    the_case(tmp_path / "case").close()
    with headstamp.open(str(tmp_path / "case"), clearance="sealed") as case:
        answer = case.measure("scale.serials", series="K#", level=0.9)
        assert answer.frame().loc[0, "level"] == 0.9
        assert list(answer.frame("records")["record"]) == [f"item-aaa{n}" for n in range(4)]
        rows = case.ask("serials", make="Maker")
        assert len(rows) == 8 and set(rows["state"]) == {"clear", "partial", "removed"}


def test_a_drawing_is_a_picture_and_a_table() -> None:
    answer = headstamp.measure("scale.serials", values=[2, 6, 7, 14])
    for drawing in answer.drawings():
        assert drawing._repr_svg_().startswith("<svg") and len(drawing.frame())
    with pytest.raises(Missing):
        answer.drawing("nothing")
