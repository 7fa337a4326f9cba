"""The network of sites, or of parties, that a snapshot holds: nodes, links, and what each link rests on.

One gathering for the measure, the picture and the page, so that they cannot differ. What is counted as one node
is said: parts of a site may stand for the whole of it, and parties judged to be the same are one (where judgements
contradict each other nothing is joined).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from headstamp.analysis.network.links import EVIDENCE
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions import party_links, site_links
from headstamp.kinds.counted import plural
from headstamp.linking.same_party import Judgement, sameness
from headstamp.vocab import vocabulary

_WHEN: Final = (
    Parameter("since", "day", "Only what went on this day or later"),
    Parameter("until", "day", "Only what went on this day or earlier"),
)
SITE_PARAMETERS: Final = (
    *_WHEN,
    Parameter("flow", "word", "Only flows of this sort (goods, people, documents, vehicles, unknown)"),
    Parameter("whole", "word", "Whether parts of a site count as the whole of it", default="no", choices=("yes", "no")),
    Parameter("inferred", "word", "With links inferred from papers at one site that belong to things at another",
              default="no", choices=("yes", "no")),
)
PARTY_PARAMETERS: Final = (
    *_WHEN,
    Parameter("ties", "word", "With ties, without them, or ties only", default="yes", choices=("yes", "no", "only")),
    Parameter("custody", "word", "With what is known of items' past hands", default="yes", choices=("yes", "no")),
)
_NO_WAY: Final = ("tie", "party", "document")
"""Kinds of record whose link has no direction in which anything went."""


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A site or party. ``members`` are the records that count as it; ``about`` says what it is, in words:
    (what of it, value). ``visits`` is None for parties."""

    id: str
    name: str
    members: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    visits: int | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class FoundLink:
    """All that links two nodes in one direction. ``both`` links have none.

    ``records`` are (id, kind of record, sort, label); ``sources`` maps each source to its kind.
    """

    a: str
    b: str
    both: bool
    records: tuple[tuple[str, str, str, str], ...]
    sources: Mapping[str, str]

    @property
    def evidence(self) -> bool:
        """Whether something it rests on can be looked at again."""
        return any(kind in EVIDENCE for kind in self.sources.values())


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """Nodes by id, links, the rows they come from, and in words what was taken and what left out."""

    what: str
    nodes: Mapping[str, FoundNode]
    links: tuple[FoundLink, ...]
    rows: tuple[Mapping[str, Any], ...]
    told: tuple[str, ...]

    def inputs(self) -> dict[str, Any]:
        """As the measures ``network.sites`` and ``network.parties`` take it."""
        links = []
        for row in self.rows:
            told = {"source": row["source"], "kind": row["source_kind"], "day": row["day"] or "",
                    "source_name": row["source_label"] or row["source"]}
            links.append({"from": row["from_node"], "to": row["to_node"], **told})
            if row["record_kind"] in _NO_WAY:
                links.append({"from": row["to_node"], "to": row["from_node"], **told})
        return {"links": links, "nodes": [
            {"node": one.id, "name": one.name, "visits": "" if one.visits is None else str(one.visits)}
            for one in self.nodes.values()]}

    def records(self) -> list[str]:
        """The ids of the records that the links rest on, papers and things too."""
        return [*dict.fromkeys(id_ for row in self.rows for id_ in (
            row["record"], *(() if row["source_kind"] == "inferred" else (row["source"],))))]


def sites_found(engine: Engine, given: Mapping[str, Any]) -> NetworkFound:
    """The network of sites; ``given`` are the values of ``SITE_PARAMETERS``."""
    told: list[str] = []
    rows = _within(site_links.flows(engine), given, told, "flow")
    if given.get("flow"):
        rows = [row for row in rows if row["sort"] == given["flow"]]
        told.append(f"Only flows of the sort {vocabulary('flow_kind').label(given['flow'])}.")
    if given.get("inferred") == "yes":
        papers = site_links.inferred(engine)
        told.append("Links inferred, without a direction and no evidence of a flow: papers found at one site that belong "
                    f"to things found at another, {len({row['record'] for row in papers}):,}.")
        rows = [*rows, *papers]
    known = {row["site"]: row for row in site_links.sites(engine)}
    part_of = {id_: row["part_of"] for id_, row in known.items() if row["part_of"] in known}
    stands = {id_: id_ for id_ in known}
    if given.get("whole") == "yes":
        stands = {id_: _root(id_, part_of) for id_ in known}
        told.append(f"Sites that are part of another, which count as it: {sum(id_ != to for id_, to in stands.items()):,}.")
    members = _members(stands)
    nodes = {id_: _site(known, members[id_]) for id_ in sorted(members)}
    return _found("sites", nodes, rows, stands, told)


def parties_found(engine: Engine, given: Mapping[str, Any]) -> NetworkFound:
    """The network of parties; ``given`` are the values of ``PARTY_PARAMETERS``."""
    told: list[str] = []
    rows: list[dict[str, Any]] = []
    if given.get("ties") != "only":
        rows += _within(party_links.transfers(engine), given, told, "transfer")
        if given.get("custody") != "no":
            rows += _within(party_links.custody(engine), given, told, "passage from hand to hand", "passages from hand to hand")
    if given.get("ties") != "no":
        rows += _within(party_links.ties(engine), given, told, "tie")
    known = {row["party"]: row for row in party_links.parties(engine)}
    follows = sameness([Judgement(row["tie"], row["party"], row["other"], row["same"])
                        for row in party_links.judged(engine)])
    stands = {id_: to if (to := follows.same.get(id_, id_)) in known else id_ for id_ in known}
    joined = sum(id_ != to for id_, to in stands.items())
    if joined:
        told.append(f"Parties judged to be the same as another, which count as it: {joined:,}.")
    if follows.contested:
        told.append("Judgements that parties are the same, against which others stand, join nothing: "
                    f"{len(follows.contested):,} contradict.")
    members = _members(stands)
    nodes = {id_: _party(known, members[id_]) for id_ in sorted(members)}
    return _found("parties", nodes, rows, stands, told)


FOUND: Final[Mapping[str, Callable[[Engine, Mapping[str, Any]], NetworkFound]]] = {
    "sites": sites_found, "parties": parties_found}


def _within(
    rows: list[dict[str, Any]], given: Mapping[str, Any], told: list[str], one: str, many: str = "",
) -> list[dict[str, Any]]:
    """The rows whose time can lie within what was asked; others and undated ones are counted."""
    since, until = given.get("since") or "", given.get("until") or "9999"
    if since or until != "9999":
        dated = [row for row in rows if row["since"] or row["until"]]
        undated = {row["record"] for row in rows} - {row["record"] for row in dated}
        kept = [row for row in dated if (row["until"] or "9999") >= since and (row["since"] or "") <= until]
        if undated:
            told.append(f"Left out, without a date: {plural(len(undated), one, many)}.")
        other = {row["record"] for row in dated} - {row["record"] for row in kept}
        if other:
            told.append(f"Left out, of another time: {plural(len(other), one, many)}.")
        rows = kept
    count = len({row["record"] for row in rows})
    told.append(f"Taken: {plural(count, one, many)}.")
    return rows


def _found(what: str, nodes: dict[str, FoundNode], rows: Iterable[dict[str, Any]], stands: Mapping[str, str],
           told: list[str]) -> NetworkFound:
    moved = [{**row, "from_node": stands[row["from_node"]], "to_node": stands[row["to_node"]]} for row in rows]
    inner = {row["record"] for row in moved if row["from_node"] == row["to_node"]}
    if inner:
        told.append(f"Records that lead from a node to itself and make no link: {len(inner):,}.")
    kept = [row for row in moved if row["from_node"] != row["to_node"]]
    pairs: dict[tuple[str, str, bool], list[dict[str, Any]]] = defaultdict(list)
    for row in kept:
        both = row["record_kind"] in _NO_WAY
        ends = (row["from_node"], row["to_node"])
        a, b = sorted(ends) if both else ends
        pairs[a, b, both].append(row)
    links = tuple(
        FoundLink(a, b, both, tuple(dict.fromkeys(
            (row["record"], row["record_kind"], row["sort"] or "unknown", row["label"] or "") for row in of)),
            {row["source"]: row["source_kind"] for row in of})
        for (a, b, both), of in sorted(pairs.items()))
    return NetworkFound(what, nodes, links, tuple(kept), tuple(told))


def _root(site: str, part_of: Mapping[str, str]) -> str:
    """The site that this is part of, as far up as it goes; one in a ring stands for itself."""
    seen = [site]
    while (above := part_of.get(seen[-1])) is not None:
        if above in seen:
            return site
        seen.append(above)
    return seen[-1]


def _members(stands: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for id_, to in sorted(stands.items()):
        found[to].append(id_)
    # The one that stands for all comes first.
    return {to: (to, *(id_ for id_ in ids if id_ != to)) for to, ids in found.items()}


def _site(known: Mapping[str, Mapping[str, Any]], members: tuple[str, ...]) -> FoundNode:
    rows = [known[id_] for id_ in members]
    about = [("kind", vocabulary("site_kind").label(rows[0]["site_kind"] or "unknown"))]
    about += [(name.replace("_", " "), _uses(rows, name)) for name in ("former_use", "activities", "present_use")]
    return FoundNode(members[0], rows[0]["label"], members, tuple((name, said) for name, said in about if said),
                     sum(row["visits"] for row in rows), sum(row["items"] for row in rows))


def _uses(rows: Iterable[Mapping[str, Any]], column: str) -> str:
    uses = dict.fromkeys(use for row in rows if row[column] for use in orjson.loads(row[column]))
    return ", ".join(vocabulary("site_use").label(use) for use in uses)


def _party(known: Mapping[str, Mapping[str, Any]], members: tuple[str, ...]) -> FoundNode:
    rows = [known[id_] for id_ in members]
    roles = dict.fromkeys(role for row in rows if row["roles"] for role in orjson.loads(row["roles"]))
    about = (
        ("kind", vocabulary("party_kind").label(rows[0]["party_kind"] or "unknown")),
        ("country", vocabulary("countries").label(rows[0]["country"] or "")),
        ("roles", ", ".join(vocabulary("party_role").label(role) for role in roles)),
        ("also", "; ".join(dict.fromkeys(row["label"] for row in rows[1:] if row["label"] != rows[0]["label"]))),
    )
    return FoundNode(members[0], rows[0]["label"], members, tuple((name, said) for name, said in about if said))
