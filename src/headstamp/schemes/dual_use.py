"""Entry of the dual-use list, as licences and data sheets write it: 3A001.a.2.

A digit for the category, a letter for the group, three digits for the entry: the first of them
tells which regime asked for the control. The United States' numbers (ECCN) have the same shape;
their entries from 9xx are the United States' own, those from 6xx formerly military.

>>> read("3A001g2").canonical
'3A001.g.2'
>>> entry = read("ECCN 5A992.c")
>>> entry.part("category"), entry.part("regime")
('5 telecommunications and information security', 'United States only')
>>> read("3F001") is None
True
"""

from __future__ import annotations

import re

from headstamp.schemes.reading import SchemeReading, labelled
from headstamp.vocab import vocabulary

NAME = "dual_use"
TITLE = "Dual-use list entry (EU Annex I, ECCN)"
SOURCE = "Regulation (EU) 2021/821, Annex I; 15 CFR 774, Supplement 1 (Commerce Control List)"
EXAMPLE = "3A001.a.2"

_FORM = re.compile(r"([0-9])([A-E])([0-9])([0-9]{2})((?:\.?[A-Z](?:\.?[0-9]{1,2})?){0,3}\.?)")
_REGIMES = {
    "0": "Wassenaar Arrangement",
    "1": "Missile Technology Control Regime",
    "2": "Nuclear Suppliers Group",
    "3": "Australia Group",
    "4": "Chemical Weapons Convention",
    "5": "national",
    "6": "United States, formerly military",
    "9": "United States only",
}


def read(text: str) -> SchemeReading | None:
    """Read category, group, entry and sub-entry, with or without a label."""
    body, named = labelled(text, "ECCN", "EU ANNEX I", "ANNEX I", "DUAL-USE", "DUAL USE", "AL")
    found = _FORM.fullmatch(body)
    if found is None:
        return None
    category, group, regime, rest, tail = found.groups()
    under = [level.lower() for level in re.findall(r"[A-Z]|[0-9]+", tail)]
    names = vocabulary("dual_use_categories")
    parts = [
        ("category", f"{category} {names.label(category)}"),
        ("group", f"{group} {names.label(group)}"),
        ("regime", _REGIMES.get(regime, "not assigned")),
        ("entry", f"{category}{group}{regime}{rest}"),
    ]
    if under:
        parts.append(("sub-entry", ".".join(under)))
    canonical = ".".join([f"{category}{group}{regime}{rest}", *under])
    told = f"Dual-use list, {names.label(category)}: {names.label(group)}."
    doubt = "" if named else "a short part number or serial may have the same shape"
    return SchemeReading(NAME, text, canonical, None, tuple(parts), told, doubt, SOURCE)
