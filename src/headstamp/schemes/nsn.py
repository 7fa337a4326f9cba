"""NATO stock number: thirteen characters that name an item of supply.

Four digits of supply class (the first two are the group), two for the national bureau that gave
the number, seven for the item; the seventh character may be a letter. The bureau is not the
country of make. Before 1974 the United States used eleven digits without the bureau (federal
stock number).

>>> stock = read("1005-01-231-0973")
>>> stock.part("supply group"), stock.part("bureau")
('10 weapons', '01 United States')
>>> read("1305-99-123-4567").part("bureau")
'99 United Kingdom'
>>> read("1005-073-9421").part("form")
'federal stock number (before 1974)'
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "nsn"
TITLE = "NATO stock number"
SOURCE = "NATO AC/135, ACodP-1; bureaux: NATO country codes of January 2017; groups: US H2 handbook"
EXAMPLE = "1005-01-231-0973"

_FULL = re.compile(r"([0-9]{4})([ /-]?)([0-9]{2})\2([0-9A-Z][0-9]{2})\2([0-9]{4})")
_FEDERAL = re.compile(r"([0-9]{4})[ -]([0-9]{3})[ -]([0-9]{4})")


def _named(list_name: str, code: str) -> str:
    term = vocabulary(list_name).get(code)
    return f"{code} {term.label}" if term else f"{code} (not in our table)"


def read(text: str) -> SchemeReading | None:
    """Read the grouped or the bare form of thirteen, or the grouped older form of eleven."""
    body, named = labelled(text, "NSN", "NATO STOCK NUMBER", "FSN")
    body = re.sub(r"\s*-\s*", "-", body)
    full, federal = _FULL.fullmatch(body), _FEDERAL.fullmatch(body)
    if full is not None:
        supply, mark, bureau, middle, last = full.groups()
        known = (
            vocabulary("nato_supply_groups").get(supply[:2]) is not None
            and vocabulary("nato_bureaux").get(bureau) is not None
        )
        if not mark and not named and not known:
            return None
        group = _named("nato_supply_groups", supply[:2])
        office = _named("nato_bureaux", bureau)
        parts = (
            ("supply group", group), ("supply class", supply), ("bureau", office),
            ("item number", f"{middle}-{last}"), ("NIIN", f"{bureau}{middle}{last}"),
        )
        told = f"Item of supply group {group}; number given by bureau {office}."
        doubt = "" if known else "the group or the bureau is not in our table"
        if not mark and not named:
            doubt = "thirteen characters without hyphens may also be a barcode number"
        canonical = f"{supply}-{bureau}-{middle}-{last}"
        return SchemeReading(NAME, text, canonical, None, parts, told, doubt, SOURCE)
    if federal is not None:
        supply, middle, last = federal.groups()
        if not named and vocabulary("nato_supply_groups").get(supply[:2]) is None:
            return None
        group = _named("nato_supply_groups", supply[:2])
        parts_old = (
            ("form", "federal stock number (before 1974)"), ("supply group", group),
            ("supply class", supply), ("item number", f"{middle}-{last}"),
        )
        told = f"United States item of supply group {group}, in the form used before 1974."
        doubt = "" if named else "the older form; a telephone number may look the same"
        return SchemeReading(
            NAME, text, f"{supply}-{middle}-{last}", None, parts_old, told, doubt, SOURCE
        )
    return None
