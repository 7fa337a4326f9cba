"""Part numbers: where one stands in a component's text, its key, and its stem.

A part number is what a maker calls a type of part, not one specimen: it leads
to a maker's records only together with a lot or a date. It is looked for among
the words that mix letters and digits; which of them it is is decided by form
and place, and where two are equally fit the doubt says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from headstamp.markings.component_part import GENERAL, ComponentRule, Part, Sureness
from headstamp.markings.component_tokens import Token
from headstamp.markings.normalise import plain_key

FORM = ComponentRule(
    "letters_and_digits", "part_number",
    "the first word after the product's name that mixes letters and digits as part numbers do", GENERAL,
)
SPACED = ComponentRule(
    "spaced_prefix", "part_number",
    "letters of a maker's series and the number after them are set apart by a space: ADF 4112 is ADF4112", GENERAL,
)
GROUPS = ComponentRule(
    "digit_groups", "part_number",
    "three or more groups of digits in a row, as makers of vehicle parts print their numbers",
    "general knowledge of vehicle parts",
)
DIGITS = ComponentRule(
    "digits_only", "part_number",
    "digits alone, the only number that is printed after the product's name", GENERAL,
)
RULES = (FORM, SPACED, GROUPS, DIGITS)

LEAST = 4
"""Characters a part number has at least: with fewer, too much else has its form."""

# Capitals that stand before numbers without being the beginning of a part number.
_NOT_A_PREFIX_WORDS = """
AC ADC AND ARINC ARM ASIC BGA CAN CCD CFL CMOS CPLD CPU DAC DC DDR DIP DRAM DSP EEPROM EMI EPROM
ESD FET FIFO FLASH FM FPGA FPV FRAM GLONASS GNSS GPS HV IC IGBT II III IMU IR LAN LC LDO LED LM.
LNA MB MCU MEMS MHZ MMIC MOSFET NPN NVME OEM OLED OSD PCB PCI PIN PIR PLD PLIS PLL PMOS PNP PROM
PSU PTFE PWM RAM RDC REV RF RGB RISC ROM RS RTC RTK SBC SD SDRAM SFP SIM SM. SMA SMD SMT SN SOC
SPI SRAM SSD SSR TCXO TFT TI TTL TV UART UAV UHF USB USART VCO VCXO VER VHF VGA WIFI WLAN XT.
АЦП ЦАП ПУР
"""
_NOT_A_PREFIX = frozenset(_NOT_A_PREFIX_WORDS.split())
_PREFIX = re.compile(r"[A-Z]{2,5}|Max")
_AFTER_PREFIX = re.compile(r"\d{2,6}[A-Z0-9]{0,10}(?:[-/+][A-Z0-9]{1,6})*\+?")
_SERIES = re.compile(r"[57]4[A-Z]{1,5}|TMS\d{3}|MSP\d{3}")  # 74HCT 4066D, TMS320 F28335
# Makers' first line, then a grade and package on the next: AD9218 / BSTZ-105.
_ANALOG = re.compile(r"(?i)analog devices|maxim|linear tech|dallas")
_ANALOG_SUFFIX = re.compile(r"[A-Z]{1,6}(?:-\d{1,3}(?:[A-Z]\d?)?)?\+?")
_ST = re.compile(r"(?i)stmicro")
_ST_SUFFIX = re.compile(r"[A-Z]{3}\d[A-Z]?")
_DASHED = re.compile(r"[-\u2013][A-Z0-9]{1,8}(?:/[A-Z]{1,3})?\+?")
_NO_SUFFIX_WORDS = """
CHINA TAIWAN KOREA JAPAN USA CHN TW TWN CN MY MYS MAL PHI PHL PHIL SGP THA IC LM LDO GREENIDL NO
UN AND IN OR FOR WITH
"""
_NO_SUFFIX = frozenset(_NO_SUFFIX_WORDS.split())
# Assembly lines that hold package and date but name no part.
ASSEMBLY_LINE = re.compile(r"(?:V[QO]G?|TQ?G?|F[GTB]G?|CSG?|PQG?|BGG?|CP?G?)\d{2,4}[A-Z]{2,4}\d{4}")
_TRACE_TI = re.compile(r"\d[0-9A-C][A-Z0-9]{3,5}(?:G[34])?")
_TI = re.compile(r"(?i)texas instr|burr|ti\b")
_STRONG = re.compile(r"[A-Z]{1,6}-?\d{2,}|\d{2,3}[A-Z]{1,5}\d{2,}|[A-Z]{2,}\d[A-Z]+\d|[A-Z]\d-\d|[A-Z]{2,5}-[A-Z]\d|[A-Z]\d[A-Z]\d{2,}")
# Their markings are values: digits alone are no part number there.
_PASSIVE = re.compile(r"(?i)\b(?:capacitor|resistor|inductor|inductance|potentiometer|choke|coil)s?\b|конденсатор|резистор")
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}")
_WEAK_DATED = re.compile(r"[A-Z]{1,4}\d{4}[A-Z]?|\d{4}[A-Z]{1,3}\d?")


@dataclass(frozen=True, slots=True)
class Found:
    """A part number in a row of words: ``first`` and ``last`` are places among the words."""

    first: int
    last: int
    part: Part


def part_number(text: str, words: list[Token], maker: str = "") -> Found | None:
    """The part number of a text, or None where nothing in it has the form of one."""
    found = (
        _groups(text, words) or _mixed(text, words, maker) or _digits(text, words)
    )
    if found is None:
        return None
    if found.part.rule is GROUPS:
        return found
    last = _suffixed(words, found.last, maker)
    if last == found.last:
        return found
    start, end = found.part.span[0], words[last].end
    part = Part("part_number", text[start:end], (start, end), found.part.rule,
                found.part.sureness, found.part.doubt)
    return Found(found.first, last, part)


def _made(text: str, words: list[Token], first: int, last: int, rule: ComponentRule,
          sureness: Sureness, doubt: str = "") -> Found:
    start, end = words[first].start, words[last].end
    return Found(first, last, Part("part_number", text[start:end], (start, end), rule, sureness, doubt))


def _groups(text: str, words: list[Token]) -> Found | None:
    """``441 044 102 0``: a run of short numbers without any mixed word before it."""
    run: list[int] = []
    for place, word in enumerate(words):
        if word.kind == "code" and len(word.plain) >= LEAST:
            return None
        if word.kind == "number" and word.plain.isdigit() and len(word.plain) <= 4:
            run.append(place)
            continue
        if len(run) >= 3:
            break
        run = []
    if len(run) >= 3 and sum(words[n].digits for n in run) >= 7:
        return _made(text, words, run[0], run[-1], GROUPS, "likely")
    return None


def _mixed(text: str, words: list[Token], maker: str) -> Found | None:
    """The best word with letters and digits: the first of a strong form, else the first."""
    fit: list[tuple[int, int, Found]] = []
    trace = bool(_TI.search(maker))
    skip = -1
    for place, word in enumerate(words):
        if place <= skip:
            continue
        joined = _spaced(words, place)
        if joined is not None:
            # Behind another number, three letters and digits are as often a lot.
            rank = 1 if any(one[0] < 2 for one in fit) else 0
            fit.append((rank, place, _made(text, words, place, joined, SPACED, "likely")))
            skip = joined
            continue
        if word.kind == "number" and _DOTTED.fullmatch(word.plain) and word.digits >= 7:
            fit.append((0, place, _made(text, words, place, place, DIGITS, "likely",
                                        "digits alone: it may be a serial or lot number")))
            continue
        if word.kind != "code" or not is_candidate(word) or (
            ASSEMBLY_LINE.fullmatch(word.plain) and not fit
        ):
            continue
        weak = (
            ASSEMBLY_LINE.fullmatch(word.plain) is not None
            or (trace and _TRACE_TI.fullmatch(word.plain) is not None)
            or (_WEAK_DATED.fullmatch(word.plain) is not None and any(one[0] < 2 for one in fit))
        )
        rank = 2 if weak else 0 if _STRONG.match(word.plain) else 1
        sure: Sureness = "doubtful" if rank == 2 else "likely"
        if rank == 0 and word.digits >= 2 and len(word.plain) >= 5:
            sure = "nearly sure"
        doubt = "its form is that of a lot or trace code, too" if rank == 2 else ""
        fit.append((rank, place, _made(text, words, place, place, FORM, sure, doubt)))
    if not fit:
        return None
    rank, _, best = min(fit, key=lambda one: one[:2])
    # A rival that stands before the best is worth a word; what follows is a lot or a package.
    rivals = [one.part.text for other, _, one in fit if other == rank and one is not best]
    if rivals and rank == 0 and best.part.rule is FORM:
        doubt = f"{rivals[0]} has the form of a part number, too; the first is taken"
        best = Found(best.first, best.last, Part(
            "part_number", best.part.text, best.part.span, FORM,
            "likely" if best.part.sureness == "nearly sure" else best.part.sureness, doubt))
    return best


def is_candidate(word: Token) -> bool:
    """Whether a word may be a part number by its form alone."""
    plain = plain_key(word.text)
    if len(plain) < LEAST or word.digits < 1:
        return False
    if re.search(r"[a-zа-яіїє]{4,}", word.text) and not re.match(r"(?i)at(?:mega|tiny|xmega)\d", word.text):
        return False
    return word.digits >= 2 or len(plain) >= 5 or re.fullmatch(r"[A-Z]{2,5}-\d[A-Z]?", word.text) is not None


def _spaced(words: list[Token], place: int) -> int | None:
    """The place where a number begun by this word's letters ends; None where it begins none."""
    word = words[place]
    if place + 1 >= len(words):
        return None
    after = words[place + 1]
    if after.start - word.end > 2:
        return None
    if word.kind == "caps":
        fits = (
            _PREFIX.fullmatch(word.plain) is not None and word.plain not in _NOT_A_PREFIX
            and word.plain not in _NO_SUFFIX
            and after.kind in ("number", "code", "quantity")
            and _AFTER_PREFIX.fullmatch(after.plain) is not None
            and re.search(r"^\d{1,3}V$|Hz$", after.text) is None and len(after.plain) + len(word.plain) <= 16
        )
    else:
        fits = (
            word.kind == "code" and _SERIES.fullmatch(word.plain) is not None
            and after.kind in ("code", "number", "quantity")
            and re.fullmatch(r"[A-Z]?\d{2,6}[A-Z]{0,4}", after.plain) is not None
        )
    return place + 1 if fits else None


def _digits(text: str, words: list[Token]) -> Found | None:
    """A number without letters, where the text has nothing better: a long one, then one of four."""
    if _PASSIVE.search(text):
        return None
    numbers = [
        place for place, word in enumerate(words)
        if word.kind == "number" and word.plain[0] not in "#+" and not _counts(words, place)
    ]
    for place in numbers:
        word = words[place]
        if word.digits >= 5 + (not word.plain.isdigit()) and re.fullmatch(r"\d[\d.-]+", word.plain):
            return _made(text, words, place, place, DIGITS, "likely",
                         "digits alone: it may be a serial or lot number")
    for place in numbers:
        word, before = words[place], words[:place]
        if word.plain.isdigit() and word.digits == 4 and any(w.kind in ("word", "brand") for w in before) \
                and not any(w.kind == "code" for w in before):
            return _made(text, words, place, place, DIGITS, "about even",
                         "four digits alone: a part number cut short, or a date code or lot")
    return None


def _counts(words: list[Token], place: int) -> bool:
    """Whether a number counts the word after it: "39600 cells", "324 pins"."""
    after = words[place + 1] if place + 1 < len(words) else None
    return after is not None and after.kind in ("word", "quantity") and after.text[0].isalnum()


def _suffixed(words: list[Token], last: int, maker: str) -> int:
    """The place of the last word that still belongs to the number: grade, package, speed."""
    if last + 1 >= len(words):
        return last
    after = words[last + 1]
    if _DASHED.fullmatch(after.plain) and after.plain[1:].isalnum() | ("/" in after.plain):
        return last + 1
    if after.plain in _NO_SUFFIX or after.text != after.text.upper():
        return last
    if _ANALOG.search(maker) and _ANALOG_SUFFIX.fullmatch(after.plain) and any(
        c.isdigit() for c in words[last].plain[-2:]
    ):
        return last + 1
    if _ST.search(maker) and words[last].plain.startswith("STM") and _ST_SUFFIX.fullmatch(after.plain):
        return last + 1
    return last


def part_key(number: str) -> str:
    """The key by which part numbers are the same: plain, without a lead-free ``+`` at the end.

    >>> part_key("ADF 4112 BRUZ") == part_key("adf4112bruz"), part_key("MAX1655ESE+")
    (True, 'MAX1655ESE')
    """
    return plain_key(number).rstrip("+#*")


_STEM_RUN = re.compile(r"\d{3,}")


def stem(number: str) -> str:
    """The stem that variants of one part share: up to the end of its first run of three digits.

    What follows (grade, package, speed, tape) is left out. A number without such a run ends
    before its first dash, where four characters stand before it; else it is its own stem. A
    rule of thumb: it may part what belongs together, and the page says so.

    >>> [stem(n) for n in ("AD9218BSTZ-105", "74HC595D", "STM32F405 RGT6", "XC6SLX9-2TQG144C")]
    ['AD9218', '74HC595', 'STM32F405', 'XC6SLX9']
    """
    plain = part_key(number)
    found = _STEM_RUN.search(plain)
    head = plain_key(re.split(r"[-\u2013/,\s]", number.strip())[0])
    if found and any(c.isalpha() for c in plain[: found.end()]):
        # A run behind a dash belongs to the suffix where the head is long enough: XC6SLX9-2TQG144C.
        if len(head) >= 5 and found.end() > len(head) and any(c.isdigit() for c in head):
            return head
        return plain[: found.end()]
    if len(head) >= LEAST and any(c.isdigit() for c in head):
        return head
    return plain


def series(number: str) -> str:
    """The letters with which a maker's family of parts begins: AD, ADF, 74HC, XC; empty without.

    >>> [series(n) for n in ("ADF4112", "74HC595D", "STM32F405", "441 044 102 0")]
    ['ADF', '74HC', 'STM', '']
    """
    found = re.match(r"\d{0,2}[^\W\d_]{1,8}", part_key(number))
    return found[0] if found else ""
