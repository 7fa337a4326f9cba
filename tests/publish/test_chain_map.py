"""A chain on a map: arcs by status and sureness, places as exact as they may be told."""

from __future__ import annotations

import json
import random
from xml.etree import ElementTree

import pytest

from headstamp.publish.chain_map import End, Leg, chain_map
from headstamp.publish.geography import topology

NS = "{http://www.w3.org/2000/svg}"
OSLO = End(59.9, 10.7, "Oslo <&>", "place")
MERSIN = End(36.8, 34.6, "ميناء 07-85", "coarse")
IRAQ = End(33.1, 43.7, "Iraq", "country")
LEGS = (
    Leg(1, None, OSLO, "authorised", "exactly", "made"),
    Leg(2, OSLO, MERSIN, "authorised", "exactly", "exported", ("DE", "AT")),
    Leg(3, MERSIN, IRAQ, "unauthorised", "probably", "passed on"),
    Leg(4, OSLO, MERSIN, "contested", "exactly", "sold"),
    Leg(5, IRAQ, IRAQ, "unknown", "exactly", "issued"),
)


@pytest.fixture(autouse=True)
def _base() -> None:
    if topology("countries-110m.json") is None:
        pytest.skip("needs the built base map")


def test_arcs_and_what_they_tell() -> None:
    made = chain_map("Map of the chain", LEGS)
    assert made.svg == chain_map("Map of the chain", LEGS).svg
    tree = ElementTree.fromstring(made.svg)
    arcs = [g for g in tree.iter(f"{NS}g") if g.get("class") == "map-arc"]
    assert len(arcs) == 2
    told = [(g[0].text or "") for g in arcs]
    assert any("2. exported; 4. sold" in one for one in told)
    # The gravest status said of a way is its look; how sure it is, its kind of line.
    assert 'class="law law-contested"' in made.svg and 'class="law law-unauthorised"' in made.svg
    assert 'stroke-dasharray="7 4"' in made.svg
    text = " ".join(made.caption)
    assert "not the way that the goods took" in text and "1 place is told to the middle of a cell" in text
    assert "middle of the country" in text and "Of 1 of 5 steps" in text and "Natural Earth" in text
    assert "<&>" not in made.svg.replace("&lt;&amp;&gt;", "")
    assert made.rows[1][2:6] == ("Oslo <&>", "a point as recorded", 59.9, 10.7)
    assert made.rows[1][10] == "DE, AT" and made.rows[0][2] == "not known"
    assert json.loads(made.content("json"))["legs"][2]["to"]["known_by"] == "country"


def test_five_thousand_steps_stay_readable() -> None:
    rng = random.Random(5)
    ends = [End(rng.uniform(-50, 65), rng.uniform(-170, 170), f"Place {n}", "place") for n in range(400)]
    legs = [Leg(n, rng.choice(ends), rng.choice(ends), "unknown", "exactly", "sold") for n in range(5_000)]
    made = chain_map("t", legs)
    assert len(made.svg) < 1_000_000
    tree = ElementTree.fromstring(made.svg)
    assert len(list(tree.iter(f"{NS}text"))) < 200
    assert sum(g.get("class") == "map-arc" for g in tree.iter(f"{NS}g")) <= 150
    assert any("most used ways" in line for line in made.caption) and len(made.rows) == 5_000


def test_without_any_place_it_says_so() -> None:
    made = chain_map("t", [Leg(1, None, None, "unknown", "exactly", "sold")])
    assert made.svg == "" and made.caption == ("No place and no country is known of any step.",)
