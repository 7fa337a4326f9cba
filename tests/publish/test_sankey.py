"""Flows: each layer adds up, what is not known is as broad as it is, the rest can be opened."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.publish.sankey import OTHERS, Way, flows, sankey
from headstamp.tracing.supply_way import CONTESTED, UNKNOWN

NS = "{http://www.w3.org/2000/svg}"
LAYERS = ("Maker", "Exporter", "Receiver", "Diversion", "Found in")
LABELS = {"m1": "Tarnholt Armoury", "m2": "天麓六二〇六厂", "e1": "Завод № 41", "r1": "القوات البرية 07-85",
          "r2": "X <&>", "d1": "battlefield capture", "f1": "Qasr Medan"}
WAYS: dict[Way, float] = {
    ("m1", "e1", "r1", "d1", "f1"): 12, ("m1", "e1", "r1", UNKNOWN, "f1"): 5,
    ("m2", UNKNOWN, "r2", CONTESTED, "f1"): 3, (UNKNOWN,) * 5: 20,
}
GOLDEN = Path(__file__).parent / "golden" / "sankey.svg"


def many(seed: int = 1, items: int = 5_000) -> tuple[dict[Way, float], dict[str, str]]:
    """5,000 items, each with a way of its own among hundreds of parties."""
    rng = random.Random(seed)
    ways: dict[Way, float] = defaultdict(float)
    for _ in range(items):
        way = [UNKNOWN if rng.random() < 0.1 else f"{k}{rng.randrange(n)}"
               for k, n in (("m", 60), ("e", 40), ("r", 300), ("d", 8), ("f", 25))]
        ways[tuple(way)] += 1
    labels = {key: f"Party {key} of Somewhere" for way in ways for key in way if key}
    return dict(ways), labels


def test_it_is_drawn_as_it_was() -> None:
    made = sankey("From maker to find", LAYERS, WAYS, LABELS).content("svg")
    assert made == sankey("From maker to find", LAYERS, dict(reversed(WAYS.items())), LABELS).content("svg")
    if not GOLDEN.exists():
        GOLDEN.write_bytes(made)
    assert made == GOLDEN.read_bytes(), "look at the drawing; where it is meant, delete the old one"


def test_what_is_not_known_is_a_class_in_every_layer() -> None:
    made = sankey("t", LAYERS, WAYS, LABELS)
    told = json.loads(made.content("json"))
    assert told["total"] == 40
    for layer in LAYERS:
        here = [one for one in told["classes"] if one["layer"] == layer]
        assert sum(one["value"] for one in here) == 40
        assert any(one["class"] == "not known" and one["value"] >= 20 for one in here)
    assert "told differently" in made.svg and "\u206607-85\u2069" in made.svg
    desc = ElementTree.fromstring(made.svg)[1].text or ""
    assert "Flows of 40 items" in desc and "Maker: not known, 20; Tarnholt Armoury, 17" in desc
    # Known, not known and contested differ in filling too, not in colour alone.
    assert 'class="flow-hollow"' in made.svg and 'stroke-dasharray="3 3"' in made.svg
    assert sum(row[4] for row in made.rows if row[0] == "Maker") == 40  # type: ignore[misc]


@given(st.dictionaries(
    st.tuples(*(st.sampled_from([UNKNOWN, CONTESTED, "a", "b", "c", "d", "e"]) for _ in range(3))),
    st.integers(0, 50), max_size=40), st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_totals_add_up_at_each_layer(ways: dict, most: int) -> None:
    found = flows(("x", "y", "z"), ways, {}, most)
    total = sum(ways.values())
    for at, layer in enumerate(found.classes):
        assert sum(one.value for one in layer) == pytest.approx(total)
        assert sum(1 for one in layer if one.key not in (UNKNOWN, CONTESTED, OTHERS)) <= most + 1
        for one in layer:
            if at:
                into = sum(v for (n, _, b), v in found.joins.items() if (n, b) == (at - 1, one.key))
                assert into == pytest.approx(one.value)
            if at < 2:
                out = sum(v for (n, a, _), v in found.joins.items() if (n, a) == (at, one.key))
                assert out == pytest.approx(one.value)
            assert one.key != OTHERS or len(one.members) > 1


def test_five_thousand_items_stay_readable() -> None:
    ways, labels = many()
    made = sankey("t", LAYERS, ways, labels)
    assert len(made.svg) < 1_000_000
    texts = list(ElementTree.fromstring(made.svg).iter(f"{NS}text"))
    assert len(texts) <= 1 + 5 + 5 * 16
    told = json.loads(made.content("json"))
    others = {one["layer"]: one for one in told["others"]}
    assert len(others["Receiver"]["members"]) == 288 and "others (288)" in made.svg
    # No label lies on another.
    at = defaultdict(list)
    for x, y in re.findall(r'class="flow-label" x="([0-9.]+)" y="([0-9.]+)"', made.svg):
        at[x].append(float(y))
    for ys in at.values():
        assert all(b - a >= 12 for a, b in zip(sorted(ys), sorted(ys)[1:], strict=False))


def test_nothing_and_nonsense() -> None:
    assert "Nothing to show yet" in sankey("t", LAYERS, {}, {}).svg
    assert "not shown here" in sankey("t", LAYERS, {("x",) * 5: 1}, {}).svg
    for wrong in ({("a",): 1}, {("a",) * 5: -1}, {("a",) * 5: float("nan")}):
        with pytest.raises(Invalid):
            sankey("t", LAYERS, wrong, {})
