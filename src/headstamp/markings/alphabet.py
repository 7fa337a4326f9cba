"""One byte a character: the codes in which the index keeps plain keys, and the way from texts to them.

The plain key of a marking (:mod:`headstamp.markings.normalise`) has capitals,
digits 0-9 and the letters of any other script. Ten million of them are
compared side by side, so each character is one byte:

=========  ================================================================
0          no character: padding after a short marking
1-10       digits 0-9
11-36      A-Z
37-56      Cyrillic capitals that have no Latin twin
57-253     signs, Greek, further Cyrillic, Arabic, Persian, Hebrew; then all
           other characters share the codes that are left
62         a character that was not read, ``?``
=========  ================================================================

The low six bits of a code are its *class*: what one vector instruction can look
up. Characters of one class are told apart by the whole byte afterwards, so a
shared class costs time and never a wrong answer. Characters that share a whole
code (Chinese, for one) are told apart by their texts: see :func:`is_shared`.

:func:`encode_texts` does for a hundred thousand texts at once, by tables, what
``normalise.keys(text).plain`` does for one; a test holds them equal.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.normalise import keys
from headstamp.markings.unread import RUN, UNREAD, tokens

PLACES: Final = 60
"""A marking is compared by its first 60 characters: its head. The text is kept whole."""

NONE: Final = 0
UNREAD_CODE: Final = 62
CLASSES: Final = 64
CODES: Final = 256

_CYRILLIC = "БГДЖЗИЙЛПФЦЧШЩЪЫЬЭЮЯ"
_FURTHER = (
    "!\"#$%&'()+,:;<=>@^`{|}~"
    + "ΓΔΘΛΞΠΣΦΨΩ"
    + "ЄЇҐЁЂЋЉЊЏЌЃЎӘҒҚҢӨҰҮҺ"
    + "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهويىٹپچڈژکگںھہیے"
    + "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
)
_FREE = tuple(
    code
    for code in range(57, 254)
    if code & 63 not in (NONE, UNREAD_CODE, 63) and (code < 62 or code > 64)
)

DIGIT_CODES: Final = range(1, 11)
LATIN_CODES: Final = range(11, 37)
CYRILLIC_CODES: Final = range(37, 57)

_CODE: dict[str, int] = {
    **{char: 1 + place for place, char in enumerate(string.digits)},
    **{char: 11 + place for place, char in enumerate(string.ascii_uppercase)},
    **{char: 37 + place for place, char in enumerate(_CYRILLIC)},
    **dict(zip(_FURTHER, _FREE, strict=False)),
}
_SHARED = _FREE[len(_FURTHER) :]
_CHAR = {code: char for char, code in _CODE.items()}


def code_of(char: str) -> int:
    """The code of one character of a plain key.

    >>> code_of("0"), code_of("A"), code_of("Ж"), code_of("?")
    (1, 11, 40, 62)
    """
    if char == UNREAD:
        return UNREAD_CODE
    found = _CODE.get(char)
    return found if found is not None else _SHARED[ord(char) % len(_SHARED)]


def char_of(code: int) -> str | None:
    """The character of a code; ``None`` for a code shared by several.

    >>> char_of(11), char_of(62)
    ('A', '?')
    """
    return UNREAD if code == UNREAD_CODE else _CHAR.get(code)


def is_shared(code: int) -> bool:
    """Whether several characters have this code, so that only the text tells them apart."""
    return code in _SHARED


SHARED_CODES: Final = frozenset(_SHARED)


def encode(plain: str) -> bytes:
    """The codes of a plain key; a place of several alternatives counts as not read, a run as none.

    >>> encode("A8?").hex()
    '0b093e'
    """
    return bytes(
        code_of(token) if len(token) == 1 else UNREAD_CODE
        for token in tokens(plain)
        if token != RUN
    )


# --- many texts at once ------------------------------------------------------

_DROP: Final = 0x100
_SLOW: Final = 0x200
_NOT_ASKED: Final = 0x300
_TABLE_SIZE: Final = 0x10000
_table = np.full(_TABLE_SIZE + 1, _NOT_ASKED, dtype=np.uint16)
_table[_TABLE_SIZE] = _SLOW  # Every character beyond the first plane.


def _entry(point: int) -> int:
    char = chr(point)
    if _depends_on_neighbours(char):
        return _SLOW
    plain = keys(char).plain
    if not plain:
        return _DROP
    # A spacing mark such as ¨ is left without its space: it joins what stands before it too.
    if len(plain) > 1 or plain in "?*[]" or _depends_on_neighbours(plain):
        return _SLOW
    return code_of(plain)


def _depends_on_neighbours(char: str) -> bool:
    # Combining marks and Hangul letters join what stands before them under NFKC;
    # brackets are read in pairs.
    return (
        unicodedata.category(char)[0] == "M"
        or 0x1100 <= ord(char) <= 0x11FF
        or 0xFFA0 <= ord(char) <= 0xFFDC
        or 0x3130 <= ord(char) <= 0x318F
        or char in "[]"
    )


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as codes and as UTF-8, laid end to end.

    ``codes`` (uint8) holds the head of every text, at most :data:`PLACES`
    codes; text ``i`` has ``lengths[i]`` of them. ``text`` is the UTF-8 of all
    raw texts (lone surrogates passed through), ``sizes[i]`` bytes each.
    ``runs`` are the texts whose plain key holds a run ``*``.
    """

    codes: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint8]
    text: bytes
    sizes: npt.NDArray[np.int64]
    runs: tuple[int, ...]


def encode_texts(texts: Sequence[str]) -> Encoded:
    """Encode many texts; each as ``encode(keys(text).plain)`` would, cut to its head."""
    number = len(texts)
    whole = "".join(texts)
    points = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    spans = np.fromiter(map(len, texts), dtype=np.int64, count=number)
    ends = np.cumsum(spans)
    raw = whole.encode("utf-8", "surrogatepass")
    if len(raw) == len(whole):
        sizes = spans
    else:
        wide = (points >= 0x80).astype(np.uint8)
        wide += points >= 0x800
        wide += points >= 0x10000
        sizes = spans + _sums(wide, ends)
    table = _table_for(points)
    found = table[np.minimum(points, _TABLE_SIZE)]
    kept = found < _DROP
    codes = found[kept].astype(np.uint8)
    lengths = _sums(kept, ends)
    slow = np.flatnonzero(_sums(found == _SLOW, ends)) if (found == _SLOW).any() else ()
    runs: list[int] = []
    long = lengths > PLACES
    if len(slow) or long.any():
        codes, lengths, runs = _mend(texts, codes, lengths, slow, long)
    return Encoded(codes, lengths.astype(np.uint8), raw, sizes, tuple(runs))


def _mend(
    texts: Sequence[str],
    codes: npt.NDArray[np.uint8],
    lengths: npt.NDArray[np.int64],
    slow: Sequence[int] | npt.NDArray[np.int64],
    long: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], list[int]]:
    """Put the codes of the texts the tables cannot do in place, and cut the long ones."""
    starts = np.cumsum(lengths) - lengths
    other = {int(i): codes[starts[i] : starts[i] + PLACES] for i in np.flatnonzero(long)}
    runs = []
    for i in map(int, slow):
        plain = keys(texts[i]).plain
        if RUN in tokens(plain):
            runs.append(i)
        other[i] = np.frombuffer(encode(plain)[:PLACES], dtype=np.uint8)
    pieces, done = [], 0
    new = lengths.copy()
    for i in sorted(other):
        pieces.append(codes[done : starts[i]])
        pieces.append(other[i])
        done = int(starts[i] + lengths[i])
        new[i] = len(other[i])
    pieces.append(codes[done:])
    return np.concatenate(pieces), new, runs


def _table_for(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    """The table, with an entry for every character that occurs."""
    seen = np.zeros(_TABLE_SIZE + 1, dtype=bool)
    seen[np.minimum(points, _TABLE_SIZE)] = True
    for point in np.flatnonzero(seen & (_table == _NOT_ASKED)):
        _table[point] = _entry(int(point))
    return _table


def _sums(
    flags: npt.NDArray[np.bool_] | npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """How many of ``flags`` fall to each text."""
    total = np.concatenate(([0], np.cumsum(flags, dtype=np.int64)))
    upto = total[ends]
    return np.diff(upto, prepend=0)
