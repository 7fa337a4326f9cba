"""The graph of supply of a case: who held goods before or after, and by which dated chains.

One :class:`~headstamp.tracing.graph.Graph` of all transfers between two known parties. Each
edge needs the clearance that its transfer and both its parties need; a question names a
clearance and is answered as if there were no edge above it (docs/supply-graph.md).

Like the index of markings it is kept in memory for each open case and follows the log, and
it is kept beside the case (``derived/supply.graph`` and a file of names), with the place in
the log that it reaches: whoever asks first after a change takes in what the log has
gained. What changed lies over the files until there is much of it; then all is laid out
anew and put in their place. Files may be thrown away: where one is missing, damaged, of
another log or program, the graph is made again from the records.

A state never changes; taking something in makes the next one.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from headstamp.actions.tracing.supply import Supply
from headstamp.errors import Missing, Tampered, Unreadable
from headstamp.kinds.date import bounds
from headstamp.kinds.kind import Unfit
from headstamp.store import policy
from headstamp.store import supply_edges as source
from headstamp.store.case import Case
from headstamp.store.supply_edges import LEAST, Row, SupplyEdges, supply_edges
from headstamp.tracing import graph_edges, graph_file, graph_names, graph_side
from headstamp.tracing.graph import Graph, Laid
from headstamp.tracing.graph_edges import EARLIEST, LATEST, NO_EDGES, Edges, day_number
from headstamp.tracing.graph_file import ArrayFile, side_arrays, write_arrays
from headstamp.tracing.graph_names import Names
from headstamp.tracing.graph_side import lay_out, turned

logger = logging.getLogger("headstamp.supply")

FOLDER: Final = "derived"
FILE: Final = "supply.graph"
LEAST_UNSAVED: Final = 2_000
"""So many changed transfers are taken in again by each command rather than the files made anew."""
SHARE_UNSAVED: Final = 50
MOST_UNSAVED: Final = 20_000
MOST_ENTRIES_UNSAVED: Final = 100_000
KEPT_DOWN: Final = 100_000
"""Of fewer transfers the other side is made as fast as it is read."""
_LEFT_OVER_S: Final = 3600


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The graph at one size of the log; ``saved_at``: the size that the files have."""

    size: int
    graph: Graph
    names: Names
    saved_at: int = 0
    _views: dict[str, Graph] = field(default_factory=dict)

    def worth_keeping(self) -> bool:
        """Whether the next command would have too much to take in again."""
        most = min(max(LEAST_UNSAVED, len(self.graph.up) // SHARE_UNSAVED), MOST_UNSAVED)
        return (
            self.graph.unlaid >= most or self.size - self.saved_at >= MOST_ENTRIES_UNSAVED
        )


def empty() -> State:
    """The state before the log's first entry."""
    return State(0, Graph.made(NO_EDGES, 0), Names.of([]))


class _Kept:
    """The state of one open case; one lock for whoever takes in what the log has gained."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.state: State | None = None


_KEPT: WeakKeyDictionary[Case, _Kept] = WeakKeyDictionary()
_NEW = Lock()


def supply(case: Case, clearance: str, *, hand_out: bool = False) -> Supply:
    """What a clearance may ask of the graph, up to the last entry of the log.

    For the public, and for what is handed out, without what a trace reply forbids to tell.
    """
    level = policy.clearance_rank(clearance)
    state = up_to_date(case)
    graph = state.graph
    if hand_out or level == 0:
        found = state._views.get(clearance)
        if found is None:
            with supply_edges(case.backend) as edges:
                silent = edges.kept_back(clearance)
            found = graph.changed(NO_EDGES, sorted(silent)) if silent else graph
            state._views[clearance] = found
        graph = found
    return Supply(state.size, graph, state.names, level)


def up_to_date(case: Case) -> State:
    """The graph brought up to the log."""
    with _NEW:
        kept = _KEPT.setdefault(case, _Kept())
    state = kept.state
    if state is not None:
        with supply_edges(case.backend) as edges:
            if edges.log_size() == state.size:
                return state
    with kept.lock:
        state = kept.state if kept.state is not None else load(case)
        with supply_edges(case.backend) as edges:
            state = caught_up(edges, state)
            if state.worth_keeping():
                state = _save(case, state, edges.state_of_log(state.size))
        kept.state = state
        return state


def caught_up(edges: SupplyEdges, state: State) -> State:
    """The next state: with what the log has gained since this one."""
    size = edges.log_size()
    if size == state.size:
        return state
    if size < state.size or not state.size:  # or it was put back to an earlier state
        return made(edges)
    gained = edges.gained(state.size)
    if gained.wholly:
        return made(edges)
    rows = edges.at(gained.again)
    for some in edges.since(state.size):
        rows += some
        if len(rows) > max(MOST_ENTRIES_UNSAVED, len(state.graph.up) // 4):
            return made(edges)
    ranks = edges.ranks({one for row in rows for one in row[1:3]})
    names = state.names.with_(sorted(ranks))
    # By their places among the few parties at hand; then by those among all.
    added = _edges(rows, {id_: place for place, id_ in enumerate(ranks)},
                   np.array(list(ranks.values()), np.uint8))
    nodes = np.array([names.known(id_) for id_ in ranks], np.uint32)
    added = replace(added, sender=nodes[added.sender], receiver=nodes[added.receiver])
    if not len(added) and not gained.gone:
        graph = state.graph
    else:
        graph = state.graph.changed(added, sorted(gained.gone), len(names))
    return State(size, graph, names, state.saved_at)


def made(edges: SupplyEdges) -> State:
    """The state made from the records alone."""
    size = edges.log_size()
    parties = edges.parties()
    nodes = {id_: node for node, (id_, _) in enumerate(parties)}
    ranks = np.array([rank for _, rank in parties], np.uint8)
    parts = []
    for rows in edges.since(0):
        _, givers, takers, *_ = zip(*rows, strict=True)
        # One that is erased, or was never handed over, is named all the same; as open as can be.
        new = {*givers, *takers} - nodes.keys()
        for one in new:
            nodes[one] = len(nodes)
        ranks = np.append(ranks, np.zeros(len(new), np.uint8)) if new else ranks
        parts.append(_edges(rows, nodes, ranks))
    names = Names.of([id_ for id_, _ in parties]).with_(list(nodes)[len(parties):])
    return _laid(size, Edges.joined(parts) if parts else NO_EDGES, names)


def _edges(rows: Sequence[Row], nodes: Mapping[str, int], ranks: npt.NDArray[np.uint8]) -> Edges:
    """Rows as edges between nodes, which all parties have; ``ranks`` are those of the nodes."""
    if not rows:
        return NO_EDGES
    # Column by column, each in one call: there may be ten million.
    seqs, givers, takers, whens, needs = zip(*rows, strict=True)
    many = len(rows)
    dates = {when: place for place, when in enumerate(dict.fromkeys(whens))}
    days = np.array([_days(when) for when in dates], np.int32)
    days = days[np.fromiter(map(dates.__getitem__, whens), np.int64, many)]
    sender = np.fromiter(map(nodes.__getitem__, givers), np.uint32, many)
    receiver = np.fromiter(map(nodes.__getitem__, takers), np.uint32, many)
    level = np.maximum(np.fromiter(needs, np.uint8, many), np.uint8(LEAST))
    return Edges(
        np.array(seqs, np.uint32), sender, receiver, days[:, 0].copy(), days[:, 1].copy(),
        np.maximum(level, np.maximum(ranks[sender], ranks[receiver])),
    )


@lru_cache(maxsize=65_536)
def _days(when: Any) -> tuple[int, int]:
    """The first and last possible day; open where there is no date that can be read."""
    try:
        first, last = bounds(str(when)) if when else (None, None)
    except Unfit:  # put into the tables by hand; verify names it
        first = last = None
    return day_number(first, open_end=EARLIEST), day_number(last, open_end=LATEST)


def _laid(size: int, edges: Edges, names: Names) -> State:
    """All laid out in one piece, parties in the order of their ids."""
    ids = names.all()
    order = sorted(range(len(ids)), key=ids.__getitem__)
    if order != list(range(len(ids))):
        place = np.empty(len(ids), np.uint32)
        place[order] = np.arange(len(ids), dtype=np.uint32)
        edges = replace(edges, sender=place[edges.sender], receiver=place[edges.receiver])
    names = Names.of([ids[at] for at in order])
    up, numbers = lay_out(edges, len(names))
    return State(size, Graph(up, lambda: numbers), names)


# --- beside the case ----------------------------------------------------------------


def graph_path(case: Case) -> Path:
    """Where the graph is kept."""
    return case.working.place(FOLDER, FILE)


def read_kept(case: Case) -> tuple[State, dict[str, Any]]:
    """The graph as it is kept, every byte checked, and the note of its file.

    Raises Missing, Unreadable, Tampered.
    """
    file = _opened(case, FILE)
    beside = _opened(case, str(file.note.get("names", "")))
    file.check()
    beside.check()
    if beside.note != file.note:
        raise Unreadable("the files of the graph of supply do not belong together")
    up = file.side()
    names = Names(beside.array("ids"), beside.array("ids_at"))
    numbers = beside.numbers()
    if up.rows != len(names) or len(numbers) != len(up):
        raise Unreadable("the files of the graph of supply do not fit together")
    try:
        size = int(file.note["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("the note of the graph of supply is damaged") from error
    graph = Graph(up, lambda: numbers, down=lambda: _down(case, graph, file.note))
    return State(size, graph, names, size), file.note


def _opened(case: Case, name: str) -> ArrayFile:
    path = case.working.open(FOLDER, name) if name else None
    if path is None:
        raise Missing(f"there is no graph of supply at {graph_path(case)}")
    return ArrayFile(path)


def load(case: Case) -> State:
    """The graph as it is kept beside the case; empty where that is missing or cannot be used."""
    try:
        state, note = read_kept(case)
    except Missing:
        return empty()
    except (Unreadable, Tampered) as error:
        logger.warning("%s; it is made again from the records", error)
        return empty()
    if note.get("made_by") != _made_by():
        return empty()
    with supply_edges(case.backend) as edges:
        log = edges.state_of_log(state.size)
    return state if log and note.get("log") == log else empty()


def _save(case: Case, state: State, log: str) -> State:
    """Lays out anew and keeps that beside the case; a folder that is full only costs time.

    The file of names first, under a name of its own: until the graph that names it is in
    place, the one before stands whole with its own.
    """
    laid = state
    if state.graph.unlaid or state.graph.up.rows != len(state.names):
        laid = _laid(state.size, state.graph.edges(), state.names)
    token = secrets.token_hex(8)
    note = {"size": laid.size, "log": log, "made_by": _made_by(), "names": _names_file(token),
            "down": _down_file(token)}
    working = case.working
    try:
        graph_path(case).parent.mkdir(exist_ok=True)
        _clear_left_overs(graph_path(case))
        with working.making(FOLDER, _names_file(token)) as file:
            write_arrays(file, {**laid.names.arrays(), "numbers": laid.graph.numbers()}, note)
        with working.making(FOLDER, FILE) as file:
            write_arrays(file, side_arrays(laid.graph.up), note)
        for name in working.names(FOLDER):
            if name.startswith("supply-") and token not in name:
                working.remove(FOLDER, name)
    except OSError as error:
        logger.warning("the graph of supply is not kept in %s: %s", graph_path(case).parent,
                       error.strerror)
        return laid
    if working.sealed:
        return State(laid.size, laid.graph, laid.names, laid.size)
    try:
        return read_kept(case)[0]  # mapped from the files: the memory of making them is given back
    except (Missing, Unreadable):  # another program has put its own in their place
        return State(laid.size, laid.graph, laid.names, laid.size)


def _names_file(token: str) -> str:
    return f"supply-{token}.names"


def _down_file(token: str) -> str:
    return f"supply-{token}.down"


def _down(case: Case, graph: Graph, note: dict[str, Any]) -> Laid:
    """The downstream side of a graph that is kept: from its file, or made and kept there."""
    name = str(note.get("down", ""))
    try:
        file = _opened(case, name)
        if file.note == note:
            file.check()
            return file.side(), file.numbers()
    except (Missing, Unreadable, Tampered) as error:
        logger.debug("the downstream side of the graph of supply is made anew: %s", error)
    side, numbers = turned(graph.up, graph.numbers())
    if len(side) >= KEPT_DOWN:
        try:
            with case.working.making(FOLDER, name, durable=False) as target:
                write_arrays(target, {**side_arrays(side), "numbers": numbers}, note)
        except OSError as error:
            logger.warning("the downstream side is not kept: %s", error.strerror)
    return side, numbers


def _clear_left_overs(path: Path) -> None:
    """Takes away what a program that was killed while it saved has left.

    By its dot alone: in an encrypted case the rest of its name tells nothing.
    """
    for one in path.parent.glob(".*"):
        if one.is_file() and one.stat().st_mtime < time.time() - _LEFT_OVER_S:
            one.unlink(missing_ok=True)


@cache
def _made_by() -> str:
    """A digest of what decides how a transfer becomes an edge: another program's graph is no use."""
    digest = hashlib.sha256()
    modules: Iterable[Any] = (graph_edges, graph_file, graph_names, graph_side, policy, source)
    for path in (*(module.__file__ for module in modules), __file__):
        digest.update(Path(str(path)).read_bytes())
    return digest.hexdigest()
