"""Millions of made-up markings from a seed, in runs, distinct after normalisation.

Runs have Pareto lengths up to 3,000 and lack about 30 % of their numbers. Everything is
drawn by arrays: ten million take well under a minute. They are kept as two text files (as
written, and as the plain key of :mod:`headstamp.markings.normalise`) in a folder of the
system's temporary one, or of HEADSTAMP_BENCH_CACHE, named by shape set, size and seed.

    python -m benchmarks.markings.generate SIZE [SEED] [known|other]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.markings.formats import Number, Shape, Words, known, other
from headstamp.markings.normalise import keys

Which = Literal["known", "other"]
SEED = 20261121
VERSION = 2  # raised whenever the same seed gives other markings
WIDE = 26
ABSENT = 10_000
"""How many of each kind of marking that is not in the data are made beside it."""
LONGEST_RUN, GAPS = 3000, 0.30
_BLOCK = 1_000_000
_NEWLINE = 10

Chars = NDArray[np.uint16]
"""One marking a row, one UTF-16 code a column, 0 where there is none."""


@dataclass(frozen=True)
class Made:
    """Markings as written, their plain keys, and two kinds that are not among them.

    ``gaps`` were taken out of the same runs, so near neighbours are in the data;
    ``strangers`` come from other runs of the same shapes.
    """

    name: str
    raw: list[str]
    plain: list[str]
    gaps: list[str]
    strangers: list[str]


def made(size: int, seed: int = SEED, which: Which = "known") -> Made:
    """The markings of that seed, from the cache or made now."""
    base = _folder() / f"{which}-v{VERSION}-{size}-{seed}"
    files = [base.with_name(f"{base.name}.{part}.txt") for part in ("raw", "plain", "gaps", "strangers")]
    if not all(path.exists() for path in files):
        _write(size, seed, which, files)
    # Read file by file: strings made one after another lie one after another in memory,
    # which is what a scan by a peer (rapidfuzz) needs to show what it can do.
    raw, plain, gaps, strangers = (
        path.read_text(encoding="utf-8").split("\n")[:-1] for path in files
    )
    return Made(base.name, raw, plain, gaps, strangers)


def _folder() -> Path:
    given = os.environ.get("HEADSTAMP_BENCH_CACHE")
    folder = Path(given) if given else Path(tempfile.gettempdir()) / "headstamp-bench-markings"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(size: int, seed: int, which: Which, files: list[Path]) -> None:
    rng = np.random.default_rng([seed, size, 0 if which == "known" else 1])
    shapes = known() if which == "known" else other()
    rows = rows_of(shapes, size + ABSENT, rng)
    to_plain = plain_table(shapes)
    strangers = rows_of(shapes, 3 * ABSENT, rng)
    new = ~np.isin(_hashes(to_plain, strangers), _hashes(to_plain, rows))
    with tempfile.TemporaryDirectory(dir=files[0].parent) as where:
        drafts = [Path(where) / path.name for path in files]
        raw, plain, gaps, others = (path.open("wb") for path in drafts)
        with raw, plain, gaps, others:
            for start in range(0, size, _BLOCK):
                block = rows[start : min(start + _BLOCK, size)]
                raw.write(as_text(block).encode())
                plain.write(as_text(to_plain[block]).encode())
            gaps.write(as_text(rows[size:]).encode())
            others.write(as_text(strangers[new][:ABSENT]).encode())
        for draft, path in zip(drafts, files, strict=True):
            draft.replace(path)


def rows_of(
    shapes: tuple[Shape, ...], count: int, rng: np.random.Generator, *, all_kinds: bool = True
) -> Chars:
    """``count`` markings in no order, distinct after normalisation.

    Without ``all_kinds`` a shape gives at most a third of what it has room for, and the
    others give the more for it.
    """
    to_plain = plain_table(shapes)
    share = np.array([shape.share for shape in shapes])
    wanted = np.ceil(share / share.sum() * count * (1.02 if all_kinds else 1.5)).astype(int)
    if not all_kinds:
        wanted = np.minimum(wanted, [_room(shape) // 3 for shape in shapes])
    parts: list[Chars] = []
    for shape, some in zip(shapes, wanted, strict=True):
        parts.extend(_shape_rows(shape, int(some), to_plain, rng))
    rows = np.concatenate(parts)
    # Two shapes may give one key ("12-3-45" and "12345"): the first of them stays.
    _, first = np.unique(_hashes(to_plain, rows), return_index=True)
    if len(first) < count:
        raise RuntimeError(f"the shapes hold only {len(first)} of {count} markings")
    chosen: Chars = rows[rng.permutation(first)[:count]]
    return chosen


def _room(shape: Shape) -> int:
    """How many markings a shape can give, for the words that come up often."""
    room = 1
    for part in shape.parts:
        if isinstance(part, Number):
            room *= part.end - part.low
        elif isinstance(part, Words):
            room *= len(part.values) // 8 + 1
    return room


def _shape_rows(
    shape: Shape, wanted: int, to_plain: Chars, rng: np.random.Generator
) -> Iterator[Chars]:
    seen = np.zeros(0, np.uint64)
    for _ in range(60):
        rows = _draw(shape, min(max(wanted - len(seen), 2000), 3 * _BLOCK), rng)
        hashes, first = np.unique(_hashes(to_plain, rows), return_index=True)
        new = ~np.isin(hashes, seen, assume_unique=True, kind="sort")
        first = rng.permutation(first[new])[: wanted - len(seen)]
        seen = np.concatenate([seen, _hashes(to_plain, rows[first])])
        yield rows[first]
        if len(seen) >= wanted:
            return
    raise RuntimeError(f"{shape.name}: no room for {wanted} markings")


def _draw(shape: Shape, about: int, rng: np.random.Generator) -> Chars:
    """About that many markings of one shape, with repetitions where runs overlap."""
    number = next(part for part in shape.parts if isinstance(part, Number))
    room = number.end - number.low
    runs = max(about // 20, 50)
    if number.shuffled:
        lengths = np.full(runs * 20, 1)
    else:
        lengths = np.minimum(4 * (rng.pareto(1.0, runs) + 1), LONGEST_RUN).astype(np.int64)
        lengths = np.minimum(lengths, max(room // 2, 1))
    starts = number.low + (rng.random(len(lengths)) ** 1.3 * (room - lengths)).astype(np.int64)
    run = np.repeat(np.arange(len(lengths)), lengths)
    values = starts[run] + np.arange(len(run)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    kept = rng.random(len(run)) >= GAPS
    run, values = run[kept], values[kept]
    if number.low and number.padded:  # "low" is there to keep the width
        values = np.maximum(values, number.low)
    out = np.zeros((len(run), WIDE), np.uint16)
    at = 0
    for part in shape.parts:
        if isinstance(part, str):
            out[:, at : at + len(part)] = [ord(c) for c in part]
            at += len(part)
        elif isinstance(part, Number):
            _digits(out, at, values, part)
            at += part.width
        else:
            table, chances = _word_table(part)
            chosen = rng.choice(len(table), len(lengths), p=chances)
            out[:, at : at + table.shape[1]] = table[chosen[run]]
            at += table.shape[1]
    return out


def _digits(out: Chars, at: int, values: NDArray[np.int64], part: Number) -> None:
    for place in range(part.width):
        power = 10 ** (part.width - 1 - place)
        digit = (values // power % 10 + part.zero).astype(np.uint16)
        if not part.padded and place < part.width - 1:
            digit[values < power] = 0
        out[:, at + place] = digit


def _word_table(words: Words) -> tuple[Chars, NDArray[np.float64]]:
    wide = max(map(len, words.values))
    table = np.zeros((len(words.values), wide), np.uint16)
    for row, word in enumerate(words.values):
        table[row, : len(word)] = [ord(c) for c in word]
    weights = 1.0 / (np.arange(len(words.values)) + 4.0) ** words.skew
    return table, weights / weights.sum()


def plain_table(shapes: tuple[Shape, ...]) -> Chars:
    """Character to its plain form, asked of the normalisation itself; 0 where it goes out."""
    used = set("0123456789")
    for shape in shapes:
        for part in shape.parts:
            if isinstance(part, str):
                used.update(part)
            elif isinstance(part, Number):
                used.update(chr(part.zero + n) for n in range(10))
            else:
                used.update("".join(part.values))
    table = np.zeros(65536, np.uint16)
    for char in used:
        plain = keys(char).plain
        if len(plain) > 1:
            raise RuntimeError(f"{char!r} becomes several characters; leave it out of the shapes")
        table[ord(char)] = ord(plain) if plain else 0
    return table


def _hashes(to_plain: Chars, rows: Chars) -> NDArray[np.uint64]:
    """64 bits of the plain key, in blocks; blanks and separators do not count."""
    out = np.zeros(len(rows), np.uint64)
    for start in range(0, len(rows), _BLOCK):
        block = to_plain[rows[start : start + _BLOCK]]
        value = np.zeros(len(block), np.uint64)
        for column in block.T:
            char = column.astype(np.uint64)
            mixed = (value ^ char) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            value = np.where(char == 0, value, mixed)
        out[start : start + _BLOCK] = value
    return out


def as_text(rows: Chars) -> str:
    """One marking a line."""
    lines = np.concatenate([rows, np.full((len(rows), 1), _NEWLINE, np.uint16)], axis=1)
    return bytes(lines[lines != 0].astype("<u2").tobytes()).decode("utf-16-le")


def main() -> None:
    size = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    which: Which = "other" if "other" in sys.argv[3:] else "known"
    started = perf_counter()
    given = made(size, seed, which)
    lengths = np.array([len(text) for text in given.plain])
    print(
        f"{given.name}: {len(given.raw)} markings in {perf_counter() - started:.1f} s, "
        f"length {lengths.min()}-{lengths.max()}, mean {lengths.mean():.2f}"
    )


if __name__ == "__main__":
    main()
