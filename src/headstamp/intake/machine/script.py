"""Which script a text is in, and whether a picture of it could tell.

Capital А, В, Е, К, М, Н, О, Р, С, Т, У, Х look the same in Cyrillic and Latin,
and ١ ٥ ٩ like 1, o, 9: a reader that knows one script reads the other as its
own and is sure of it. So a reading in one script is believed only where it
holds a character that the others cannot imitate and their readers make
nothing of it.

Scripts by ISO 15924; pairs of look-alikes after Unicode's confusables
(UTS 39), those of capitals, small letters and digits in common type.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_RANGES = {
    "Latn": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F)),
    "Grek": ((0x370, 0x3FF),),
    "Cyrl": ((0x400, 0x52F),),
    "Arab": ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    "Hani": ((0x3400, 0x9FFF), (0xF900, 0xFAFF)),
    "Jpan": ((0x3040, 0x30FF),),
}

TWINS = dict(zip("АВЕКМНОРСТУХЅІЈаеосрухѕіјё", "ABEKMHOPCTYXSIJaeocpyxsije", strict=True))
"""Cyrillic letters with the Latin letter that looks the same."""

_LATIN_TWINS = frozenset(TWINS.values()) | frozenset("abhkmt")
_DIGITS = re.compile(r"\d+(?:[/.,\\-]*\d+)*")
# Of these alone a row of Arabic-Indic or Persian digits can look: ٠ ١ ٥ ٦ ٧ ٨ ٩.
_LIKE_ARABIC_DIGITS = frozenset("0179oOIilVvAYy.,*'\\/^|!")


@lru_cache(maxsize=4096)
def script_of_letter(letter: str) -> str:
    """The script of one character, empty for digits, signs and scripts not told apart here."""
    if not letter.isalpha():
        return ""
    code = ord(letter)
    for script, ranges in _RANGES.items():
        if any(low <= code <= high for low, high in ranges):
            return script
    return ""


def scripts(text: str) -> dict[str, int]:
    """How many letters of each script.

    >>> scripts("6Ж40 AB"), scripts("12-3")
    ({'Cyrl': 1, 'Latn': 2}, {})
    """
    found: dict[str, int] = {}
    for letter in text:
        name = script_of_letter(letter)
        if name:
            found[name] = found.get(name, 0) + 1
    return found


def main_script(text: str) -> str:
    """The script of most letters, empty where there are none.

    >>> main_script("№ 6Ж40"), main_script("31 89")
    ('Cyrl', '')
    """
    counted = scripts(text)
    return max(counted, key=lambda name: counted[name]) if counted else ""


def visible(text: str) -> str:
    """The text with single blanks and without the invisible marks of direction readers add.

    >>> visible("\u200f12  AB\u200e")
    '12 AB'
    """
    return " ".join("".join(c for c in text if unicodedata.category(c)[0] != "C"
                            or c.isspace()).split())


def foreign_to_latin(text: str) -> bool:
    """Whether it holds what readers of Latin and Chinese cannot have read.

    >>> foreign_to_latin("6Ж40"), foreign_to_latin("１２ AB 北"), foreign_to_latin("١٢")
    (True, False, True)
    """
    plain = unicodedata.normalize("NFKC", text)
    return any(script_of_letter(c) in ("Cyrl", "Arab") or (c.isdigit() and not c.isascii())
               for c in plain)


def compact(text: str) -> str:
    """The text as two readers' answers are compared: no blanks, no case, composed.

    >>> compact("Ab 12-3 ") == compact("AB12-3")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def core(text: str) -> str:
    """The compact text without signs at its ends, which readers see in scratches and frames.

    >>> core("{Quiet zone *")
    'quietzone'
    """
    whole = compact(text)
    kept = [n for n, c in enumerate(whole) if c.isalnum()]
    return whole[kept[0] : kept[-1] + 1] if kept else ""


def as_latin(text: str) -> str:
    """The text with Cyrillic look-alikes as the Latin letters they look like.

    >>> as_latin("АВС 1234")
    'ABC 1234'
    """
    return "".join(TWINS.get(letter, letter) for letter in text)


def only_twins(text: str) -> bool:
    """Whether every letter looks the same in Latin and Cyrillic.

    >>> only_twins("ABC 12"), only_twins("АВС 12"), only_twins("LOT"), only_twins("12")
    (True, True, False, False)
    """
    letters = [c for c in text if script_of_letter(c) in ("Latn", "Cyrl")]
    return bool(letters) and all(c in TWINS or c in _LATIN_TWINS for c in letters)


def own_cyrillic(text: str) -> bool:
    """Whether it holds a Cyrillic letter that no Latin letter looks like.

    >>> own_cyrillic("6Ж40"), own_cyrillic("АВС")
    (True, False)
    """
    return any(script_of_letter(c) == "Cyrl" and c not in TWINS for c in text)


def like_arabic_digits(text: str) -> bool:
    """Whether a row of Arabic-Indic or Persian digits could look like this.

    >>> like_arabic_digits("1901"), like_arabic_digits("1985"), like_arabic_digits("IY.")
    (True, False, True)
    """
    signs = [c for c in text if not c.isspace() and c not in "-–"]
    return bool(signs) and all(c in _LIKE_ARABIC_DIGITS for c in signs)


def digits_unread(text: str) -> str:
    """The text with each run of digits given as any number of unread characters.

    >>> digits_unread("صنع ١٩/٨٥ ب") == "صنع * ب"
    True
    """
    return _DIGITS.sub("*", text)
