"""The network measures: a published network, coverage, alarms, refusals, faulty rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
import pytest

from headstamp.analysis.measure import Result
from headstamp.analysis.network.draws import Trials, chances
from headstamp.analysis.network.graph_between import betweenness
from headstamp.analysis.network.links import network_of
from headstamp.analysis.network.measure import FOUND_ONLY, MEASURE_PARTIES, MEASURE_SITES
from headstamp.errors import Invalid
from tests.effort import counted

SIMULATED = counted(300, 2_000)


def _florence(sources: int = 1) -> list[dict[str, str]]:
    edges = nx.florentine_families_graph().edges
    return [{"from": a, "to": b, "source": f"deed {n}-{k}", "day": f"1430-01-{1 + n % 20:02}"}
            for n, (a, b) in enumerate(edges) for k in range(sources)]


def _ask(rows: Sequence[dict[str, str]], **more: Any) -> Result:
    return MEASURE_SITES.run(links=rows, **more)


def _named(found: Result, name: str) -> Any:
    return next(one for one in found.diagnostics if one.name == name)


def test_the_families_of_florence() -> None:
    found = MEASURE_PARTIES.run(links=_florence(2), nodes=[{"node": "Pucci"}])
    assert not found.refused and round(found.estimate or 0, 3) == 0.522
    assert found.more["node"] == "Medici" and found.more["alone"] == ["Pucci"]
    assert found.low is not None and found.high is not None and found.low <= 0.5219 <= found.high
    assert {frozenset(pair) for pair in found.more["bridges"]} >= {frozenset(("Medici", "Salviati"))}
    assert set(found.more["cut_nodes"]) == {"Medici", "Salviati", "Albizzi", "Guadagni"}
    assert FOUND_ONLY in found.warnings and FOUND_ONLY in found.text
    assert _named(found, "one source").value == 0 and _named(found, "one source missing").value == 1
    assert [one["name"] for one in found.more["nodes"]][:3] == ["Medici", "Guadagni", "Albizzi"]
    plots = MEASURE_PARTIES.plot(found)
    assert [plot.name for plot in plots] == ["betweenness", "stability"]
    assert plots[0].table()[1][0][1:3] == ("Medici", pytest.approx(47.5 / 91))


def test_the_same_question_has_the_same_answer() -> None:
    rows = _florence()
    found = _ask(rows)
    assert _ask(rows).as_dict() == found.as_dict()
    assert _ask(rows[::-1]).estimate == _ask(rows, seed=2).estimate == found.estimate


def test_any_node_can_be_asked_for() -> None:
    found = _ask(_florence(), node="Salviati")
    assert found.estimate == pytest.approx(13 / 91) and _named(found, "first").good is None
    with pytest.raises(Invalid, match="no such node"):
        _ask(_florence(), node="Pucci")


def test_direction_is_kept_where_it_is_asked_for() -> None:
    rows = [{"from": a, "to": b, "source": f"{a}{b}"} for a, b in ("ab", "bc", "cd", "de", "ea")]
    ring = _ask(rows, directed="yes")
    assert ring.estimate == pytest.approx(0.5) and ring.more["strong_parts"] == [5]
    assert ring.more["nodes"][0]["out"] == ring.more["nodes"][0]["in"] == 1
    line = _ask(rows[:-1], directed="yes")
    assert line.more["node"] == "c" and line.estimate == pytest.approx(4 / 12) and line.more["strong_parts"] == []


def test_a_link_is_as_sure_as_its_sources() -> None:
    wide, narrow = _ask(_florence(1)), _ask(_florence(4))
    assert (wide.high or 0) - (wide.low or 0) > 3 * ((narrow.high or 0) - (narrow.low or 0))
    rows = _florence(1)
    for row in rows[:12]:
        row |= {"source": "", "kind": "basis"}
    words = _ask(rows)
    assert _named(words, "evidence").value == pytest.approx(8 / 20) and _named(words, "evidence").good is False
    models = {one.name: one for one in words.models}
    assert models["only links on evidence"].words.endswith("8 of 20 stay")


def _world(random: np.random.Generator, wrong: float) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What was found, and what of it was true: sources err, and links fall that rest on none that holds."""
    ends = {(a, b) for a, b in random.integers(0, 16, (36, 2)).tolist() if a < b} | {(0, n) for n in range(1, 16, 3)}
    found, holds = [], {}
    for n, (a, b) in enumerate(sorted(ends)):
        for k in range(int(random.integers(1, 4))):
            # Some papers tell of several links, and fall with all of them.
            source = f"s{n // 2}" if k == 0 else f"s{n}-{k}"
            kind = "document" if n % 4 else "basis"
            holds.setdefault(source, None)
            found.append({"from": f"{a:02}", "to": f"{b:02}", "source": source, "kind": kind})
    network = network_of(found)
    chance = dict(zip(network.sources, chances(network, wrong, 0.5).tolist(), strict=True))
    holds = {source: random.random() >= chance[source] for source in holds}
    return found, [row for row in found if holds[row["source"]]]


def _share(rows: Sequence[dict[str, str]], node: str, among: int) -> float:
    network = network_of(rows)
    at = {one.key: n for n, one in enumerate(network.nodes)}
    return float(betweenness(network.graph(), among=among).shares[at[node]]) if node in at else 0.0


def test_the_interval_holds_what_was_true() -> None:
    random, held = np.random.default_rng(11), 0
    for n in range(SIMULATED):
        found, true = _world(random, 0.1)
        network = network_of(found)
        told = betweenness(network.graph())
        first = int(told.shares.argmax())
        spread = Trials(network, told, first, 200, n).erring(chances(network, 0.1, 0.5), 0.95, 200)
        share = _share(true, network.nodes[first].key, network.linked)
        held += spread.low[first] - 1e-9 <= share <= spread.high[first] + 1e-9
    # Shares come in steps, so that an end is met more often than it is passed.
    assert 0.93 <= held / SIMULATED <= 0.98


def _hubs(random: np.random.Generator, second: int, sources: int) -> list[dict[str, str]]:
    """A hub with twelve others around it, and another with ``second``; some links beside."""
    pairs = {("hub", f"a{n}") for n in range(12)} | {("other", f"b{n}") for n in range(second)} | {("hub", "other")}
    for a, b in random.integers(0, 12, (6, 2)).tolist():
        if a != b:
            pairs.add((f"a{min(a, b)}", f"a{max(a, b)}"))
    return [{"from": a, "to": b, "source": f"{a}-{b}-{k}"} for a, b in sorted(pairs) for k in range(sources)]


def test_it_says_when_it_is_not_settled_who_is_first() -> None:
    random = np.random.default_rng(5)
    many = SIMULATED // 10
    fired = sum(_named(_ask(_hubs(random, 12, 1), draws=100, seed=n), "first").good is False for n in range(many))
    false = sum(_named(_ask(_hubs(random, 3, 2), draws=100, seed=n), "first").good is False for n in range(many))
    assert fired >= 0.9 * many and false <= 0.05 * many


def test_it_says_when_one_source_carries_the_network() -> None:
    random = np.random.default_rng(6)
    for n in range(SIMULATED // 20):
        rows = _hubs(random, 6, 1)
        ledger = [row | ({"source": "ledger"} if at < 0.6 * len(rows) else {}) for at, row in enumerate(rows)]
        assert _named(_ask(ledger, draws=100, seed=n), "largest source").good is False
        assert _named(_ask(rows, draws=100, seed=n), "largest source").good is True


def test_a_days_finds_missing() -> None:
    rows = [{"from": "a", "to": f"x{n}", "source": f"p{n}", "day": "2016-11-20"} for n in range(6)]
    rows += [{"from": "b", "to": f"y{n}", "source": f"q{n}", "day": "2016-11-21"} for n in range(5)]
    rows += [{"from": "a", "to": "b", "source": f"r{n}"} for n in range(3)]
    found = _ask(rows)
    assert found.more["node"] == "a"
    assert _named(found, "one day missing").value == 0.5 and _named(found, "one day missing").good is False
    models = {one.name: one for one in found.models}
    assert models["any one day's finds missing"].low == 0


@pytest.mark.parametrize(("rows", "said"), [
    ([], "0 sites with a link"),
    ([{"from": "a", "to": b, "source": b} for b in "bcd"], "too few"),
    ([{"from": "a", "to": b, "kind": "basis"} for b in "bcdef"], "no link rests on evidence"),
    ([{"from": "a", "to": b, "kind": "inferred", "source": b} for b in "bcdef"], "no link rests on evidence"),
    ([{"from": "a", "to": b, "source": "ledger"} for b in "bcdef"], "one source alone (ledger)"),
    ([{"from": a, "to": b, "source": a + b} for a in "abcde" for b in "abcde" if a < b], "none of the sites stands"),
])
def test_it_refuses(rows: list[dict[str, str]], said: str) -> None:
    found = _ask(rows)
    assert found.refused and said in found.reason and found.estimate is None
    assert found.warnings == (FOUND_ONLY,) and MEASURE_SITES.plot(found) == ()


def test_faulty_rows_are_all_named() -> None:
    with pytest.raises(Invalid) as told:
        _ask([{"from": "a", "to": "b", "kind": "rumour"}, {"from": "", "to": "c"}, {"from": "c", "to": " "}])
    assert [(one.row, one.field) for one in told.value.problems] == [(1, "kind"), (2, "from"), (3, "to")]
    with pytest.raises(Invalid) as told:
        _ask([{"x": "a", "y": "b"}])
    assert {one.field for one in told.value.problems} == {"from", "to"}
    with pytest.raises(Invalid) as told:
        _ask(_florence(), nodes=[{"node": "Pucci", "visits": "some"}, {"node": "Pucci"}, {"node": ""}])
    assert [(one.row, one.field) for one in told.value.problems] == [(1, "visits"), (2, "node"), (3, "node")]
    with pytest.raises(Invalid) as told:
        _ask(_florence(), wrong=1, level=2, draws=3)
    assert {one.field for one in told.value.problems} == {"wrong", "level", "draws"}


def test_a_large_network_is_asked_in_part() -> None:
    random = np.random.default_rng(2)
    rows = [{"from": str(a), "to": str(b), "source": f"s{n}"}
            for n, (a, b) in enumerate(random.integers(0, 600, (1_000, 2)).tolist())]
    rows += [{"from": "hub", "to": str(n), "source": f"h{n}"} for n in range(0, 600, 7)]
    found = _ask(rows)
    assert found.more["node"] == "hub" and _named(found, "not tried").good is None
    assert found.low is not None and found.low < (found.estimate or 0) < (found.high or 0)
    assert found.more["stability"] is None and "any one source missing" not in {one.name for one in found.models}


@pytest.mark.parametrize("ends", [("from", "to"), ("source", "target"), ("from_site", "to_site")])
def test_a_plain_list_of_links_is_answered_and_what_it_lacks_is_told(ends: tuple[str, str]) -> None:
    found = _ask([{ends[0]: a, ends[1]: b} for a, b in nx.florentine_families_graph().edges])
    assert round(found.estimate or 0, 3) == 0.522 and found.more["node"] == "Medici"
    assert _named(found, "evidence").good is False and "Nothing says on what the links rest" in str(found.warnings)


def test_visits_are_told() -> None:
    nodes = [{"node": "Medici", "name": "House of Medici", "visits": "2"},
             *({"node": name, "visits": "0"} for name in ("Pazzi", "Salviati", "Albizzi"))]
    found = _ask(_florence(2), nodes=nodes)
    assert "House of Medici" in found.text
    assert _named(found, "never visited").value == 0.75 and _named(found, "never visited").good is False
