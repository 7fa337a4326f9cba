"""Real strings to search among, read where they lie beside the checkout, never copied.

- part numbers printed on parts found in weapons (``gur_components``);
- model numbers of shop listings whose true pairs are known (Abt-Buy, ``er_gold``);
- shapes of serials by make as police clerks write them (``rj_police_vocabulary``): the
  shapes are real, the serials are made up after them, because none was published.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.markings.formats import Number, Part, Shape, Words, mixed_words
from benchmarks.markings.generate import as_text, rows_of
from headstamp.markings.normalise import plain_key

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("HEADSTAMP_SHARED", ROOT.parent / "shared")) / "data"

_TOKEN = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
_LONGEST_RUN_OF_DIGITS = 7


def codes(text: str) -> Iterator[str]:
    """What in a description looks like a part or model number: 4 to 24 signs, two digits.

    >>> list(codes("Netgear ProSafe 5 Port Switch - FS105NA 46 mm"))
    ['FS105NA']
    """
    for token in _TOKEN.findall(text):
        plain = plain_key(token)
        if 4 <= len(plain) <= 24 and sum(c.isdigit() for c in plain) >= 2:
            yield token


def part_numbers() -> list[str] | None:
    """Distinct part numbers of ``gur_components``; None where the data is not beside us."""
    path = DATA / "gur_components" / "components.csv.gz"
    if not path.exists():
        return None
    found: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for token in codes(row["name_marking"]):
                found.setdefault(plain_key(token), token)
    return list(found.values())


@dataclass(frozen=True)
class Pairs:
    """Model numbers of one shop and, for questions of the other, the positions that are right."""

    texts: list[str]
    questions: list[tuple[str, frozenset[int]]]


def listings() -> Pairs | None:
    """Abt asks, Buy is searched. A question whose product Buy gives no number has no answer."""
    folder = DATA / "er_gold"
    if not folder.exists():
        return None
    texts: dict[str, list[str]] = {}
    products: dict[str, set[str]] = {}
    with (folder / "abt_buy_buy.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for token in codes(f"{row['title']} {row['description']}"):
                key = plain_key(token)
                texts.setdefault(key, []).append(token)
                products.setdefault(row["unique_id"], set()).add(key)
    order = {key: at for at, key in enumerate(texts)}
    questions = []
    with (folder / "abt_buy_abt.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            # The model number stands after the last " - " of an Abt title.
            asked = row["title"].rpartition(" - ")[2].strip()
            if len(asked.split()) == 1 and list(codes(asked)):
                right = frozenset(order[key] for key in products.get(row["unique_id"], ()))
                questions.append((asked, right))
    return Pairs([tokens[0] for tokens in texts.values()], questions)


def serial_shapes() -> tuple[Shape, ...] | None:
    """One shape a make and mask, by how often clerks wrote it; None where absent."""
    path = DATA / "rj_police_vocabulary" / "serial_masks_by_make.csv"
    if not path.exists():
        return None
    shapes: list[Shape] = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            shape = _shape(row["make"], row["serial_mask"], int(row["records"]))
            if shape is not None:
                shapes.append(shape)
    return tuple(shapes)


def _shape(make: str, mask: str, records: int) -> Shape | None:
    """``AAA99999`` as words of three letters and a number that counts; None for remarks."""
    runs = list(re.finditer(r"9+", mask))
    if not re.fullmatch(r"[A9 ./-]{3,20}", mask) or not runs:
        return None
    last = max(runs, key=lambda run: (len(run[0]), run.start()))
    width = min(len(last[0]), _LONGEST_RUN_OF_DIGITS)
    start = last.end() - width
    before, after = mask[:start], mask[last.end() :]
    parts: list[Part] = []
    if before:
        parts.append(Words(mixed_words(f"{make}{mask}", 300, before)))
    parts.append(Number(width))
    if after:
        parts.append(Words(mixed_words(f"{mask}{make}", 40, after)))
    return Shape(f"{make} {mask}", records, tuple(parts))


def serials(count: int, seed: int) -> tuple[list[str], list[str]] | None:
    """``count`` serials after the real shapes, and 2,000 of the same runs that are left out."""
    shapes = serial_shapes()
    if shapes is None:
        return None
    rows = rows_of(shapes, count + 2000, np.random.default_rng([seed, count]), all_kinds=False)
    made = as_text(rows).split("\n")[:-1]
    return made[:count], made[count:]
