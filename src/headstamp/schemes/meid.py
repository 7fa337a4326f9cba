"""Mobile Equipment Identifier: fourteen hexadecimal digits of a CDMA phone or module.

The first two digits (region code) are A0 or higher, which keeps a MEID apart from an IMEI. A
fifteenth digit is a hexadecimal Luhn check. The decimal form has eighteen digits and is read
only where it is labelled: too many numbers have eighteen digits.

>>> read("AF0123450ABCDE").valid is None
True
>>> read("AF 01 23 45 0A BC DE").part("region code")
'AF'
>>> read("12345678901234") is None
True
"""

from __future__ import annotations

import re

from stdnum import meid
from stdnum.exceptions import ValidationError

from headstamp.schemes.reading import SchemeReading, digits_only, labelled

NAME = "meid"
TITLE = "Mobile Equipment Identifier"
SOURCE = "3GPP2 S.R0048-A; by python-stdnum (stdnum.meid)"
EXAMPLE = "AF0123450ABCDE"


def read(text: str) -> SchemeReading | None:
    """Read the hexadecimal form, with or without check digit, or the labelled decimal form."""
    body, named = labelled(text, "MEID")
    plain = re.sub(r"[ -]", "", body)
    if named and digits_only(plain) and len(plain) == 18:
        try:
            whole = str(meid.compact(plain)).upper()
        except ValidationError:
            return None
    elif re.fullmatch(r"[A-F][0-9A-F]{13,14}", plain):
        whole = plain
    else:
        return None
    parts = [
        ("region code", whole[:2]), ("maker code", whole[2:8]), ("serial", whole[8:14]),
    ]
    valid: bool | None = None
    told = "CDMA phone or module; written without check digit."
    doubt = "" if named else "fourteen hexadecimal digits may also be something else"
    if len(whole) == 15:
        parts.append(("check digit", whole[14]))
        valid = bool(meid.is_valid(whole))
        told = (
            "CDMA phone or module; the check digit fits."
            if valid
            else "Has the form of a MEID, but the check digit does not fit: read it again."
        )
        doubt = "" if named or valid else "any fifteen hexadecimal digits have this shape"
    return SchemeReading(NAME, text, whole, valid, tuple(parts), told, doubt, SOURCE)
