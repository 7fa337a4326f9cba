"""The words of a component's text, each with what kind of word it is.

A text such as ``"Comparator MAX974 ESE 1835 +"`` runs words of a product, a
maker's name and what is printed on the part into one line. Before anything is
read out of it, every word is put into one class:

=========  ================================================================
word       of a language, or an interface, a family, a package: no marking
quantity   a number with a unit, or counting a word: ``16V``, ``8-channel``
brand      a maker's name: of the maker given, or a well-known one
number     digits, perhaps with dots, dashes, a leading ``#`` or ``+``
code       letters and digits mixed: part numbers, lots, trace codes
caps       capitals alone: an abbreviation, or the suffix of a part number
=========  ================================================================

Capitals of other scripts that look like Latin ones count as those (``АD828A``
with a Cyrillic А): texts were typed on several keyboards. The text itself is
kept, with the place of each word in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from headstamp.markings.normalise import rule

Kind = Literal["word", "quantity", "brand", "number", "code", "caps"]

_TWINS = rule("script_twins").apply
# Brackets and list marks part words; what stands inside is read like the rest.
_WORD = re.compile(r"[^\s()\[\]{},;:\"\u201c\u201d]+")
_TRIM = ".'`*\u00ae\u2122"

_UNIT = (
    r"(?:[kKMGTmnpu\u00b5\u03bcмк]{0,2}(?:V|v|A|W|Hz|HZ|F|f|H|\u03a9|\u2126|Ohm|ohm|B|b|bit|bps|SPS|Sps|m|s|g|S|dB|dBm"
    r"|C|mm|cm|nm|kg|rpm|pin|Pin|PIN|В|А|Вт|Гц|Ф|ф|Ом|Б|DC|AC|DOF)|ГБ|МБ|КВ|GB|MB|KB|kb|Mb|Gb|x|X|%|\u00b0C?|th|nd|st|rd)"
)
_AMOUNT = rf"[±\u00b1+\u2013-]?\d[\d.,]*(?:[-\u2013\u2026/\u00f7~x\u00d7]\d[\d.,]*)*-?{_UNIT}"
_QUANTITY = re.compile(rf"\d+[KMG]?[x\u00d7]\d+|(?:{_AMOUNT})(?:/(?:{_AMOUNT}|[A-Za-z]+))*")
# Thousands of amperes or farads are no rating of such parts: 8138A is a code, 2000W is none.
_RATING = re.compile(r"\d{4,}[ABCFHSXАВС]")
_COUNTING = re.compile(r"\d[\d.,/-]*-?(?:[A-Za-zа-яіїє]?[a-zа-яіїє]{2,}|Bit|BIT)(?:[-/][A-Za-z]+)*")
_STANDARD = re.compile(
    r"(?:RS|EIA|TIA|IEEE|ARINC|USB|LP?DDR|SATA|PCIE?|CAN|ISO|IEC|WI-?FI|HDMI|MIL-STD|BLUETOOTH|DVB"
    r"|GSM|LTE|BEIDOU|GPS|MPEG|H\.26)-?\d(?:\d{0,3}|\.\d)[A-Z]?(?:/[A-Z]{0,3}[-.]?\d+)*"
    r"|(?:\d+/)*\d+[ -]?BASE-?TX?|802\.11\S*|L\d(?:/L\d)*|CORTEX[-\u2122]*\w*\+?|ARM\d+|M\d\+|X86|C\d000"
    r"|(?:P?T?S?SOP|M?SOIC|SOT|T?V?QFP|LQFP|MQFP|QFN|LFCSP|BGA|TFBGA|FBGA|SIP|P?DIP|PLCC|SOD|DFN|PDSO|CLCC)"
    r"-?\d{1,3}(?:-\d+)?|(?:SO|TO|SC)-\d{1,3}|\d{1,4}-?(?:T?SSOP|SOIC|MSOP|T?QFP|LFCSP|DIP|NSOIC|BGA)|\d+:\d+|V(?:ER)?\.?\d\.\d\w*"
    r"|[A-Z]{4,}-[0-9I]{1,3}|CORE.*\d|X\d{1,2}|\d[A-Z]?X\d\w?"
)
# Also where the maker given is another, or none: their names stand beside their part numbers.
_BRANDS_WORDS = """
ALTERA ANALOG APACER ATMEL AVAGO BOSCH BOURNS BROADCOM CREE CYPRESS DALLAS DEVICES ELNA EPCOS
FUTABA GENNUM HALO HARTING HITEC INFINEON INTEL INTERSIL ISSI JAMICON KEMET KINGSTON LINEAR
MARVELL MAXIM MICRON MICREL MICROCHIP MINI-CIRCUITS MORNSUN MURATA NEC NICHICON NSK NXP OMRON
PANASONIC PEREGRINE PHILIPS PIERBURG PULSE QORVO QUECTEL RENESAS RFMD ROHM SAITO SAMSUNG SANDISK
SIEMENS SIPEX SONY SPANSION TALLYSMAN TDK TOSHIBA TRACOPOWER TRACO TRANSCEND TRIQUINT U-BLOX
UBLOX UNISTRONG VARTA VISHAY WABCO WINBOND WURTH XILINX YAGEO AIMTEC EBMPAPST MCL TELEFLY
VIVOTEK SEMTECH
"""
BRANDS = frozenset(_BRANDS_WORDS.split())
# Words of firms that name none of them.
_FIRM_WORDS = """
AG AND CO COMPANY CORP CORPORATION DEVICE ELECTRIC ELECTRONIC ELECTRONICS GMBH GROUP INC
INDUSTRY INTERNATIONAL LIMITED LLC LTD OF OY PRODUCTS SA SEMICONDUCTOR SEMICONDUCTORS SENSOR SPA
SRL SYSTEMS TECH TECHNOLOGIES TECHNOLOGY THE TI NOT IDENTIFIED POWER CIRCUITS MINI GENERAL
SOLUTION SOLUTIONS INTEGRATED RADIO MODEM ENGINE MOTOR CAMERA BATTERY OPTICS SERVO DRIVE MEDICAL
EQUIPMENT AUTO PARTS CONTROL CONTROLS NETWORK
"""
_FIRM = frozenset(_FIRM_WORDS.split())


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, in capitals of Latin shape for comparing, where it stands, its kind."""

    text: str
    plain: str
    start: int
    end: int
    kind: Kind

    @property
    def digits(self) -> int:
        """How many digits it holds."""
        return sum(c.isdigit() for c in self.plain)


def tokens(text: str, maker: str = "") -> list[Token]:
    """The words of a text with their kinds.

    >>> [(t.text, t.kind) for t in tokens("8-channel ADC Maxim MAX1112 EAP #1429")]
    [('8-channel', 'quantity'), ('ADC', 'caps'), ('Maxim', 'brand'), ('MAX1112', 'code'), ('EAP', 'caps'), ('#1429', 'number')]
    """
    names = _names(maker)
    found = []
    for match in _WORD.finditer(text):
        raw = match[0]
        start = match.start() + len(raw) - len(raw.lstrip(_TRIM))
        raw = raw.strip(_TRIM)
        if raw:
            latin = _TWINS(raw)
            plain = latin.upper() if len(latin.upper()) == len(latin) else latin
            found.append(Token(raw, plain, start, start + len(raw), _kind(raw, plain, names)))
    return found


def _names(maker: str) -> frozenset[str]:
    """The words of a maker's name that name it: "Linear Technology Corporation" gives LINEAR."""
    # "Suppliers ..." and "Importers ..." are appended to some names by the publisher.
    own = re.split(r"\b(?:Suppliers?|Importers?)\b", maker)[0]
    words = {word.upper() for word in re.findall(r"[^\W\d_][\w-]+", own) if len(word) > 1}
    return frozenset(words - _FIRM)


def _kind(raw: str, plain: str, names: frozenset[str]) -> Kind:
    digit = any(c.isdigit() for c in raw)
    letter = any(c.isalpha() for c in raw)
    if not letter:
        return "number" if digit else "word"
    if plain in names or plain in BRANDS:
        return "brand"
    if not digit:
        return "caps" if raw.isupper() or plain in ("MAX",) else "word"
    if _RATING.fullmatch(raw):
        return "code"
    if _QUANTITY.fullmatch(raw) or _COUNTING.fullmatch(raw):
        return "quantity"
    if _STANDARD.fullmatch(plain):
        return "word"
    return "code"
