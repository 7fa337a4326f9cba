"""Reading a component's text: product, part number, date code, lot, where the text supports them.

Those who publish parts found in weapons write the product's name and what is
printed on the part into one line: ``"Comparator MAX974 ESE 1835 +"``. This takes
such a line apart by named rules. Nothing is made up: a text that supports no
part number gives none, every part is a run of characters of the text, and each
carries its rule, its source and its doubt. Rules that know one maker's practice
apply only where that maker is given.

>>> read = parse_component("Comparator MAX974 ESE 1835 +", "Maxim Integrated Products (Analog Devices)")
>>> read.product.text, read.part_number.text, read.date_code.meaning
('Comparator', 'MAX974 ESE', '2018-W35')
>>> parse_component("Electrolytic capacitor 16V").part_number is None
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headstamp.markings import component_date, component_lot, part_number
from headstamp.markings.component_part import ComponentRule, Part, Refused
from headstamp.markings.component_tokens import Token, tokens

__all__ = ["RULES", "ComponentReading", "parse_component"]

LONGEST = 600
"""A longer text is a note, not the line of a component: nothing is read out of it."""

BEFORE = ComponentRule(
    "words_before", "product", "the words before the first code", "form of the text itself")
AFTER = ComponentRule(
    "words_after", "product", "the words after a code that comes first", "form of the text itself")
WHOLE = ComponentRule(
    "words_only", "product", "the text holds words and no code", "form of the text itself")
RULES: tuple[ComponentRule, ...] = (
    BEFORE, AFTER, WHOLE, *part_number.RULES, *component_date.RULES, *component_lot.RULES,
)
"""All rules, by the part they read."""

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NOTHING = frozenset({"n/a", "na", "n.a", "unspecified", "(unspecified)", "unknown", "not identified"})


@dataclass(frozen=True, slots=True)
class ComponentReading:
    """What a component's text says: each part or None; ``other`` words that no rule explains."""

    text: str
    product: Part | None
    part_number: Part | None
    date_code: Part | None
    lot: Part | None
    other: tuple[str, ...]
    refused: tuple[Refused, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that are there, in the order of their names above."""
        return tuple(p for p in (self.product, self.part_number, self.date_code, self.lot) if p)


def parse_component(text: str, maker: str | None = None, *, by: str | None = None) -> ComponentReading:
    """Takes a component's text apart. Never raises on any text.

    ``maker`` is its maker's name as written, ``by`` the ISO day by which it was
    published: a date code that says a later week is refused, with the reason.
    """
    firm = maker or ""
    if not text.strip() or len(text) > LONGEST or text.strip().casefold() in _NOTHING:
        return ComponentReading(text, None, None, None, None, (), ())
    words = tokens(text, firm)
    found = part_number.part_number(text, words, firm)
    taken = range(found.first, found.last + 1) if found else range(0)
    dated, refused = component_date.date_code(
        text, words, taken, firm, by or component_date.LATEST
    )
    number = found.part if found else None
    if number is not None and number.rule is part_number.DIGITS and len(number.text) == 4:
        number = _both_said(number, by or component_date.LATEST)
    lot = component_lot.lot(text, words, taken, dated)
    product = _product(text, words, taken, dated.place if dated else None)
    spans = [p.span for p in (product, number, dated.part if dated else None, lot) if p]
    other = tuple(
        w.text for w in words
        if w.kind != "brand" and not any(s < w.end and w.start < e for s, e in spans)
    )
    return ComponentReading(
        text, product, number, dated.part if dated else None, lot, other, tuple(refused)
    )


def _both_said(number: Part, by: str) -> Part:
    """A four-digit number read as part number: whether it could be a week is told, too."""
    week, wrong = component_date.yyww(number.text, by)
    told = f"as a date code it would be {week}" if week else f"it is no date code: {wrong}"
    return Part(number.kind, number.text, number.span, number.rule, number.sureness,
                f"{number.doubt}; {told}")


def _product(text: str, words: list[Token], taken: range, dated: int | None) -> Part | None:
    """The run of words that names the product."""
    ends = [n for n in (taken.start if taken else None, dated) if n is not None]
    # Another code before the part number is a lot or a top mark, not a name; where there is no
    # part number, any mixed word ends the name.
    ends += [n for n, w in enumerate(words)
             if w.plain[0] == "#" or (w.kind == "code" and (part_number.is_candidate(w) or not taken))][:1]
    end = min(ends, default=len(words))
    rule = BEFORE if ends else WHOLE
    made = _run(text, words[:end], rule)
    if made is not None or not taken:
        return made
    rest = words[taken.stop:]
    stop = next((n for n, w in enumerate(rest) if w.kind in ("code", "number")), len(rest))
    if stop and rest[0].kind == "caps" and not any(w.kind == "word" for w in rest[:stop]):
        return None
    return _run(text, rest[:stop], AFTER)


def _run(text: str, words: list[Token], rule: ComponentRule) -> Part | None:
    kept = list(words)
    while kept and kept[-1].kind == "brand":
        kept.pop()
    if not any(w.kind in ("word", "caps") and _LETTERS.search(w.text) for w in kept):
        return None
    if " ".join(w.text for w in kept).casefold() in _NOTHING:
        return None
    start, end = kept[0].start, kept[-1].end
    # A bracket that was opened within closes within.
    if text[start:end].count("(") > text[start:end].count(")") and text[end:end + 1] == ")":
        end += 1
    return Part("product", text[start:end], (start, end), rule, "likely")
