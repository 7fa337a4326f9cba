"""Vehicle identification number (ISO 3779), with maker and both possible model years.

Seventeen characters without I, O and Q: three for the maker (ISO 3780), six that describe the
vehicle, eight that identify it. The ninth character is a check digit, but only North American
rules make it compulsory: elsewhere a figure that does not fit says nothing. The tenth is the
model year on a cycle of thirty years, so both years are given.

>>> read("1M8GDM9AXKP042788").valid
True
>>> read("1M8GDM9AXKP042788").part("model year")
'1989 or 2019'
>>> read("11111111111111111").part("check digit")
'1'
>>> read("1M8GDM9A1KP042788").valid
False
>>> read("WBA3A5C50CF256651").scheme
'vin'
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "vin"
TITLE = "Vehicle identification number"
SOURCE = "ISO 3779 and ISO 3780; check digit and model year: 49 CFR 565.15 (United States)"
EXAMPLE = "1M8GDM9AXKP042788"

_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_WRITTEN = re.compile(r"\*? ?(?:[A-Z0-9]{17}|[A-Z0-9]{3}([ -])[A-Z0-9]{6}\1[A-Z0-9]{8}) ?\*?")
_REGIONS = (
    ("ABCDEFGH", "Africa (or, from H, Asia)"),
    ("JKLMNPR", "Asia"),
    ("STUVWXYZ", "Europe"),
    ("12345", "North America"),
    ("67", "Oceania"),
    ("89", "South America"),
)


def check_digit(number: str) -> str:
    """The check digit that the other sixteen characters call for: 0-9 or X.

    >>> check_digit("1M8GDM9AXKP042788")
    'X'
    """
    total = sum(
        weight * (int(c) if c.isdigit() else _VALUES[c])
        for weight, c in zip(_WEIGHTS, number, strict=True)
    )
    return "0123456789X"[total % 11]


def model_years(code: str) -> tuple[int, ...]:
    """Both years a tenth character can mean; empty where it is none of the codes.

    >>> model_years("K"), model_years("5"), model_years("U")
    ((1989, 2019), (2005, 2035), ())
    """
    place = _YEARS.find(code)
    return (1980 + place, 2010 + place) if place >= 0 else ()


def maker(number: str) -> str:
    """The maker whose identifier the number begins with, or an empty string."""
    makers = vocabulary("vin_makers")
    found = makers.get(number[:3]) or makers.get(number[:2])
    return found.label if found else ""


def read(text: str) -> SchemeReading | None:
    """Read seventeen letters and digits; I, O and Q make it a misreading, not another scheme."""
    body, named = labelled(text, "VIN")
    # Printed with stars at the ends, or in the three groups of the standard; a label may break
    # anywhere. Other spaces make words: "ANTENNA RTK TX02006" has seventeen characters too.
    number = re.sub(r"[ *-]", "", body)
    if not re.fullmatch(r"[A-Z0-9]{17}", number):
        return None
    if not named and not _WRITTEN.fullmatch(body):
        return None
    if not named and sum(c.isdigit() for c in number) < 5:
        return None
    region = next((name for first, name in _REGIONS if number[0] in first), "not assigned")
    made_by = maker(number)
    years = model_years(number[9])
    parts = [
        ("maker code", number[:3]),
        ("maker", made_by or "not in our table"),
        ("region", region),
        ("description", number[3:8]),
        ("check digit", number[8]),
        ("model year", " or ".join(map(str, years)) or "not coded"),
        ("plant", number[10]),
        ("serial", number[11:]),
    ]
    strange = sorted(set(number) & set("IOQ"))
    if strange:
        told = (
            f"Has the length of a VIN, but holds {' and '.join(strange)}, which no VIN uses: "
            "look for 1 or 0."
        )
        doubt = "" if named or number[-4:].isdigit() else "any 17 letters and digits look so"
        return SchemeReading(NAME, text, number, False, tuple(parts), told, doubt, SOURCE)
    fits = check_digit(number) == number[8]
    valid: bool | None = True if fits else None
    doubt = "" if named or number[-4:].isdigit() else "the last four characters are not all digits"
    who = made_by or "a maker not in our table"
    told = f"Vehicle of {who}; the check digit fits."
    if not fits and number[0] in "1245":
        valid = False
        told = (
            f"Vehicle of {who}; the check digit, compulsory in the United States and Canada, "
            "does not fit: read it again."
        )
    elif not fits:
        told = (
            f"Vehicle of {who}; the ninth character is not the North American check digit, "
            "which is not compulsory for this maker."
        )
        doubt = doubt or "nothing in the number itself confirms the reading"
    return SchemeReading(NAME, text, number, valid, tuple(parts), told, doubt, SOURCE)
