"""One answer of a search, and its reasons in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from headstamp.markings.alphabet import PLACES
from headstamp.markings.asked import Asked
from headstamp.markings.channel import Channel
from headstamp.markings.context import Factor
from headstamp.markings.lineup import Pair, line_up
from headstamp.markings.normalise import Keys, keys, rule
from headstamp.markings.unread import RUN, UNREAD, tokens

_MOST_TOLD: Final = 6
_MOST_CHARACTERS: Final = 4096
_FULL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a probability was weighed against.

    ``candidates`` markings are within reach; ``costs`` of those weighed, by
    segment; ``expected``: how many markings like the reading one would expect
    outside the index; ``none``: the probability that it is none of those found;
    ``markings``: how many distinct ones the index holds.
    """

    candidates: int
    costs: tuple[npt.NDArray[np.int32], ...]
    expected: float
    none: float
    markings: int

    def as_near(self, cost: int) -> int:
        """How many other markings among those weighed cost no more."""
        return max(0, sum(int((costs <= cost).sum()) for costs in self.costs) - 1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit is one: its places lined up, what was done to compare, and the weighing, in words.

    ``rules`` names those of :data:`headstamp.markings.normalise.RULES` that changed
    either text on the way to being compared. ``pairs`` is empty for a quoted query.
    """

    pairs: tuple[Pair, ...]
    words: tuple[str, ...]
    rules: tuple[str, ...]
    factors: tuple[Factor, ...]

    def __str__(self) -> str:
        return "; ".join(self.words)


@dataclass(frozen=True, slots=True)
class Hit:
    """A text of the index that may be the marking read.

    ``probability`` is the posterior that it is the same marking: texts with
    one and the same marking (and context) share it, each with the whole of it.
    ``cost`` is the channel's, in 1/100 nat. ``part`` is the word of the text
    that answers, where not the whole does; ``reading``, where several readings of
    one marking were asked for, the one that it explains best.
    """

    position: int
    text: str
    probability: float
    cost: int
    part: str | None = None
    reading: str | None = None
    surroundings: Surroundings | None = field(default=None, repr=False, compare=False)
    factors: tuple[Factor, ...] = field(default=(), repr=False, compare=False)
    _asked: Asked | None = field(default=None, repr=False, compare=False)
    _question: Keys | None = field(default=None, repr=False, compare=False)
    _channel: Channel | None = field(default=None, repr=False, compare=False)

    def explain(self) -> Explanation:
        """The reasons; computed when asked for."""
        if self._asked is None or self._channel is None or self._question is None:
            told = "as written" if self.part is None else f"the text holds {self.part} as written"
            return Explanation((), (told,), (), self.factors)
        stored = keys((self.part if self.part is not None else self.text)[:_MOST_CHARACTERS])
        pairs = line_up(self._asked, stored.plain, self._channel)
        words = [] if self.reading is None else [f"going by the reading {self.reading}"]
        words += _told(pairs, self._question, stored)
        if self.part is not None:
            words.append(f"{self.part} is a word of a longer text")
        used = {"plain"}
        if stored.ncic == self._question.ncic and stored.plain != self._question.plain:
            used.add("ncic")
            words.append(
                f"the same under the NCIC key, {stored.ncic} "
                "(O as zero, letters between digits left out)"
            )
        steps = [step.rule for k in (self._question, stored) for step in k.applied]
        rules = tuple(dict.fromkeys(name for name in steps if rule(name).key in used))
        words += [factor.words() for factor in self.factors]
        if self.surroundings is not None:
            words += _weighed(self.surroundings, self.cost)
        return Explanation(pairs, tuple(words), rules, self.factors)


def _told(pairs: tuple[Pair, ...], asked: Keys, stored: Keys) -> list[str]:
    if asked.raw == stored.raw:
        return ["as written"]
    if asked.plain == stored.plain:
        return ["the same but for separators, capitals or script"]
    if all(pair.kind in ("cut", "extra", "added", "missing") for pair in pairs):
        return ["no character agrees"]
    told: list[str] = []
    place = 0
    for pair in pairs:
        place += 2 if pair.kind == "swapped" else bool(pair.asked)
        told += _told_of(pair, place)
    if len(told) > _MOST_TOLD:
        told = [*told[:_MOST_TOLD], f"and {len(told) - _MOST_TOLD} more"]
    told += _told_of_ends(pairs)
    told += _told_of_runs(pairs)
    unread = sum(pair.asked == UNREAD for pair in pairs)
    if unread:
        told.append(f"{unread} {'character was' if unread == 1 else 'characters were'} not read")
    unread = sum(pair.seen == UNREAD for pair in pairs)
    if unread:
        told.append(f"{unread} of the stored text {'was' if unread == 1 else 'were'} not read")
    if not told and len(tokens(stored.plain)) > PLACES:
        return [f"the same in its first {PLACES} characters"]
    return told or ["the same"]


def _told_of(pair: Pair, place: int) -> list[str]:
    """One pair in words, unless it agrees or is told together with others. Places from 1."""
    if pair.kind == "look-alike":
        return [f"{pair.asked} is read for {pair.seen} (place {place})"]
    if pair.kind == "other":
        return [f"{pair.asked} stands for {pair.seen} (place {place})"]
    if pair.kind == "missing":
        return [f"{pair.seen} is missing {f'after place {place}' if place else 'before place 1'}"]
    if pair.kind == "added":
        return [f"{pair.asked} is one too many (place {place})"]
    if pair.kind == "swapped":
        return [f"{pair.seen} is read as {pair.asked} (places {place - 1} and {place})"]
    if pair.kind == "unread" and UNREAD not in (pair.asked, pair.seen):
        # Alternatives, on one side or both.
        return [f"{pair.asked} may be {pair.seen} (place {place})"]
    return []


def _told_of_ends(pairs: tuple[Pair, ...]) -> list[str]:
    told = []
    kinds = [pair.kind in ("cut", "extra") for pair in pairs]
    first, last = kinds.index(False), len(kinds) - kinds[::-1].index(False)
    for end, some in (("beginning", pairs[:first]), ("end", pairs[last:])):
        cut, extra = "".join(p.seen for p in some), "".join(p.asked for p in some)
        if cut:
            told.append(f"{cut} is missing at the {end}")
        if extra:
            told.append(f"{extra} is read beyond the {end}")
    return told


def _told_of_runs(pairs: tuple[Pair, ...]) -> list[str]:
    told = []
    for run, some in groupby(pairs, key=lambda pair: pair.kind == "run"):
        under = list(some) if run else []
        seen = "".join(pair.seen for pair in under).replace(RUN, "")
        asked = "".join(pair.asked for pair in under)
        if seen:
            told.append(f"{seen} stands where the reading has *")
        if asked:
            told.append(f"{asked} is read where the stored text has *")
    return told


def _weighed(around: Surroundings, cost: int) -> list[str]:
    told = []
    near = around.as_near(cost)
    if near:
        others = "one other marking is" if near == 1 else f"{near} other markings are"
        told.append(f"{others} as near or nearer")
    if around.expected >= 0.005:
        full = "its number space is so full that " if around.expected >= _FULL else ""
        told.append(
            f"{full}about {_number(around.expected)} markings like the reading are to be "
            "expected outside the index"
        )
    if around.none >= 0.005:
        told.append(f"{around.none:.0%} that it is none of those found")
    return told


def _number(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"
