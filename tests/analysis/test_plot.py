"""A plot's table holds every number that is drawn."""

from __future__ import annotations

import pytest

from headstamp.analysis.measure import Model, Result, models_plot
from headstamp.analysis.measures import measure_named
from headstamp.analysis.plot import Plot, Series


def test_the_table_has_a_row_for_each_point_and_as_many_cells_as_columns() -> None:
    plot = Plot("p", "Title", "month", "pieces", (
        Series("found", "bars", (("2014-01", 3.0), ("2014-02", 0.0))),
        Series("rate", "band", (("2014-01", None, 1.0, 9.0),))))
    columns, rows = plot.table()
    assert columns == ("series", "month", "pieces", "low", "high")
    assert rows == (("found", "2014-01", 3.0, None, None), ("found", "2014-02", 0.0, None, None),
                    ("rate", "2014-01", None, 1.0, 9.0))
    assert plot.as_dict()["series"][1]["points"] == [["2014-01", None, 1.0, 9.0]]


def test_a_table_without_intervals_has_no_columns_for_them() -> None:
    assert Plot("p", "T", "x", "y", (Series("s", "line", ((1, 2.0),)),)).table()[0] == (
        "series", "x", "y")


def test_models_are_drawn_with_their_intervals_and_what_has_no_number_is_not() -> None:
    result = Result("m", 1, "?", 5.0, 3.0, 9.0, unit="pieces",
                    models=(Model("other", 6.0, 4.0, None), Model("none", None)))
    (plot,) = models_plot(result)
    assert plot.series[0].points == (("estimate", 5.0, 3.0, 9.0), ("other", 6.0, 4.0, None))


def test_a_refusal_has_nothing_to_draw() -> None:
    found = measure_named("scale.serials")
    assert found.plot(found.run(values=[5, 5])) == ()
    with pytest.raises(TypeError):
        Plot("p", "T", "x", "y")  # type: ignore[call-arg]
