"""A graph kept in a file is the same graph; a damaged file is said to be damaged, and harms nothing."""

from __future__ import annotations

import json
import random
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from headstamp.errors import Missing, Unreadable
from headstamp.tracing import graph_core
from headstamp.tracing.graph import Graph
from headstamp.tracing.graph_edges import EARLIEST, LATEST, Edges
from headstamp.tracing.graph_file import SIDE, ArrayFile, side_arrays, write_arrays
from headstamp.tracing.graph_names import Names

NODES = 40


def rows(seed: int = 3, many: int = 300) -> list[tuple[int, ...]]:
    rng = random.Random(seed)
    found = []
    for n in range(many):
        day = rng.choice([EARLIEST, *range(720_000, 720_030)])
        last = rng.choice([LATEST, max(day, 720_000) + rng.randrange(20)])
        found.append((n * 3, rng.randrange(NODES), rng.randrange(NODES), day, last, n % 3))
    return found


def keep(path: Path, graph: Graph) -> Path:
    with path.open("wb") as file:
        write_arrays(file, {**side_arrays(graph.up), "numbers": graph.edges().number},
                     {"nodes": graph.nodes})
    return path


def taken(path: Path, kernel: str | None = None) -> Graph:
    file = ArrayFile(path)
    return Graph(file.side(), file.numbers, nodes=int(file.note["nodes"]), kernel=kernel)


def everything(graph: Graph) -> list[Any]:
    """What a graph answers to many questions."""
    told: list[Any] = []
    for node in range(0, graph.nodes, 7):
        for level in (0, 2):
            for forward in (False, True):
                held = (graph.downstream if forward else graph.upstream)([node], level=level)
                paths = (graph.paths_from if forward else graph.paths_to)(
                    [node], level=level, steps=3, most=200)
                told += [held.nodes.tolist(), held.ends.tolist(), [*paths][:20]]
            told.append(graph.shortest(node, 3, level=level, steps=4, most=20))
    return told


def test_a_graph_in_a_file_is_the_same_graph(tmp_path: Path) -> None:
    graph = Graph.made(Edges.of(rows()), NODES)
    path = keep(tmp_path / "supply.graph", graph)
    for name in graph_core.kernels():
        assert everything(taken(path, name)) == everything(graph)
    file = ArrayFile(path)
    file.check()
    assert file.bytes <= path.stat().st_size < file.bytes + 2000
    again = taken(path).changed(Edges.of([(7000, 0, 1, 5, 5, 0)]), [0, 3])
    assert len(again.edges()) == len(graph.edges()) - 1
    assert everything(Graph.made(again.edges(), NODES)) is not None


def test_an_empty_graph_can_be_kept(tmp_path: Path) -> None:
    path = keep(tmp_path / "supply.graph", Graph.made(Edges.of([]), 0))
    assert len(taken(path).upstream([])) == 0


def test_a_flipped_byte_anywhere_is_told(tmp_path: Path) -> None:
    graph = Graph.made(Edges.of(rows(many=60)), NODES)
    path = keep(tmp_path / "supply.graph", graph)
    whole, wanted = path.read_bytes(), everything(graph)
    rng = random.Random(8)
    harmless = 0
    for at in [*range(120), *rng.sample(range(len(whole)), 300)]:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << rng.randrange(8)
        path.write_bytes(damaged)
        try:
            told = everything(taken(path))
        except Unreadable as error:
            assert "supply" in str(error)
        else:
            # The only bytes that no sum covers are those between the arrays.
            assert told == wanted
            harmless += 1
    assert harmless < 120


def test_a_file_cut_short_or_of_something_else_is_told(tmp_path: Path) -> None:
    path = keep(tmp_path / "supply.graph", Graph.made(Edges.of(rows()), NODES))
    whole = path.read_bytes()
    for size in (0, 5, 16, 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(Unreadable, match="supply"):
            taken(path)
    path.write_bytes(b"HSMARK02" + whole[8:])
    with pytest.raises(Unreadable, match="not a graph of supply of this version"):
        taken(path)
    path.unlink()
    with pytest.raises(Missing):
        taken(path)


def forged(whole: bytes, change: Any) -> bytes:
    """The file with another header that is sound in itself."""
    size = int.from_bytes(whole[8:12], "little")
    header = json.loads(whole[16 : 16 + size])
    change(header)
    text = json.dumps(header).encode()
    text += b" " * (-(16 + len(text)) % 64)
    start = -(-(16 + size) // 64) * 64
    return (whole[:8] + len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little")
            + text + whole[start:])


@pytest.mark.parametrize("change", [
    lambda h: h["arrays"]["other"].update(at=1 << 60),
    lambda h: h["arrays"]["other"].update(at=-64),
    lambda h: h["arrays"]["other"].update(at=3),
    lambda h: h["arrays"]["other"].update(length=-1),
    lambda h: h["arrays"]["other"].update(length=1 << 62),
    lambda h: h["arrays"]["other"].update(length="many"),
    lambda h: h["arrays"]["other"].update(type="|O"),
    lambda h: h["arrays"]["other"].pop("crc"),
    lambda h: h["arrays"].pop("other"),
    lambda h: h["arrays"].update(evil=h["arrays"]["other"]),
    lambda h: h.update(bytes=1 << 62),
    lambda h: h.update(arrays=[]),
    lambda h: h.pop("note"),
])
def test_a_header_that_lies_is_told(tmp_path: Path, change: Any) -> None:
    path = keep(tmp_path / "supply.graph", Graph.made(Edges.of(rows()), NODES))
    path.write_bytes(forged(path.read_bytes(), change))
    with pytest.raises(Unreadable):
        taken(path)


@pytest.mark.parametrize("kernel", graph_core.kernels())
def test_arrays_that_lie_under_right_sums_harm_nothing(tmp_path: Path, kernel: str) -> None:
    """Whoever can write sums can write anything: then an answer may be wrong, never a crash."""
    graph = Graph.made(Edges.of(rows()), NODES)
    rng = np.random.default_rng(4)
    refused = 0
    for _ in range(150):
        arrays = {name: array.copy() for name, array in side_arrays(graph.up).items()}
        name = SIDE[int(rng.integers(len(SIDE)))]
        array = arrays[name]
        way = int(rng.integers(4))
        if way == 0 and len(array):
            array.view(np.uint8)[rng.integers(array.nbytes, size=3)] ^= 0x85
        elif way == 1 and len(array):
            array[int(rng.integers(len(array)))] = np.iinfo(array.dtype).max
        elif way == 2:
            arrays[name] = array[: int(rng.integers(len(array) + 1))]
        else:
            arrays[name] = np.concatenate([array, array[:5]])
        path = tmp_path / "supply.graph"
        with path.open("wb") as file:
            write_arrays(file, {**arrays, "numbers": graph.edges().number}, {"nodes": NODES})
        try:
            everything(taken(path, kernel))
        except Unreadable:
            refused += 1
    assert refused > 40


def test_names_are_found_in_order_and_after_it(tmp_path: Path) -> None:
    ids = sorted(f"party-{n:04x}" for n in range(0, 3000, 7))
    path = tmp_path / "names"
    with path.open("wb") as file:
        write_arrays(file, Names.of(ids).arrays(), {})
    held = ArrayFile(path)
    names = Names(held.array("ids"), held.array("ids_at"))
    assert [names.node(one) for one in ids] == list(range(len(ids)))
    assert [names.id(n) for n in range(len(names))] == names.all() == ids
    assert names.node("party-0001") is None and names.node("zz") is None and names.node("") is None
    more = names.with_(["party-new2", ids[3], "party-new1", "party-new2"])
    assert len(more) == len(names) + 2 and len(names) == len(ids)
    assert more.node("party-new1") == len(ids) + 1 and more.id(len(ids)) == "party-new2"
    assert more.with_(ids) is more
    none = Names.of([])
    assert none.node("party-0001") is None and none.with_(["party-aaaa"]).node("party-aaaa") == 0
    with pytest.raises(Unreadable):
        Names(held.array("ids")[:-1], held.array("ids_at"))
