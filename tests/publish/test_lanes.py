"""The drawing of holdings: honest ends, room for what is not known, nothing lost in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.publish.lanes import Band, Span, lanes_svg

NS = "{http://www.w3.org/2000/svg}"
T = datetime(2016, 11, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def rects(drawn: str, kind: str) -> list[ElementTree.Element]:
    return [r for r in ElementTree.fromstring(drawn).iter(f"{NS}rect") if r.get("class") == kind]


def test_sure_lies_within_perhaps_and_ends_where_it_is_known() -> None:
    drawn = lanes_svg("t", [Span("A", T, T + DAY, T + 3 * DAY, T + 4 * DAY, "A had it"),
                            Span("B", T + 4 * DAY, T + 4 * DAY, None, None, "B has it")])
    (maybe, _), (sure, _) = rects(drawn, "chart-maybe"), rects(drawn, "chart-bar")
    left, wide = float(maybe.get("x", "")), float(maybe.get("width", ""))
    assert left < float(sure.get("x", "")) and float(sure.get("width", "")) < wide


def test_an_open_end_is_an_arrow_and_a_known_one_is_none() -> None:
    closed = lanes_svg("t", [Span("A", T, T, T + DAY, T + DAY, "A")])
    opened = lanes_svg("t", [Span("A", T, T, None, None, "A")])
    assert 'path class="chart-bar"' in opened and 'path class="chart-bar"' not in closed


def test_everything_is_told_in_words_and_escaped() -> None:
    drawn = lanes_svg("<t>", [Span("A & <b>", T, T, T + DAY, T + DAY, "A & <b> from here")],
                      [Band(T, T + DAY, "gap", "nobody <i>knows</i>")])
    assert "<b>" not in drawn and "<i>" not in drawn
    told = ElementTree.fromstring(drawn).find(f"{NS}desc")
    assert told is not None and told.text == "A & <b> from here; nobody <i>knows</i>"


def test_nothing_is_drawn_as_nothing() -> None:
    assert "Nothing to show yet" in lanes_svg("t", [])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 400), st.integers(0, 90), st.booleans()),
                min_size=1, max_size=12), st.lists(st.tuples(st.integers(0, 500), st.integers(0, 50))))
def test_all_bars_lie_on_the_drawing(
    spans: list[tuple[str, int, int, bool]], bands: list[tuple[int, int]]
) -> None:
    made = [Span(lane, T + start * DAY, T + start * DAY, None if is_open else T + (start + long) * DAY,
                 None if is_open else T + (start + long) * DAY, lane)
            for lane, start, long, is_open in spans]
    drawn = lanes_svg("t", made, [Band(T + a * DAY, T + (a + b) * DAY, "gap", "w") for a, b in bands])
    for kind in ("chart-bar", "chart-maybe"):
        for rect in rects(drawn, kind):
            start = float(rect.get("x", ""))
            assert start >= 0 and start + float(rect.get("width", "")) <= 720
