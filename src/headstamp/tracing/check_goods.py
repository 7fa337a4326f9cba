"""Do the goods stand on a control list: arms, dual-use goods, high priority, substances?

By the codes that the transfer gives and by CAS numbers, also in what is written on the items. Of
a substance it is said that it is on the list, and nothing on what it is used for.
"""

from __future__ import annotations

from collections.abc import Iterator

from headstamp.tracing.check import Flag, Movement, Sure, cited
from headstamp.tracing.check_code import (
    ARMS_CHAPTER,
    beginnings,
    cas_numbers,
    control_codes,
    customs_codes,
)
from headstamp.tracing.check_list import Entry, Lists

_ARMS = frozenset({"arm", "ammunition", "explosive_ordnance"})
_WHAT = {"high_priority": "high_priority", "regulated_substance": "regulated_substance",
         "control_list": "control_list"}


def goods(one: Movement, lists: Lists) -> Iterator[Flag]:
    """Questions about what the goods are, one for each list and code."""
    asked: set[tuple[str, str]] = set()
    for code, said, record in _codes(one):
        for entry, sure in _listed(code, one, lists):
            if entry.kind not in _WHAT or (entry.list_name, entry.code) in asked:
                continue
            asked.add((entry.list_name, entry.code))
            what = "munitions_list" if entry.code.startswith("ML") else _WHAT[entry.kind]
            yield Flag(
                what, _question(one, said, entry, sure), entry.source, entry.list_name,
                entry.version, entry.dated, sure, (one.id, *((record,) if record else ())),
                (entry.code,), caution=entry.caution,
            )


def is_arms(one: Movement) -> bool:
    """Whether the goods are arms by a code the source gives, or by the items it names."""
    return (any(code.startswith("ML") for code in control_codes(one.control_code))
            or any(code.startswith(ARMS_CHAPTER) for code in customs_codes(one.customs_code))
            or any(family in _ARMS for family in one.families))


def _codes(one: Movement) -> Iterator[tuple[str, str, str]]:
    """Codes of the goods, the words that say where each stands, and the record, if another."""
    for code in control_codes(one.control_code):
        yield code, f"the source puts the goods under {code}", ""
    for code in customs_codes(one.customs_code):
        yield code, f"the customs code given is {code}", ""
    texts = (("the CAS number given", one.cas_number), ("a CAS number in the goods as written", one.goods),
             ("a CAS number in the product as written", one.product))
    for where, text in texts:
        if text:
            for number in cas_numbers(text):
                yield number, f"{where} is {number}", ""
    for record, text in one.texts:
        for number in cas_numbers(text):
            yield number, f"a CAS number written on one of the items is {number}", record


def _listed(code: str, one: Movement, lists: Lists) -> Iterator[tuple[Entry, Sure]]:
    """The entries for a code or what it stands under: of each list those of the longest beginning."""
    seen: set[str] = set()
    for beginning in beginnings(code):
        some = lists.about_goods(beginning, one.first, one.last)
        yield from ((entry, sure) for entry, sure in some if entry.list_name not in seen)
        seen.update(entry.list_name for entry, _ in some)


def _question(one: Movement, said: str, entry: Entry, sure: Sure) -> str:
    source = cited(entry.list_name, entry.version, entry.dated)
    note = f", {entry.note}" if entry.note else ""
    words = f"{said[:1].upper()}{said[1:]}; {source} has {entry.code} ({_short(entry.title)}{note})"
    if entry.kind == "regulated_substance":
        return f"{words}. Who sold it to whom, and was the sale recorded as the list asks?"
    if sure == "dates not known" and entry.dated and one.last and one.last < entry.dated:
        words += ", a list younger than the transfer"
    if sure == "possibly in force":
        words += ", which may have been in force then"
    if entry.kind == "high_priority":
        return f"{words}. Who was the end user, and who checked it?"
    if one.licence:
        return f"{words}. Are the goods what the licence \u201c{one.licence}\u201d names?"
    return f"{words}. Under which licence did they move, and are they what it names?"


def _short(title: str, most: int = 110) -> str:
    return title if len(title) <= most else title[: most - 1].rsplit(" ", 1)[0] + "…"
