"""Category of the munitions list, as licences and statistics write it: ML1 to ML22.

The Wassenaar list and the EU Common Military List use the same numbers; the United Kingdom adds
letters and figures the same way. The list ends at ML22, so a higher number is a misreading.

>>> read("ML4a").canonical, read("ML 4.a.1").canonical
('ML4.a', 'ML4.a.1')
>>> read("ML3").part("category")
'ML3 ammunition and fuze setting devices'
>>> read("ML23").valid
False
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, tidy
from headstamp.vocab import vocabulary

NAME = "munitions_list"
TITLE = "Munitions list category"
SOURCE = "Wassenaar Munitions List; Common Military List of the European Union"
EXAMPLE = "ML4a"

_FORM = re.compile(r"(?:EU |UK )?ML ?-?([0-9]{1,2})((?:[. ]?(?:[A-Z]|[0-9]{1,2}))*)\.?")


def read(text: str) -> SchemeReading | None:
    """Read ``ML`` with its number and any sub-entry."""
    body = tidy(text)
    if len(body) > 24:
        return None
    found = _FORM.fullmatch(body)
    if found is None:
        return None
    number = int(found.group(1))
    under = [level.lower() for level in re.findall(r"[A-Z]|[0-9]{1,2}", found.group(2))]
    if under and not under[0].isalpha():
        return None
    canonical = ".".join([f"ML{number}", *under])
    term = vocabulary("munitions_list").get(f"ML{number}")
    if term is None:
        told = f"The munitions list runs from ML1 to ML22 and has no ML{number}: read it again."
        return SchemeReading(NAME, text, canonical, False, (), told, "", SOURCE)
    parts = [("category", f"{term.code} {term.label}")]
    if under:
        parts.append(("entry", ".".join(under)))
    told = f"Munitions list {term.code}: {term.label}."
    return SchemeReading(NAME, text, canonical, None, tuple(parts), told, "", SOURCE)
