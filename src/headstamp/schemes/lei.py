"""Legal Entity Identifier: twenty characters that name one firm or body.

Four for the issuing office, fourteen for the entity, two check digits (ISO 7064 mod 97-10).

>>> read("213800KUD8LAJWSQ9D15").valid
True
>>> read("213800KUD8LAJWSQ9D16").valid
False
"""

from __future__ import annotations

import re

from stdnum import lei

from headstamp.schemes.reading import SchemeReading, labelled

NAME = "lei"
TITLE = "Legal Entity Identifier"
SOURCE = "ISO 17442; check digits by python-stdnum (stdnum.lei)"
EXAMPLE = "213800KUD8LAJWSQ9D15"


def read(text: str) -> SchemeReading | None:
    """Read twenty letters and digits that end in two digits."""
    body, named = labelled(text, "LEI")
    code = re.sub(r"[ -]", "", body)
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", code):
        return None
    valid = bool(lei.is_valid(code))
    parts = (("issuing office", code[:4]), ("entity", code[4:18]), ("check digits", code[18:]))
    told = "Legal entity; the check digits fit."
    doubt = ""
    if not valid:
        told = "Has the form of an LEI, but the check digits do not fit: read it again."
        doubt = "" if named else "any twenty characters ending in two digits have this shape"
    return SchemeReading(NAME, text, code, valid, parts, told, doubt, SOURCE)
