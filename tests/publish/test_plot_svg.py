"""Plots as SVG: bars from nought, honest axes, what cannot be drawn is said, series told apart without colour."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.analysis.plot import Plot, Series
from headstamp.publish.plot_axis import number_axis, said
from headstamp.publish.plot_picture import picture_of_plot
from headstamp.publish.plot_svg import MOST_DRAWN, plot_svg

NS = "{http://www.w3.org/2000/svg}"
KINDS = ("line", "step", "bars", "points", "intervals", "band")


def _plot(*series: Series, **more) -> Plot:
    return Plot("p", "A <b> & c", "model", "items", series, **more)


def _tree(plot: Plot) -> ElementTree.Element:
    return ElementTree.fromstring(plot_svg(plot).encode("utf-8"))


def _bars(plot: Plot, side: str) -> list[float]:
    return [float(one.get(side, "nan")) for one in _tree(plot).iter(f"{NS}rect")
            if one.get("class") == "plot-mark"]


def test_the_same_plot_gives_the_same_bytes_named_for_screen_readers() -> None:
    plot = _plot(Series("a", "points", ((1, 2), (3, 4))), words="What to see.")
    assert plot_svg(plot) == plot_svg(plot)
    tree = _tree(plot)
    assert tree.get("role") == "img" and tree[0].text == "A <b> & c"
    assert tree.get("aria-labelledby") == f"{tree[0].get('id')} {tree[1].get('id')}"
    assert (tree[1].text or "").startswith("What to see. a: 2 values, items from 2 to 4.")
    assert "style=" not in plot_svg(plot)


def test_bars_begin_at_nought_in_proportion() -> None:
    upright = _plot(Series("a", "bars", (("x", 100.0), ("y", 50.0), ("z", 98.0), ("w", 0.0))))
    high = _bars(upright, "height")
    assert high[0] / high[1] == pytest.approx(2, rel=0.01) and high[3] == 0 < high[2]
    long = "a word far too long to stand below a narrow bar among so many others "
    sideways = _plot(Series("a", "bars", tuple((long + str(k), 100.0 + k) for k in range(4))))
    wide = _bars(sideways, "width")
    assert wide[3] / wide[0] == pytest.approx(1.03, rel=0.01)


def test_bars_below_nought_hang_from_it() -> None:
    plot = _plot(Series("a", "bars", (("x", 4.0), ("y", -4.0))))
    rects = list(_tree(plot).iter(f"{NS}rect"))
    up, down = (float(one.get("y", "nan")) for one in rects)
    assert down == pytest.approx(up + float(rects[0].get("height", "nan")), abs=0.11)


def test_a_logarithmic_axis_says_what_has_no_place_on_it() -> None:
    plot = _plot(Series("a", "points", ((0.0, 1.0), (10.0, 100.0), (1000.0, -5.0))), log_x=True, log_y=True)
    tree = _tree(plot)
    assert len(list(tree.iter(f"{NS}circle"))) == 1
    assert "2 values have no place on these axes and are not drawn." in (tree[1].text or "")
    assert "items (logarithmic)" in plot_svg(plot)


def test_an_open_end_is_an_arrow_not_a_cap() -> None:
    closed = plot_svg(_plot(Series("a", "intervals", (("x", 3.0, 1.0, 9.0),))))
    opened = plot_svg(_plot(Series("a", "intervals", (("x", 3.0, 1.0, None),))))
    endless = plot_svg(_plot(Series("a", "intervals", (("x", 3.0, 1.0, math.inf),))))
    line = re.compile('class="plot-line" d="([^"]+)"')
    assert len(line.findall(closed)) == len(line.findall(opened)) == 1
    assert closed.count("9") and "1 to 9" in closed and "1 to open" in opened and "1 to open" in endless
    assert line.findall(opened)[0].count("L") == line.findall(closed)[0].count("L") + 2


def test_series_differ_without_colour() -> None:
    plot = _plot(*(Series(f"s{at}", "points", (("x", 1.0 + at),)) for at in range(6)))
    bare = re.sub(r'#[0-9a-f]{6}|plot-s\d', "", plot_svg(plot))
    shapes = set()
    for mark in re.findall(r'<title>.*?</title>(<[^>]+>)', bare):
        path = re.search(r' d="M([^"]+)"', mark)
        shapes.add(mark.split(" ")[0] + (str(path[1].count("L")) + str("z" in path[1]) if path else ""))
    lines = _plot(*(Series(f"s{at}", "line", ((1, 1), (2, at))) for at in range(6)))
    dashes = set(re.findall(r'stroke-linejoin="round"([^/]*)/', plot_svg(lines)))
    assert len(shapes) >= 4 and len(dashes) == 6
    assert all(f"s{at}" in plot_svg(plot) for at in range(6)), "each stands in the key"


def test_very_many_points_are_thinned_and_the_table_has_them_all() -> None:
    many = 3 * MOST_DRAWN
    plot = _plot(Series("a", "points", tuple((k, k % 7) for k in range(many))))
    tree = _tree(plot)
    assert len(list(tree.iter(f"{NS}circle"))) == MOST_DRAWN
    assert f"{many - MOST_DRAWN:,} points are not drawn" in (tree[1].text or "")
    assert picture_of_plot(plot).content("csv").count(b"\n") == many + 1


def test_nothing_to_show() -> None:
    for plot in (_plot(), _plot(Series("a", "line", ()))):
        assert "Nothing to show." in plot_svg(plot)
        _tree(plot)


def test_the_files_hold_the_same_numbers() -> None:
    plot = _plot(Series("=a", "intervals", (("x", 3.25, 1.0, None),)))
    made = picture_of_plot(plot, {"method": "m"})
    assert made.content("csv").decode().splitlines()[1] == "'=a,x,3.25,1.0,"
    told = orjson.loads(made.content("json"))
    assert told["method"] == "m" and told["plot"]["series"][0]["points"] == [["x", 3.25, 1.0, None]]
    assert b"<svg" in made.content("svg")


def test_marks_are_round_and_hold_the_values() -> None:
    assert [word for _, word in number_axis([3, 47]).ticks] == ["0", "10", "20", "30", "40", "50"]
    assert next(word for _, word in number_axis([95, 104]).ticks) == "94", "no near nought: begins where it says"
    assert [word for _, word in number_axis([0.02, 900], log=True).ticks] == ["0.01", "0.1", "1", "10", "100", "1000"]
    assert said(2016) == "2016" and said(-0.0) == "0"


NUMBERS = st.one_of(st.none(), st.floats(width=64), st.integers(-10**18, 10**18))
WORDS = st.one_of(st.text(max_size=12), NUMBERS)


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.lists(st.tuples(WORDS, NUMBERS, NUMBERS, NUMBERS), max_size=12),
       st.booleans(), st.booleans())
def test_whatever_is_drawn_is_a_drawing(kind: str, rows, log_x: bool, log_y: bool) -> None:
    wide = kind in ("intervals", "band")
    points = tuple(row if wide else row[:2] for row in rows)
    made = plot_svg(_plot(Series("s", kind, points), Series("t", kind, points), log_x=log_x, log_y=log_y))
    ElementTree.fromstring(made.encode("utf-8", "replace"))
    assert "nan" not in re.sub("<(title|desc|text)[^>]*>[^<]*", "", made)


@settings(max_examples=200)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5), st.booleans())
def test_an_axis_holds_its_values(values: list[float], log: bool) -> None:
    axis = number_axis(values, log=log)
    for value in values:
        share = axis.share(value)
        beyond = abs(value) >= 1e300 or (log and value <= 1e-300)
        assert share is None if beyond else (share is not None and 0 <= share <= 1)
    assert len(axis.ticks) <= 30
