"""One number as it stands written: its letters, its digits, and what its hyphens may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headstamp.markings.normalise import plain_key
from headstamp.markings.range_tokens import Token

_MOST_PARTS = 12
_MIDDLE_LETTERS = 2
_MIDDLE_DIGITS = 3

Reading = tuple[str, str, str, str, tuple[str, ...]]
"""prefix, suffix, low digits, high digits, doubts."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written. ``pieces`` are its tokens' texts with the sign before each (``""``,
    ``" "``, ``"-"``, ``"/"``); ``digits`` the last row of digits, ``prefix`` and ``suffix`` the
    plain letters around it; ``end`` the token after it.
    """

    pieces: tuple[tuple[str, str], ...]
    prefix: str
    digits: str
    suffix: str
    raw: str
    end: int
    doubts: tuple[str, ...] = ()

    @property
    def hyphens(self) -> bool:
        """Whether a hyphen or slash stands in it before a digit, which may part two numbers."""
        return any(sign in ("-", "/") for sign, text in self.pieces[1:])


def short_end(whole: str, end: str) -> str:
    """A number with its last digits changed.

    >>> short_end("110023", "24")
    '110024'
    """
    return whole[: len(whole) - len(end)] + end


def take(tokens: Sequence[Token], at: int) -> Written | None:
    """The number that begins at a token, or None where none does."""
    pieces: list[tuple[str, str]] = []
    doubts: list[str] = []
    thousands = False
    while at < len(tokens) and len(pieces) < _MOST_PARTS:
        token = tokens[at]
        sign = "" if token.glued else " "
        if not pieces:
            if token.kind not in ("letters", "digits"):
                return None
            pieces.append(("", token.text))
            at += 1
            continue
        held = pieces[-1][1]
        has_digits = any(_is_digits(text) for _, text in pieces)
        if token.kind == "digits":
            if _is_digits(held) and not token.glued and not _next_thousand(pieces, token):
                break
            if _is_digits(held):
                pieces[-1] = (pieces[-1][0], held + token.text)
                doubts.append("digits with a space taken as one number")
            else:
                pieces.append((sign, token.text))
            at += 1
        elif token.kind in ("letters", "word", "and", "to", "from") and token.glued and \
                token.text[0].isalpha() and _is_digits(held) and len(token.text) <= _MOST_PARTS:
            pieces.append(("", token.text))
            at += 1
        elif token.kind == "letters" and (not has_digits or _middle(tokens, at, held)):
            pieces.append((sign, token.text))
            at += 1
        elif token.kind in ("dash", "slash", "dot") and token.glued and at + 1 < len(tokens) and \
                tokens[at + 1].glued and tokens[at + 1].kind in ("letters", "digits"):
            after = tokens[at + 1]
            if token.kind == "dot" and _is_digits(held) and after.kind == "digits":
                pieces[-1] = (pieces[-1][0], held + after.text)
                doubts.append("a dot in the number is left out")
            else:
                pieces.append(("-" if token.kind == "dash" else "/" if token.kind == "slash"
                               else "", after.text))
            at += 2
        elif token.kind == "comma" and _thousands(tokens, at, held, thousands):
            pieces[-1] = (pieces[-1][0], held + tokens[at + 1].text)
            if not thousands:
                doubts.append("a comma is taken as parting thousands")
            thousands = True
            at += 2
        else:
            if token.kind == "comma" and _may_be_thousands(tokens, at, held):
                doubts.append("a comma is taken as parting two numbers, not thousands")
            break
    rows = [number for number, (_, text) in enumerate(pieces) if _is_digits(text)]
    if not rows:
        return None
    last = rows[-1]
    return Written(
        tuple(pieces), _plain(pieces[:last]), pieces[last][1], _plain(pieces[last + 1 :]),
        "".join(sign + text for sign, text in pieces), at, tuple(dict.fromkeys(doubts)),
    )


def readings(written: Written) -> list[Reading]:
    """What a number with hyphens or slashes in it can mean; one reading where it has none.

    ``110-150`` is a range, ``110-50`` a range with a short end or one number, ``L3-0718835``
    one number.
    """
    one: Reading = (written.prefix, written.suffix, written.digits, written.digits, ())
    if not written.hyphens:
        return [one]
    for at in range(len(written.pieces) - 1, 0, -1):
        sign = written.pieces[at][0]
        if sign in ("-", "/"):
            return _parted(written, at, sign, one)
    return [one]


def _parted(written: Written, at: int, sign: str, one: Reading) -> list[Reading]:
    left, right = written.pieces[:at], written.pieces[at:]
    # The right side may repeat the letters with their own hyphen: AB-1000-AB-1500.
    if len(right) == 1 and len(left) >= 2 and not _is_digits(left[-1][1]):
        left, right = written.pieces[: at - 1], written.pieces[at - 1 :]
    rows = [n for n, (_, text) in enumerate(left) if _is_digits(text)]
    ends = [n for n, (_, text) in enumerate(right) if _is_digits(text)]
    if not rows or len(ends) != 1 or not left or right[0][0] not in ("-", "/"):
        return [one]
    row, end = rows[-1], ends[0]
    low, high = left[row][1], right[end][1]
    before, after = _plain(left[:row]), _plain(left[row + 1 :])
    letters, tail = _plain(right[:end]), _plain(right[end + 1 :])
    if len(rows) > 1 and not letters:
        return [one]  # 1005-97-041: groups of one number
    if (letters and letters != before) or (after and tail and after != tail) or \
            not (low.isdigit() and high.isdigit()):
        return [one]
    after = after or tail
    if letters:
        return [(before, after, low, high, ())] if int(low) <= int(high) else [one]
    if sign == "/":
        return _slashed(before, after, low, high, one)
    return _dashed(before, after, low, high, one)


def _dashed(before: str, after: str, low: str, high: str, one: Reading) -> list[Reading]:
    whole = f"{before} {low}-{high}".strip()
    may_be_one = (f"may be one number, {whole}",)
    alone: Reading = (*one[:4], (f"may be a range, {low} to {high}",))
    if len(high) == len(low):
        if int(high) <= int(low):
            return [one]
        if len(low) < _MIDDLE_DIGITS + 1 and (before or len(low) < _MIDDLE_DIGITS):
            return [(before, after, low, high, may_be_one), alone]
        return [(before, after, low, high, ())]
    if len(high) < len(low):
        end = short_end(low, high)
        if int(end) <= int(low):
            return [one]
        told = f"the end is written short: {high} taken as {end}"
        return [(before, after, low, end, (told,)),
                (*one[:4], (f"may be a range, {low} to {end}",))]
    if len(high) == len(low) + 1 and "0" not in (low[0], high[0]) and len(low) >= _MIDDLE_DIGITS - 1:
        return [(before, after, low, high, may_be_one), alone]
    return [one]


def _slashed(before: str, after: str, low: str, high: str, one: Reading) -> list[Reading]:
    if len(low) <= _MIDDLE_DIGITS or len(high) > len(low):
        return [one]
    if len(high) == len(low):
        return [(before, after, low, low, ()), (before, after, high, high, ())]
    end = short_end(low, high)
    told = (f"a slash before a short ending: {high} taken as {end}",)
    return [(before, after, low, low, told), (before, after, end, end, told),
            (*one[:4], ("may be two numbers",))]


def _plain(pieces: Sequence[tuple[str, str]]) -> str:
    return plain_key("".join(text for _, text in pieces))


def _is_digits(text: str) -> bool:
    return text[:1].isdigit() or text[:1] in ("?", "*", "[")


def _middle(tokens: Sequence[Token], at: int, held: str) -> bool:
    """Letters between digits, as in ``TNH 11 A 207``: few, after few digits, before digits."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        _is_digits(held) and len(held) <= _MIDDLE_DIGITS
        and len(tokens[at].text) <= _MIDDLE_LETTERS
        and following is not None and following.kind == "digits"
    )


def _next_thousand(pieces: Sequence[tuple[str, str]], token: Token) -> bool:
    """``412 001``: three digits after up to three."""
    held = pieces[-1][1]
    return len(token.text) == 3 and (len(held) <= 3 or len(held) % 3 == 0) and \
        token.text.isdigit() and len(held) < 12


def _may_be_thousands(tokens: Sequence[Token], at: int, held: str) -> bool:
    """``110,023``: three digits on either side of a comma with nothing beside it."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        tokens[at].glued and following is not None and following.glued
        and following.kind == "digits" and len(following.text) == 3 == len(held)
    )


def _thousands(tokens: Sequence[Token], at: int, held: str, already: bool) -> bool:
    """``1,500``: a comma with nothing beside it, up to two digits before and three after."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        tokens[at].glued and following is not None and following.glued
        and following.kind == "digits" and len(following.text) == 3
        and held.isdigit() and (len(held) <= 2 or already)
    )
