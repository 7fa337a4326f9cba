"""Networks: everybody is in a sign, large ones are grouped with counts, the same comes out alike."""

from __future__ import annotations

import json
import math
import random
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.publish.network_groups import MOST_NAMED, grouped
from headstamp.publish.network_layout import place
from headstamp.publish.party_network import WARNING, Network, Party, party_network

NS = "{http://www.w3.org/2000/svg}"
SMALL = Network(
    {key: Party(key, name, "NO", ("maker",)) for key, name in {
        "party-a": "Tarnholt Armoury", "party-b": "القوات البرية 07-85", "party-c": "Завод <&>"}.items()},
    {("party-a", "party-b", "authorised"): 3, ("party-b", "party-c", "contested"): 1,
     ("party-c", "party-c", "unknown"): 2, ("party-b", "party-h", "unknown"): 1},
    {("party-a", "party-c", "owner"): 1},
)


def large(transfers: int = 4_500, ties: int = 500, parties: int = 3_000) -> Network:
    """A made-up network with a few who deal with very many."""
    rng = random.Random(2)
    ids = [f"party-{n:x}" for n in range(parties)]
    found: dict[tuple[str, str, str], int] = {}
    while len(found) < transfers:
        hub = ids[min(int(rng.paretovariate(0.8)), parties - 1)]
        found[hub, rng.choice(ids), rng.choice(("authorised", "unknown"))] = rng.randrange(1, 5)
    told = {(rng.choice(ids), rng.choice(ids), "owner"): 1 for _ in range(ties)}
    return Network({one: Party(one, f"Trading house {one}") for one in ids}, found, told)


def test_it_warns_and_tells_in_words() -> None:
    made = party_network("Parties", SMALL)
    tree = ElementTree.fromstring(made.svg)
    desc = tree[1].text or ""
    assert WARNING in desc and WARNING in made.caption
    assert "4 parties with 7 transfers and 1 tie, in 1 part " in desc
    assert "القوات البرية" in desc and "with 3 others" in desc
    assert "a party not shown here" in made.svg and "party-h" not in made.svg
    assert any("2 from a party to itself" in line for line in made.caption)
    assert ("Tarnholt Armoury", "Завод <&>", "tie", "owner", 1, 1) in made.rows
    told = json.loads(made.content("json"))
    assert len(told["edges"]) == 5 and {one["what"] for one in told["edges"]} == {"transfer", "tie"}


def test_ties_and_transfers_differ_in_line_not_in_colour_alone() -> None:
    made = party_network("Parties", SMALL).svg
    tie = made.partition('<g class="net-tie">')[2].partition("</g>")[0]
    assert "stroke-dasharray" in tie and "net-tip" not in tie
    goods = made.partition('<g class="net-transfer">')[2].partition("</g>")[0]
    assert "stroke-dasharray" not in goods and "net-tip" in goods


def test_five_thousand_lines_stay_readable() -> None:
    network = large()
    made = party_network("Parties", network)
    again = party_network("Parties", Network(
        dict(reversed(network.parties.items())), dict(reversed(network.transfers.items())),
        dict(reversed(network.ties.items()))))
    assert made.svg == again.svg
    assert len(made.svg) < 1_000_000
    tree = ElementTree.fromstring(made.svg)
    assert len(list(tree.iter(f"{NS}text"))) < 4 * MOST_NAMED
    assert len(list(tree.iter(f"{NS}path"))) < 1_000
    assert any("drawn in groups" in line for line in made.caption)
    assert any("strongest lines are drawn" in line for line in made.caption)
    assert len(made.rows) == len(network.transfers) + len(network.ties)
    # The best joined are named, beside their signs or in the key below.
    hubs = [p for p in grouped(list(network.parties), {(a, b): n for (a, b, _), n
                                                        in network.transfers.items()}).signs if p.party]
    texts = " ".join("".join(one.itertext()) for one in tree.iter(f"{NS}text"))
    assert all(f"Trading house {hub.party}" in texts for hub in hubs[:20])


def test_signs_do_not_cover_each_other() -> None:
    rng = random.Random(3)
    joins = [(rng.randrange(80), rng.randrange(80), 1.0) for _ in range(300)]
    spots = place([8.0] * 80, joins, 900, 650)
    assert spots == place([8.0] * 80, joins, 900, 650)
    near = [math.dist(a, b) for n, a in enumerate(spots) for b in spots[:n]]
    assert min(near) > 16
    assert all(0 <= x <= 900 and 0 <= y <= 650 for x, y in spots)


@given(st.dictionaries(st.tuples(st.integers(0, 30), st.integers(0, 30)), st.integers(1, 9), max_size=60),
       st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_everybody_is_in_exactly_one_sign(raw: dict, most: int) -> None:
    pairs = {(f"p{a:02}", f"p{b:02}"): n for (a, b), n in raw.items()}
    parties = [f"p{n:02}" for n in range(31)]
    found = grouped(parties, pairs, most)
    assert sorted(m for sign in found.signs for m in sign.members) == parties
    assert sorted(m for part in found.parts for m in part) == parties
    assert all(sign.party or len(sign.members) > 1 for sign in found.signs)
    for at, sign in enumerate(found.signs):
        assert all(found.sign_of[m] == at for m in sign.members)


def test_nothing_to_draw_is_said() -> None:
    assert "Nothing to show yet" in party_network("t", Network({})).svg
    assert place([], [], 10, 10) == [] and place([5.0], [], 10, 10) == [(5, 5)]
