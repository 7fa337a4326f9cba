"""The chances of misreading as they stand in ``channel.toml``, read and checked.

The data file is the place to change a figure; this module only says what a
well-formed one is. :mod:`headstamp.markings.channel` makes cost tables of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import Any, Final, Literal

from headstamp.errors import Invalid, Problem
from headstamp.markings.normalise import plain_key

Strength = Literal["strong", "fair", "weak"]
Block = Literal["digit", "latin", "cyrillic", "signs"]
STRENGTHS: Final[tuple[Strength, ...]] = ("strong", "fair", "weak")
BLOCKS: Final[tuple[Block, ...]] = ("digit", "latin", "cyrillic", "signs")
EVENTS: Final = ("unread", "unread_again", "dropped", "added", "swapped", "other",
                 "cut", "cut_more", "extra", "extra_more", "run")
TIMED: Final = ("unread", "lookalike", "other", "dropped", "added", "swapped", "cut", "extra")
"""What a technique, a reader or an over-stamp may multiply."""

UNKNOWN: Final = "unknown"
PERSON: Final = "person"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that can go wrong: its chance per true character, why, and from where."""

    name: str
    probability: float
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A true character seen as another one, and the chance of it per true character."""

    true: str
    seen: str
    strength: Strength
    probability: float


@dataclass(frozen=True, slots=True)
class Group:
    """Look-alike pairs with one reason; ``script`` is an ISO 15924 code or a script's name."""

    name: str
    script: str
    reason: str
    source: str
    pairs: tuple[LookAlike, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A technique, a reader or an over-stamp: what it multiplies, and for which pairs."""

    name: str
    aliases: tuple[str, ...]
    reason: str
    source: str
    times: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Rates:
    """All of ``channel.toml``. ``spread[kind][to]`` are shares that add up to one."""

    title: str
    events: Mapping[str, Event]
    groups: tuple[Group, ...]
    strengths: Mapping[str, float]
    unread_choices: Event
    narrow: tuple[str, float]
    spread: Mapping[str, Mapping[str, float]]
    techniques: tuple[Setting, ...]
    readers: tuple[Setting, ...]
    overstamped: Setting
    _techniques: dict[str, Setting] = field(default_factory=dict, repr=False)
    _readers: dict[str, Setting] = field(default_factory=dict, repr=False)

    def technique(self, name: str | None) -> Setting:
        """The technique of that name; the unknown one for a word outside the list."""
        return self._techniques.get(name or UNKNOWN, self._techniques[UNKNOWN])

    def reader(self, name: str | None) -> Setting:
        """The reader of that name; a person for a word outside the list."""
        return self._readers.get(name or PERSON, self._readers[PERSON])


@cache
def default_rates() -> Rates:
    """The chances that come with headstamp."""
    text = files(__package__).joinpath("channel.toml").read_text(encoding="utf-8")
    return read_rates(text, file="channel.toml")


def read_rates(text: str, *, file: str = "") -> Rates:
    """Chances from TOML text. Raises Invalid with all that is wrong in it at once."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid("the chances of misreading are no TOML",
                      [Problem(str(error), file=file)]) from error
    read = _Reading(data, file)
    rates = read.rates()
    if read.problems:
        raise Invalid("the chances of misreading do not hold together", read.problems)
    return rates


class _Reading:
    """One pass over the file. What is wrong is noted and the pass goes on."""

    def __init__(self, data: Mapping[str, Any], file: str) -> None:
        self.data, self.file = data, file
        self.problems: list[Problem] = []
        self.sources = self._table(data, "sources", "sources")

    def rates(self) -> Rates:
        events = self._events()
        strengths = self._strengths()
        groups = tuple(self._groups(strengths))
        techniques = tuple(self._settings("technique", UNKNOWN))
        readers = tuple(self._settings("reader", PERSON))
        over = self._setting(
            {"name": "overstamped", **self._table(self.data, "overstamped", "overstamped")},
            "overstamped",
        )
        return Rates(
            self._text(self.data, "title", "title"), events, groups, strengths,
            self._choices(), self._narrow(), self._spread(), techniques, readers, over,
            _by_word(techniques), _by_word(readers),
        )

    # -- parts

    def _events(self) -> dict[str, Event]:
        given = self._table(self.data, "event", "event")
        for name in given:
            if name not in EVENTS:
                self._wrong(f"there is no event {name!r}", f"event.{name}",
                            f"Known are {', '.join(EVENTS)}.")
        found = {}
        for name in EVENTS:
            where = f"event.{name}"
            one = self._table(given, name, where)
            found[name] = Event(name, self._chance(one, "probability", where),
                                self._text(one, "reason", where), self._source(one, where))
        return found

    def _strengths(self) -> dict[str, float]:
        given = self._table(self.data, "strength", "strength")
        self._text(given, "reason", "strength")
        self._source(given, "strength")
        return {name: self._chance(given, name, "strength") for name in STRENGTHS}

    def _groups(self, strengths: Mapping[str, float]) -> Iterator[Group]:
        both: dict[tuple[str, str], str] = {}
        for number, one in enumerate(self._list(self.data, "lookalike"), start=1):
            where = f"lookalike {number}"
            name = self._text(one, "name", where)
            pairs: list[LookAlike] = []
            back = self._number(one, "back", where, default=1.0)
            for strength in STRENGTHS:
                for written in self._list_of_texts(one, strength, where):
                    chance = strengths[strength]
                    for place, (true, seen) in enumerate(self._directions(written, where)):
                        if ">" not in written:
                            if (true, seen) in both:
                                self._wrong(f"the pair {true}{seen} stands twice, first in "
                                            f"{both[true, seen]!r}", where, "Keep one.", written)
                            both[true, seen] = name
                        turned = back if len(written) == 2 and place == 1 else 1.0
                        pairs.append(LookAlike(true, seen, strength, chance * turned))
            yield Group(name, self._text(one, "script", where), self._text(one, "reason", where),
                        self._source(one, where), tuple(pairs))

    def _directions(self, written: str, where: str) -> list[tuple[str, str]]:
        """The pairs that ``0O``, ``O>0`` or a set stand for, true character first."""
        chars = written.replace(">", "", 1)
        one_way = len(chars) == 2 and written == f"{chars[0]}>{chars[1]}"
        if len(chars) < 2 or len(set(chars)) < len(chars) or (">" in written and not one_way):
            self._wrong("a look-alike is two different characters, a set of them, or A>B",
                        where, "", written)
            return []
        if any(plain_key(char) != char for char in chars):
            self._wrong("these characters never stand in a plain key", where,
                        "Write capitals, digits 0-9, and twins of Latin letters as Latin.", written)
            return []
        return [(chars[0], chars[1])] if one_way else list(permutations(chars, 2))

    def _settings(self, kind: str, needed: str) -> Iterator[Setting]:
        words: set[str] = set()
        for number, one in enumerate(self._list(self.data, kind), start=1):
            setting = self._setting(one, f"{kind} {number}")
            for word in (setting.name, *setting.aliases):
                if word in words:
                    self._wrong(f"the {kind} {word!r} stands twice", f"{kind} {number}")
                words.add(word)
            yield setting
        if needed not in words:
            self._wrong(f"there is no {kind} {needed!r}", kind, "It is what all else falls back to.")

    def _setting(self, one: Mapping[str, Any], where: str) -> Setting:
        pairs: dict[tuple[str, str], float] = {}
        for entry in self._list(one, "pairs"):
            times = self._number(entry, "times", where)
            for written in self._list_of_texts(entry, "of", where):
                pairs |= dict.fromkeys(self._directions(written, where), times)
        known = {"name", "aliases", "reason", "source", "pairs", *TIMED}
        for name in one:
            if name not in known:
                self._wrong(f"nothing is called {name!r}", where,
                            f"It may multiply {', '.join(TIMED)}.")
        return Setting(
            self._text(one, "name", where), tuple(self._list_of_texts(one, "aliases", where)),
            self._text(one, "reason", where), self._source(one, where),
            {name: self._number(one, name, where, default=1.0) for name in TIMED}, pairs,
        )

    def _choices(self) -> Event:
        where = "unread_is_one_of"
        one = self._table(self.data, where, where)
        number = self._number(one, "number", where)
        if number < 1:
            self._wrong("a character is one of at least one", where, "", str(number))
            number = 1.0
        return Event(where, 1.0 / number, self._text(one, "reason", where),
                     self._source(one, where))

    def _narrow(self) -> tuple[str, float]:
        one = self._table(self.data, "narrow", "narrow")
        self._text(one, "reason", "narrow")
        self._source(one, "narrow")
        return self._text(one, "characters", "narrow"), self._number(one, "times", "narrow")

    def _spread(self) -> dict[str, dict[str, float]]:
        given = self._table(self.data, "spread", "spread")
        self._text(given, "reason", "spread")
        self._source(given, "spread")
        found: dict[str, dict[str, float]] = {}
        for name in (*BLOCKS, "added"):
            row = self._table(given, name, f"spread.{name}")
            found[name] = {to: self._chance(row, to, f"spread.{name}") for to in BLOCKS}
            if abs(sum(found[name].values()) - 1.0) > 1e-9:
                self._wrong("the shares do not add up to 1", f"spread.{name}", "",
                            f"{sum(found[name].values()):.6g}")
        return found

    # -- values

    def _wrong(self, rule: str, where: str, advice: str = "", value: str = "") -> None:
        self.problems.append(Problem(rule, advice, where, value, file=self.file))

    def _table(self, data: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
        found = data.get(name)
        if not isinstance(found, Mapping):
            self._wrong(f"there is no table {where}", where)
            return {}
        return found

    def _list(self, data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        found = data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
            self._wrong(f"{name} is no list of tables", name)
            return []
        return found

    def _list_of_texts(self, data: Mapping[str, Any], name: str, where: str) -> list[str]:
        found = data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self._wrong(f"{name} is no list of texts", where)
            return []
        return found

    def _text(self, data: Mapping[str, Any], name: str, where: str) -> str:
        found = data.get(name)
        if not isinstance(found, str) or not found.strip():
            self._wrong(f"{name} is missing", where)
            return ""
        return found

    def _source(self, data: Mapping[str, Any], where: str) -> str:
        name = self._text(data, "source", where)
        if name and name not in self.sources:
            self._wrong(f"there is no source {name!r}", where, "Name one that stands in [sources].")
        return str(self.sources.get(name, ""))

    def _number(
        self, data: Mapping[str, Any], name: str, where: str, *, default: float | None = None
    ) -> float:
        found = data.get(name, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 1e6:
            self._wrong(f"{name} is no number above 0", where, "", str(found))
            return 1.0
        return float(found)

    def _chance(self, data: Mapping[str, Any], name: str, where: str) -> float:
        found = self._number(data, name, where)
        if found >= 1:
            self._wrong(f"{name} is no chance between 0 and 1", where, "", str(found))
            return 0.5
        return found


def _by_word(settings: tuple[Setting, ...]) -> dict[str, Setting]:
    return {word: setting for setting in settings for word in (setting.name, *setting.aliases)}
