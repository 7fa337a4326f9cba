"""A chain drawn: everything is in the drawing, in its words and in its table; long ones stay readable."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.publish.chain_picture import chain_picture
from headstamp.publish.chain_steps import FIRST, LAST, MOST, shown
from headstamp.publish.chain_time import Scale
from headstamp.publish.chain_words import Diverted
from headstamp.tracing.step import Chain
from tests.publish.chains import NAMES, many, seven, step

NS = "{http://www.w3.org/2000/svg}"
DIVERTED = (Diverted(1, "battlefield capture: likely (55 to 80 %)", "2014-06-10", "2014-06-10"),
            Diverted(2, "sale from a stockpile: unlikely (10 to 35 %)", "2013-01-01", "2013-12-31"))
GOLDEN = Path(__file__).parent / "golden" / "chain.svg"


def _tree(made: str) -> ElementTree.Element:
    return ElementTree.fromstring(made.encode())


def _texts(made: str) -> list[str]:
    return ["".join(one.itertext()) for one in _tree(made).iter(f"{NS}text")]


def test_it_is_drawn_as_it_was() -> None:
    made = chain_picture(seven(), NAMES, DIVERTED).content("svg")
    assert made == chain_picture(seven(), dict(NAMES), DIVERTED).content("svg")
    if not GOLDEN.exists():
        GOLDEN.write_bytes(made)
    assert made == GOLDEN.read_bytes(), "look at the drawing; where it is meant, delete the old one"


def test_everything_is_told_in_words_too() -> None:
    made = chain_picture(seven(), NAMES, DIVERTED)
    tree = _tree(made.svg)
    desc = tree[1].text or ""
    assert tree.get("role") == "img" and tree.get("aria-labelledby")
    for words in ("captured on 2014-06-10", "probably this item (share 0.91)", "does not fit",
                  "or 5", "hypothesis 1: battlefield capture", "Gap: nothing is known from Black Anvil",
                  "exported between 2012-02-01 and 2012-04-30", "lawful status not known",
                  "passed in a way not known not before 2015-01-01"):
        assert words in desc
    assert "party-" not in made.svg
    assert "a party not shown here hold it at once" in made.svg
    rows = list(csv.DictReader(io.StringIO(made.content("csv").decode())))
    assert len(rows) == 9
    assert [row["no"] for row in rows] == ["1", "2", "3", "4", "5", "", "6", "7", ""]
    assert rows[5]["what happened"].startswith("gap: nothing is known")
    assert rows[8]["what happened"] == "not placed: sold"
    assert (rows[3]["cannot be true beside"], rows[3]["lawful status"]) == ("5", "contested")
    assert rows[2]["limits"] == "not_published" and rows[1]["share"] == "0.91"
    told = json.loads(made.content("json"))
    assert len(told["chain"]["steps"]) == 7 and told["diversion"][0]["rank"] == 1
    assert told["parties"]["party-b"] == NAMES["party-b"]


def test_a_status_is_told_by_shape_and_filling_not_by_colour_alone() -> None:
    made = chain_picture(seven(), NAMES).svg
    marks = {name: made.partition(f'class="law law-{name}">')[2].partition("</g>")[0]
             for name in ("authorised", "unauthorised", "contested", "unknown")}
    without = {re.sub(r'#[0-9a-f]{6}|[MLlxy]?[="]?[-0-9.,]+', "", one) for one in marks.values()}
    assert len(without) == 4
    assert "law-stripes" in marks["contested"] and "stroke-dasharray" in marks["unknown"]
    # How surely it is the item is a kind of line.
    assert 'stroke-dasharray="7 4"' in made and 'stroke-dasharray="2 4"' in made


def test_a_gap_is_hatched_only_where_it_surely_is() -> None:
    made = chain_picture(seven(), NAMES).svg.partition('<g class="chart-gap">')[2].partition("</g>")[0]
    start, broad = (float(re.search(rf'<rect [^>]*?{name}="([0-9.]+)"', made)[1])  # type: ignore[index]
                    for name in ("x", "width"))
    hatched = re.search(r'd="M([0-9.]+),[0-9.]+h([0-9.]+)', made)
    assert hatched is not None
    # From the capture to the next step at the earliest; pale on to where it may have lasted.
    assert start <= float(hatched[1]) and float(hatched[1]) + float(hatched[2]) < start + broad


def test_hostile_names_stay_text() -> None:
    names = dict.fromkeys(NAMES, '"><script>alert(1)</script>\u202e&\0')
    made = chain_picture(replace(seven(), label="</svg><x>"), names, [
        Diverted(1, "<b>", None, None)]).content("svg").decode()
    _tree(made)
    assert "<script" not in made and "<b>" not in made and "\u202e" not in made


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1-1", "-2+3", "@SUM(1)", "\t=1", " =1"])
def test_no_cell_of_its_table_is_a_formula(name: str) -> None:
    made = chain_picture(replace(seven(), label=name), dict.fromkeys(NAMES, name)).content("csv").decode()
    cells = [cell for row in csv.reader(io.StringIO(made)) for cell in row]
    assert f"'{name}" in cells
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_codes_in_arabic_names_keep_their_order() -> None:
    assert "\u206607-85\u2069" in chain_picture(seven(), NAMES).svg


def test_five_thousand_steps_stay_readable() -> None:
    chain, names = many()
    made = chain_picture(chain, names, DIVERTED)
    assert len(made.svg) < 1_000_000
    assert len(_texts(made.svg)) < 400
    assert len(made.rows) >= 5_000
    assert any("drawn in groups" in line for line in made.caption)
    drawn = shown(chain.steps, range(0, 5_000, 7))
    assert len(drawn) <= 2 * MOST and sum(one.count for one in drawn) == 5_000
    assert [one.count for one in drawn[:FIRST]] == [1] * FIRST
    assert [one.count for one in drawn[-LAST:]] == [1] * LAST
    groups = [one for one in _texts(made.svg) if one.endswith(" steps")]
    assert groups
    # No mark lies on another.
    circles = re.findall(r'class="law law-\w+"><circle cx="([0-9.]+)" cy="([0-9.]+)"', made.svg)
    assert len(set(circles)) == len(circles)


def test_nothing_recorded_is_said() -> None:
    made = chain_picture(Chain("item-3", "Empty", ()), {}, undetermined="The point cannot be determined.")
    assert "Nothing is recorded" in made.svg and made.rows == ()
    assert made.caption[-1] == "The point cannot be determined."
    assert made.content("png").startswith(b"\x89PNG")


def test_steps_without_parties_or_dates_are_drawn() -> None:
    chain = Chain("item-4", "Bare", (step(1, "lost", None, None, None, None, "unknown"),
                                     step(2, "found", None, "party-a", None, "2016-01-01", "odd")))
    texts = " ".join(_texts(chain_picture(chain, {}).svg))
    assert "lost no date" in texts and "not after 2016-01-01" in texts


def test_the_ending_says_the_form(tmp_path: Path) -> None:
    made = chain_picture(seven(), NAMES)
    for ending, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"no,what"), ("json", b"{")):
        path = tmp_path / f"x.{ending}"
        assert made.write(path) == path.stat().st_size
        assert path.read_bytes().startswith(begins)
    with pytest.raises(Invalid):
        made.write(tmp_path / "x.gif")
    alone = made.alone()
    assert _tree(alone)[0].tag == f"{NS}title" and "Each step is what somebody claims" in alone


@given(st.lists(st.dates(), min_size=1, max_size=30, unique=True))
@settings(max_examples=60, deadline=None)
def test_the_scale_keeps_the_order(days: list) -> None:
    scale = Scale([day.isoformat() for day in days], 10, 500)
    places = [scale.at(day.isoformat()) for day in sorted(days)]
    assert places == sorted(places) and len(set(places)) == len(places)
    assert places[0] >= 10 and places[-1] <= 500.001
    ticks = [x for x, _ in scale.ticks(78)]
    assert all(b - a >= 78 for a, b in pairwise(ticks))
