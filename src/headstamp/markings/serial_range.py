"""Ranges of serial numbers as people write them: ``AB 1000 - AB 1500``, ``110023, -24, -25``.

A trace answer names the numbers it is about in words: *serials 1000 to 1500
delivered to X in 2011*. :func:`read_ranges` gives each as a
:class:`SerialRange` with the text it was read from and every doubt in words,
beside the problems and the numbers that were left out. Nothing is guessed
silently: what can be meant in two ways is given in both, each with its doubt;
what cannot be understood is a problem.

The text itself stays as it was written in its record. This is a reading of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headstamp.errors import Invalid, Problem
from headstamp.markings.numbering import MOST_DIGITS
from headstamp.markings.range_tokens import Token, tokenise
from headstamp.markings.range_words import BETWEEN
from headstamp.markings.written_serial import Written, readings, short_end, take

_ADVICE = "Write each range as AB 1000 to AB 1500 and each number by itself, parted by commas."
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class SerialRange:
    """One range, or one number (``low`` equals ``high``); a bound of None is open.

    ``raw`` is the text it was read from. ``prefix`` and ``suffix`` are the letters around the
    number in plain form; ``width`` the digits each number has where noughts stand in front, else
    None. ``doubts`` say what was assumed; ``one_of`` is true where the same text gave another
    reading beside this one.
    """

    raw: str
    prefix: str
    suffix: str
    low: int | None
    high: int | None
    width: int | None
    doubts: tuple[str, ...] = ()
    one_of: bool = False

    def holds(self, number: int) -> bool:
        """Whether a number lies between the bounds.

        >>> parse_ranges("from 5000")[0].holds(7_000_000)
        True
        """
        return (self.low is None or self.low <= number) and (
            self.high is None or number <= self.high)

    @property
    def size(self) -> int | None:
        """How many numbers it holds; None where an end is open."""
        return None if self.low is None or self.high is None else self.high - self.low + 1

    def written(self, number: int) -> str:
        """A number of this range in plain writing."""
        digits = str(number).rjust(self.width or 0, "0") if not self.width else \
            str(number).zfill(self.width)
        return " ".join(part for part in (self.prefix, digits, self.suffix) if part)

    def __str__(self) -> str:
        if self.low is None:
            return f"up to {self.written(self.high or 0)}"
        if self.high is None:
            return f"from {self.written(self.low)}"
        if self.low == self.high:
            return self.written(self.low)
        return f"{self.written(self.low)} to {self.written(self.high)}"

    def as_dict(self) -> dict[str, Any]:
        """The range as plain JSON values."""
        return {"raw": self.raw, "prefix": self.prefix, "suffix": self.suffix, "low": self.low,
                "high": self.high, "width": self.width, "doubts": list(self.doubts)}


@dataclass(frozen=True, slots=True)
class RangesRead:
    """What a text says: its ranges in order, its problems, and the numbers that were left out."""

    ranges: tuple[SerialRange, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]


def parse_ranges(text: str) -> tuple[SerialRange, ...]:
    """The ranges of a text. Raises Invalid with every problem, also where none was found.

    >>> [str(r) for r in parse_ranges("AB 1000 - AB 1500, s/n 110023 and 110024")]
    ['AB 1000 to AB 1500', '110023', '110024']
    >>> [str(r) for r in parse_ranges("serials 1000 to 1500 delivered to X in 2011")]
    ['1000 to 1500']
    >>> [str(r) for r in parse_ranges("TA 110023, -24, -25")]
    ['TA 110023', 'TA 110024', 'TA 110025']
    """
    read = read_ranges(text)
    problems = list(read.problems)
    if not read.ranges and not problems:
        problems.append(Problem("no serial number was recognised", _ADVICE, value=text))
    if problems:
        raise Invalid("the serial numbers cannot be read", problems)
    return read.ranges


def read_ranges(text: str) -> RangesRead:
    """All that can be understood of a text, with problems beside it. Never raises.

    >>> read = read_ranges("AB 110-50")
    >>> [(str(r), r.doubts) for r in read.ranges][0]
    ('AB 110 to AB 150', ('the end is written short: 50 taken as 150',))
    >>> [str(r) for r in read.ranges], read_ranges("AB 900 to AC 950").problems[0].rule
    (['AB 110 to AB 150', 'AB110 50'], 'the two ends have different letters: AB and AC')
    """
    return _Reader(text).read()


class _Reader:
    """One pass over the words of a text. ``listing``: whether numbers are being listed now."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenise(text)
        self.text = text
        self.at = 0
        self.listing = True
        self.ranges: list[SerialRange] = []
        self.problems: list[Problem] = []
        self.left_out: list[str] = []
        # The number to which a short ending belongs, while a list goes on.
        self.base: Written | None = None

    def read(self) -> RangesRead:
        while self.at < len(self.tokens):
            self._step(self.tokens[self.at])
        return RangesRead(tuple(self.ranges), tuple(self.problems), tuple(self.left_out))

    def _step(self, token: Token) -> None:
        if token.kind == "name":
            self.listing, self.base = True, None
            self.at += 1
        elif token.kind in ("comma", "and", "filler", "colon", "slash", "dot", "sign"):
            self.at += 1
        elif token.kind == "break":
            self.base = None
            self.at += 1
        elif token.kind == "aside":
            self._leave(token)
        elif token.kind == "except":
            self.problems.append(Problem(
                "an exception is not read, and what follows it neither", _ADVICE,
                value=token.raw))
            self._skip_rest_of_sentence()
        elif token.kind in ("from", "to", "letters", "digits", "dash"):
            self._item(token)
        else:  # "word", and "onward" or "below" without a number
            self.listing, self.base = False, None
            self.at += 1

    def _item(self, token: Token) -> None:
        if token.kind == "dash" and self._ending():
            return
        opened = token.kind if token.kind in ("from", "to") else ""
        start = self.at
        self.at += bool(opened) or token.kind == "dash"
        while opened and self.at < len(self.tokens) and self.tokens[self.at].kind in (
            "name", "filler"
        ):
            self.at += 1
            self.listing = True
        written = take(self.tokens, self.at)
        if written is None:
            # A word that is no letter of a number: what follows tells of something else.
            if token.kind in ("letters", "from", "to"):
                self.listing, self.base = False, None
            self.at = start + 1
            return
        between = token.raw.casefold() in BETWEEN
        self.at = written.end
        second = self._second(between)
        if not self.listing and not self._said_plainly(written, second, opened):
            self.left_out.append(self._raw(start, second.end if second else written.end))
            return
        self.listing = True
        self._take(written, second, opened, start)

    def _said_plainly(self, written: Written, second: Written | None, opened: str) -> bool:
        """Whether a range stands amid other words so clearly that it is taken for one."""
        if second is None:
            return False
        years = _may_be_a_year(written) and _may_be_a_year(second)
        return bool(written.prefix or opened == "from") and not years and \
            len(written.digits) >= _FEWEST_DIGITS

    def _second(self, between: bool) -> Written | None:
        """The other end, where a word or dash for "to" stands next; moves past it."""
        at = self.at
        while at < len(self.tokens) and self.tokens[at].kind == "filler":
            at += 1
        if at >= len(self.tokens):
            return None
        token = self.tokens[at]
        if not (token.kind in ("to", "dash") or (between and token.kind == "and")):
            return None
        at += 1
        while at < len(self.tokens) and self.tokens[at].kind in ("name", "filler"):
            at += 1
        second = take(self.tokens, at)
        if second is not None:
            self.at = second.end
        return second

    def _take(self, written: Written, second: Written | None, opened: str, start: int) -> None:
        if second is not None:
            self._range(written, second, self._raw(start, second.end))
            self.base = second
            return
        after = self.tokens[self.at].kind if self.at < len(self.tokens) else ""
        raw = self._raw(start, written.end)
        # A heading ("2011: ..."), how many of something ("20 rifles"), or a type ("TA-7 (...").
        if after == "colon" or (
            after in ("word", "aside") and len(written.digits) < _FEWEST_DIGITS
        ):
            self.left_out.append(raw)
            return
        if after in ("onward", "below") or opened:
            if after in ("onward", "below"):
                raw = self._raw(start, self.at + 1)
                self.at += 1
            self._open(written, raw, down=after == "below" or (opened == "to" and not after))
            return
        if self._short(written):
            return
        found = readings(written)
        if _may_be_a_year(written):
            found = [(*one[:4], (*one[4], "may be a year")) for one in found]
        for prefix, suffix, low, high, doubts in found:
            self._add(raw, prefix, suffix, low, high, (*written.doubts, *doubts), len(found) > 1)
        self.base = written

    def _short(self, written: Written) -> bool:
        """``110023, 24``: a number much shorter than the one before it in the list ends that."""
        base = self.base
        if base is None or written.prefix or written.suffix or written.hyphens or \
                len(written.digits) > len(base.digits) - 2 or not written.digits.isdigit():
            return False
        whole = short_end(base.digits, written.digits)
        self._add(written.raw, base.prefix, base.suffix, whole, whole, (
            f"written short: {written.digits} taken as {whole}",))
        return True

    def _ending(self) -> bool:
        """``, -24``: the last digits of the number before, changed."""
        at = self.at + 1
        before = self.tokens[self.at - 1] if self.at else None
        if self.base is None or at >= len(self.tokens) or self.tokens[at].kind != "digits" or \
                not self.tokens[at].glued or before is None or before.kind not in ("comma", "and"):
            return False
        digits = self.tokens[at].text
        raw = self._raw(self.at, at + 1)
        self.at = at + 1
        if not digits.isdigit() or len(digits) > len(self.base.digits):
            self._problem("an ending that fits no number before it", raw)
            return True
        whole = short_end(self.base.digits, digits)
        self._add(raw, self.base.prefix, self.base.suffix, whole, whole, ())
        return True

    def _range(self, first: Written, second: Written, raw: str) -> None:
        doubts = [*first.doubts, *second.doubts]
        if not (first.digits.isdigit() and second.digits.isdigit()):
            self._problem("an end of a range has characters that were not read", raw)
            return
        prefix, suffix = first.prefix, first.suffix or second.suffix
        if second.prefix and first.prefix and second.prefix != first.prefix:
            self._problem("the two ends have different letters: "
                          f"{first.prefix} and {second.prefix}", raw)
            return
        if second.prefix and not first.prefix:
            prefix = second.prefix
            doubts.append(f"the letters {prefix} stand at one end only")
        if first.suffix and second.suffix and first.suffix != second.suffix:
            self._problem("the two ends have different letters after the number: "
                          f"{first.suffix} and {second.suffix}", raw)
            return
        low, high = first.digits, second.digits
        if int(high) < int(low) and len(high) < len(low):
            whole = short_end(low, high)
            doubts.append(f"the end is written short: {high} taken as {whole}")
            high = whole
        if int(high) < int(low):
            self._problem("the range ends before it begins", raw)
            return
        self._add(raw, prefix, suffix, low, high, tuple(doubts))

    def _open(self, written: Written, raw: str, *, down: bool) -> None:
        if not written.digits.isdigit() or written.hyphens:
            self._problem("an open range needs one number that is read in full", raw)
            return
        doubts = (*written.doubts,
                  "where it begins is not said" if down else "where it ends is not said")
        self._add(raw, written.prefix, written.suffix, None if down else written.digits,
                  written.digits if down else None, doubts)
        self.base = None

    def _add(
        self, raw: str, prefix: str, suffix: str, low: str | None, high: str | None,
        doubts: tuple[str, ...], one_of: bool = False,
    ) -> None:
        ends = [end for end in (low, high) if end is not None]
        if not all(end.isdigit() for end in ends):
            self._problem("a number has characters that were not read", raw)
            return
        if max(map(len, ends)) > MOST_DIGITS:
            self._problem(f"a number has more than {MOST_DIGITS} digits", raw)
            return
        padded = [len(end) for end in ends if end[0] == "0" and len(end) > 1]
        width = padded[0] if padded else None
        if padded and len({len(end) for end in ends}) > 1:
            width = None
            doubts = (*doubts, "its ends have different numbers of digits, and noughts in front")
        self.ranges.append(SerialRange(
            raw, prefix, suffix, None if low is None else int(low),
            None if high is None else int(high), width, tuple(dict.fromkeys(doubts)), one_of))

    # -- words

    def _raw(self, start: int, end: int) -> str:
        first, last = self.tokens[start], self.tokens[min(end, len(self.tokens)) - 1]
        return self.text[first.start : last.stop].strip()

    def _problem(self, rule: str, raw: str) -> None:
        self.problems.append(Problem(rule, _ADVICE, value=raw))

    def _leave(self, token: Token) -> None:
        """What stands in brackets: numbers where it says so or there is nothing else."""
        inside = token.raw[1:-1]
        if len(self.tokens) == 1 or any(one.kind == "name" for one in tokenise(inside)):
            read = read_ranges(inside)
            self.ranges += read.ranges
            self.problems += read.problems
            self.left_out += read.left_out
        elif any(char.isdigit() for char in token.raw):
            self.left_out.append(token.raw)
        self.at += 1

    def _skip_rest_of_sentence(self) -> None:
        self.listing, self.base = False, None
        while self.at < len(self.tokens) and self.tokens[self.at].kind not in ("break", "name"):
            if self.tokens[self.at].kind == "digits":
                self.left_out.append(self.tokens[self.at].raw)
            self.at += 1


def _may_be_a_year(written: Written) -> bool:
    digits = written.digits
    return not (written.prefix or written.suffix) and len(digits) == 4 and digits.isdigit() and \
        1850 <= int(digits) <= 2100
