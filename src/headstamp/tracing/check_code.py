"""Codes of goods in one form, so that a list and a paper that mean the same say the same.

Customs codes (HS) by their digits, categories of the munitions list and entries of dual-use
lists as their schemes write them, substances by CAS number. A list may name a whole heading: a
code stands under each of its own beginnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from headstamp.schemes import cas, dual_use, munitions_list

_ML = re.compile(r"\bML ?-?\d{1,2}(?:[. ]?(?:[A-Za-z](?![A-Za-z])|\d{1,2}(?!\d)))*")
_DUAL = re.compile(r"(?<![A-Za-z0-9])\d[A-E]\d{3}(?:\.?[a-zA-Z](?![a-zA-Z])(?:\.?\d{1,2})?)*")
_HS = re.compile(r"(?<!\d)\d{4}(?:[. ]?\d{2}){0,3}(?!\d)")
_CAS = re.compile(r"(?<![\d-])[1-9]\d{1,6}-\d{2}-\d(?![\d-])")
_DUAL_ENTRY = re.compile(r"\d[A-E]\d{3}")
ARMS_CHAPTER = "93"


@lru_cache(maxsize=65_536)
def normal_code(code: str) -> str:
    """A code of a list in its one form; an unknown kind without blanks, in capitals.

    >>> normal_code("8542.31"), normal_code("ml 4a"), normal_code("3A001g2"), normal_code("7697-37-2")
    ('854231', 'ML4.a', '3A001.g.2', '7697-37-2')
    """
    plain = code.strip()
    if _CAS.fullmatch(plain):
        return plain
    if _HS.fullmatch(plain):
        return re.sub(r"\D", "", plain)
    for found in (munitions_list.read(plain), dual_use.read(plain)):
        if found is not None:
            return found.canonical
    return "".join(plain.split()).upper()


@lru_cache(maxsize=65_536)
def control_codes(text: str) -> tuple[str, ...]:
    """The entries of control lists in a text, as ``5A002a1; 5D002c1``, each once.

    >>> control_codes("ML1a; ML3, 5A002a1"), control_codes("RU"), control_codes("ML23")
    (('ML1.a', 'ML3', '5A002.a.1'), (), ())
    """
    found: list[str] = []
    for one in _ML.findall(text):
        reading = munitions_list.read(one)
        if reading is not None and reading.valid is not False:
            found.append(reading.canonical)
    for one in _DUAL.findall(text):
        reading = dual_use.read(one)
        if reading is not None:
            found.append(reading.canonical)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=65_536)
def customs_codes(text: str) -> tuple[str, ...]:
    """The customs codes in a text, by their digits, each once.

    >>> customs_codes("8542.31.90, 930630")
    ('85423190', '930630')
    """
    return tuple(dict.fromkeys(re.sub(r"\D", "", one) for one in _HS.findall(text)))


@lru_cache(maxsize=65_536)
def cas_numbers(text: str) -> tuple[str, ...]:
    """The CAS numbers in a text of which the check digit fits, each once.

    >>> cas_numbers("nitric acid (CAS 7697-37-2), lot 7697-37-3")
    ('7697-37-2',)
    """
    found = []
    for one in _CAS.findall(text) if text.count("-") > 1 else ():
        reading = cas.read(one)
        if reading is not None and reading.valid:
            found.append(one)
    return tuple(dict.fromkeys(found))


def beginnings(code: str) -> Iterator[str]:
    """A code and all that it stands under, the longest first.

    >>> list(beginnings("85423190")), list(beginnings("ML1.a")), list(beginnings("3A001.g"))
    (['85423190', '854231', '8542', '85'], ['ML1.a', 'ML1'], ['3A001.g', '3A001', '3A'])
    """
    if code.isdigit():
        for size in range(len(code), 1, -2):
            yield code[:size]
        return
    parts = code.split(".")
    for size in range(len(parts), 0, -1):
        yield ".".join(parts[:size])
    if _DUAL_ENTRY.fullmatch(parts[0]):
        yield code[:2]
