"""The splits of a million markings at once: :func:`headstamp.markings.numbering.splits` by table.

Gives, for every way of taking a text as a number between letters, a row of
plain arrays: which text, which number, and a 64-bit print of the letters before
and after. Two rows with one print stand in one number space. The prints are
sums of random values times powers of an odd base, so that the letters before
any place come from one running sum; texts are cut at ``LONGEST`` characters,
far below where such sums can be made to collide.

Texts with unread characters are left out (``Splits.unread`` names them): a
number that is not known makes no series. So are texts without a digit.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.numbering import (
    LONGEST,
    MOST_DIGITS,
    MOST_ROWS,
    MOST_SPLITS,
    plain_of,
    skeleton,
)

Ints = npt.NDArray[np.int64]
Prints = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

NUMBER: Final = 0
JOINED: Final = 1
LETTER: Final = 2

_SEPARATOR, _DIGIT, _OTHER, _UNREAD, _SLOW = range(5)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORDS = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Splits:
    """One row for each way of splitting a text; arrays of one length.

    ``text`` the text's position; ``value`` its number; ``width`` the digits it is
    written with; ``padded`` whether a nought stands in front; ``space`` the print
    of the letters around it; ``before`` how many characters of the plain key
    stand before the number; ``rule`` ``NUMBER``, ``JOINED`` or ``LETTER``; ``which``
    the row of digits from the end, from 1; ``tail`` the digits of the last row of a
    joined number, else ``width``. ``unread`` are the positions of texts with unread
    characters.
    """

    text: Ints
    value: Ints
    width: Ints
    padded: Flags
    space: Prints
    before: Ints
    rule: Ints
    which: Ints
    tail: Ints
    unread: Ints

    def __len__(self) -> int:
        return len(self.text)

    def only(self, keep: npt.NDArray[Any]) -> Splits:
        """The rows that an index or a mask keeps."""
        return Splits(
            self.text[keep], self.value[keep], self.width[keep], self.padded[keep],
            self.space[keep], self.before[keep], self.rule[keep], self.which[keep], self.tail[keep],
            self.unread,
        )


def split_all(texts: Sequence[str]) -> Splits:
    """All splits of all texts. About a second for a million texts; memory about 100 bytes a
    character.
    """
    parts = [
        _split_some(texts[start : start + _BATCH], start)
        for start in range(0, len(texts), _BATCH)
    ]
    if not parts:
        return _split_some([], 0)
    return Splits(*(
        np.concatenate([getattr(part, name) for part in parts]) for name in Splits.__slots__
    ))


_BATCH = 250_000


def _split_some(texts: Sequence[str], first: int) -> Splits:
    # What is longer than any number is as good as empty here.
    shown = [text if len(text) <= LONGEST else "" for text in texts]
    codes, starts, lengths = _codes(shown)
    classes, prints = _tables(codes)
    slow = np.unique(np.repeat(np.arange(len(shown)), lengths)[classes[codes] == _SLOW])
    if len(slow):
        for position in slow:
            bones = skeleton(shown[position])
            shown[position] = bones if len(bones) <= LONGEST else ""
        codes, starts, lengths = _codes(shown)
        classes, prints = _tables(codes, all_plain=True)
    kind = classes[codes]
    text_of = np.repeat(np.arange(len(shown)), lengths)
    unread = np.unique(text_of[kind == _UNREAD])
    # The place of each character in its text's plain key, and the print of all before it.
    stands = kind != _SEPARATOR
    upto = np.concatenate([[0], np.cumsum(stands)])
    place = upto[:-1] - upto[starts[text_of]] if len(codes) else upto[:0]
    powers = _powers()
    sums = np.concatenate([
        np.zeros(1, np.uint64), np.cumsum(np.where(stands, prints[codes] * powers[place], 0),
                                          dtype=np.uint64)
    ])
    page = _Page(shown, codes, starts, lengths, kind, text_of, upto, sums)
    rows = _rows(page, np.isin(np.arange(len(shown)), unread, invert=True))
    return Splits(
        rows["text"] + first, rows["value"], rows["width"], rows["padded"].astype(bool),
        rows["space"].view(np.uint64), rows["before"], rows["rule"], rows["which"],
        rows["tail"], unread.astype(np.int64) + first,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """The characters of many texts, end to end."""

    texts: Sequence[str]
    codes: npt.NDArray[np.uint32]
    starts: Ints
    lengths: Ints
    kind: npt.NDArray[np.uint8]
    text_of: Ints
    upto: Ints
    sums: Prints


def _codes(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], Ints, Ints]:
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    data = "".join(texts).encode("utf-32-le", "surrogatepass")
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(texts) else lengths
    return np.frombuffer(data, np.uint32), starts, lengths


def _tables(
    codes: npt.NDArray[np.uint32], *, all_plain: bool = False
) -> tuple[npt.NDArray[np.uint8], Prints]:
    """For each character that occurs: its class, and the random value of its plain form."""
    top = int(codes.max()) + 1 if len(codes) else 1
    there = np.zeros(top, bool)
    there[codes] = True
    classes, values = np.zeros(top, np.uint8), np.zeros(top, np.uint64)
    for code in np.flatnonzero(there):
        char = chr(code)
        plain = plain_of(char)
        composes = not char.isascii() and unicodedata.category(char)[0] == "M"
        if len(plain) > 1 or (composes and not all_plain):
            classes[code] = _SLOW
            continue
        classes[code] = (
            _SEPARATOR if not plain else _DIGIT if plain in "0123456789"
            else _UNREAD if plain in "?*[]" else _OTHER
        )
        values[code] = ord(plain) if plain else 0
    return classes, _mixed(values)


def _mixed(values: Prints) -> Prints:
    """Splitmix64: a fixed random-looking value for each number (Steele, Lea, Flood 2014)."""
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _powers(base: np.uint64 = _BASE) -> Prints:
    out = np.full(LONGEST + 1, base, np.uint64)
    out[0] = 1
    return np.cumprod(out, dtype=np.uint64)


_INVERSE = np.uint64(pow(int(_BASE), -1, 1 << 64))


def _rows(page: _Page, certain: Flags) -> dict[str, npt.NDArray[Any]]:
    """All rows: each row of digits, rows with only separators between, and last letters."""
    digit = page.kind == _DIGIT
    first_of_text = np.zeros(len(page.codes) + 1, bool)
    first_of_text[page.starts[page.lengths > 0]] = True
    before = np.concatenate([[False], digit[:-1]]) & ~first_of_text[:-1]
    after = np.concatenate([digit[1:], [False]]) & ~first_of_text[1:]
    begins, ends = np.flatnonzero(digit & ~before), np.flatnonzero(digit & ~after) + 1
    keep = certain[page.text_of[begins]]
    begins, ends = begins[keep], ends[keep]
    owner = page.text_of[begins]
    which = _from_end(owner)
    parts = [_numbers(page, begins, ends, owner, which)]
    joined = _joined(page, begins, ends, owner, which)
    if joined is not None:
        parts.append(joined)
    parts.append(_letters(page, certain))
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((rows["rule"], rows["which"], rows["text"]))
    rows = {name: column[order] for name, column in rows.items()}
    number = np.arange(len(order)) - np.searchsorted(rows["text"], rows["text"], "left")
    return {name: column[number < MOST_SPLITS] for name, column in rows.items()}


def _from_end(owner: Ints) -> Ints:
    """For each row of digits, how manieth of its text it is, from the end, from 1."""
    return np.searchsorted(owner, owner, "right") - np.arange(len(owner))


def _values(page: _Page, begins: Ints, ends: Ints) -> Ints:
    """The numbers that digits between these places make; at most ``MOST_DIGITS`` of them."""
    zero = _digit_values(page)
    value = np.zeros(len(begins), np.int64)
    for step in range(int((ends - begins).max()) if len(begins) else 0):
        at = begins + step
        more = at < ends
        value[more] = value[more] * 10 + zero[at[more]]
    return value


def _digit_values(page: _Page) -> Ints:
    """Each character as a digit (0 where it is none)."""
    plain = np.zeros(int(page.codes.max()) + 1 if len(page.codes) else 1, np.int64)
    for code in np.unique(page.codes[page.kind == _DIGIT]):
        plain[code] = int(plain_of(chr(code)))
    return plain[page.codes]


def _print_around(page: _Page, begins: Ints, ends: Ints, owner: Ints) -> Prints:
    """The print of what stands before and after the numbers."""
    start = page.starts[owner]
    stop = start + page.lengths[owner]
    head = page.sums[begins] - page.sums[start]
    shift = page.upto[ends] - page.upto[start]
    tail = (page.sums[stop] - page.sums[ends]) * _powers(_INVERSE)[shift]
    return _mixed(head) * _WORDS + _mixed(tail)


def _numbers(
    page: _Page, begins: Ints, ends: Ints, owner: Ints, which: Ints
) -> dict[str, npt.NDArray[Any]]:
    some = which <= MOST_ROWS
    begins, ends, owner, which = begins[some], ends[some], owner[some], which[some]
    begins = np.maximum(begins, ends - MOST_DIGITS)
    value = _values(page, begins, ends)
    return _table(page, owner, value, ends - begins, _print_around(page, begins, ends, owner),
                  begins, NUMBER, which)


def _table(
    page: _Page, owner: Ints, value: Ints, width: Ints, space: Prints, begins: Ints, rule: int,
    which: Ints, tail: Ints | None = None,
) -> dict[str, npt.NDArray[Any]]:
    powers10 = 10 ** np.arange(MOST_DIGITS + 1, dtype=np.int64)
    return {
        "text": owner, "value": value, "width": width,
        "padded": (value < powers10[np.maximum(width - 1, 0)]) & (width > 1) & (rule != LETTER),
        "space": (space + np.uint64(rule == LETTER)).view(np.int64),
        "before": page.upto[begins] - page.upto[page.starts[owner]],
        "rule": np.full(len(owner), rule), "which": which,
        "tail": width if tail is None else tail,
    }


def _joined(
    page: _Page, begins: Ints, ends: Ints, owner: Ints, which: Ints
) -> dict[str, npt.NDArray[Any]] | None:
    """The last rows of digits of a text taken as one number, where only separators part them."""
    if len(begins) < 2:
        return None
    linked = (owner[1:] == owner[:-1]) & (page.upto[begins[1:]] == page.upto[ends[:-1]])
    chain = np.concatenate([[0], np.cumsum(~linked)])
    opens = np.flatnonzero(np.concatenate([[True], ~linked]))
    closes = np.concatenate([opens[1:], [len(begins)]]) - 1
    digits = np.add.reduceat(ends - begins, opens)
    good = (closes > opens) & (which[closes] == 1) & (digits <= MOST_DIGITS)
    if not good.any():
        return None
    inside = good[chain]
    lengths = (ends - begins)[inside]
    # Each row counts with ten to the power of the digits that come after it in its chain.
    total = np.cumsum(lengths)
    last = np.searchsorted(chain[inside], chain[inside], "right") - 1
    weight = 10 ** (total[last] - total)
    values = _values(page, begins[inside], ends[inside]) * weight
    firsts = np.flatnonzero(np.concatenate([[True], np.diff(chain[inside]) != 0]))
    value = np.add.reduceat(values, firsts)
    opens, closes = opens[good], closes[good]
    start, stop, whose = begins[opens], ends[closes], owner[opens]
    return _table(page, whose, value, digits[good], _print_around(page, start, stop, whose),
                  start, JOINED, np.ones(len(whose), np.int64), (ends - begins)[closes])


def _letters(page: _Page, certain: Flags) -> dict[str, npt.NDArray[Any]]:
    """Texts that end in a digit and one letter A-Z: ``4471A``, ``4471B``."""
    latin = np.zeros(int(page.codes.max()) + 1 if len(page.codes) else 1, np.int64)
    for code in np.unique(page.codes):
        plain = plain_of(chr(code))
        latin[code] = ord(plain) - 64 if len(plain) == 1 and "A" <= plain <= "Z" else 0
    stands = np.flatnonzero(page.kind != _SEPARATOR)
    owner = page.text_of[stands]
    ends_here = np.concatenate([owner[1:] != owner[:-1], [True]]) if len(owner) else owner > 0
    last = np.flatnonzero(ends_here)
    last = last[last > 0]
    at, previous = stands[last], stands[last - 1]
    good = (
        (latin[page.codes[at]] > 0) & (page.kind[previous] == _DIGIT) & (previous == at - 1)
        & (page.text_of[previous] == page.text_of[at]) & certain[page.text_of[at]]
    )
    at = at[good]
    whose = page.text_of[at]
    return _table(page, whose, latin[page.codes[at]], np.ones(len(at), np.int64),
                  _print_around(page, at, at + 1, whose), at, LETTER,
                  np.full(len(at), MOST_ROWS + 1))
