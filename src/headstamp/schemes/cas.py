"""CAS Registry Number: the identity of a chemical substance.

Two to seven digits, two digits, one check digit (places counted from the right, summed, last
figure). Where the substance stands on the list of Regulation (EU) 2019/1148 the reading says
so: list and version, nothing else.

>>> read("7732-18-5").valid, read("7732-18-4").valid
(True, False)
>>> read("87-86-5").valid, read("87-86-6").valid
(True, False)
>>> read("CAS No. 7697-37-2").part("substance")
'nitric acid'
"""

from __future__ import annotations

import re

from stdnum import casrn

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "cas"
TITLE = "CAS Registry Number"
SOURCE = "Chemical Abstracts Service, check digit rule; by python-stdnum (stdnum.casrn)"
EXAMPLE = "7732-18-5"


def read(text: str) -> SchemeReading | None:
    """Read digits grouped by hyphens as ``7732-18-5``."""
    body, _ = labelled(text, "CAS-RN", "CAS RN", "CASRN", "CAS")
    body = re.sub(r"\s*-\s*", "-", body)
    if not re.fullmatch(r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]", body):
        return None
    valid = bool(casrn.is_valid(body))
    parts = [("number", body.rpartition("-")[0]), ("check digit", body[-1])]
    told = "Chemical substance; the check digit fits."
    if not valid:
        told = "Has the form of a CAS number, but the check digit does not fit: read it again."
    listed = vocabulary("regulated_substances").get(body) if valid else None
    if listed is not None:
        parts += [("substance", listed.label), ("list", listed.note)]
        told = f"{listed.label.capitalize()}; on the list {listed.note}."
    return SchemeReading(NAME, text, body, valid, tuple(parts), told, "", SOURCE)
