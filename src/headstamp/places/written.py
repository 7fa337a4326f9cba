"""Coordinates as people write them: read into degrees, or refused with the rule they break.

Read are decimal degrees, degrees and minutes, degrees minutes and seconds,
with signs or with N S E W before or after (also as words and letters in Arabic,
Russian and Ukrainian), digits of every script, decimal points or commas::

    33.5138, 36.2765        33,5138 36,2765         33°30'49.7"N 36°16'35.4"E
    N 33 30.83 E 36 16.59   ٣٣٫٥١٣٨، ٣٦٫٢٧٦٥         geo:33.5138,36.2765

Nothing is guessed: ``O`` is *east* in German and *west* in French and Spanish,
so it is refused; so is a text in which a comma could be both a decimal sign and
a separator. Without letters, latitude comes first (ISO 6709).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from headstamp.errors import Invalid, Problem
from headstamp.places.point import Point, point_problems

MOST_CHARACTERS = 100
_MESSAGE = "These coordinates cannot be read."
_EXAMPLE = "Write for instance 33.5138, 36.2765 or 33°30'49.7\"N 36°16'35.4\"E."

_SIGNS = {
    "º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "ʹ": "'",
    "″": '"', "”": '"', "“": '"', "„": '"', "ʺ": '"', "−": "-", "–": "-", "‐": "-", "‑": "-",
    "٫": ".", "،": ",", "؛": ";", "；": ";", "，": ",",
}  # fmt: skip

# Whole words first, then letters; the Cyrillic and Arabic ones are the initials
# used on maps. Each stands alone, never inside another word.
_HEMISPHERES = {
    "N": ("NORTH", "N", "С.Ш.", "СШ", "ПН.Ш.", "ПН", "شمالا", "شمال", "ش"),
    "S": ("SOUTH", "S", "Ю.Ш.", "ЮШ", "ПД.Ш.", "ПД", "جنوبا", "جنوب", "ج"),
    "E": ("EAST", "E", "В.Д.", "ВД", "СХ.Д.", "СХ", "شرقا", "شرق", "ق"),
    "W": ("WEST", "W", "З.Д.", "ЗД", "ЗХ.Д.", "ЗХ", "غربا", "غرب", "غ"),
}
_LETTER_OF = {word: letter for letter, words in _HEMISPHERES.items() for word in words}
_WORDS = "|".join(re.escape(w) for w in sorted(_LETTER_OF, key=len, reverse=True))
_HEMISPHERE = re.compile(rf"(?<![^\W\d_])(?:{_WORDS})(?![^\W\d_])")
_LABEL = re.compile(r"\b(LATITUDE|LAT|LONGITUDE|LONG|LON|LNG|GEO)\b\.?\s*[:=]?")
_TOKEN = re.compile(r"[+-]?\d+(?:\.\d+)?|[NSEW°'\";,/]|\S")


@dataclass(frozen=True, slots=True)
class _Half:
    """One coordinate: its numbers as written, the signs after them, its letter or ``""``."""

    numbers: tuple[str, ...]
    signs: tuple[str, ...]
    letter: str = ""


class _Unread(Exception):
    """This way of reading the text leads nowhere; carries the rule, for the last attempt."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def parse_point(text: str) -> Point:
    """Read coordinates; raises :class:`~headstamp.errors.Invalid` naming each broken rule.

    >>> parse_point("33.5138, 36.2765")
    Point(lat=33.5138, lon=36.2765)
    >>> parse_point("E 36°30' N 33°15'")
    Point(lat=33.25, lon=36.5)
    >>> parse_point("٣٣٫٥، ٣٦٫٢٥")
    Point(lat=33.5, lon=36.25)
    """
    if len(text) > MOST_CHARACTERS:
        raise _refusal(f"coordinates have at most {MOST_CHARACTERS} characters", text)
    cleaned = _cleaned(text)
    labels = [m[1] for m in _LABEL.finditer(cleaned)]
    cleaned = _LABEL.sub(" ", cleaned)
    # A comma between digits is a decimal sign unless points are about.
    attempts = [re.sub(r"(?<=\d),(?=\d)", ".", cleaned)] if "." not in cleaned else []
    attempts.append(cleaned)
    rule = "two coordinates are needed, latitude and longitude"
    for attempt in attempts:
        try:
            one, other = _halves(attempt)
        except _Unread as unread:
            rule = unread.rule
            continue
        if labels and labels[0].startswith("LO") and not one.letter:
            one, other = other, one
        return _point(one, other, text)
    raise _refusal(rule, text)


def _cleaned(text: str) -> str:
    spelled = "".join(_SIGNS.get(c, c) for c in text)
    plain = unicodedata.normalize("NFKC", spelled).replace("''", '"')
    digits = "".join(
        c if c.isascii() or (d := unicodedata.decimal(c, None)) is None else str(d) for c in plain
    )
    visible = "".join(c for c in digits if unicodedata.category(c) not in ("Cf", "Mn"))
    words = _HEMISPHERE.sub(lambda m: f" {_LETTER_OF[m[0]]} ", visible.upper())
    return words.strip()


def _halves(text: str) -> tuple[_Half, _Half]:
    parts = _TOKEN.findall(text)
    for part in parts:
        if part == "O":
            raise _Unread("O is east in German and west in French and Spanish: write E or W")
        if not re.fullmatch(r"[+-]?\d+(?:\.\d+)?|[NSEW°'\";,/]", part):
            raise _Unread(f"{part!r} has no meaning in coordinates")
    letters = [p for p in parts if p in "NSEW"]
    if len(letters) not in (0, 2):
        raise _Unread("either both coordinates carry a letter N, S, E or W, or neither")
    if letters and ("".join(letters).strip("NS") in ("", "".join(letters))):
        raise _Unread("one coordinate is N or S, the other E or W")
    one, other = _split(parts, letters)
    return (_half(one), _half(other))


def _split(parts: list[str], letters: list[str]) -> tuple[list[str], list[str]]:
    if letters:
        places = [i for i, part in enumerate(parts) if part in "NSEW"]
        cut = places[1] if places[0] == 0 else places[0] + 1
        return parts[:cut], parts[cut:]
    breaks = [i for i, part in enumerate(parts) if part in ";,/"]
    if len(breaks) == 1:
        return parts[: breaks[0]], parts[breaks[0] + 1 :]
    if breaks:
        raise _Unread(
            "a comma is either the decimal sign or the separator: part the two by a semicolon"
        )
    degrees = [i for i, part in enumerate(parts) if part == "°"]
    if len(degrees) == 2:
        return parts[: degrees[1] - 1], parts[degrees[1] - 1 :]
    if len(parts) in (2, 4, 6):
        return parts[: len(parts) // 2], parts[len(parts) // 2 :]
    raise _Unread("two coordinates are needed, latitude and longitude")


def _half(parts: list[str]) -> _Half:
    letter = "".join(p for p in parts if p in "NSEW")
    rest = [p for p in parts if p not in "NSEW;,/"]
    numbers = tuple(p for p in rest if p not in "°'\"")
    signs = tuple(p for p in rest if p in "°'\"")
    if not 1 <= len(numbers) <= 3:
        raise _Unread("a coordinate is degrees, degrees and minutes, or degrees, minutes, seconds")
    if signs != ("°", "'", '"')[: len(signs)] or (signs and len(signs) < len(numbers) - 1):
        raise _Unread(
            "the signs are ° for degrees, ' for minutes and \" for seconds, in that order"
        )
    if any("." in number for number in numbers[:-1]):
        raise _Unread("only the last number of a coordinate has decimals")
    if any(number[0] in "+-" for number in numbers[1:]):
        raise _Unread("only the degrees carry a sign")
    return _Half(numbers, signs, letter)


def _point(one: _Half, other: _Half, text: str) -> Point:
    if one.letter in ("E", "W"):
        one, other = other, one
    problems: list[Problem] = []
    for field, half in (("latitude", one), ("longitude", other)):
        for name, number in zip(("minutes", "seconds"), half.numbers[1:], strict=False):
            if float(number) >= 60:
                problems.append(Problem(f"{name} are less than 60", "", field, number))
        if half.letter and half.numbers[0][0] in "+-":
            problems.append(
                Problem("a coordinate has a sign or a letter, not both", "", field, text.strip())
            )
    if not problems:
        lat, lon = _degrees(one), _degrees(other)
        problems.extend(point_problems(lat, lon))
    if problems:
        raise Invalid(_MESSAGE, problems)
    return Point(lat, lon)


def _degrees(half: _Half) -> float:
    value = sum(
        float(number.lstrip("+-")) / unit
        for number, unit in zip(half.numbers, (1, 60, 3600), strict=False)
    )
    return -value if half.letter in ("S", "W") or half.numbers[0][0] == "-" else value


def _refusal(rule: str, text: str) -> Invalid:
    return Invalid(_MESSAGE, [Problem(rule, _EXAMPLE, "coordinates", text)])
