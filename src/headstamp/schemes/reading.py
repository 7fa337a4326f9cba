"""What a scheme makes of a marking: one frozen value, the same for every scheme.

A reading never replaces the marking: ``text`` is what was given, verbatim. ``valid`` has three
values on purpose. True: a check digit was computed and fits. False: it does not fit, so the
marking should be looked at again (most often one character was misread). None: the scheme has
no check, or the check binds only some makers; that is not a fault of the marking.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

# No identifier here is longer; a longer text is a note, not a marking.
LONGEST = 160

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")


@dataclass(frozen=True, slots=True)
class SchemeReading:
    """One scheme's reading of one text.

    ``canonical`` is the standard written form; ``parts`` are name and value in the order of
    the marking; ``explanation`` is one sentence in plain words; ``doubt`` says why the reading
    is unsure, and is empty where nothing speaks against it.
    """

    scheme: str
    text: str
    canonical: str
    valid: bool | None
    parts: tuple[tuple[str, str], ...]
    explanation: str
    doubt: str
    source: str

    def part(self, name: str) -> str:
        """The value of the first part of that name, or an empty string."""
        return next((value for key, value in self.parts if key == name), "")


class Scheme(Protocol):
    """What a scheme module has: its names, its source, a real sample, and ``read``."""

    @property
    def NAME(self) -> str: ...
    @property
    def TITLE(self) -> str: ...
    @property
    def SOURCE(self) -> str: ...
    @property
    def EXAMPLE(self) -> str: ...

    def read(self, text: str) -> SchemeReading | None: ...


@lru_cache(maxsize=512)
def tidy(text: str) -> str:
    """The text as schemes compare it: upper case, plain digits and hyphens, trimmed.

    Digits of any script become 0-9. Text too long to be a marking gives an empty string. The
    group separator of barcodes (U+001D) is kept.

    >>> tidy(" ٣٥–417803 ")
    '35-417803'
    """
    if len(text) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    kept = (
        str(digit) if not c.isascii() and (digit := unicodedata.decimal(c, None)) is not None else c
        for c in plain
    )
    return "".join(kept).upper().strip(" \t\r\n")


def labelled(text: str, *labels: str) -> tuple[str, bool]:
    """The tidied text without a leading label such as ``VIN:``, and whether it had one.

    >>> labelled("imo no. 9319466", "IMO")
    ('9319466', True)
    >>> labelled("9319466", "IMO")
    ('9319466', False)
    """
    plain = tidy(text)
    for label in labels:
        if plain.startswith(label):
            rest = re.sub(r"^(?:[\s.:#-]|NO\b|NUMBER\b|CODE\b)*", "", plain[len(label) :])
            return rest, True
    return plain, False


def digits_only(text: str) -> bool:
    """Whether the text is ASCII digits and nothing else.

    >>> digits_only("123"), digits_only("12a"), digits_only("")
    (True, False, False)
    """
    return text.isascii() and text.isdigit()
