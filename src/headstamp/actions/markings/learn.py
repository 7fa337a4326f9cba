"""Learning from a case how its markings are misread.

A pair of texts is *confirmed* where the true text of a marking is known and
somebody's independent text of it stands beside. The true text is known, in this
order:

1. a reading of 100 % certainty says it, and no other such reading says otherwise;
2. at least two people's readings (by eye, by name) agree, and no other text has
   as many: what they say now, also after looking again;
3. the marking's own text was corrected by a later version, and is read in full.

What is held against it is what each person gave *first*, before seeing anybody
else's; what a machine or a copy of a list gave; and the text with which the
marking was first recorded, unless the same person gave a reading too. A
reading that is itself the only ground of the true text is not held against
itself. Texts that a correction of the marking replaced (ground 3) tell which
misreadings happen, not how often (see :mod:`headstamp.markings.learn`).

Where two people differed and nobody has settled it, the misreading is there and
cannot be counted. So that the agreements beside it do not make reading look
surer than it is, markings on which all agreed at once count only for the share
of differences that were settled.

What was learned is a file beside the case (``markings-costs.toml``), never in
the log: it can be made again. It holds characters and counts, no marking.

There is no page for this: which costs a whole case is searched with is for
whoever keeps the case and its folder, on the command line.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from headstamp.actions.markings.reading import BY_EYE, first_text, person_key
from headstamp.errors import Invalid, Problem, Unavailable
from headstamp.markings.channel import Channel
from headstamp.markings.learn import Confirmed, Lesson, learn
from headstamp.markings.normalise import plain_key
from headstamp.markings.unread import has_unread
from headstamp.store.case import Case
from headstamp.store.disk import refuse_protected
from headstamp.store.reader import Reader
from headstamp.store.shown import Event, Shown

FILE: Final = "markings-costs.toml"
LEAST_PAIRS: Final = 50
"""With fewer confirmed pairs nothing is learned: the defaults know more."""
LEAST_DIFFERING: Final = 10
"""So many of them must differ: pairs that agree say nothing about which misreadings happen."""
CERTAIN: Final = 100
_READERS: Final = {**dict.fromkeys(BY_EYE, "person"), "ocr": "ocr", "copied": "copied"}


@dataclass
class Grounds:
    """The confirmed pairs of a case, and what they were taken from.

    ``settled`` and ``open`` are markings on which people differed at first, with
    and without a known true text; ``contradicting`` those where two readings of
    100 % certainty differ.
    """

    pairs: list[Confirmed] = field(default_factory=list)
    by_ground: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    open: int = 0
    contradicting: int = 0

    @property
    def share_settled(self) -> float:
        """How many of the differences between people have been settled, from 0 to 1."""
        return self.settled / (self.settled + self.open) if self.settled + self.open else 1.0


@dataclass(frozen=True)
class Taught:
    """What a case taught: the changes and the grounds they rest on."""

    lesson: Lesson
    grounds: Grounds

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "pairs": self.lesson.used,
            "differing": self.lesson.differing,
            "by_ground": dict(self.grounds.by_ground),
            "left_out": self.lesson.left_out,
            "differences_settled": self.grounds.settled,
            "differences_open": self.grounds.open,
            "contradicting": self.grounds.contradicting,
            "changes": [one.as_dict() for one in self.lesson.learned.changes],
        }


# --- confirmed pairs ----------------------------------------------------------------


def grounds(reader: Reader) -> Grounds:
    """All confirmed pairs that this reader may see. Goes through all markings and readings."""
    readings: dict[str, list[Shown]] = defaultdict(list)
    for one in reader.stream("reading"):
        marking = one.get("marking")
        if marking:
            readings[marking].append(one)
    found = Grounds()
    agreed: list[Confirmed] = []
    for marking in reader.stream("marking"):
        of = readings.get(marking.id, [])
        if of or marking.version > 1:
            _take(reader, marking, of, found, agreed)
    share = found.share_settled
    found.pairs += [replace(pair, weight=share) for pair in agreed] if share else []
    return found


@dataclass(frozen=True)
class _Person:
    """What one person read: at first, and now."""

    name: str
    first: str
    now: str
    ids: frozenset[str]


def _take(
    reader: Reader, marking: Shown, readings: list[Shown], found: Grounds,
    agreed: list[Confirmed],
) -> None:
    people = list(_people(reader, readings))
    first = {plain_key(one.first) for one in people}
    certain = [one for one in readings if one.get("certainty") == CERTAIN
               and one.get("method") in _READERS and _whole(str(one.get("text")))]
    sure = {plain_key(str(one.get("text"))) for one in certain}
    if len(sure) > 1:
        found.contradicting += 1
        return
    history = reader.history(marking.id)
    true, ground, own = _truth(marking, people, certain, history)
    if len(first) > 1:
        if true:
            found.settled += 1
        else:
            found.open += 1
    if not true:
        return
    setting = str(marking.get("technique") or "unknown")
    pairs = [
        Confirmed(one.first, true, setting) for one in people if not one.ids <= own
    ]
    pairs += [
        Confirmed(str(one.get("text")), true, setting, _READERS[str(one.get("method"))])
        for one in readings
        if one.get("method") in ("ocr", "copied") and one.id not in own
    ]
    recorded = list(_recorded(history, {one.name for one in people}))
    if ground != "corrected":
        pairs += [Confirmed(text, true, setting) for text in recorded[:1]]
    else:
        pairs += [
            Confirmed(text, true, setting, only_wrong=True)
            for text in recorded if plain_key(text) != plain_key(true)
        ]
    found.by_ground[ground] += len(pairs)
    # All said the same at once: that says as little as the differences left open are many.
    (agreed if ground == "agreed" and len(first) == 1 else found.pairs).extend(pairs)


def _people(reader: Reader, readings: Iterable[Shown]) -> Iterator[_Person]:
    by_name: dict[str, list[Shown]] = {}
    for one in sorted(readings, key=lambda one: (str(one.get("read_on", "")), one.seq)):
        name = person_key(str(one.get("reader", "")))
        if name and one.get("method") in BY_EYE:
            by_name.setdefault(name, []).append(one)
    for name, own in by_name.items():
        yield _Person(
            name, first_text(reader, own[0]), str(own[-1].get("text")),
            frozenset(one.id for one in own),
        )


def _truth(
    marking: Shown, people: list[_Person], certain: list[Shown], history: list[Event]
) -> tuple[str, str, frozenset[str]]:
    """The true text, on what ground, and the readings that are its only ground."""
    if certain:
        text = str(certain[0].get("text"))
        ids = frozenset(one.id for one in certain)
        return text, "certain", ids if len(certain) == 1 else frozenset()
    said = Counter(plain_key(one.now) for one in people if _whole(one.now)).most_common(2)
    if said and said[0][1] >= 2 and (len(said) == 1 or said[1][1] < said[0][1]):
        text = next(one.now for one in people if plain_key(one.now) == said[0][0])
        return text, "agreed", frozenset()
    text = marking.get("text")
    corrected = len({plain_key(one) for one in _texts(history)}) > 1
    if text is not None and corrected and _whole(text):
        return text, "corrected", frozenset()
    return "", "", frozenset()


def _recorded(history: list[Event], people: set[str]) -> Iterator[str]:
    """The texts a marking was recorded with, but for those of people who gave readings too."""
    for event in history:
        text = event.values.get("text")
        if text is not None and "text" in event.changed and person_key(event.actor) not in people:
            yield str(text)


def _texts(history: list[Event]) -> list[str]:
    return [str(event.values["text"]) for event in history if event.values.get("text") is not None]


def _whole(text: str) -> bool:
    plain = plain_key(text)
    return bool(plain) and not has_unread(plain)


# --- learning, keeping, using -------------------------------------------------------


def learn_markings(reader: Reader) -> Taught:
    """What the case's confirmed pairs teach. Raises Invalid where they are too few."""
    found = grounds(reader)
    lesson = learn(found.pairs)
    problems = []
    if lesson.used < LEAST_PAIRS:
        problems.append(Problem(
            f"{lesson.used} confirmed pairs of texts; at least {LEAST_PAIRS} are needed",
            "Have markings read by a second person, or record a reading of 100 % certainty "
            "where the true text is known.",
        ))
    if lesson.differing < LEAST_DIFFERING:
        problems.append(Problem(
            f"{lesson.differing} of them differ; at least {LEAST_DIFFERING} are needed",
            f"{found.open} differences between two people wait to be settled."
            if found.open else "",
        ))
    if problems:
        told = "".join(f"; {number} left out ({why})" for why, number in lesson.left_out.items())
        raise Invalid(f"there is too little to learn from{told}", problems)
    return Taught(lesson, found)


def costs_path(case: Case) -> Path:
    """Where the learned costs of a case lie, if it has some; of an encrypted one encrypted."""
    return case.working.place("", FILE)


def keep_costs(taught: Taught, case: Case) -> Path:
    """Has the case searched with what it has taught from now on. Raises Unavailable."""
    path = costs_path(case)
    try:
        case.working.write("", FILE, taught.lesson.learned.toml().encode())
    except OSError as error:
        raise Unavailable(f"the learned costs cannot be written to {path}: {error.strerror}") from error
    return path


def write_costs(taught: Taught, path: Path) -> None:
    """Writes the learned costs, whole or not at all. Raises Unavailable."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            try:
                file.write(taught.lesson.learned.toml())
                file.flush()
                os.fsync(file.fileno())
                refuse_protected(path)
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Unavailable(f"the learned costs cannot be written to {path}: {error.strerror}") from error


def channel_of(
    case: Case, technique: str | None = None, reader: str | None = None, overstamped: bool = False
) -> Channel:
    """The costs this case is searched with: its own where it has learned some, else the defaults.

    Quick to call again. Raises Invalid where the file beside the case is damaged.
    """
    path = costs_path(case)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return Channel.default(technique, reader, overstamped)
    if not case.working.sealed:
        return _loaded(path, stat.st_mtime_ns, stat.st_size, technique, reader, overstamped)
    known = _SEALED.setdefault(case, {})
    wanted = (stat.st_mtime_ns, stat.st_size, technique, reader, overstamped)
    if wanted not in known:
        opened = case.working.open("", FILE)
        if opened is None:
            return Channel.default(technique, reader, overstamped)
        known[wanted] = Channel.load(opened, technique, reader, overstamped)
    return known[wanted]


_SEALED: WeakKeyDictionary[Case, dict[tuple[object, ...], Channel]] = WeakKeyDictionary()


@lru_cache(maxsize=64)
def _loaded(
    path: Path, _changed: int, _size: int, technique: str | None, reader: str | None,
    overstamped: bool,
) -> Channel:
    return Channel.load(path, technique, reader, overstamped)
