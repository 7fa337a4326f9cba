"""Lot and trace codes in a component's text: what ties a part to one run of its maker's line.

A maker can tell from a lot when and to whom it was delivered: beside the part
number it is what a trace request needs. No lot is read without something that
supports it: a known form, or its place beside a date code.
"""

from __future__ import annotations

import re

from headstamp.markings.component_date import ALTERA, MICROCHIP, TI_TRACE, Dated
from headstamp.markings.component_part import GENERAL, ComponentRule, Part, Sureness
from headstamp.markings.component_tokens import Token

LABELLED = ComponentRule("lot_labelled", "lot", "named as a lot in the text (LOT, L/N)", GENERAL)
XILINX = ComponentRule("xilinx_lot", "lot", "one or two letters, seven digits and a letter: D5326423A, as Xilinx marks", GENERAL)
TRACE = ComponentRule("trace_code", "lot", "the whole trace code, of which the date code is a part", GENERAL)
NNN = ComponentRule("microchip_nnn", "lot", "the characters after YYWW: 1738SR6",
                    "package marking legends in Microchip's data sheets (YYWWNNN)")
AFTER_DATE = ComponentRule("after_date_code", "lot", "the word with digits right after the date code", GENERAL)
BEFORE_DATE = ComponentRule("before_date_code", "lot", "the only word with letters and digits between part number and date code", GENERAL)
RULES = (LABELLED, XILINX, TRACE, NNN, AFTER_DATE, BEFORE_DATE)

_XILINX_LOT = re.compile(r"[A-Z]{1,2}\d{7}[A-Z]")
_FREQUENCY = re.compile(r"\d+M0*")  # 50M0000 on an oscillator: 50 MHz
_NUMBER = re.compile(r"\d{4,9}(?:[.,-]\d{1,2})?|\d{7,12}")
_MIXED = re.compile(r"(?=[A-Z0-9.-]*\d)(?=[A-Z0-9.-]*[A-Z])[A-Z0-9]{4,12}(?:[.-][A-Z0-9]{1,4})?")


def lot(text: str, words: list[Token], taken: range, dated: Dated | None) -> Part | None:
    """The lot of a text, or None where nothing supports one."""
    for place, word in enumerate(words):
        if word.plain in ("LOT", "L/N") and place + 1 < len(words) and words[place + 1].digits:
            return _made(text, words[place + 1], LABELLED, "nearly sure")
        if place not in taken and taken and _XILINX_LOT.fullmatch(word.plain):
            return _made(text, word, XILINX, "likely")
    if dated is None or not taken:
        return None
    word, rule = words[dated.place], dated.part.rule
    if rule is MICROCHIP:
        start = dated.part.span[1]
        return Part("lot", text[start:word.end], (start, word.end), NNN, "likely")
    if rule in (ALTERA, TI_TRACE) and dated.whole:
        return _made(text, word, TRACE, "likely")
    if rule is TI_TRACE:
        return None
    follows = words[dated.place + 1] if dated.place + 1 < len(words) else None
    if follows is not None and dated.place + 1 not in taken and dated.place >= taken.stop:
        if follows.kind == "number" and _NUMBER.fullmatch(follows.plain):
            return _made(text, follows, AFTER_DATE, "likely" if follows.digits >= 5 else "about even")
        if follows.kind == "code" and _MIXED.fullmatch(follows.plain) and follows.digits >= 2:
            return _made(text, follows, AFTER_DATE, "likely" if len(follows.plain) > 4 else "about even")
    between = [w for w in words[taken.stop:dated.place]
               if w.kind in ("code", "number") and not _FREQUENCY.fullmatch(w.plain)]
    if len(between) == 1 and _MIXED.fullmatch(between[0].plain) and between[0].digits >= 3 \
            and len(between[0].plain) >= 6:
        return _made(text, between[0], BEFORE_DATE, "about even",
                     "it may be a second line of the part number")
    return None


def _made(text: str, word: Token, rule: ComponentRule, sureness: Sureness, doubt: str = "") -> Part:
    return Part("lot", text[word.start:word.end], (word.start, word.end), rule, sureness, doubt)
