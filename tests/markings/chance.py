"""Segments, patterns and costs by chance: what the tests and the fuzzing of the search core run on."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from headstamp.markings.alphabet import CLASSES, CODES, PLACES
from headstamp.markings.asked import MOST_EDITS, Costs, Pattern, ask
from headstamp.markings.channel import Channel
from headstamp.markings.core import PARTS
from headstamp.markings.normalise import keys
from headstamp.markings.segment import Segment, build_segment

POOLS = ("AB", "AB08", "AB0871", "AB08712345ЖБ٣OIZ-SQ? ", "0123456789")
LENGTHS = (1, 2, 3, 4, 6, 7, 8, 9, 12, 14, 15, 16, 17, 20, 33, 59, 60, 61, 70)
QUERIES = ("AB*1", "*", "?", "??1*A", "A[8B]0?1", "1234567", "AB01234", "*0*1*", "AB1" * 20, "A")


def texts(rng: Random, most: int = 3000) -> list[str]:
    """Markings that differ little, and sometimes a long series: groups of blocks with common heads."""
    pool = rng.choice(POOLS)
    lengths = rng.sample(LENGTHS, rng.randint(1, 6))
    number = min(most, rng.choice((0, 1, 3, 31, 32, 33, 64, 200, 1025, 3000)))
    made = ["".join(rng.choices(pool, k=rng.choice(lengths))) for _ in range(number)]
    if rng.random() < 0.3:
        made += [f"AB {place:05d}" for place in range(min(most, rng.choice((40, 1500, 2100))))]
    return made


def segment(rng: Random, most: int = 3000) -> Segment:
    """A segment of such texts, some of them removed again."""
    made = build_segment(texts(rng, most))
    if rng.random() < 0.5:
        for position in rng.sample(range(len(made)), len(made) // 3):
            made.remove(position)
    return made


def reading(rng: Random, made: Segment) -> str:
    """A reading of a stored marking with something changed in it, or one of a few odd ones."""
    if not len(made) or rng.random() < 0.3:
        return rng.choice(QUERIES)
    plain = keys(made.text_of(rng.randrange(len(made)))).plain
    for _ in range(rng.randint(0, 3)):
        at = rng.randint(0, len(plain))
        plain = (
            plain[:at]
            + rng.choice(("", "A", "8", "?", "0", "*", "[8B]"))
            + plain[at + rng.randint(0, 1) :]
        )
    return plain


def asked_pattern(rng: Random, plain: str) -> Pattern:
    """A pattern as a search asks it."""
    return ask(plain, Channel.default()).pattern(rng.randint(0, MOST_EDITS))


def any_pattern(rng: Random) -> Pattern:
    """A pattern nobody would ask: any masks, runs and limits."""
    places = rng.choice((0, 1, 2, 5, 8, 14, 15, 16, 31, 59, 60, rng.randint(0, PLACES)))
    density = rng.choice((1, 2, 4))
    fits = np.zeros(CLASSES, dtype=np.uint64)
    for code in range(CLASSES):
        mask = (1 << 64) - 1
        for _ in range(density):
            mask &= rng.getrandbits(64)
        fits[code] = mask
    runs = (
        rng.getrandbits(64) & rng.getrandbits(64) & rng.getrandbits(64) if rng.random() < 0.4 else 0
    )
    return Pattern(
        places, rng.randint(0, MOST_EDITS), runs, fits, rng.randint(0, places),
        rng.randint(-1, MOST_EDITS), rng.randint(-1, MOST_EDITS),
    )  # fmt: skip


def any_costs(rng: Random, places: int | None = None) -> Costs:
    """Tables of costs of any shape: small numbers, so that many ways cost alike, or large ones."""
    places = rng.randint(0, PLACES) if places is None else places
    most = rng.choice((3, 50, 2000))
    numbers = np.random.default_rng(rng.getrandbits(64))

    def table(*shape: int) -> np.ndarray:
        return numbers.integers(0, most, size=shape, dtype=np.int32)

    runs = rng.getrandbits(places + 1) & rng.getrandbits(places + 1) if rng.random() < 0.5 else 0
    return Costs(
        places, runs, table(places, CODES), table(CODES), table(places), table(PLACES + 1),
        table(PLACES + 1), rng.randrange(most), rng.randrange(most), rng.randrange(most),
    )  # fmt: skip


def parts(made: Segment) -> dict[str, np.ndarray]:
    """The arrays of a segment that the core holds."""
    return {name: getattr(made, name) for name in PARTS}


BUCKET_NUMBERS = (
    0,
    1,
    -1,
    2,
    31,
    32,
    33,
    60,
    61,
    1 << 31,
    1 << 32,
    (1 << 63) - 1,
    -(1 << 63),
    1 << 40,
)


def damaged(rng: Random, whole: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same arrays with a few of their bytes, numbers or sizes changed."""
    made = {name: array.copy() for name, array in whole.items()}
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        name = rng.choice((*made, "buckets", "buckets"))
        array = made[name]
        way = rng.random()
        if way < 0.1:
            made[name] = array[: rng.randint(0, len(array))].copy()
        elif way < 0.15:
            made[name] = np.concatenate([array, array[: rng.randint(0, len(array))]])
        elif array.size and name == "buckets" and way < 0.7:
            row, column = rng.randrange(array.shape[0]), rng.randrange(array.shape[1])
            near = int(array[row, column]) + rng.choice((-32, -16, -1, 1, 16, 32))
            told = rng.choice((*BUCKET_NUMBERS, near, near, near))
            array[row, column] = min(max(told, -(1 << 63)), (1 << 63) - 1)
        elif array.size:
            seen = array.reshape(-1).view(np.uint8)
            for _ in range(rng.choice((1, 4, 64))):
                seen[rng.randrange(len(seen))] ^= 1 << rng.randrange(8)
    return made


def ask_everything(module: Any, rng: Random, arrays: dict[str, np.ndarray]) -> bool:
    """Whether a core takes such arrays; then everything is asked of them, and each answer is whole."""
    try:
        held = module.Segment(**arrays)
    except ValueError:
        return False
    for _ in range(3):
        keep = rng.choice((1, 5, 10000))
        for pattern in (any_pattern(rng), asked_pattern(rng, rng.choice(QUERIES))):
            slots, total = module.search(held, rng.choice(module.kernels()), pattern, keep)
            assert len(slots) // 4 <= min(total, keep)
            asked = np.array([rng.getrandbits(32) for _ in range(8)], np.uint32).tobytes() + slots
            assert len(module.score(held, asked, any_costs(rng))) == len(asked)
        module.begins(held, rng.randbytes(rng.randint(0, PLACES)), rng.random() < 0.5)
    return True
