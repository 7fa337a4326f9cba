"""Global Trade Item Number: the number under a retail or carton barcode.

Eight, twelve, thirteen or fourteen digits, the last a check digit with weights 3 and 1. The
leading digits tell which GS1 office gave the number to the firm, not where the good was made;
a fourteen-digit number begins with the packing level.

>>> read("73513537").valid, read("98412345678908").valid
(True, True)
>>> read("8 412345 678905").canonical
'8412345678905'
>>> read("73513538").valid
False
"""

from __future__ import annotations

import re

from stdnum import ean

from headstamp.schemes.reading import SchemeReading, digits_only, labelled
from headstamp.vocab import vocabulary

NAME = "gtin"
TITLE = "Global Trade Item Number (GTIN-8, 12, 13, 14)"
SOURCE = "GS1 General Specifications, section 3 and 7.9; check digit by python-stdnum (stdnum.ean)"
EXAMPLE = "8412345678905"

_LENGTHS = {8: "GTIN-8", 12: "GTIN-12", 13: "GTIN-13", 14: "GTIN-14"}


def issuer(prefix: str) -> str:
    """The GS1 office whose range holds a three-digit prefix, or an empty string.

    >>> issuer("841")
    'Spain and Andorra'
    """
    for term in vocabulary("gs1_prefixes"):
        low, _, high = term.code.partition("-")
        if low <= prefix <= high:
            return term.label
    return ""


def read(text: str) -> SchemeReading | None:
    """Read a text of 8, 12, 13 or 14 digits; spaces and hyphens between them are allowed."""
    body, named = labelled(text, "GTIN-8", "GTIN-12", "GTIN-13", "GTIN-14", "GTIN", "EAN", "UPC")
    if not re.fullmatch(r"[0-9](?:[ -]?[0-9]){7,13}", body):
        return None
    # Barcode numbers are printed bare or with spaces; other groups are stock numbers and dates.
    if not named and ("-" in body or re.fullmatch(r"[0-9]{4} [0-9]{2} [0-9]{3} [0-9]{4}", body)):
        return None
    digits = re.sub(r"[ -]", "", body)
    if not digits_only(digits) or len(digits) not in _LENGTHS:
        return None
    kind = _LENGTHS[len(digits)]
    valid = bool(ean.is_valid(digits))
    parts: list[tuple[str, str]] = [("kind", kind)]
    whole = digits.zfill(14)
    if len(digits) == 14:
        parts.append(("packing level", digits[0]))
    # GTIN-8 prefixes are a range of their own and stand at the front of the eight digits.
    prefix = digits[:3] if len(digits) == 8 else whole[1:4]
    office = issuer(prefix)
    parts += [("GS1 prefix", prefix), ("prefix of", office or "not known")]
    parts.append(("check digit", digits[-1]))
    doubt = ""
    if valid:
        told = f"{kind}, check digit fits; GS1 prefix {prefix}: {office}."
        if not office:
            told = f"{kind}, check digit fits; the GS1 prefix {prefix} is not in our table."
        if len(digits) == 8 and not named:
            doubt = "an 8-digit number passes by chance one time in ten"
        elif len(digits) == 12 and not named:
            doubt = "a 12-digit number passes by chance one time in ten"
        elif not named and not office:
            doubt = "one number in ten passes by chance, and the prefix is not known"
    else:
        told = f"Has the length of a {kind}, but the check digit does not fit: read it again."
        doubt = "" if named else f"a serial may have {len(digits)} digits as well"
    return SchemeReading(NAME, text, digits, valid, tuple(parts), told, doubt, SOURCE)
