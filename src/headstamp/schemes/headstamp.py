"""Headstamp of a cartridge case: factory code, year, calibre, in any order.

The same two digits can be a plant or a year, and each country had its own habits, so nothing is
asserted: every element is listed with what it may be, and a person decides. A two-digit year is
given in both centuries where both are possible; a single Cyrillic letter may be one of the years
1952 to 1956 of Soviet plants.

>>> [part for part in read("38 86").parts]
[('element 1', '38: factory code, or year 1938'), ('element 2', '86: factory code, or year 1986')]
>>> read("PPU 7.62x39").parts
(('element 1', 'PPU: factory code or maker'), ('element 2', '7.62X39: calibre (7.62 x 39)'))
>>> read("serial") is None
True
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "headstamp"
TITLE = "Cartridge headstamp"
SOURCE = "Small Arms Survey, Ammunition Tracing Kit (elements of a headstamp); cartridge names list"
EXAMPLE = "PPU 7.62x39"

_BREAKS = re.compile(r"[\s/|*·•★☆+,;]+|(?<=[A-ZА-Я]) *- *(?=[0-9])|(?<=[0-9]) *- *(?=[A-ZА-Я])")
_CALIBRE = re.compile(r"(?:[0-9]{1,2}[.,])?[0-9]{1,3} ?[X×] ?[0-9]{2,3}(?:MM)?R?(?:MM)?|\.[0-9]{2,3}")
_LETTERS = re.compile(r"[A-ZА-ЯІЇЄҐ](?:[.&]?[A-ZА-ЯІЇЄҐ]){0,5}\.?")
_CYRILLIC_YEARS = {"Г": "1952", "Д": "1953", "Е": "1954", "И": "1955", "К": "1956"}
# Words that open other markings: with them, a number is not a headstamp.
_OTHER = {"LOT", "NO", "SN", "S/N", "SER", "SERIAL", "REF", "TYPE", "MODEL", "MOD", "BOX", "DATE",
          "QTY", "ML", "IMO", "HS", "CAS", "CAL", "ITEM", "PART", "REV", "VER", "WEEK", "YEAR",
          "BATCH", "CRATE", "UNIT", "LINE", "PAGE", "PHOTO", "IMG", "KG", "MM", "PCS", "JAN", "FEB",
          "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "NSN", "LEI", "ШТ", "ШТ.",
          "КГ", "ММ", "СМ", "ГОД", "ПАРТ", "NO.", "CAL.", "REF."}


def _years(token: str) -> str:
    """The years a token may mean, as text; empty where it can be none."""
    if re.fullmatch(r"[0-9]{2}", token):
        return f"19{token} or 20{token}" if int(token) < 35 else f"19{token}"
    if re.fullmatch(r"1[89][0-9]{2}|20[0-6][0-9]", token):
        return token
    return _CYRILLIC_YEARS.get(token, "")


def _calibre(token: str) -> str:
    if not _CALIBRE.fullmatch(token):
        return ""
    term = vocabulary("cartridges").find(token.replace("X", "x"))
    return f"calibre ({term.label})" if term else "calibre"


def _element(token: str) -> str:
    """What one token may be; empty where it fits no element of a headstamp."""
    calibre = _calibre(token)
    if calibre:
        return calibre
    year = _years(token)
    if re.fullmatch(r"[0-9]{4}", token):
        return f"year {year}" if year else ""
    if re.fullmatch(r"[0-9]{1,3}", token):
        return f"factory code, or year {year}" if year else "factory code"
    if _LETTERS.fullmatch(token) and token not in _OTHER:
        return f"factory code, or year {year}" if year else "factory code or maker"
    return ""


def read(text: str) -> SchemeReading | None:
    """Read two to five short elements, at least one of which can be a year or a calibre."""
    body, named = labelled(text, "HEADSTAMP", "HS:")
    if len(body) > 40:
        return None
    # A calibre written with spaces is one element.
    body = re.sub(r"(?<=[0-9]) ?[X×] ?(?=[0-9]{2})", "X", body)
    tokens = [token for token in _BREAKS.split(body) if token]
    if not (1 if named else 2) <= len(tokens) <= 5:
        return None
    meanings = [_element(token) for token in tokens]
    if not all(meanings):
        return None
    has_calibre = any("calibre" in meaning for meaning in meanings)
    if not has_calibre and not any("year" in meaning for meaning in meanings):
        return None
    # "ENGINE FG-17": long words are makers' names only beside a calibre.
    if not (has_calibre or named) and any(len(t) > 4 and t.isalpha() for t in tokens):
        return None
    parts = tuple(
        (f"element {place}", f"{token}: {meaning}")
        for place, (token, meaning) in enumerate(zip(tokens, meanings, strict=True), 1)
    )
    told = "May be a cartridge headstamp; each element is listed with what it can be."
    doubt = "a headstamp has no check, and the same figures can be a plant or a year"
    return SchemeReading(NAME, text, " ".join(tokens), None, parts, told, doubt, SOURCE)
