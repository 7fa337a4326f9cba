"""The words, letters and digits of a text that names serial numbers, one after the other.

Digits of every script become 0-9 and all dashes one; where each token stood in
the text is kept, so that what was read can be shown as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from headstamp.markings.range_words import KIND_OF, PATTERN

Kind = Literal[
    "name", "from", "to", "and", "onward", "below", "filler", "except", "aside", "break", "comma",
    "colon", "slash", "dot", "dash", "letters", "digits", "word", "sign",
]


@dataclass(frozen=True, slots=True)
class Token:
    """One token: what it is, its cleaned text, as written, and where (``start`` to ``stop``).

    ``glued``: nothing stands between it and the token before.
    """

    kind: Kind
    text: str
    raw: str
    start: int
    stop: int
    glued: bool


_DASHES = frozenset("\u2212\u00ad\u30fc\uff70~\u223c\u301c\uff5e")
_SAME = {"،": ",", "、": ",", "؛": ";", "٬": ",", "’": "'", "\u061f": "?", "\u0640": ""}
_TOKEN = re.compile(
    rf"(?P<aside>\([^()\n]*\))|(?P<words>{PATTERN})"
    r"|(?P<break>[;\n]|\.(?=\s+[^\W\d_]{2,})|\.\s*$)"
    r"|(?P<more>\.{2,})|(?P<comma>,)|(?P<colon>:)|(?P<slash>[/\\])|(?P<dot>\.)|(?P<dash>-+)"
    r"|(?P<digits>(?:[0-9]|[?*](?=[0-9?*])|(?<=[0-9?*])[?*]|\[[0-9A-Za-z]{1,8}\](?=[0-9])"
    r"|(?<=[0-9])\[[0-9A-Za-z]{1,8}\])+)"
    r"|(?P<letters>[^\W\d_]+)|(?P<sign>[^\s])",
)


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, in order. Never raises; time grows with the length.

    >>> [(t.kind, t.text) for t in tokenise("s/n AB1000–1500")]
    [('name', 's/n'), ('letters', 'AB'), ('digits', '1000'), ('dash', '-'), ('digits', '1500')]
    """
    clean, places = _cleaned(text)
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(clean):
        group, said = str(match.lastgroup), match[0]
        kind: str = group
        if group == "words":
            kind = KIND_OF.get(said.casefold(), KIND_OF.get(said, "word"))
        elif group == "more":
            kind = "to"
        elif group == "letters" and not _may_be_of_a_number(clean, match):
            kind = "word"
        start, stop = places[match.start()], places[match.end() - 1] + 1
        found.append(Token(
            kind, said, text[start:stop], start, stop, match.start() == end,  # type: ignore[arg-type]
        ))
        end = match.end()
    return found


def _may_be_of_a_number(clean: str, match: re.Match[str]) -> bool:
    """Whether letters look like those of a number: beside digits, or few and not written small."""
    before = clean[match.start() - 1 : match.start()]
    after = clean[match.end() : match.end() + 1]
    if before.isdigit() or after.isdigit():
        return len(match[0]) <= 12
    return len(match[0]) <= 6 and match[0] == match[0].upper()


def _cleaned(text: str) -> tuple[str, list[int]]:
    """The text with digits, dashes and marks in one form, and where each character comes from."""
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char.isascii():
            made = "\n" if char == "\r" else char
        elif char in _DASHES or unicodedata.category(char) == "Pd":
            made = "-"
        elif char in _SAME:
            made = _SAME[char]
        elif unicodedata.category(char) in ("Cf", "Cs"):
            made = ""
        else:
            digit = unicodedata.decimal(char, None)
            # Only forms of width: full decomposition would take the sense from words.
            made = str(digit) if digit is not None else (
                " " if char.isspace() else unicodedata.normalize("NFC", char)
                if char == "№" else unicodedata.normalize("NFKC", char))
            if char == "№":
                made = "no."
        if made == "~":
            made = "-"
        out.append(made)
        places.extend([place] * len(made))
    return "".join(out), places
