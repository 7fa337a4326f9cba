"""Date code of electronic parts: two digits of the year and two of the week (YYWW).

Makers print it after package and mask codes (``VQG100EGQ1429`` is 2014, week 29), after the
letters D/C, or alone. Four digits alone are often something else: a year, a lot, a part number;
such a reading says so. A date code bounds the time between making and finding from below.

>>> read("VQG100EGQ1429").part("year"), read("VQG100EGQ1429").part("week")
('2014', '29')
>>> read("D/C 9852").canonical
'1998-W52'
>>> read("1429").doubt != ""
True
>>> read("1499") is None
True
"""

from __future__ import annotations

import itertools
import re

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "date_code"
TITLE = "Date code of an electronic part (year and week)"
SOURCE = "YYWW as in EIA-476-A; embedded form: marking practice on programmable logic devices"
EXAMPLE = "VQG100EGQ1429"

# Package letters, pins, grade letters, then the date: CSG225DIV1649, VQG100EGQ1429.
_EMBEDDED = re.compile(r"[A-Z]{2,4}[0-9]{2,4}[A-Z]{2,4}([0-9]{4})")
_ALONE = re.compile(r"[0-9]{4}")
# A part's name holds letters and digits; "AK 4352" is a serial, "NV08CD-R6 1339" is a part.
_PART_NAME = re.compile(r"(?=.*[A-Z])(?=.*[0-9])[A-Z0-9./-]{5,}")
# Codes later than this are taken as other numbers. A reading needs no clock, so the bound is
# generous; it has to move once in a generation.
LAST_YEAR = 2039


def _week(code: str) -> tuple[str, str] | None:
    """Year and week, or None. 70-99 are 19xx and lower figures 20xx: no such part is older."""
    year, week = int(code[:2]), int(code[2:])
    year += 1900 if year >= 70 else 2000
    return (str(year), code[2:]) if 1 <= week <= 53 and year <= LAST_YEAR else None


def read(text: str) -> SchemeReading | None:
    """Read a date code that stands alone, is labelled, or ends a token of a part's marking."""
    body, named = labelled(text, "DATE CODE", "DATECODE", "D/C", "DC")
    tokens = body.split()
    if not tokens or len(tokens) > 12:
        return None
    embedded = [(t, found[1]) for t in tokens if (found := _EMBEDDED.fullmatch(t))]
    alone = [(t, t) for t in tokens if _ALONE.fullmatch(t)]
    # Where several words are given, a bare number is only read right after a part's name.
    if len(tokens) > 1 and not named:
        after = {t for name, t in itertools.pairwise(tokens) if _PART_NAME.fullmatch(name)}
        alone = [choice for choice in alone if choice[0] in after]
    choices = embedded + alone
    for token, code in choices:
        read_as = _week(code)
        if read_as is None:
            continue
        year, week = read_as
        parts = (("token", token), ("date code", code), ("year", year), ("week", week))
        told = f"Electronic part made in {year}, week {week}."
        if token != code:
            doubt = "read from the place of four digits at the end of the marking"
        elif named:
            doubt = ""
        else:
            doubt = "four digits alone are more often something else than a date"
            if code[:2] in ("19", "20"):
                doubt += f", for instance the year {code}"
        return SchemeReading(NAME, text, f"{year}-W{week}", None, parts, told, doubt, SOURCE)
    return None
