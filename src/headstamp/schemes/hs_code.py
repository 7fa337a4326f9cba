"""Customs code of the Harmonized System: what kind of good a paper declares.

Two digits name the chapter, four the heading, six the subheading; longer codes are national
additions (the EU uses eight and ten). Codes on the Common High Priority List carry their tier.
There is no check digit, and a code not in the 2022 edition may belong to another edition.

>>> read("9306.30").part("subheading")
'930630 Ammunition; cartridges and parts thereof n.e.c. in heading no. 9306'
>>> read("8542.31.00").part("high priority")
'tier 1'
>>> read("HS 9301").part("heading")[:21]
'9301 Military weapons'
>>> read("000000") is None
True
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "hs_code"
TITLE = "Harmonized System customs code"
SOURCE = "World Customs Organization, Harmonized System 2022 (titles as in our list hs_2022)"
EXAMPLE = "9306.30"

_GROUPED = re.compile(r"[0-9]{4}[. ][0-9]{2}(?:[. ]?[0-9]{2}){0,2}")
_LABELS = ("HS CODE", "HSCODE", "HTS", "HS", "TARIC", "CN CODE", "NCM", "УКТЗЕД", "ТН ВЭД")
_LEVELS = ((2, "chapter"), (4, "heading"), (6, "subheading"))


def read(text: str) -> SchemeReading | None:
    """Read 4, 6, 8 or 10 digits, grouped or bare; bare ones only where the code exists."""
    body, named = labelled(text, *_LABELS)
    if not re.fullmatch(r"[0-9][0-9. ]{2,13}[0-9]", body):
        return None
    digits = re.sub(r"[. ]", "", body)
    grouped = bool(_GROUPED.fullmatch(body))
    if len(digits) not in (4, 6, 8, 10) or (digits != body and not grouped and not named):
        return None
    titles = vocabulary("hs_2022")
    known = [(name, titles.get(digits[:size])) for size, name in _LEVELS if size <= len(digits)]
    deepest = known[-1][1]
    if deepest is None and not named and not (grouped and known[1][1] is not None):
        return None
    parts = [(name, f"{term.code} {term.label}") for name, term in known if term is not None]
    if len(digits) > 6:
        parts.append(("national addition", digits[6:]))
    tier = vocabulary("common_high_priority").get(digits[:6])
    if tier is not None:
        parts.append(("high priority", tier.note))
    canonical = digits if len(digits) == 4 else f"{digits[:4]}.{digits[4:6]}"
    canonical += "".join(f".{digits[i : i + 2]}" for i in range(6, len(digits), 2))
    last = next((term for _, term in reversed(known) if term is not None), None)
    told = f"Customs code for: {last.label}." if last else "A customs code not in our list."
    if tier is not None:
        told += f" On the Common High Priority List, {tier.note}."
    doubt = "" if grouped or named else f"any {len(digits)}-digit number may look like this"
    if deepest is None:
        doubt = "not in the 2022 edition: another edition, or misread"
    return SchemeReading(NAME, text, canonical, None, tuple(parts), told, doubt, SOURCE)
