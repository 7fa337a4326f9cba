"""The picture of a network found: what rests on what, bridges, cut nodes, groups, hostile names."""

from __future__ import annotations

import math
import re
from itertools import pairwise

from headstamp.publish.found_network import WARNING, Line, Node, found_network, held_by

HOSTILE = '"><script>alert(1)</script>\u202eذ07-85'


def line(a: str, b: str, *, evidence: bool = True, both: bool = False, inferred: bool = False, sources: int = 1) -> Line:
    return Line(a, b, both, evidence, {"goods": 2}, (f"flow-{a}{b}", f"flow-{b}{a}"), sources, inferred)


def some() -> tuple[dict[str, Node], tuple[Line, ...]]:
    nodes = {name: Node(name, name.upper(), (("kind", "workshop"),), "packing", name != "e") for name in "abcdef"}
    # A triangle, a tail, and one that stands alone.
    return nodes, (line("a", "b"), line("b", "c"), line("c", "a"), line("c", "d", evidence=False),
                   line("d", "e", evidence=False, both=True, inferred=True))


def test_what_holds_it_together() -> None:
    held = held_by(some()[1])
    assert held.bridges == {("c", "d"), ("d", "e")} and held.cut == {"c", "d"}


def test_everything_drawn_is_in_the_table_and_told_apart_without_colour() -> None:
    nodes, lines = some()
    made = found_network("Network", "sites", nodes, lines)
    assert made.heads == ("from", "to", "what", "records", "rests on", "sources", "bridge")
    assert made.rows[0] == ("A", "B", "goods (2)", 2, "evidence", 1, "")
    assert made.rows[3][4:] == ("words only", 1, "yes") and made.rows[4][4:] == ("inferred", 1, "yes")
    drawn = made.svg.split('<text class="flow-label"')[0]
    assert drawn.count('stroke-dasharray="5 4"') == 2
    assert drawn.count('class="net-bridge"') == 2 and drawn.count('class="net-cut"') == 2
    assert drawn.count('class="net-hollow"') == 1 and drawn.count('class="net-tip"') == 4
    assert made.caption[0] == WARNING and WARNING in made.svg
    assert "5 sites with 5 lines between them, 3 on evidence and 2 on words or inference; 2 bridges, 2 cut nodes; in 1 part." \
        in made.caption
    assert "Without a line, and not drawn: 1 site." in made.caption
    told = made.as_dict()
    assert {node["id"] for node in told["nodes"] if node["cut"]} == {"c", "d"}
    assert [edge["rests_on"] for edge in told["edges"]] == ["evidence"] * 3 + ["words only", "inferred"]
    assert b"<svg" in made.content("svg") and made.content("png").startswith(b"\x89PNG")


def test_the_order_in_which_it_is_told_does_not_matter() -> None:
    nodes, lines = some()
    one = found_network("Network", "sites", nodes, lines).svg
    other = found_network("Network", "sites", dict(reversed(nodes.items())), lines[::-1]).svg
    plain = [re.sub(r"headstamp-network-\w+", "", svg) for svg in (one, other)]
    assert sorted(re.findall(r"<circle[^>]*>", plain[0])) == sorted(re.findall(r"<circle[^>]*>", plain[1]))


def test_a_large_network_is_drawn_in_groups() -> None:
    nodes = {f"n{n:03}": Node(f"n{n:03}", f"Firm {n}") for n in range(300)}
    lines = tuple(line(f"n{n % 7:03}", f"n{n:03}", sources=n % 3 + 1) for n in range(7, 300))
    made = found_network("Network", "parties", nodes, lines)
    assert len(made.rows) == 293 and any("drawn in groups" in said for said in made.caption)
    assert 'class="net-group"' in made.svg and len(made.svg) < 400_000


def test_names_cannot_leave_their_place() -> None:
    nodes = {"a": Node("a", HOSTILE, (("activities", HOSTILE),), HOSTILE), "b": Node("b", "B"), "c": Node("c", "C")}
    made = found_network(HOSTILE, "sites", nodes, (line("a", "b"), line("b", "c")))
    assert "<script>" not in made.svg and "&lt;script&gt;" in made.svg


def test_nothing_to_draw() -> None:
    made = found_network("Network", "parties", {"a": Node("a", "A")}, ())
    assert "Nothing to show yet" in made.svg and made.rows == ()
    assert float(made.svg.split('viewBox="')[1].split('"')[0].split()[3]) < 100  # no great empty box


def test_no_name_covers_the_ring_of_a_cut_node_or_the_tip_of_a_line() -> None:
    nodes = {name: Node(name, f"Site {name}", below="storage") for name in "abcdefg"}
    made = found_network("Network", "sites", nodes, tuple(line(a, b) for a, b in pairwise("abcdefg")))
    rings = [tuple(map(float, found)) for found in re.findall(r'class="net-cut" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', made.svg)]
    # The first point of the path of a tip is where the line ends.
    tips = [(float(x), float(y), 3.0) for x, y in re.findall(r'class="net-tip" d="M([\d.]+),([\d.]+)', made.svg)]
    names = [(float(x), float(y)) for x, y in re.findall(r'class="flow-label" x="([\d.]+)" y="([\d.]+)"', made.svg)]
    assert (len(rings), len(tips), len(names)) == (6, 6, 7)  # one ring is the key's
    for x, y in names:
        for cx, cy, r in (*rings, *tips):
            across, down = max(0.0, abs(cx - x) - 12), max(0.0, y - 9 - cy, cy - y - 11)
            assert math.hypot(across, down) >= r, ((x, y), (cx, cy, r))
