"""GS1 element strings: what the long barcode on a carton or pallet says.

Each element begins with an application identifier (AI): 01 is the item number, 10 the lot, 21
the serial, 17 the expiry. Printed under the bars the AI stand in parentheses; read by a scanner
there are none, and an element of free length ends with a separator (FNC1, sent as U+001D).

A bare run of digits is taken as an element string only if it begins with 00, 01 or 02 and that
number's check digit fits: almost any run of digits could be cut into elements somehow.

>>> carton = read("(01)38425876095074 (17)181119 (37)1")
>>> carton.valid, carton.canonical
(True, '(01)38425876095074(17)181119(37)1')
>>> carton.parts[1]
('Expiration date (17)', '2018-11-19')
>>> read("013842587609507417181119371").canonical
'(01)38425876095074(17)181119(37)1'
>>> read("(01)38425876095075").valid
False
"""

from __future__ import annotations

import re

from stdnum import ean, numdb

from headstamp.schemes.reading import SchemeReading, tidy

NAME = "gs1"
TITLE = "GS1 element string (carton and pallet barcodes)"
SOURCE = "GS1 General Specifications, section 3 (application identifiers, by python-stdnum)"
EXAMPLE = "(01)38425876095074(17)181119(37)1"

_SEPARATOR = "\x1d"
_PRINTED = re.compile(r"\(([0-9]{2,4})\)\s*([^()\s](?:[^()]*[^()\s])?)\s*")
_SYMBOLOGY = re.compile(r"\](?:C1|E0|D2|Q3|J1)", re.IGNORECASE)
_identifiers = numdb.get("gs1_ai")


def _known(text: str) -> tuple[str, dict[str, str]] | None:
    """The application identifier the text begins with, and its entry; None if there is none."""
    found = _identifiers.info(text)
    if not found or not found[0][1]:
        return None
    identifier, entry = found[0]
    return str(identifier), {str(key): str(value) for key, value in entry.items()}


def _longest(form: str) -> int:
    """The greatest number of characters a format such as ``N13[+X..17]`` allows.

    >>> _longest("N14"), _longest("X..20"), _longest("N13[+X..17]")
    (14, 20, 30)
    """
    return sum(int(number) for number in re.findall(r"[NXYZ](?:[0-9]*\.\.)?([0-9]+)", form))


def _free(entry: dict[str, str]) -> bool:
    return "fnc1" in entry


def _date(value: str) -> str:
    """A YYMMDD value as ISO 8601; a day 00 means the month. Other values stay as they are.

    GS1 sets the century by distance from today; bar codes began in the 1970s, so 00-69 are
    read as 20xx here and the reading needs no clock.
    """
    found = re.fullmatch(r"([0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01])", value)
    if found is None:
        return value
    year, month, day = found.groups()
    century = "20" if int(year) < 70 else "19"
    return f"{century}{year}-{month}" + (f"-{day}" if day != "00" else "")


def _printed(body: str) -> list[tuple[str, str]] | None:
    place, elements = 0, []
    for found in _PRINTED.finditer(body):
        if found.start() != place:
            return None
        elements.append((found.group(1), found.group(2).replace(_SEPARATOR, "")))
        place = found.end()
    return elements if elements and place == len(body) else None


def _scanned(body: str) -> list[tuple[str, str]] | None:
    elements: list[tuple[str, str]] = []
    rest = body.strip(_SEPARATOR)
    while rest:
        found = _known(rest)
        if found is None:
            return None
        identifier, entry = found
        rest = rest[len(identifier) :]
        value = rest[: _longest(entry["format"])]
        if _free(entry):
            value = value.partition(_SEPARATOR)[0]
        elif len(value) < _longest(entry["format"]) or _SEPARATOR in value:
            return None
        if not value:
            return None
        elements.append((identifier, value))
        rest = rest[len(value) :].removeprefix(_SEPARATOR)
    return elements or None


def _checks(elements: list[tuple[str, str]]) -> list[bool]:
    """Whether each number with a check digit (AI 00, 01, 02) fits it."""
    told = []
    for identifier, value in elements:
        if identifier in ("01", "02"):
            told.append(len(value) == 14 and bool(ean.is_valid(value)))
        elif identifier == "00":
            sound = value.isascii() and value.isdigit() and len(value) == 18
            told.append(sound and ean.calc_check_digit(value[:-1]) == value[-1])
    return told


def read(text: str) -> SchemeReading | None:
    """Read the printed form with parentheses, or the scanned form with or without separators."""
    body = tidy(text)
    if not body or body[0] not in "(]\x1d0123456789":
        return None
    marked = bool(_SYMBOLOGY.match(body)) or _SEPARATOR in body
    body = _SYMBOLOGY.sub("", body, count=1).replace("<GS>", _SEPARATOR)
    printed = _printed(body) if body.startswith("(") else None
    elements = printed
    if elements is None and not body.startswith("("):
        plain = re.sub(r"[ ]", "", body)
        if not marked and not re.match(r"0[012][0-9]{14}", plain):
            return None
        elements = _scanned(plain)
    if elements is None:
        return None
    checks = _checks(elements)
    if printed is None and not marked and not (checks and all(checks) and elements[0][0] < "03"):
        return None
    parts, strange = [], []
    for identifier, value in elements:
        found = _known(identifier)
        if found is None or found[0] != identifier:
            strange.append(identifier)
            parts.append((f"application identifier {identifier}", value))
            continue
        name = found[1]["description"].partition(" (YYMMDD")[0]
        shown = _date(value) if found[1]["type"] == "date" else value
        parts.append((f"{name} ({identifier})", shown))
    valid = all(checks) if checks else None
    canonical = "".join(f"({identifier}){value}" for identifier, value in elements)
    told = f"Barcode text of {len(elements)} element(s): {', '.join(name for name, _ in parts)}."
    if valid is False:
        told += " A check digit does not fit: read it again."
    doubt = f"not in our table of identifiers: {', '.join(strange)}" if strange else ""
    if printed is not None and len(strange) == len(elements):
        return None
    return SchemeReading(NAME, text, canonical, valid, tuple(parts), told, doubt, SOURCE)
