"""Charts: bars from zero in proportion, stable bytes, nothing lost for who cannot see them."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.publish.chart import Row, bar_chart_svg, timeline_svg

NS = "{http://www.w3.org/2000/svg}"
ROWS: list[Row] = [("Texas Instruments", 784), ("Analog Devices", 392), ("none", 0), ("عين", 2.5)]


def _tree(made: str) -> ElementTree.Element:
    return ElementTree.fromstring(made.encode("utf-8"))


def _bars(made: str, side: str) -> list[float]:
    return [
        float(rect.get(side, "nan"))
        for rect in _tree(made).iter(f"{NS}rect")
        if rect.get("class") == "chart-bar"
    ]


def test_the_same_values_give_the_same_bytes() -> None:
    assert bar_chart_svg("Makers", ROWS) == bar_chart_svg("Makers", list(ROWS))
    assert timeline_svg("Time", ROWS) == timeline_svg("Time", tuple(ROWS))


def test_bars_begin_at_zero_in_proportion() -> None:
    wide = _bars(bar_chart_svg("Makers", ROWS), "width")
    assert wide[0] / wide[1] == pytest.approx(2, rel=0.01) and wide[2] == 0 < wide[3]
    tall = _bars(timeline_svg("Time", ROWS), "height")
    assert tall[0] / tall[1] == pytest.approx(2, rel=0.01) and tall[2] == 0 < tall[3]


def test_named_for_screen_readers() -> None:
    for made in (bar_chart_svg("A <b> & c", ROWS, unit="parts"), timeline_svg("A <b> & c", ROWS)):
        tree = _tree(made)
        title, desc = tree[0], tree[1]
        assert tree.get("role") == "img" and title.text == "A <b> & c"
        assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert "Largest: Texas Instruments, 784; Analog Devices, 392" in (desc.text or "")
    assert "1,178.5 parts in all" in bar_chart_svg("x", ROWS, unit="parts")


def test_ids_differ_between_charts_of_one_page() -> None:
    both = bar_chart_svg("A", ROWS) + bar_chart_svg("B", ROWS) + timeline_svg("A", ROWS)
    ids = re.findall(r' id="([^"]+)"', both)
    assert len(ids) == len(set(ids)) == 6


def test_long_labels_are_cut_but_told_in_full() -> None:
    name = "Maxim Integrated Products " * 6
    tree = _tree(bar_chart_svg("x", [(name, 3)]))
    label = next(t for t in tree.iter(f"{NS}text") if t.get("class") == "chart-label")
    assert (label.text or "").rstrip("\u2069").endswith("…") and len(label.text or "") < 80
    row = next(g for g in tree.iter(f"{NS}g") if g.get("class") == "chart-row")
    assert name in (row[0].text or "")


def test_markings_stay_left_to_right() -> None:
    made = bar_chart_svg("x", [("07-85", 1)], direction="ltr")
    assert "\u206607-85\u2069" in made and ' direction="ltr"' in made


def test_empty_and_zero() -> None:
    assert "Nothing to show yet." in bar_chart_svg("x", [])
    assert "Nothing to show yet." in timeline_svg("x", [])
    assert _bars(bar_chart_svg("x", [("a", 0)]), "width") == [0]
    assert _bars(timeline_svg("x", [("a", 0)]), "height") == [0]


@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_impossible_values_are_refused_all_at_once(value: float) -> None:
    with pytest.raises(Invalid) as caught:
        bar_chart_svg("x", [("a", value), ("b", 1), ("c", value)])
    assert [problem.field for problem in caught.value.problems] == ["a", "c"]
    with pytest.raises(Invalid):
        timeline_svg("x", [("a", value)])


def test_too_many_rows() -> None:
    with pytest.raises(Invalid):
        bar_chart_svg("x", [("a", 1)] * 401)


@pytest.mark.parametrize("periods", [1, 12, 40, 120, 400])
def test_period_names_do_not_touch(periods: int) -> None:
    points = [(f"{2000 + i // 12}-{i % 12 + 1:02d}", i % 7) for i in range(periods)]
    tree = _tree(timeline_svg("x", points))
    at = [float(t.get("x", 0)) for t in tree.iter(f"{NS}text") if t.get("class") == "chart-label"]
    assert at and all(right - left >= 40 for left, right in itertools.pairwise(at))
    assert all(0 < x < 720 for x in at)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=()), max_size=30),
            st.floats(0, 1e12, allow_nan=False),
        ),
        max_size=8,
    )
)
@example([("", 5e-324)])  # a step of it is nought
def test_any_label_and_value_is_well_formed(rows: list[Row]) -> None:
    _tree(bar_chart_svg("x", rows))
    _tree(timeline_svg("x", rows))
