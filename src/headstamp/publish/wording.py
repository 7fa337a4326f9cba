"""How values are worded in a report: numbers, shares, dates, and text of any direction.

A marking stands in a box of its own direction, always: inside an Arabic line
the bidirectional algorithm would show ``07-85`` as ``85-07`` (Unicode Standard
Annex 9). Free text in a right-to-left script becomes a block that runs its own
way, and what looks like a number or a code inside it is isolated likewise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from headstamp.kinds.counted import number as number
from headstamp.kinds.counted import plural as plural
from headstamp.places import svg
from headstamp.records import BY_NAME

# Right-to-left blocks: Hebrew, Arabic and their neighbours, with their presentation forms.
_OTHER = r"\s\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_WORD = rf"[^{_OTHER}]*[^\W{_OTHER}][^{_OTHER}]*"
_CODE = re.compile(rf"{_WORD}(?: {_WORD})*")
_RTL = ("R", "AL")
# Numbers parted by signs: 07-85, ٠٧-٨٥, 12/345.
PARTED = re.compile(r"\d+(?:[-/.:,\u2010-\u2013]\d+)+")


def share(part: float, whole: float) -> str:
    """A part of a whole in per cent; ``<0.1 %`` rather than a nought that is none.

    >>> share(1, 3), share(1, 5000), share(0, 5), share(5, 5), share(0, 0)
    ('33.3 %', '<0.1 %', '0 %', '100 %', '')
    """
    if not whole:
        return ""
    per_cent = 100 * part / whole
    if 0 < per_cent < 0.05:
        return "<0.1 %"
    return "100 %" if part == whole else "0 %" if not part else f"{per_cent:.1f} %"


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a right-to-left script.

    >>> runs_right_to_left("دفعة 07-85"), runs_right_to_left("07-85"), runs_right_to_left("lot")
    (True, False, False)
    """
    for letter in text:
        way = unicodedata.bidirectional(letter)
        if way in _RTL:
            return True
        if way == "L":
            return False
    return False


def _built(html: str) -> Markup:
    """Markup of ours in which everything from a case has been escaped; the only door to it."""
    return Markup(html)  # noqa: S704


def marking(text: str) -> Markup:
    """A marking, shut off from the text around it; left to right unless its letters run otherwise.

    >>> marking("07-85")
    Markup('<bdi dir="ltr" class="marking">07-85</bdi>')
    >>> marking("٠٧-٨٥")
    Markup('<bdi dir="ltr" class="marking"><bdo dir="ltr">٠٧-٨٥</bdo></bdi>')
    """
    if runs_right_to_left(text):
        return _built(f'<bdi dir="rtl" class="marking">{_codes_isolated(text)}</bdi>')
    return _built(f'<bdi dir="ltr" class="marking">{_numbers_in_order(text)}</bdi>')


def _numbers_in_order(text: str) -> str:
    """A text, escaped, in which parted numbers keep their order.

    Digits of Arabic scripts, and any after an Arabic letter, run as a number each,
    but the parts of ``٠٧-٨٥`` would change places even when the text is isolated.
    """
    if text.isascii():
        return svg.text(text)
    out, last = [], 0
    for found in PARTED.finditer(text):
        out.append(svg.text(text[last : found.start()]))
        out.append(f'<bdo dir="ltr">{svg.text(found[0])}</bdo>')
        last = found.end()
    return "".join((*out, svg.text(text[last:])))


def said(text: str) -> Markup:
    """Somebody's words inside a line of ours, shut off from its direction."""
    if text.isascii():
        return _built(svg.text(text))
    if runs_right_to_left(text):
        return _built(f'<bdi dir="rtl">{_codes_isolated(text)}</bdi>')
    return _built(f"<bdi>{svg.text(text)}</bdi>")


def in_order(text: str) -> Markup:
    """A text that runs left to right, escaped, its parted numbers in order also behind Arabic letters.

    >>> in_order("white, «قسم 07-85»")
    Markup('white, «قسم <bdo dir="ltr">07-85</bdo>»')
    """
    return _built(_numbers_in_order(text))


def listed(parts: Iterable[str]) -> Markup:
    """Several people's words in one line of ours, each shut off from the next."""
    return Markup(", ").join(said(part) for part in parts if part)


def prose(text: str) -> Markup:
    """Somebody's words as blocks, one for each line, each running its own way."""
    return Markup("").join(_block(line) for line in text.split("\n") if line.strip())


def _block(line: str) -> Markup:
    if runs_right_to_left(line):
        return _built(f'<p class="said" dir="rtl">{_codes_isolated(line)}</p>')
    return _built(f'<p class="said" dir="auto">{svg.text(line)}</p>')


def _codes_isolated(text: str) -> str:
    """Right-to-left text, escaped, with every number, code and foreign word set left to right."""
    out, last = [], 0
    for found in _CODE.finditer(text):
        code = found[0]
        # Brackets, commas and full stops around a code belong to the sentence.
        start = found.start() + len(code) - len(code.lstrip("([{<\"'«,.;:!"))
        end = found.end() - (len(code) - len(code.rstrip(")]}>\"'»,.;:!")))
        out.append(_numbers_in_order(text[last:start]))
        out.append(f'<bdi dir="ltr">{svg.text(text[start:end])}</bdi>')
        last = end
    return "".join((*out, _numbers_in_order(text[last:])))


def once(texts: Iterable[str]) -> list[str]:
    """Texts without the sentences that an earlier one has said; empty ones left out.

    >>> once(["Not proven. A type.", "Not proven. A guess.", "A type."])
    ['Not proven. A type.', 'A guess.']
    """
    said_before: set[str] = set()
    left = []
    for text in texts:
        sentences = re.split(r"(?<=[.!?])\s+", text.strip())
        new = [sentence for sentence in sentences if sentence not in said_before]
        said_before.update(new)
        if new and new[0]:
            left.append(" ".join(new))
    return left


def shown(kind: str, field: str, value: Any) -> str:
    """A field's value as its declaration shows it; empty for None."""
    if value is None:
        return ""
    fact = BY_NAME[kind].fact(field)
    return fact.show(value) if fact is not None else str(value)


def field(kind: str, values: Mapping[str, Any], name: str) -> str:
    """The field of a record as its declaration shows it; empty where there is nothing."""
    return shown(kind, name, values.get(name))


def joined(parts: Iterable[str], by: str = ", ") -> str:
    """The parts that are not empty, in one line."""
    return by.join(part for part in parts if part)
