"""Lot number of US-pattern ammunition (MIL-STD-1168), newer and older form.

Newer: maker's symbol, two digits of the year, a month letter A-M without I, interfix number,
hyphen (or an identifier letter), sequence number, and, where the lot was reworked, a suffix.
Thirteen to sixteen characters, no spaces. Older: maker's code, interfix, sequence, suffix.
Finds with the same lot left one line of one plant together.

>>> lot = read("XYZ07D006-004")
>>> lot.part("year"), lot.part("month"), lot.part("interfix"), lot.part("sequence")
('2007', 'April', '006', '004')
>>> old = read("LW-06-01A")
>>> old.part("maker symbol"), old.part("interfix"), old.part("sequence"), old.part("suffix")
('LW', '06', '01', 'A')
>>> read("XYZ07I006-004") is None
True
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "lot_us"
TITLE = "Ammunition lot number (MIL-STD-1168)"
SOURCE = "MIL-STD-1168C, section 4.1; older form: US Army MM0145A, table 1-1"
EXAMPLE = "XYZ07D006-004"

_MONTHS = dict(
    zip(
        "ABCDEFGHJKLM",
        (
            "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December",
        ),
        strict=True,
    )
)
_NEW = re.compile(
    r"([A-Z]{1,3}|[A-Z][A-Z0-9]{2})([0-9]{2})([A-HJ-M])([0-9]{3})([A-Z-])([0-9]{3})([A-Z]{0,3})"
)
_OLD = re.compile(r"([A-Z]{2,3})-([0-9]{1,3})-([0-9]{1,4})([A-Z]{0,2})")


def _year(two: str) -> str:
    """The standard dates from the 1970s, so 70-99 are 19xx and 00-69 are 20xx."""
    return f"19{two}" if int(two) >= 70 else f"20{two}"


def read(text: str) -> SchemeReading | None:
    """Read either form, with or without the word LOT before it."""
    body, named = labelled(text, "LOT", "L/N")
    body = re.sub(r"\s*-\s*", "-", body)
    new = _NEW.fullmatch(body)
    if new is not None:
        symbol, year, month, interfix, link, sequence, suffix = new.groups()
        parts = [
            ("maker symbol", symbol), ("year", _year(year)), ("month", _MONTHS[month]),
            ("interfix", interfix), ("sequence", sequence),
        ]
        if link != "-":
            parts.append(("lot identifier", link))
        if suffix:
            parts.append(("suffix", suffix))
        told = (
            f"Ammunition lot of maker {symbol}, {_MONTHS[month]} {_year(year)}, interfix "
            f"{interfix}, lot {sequence} of that series" + (", reworked." if suffix else ".")
        )
        doubt = "the year has two digits: the century is taken from the age of the standard"
        return SchemeReading(NAME, text, body, None, tuple(parts), told, doubt, SOURCE)
    old = _OLD.fullmatch(body)
    if old is None:
        return None
    symbol, interfix, sequence, suffix = old.groups()
    parts = [
        ("form", "older"), ("maker symbol", symbol), ("interfix", interfix),
        ("sequence", sequence),
    ]
    if suffix:
        parts.append(("suffix", suffix))
    told = (
        f"Ammunition lot of maker {symbol} in the older form, which has no date: interfix "
        f"{interfix}, lot {sequence}" + (", reworked." if suffix else ".")
    )
    doubt = "" if named else "a part number or an item tag may have the same shape"
    return SchemeReading(NAME, text, body, None, tuple(parts), told, doubt, SOURCE)
