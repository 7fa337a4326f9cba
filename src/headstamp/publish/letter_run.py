"""Pieces of text in a letter, each knowing how it stands in a line of either direction.

A letter is printed twice, as PDF and for a word processor. Both are made of the same runs,
so that no mark is shut off from the text around it in one and reordered in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from headstamp.kinds.date import PARTIAL_DATE, bounds
from headstamp.publish.letter_words import Words
from headstamp.publish.wording import runs_right_to_left
from headstamp.vocab import vocabulary

How = Literal["own", "said", "code", "mark", "label"]
"""Ours; somebody's words; a number, reference or date that runs left to right; a marking; a title."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line."""

    text: str
    how: How = "own"

    @property
    def rtl(self) -> bool:
        """Whether it runs from right to left by its own letters."""
        return self.how in ("said", "mark") and runs_right_to_left(self.text)


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; ``point`` is one of a list, ``said`` is somebody's words in their own direction."""

    runs: Line
    kind: Literal["text", "point", "said"] = "text"

    @property
    def rtl(self) -> bool:
        """Of somebody's words: whether they run from right to left."""
        return runs_right_to_left("".join(run.text for run in self.runs))


def own(text: str) -> Line:
    """A line of ours."""
    return (Run(text),)


def code(text: str) -> Line:
    """A line that is a number or a reference."""
    return (Run(text, "code"),)


def prose(text: str) -> tuple[Para, ...]:
    """Somebody's words as paragraphs, each running its own way."""
    return tuple(Para((Run(line.strip(), "said"),), "said") for line in text.split("\n") if line.strip())


def filled(sentence: str, values: Mapping[str, Run]) -> Line:
    """A standing sentence with its braces filled.

    >>> [run.text for run in filled("Quote {reference}.", {"reference": Run("T-1", "code")})]
    ['Quote ', 'T-1', '.']
    """
    runs: list[Run] = []
    for text, name, _, _ in Formatter().parse(sentence):
        if text:
            runs.append(Run(text))
        if name is not None:
            runs.append(values[name])
    return tuple(runs)


def joined(lines: Iterable[Line], by: str) -> Line:
    """Several lines as one, with ``by`` between them; empty ones left out."""
    runs: list[Run] = []
    for line in lines:
        if line and runs:
            runs.append(Run(by))
        runs.extend(line)
    return tuple(runs)


def labelled(words: Words, label: str, line: Line) -> Line:
    """A title, a colon and what it says; nothing where it says nothing."""
    return (Run(words[f"label.{label}"], "label"), Run(words["label.colon"]), *line) if line else ()


def said_date(written: str | None, words: Words) -> str:
    """A partial date in the words of the letter; never more exact than it was said.

    Empty without one. Raises nothing: what has no words of its own is shown as written.
    """
    if not written:
        return ""
    if "T" in written and "/" not in written:
        written = written.partition("T")[0]
    if "/" in written:
        start, _, end = written.partition("/")
        told = [said_date(part, words) if part not in ("", "..") else "" for part in (start, end)]
        if all(told):
            return words["label.to_date"].format(**{"from": told[0], "to": told[1]})
        name = "from_date" if told[0] else "until_date"
        return words[f"label.{name}"].format(date=told[0] or told[1])
    plain, mark = (written[:-1], written[-1]) if written[-1] in "?~%" else (written, "")
    shown = _exact(plain, words)
    if mark in ("~", "%"):
        shown = words["label.about_date"].format(date=shown)
    if mark in ("?", "%"):
        shown = words["label.uncertain_date"].format(date=shown)
    return shown


def _exact(written: str, words: Words) -> str:
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    if "X" in written:
        year = written.partition("-")[0]
        if "X" in year:
            return words["label.year_unread"].format(date=year.replace("X", "–"))
        first, last = bounds(written)
        if first and last and first[:7] == last[:7] and "-XX-" not in written:
            # Some days of one month: told as they are, from the first to the last.
            return said_date(f"{first}/{last}", words) if first != last else _exact(first, words)
        return _exact(year, words)
    parts = written.split("-")
    if len(parts) == 1 or int(parts[1]) > 12:
        return written if len(parts) == 1 else PARTIAL_DATE.show(written)
    try:
        locale = Locale.parse(words.language, sep="-")
    except (UnknownLocaleError, ValueError):
        return written
    from datetime import date

    if len(parts) == 2:
        day = date(int(parts[0]), int(parts[1]), 1)
        # A month that stands alone has its own form in Russian.
        return str(format_date(day, "LLLL y", locale=locale))
    day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    # The day before the month, as the letters of most countries have it.
    pattern = "d MMMM y" if locale.language == "en" else "long"
    # A narrow blank that cannot be broken is in few fonts.
    return str(format_date(day, pattern, locale=locale)).replace("\u202f", "\u00a0")


def said_country(code_: str | None, words: Words) -> str:
    """A country in the language of the letter; one without a name there as the list has it."""
    from babel import Locale, UnknownLocaleError

    if not code_:
        return ""
    try:
        name = Locale.parse(words.language, sep="-").territories.get(code_)
    except (UnknownLocaleError, ValueError):
        name = None
    return name or vocabulary("countries").label(code_)
