"""Shapes of markings: twelve the benchmark always had, and twelve others held back.

A shape is a row of parts. Words (prefixes, models, years) are drawn once a run, a few far
oftener than the rest; the number counts up through the run. What is fitted or tuned on
``KNOWN`` is to be judged on ``OTHER``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CYRILLIC = "АБВГДЕЖЗИКЛМНПРСТУФХЦЧШЭЮЯ"
GREEK = "ΑΒΓΔΕΖΗΘΚΛΜΝΞΠΡΣΤΦΨΩ"
ARABIC = "ابجدهوزحطيكلمنسعفصقرشت"
ASCII_ZERO, ARABIC_ZERO, PERSIAN_ZERO = 0x30, 0x660, 0x6F0


@dataclass(frozen=True)
class Words:
    """A part drawn once a run; ``skew`` is the exponent of its ranks (0: all alike)."""

    values: tuple[str, ...]
    skew: float = 0.8


@dataclass(frozen=True)
class Number:
    """The part that counts: from ``low`` up to below ``high``; blank-padded or with zeros."""

    width: int
    low: int = 0
    high: int = 0
    padded: bool = True
    zero: int = ASCII_ZERO
    shuffled: bool = False  # drawn anywhere instead of counting up: no runs at all

    @property
    def end(self) -> int:
        return self.high or 10**self.width


Part = Words | Number | str


@dataclass(frozen=True)
class Shape:
    """One format: its name, its share of all markings, its parts from left to right."""

    name: str
    share: float
    parts: tuple[Part, ...]


def _pool(seed: str, count: int, pattern: str) -> tuple[str, ...]:
    """Distinct words after a pattern: A Latin letter, Я Cyrillic, Λ Greek, ب Arabic, 9 digit."""
    draw = random.Random(seed)
    of = {"A": LETTERS, "Я": CYRILLIC, "Λ": GREEK, "ب": ARABIC, "9": "0123456789"}
    found: dict[str, None] = {}
    for _ in range(count * 20):
        found["".join(draw.choice(of[c]) if c in of else c for c in pattern)] = None
        if len(found) == count:
            break
    return tuple(found)


def mixed_words(seed: str, count: int, *patterns: str) -> tuple[str, ...]:
    """Distinct words after several patterns, about ``count`` of them, in an order of their own."""
    words = [w for p in patterns for w in _pool(seed + p, -(-count // len(patterns)), p)]
    random.Random(seed).shuffle(words)
    return tuple(dict.fromkeys(words))


def _numbers(low: int, high: int, width: int = 0) -> tuple[str, ...]:
    words = [f"{n:0{width}}" for n in range(low, high)]
    random.Random(low * high).shuffle(words)
    return tuple(words)


@cache
def known() -> tuple[Shape, ...]:
    """The twelve shapes of the benchmark; mean length in letters and digits about 10.4."""
    models = mixed_words("models", 90, "AA99", "AA9A", "A99A", "AAA9", "AA99A", "AAA99")
    parts = mixed_words("parts", 400, "AAA999AAA", "AA9999AA", "AAA99A9", "9AA9999A", "AAA999AA")
    return (
        Shape("letters and six digits", .13, (Words(_pool("ab", 520, "AA")), " ", Number(6))),
        Shape("year, letter, number", .10, (
            Words(_numbers(1938, 2024)), " ", Words(tuple(LETTERS), 0.6), "-",
            Number(5, 100, 99999, padded=False))),
        Shape("factory-lot-year", .03, (
            Words(_numbers(1, 999)), "-", Number(2, 1, 100, padded=False), "-",
            Words(_numbers(0, 100, 2), 0.4))),
        Shape("seven digits", .07, (Number(7),)),
        Shape("model and sequence", .14, (Words(models), "-", Number(6))),
        Shape("lot code", .07, (
            Words(_pool("lot", 60, "AAA")), " ", Words(_numbers(60, 100), 0.3),
            Words(tuple(LETTERS[:12]), 0.3), Number(3, 1, 1000), "-",
            Words(_numbers(1, 54, 2), 0.2))),
        Shape("part, date code, serial", .13, (
            Words(parts), " ", Words(_numbers(905, 2453, 4), 0.2), " ",
            Number(8, 1, 99999999, padded=False))),
        Shape("Cyrillic", .10, (
            Words(mixed_words("cyr", 420, "ЯЯ", "ЯЯ", "Я")), " ", Number(6, 1000, 999999, padded=False))),
        Shape("Arabic-Indic digits", .06, (Number(8, 1000000, zero=ARABIC_ZERO),)),
        Shape("letter and seven digits", .07, (Words(tuple(LETTERS), 0.7), Number(7))),
        Shape("six digits and letters", .05, (
            Number(6), " ", Words(_pool("tail", 300, "AA")))),
        Shape("three groups", .05, (
            Words(_numbers(1, 600, 3)), "-", Number(6), "-", Words(_numbers(0, 40, 2), 0.3))),
    )


@cache
def other() -> tuple[Shape, ...]:
    """Twelve other shapes, held back: nothing may be fitted on them."""
    return (
        Shape("three letters, five digits", .14, (Words(_pool("o1", 700, "AAA")), Number(5))),
        Shape("number, letters, year", .10, (
            Number(5, 100, 99999, padded=False), " ", Words(_pool("o2", 200, "AA")), " ",
            Words(_numbers(50, 100, 2), 0.3))),
        Shape("hexadecimal", .08, (
            Words(mixed_words("o3", 900, "9A99", "A9A9", "99A9")), "-", Number(4), "A")),
        Shape("Greek", .06, (Words(_pool("o4", 200, "ΛΛ")), " ", Number(5))),
        Shape("Persian digits after a letter", .06, (
            Words(tuple(ARABIC), 0.4), " ", Number(6, 1000, zero=PERSIAN_ZERO))),
        Shape("two digits, letter, four digits", .10, (
            Words(mixed_words("o6", 1500, "99A")), Number(4))),
        Shape("four groups", .10, (
            Words(_pool("o7", 120, "AA")), "-", Words(_numbers(100, 999)), "-",
            Words(_pool("o7b", 60, "AA"), 0.3), "-", Number(3))),
        Shape("no order at all", .08, (
            Words(mixed_words("o8", 5000, "9A9A9", "A99AA", "AA999"), 0), Number(5, shuffled=True))),
        Shape("check letter at the end", .08, (
            Words(_pool("o9", 90, "A9")), "-", Number(5), "-", Words(tuple(LETTERS), 0))),
        Shape("ten digits", .08, (Words(_numbers(100, 999)), Number(7))),
        Shape("mark, letters, short number", .07, (
            Words(_pool("o11", 9, "MK9")), " ", Words(_pool("o11b", 900, "AAA")), " ",
            Number(4, 1, 9999, padded=False))),
        Shape("Cyrillic in the middle", .05, (
            Words(_numbers(1, 99, 2), 0.5), Words(_pool("o12", 300, "ЯЯЯ")), Number(5))),
    )
