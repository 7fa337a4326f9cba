"""International Mobile Equipment Identity: the number of a phone or cellular module.

Fourteen digits and a Luhn check digit. The first eight (type allocation code) name the model.
Sixteen digits are the form with a software version (IMEISV), which has no check digit.

>>> read("35-417803-685978-9").valid, read("35-417803-685978-1").valid
(True, False)
>>> read("35-417803-685978-9").part("type allocation code")
'35417803'
"""

from __future__ import annotations

import re

from stdnum import luhn

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "imei"
TITLE = "International Mobile Equipment Identity"
SOURCE = "3GPP TS 23.003, section 6; check digit by python-stdnum (stdnum.luhn)"
EXAMPLE = "35-417803-685978-9"


def read(text: str) -> SchemeReading | None:
    """Read fifteen digits (with check digit), or fourteen or sixteen where labelled or grouped."""
    body, named = labelled(text, "IMEISV", "IMEI1", "IMEI2", "IMEI")
    if not re.fullmatch(r"[0-9][0-9 /-]{12,22}[0-9]", body):
        return None
    digits = re.sub(r"[ /-]", "", body)
    grouped = bool(re.fullmatch(r"[0-9]{2}[ /-][0-9]{6}[ /-][0-9]{6}(?:[ /-][0-9]{1,2})?", body))
    if len(digits) not in (14, 15, 16) or (len(digits) != 15 and not (named or grouped)):
        return None
    parts = [("type allocation code", digits[:8]), ("serial", digits[8:14])]
    canonical = f"{digits[:2]}-{digits[2:8]}-{digits[8:14]}"
    if len(digits) == 15:
        valid: bool | None = bool(luhn.is_valid(digits))
        parts.append(("check digit", digits[14]))
        canonical += f"-{digits[14]}"
        told = (
            "Phone or cellular module; the Luhn check digit fits."
            if valid
            else "Has the form of an IMEI, but the check digit does not fit: read it again."
        )
        doubt = "" if named or grouped else "a 15-digit number passes by chance one time in ten"
        if not valid and not (named or grouped):
            doubt = "any 15-digit number has this shape"
    elif len(digits) == 16:
        valid, doubt = None, ""
        parts.append(("software version", digits[14:]))
        canonical += f"-{digits[14:]}"
        told = "Phone or cellular module with software version; this form has no check digit."
    else:
        valid, doubt = None, "the check digit is missing"
        told = "Phone or cellular module, written without its check digit."
    return SchemeReading(NAME, text, canonical, valid, tuple(parts), told, doubt, SOURCE)
