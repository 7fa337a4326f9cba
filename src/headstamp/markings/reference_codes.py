"""Which parts of a marking may be codes of the reference library.

A headstamp is several codes in a ring, a lot number begins with its maker's symbol, a VIN with
its maker's three letters. A serial number is none of these: a library's ``10`` says nothing of
a serial 10, and asking for it would only make a list of wrong makers.
"""

from __future__ import annotations

import re
from itertools import pairwise

from headstamp.schemes import recognise

MOST_CODES = 12

_MAKER = ("makers_mark", "factory_code", "headstamp_element")
# Of a kind of marking: the kinds of reference marking it can be. Others can be any.
_KINDS: dict[str, tuple[str, ...]] = {
    "headstamp": ("headstamp_element", "factory_code", "makers_mark"),
    "factory_code": _MAKER,
    "maker": (*_MAKER, "part_maker_code"),
    "logo": (*_MAKER, "import_mark", "proof_mark", "acceptance_mark", "property_mark",
             "part_maker_code"),
    "import": ("import_mark",),
    "proof": ("proof_mark", "acceptance_mark"),
    "property": ("property_mark",),
    "calibre": ("headstamp_element",),
    "lot": ("factory_code", "makers_mark"),
    "serial": ("vehicle_maker_code",),
    "part_number": ("part_maker_code",),
    "date_code": (),
    "year": (),
    "barcode": (),
    "seal": ("makers_mark", "property_mark"),
}
# Kinds of marking in which each word may be a code.
_WORDS = frozenset({"headstamp", "factory_code", "maker", "logo", "import", "proof", "property",
                    "label", "stencil", "product", "unknown", "other"})
_BREAKS = re.compile(r"[\s|*\u00b7\u2022\u2605\u2606,;/]+|(?<=[^\W\d_])-(?=\d)|(?<=\d)-(?=[^\W\d_])")


def kinds_of(marking_kind: str) -> tuple[str, ...] | None:
    """The kinds of reference marking that a kind of marking can be; None: any; empty: none.

    >>> kinds_of("import"), kinds_of("year"), kinds_of("unknown")
    (('import_mark',), (), None)
    """
    return _KINDS.get(marking_kind)


def codes_in(text: str, marking_kind: str = "unknown") -> tuple[tuple[str, str], ...]:
    """What of a marking may be a code: (code, where it stands in the marking), the surest first.

    >>> codes_in("PPU 7.62x39", "headstamp")
    (('PPU 7.62x39', ''), ('PPU', 'element 1 of PPU 7.62x39'), ('7.62x39', 'element 2 of PPU 7.62x39'))
    >>> codes_in("LW-06-01A", "lot")
    (('LW', 'maker symbol of a lot number'),)
    >>> codes_in("369257", "serial")
    ()
    """
    if kinds_of(marking_kind) == ():
        return ()
    found: dict[str, str] = {}
    plain = " ".join(text.split())
    if marking_kind not in ("serial", "lot"):
        found[plain] = ""
    for reading in recognise(text):
        if reading.scheme == "vin":
            found.setdefault(reading.canonical, "the first characters of a VIN")
        elif reading.scheme == "lot_us" and marking_kind != "serial":
            found.setdefault(reading.part("maker symbol"), "maker symbol of a lot number")
    if marking_kind in _WORDS:
        words = [word for word in _BREAKS.split(plain) if any(c.isalnum() or c == "?" for c in word)]
        if 1 < len(words) <= MOST_CODES:
            for place, word in enumerate(words, 1):
                found.setdefault(word, f"element {place} of {plain}")
            # "9mm Luger" is one element of two words.
            if len(words) > 2:
                for place, (one, other) in enumerate(pairwise(words), 1):
                    found.setdefault(f"{one} {other}", f"elements {place} and {place + 1} of {plain}")
    found.pop("", None)
    return tuple(found.items())[: 2 * MOST_CODES]
