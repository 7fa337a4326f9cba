"""IMO ship identification number: seven digits that stay with a hull for life.

The last digit is a check: the first six times 7, 6, 5, 4, 3, 2, summed, last figure. A company
number (IMO company identification) has the same length and another check.

>>> read("IMO 9319466").valid, read("8814275").valid, read("IMO 8814274").valid
(True, True, False)
>>> read("8814275").canonical
'IMO 8814275'
"""

from __future__ import annotations

import re

from stdnum import imo

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "imo"
TITLE = "IMO ship identification number"
SOURCE = "IMO Resolution A.1117(30); check digit by python-stdnum (stdnum.imo)"
EXAMPLE = "IMO 9319466"


def read(text: str) -> SchemeReading | None:
    """Read seven digits, labelled ``IMO`` or bare."""
    body, named = labelled(text, "IMO")
    if not re.fullmatch(r"[0-9]{7}", body):
        return None
    valid = bool(imo.is_valid(body))
    parts = (("number", body[:6]), ("check digit", body[6]))
    if valid:
        told = "Ship; the check digit fits."
        doubt = "" if named else "a 7-digit number passes by chance one time in ten"
    else:
        told = (
            "Has the form of a ship number, but the check digit does not fit: read it again, or "
            "it is a company number."
        )
        doubt = "" if named else "any 7-digit serial has this shape"
    return SchemeReading(NAME, text, f"IMO {body}", valid, parts, told, doubt, SOURCE)
