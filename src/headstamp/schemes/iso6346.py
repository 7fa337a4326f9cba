"""Freight container number (ISO 6346).

Three letters for the owner, one for the category (U freight container, J gear, Z trailer or
chassis), six digits and a check digit in a box. Size and type may follow ("22G1").

>>> read("CSQU3054383").valid, read("CSQU3054384").valid
(True, False)
>>> read("CSQU 305438 3 22G1").part("size and type")
'22G1'
>>> read("CSQU305438").valid is None
True
"""

from __future__ import annotations

import re

from stdnum import iso6346

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "iso6346"
TITLE = "Freight container number"
SOURCE = "ISO 6346; check digit by python-stdnum (stdnum.iso6346)"
EXAMPLE = "CSQU3054383"

_CATEGORIES = {"U": "freight container", "J": "detachable equipment", "Z": "trailer or chassis"}
_FORM = re.compile(r"([A-Z]{3})([UJZ])([0-9]{6})([0-9])?([0-9A-Z]{2}[A-Z][0-9A-Z])?")


def read(text: str) -> SchemeReading | None:
    """Read owner, category, serial, and, where present, check digit and size-type code."""
    body, _ = labelled(text, "CONTAINER")
    found = _FORM.fullmatch(re.sub(r"[ \[\]/-]", "", body))
    if found is None:
        return None
    owner, category, serial, check, size = found.groups()
    parts = [("owner", owner), ("category", _CATEGORIES[category]), ("serial", serial)]
    number = f"{owner}{category}{serial}{check or ''}"
    if check is None:
        valid: bool | None = None
        told, doubt = f"{_CATEGORIES[category].capitalize()}, without check digit.", (
            "the check digit is missing"
        )
    else:
        valid = bool(iso6346.is_valid(number))
        parts.append(("check digit", check))
        doubt = ""
        told = f"{_CATEGORIES[category].capitalize()} of owner {owner}; the check digit fits."
        if not valid:
            told = "Has the form of a container number, but the check digit does not fit: re-read."
    if size:
        parts.append(("size and type", size))
    return SchemeReading(NAME, text, number, valid, tuple(parts), told, doubt, SOURCE)
