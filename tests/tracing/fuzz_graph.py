"""Try the compiled walks over the graph of supply on what nobody meant them for.

Like ``tests/markings/fuzz_core.py``, and run after it by ``scripts/fuzz.sh``, on a core
compiled with checks of memory and arithmetic::

    python -m tests.tracing.fuzz_graph --core FOLDER --seconds 60
    python -m tests.tracing.fuzz_graph --core FOLDER --first 1234567 --rounds 1

The number of the round under way stands in ``FOLDER/round``.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np

from headstamp.errors import HeadstampError
from headstamp.tracing import graph_core
from headstamp.tracing.graph import Graph
from headstamp.tracing.graph_edges import EARLIEST, LATEST, Edges
from headstamp.tracing.graph_file import SIDE
from headstamp.tracing.graph_side import Side, lay_out

REFUSALS = (ValueError, TypeError, OverflowError, BufferError, MemoryError, HeadstampError)


def load_graph(folder: Path) -> ModuleType:
    """The walks compiled there, in place of those of the package."""
    name = "headstamp.tracing._graph"
    loader = importlib.machinery.ExtensionFileLoader(name, str(folder / "_graph.abi3.so"))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    graph_core._compiled = sys.modules[name] = module
    return module


def chance(rng: Random, first: int = 0) -> tuple[Edges, int]:
    nodes, wide = rng.randint(1, 60), rng.random() < 0.2
    rows = []
    for n in range(rng.choice([0, 3, 40, 300])):
        day = rng.choice([EARLIEST, rng.randint(1, 40), rng.randint(1, 3000 if wide else 40)])
        last = rng.choice([LATEST, max(day, 1) + rng.choice([0, 0, 9, 300])])
        hub = rng.random() < 0.3
        rows.append((first + n, 0 if hub else rng.randrange(nodes), rng.randrange(nodes), day,
                     last, rng.randrange(4)))
    return Edges.of(rows), nodes


def everything(graph: Graph, rng: Random) -> list[Any]:
    """Answers to some questions with some limits."""
    told: list[Any] = []
    for _ in range(6):
        starts = [rng.randrange(graph.nodes) for _ in range(rng.randint(1, 3))]
        level, steps = rng.randrange(5), rng.choice([1, 2, 3, 5])
        limits = {"most": rng.choice([0, 1, 9, 500]), "effort": rng.choice([0, 5, 70, 3000])}
        forward, dated = rng.random() < 0.5, rng.random() < 0.8
        held = (graph.downstream if forward else graph.upstream)(
            starts, level=level, steps=rng.choice([steps, None]), **limits)
        paths = (graph.paths_from if forward else graph.paths_to)(
            starts, level=level, steps=steps, dated=dated, **limits)
        told += [held.nodes.tolist(), held.ends.tolist(), held.more, paths.edges.tolist(),
                 paths.parents.tolist(), paths.nodes.tolist(), paths.more,
                 graph.shortest(starts[0], starts[-1], level=level, steps=steps, **limits)]
    return told


def alike(rng: Random) -> str:
    """The compiled walks say what Python says, before and after changes."""
    edges, nodes = chance(rng)
    added, more = chance(rng, 10_000)
    gone = [n for n in range(len(edges)) if rng.random() < 0.1]
    seed, wanted = rng.random(), None
    for name in graph_core.kernels():
        graph = Graph.made(edges, nodes, kernel=name)
        told = everything(graph, Random(seed))
        told += everything(graph.changed(added, gone, max(nodes, more)), Random(seed))
        assert wanted is None or told == wanted, name
        wanted = told
    return "alike"


def damage(rng: Random) -> str:
    """Damaged arrays are refused, or answered from without a byte read outside them."""
    edges, nodes = chance(rng)
    side, numbers = lay_out(edges, nodes)
    taken = 0
    for _ in range(20):
        arrays = {name: np.array(getattr(side, name)) for name in SIDE}
        for name in rng.sample(SIDE, rng.choice([1, 1, 2])):
            array = arrays[name]
            way = rng.randrange(4)
            if way == 0 and len(array):
                for _ in range(rng.randint(1, 4)):
                    array.view(np.uint8)[rng.randrange(array.nbytes)] ^= 1 << rng.randrange(8)
            elif way == 1 and len(array):
                array[rng.randrange(len(array))] = rng.choice(
                    [0, np.iinfo(array.dtype).max, np.iinfo(array.dtype).min])
            elif way == 2:
                arrays[name] = array[: rng.randint(0, len(array))].copy()
            else:
                arrays[name] = np.concatenate([array, array[: rng.randint(0, 5)]])
        try:
            graph = Graph(Side(**arrays), lambda: numbers, nodes=rng.choice([nodes, nodes + 9]))
            if rng.random() < 0.4:
                graph = graph.changed(*[chance(rng, 10_000)[0]], [1, 2], 70)
            everything(graph, rng)
            taken += 1
        except REFUSALS:
            continue
        except IndexError:  # an answer was made from it in Python, not in C
            continue
    return "damaged arrays taken" if taken else "damaged arrays refused"


def misuse(rng: Random, module: ModuleType) -> str:
    """Wrong arguments are refused."""
    edges, nodes = chance(rng)
    side, _ = lay_out(edges, nodes)
    held = graph_core.Core(side, nodes, name="compiled")._held
    some: list[Any] = [held, None, b"", b"\0" * 4, b"\xff" * 8, b"\1" * 7, 0, 1, -1, 2**32 - 1, 2**64,
                       nodes, "x", 3.5, np.zeros(nodes, np.uint8), [], True]
    for _ in range(60):
        name, many = rng.choice([("reach", 6), ("paths", 8), ("chains", 10)])
        arguments = [rng.choice(some) for _ in range(rng.choice([many, many, many - 1]))]
        if rng.random() < 0.8:
            arguments[0] = held
        try:
            getattr(module, name)(*arguments)
        except REFUSALS:
            continue
    return "misuse"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--core", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=0)
    args = parser.parse_args()
    module = load_graph(args.core)
    number = args.first or int.from_bytes(np.random.default_rng().bytes(4), "little")
    end, done = time.monotonic() + args.seconds, 0
    found: Counter[str] = Counter()
    while done < args.rounds if args.rounds else time.monotonic() < end:
        (args.core / "round").write_text(str(number))
        rng = Random(number)
        found[alike(rng)] += 1
        found[damage(rng)] += 1
        found[misuse(rng, module)] += 1
        number, done = number + 1, done + 1
    print(f"fuzz of the graph: {done} rounds; {dict(found)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
