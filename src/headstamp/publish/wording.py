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

from headstamp.places import svg
from headstamp.records import BY_NAME

_CODE = re.compile(r"[0-9A-Za-z?][0-9A-Za-z?*#+_.,:/-]*[0-9A-Za-z?]")
_RTL = ("R", "AL")


def number(value: float) -> str:
    """A count with its thousands parted.

    >>> number(5806), number(2.5)
    ('5,806', '2.5')
    """
    return svg.count(value)


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


def plural(count: float, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "item"), plural(2, "tally", "tallies")
    ('1 item', '2 tallies')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


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


def marking(text: str) -> Markup:
    """A marking, shut off from the text around it; left to right unless its letters run otherwise.

    >>> marking("07-85")
    Markup('<bdi dir="ltr" class="marking">07-85</bdi>')
    """
    way = "rtl" if runs_right_to_left(text) else "ltr"
    return Markup(f'<bdi dir="{way}" class="marking">{svg.text(text)}</bdi>')  # escaped above


def said(text: str) -> Markup:
    """Somebody's words inside a line of ours, shut off from its direction."""
    if text.isascii():
        return Markup(svg.text(text))  # escaped
    if runs_right_to_left(text):
        return Markup(f'<bdi dir="rtl">{_codes_isolated(text)}</bdi>')  # escaped inside
    return Markup(f"<bdi>{svg.text(text)}</bdi>")  # escaped


def prose(text: str) -> Markup:
    """Somebody's words as blocks, one for each line, each running its own way."""
    return Markup("").join(_block(line) for line in text.split("\n") if line.strip())


def _block(line: str) -> Markup:
    if runs_right_to_left(line):
        return Markup(f'<p class="said" dir="rtl">{_codes_isolated(line)}</p>')  # escaped inside
    return Markup(f'<p class="said" dir="auto">{svg.text(line)}</p>')  # escaped


def _codes_isolated(text: str) -> str:
    """Right-to-left text, escaped, with every number and code in it set left to right."""
    out, last = [], 0
    for found in _CODE.finditer(text):
        out.append(svg.text(text[last : found.start()]))
        out.append(f'<bdi dir="ltr">{svg.text(found[0])}</bdi>')
        last = found.end()
    return "".join((*out, svg.text(text[last:])))


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
