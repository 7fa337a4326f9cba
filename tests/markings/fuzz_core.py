"""Try the compiled search core on what nobody meant it for: damaged files, wrong arguments, any text.

Each round has a number, and everything in it follows from that number. Run by
``scripts/fuzz.sh`` on a core compiled with checks of memory and arithmetic,
which end the process at the first byte read outside an array::

    python -m tests.markings.fuzz_core --core FOLDER --seconds 60
    python -m tests.markings.fuzz_core --core FOLDER --first 1234567 --rounds 1

The number of the round under way stands in ``FOLDER/round``.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import os
import sys
import time
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np

REFUSALS = (ValueError, TypeError, OverflowError, BufferError, MemoryError)


def load_core(folder: Path) -> ModuleType:
    """The core compiled there, in place of the one of the package."""
    import headstamp.markings as room

    name = "headstamp.markings._core"
    loader = importlib.machinery.ExtensionFileLoader(name, str(folder / "_core.abi3.so"))
    spec = importlib.util.spec_from_loader(name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module
    from headstamp.markings import core

    core._compiled = room._core = module  # type: ignore[attr-defined]
    core._named.cache_clear()
    return module


def alike(core: Any, rng: Random) -> str:
    """Every kernel says what the fallback says."""
    from headstamp.markings.core import Core, kernels
    from tests.markings import chance

    made = chance.segment(rng, most=300)
    cores = {name: Core(made, name) for name in kernels()}
    for _ in range(3):
        plain = chance.reading(rng, made)
        pattern = rng.choice((chance.any_pattern(rng), chance.asked_pattern(rng, plain)))
        costs, codes = chance.any_costs(rng), rng.randbytes(rng.randint(0, 60))
        keep, wanted = rng.choice((1, 7, 20000)), None
        for name, held in cores.items():
            slots, total = held.search(pattern, keep)
            told = (
                slots.tobytes(), total, held.score(slots, costs).tobytes(),
                tuple(held.begins(codes, reversed=False)),
                tuple(held.begins(codes, reversed=True)),
            )  # fmt: skip
            assert wanted is None or told == wanted, name
            wanted = told
    return "alike"


def damage(core: Any, rng: Random) -> str:
    """Damaged arrays are refused, or answered from without a byte read outside them."""
    from tests.markings import chance

    whole = chance.parts(chance.segment(rng, most=300))
    taken = [chance.ask_everything(core, rng, chance.damaged(rng, whole)) for _ in range(30)]
    return "damaged arrays taken" if any(taken) else "damaged arrays refused"


def any_argument(rng: Random, right: Any) -> Any:
    """Something in the place of an argument: the right one, or one that is off in kind or size."""
    way = rng.random()
    if way < 0.6:
        return right
    if isinstance(right, np.ndarray) and way < 0.9:
        cut = right.reshape(-1)[: rng.randint(0, right.size)]
        return rng.choice((cut.copy(), cut[::2], cut.astype(np.float32), np.asfortranarray(right)))
    if isinstance(right, int) and way < 0.9:
        return rng.choice((right + 1, right - 1, -right, 60, 61, 255, 1 << 31, 1 << 63, 1 << 64))
    return rng.choice((None, b"", b"\x01" * 7, "", 0, -1, 3.5, (), [], object(), right))


def arguments(core: Any, rng: Random) -> str:
    """Wrong arguments are refused, or answered."""
    from tests.markings import chance

    held = core.Segment(**chance.parts(chance.segment(rng, most=40)))
    for _ in range(60):
        pattern = tuple(any_argument(rng, part) for part in chance.any_pattern(rng))
        costs = tuple(any_argument(rng, part) for part in chance.any_costs(rng))
        slots = np.array([rng.randrange(80) for _ in range(rng.randint(0, 5))], np.uint32)
        rows = np.full((3, 60), rng.randrange(256), np.uint8)
        lengths = np.array([rng.randrange(256) for _ in range(3)], np.uint8)
        calls = (
            lambda p=pattern: core.search(
                any_argument(rng, held),
                rng.choice((*core.kernels(), "none")),
                p,
                rng.randint(-1, 9),
            ),
            lambda c=costs, s=slots: core.score(any_argument(rng, held), any_argument(rng, s), c),
            lambda c=costs, r=rows, n=lengths: core.score_rows(
                any_argument(rng, r), any_argument(rng, n), c
            ),
            lambda: core.begins(any_argument(rng, held), rng.randbytes(rng.randint(0, 70)), 0),
        )
        try:
            rng.choice(calls)()
        except REFUSALS:
            continue
    return "wrong arguments"


def any_text(core: Any, rng: Random) -> str:
    """Any text at all is kept, laid out and searched."""
    from headstamp.markings.asked import ask
    from headstamp.markings.channel import Channel
    from headstamp.markings.core import Core
    from headstamp.markings.normalise import keys
    from headstamp.markings.segment import build_segment

    def char() -> str:
        return chr(rng.choice((rng.randrange(128), rng.randrange(0x3400), rng.randrange(0x110000))))

    texts = ["".join(char() for _ in range(rng.choice((0, 1, 5, 20, 80)))) for _ in range(20)]
    made = build_segment(texts)
    held = Core(made, "plain")
    for position, text in enumerate(texts):
        assert made.text_of(position) == text
        plain = keys(text).plain
        asked = ask(plain, Channel.default())
        slots, _ = held.search(asked.pattern(rng.randint(0, 3)), 50)
        assert (held.score(slots, asked.costs) >= 0).all()
        held.begins(asked.codes, reversed=rng.random() < 0.5)
    return "any text"


TASKS = (alike, damage, damage, arguments, any_text)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--core", type=Path, required=True, help="folder of the core to try")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, help="so many instead")
    parser.add_argument("--first", type=int, help="number of the first round; by default any")
    args = parser.parse_args()
    core = load_core(args.core)
    first = args.first if args.first is not None else int.from_bytes(os.urandom(5), "big")
    print(f"fuzz: from round {first}, kernels {', '.join(core.kernels())}", flush=True)
    end, done, met = time.monotonic() + args.seconds, 0, dict[str, int]()
    with (args.core / "round").open("w") as told:
        while done < args.rounds if args.rounds else time.monotonic() < end:
            told.seek(0)
            told.write(f"{first + done}\n")
            told.flush()
            rng = Random(first + done)
            what = rng.choice(TASKS)(core, rng)
            met[what] = met.get(what, 0) + 1
            done += 1
    counted = ", ".join(f"{number} {what}" for what, number in sorted(met.items()))
    print(f"fuzz: {done} rounds, nothing amiss ({counted})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
