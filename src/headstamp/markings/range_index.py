"""Which ranges of serial numbers cover a reading, exactly or probably.

Ranges are kept by the letters around their numbers, sorted by where they begin,
with the furthest end of each part of the list above it: a search tree over
intervals laid out in an array (Cormen et al., *Introduction to Algorithms*,
section 14.3). A question takes time in the logarithm of the ranges and in what
it finds.

*Exactly* is said where every character of the reading is known and its letters
and number are written as the range's are. Everything else is *probably*, with
the share of the reading's completions that fall inside and the reason in
words: unread characters, look-alike letters, noughts in front that one of the
two leaves out, a range that names no letters. A range that was itself read with
doubts (:class:`~headstamp.markings.serial_range.SerialRange`) tells them too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, Literal

from headstamp.kinds.counted import plural
from headstamp.markings.normalise import LOOKALIKES
from headstamp.markings.numbering import (
    Split,
    completions,
    completions_upto,
    filled,
    misread_splits,
    splits,
)
from headstamp.markings.place import LEAST_SHARE
from headstamp.markings.serial_range import SerialRange
from headstamp.markings.unread import RUN, UNREAD, can_agree, has_unread, tokens

Letters = tuple[str, str]
"""What stands before and after the number."""

_ENDLESS: Final = 10**30
_MOST_LETTERS: Final = 200
_WRITTEN_OUT: Final = 100
_FEWEST_DIGITS: Final = 3
_FOLD = str.maketrans({letter: digit for digit, some in LOOKALIKES.items() for letter in some})


@dataclass(frozen=True, slots=True)
class Cover:
    """A range that covers a reading: whose it is, the range, how sure, and why in words.

    ``share``, from 0 to 1: of the reading's completions, or of the weight of its readings.
    ``letters_doubted``: it rests on letters that were not read, or that the range does not name.
    """

    key: str
    range: SerialRange
    sure: Literal["exactly", "probably"]
    share: float
    doubts: tuple[str, ...]
    letters_doubted: bool = False

    @property
    def how(self) -> str:
        """How sure, in a word: "", "probably" or "perhaps"."""
        if self.sure == "exactly":
            return ""
        return "perhaps" if self.share < 0.5 or self.letters_doubted else "probably"

    def details(self) -> str:
        """The range and every doubt, in one line."""
        return "; ".join((str(self.range), *self.doubts, *self.range.doubts))

    def words(self) -> str:
        """How sure, the range and every doubt, in one line; without the key."""
        return f"{self.how} {self.details()}".strip()

    def as_dict(self) -> dict[str, Any]:
        """The cover as plain JSON values."""
        return {"key": self.key, "range": self.range.as_dict(), "sure": self.sure,
                "share": round(self.share, 4), "words": self.words()}


class RangeIndex:
    """Ranges with the keys of whatever names them; asked by readings."""

    def __init__(self, ranges: Iterable[tuple[str, SerialRange]]) -> None:
        by_letters: dict[Letters, list[tuple[str, SerialRange]]] = {}
        self._count = 0
        for key, one in ranges:
            by_letters.setdefault((one.prefix, one.suffix), []).append((key, one))
            self._count += 1
        self._trees = {letters: _Tree(some) for letters, some in by_letters.items()}
        self._folded: dict[Letters, list[Letters]] = {}
        self._shapes: dict[tuple[int, int], list[Letters]] = {}
        for letters in self._trees:
            self._folded.setdefault(_fold(letters), []).append(letters)
            self._shapes.setdefault((len(letters[0]), len(letters[1])), []).append(letters)

    def __len__(self) -> int:
        return self._count

    def covering(
        self, reading: str | Sequence[tuple[str, float]], *, limit: int = 50
    ) -> list[Cover]:
        """The ranges that cover a reading, the surest first.

        ``reading`` is a text, or several readings of one marking with their
        probabilities, such as the hits of an index of markings: then ``share`` is the
        probability that falls inside, and what is missing to 1 falls outside.

        >>> from headstamp.markings.serial_range import parse_ranges
        >>> index = RangeIndex(("reply", r) for r in parse_ranges("TA 412001 - 413200"))
        >>> [c.sure for c in index.covering("ta-412207")], index.covering("TA 413201")
        (['exactly'], [])
        >>> index.covering("TA 41?207")[0].words()
        'perhaps TA 412001 to TA 413200; 1 of 10 ways to read it falls inside'
        """
        if isinstance(reading, str):
            return sorted(self._covers(reading).values(), key=_rank)[:limit]
        found: dict[int, Cover] = {}
        for text, weight in reading:
            for at, cover in self._covers(text).items():
                share = cover.share * weight
                held = found.get(at)
                found[at] = replace(
                    cover, sure="probably", share=share + (held.share if held else 0.0))
        told = [
            replace(cover, share=min(1.0, cover.share), doubts=(
                f"{min(1.0, cover.share):.0%} of what it may read falls inside",))
            for cover in found.values() if cover.share >= LEAST_SHARE
        ]
        return sorted(told, key=_rank)[:limit]

    def _covers(self, text: str) -> dict[int, Cover]:
        found: dict[int, Cover] = {}
        for split in splits(text):
            if split.rule != "letter":
                self._of_split(split, found)
        if not found:
            for split in misread_splits(text):
                self._of_split(split, found)
        return found

    def _of_split(self, split: Split, found: dict[int, Cover]) -> None:
        asked: Letters = (split.prefix, split.suffix)
        doubt = (split.doubt,) if split.doubt else ()
        if has_unread(split.prefix) or has_unread(split.suffix):
            for letters in self._alike(asked):
                self._ask(letters, split, (*doubt, "its letters are not read in full"), found,
                          letters_doubted=True)
            return
        if asked in self._trees:
            self._ask(asked, split, doubt, found)
        for letters in self._folded.get(_fold(asked), ()):
            if letters != asked:
                told = f"its letters look like {' '.join(p for p in letters if p)}"
                self._ask(letters, split, (*doubt, told), found, letters_doubted=True)
        if asked != ("", "") and ("", "") in self._trees and split.which == 1 and \
                len(split.number) >= _FEWEST_DIGITS:
            self._ask(("", ""), split, (*doubt, "the range names no letters"), found,
                      letters_doubted=True)

    def _alike(self, asked: Letters) -> list[Letters]:
        prefix, suffix = tokens(asked[0]), tokens(asked[1])
        shapes: Iterable[tuple[int, int]] = [(len(prefix), len(suffix))]
        if RUN in prefix or RUN in suffix:
            shapes = self._shapes
        found: list[Letters] = []
        for shape in shapes:
            for letters in self._shapes.get(shape, ()):
                if can_agree(prefix, tokens(letters[0])) and can_agree(suffix, tokens(letters[1])):
                    found.append(letters)
                    if len(found) >= _MOST_LETTERS:
                        return found
        return found

    def _ask(
        self, letters: Letters, split: Split, doubts: tuple[str, ...], found: dict[int, Cover],
        *, letters_doubted: bool = False,
    ) -> None:
        for key, one in self._trees[letters].candidates(split):
            if letters == ("", "") and letters_doubted and one.size is None:
                continue  # "from 5000" would hold every number of every letter
            share, told = _share(one, split)
            if share < LEAST_SHARE:
                continue
            said = (*doubts, *told)
            # A range with doubts of its own still covers exactly what it is taken to say.
            cover = Cover(key, one, "probably" if said else "exactly", share, said,
                          letters_doubted)
            held = found.get(id(one))
            if held is None or _rank(cover) < _rank(held):
                found[id(one)] = cover


class _Tree:
    """The ranges of one space, in the order of their beginnings."""

    def __init__(self, ranges: list[tuple[str, SerialRange]]) -> None:
        self.ranges = sorted(ranges, key=lambda one: (_low(one[1]), _high(one[1])))
        self.lows = [_low(one) for _, one in self.ranges]
        leaves = 1
        while leaves < len(self.ranges):
            leaves *= 2
        self.leaves = leaves
        # The furthest end below each node; node 1 is the root, children are 2n and 2n + 1.
        self.ends = [-1] * (2 * leaves)
        for at, (_, one) in enumerate(self.ranges):
            self.ends[leaves + at] = _high(one)
        for node in range(leaves - 1, 0, -1):
            self.ends[node] = max(self.ends[2 * node], self.ends[2 * node + 1])

        self.sizes = sorted(
            range(len(self.ranges)),
            key=lambda at: self.lows[at] - _high(self.ranges[at][1]),
        )

    def candidates(self, split: Split) -> Iterator[tuple[str, SerialRange]]:
        """The ranges of which a split can hold its share; some hold less.

        Few completions are looked up one by one. Of many, a range must hold as many as
        make the least share, and be at least as long: the longest are gone through.
        """
        if RUN not in split.number and completions(split.number) <= _WRITTEN_OUT:
            places = sorted({
                at for number in product(*map(_digits, split.number))
                for at in self.around(int("".join(number)))
            })
            yield from (self.ranges[at] for at in places)
            return
        least = LEAST_SHARE * completions(tuple(p for p in split.number if p != RUN))
        for at in self.sizes:
            if _high(self.ranges[at][1]) - self.lows[at] + 1 < least:
                return
            yield self.ranges[at]

    def around(self, number: int) -> Iterator[int]:
        """The places of the ranges that hold a number."""
        stop = bisect_right(self.lows, number)
        stack = [(1, 0, self.leaves)]
        while stack:
            node, start, size = stack.pop()
            if start >= stop or self.ends[node] < number:
                continue
            if size == 1:
                yield start
                continue
            half = size // 2
            stack.append((2 * node + 1, start + half, half))
            stack.append((2 * node, start, half))


def _low(one: SerialRange) -> int:
    return 0 if one.low is None else one.low


def _high(one: SerialRange) -> int:
    return _ENDLESS if one.high is None else one.high


def _digits(place: str) -> str:
    return "0123456789" if place == UNREAD else "".join(c for c in place if c.isdigit())


def _share(one: SerialRange, split: Split) -> tuple[float, tuple[str, ...]]:
    """The share of a split's completions inside a range, and what is doubtful about it."""
    low, high = _low(one), _high(one)
    number = split.number
    if RUN in number:
        width = one.width or len(str(low if one.high is None else high))
        longer = filled(number, width)
        if longer is None:
            return 0.0, ()
        number = longer
    doubts = _noughts(one, split, len(number))
    if split.certain:
        return (1.0 if low <= split.value <= high else 0.0), doubts
    total = completions(number)
    upto = min(high, 10 ** len(number) - 1)
    inside = completions_upto(number, upto) - completions_upto(number, low - 1)
    if inside == total:
        told = "whatever the unread characters are"
    else:
        told = f"{inside:,} of {plural(total, 'way')} to read it {'falls' if inside == 1 else 'fall'} inside"
    return inside / total, (*doubts, told)


def _noughts(one: SerialRange, split: Split, width: int) -> tuple[str, ...]:
    if one.width is None:
        return ("it is written with noughts in front, the range without",) if split.padded else ()
    if one.width != width:
        return ("it is written with another number of digits than the range",)
    return ()


def _fold(letters: Letters) -> Letters:
    return letters[0].translate(_FOLD), letters[1].translate(_FOLD)


def _rank(cover: Cover) -> tuple[bool, bool, bool, float, int, int]:
    """Surest first, then the narrower range."""
    size = cover.range.size
    return (cover.sure == "probably", size is None, cover.letters_doubted or cover.range.one_of,
            -cover.share, len(cover.doubts), size or 0)
