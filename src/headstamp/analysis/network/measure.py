"""Who or what stands between the others in a network that was found, and how far that may be believed.

Two measures of one kind: sites with the flows between them, parties with their transfers and ties. The answer is
the betweenness of one node, with the range it has if some of the sources err; beside it stand what rests on
evidence, what on one source alone, which links and nodes hold the network together, and what becomes of
the answer when a source, a day's find or another node is missing. Of what nobody found nothing can be said,
and that is said with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.network.draws import LeftOut, Spread, Trials, chances
from headstamp.analysis.network.graph import components, cuts, strong_components
from headstamp.analysis.network.graph_between import Betweenness, Floats, betweenness, half_width
from headstamp.analysis.network.links import Network, network_of
from headstamp.analysis.network.plots import plots
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

SITES, PARTIES, VERSION = "network.sites", "network.parties", 1
LEAST: Final = 5
"""Below five nodes there is nothing to stand between that eyes do not see better."""
WRONG, WRONG_OTHER = 0.1, 0.5
SETTLED: Final = 0.8
LEAST_STABLE: Final = 0.25
_MOST_TOLD: Final = 2_000
_MOST_DRAWS: Final = 10_000
_OTHER_CHANCES: Final = (0.05, 0.2, 0.3)

FOUND_ONLY: Final = (
    "This is the network found, not the network that existed. Who is better documented has more links, and whoever "
    "was never found stands nowhere: one missing node can move betweenness to another."
)
ASSUMPTIONS: Final = (
    "For the interval: a source errs with the stated chance, without regard to another, and a link is wrong where all "
    "sources that tell of it are. It says nothing of links and nodes that were not found.",
    "All links count alike, whatever went over them and how often; what goes between two takes the shortest way.",
)
REFUSES: Final = (
    f"Fewer than {LEAST} nodes with a link; no link that rests on evidence; every link rests on one and the same source "
    "alone; no node stands between two others."
)
SOURCES: Final = (
    "Freeman 1977, A set of measures of centrality based on betweenness, Sociometry 40:35",
    "Brandes 2001, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25:163",
    "Brandes and Pich 2007, International Journal of Bifurcation and Chaos 17:2303 (from nodes drawn by lot)",
    "Hopcroft and Tarjan 1973, Communications of the ACM 16:372 (bridges, cut nodes)",
    "Costenbader and Valente 2003, Social Networks 25:283; Borgatti, Carley and Krackhardt 2006, ibid. 28:124 "
    "(what missing data do to centrality)",
    "Epskamp, Borsboom and Fried 2018, Behavior Research Methods 50:195 (stability coefficient)",
)


def _asked(name: str, question: str, one: str, many: str) -> Callable[..., Result]:
    """The measure of one kind of node, in its words."""

    def run(
        links: Sequence[Mapping[str, str]], nodes: Sequence[Mapping[str, str]] | None = None, node: str = "",
        directed: str = "no", wrong: float = WRONG, wrong_other: float = WRONG_OTHER, draws: int = 1_000,
        seed: int = 1, level: float = 0.95,
    ) -> Result:
        """The betweenness of ``node``, or of the node most between. Raises Invalid for faulty rows."""
        _checked(wrong, wrong_other, draws, level)
        network = network_of(links, nodes or (), directed == "yes")
        shared: dict[str, Any] = {
            "method": name, "version": VERSION, "question": question, "level": level,
            "unit": "share of the pairs of others", "sources": SOURCES, "assumptions": (
                *ASSUMPTIONS, f"Chance that a source errs: {wrong:g} of evidence, {wrong_other:g} of words and inference.",
                "A way follows the direction of the links." if network.directed else
                "A way may go over a link in either direction."),
        }
        told = betweenness(network.graph(), seed=seed)
        reason = _refusal(network, told, many)
        if reason:
            return Result(**shared, refused=True, reason=reason, diagnostics=tuple(_counted(network, many)),
                          warnings=(FOUND_ONLY,), more=_more(network, told, None),
                          text=f"Nothing is said of who stands between: {reason} {FOUND_ONLY}")
        first = _chosen(network, told, node)
        trials = Trials(network, told, first, draws, seed)
        spread = trials.erring(chances(network, wrong, wrong_other), level, trials.draws)
        low, high = _ends(spread, told, first)
        sources, days, others = trials.each_source(), trials.each_day(), trials.each_node()
        stable, steps = trials.stability()
        looked = [*_counted(network, many), *_weighed(network, told, trials, spread, first, one, level),
                  *_missing(sources, days, others, stable, many, first == int(np.argmax(told.shares)))]
        models = [*_rates(network, trials, first, wrong_other, level),
                  *_poorer(network, told, first), *_left(sources, days, others, told, first, one)]
        title = network.nodes[first].name
        share = float(told.shares[first])
        return Result(
            **shared, estimate=share, low=low, high=high, diagnostics=tuple(looked), models=tuple(models),
            warnings=(FOUND_ONLY, *(d.words for d in looked if d.good is False)),
            more=_more(network, told, spread) | {
                "node": network.nodes[first].key, "draws": spread.draws, "exact": told.exact,
                "stability": stable, "stability_steps": [list(step) for step in steps]},
            text=(f"Of {network.linked:,} {many} with {plural(network.links, 'link')} in the network found, {title} stands on "
                  f"{share:.1%} of the shortest ways between two others (if sources err as assumed, {low:.1%} to "
                  f"{high:.1%} in {level:.0%} of draws), and was the most between in {spread.first[first]:.0%} of draws. "
                  f"{FOUND_ONLY}"),
        )

    return run


def _checked(wrong: float, wrong_other: float, draws: int, level: float) -> None:
    problems = [Problem("a chance lies from 0 to below 1", "0.1 is one in ten.", name, str(value))
                for name, value in (("wrong", wrong), ("wrong_other", wrong_other)) if not 0 <= value < 1]
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if not 100 <= draws <= _MOST_DRAWS:
        problems.append(Problem(f"draws are 100 to {_MOST_DRAWS:,}", "1000 is usual.", "draws", str(draws)))
    if problems:
        raise Invalid("this network cannot be asked so", problems)


def _refusal(network: Network, told: Betweenness, many: str) -> str:
    if network.linked < LEAST:
        return f"{network.linked} {many} with a link are too few; at least {LEAST} are needed."
    if not network.on_evidence().any():
        return "no link rests on evidence: all are words or inferred."
    first = network.rest_source[:1]
    if bool((network.known_from() == 1).all()) and bool((network.rest_source == first).all()):
        return f"every link rests on one source alone ({network.sources[int(first[0])]})."
    if not told.shares.any():
        return f"none of the {many} stands between two others."
    return ""


def _chosen(network: Network, told: Betweenness, node: str) -> int:
    if not node:
        return int(np.argmax(told.shares))
    for n, one in enumerate(network.nodes[: network.linked]):
        if node in (one.key, one.name):
            return n
    raise Invalid("there is no such node with a link", [Problem(
        "no link names it", "Write it as the links do, or its name.", "node", node)])


def _ends(spread: Spread, told: Betweenness, node: int) -> tuple[float, float]:
    share = float(told.shares[node])
    return min(float(spread.low[node]), share), max(float(spread.high[node]), share)


def _counted(network: Network, many: str) -> list[Diagnostic]:
    """What the network is made of, and on what it rests."""
    alone = len(network.nodes) - network.linked
    found = [Diagnostic("nodes", network.linked, None, f"{network.linked:,} {many} with a link" + (
                 f"; {alone:,} without one, left out of every share" if alone else "")),
             Diagnostic("links", network.links, None, f"{plural(network.links, 'link')} from {plural(len(network.sources), 'source')}")]
    if network.loops:
        found.append(Diagnostic("loops", network.loops, None,
                                f"Rows that link one with itself and count for nothing: {network.loops:,}."))
    if not network.links:
        return found
    found += _resting(network) if network.rests_told else [Diagnostic("evidence", None, False, (
        "Nothing says on what the links rest: each is taken for a piece of evidence by itself."))]
    known = [one.visits for one in network.nodes if one.visits is not None]
    if known:
        never = known.count(0) / len(known)
        found.append(Diagnostic("never visited", never, never <= 0.5, (
            f"{known.count(0):,} of {len(known):,} {many} were never visited: they have the links that others' papers "
            "and things tell of, and no more.")))
    return found


def _resting(network: Network) -> list[Diagnostic]:
    """On what the links rest, and how much hangs on one source."""
    firm, single = float(network.on_evidence().mean()), float((network.known_from() == 1).mean())
    lone = network.known_from()[network.rest_link] == 1
    falls = float(np.bincount(network.rest_source[lone], minlength=1).max()) / network.links
    return [
        Diagnostic("evidence", firm, firm >= 0.5,
                   f"{firm:.0%} of the links rest on evidence, the others on words or inference."),
        Diagnostic("one source", single, single <= 0.5, f"{single:.0%} of the links are known from one source only."),
        Diagnostic("largest source", falls, falls <= 0.5,
                   f"Without the source that most links rest on alone, {falls:.0%} of them fall.")]


def _weighed(network: Network, told: Betweenness, trials: Trials, spread: Spread, first: int, one: str,
             level: float) -> list[Diagnostic]:
    graph = network.graph()
    sizes = np.bincount(components(graph))
    bridges, cut = cuts(graph)
    name = network.nodes[first].name
    stays = float(spread.first[first])
    best = int(np.argmax(told.shares))
    found = [
        Diagnostic("parts", len(sizes), None, (
            f"It hangs together, all {plural(int(sizes[0]), 'node')} of it." if len(sizes) == 1 else
            f"{plural(len(sizes), 'part')} without a link between them; the largest has {int(sizes[0]):,}.")),
        Diagnostic("bridges", len(bridges), None, f"Links without which a part falls in two: {len(bridges):,}."),
        Diagnostic("cut nodes", len(cut), None, f"Nodes without which a part falls into more: {len(cut):,}."),
        Diagnostic("first", stays, stays >= SETTLED if first == best else None, (
            f"{name} is the most between in {stays:.0%} of {plural(spread.draws, 'draw')} in which sources err.")),
    ]
    if not told.exact:
        reach = half_width(float(told.errors[first]), level)
        found.append(Diagnostic("drawn nodes", told.asked, None, (
            f"Too large to follow every way: reckoned from {plural(told.asked, 'node')} drawn by lot, give or take "
            f"{reach:.3g} ({level:.0%}).")))
    if not trials.exact:
        found.append(Diagnostic("not tried", None, None, (
            f"Too large to leave out each source, day and {one} in turn; the interval is from {spread.draws} draws.")))
    return found


def _missing(sources: LeftOut | None, days: LeftOut | None, others: LeftOut | None, stable: float | None,
             many: str, is_first: bool) -> list[Diagnostic]:
    """What becomes of the first when something is missing."""
    found = []
    for name, tried, what in (("one source missing", sources, "sources"), ("one day missing", days, "days' finds"),
                              ("one node missing", others, f"other {many}")):
        if tried is not None:
            found.append(Diagnostic(name, tried.stays, tried.stays >= SETTLED if is_first else None, (
                f"With each of {tried.tried:,} {what} left out in turn, it is the most between in {tried.stays:.0%}; "
                f"what moves it most is {tried.worst}.")))
    if stable is not None:
        found.append(Diagnostic("stability", stable, stable >= LEAST_STABLE, (
            f"Up to {stable:.0%} of the sources may be missing with the order of all kept (rank correlation 0.7 in 95 of "
            "a hundred draws); less than a quarter is little.")))
    return found


def _rates(network: Network, trials: Trials, first: int, wrong_other: float, level: float) -> list[Model]:
    """The interval if sources err more or less often than was assumed."""
    found = []
    for rate in _OTHER_CHANCES if trials.exact else ():
        spread = trials.erring(chances(network, rate, max(rate, wrong_other)), level, max(25, trials.draws // 4))
        found.append(Model(f"evidence errs in {rate:.0%}", float(spread.middle[first]), float(spread.low[first]),
                           float(spread.high[first]), words="the median of the draws"))
    return found


def _poorer(network: Network, told: Betweenness, first: int) -> list[Model]:
    """The same node where only what is better known counts."""
    found = []
    for name, kept, words in (
        ("only links on evidence", network.on_evidence(), "links that rest on words or inference left out"),
        ("only links from two sources", network.known_from() >= 2, "links known from one source left out"),
    ):
        if kept.any() and not kept.all():
            share = float(betweenness(network.graph(kept)).shares[first])
            found.append(Model(name, share, share, share, words=f"{words}: {int(kept.sum()):,} of {len(kept):,} stay"))
    return found


def _left(sources: LeftOut | None, days: LeftOut | None, others: LeftOut | None, told: Betweenness, first: int,
          one: str) -> list[Model]:
    return [Model(name, float(told.shares[first]), tried.low, tried.high,
                  words=f"the least and the most of {tried.tried:,}; {tried.worst} moves it most")
            for name, tried in (("any one source missing", sources), ("any one day's finds missing", days),
                                (f"any one other {one} missing", others)) if tried is not None]


def _more(network: Network, told: Betweenness, spread: Spread | None) -> dict[str, Any]:
    """Nodes by falling betweenness, links, bridges, cut nodes and parts, as plain values."""
    graph = network.graph()
    part = components(graph)
    bridges, cut = cuts(graph)
    around, known, firm = graph.undirected(), network.known_from(), network.on_evidence()
    keys = [one.key for one in network.nodes]
    visits = [one.visits for one in network.nodes]
    cuts_, sides = frozenset(cut), frozenset(bridges)
    shares: Floats = told.shares
    order = sorted(range(network.linked), key=lambda n: (-shares[n], keys[n]))[:_MOST_TOLD]

    def node(n: int) -> dict[str, Any]:
        line = {"node": keys[n], "name": network.nodes[n].name, "betweenness": float(shares[n]),
                "degree": int(around.degrees[n]), "part": int(part[n]) + 1, "cut": n in cuts_, "visits": visits[n]}
        if network.directed:
            line |= {"out": int(graph.degrees[n]), "in": int(graph.degrees_in[n])}
        if spread is not None:
            low, high = _ends(spread, told, n)
            line |= {"low": low, "high": high, "first": float(spread.first[n])}
        return line

    found = {
        "nodes": [node(n) for n in order],
        "links": [{"from": keys[a], "to": keys[b], "sources": int(known[at]), "evidence": bool(firm[at]),
                   "bridge": (min(a, b), max(a, b)) in sides}
                  for at, (a, b) in enumerate(zip(network.tails.tolist(), network.heads.tolist(), strict=True))
                  ][:_MOST_TOLD],
        "bridges": [[keys[a], keys[b]] for a, b in bridges[:_MOST_TOLD]],
        "cut_nodes": [keys[n] for n in cut[:_MOST_TOLD]],
        "parts": np.bincount(part).tolist()[:_MOST_TOLD],
        "alone": keys[network.linked :][:_MOST_TOLD],
        "pairs": (network.linked - 1) * (network.linked - 2) // (1 if network.directed else 2),
    }
    if network.directed:
        found["strong_parts"] = [n for n in np.bincount(strong_components(graph)).tolist() if n > 1][:_MOST_TOLD]
    return found


def _measure(name: str, question: str, one: str, many: str) -> Measure:
    return Measure(name, VERSION, question, (
        Input("links", "table", "Columns from, to; where known source, source_name, kind (document, item, reply; "
              "basis, inferred) and day; a row for each source of a link", needed=True),
        Input("nodes", "table", "Columns node; where known name and visits"),
        Input("node", "word", f"Of which {one}; else of the one most between", default=""),
        Input("directed", "word", "yes where a way follows the direction of the links", default="no",
              choices=("yes", "no")),
        Input("wrong", "number", "The chance that a piece of evidence errs", default=WRONG),
        Input("wrong_other", "number", "The chance that words or inference err", default=WRONG_OTHER),
        Input("draws", "whole number", "How often the errors are drawn", default=1_000),
        Input("seed", "whole number", "Where the drawing by lot begins", default=1),
        Input("level", "number", "The level of the interval", default=0.95),
    ), ASSUMPTIONS, REFUSES, SOURCES, _asked(name, question, one, many), plots)


MEASURE_SITES: Final = _measure(
    SITES, "Which site stands between the others, in the network of sites that was found?", "site", "sites")
MEASURE_PARTIES: Final = _measure(
    PARTIES, "Which party stands between the others, in the network of parties that was found?", "party", "parties")
