"""Date codes in a component's text, by named rules; what cannot be a date is refused with its reason.

Most makers print the last two digits of the year and the week (YYWW), some one
digit of the year, Texas Instruments year and month. A date code bounds the time
from making to finding from one side only: the part was made then, and sold,
stored and built in later. Four digits may always be something else; each rule
says what its reading rests on, and where the digit of the year may mean several
decades all of them are given and none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from headstamp.markings.component_part import GENERAL, ComponentRule, Part, Refused, Sureness
from headstamp.markings.component_tokens import Token
from headstamp.markings.part_number import ASSEMBLY_LINE

EARLIEST = 1970
"""No part of this kind is older: an earlier year is another number."""

EARLY = "2000"
"""Before it, a bare number that fits a week is more often a part number or a lot: 7942, F7210, 9911E."""

LATEST = "2039-12-31"
"""Where no day is given by which it was published; as in ``headstamp.schemes.date_code``."""


def _rule(name: str, reason: str, source: str = GENERAL) -> ComponentRule:
    return ComponentRule(name, "date_code", reason, source)


LABELLED = _rule("labelled", "named as a date code in the text (D/C, DC, date code)")
HASH = _rule("hash", "Analog Devices prints the date code after a # (YYWW, on small packages YWW)")
PACKAGE_LINE = _rule(
    "package_line", "package, pins and a plant's letters, then YYWW: CSG225DIV1649, as Xilinx marks")
ALTERA = _rule("altera_trace", "a trace code of letters that ends in YYWW and one letter: BCAAA1413A, as Altera marks")
NXP = _rule("nxp_trace", "two to four letters of the plants, YYWW, one letter: FnG1740B, as NXP and Nexperia mark")
MICROCHIP = _rule("microchip_trace", "YYWW and three characters of the lot: 1738SR6",
                  "package marking legends in Microchip's data sheets (YYWWNNN)")
COUNTRY = _rule("week_and_country", "YYWW before letters that stand for the country of assembly: 1412MY")
LETTERS_AFTER = _rule("week_and_letters", "YYWW with one to three letters of a plant or finish after it: 2215NA, 2118A3")
LETTERS_BEFORE = _rule("letters_and_week", "one to four letters of a plant before YYWW: Q1329")
ALONE = _rule("four_digits", "four digits alone beside the part number that fit YYWW",
              "EIA-476-A (year and week); " + GENERAL)
REVERSED = _rule("week_year", "four digits alone that fit no YYWW but week and year (WWYY)", GENERAL)
ONE_DIGIT = _rule("one_digit_year", "three digits beside the part number that fit one digit of the year and the week (YWW)")
TI_TRACE = _rule("ti_year_month", "Texas Instruments' trace code begins with one digit of the year and the month (1-9, A-C)",
                 "device marking notes in Texas Instruments' data sheets (YMLLLLS)")
MONTH = _rule("month_year", "month and year with a point: 07.2013", "practice on parts made to GOST standards")
_UNSPECIFIC = (LETTERS_AFTER, LETTERS_BEFORE, ALONE, REVERSED)
RULES = (LABELLED, HASH, PACKAGE_LINE, ALTERA, NXP, MICROCHIP, COUNTRY, LETTERS_AFTER, LETTERS_BEFORE,
         ALONE, REVERSED, ONE_DIGIT, TI_TRACE, MONTH)

_ANALOG = re.compile(r"(?i)analog devices|linear tech")
_YWW = re.compile(r"(?i)analog devices|maxim|dallas|linear tech|stmicro|hittite")
_ALTERA = re.compile(r"(?i)altera|intel")
_NXP = re.compile(r"(?i)nxp|nexperia|philips|freescale|\bween\b")
_MICROCHIP = re.compile(r"(?i)microchip|atmel|micrel")
_TI = re.compile(r"(?i)texas instr|burr")
_PLACES = "MY|MYS|MAL|TW|TWN|CN|CHN|KR|KOR|PH|PHI|PHL|PHIL|SG|SGP|TH|THA|JP|JPN|MX|US|USA|CHINA|TAIWAN|KOREA|JAPAN|MALAYSIA"
_PLACE = re.compile(_PLACES)

_XILINX_LINE = re.compile(r"[A-Z]{1,4}\d{2,4}[A-Z]{2,4}(\d{4})")
_ALTERA_TRACE = re.compile(r"[A-Z][A-Z0-9]{2,5}?(\d{4})[A-Z]")
_NXP_TRACE = re.compile(r"[A-Z]{2,4}(\d{4})[A-Z]")
_MICROCHIP_TRACE = re.compile(r"(\d{4})(?=[A-Z0-9]{0,2}[A-Z])([A-Z0-9]{2,3})")
_COUNTRY = re.compile(rf"(\d{{4}})-?(?:{_PLACES})")
_AFTER = re.compile(r"(\d{4})(?:[A-Z]{1,3}\d?|-[A-Z]{1,3})")
_BEFORE = re.compile(r"[A-Z]{1,4}(\d{4})")
_ADESTO = re.compile(r"[A-Z]{5,8}(\d{4})")
_TI_WHOLE = re.compile(r"(\d[1-9A-C])[A-Z0-9]{4,5}(?:G[34])?")
_TI_SHORT = re.compile(r"(\d[1-9A-C])[A-Z]")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date code among the words: at which place, and whether the whole word is a trace code."""

    place: int
    part: Part
    whole: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    place: int
    offset: int
    code: str
    rule: ComponentRule
    sureness: Sureness
    how: str  # yyww, yww, ym, my
    doubt: str = ""
    whole: bool = False


def week_day(meaning: str) -> date:
    """The middle day of a week (``2014-W29``) or month (``2018-06``) as makers count them.

    >>> week_day("2014-W29"), week_day("2018-06")
    (datetime.date(2014, 7, 19), datetime.date(2018, 6, 15))
    """
    year, _, rest = meaning.partition("-")
    if rest.startswith("W"):
        return date(int(year), 1, 1) + timedelta(days=(int(rest[1:]) - 1) * 7 + 3)
    return date(int(year), int(rest), 15)


def _problem(year: int, week: int, by: str) -> str:
    """Why this week cannot be it; empty where it can."""
    if not 1 <= week <= 53:
        return f"week {week} is not between 1 and 53"
    if year < EARLIEST:
        return f"{year} is before {EARLIEST}"
    first = date(year, 1, 1) + timedelta(days=(week - 1) * 7)
    if first.isoformat() > by:
        return f"{year}-W{week:02} is later than {by}, by when it was published" if by != LATEST \
            else f"{year}-W{week:02} lies too far ahead"
    return ""


def _full(two: int) -> int:
    return two + (1900 if two >= 70 else 2000)


def yyww(code: str, by: str = LATEST) -> tuple[str, str]:
    """The week four digits YYWW mean, and why they mean none: one of the two is empty.

    >>> yyww("1429"), yyww("1499"), yyww("3001", "2026-06-13")[0]
    (('2014-W29', ''), ('', 'week 99 is not between 1 and 53'), '')
    """
    year, week = _full(int(code[:2])), int(code[2:])
    wrong = _problem(year, week, by)
    return ("", wrong) if wrong else (f"{year}-W{week:02}", "")


def _decades(digit: int, by: str, within: int = 30) -> list[int]:
    """The years that end in this digit up to the day of publication, latest first."""
    last = int(by[:4])
    return [year for year in range(last, max(last - within, EARLIEST - 1), -1) if year % 10 == digit]


def _meanings(shape: _Shape, by: str) -> tuple[tuple[str, ...], str]:
    """What the digits of a shape may mean, latest first; and the reason where they mean nothing."""
    code = shape.code
    if shape.how == "yyww":
        one, wrong = yyww(code, by)
        return ((one,) if one else ()), wrong
    if shape.how == "wwyy":
        one, wrong = yyww(code[2:] + code[:2], by)
        return ((one,) if one else ()), wrong
    if shape.how == "my":
        month, year = int(code[:2]), int(code[3:])
        ok = 1 <= month <= 12 and year >= EARLIEST and f"{year}-{month:02}" <= by[:7]
        return ((f"{year}-{month:02}",) if ok else ()), "" if ok else "no month before it was published"
    if shape.how == "yww":
        week = int(code[1:])
        if not 1 <= week <= 53:
            return (), f"week {week} is not between 1 and 53"
        return tuple(f"{y}-W{week:02}" for y in _decades(int(code[0]), by) if not _problem(y, week, by)), ""
    month = int(code[1], 16)
    return tuple(f"{y}-{month:02}" for y in _decades(int(code[0]), by) if f"{y}-{month:02}" <= by[:7]), ""


def date_code(
    text: str, words: list[Token], taken: range, maker: str = "", by: str = LATEST
) -> tuple[Dated | None, list[Refused]]:
    """The best date code of a text outside the words ``taken``; and what was refused.

    ``by`` is the day by which the part was published (ISO): later weeks are refused.
    """
    fit: list[tuple[int, int, _Shape, tuple[str, ...]]] = []
    refused: list[Refused] = []
    order = {"nearly sure": 0, "likely": 1, "about even": 2, "doubtful": 3}
    number = "".join(words[n].plain for n in taken)
    for place, word in enumerate(words):
        if place in taken or (word.kind in ("word", "brand", "caps")):
            continue
        told: list[tuple[_Shape, str]] = []  # forms that mean no possible date
        for shape in _shapes(words, place, taken, maker):
            if shape.rule in _UNSPECIFIC and shape.code in number:
                continue  # AD8138A 8138A: the number again, cut short
            meant, wrong = _meanings(shape, by)
            if meant:
                if shape.rule in _UNSPECIFIC and meant[0] < EARLY:
                    shape = replace(shape, sureness="doubtful", doubt=(
                        "so early a year is rare on such parts: it is more likely another number"))
                fit.append((order[shape.sureness], place, shape, meant))
                told = []
                break
            told.append((shape, wrong))
        if told:
            shape, wrong = told[0]
            start = word.start + shape.offset
            refused.append(Refused(text[start:start + len(shape.code)], (start, start + len(shape.code)), wrong))
    if not fit:
        return None, refused
    best = min(fit, key=lambda one: one[:2])
    _, place, shape, meant = best
    start = words[place].start + shape.offset
    doubts = [shape.doubt] if shape.doubt else []
    if len(meant) > 1:
        doubts.append("one digit of the year is printed, its decade is not")
    doubts += _other_order(shape, by)
    rivals = [one[2].code for one in fit if one is not best and one[0] == best[0]]
    if rivals:
        doubts.append(f"{rivals[0]} could be the date code as well; the first is taken")
    sure: Sureness = "about even" if rivals and shape.sureness == "likely" else shape.sureness
    part = Part(
        "date_code", text[start:start + len(shape.code)], (start, start + len(shape.code)), shape.rule, sure,
        "; ".join(doubts), meant[0] if len(meant) == 1 else "", meant if len(meant) > 1 else (),
    )
    return Dated(place, part, shape.whole), refused


def _other_order(shape: _Shape, by: str) -> list[str]:
    """The doubt that four digits alone may be week and year instead."""
    if shape.rule is not ALONE:
        return []
    other, _ = yyww(shape.code[2:] + shape.code[:2], by)
    same = other == yyww(shape.code, by)[0]
    said = [f"read as week and year it would be {other}"] if other and not same else []
    if 1990 <= int(shape.code) <= int(by[:4]):
        said.append(f"it may be the year {shape.code}")
    return said


def _shapes(words: list[Token], place: int, taken: range, maker: str) -> Iterator[_Shape]:
    """What a word may be, surest first."""
    word = words[place]
    plain = word.plain
    before = words[place - 1] if place else None
    behind = bool(taken) and place >= taken.stop
    if before is not None and before.plain in ("D/C", "DC", "CODE") and re.fullmatch(r"\d{4}", plain):
        yield _Shape(place, 0, plain, LABELLED, "nearly sure", "yyww")
    if found := re.fullmatch(r"(?:D/C|DC)[-.]?(\d{4})", plain):
        yield _at(place, found, LABELLED, "nearly sure")
    if found := re.fullmatch(r"#(\d{4})", plain):
        yield _at(place, found, HASH, "nearly sure" if _ANALOG.search(maker) else "likely")
    if (found := re.fullmatch(r"[A-Z]?#(\d{4})", plain)) and plain[0] != "#":
        yield _at(place, found, HASH, "likely")
    if found := re.fullmatch(r"[A-Z]?#(\d{3})", plain):
        yield _at(place, found, HASH, "likely", "yww")
    if found := re.fullmatch(r"((?:0[1-9]|1[0-2])\.(?:19|20)\d\d)", plain):
        yield _at(place, found, MONTH, "likely", "my")
    line = taken or ASSEMBLY_LINE.fullmatch(plain)
    if line and word.kind == "code" and (found := _XILINX_LINE.fullmatch(plain)):
        known = not taken or "xilinx" in maker.lower() or "amd" in maker.lower()
        yield _at(place, found, PACKAGE_LINE, "nearly sure" if known else "about even")
    if not taken:
        return
    yield from _by_maker(words, place, maker, behind)
    if found := _COUNTRY.fullmatch(plain):
        yield _at(place, found, COUNTRY, "likely")
    if found := _AFTER.fullmatch(plain):
        yield _at(place, found, LETTERS_AFTER, "likely" if behind else "about even")
    if re.fullmatch(r"\d{4}", plain) and not _is_count(words, place):
        after = words[place + 1] if place + 1 < len(words) else None
        named = after is not None and _PLACE.fullmatch(after.plain) is not None
        yield _Shape(place, 0, plain, COUNTRY if named else ALONE,
                     "likely" if behind else "about even", "yyww", "" if named else "four digits alone may be another number")
        if not behind:
            return
        yield _Shape(place, 0, plain, REVERSED, "doubtful", "wwyy",
                     "the year usually comes first; it may be another number")
    if behind and word.kind == "code":
        if found := _ADESTO.fullmatch(plain):
            yield _at(place, found, LETTERS_BEFORE, "about even")
        begun = words[taken.start].plain.rstrip("0123456789")
        if (found := _BEFORE.fullmatch(plain)) and plain[:-4] != begun:  # SN7307 (SN7317): a second part
            yield _at(place, found, LETTERS_BEFORE, "about even", doubt="letters and four digits may be a lot")
    if _YWW.search(maker) and behind and (found := re.fullmatch(r"\+?(\d{3})", plain)) \
            and place == len(words) - 1:
        yield _at(place, found, ONE_DIGIT, "about even", "yww")


def _by_maker(words: list[Token], place: int, maker: str, behind: bool) -> Iterator[_Shape]:
    """The forms that are known of single makers."""
    plain = words[place].plain
    if not behind and not _TI.search(maker):
        return
    if _ALTERA.search(maker) and (found := _ALTERA_TRACE.fullmatch(plain)):
        yield _at(place, found, ALTERA, "likely", whole=True)
    if _NXP.search(maker) and (found := _NXP_TRACE.fullmatch(plain)):
        yield _at(place, found, NXP, "likely")
    if _MICROCHIP.search(maker) and (found := _MICROCHIP_TRACE.fullmatch(plain)):
        yield _at(place, found, MICROCHIP, "likely")
    if _TI.search(maker):
        if found := _TI_WHOLE.fullmatch(plain):
            yield _at(place, found, TI_TRACE, "about even", "ym", whole=True)
        follows = words[place + 1] if place + 1 < len(words) else None
        if behind and follows is not None and len(follows.plain) == 4 and (found := _TI_SHORT.fullmatch(plain)):
            yield _at(place, found, TI_TRACE, "about even", "ym")


def _is_count(words: list[Token], place: int) -> bool:
    """Whether a number counts the word after it, begins a number in groups, or is a copyright year."""
    after = words[place + 1] if place + 1 < len(words) else None
    before = words[place - 1] if place else None
    if before is not None and ("\u00a9" in before.text or before.plain in ("C", "\u00a9")):
        return True
    if after is None:
        return False
    groups = [w for w in words[place + 1:place + 3] if re.fullmatch(r"\d{2,3}", w.plain)]
    if len(groups) == 2:
        return True  # 0001 241 016
    return after.text in ("-", "\u2013", "\u2014", "~", "...") or (after.kind == "word" and after.text.islower() and len(after.text) > 2)


def _at(place: int, found: re.Match[str], rule: ComponentRule, sureness: Sureness,
        how: str = "yyww", doubt: str = "", *, whole: bool = False) -> _Shape:
    return _Shape(place, found.start(1), found[1], rule, sureness, how, doubt, whole)
