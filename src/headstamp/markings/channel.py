"""The noisy channel: what it costs to read a true marking as the text that was given.

A cost is ``round(-100 ln p)``: the chance p of an event in hundredths of a nat,
a whole number, so that costs add up where chances multiply and the compiled and
the plain engine give identical sums. The chances come from ``channel.toml``,
each group with its reason and source, multiplied by what is known of the
technique and the reader, and by what the case has learned itself.

Tails are heavy on purpose: whatever the tables do not foresee is rare, never
impossible, for the engine meets corruptions nobody has counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from headstamp.errors import Missing, Unreadable
from headstamp.markings.alphabet import (
    CODES,
    CYRILLIC_CODES,
    DIGIT_CODES,
    LATIN_CODES,
    NONE,
    SHARED_CODES,
    UNREAD_CODE,
    char_of,
    code_of,
)
from headstamp.markings.learned import Learned, read_learned
from headstamp.markings.rates import (
    BLOCKS,
    PERSON,
    TIMED,
    UNKNOWN,
    Block,
    Rates,
    Setting,
    default_rates,
)

CAP: Final = 2000
"""The highest cost: nothing is rarer than one in half a thousand million (e^-20)."""
ENDS: Final = 64
"""``cut`` and ``extra`` tell the cost of 0 to 63 characters at an end."""
LEAST_RIGHT: Final = 0.4
"""However bad the technique and the reader: so often, at least, a character is read right."""
_MOST: Final = 0.25
"""No single event of misreading gets a higher chance than this."""

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chances:
    """The same as probabilities. For every true code: row sum + unread + dropped + swapped = 1.

    ``substitute[t, q]``: true code ``t`` seen as code ``q``, right ones on the
    diagonal. ``added[q]``: per place, that ``q`` is seen where nothing is.
    ``cut`` and ``extra`` per end, ``cut_more`` and ``extra_more`` for each
    further character.
    """

    substitute: Floats
    unread: float
    dropped: Floats
    added: Floats
    swapped: float
    cut: float
    cut_more: float
    extra: float
    extra_more: float
    run: float
    unread_again: float
    unread_choice: float


@dataclass(frozen=True, eq=False)
class Channel:
    """Costs of every misreading, in hundredths of a nat (int32, but for ``extra`` never above CAP).

    ``substitute[t, q]``
        true code ``t`` (of the stored text) seen as ``q``; right on the diagonal.
        Row :data:`UNREAD_CODE` is ``stored_unread`` (and ``?`` against ``?``),
        column :data:`UNREAD_CODE` is ``unread``. Codes of no character cost CAP.
    ``unread``
        a true character is given as ``?``.
    ``drop[t]``, ``add[q]``, ``swap``
        ``t`` left out; ``q`` seen where nothing is; two neighbours exchanged (both
        characters are paid for by it).
    ``cut[n]``, ``extra[n]``
        ``n`` true characters missing at one end; ``n`` more seen at one end,
        whatever they are. ``[0]`` is that the end is whole.
    ``stored_unread``
        any character against a ``?`` of the stored text.
    ``run``
        the reader wrote ``*``; the characters under it cost nothing more.
    """

    technique: str
    reader: str
    overstamped: bool
    chances: Chances
    substitute: Ints
    unread: int
    drop: Ints
    add: Ints
    swap: int
    cut: Ints
    extra: Ints
    stored_unread: int
    run: int
    lookalikes: npt.NDArray[np.bool_]
    """``[t, q]``: strong and fair look-alikes, as listed (both ways) or as learned."""
    listed: npt.NDArray[np.bool_]
    """``[t, q]``: all listed look-alikes, weak ones too."""
    learned: Learned | None = None

    @classmethod
    def default(
        cls, technique: str | None = UNKNOWN, reader: str | None = PERSON,
        overstamped: bool = False,
    ) -> Channel:
        """The default costs. Words outside the vocabularies count as unknown, as a person."""
        rates = default_rates()
        return _default(
            rates.technique(technique).name, rates.reader(reader).name, bool(overstamped)
        )

    @classmethod
    def load(
        cls, path: Path, technique: str | None = UNKNOWN, reader: str | None = PERSON,
        overstamped: bool = False,
    ) -> Channel:
        """The costs with what a case has learned (a file of ``headstamp markings learn``).

        Raises Missing, Unreadable, or Invalid with all that is wrong in the file.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise Missing(f"there are no learned costs at {path}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(f"the learned costs {path} cannot be read: {error}") from error
        return cls.of(read_learned(text, file=path.name), technique, reader, overstamped)

    @classmethod
    def of(
        cls, learned: Learned | None, technique: str | None = UNKNOWN,
        reader: str | None = PERSON, overstamped: bool = False,
    ) -> Channel:
        """The costs with these changes on top of the defaults."""
        if learned is None:
            return cls.default(technique, reader, overstamped)
        return _make(default_rates(), technique, reader, overstamped, learned)

    @property
    def free_pairs(self) -> tuple[tuple[int, int], ...]:
        """(true code, seen code) of strong and fair look-alikes."""
        return tuple((int(t), int(q)) for t, q in zip(*np.nonzero(self.lookalikes), strict=True))

    def lookalike_classes(self) -> tuple[frozenset[int], ...]:
        """For each seen code, the true codes it may well stand for (itself left out)."""
        return tuple(
            frozenset(map(int, np.flatnonzero(self.lookalikes[:, seen]))) for seen in range(CODES)
        )

    def pair_kind(self, a: str | int, b: str | int) -> Literal["look-alike", "other"]:
        """Whether two different characters (or codes) are look-alikes, in either direction.

        >>> Channel.default().pair_kind("8", "B"), Channel.default().pair_kind("8", "X")
        ('look-alike', 'other')
        """
        one, two = _code(a), _code(b)
        known = self.listed | self.lookalikes
        return "look-alike" if known[one, two] or known[two, one] else "other"

    def describe(self) -> dict[str, Any]:
        """The chances in use with reasons and sources, as plain JSON values."""
        return _described(self)


@cache
def _default(technique: str, reader: str, overstamped: bool) -> Channel:
    return _make(default_rates(), technique, reader, overstamped, None)


def _code(of: str | int) -> int:
    return of if isinstance(of, int) else code_of(of)


def _make(
    rates: Rates, technique: str | None, reader: str | None, overstamped: bool,
    learned: Learned | None,
) -> Channel:
    settings = [rates.technique(technique), rates.reader(reader)]
    settings += [rates.overstamped] if overstamped else []
    events, pairs = learned.times() if learned is not None else ({}, {})
    chances = _chances(rates, settings, events, pairs)
    listed = np.zeros((CODES, CODES), dtype=bool)
    free = np.zeros((CODES, CODES), dtype=bool)
    for group in rates.groups:
        for pair in group.pairs:
            t, q = code_of(pair.true), code_of(pair.seen)
            listed[t, q] = True
            # Freed both ways: which of two texts is the true one is often not known.
            if pair.strength != "weak":
                free[t, q] = free[q, t] = True
    for true, seen in pairs:
        t, q = code_of(true), code_of(seen)
        if chances.substitute[t, q] >= rates.strengths["fair"]:
            free[t, q] = True
    return _channel(settings, overstamped, chances, free, listed, learned)


# --- chances --------------------------------------------------------------------


def _blocks() -> dict[Block, list[int]]:
    named = {*DIGIT_CODES, *LATIN_CODES, *CYRILLIC_CODES}
    signs = [
        code for code in range(1, CODES)
        if code not in named and code != UNREAD_CODE
        and (code in SHARED_CODES or char_of(code) is not None)
    ]
    return {"digit": list(DIGIT_CODES), "latin": list(LATIN_CODES),
            "cyrillic": list(CYRILLIC_CODES), "signs": signs}


def _chances(
    rates: Rates, settings: list[Setting], events: Mapping[str, float],
    learned: Mapping[tuple[str, str], float],
) -> Chances:
    times = {
        name: math.prod(one.times[name] for one in settings) * events.get(name, 1.0)
        for name in TIMED
    }

    def chance(name: str) -> float:
        return min(rates.events[name].probability * times.get(name, 1.0), _MOST)

    look = np.zeros((CODES, CODES))
    for group in rates.groups:
        for pair in group.pairs:
            look[code_of(pair.true), code_of(pair.seen)] += pair.probability * times["lookalike"]
    for setting in settings:
        for (true, seen), more in setting.pairs.items():
            look[code_of(true), code_of(seen)] *= more
    blocks = _blocks()
    wrong = look + chance("other") * _spread(rates, blocks)
    for (true, seen), more in learned.items():
        wrong[code_of(true), code_of(seen)] *= more
    used = [code for codes in blocks.values() for code in codes]
    unread, swapped = chance("unread"), chance("swapped")
    dropped = np.zeros(CODES)
    dropped[[*used, UNREAD_CODE]] = chance("dropped")
    characters, more = rates.narrow
    for char in characters:
        dropped[code_of(char)] = min(dropped[code_of(char)] * more, _MOST)
    room = np.maximum(1.0 - LEAST_RIGHT - unread - swapped - dropped, 0.05)
    sums = wrong.sum(axis=1)
    wrong *= np.minimum(1.0, room / np.maximum(sums, 1e-12))[:, None]
    right = 1.0 - wrong.sum(axis=1) - unread - swapped - dropped
    wrong[used, used] = right[used]
    added = np.zeros(CODES)
    for name in BLOCKS:
        added[blocks[name]] = rates.spread["added"][name] / len(blocks[name])
    return Chances(
        wrong, unread, dropped, added * chance("added"), swapped, chance("cut"),
        rates.events["cut_more"].probability, chance("extra"),
        rates.events["extra_more"].probability, chance("run"),
        rates.events["unread_again"].probability, rates.unread_choices.probability,
    )


def _spread(rates: Rates, blocks: Mapping[Block, list[int]]) -> Floats:
    """Where "other" goes: for each true code, shares over the seen codes that add up to one."""
    shares = np.zeros((CODES, CODES))
    for true, rows in blocks.items():
        for seen, columns in blocks.items():
            choices = len(columns) - (true == seen)
            shares[np.ix_(rows, columns)] = rates.spread[true][seen] / choices
    np.fill_diagonal(shares, 0.0)
    return shares


# --- costs ----------------------------------------------------------------------


def _cost(chance: float) -> int:
    return CAP if chance <= 0 else min(CAP, round(-100 * math.log(chance)))


def _costs(chances: Floats) -> Ints:
    with np.errstate(divide="ignore"):
        costs = np.minimum(np.rint(-100 * np.log(chances)), CAP).astype(np.int32)
    return _fixed(costs)


def _fixed(table: Ints) -> Ints:
    table.setflags(write=False)
    return table


def _ends(chances: Chances) -> tuple[Ints, Ints]:
    """Costs of 0 to 63 characters cut off, and read along, at one end."""
    numbers = np.arange(ENDS, dtype=np.float64)
    whole = 1.0 - chances.cut - chances.extra
    cut = chances.cut * (1 - chances.cut_more) * chances.cut_more ** (numbers - 1)
    # Characters read along say nothing of the marking; each is one of so many.
    extra = (
        chances.extra * (1 - chances.extra_more) * chances.extra_more ** (numbers - 1)
        * chances.unread_choice**numbers
    )
    cut[0] = extra[0] = whole
    # No cap on what is read along: it is as many events as characters, and under a cap
    # a long reading that has nothing in common with a marking would cost no more.
    with np.errstate(divide="ignore"):
        along = np.rint(-100 * np.log(extra)).astype(np.int32)
    return _costs(cut), _fixed(along)


def _channel(
    settings: list[Setting], overstamped: bool, chances: Chances,
    free: npt.NDArray[np.bool_], listed: npt.NDArray[np.bool_], learned: Learned | None,
) -> Channel:
    substitute = _costs(chances.substitute).copy()
    unread = _cost(chances.unread)
    stored = _cost((1 - chances.unread_again) * chances.unread_choice)
    known = np.flatnonzero(chances.added)
    substitute[known, UNREAD_CODE] = unread
    substitute[UNREAD_CODE, known] = stored
    substitute[UNREAD_CODE, UNREAD_CODE] = _cost(chances.unread_again)
    substitute[NONE, :] = substitute[:, NONE] = CAP
    cut, extra = _ends(chances)
    for table in (chances.substitute, chances.dropped, chances.added, free, listed):
        table.setflags(write=False)
    add = np.array(_costs(chances.added))
    # An unread sign may be one too many as well: a scratch taken for a character.
    add[UNREAD_CODE] = _cost(float(chances.added.sum()) * chances.unread)
    return Channel(
        settings[0].name, settings[1].name, overstamped, chances, _fixed(substitute), unread,
        _costs(chances.dropped), _fixed(add), _cost(chances.swapped), cut, extra, stored,
        _cost(chances.run), free, listed, learned,
    )


# --- for people -----------------------------------------------------------------


def _described(channel: Channel) -> dict[str, Any]:
    rates, chances = default_rates(), channel.chances
    now = {
        "unread": chances.unread, "unread_again": chances.unread_again,
        "dropped": float(chances.dropped[code_of("0")]), "added": float(chances.added.sum()),
        "swapped": chances.swapped, "cut": chances.cut, "cut_more": chances.cut_more,
        "extra": chances.extra, "extra_more": chances.extra_more, "run": chances.run,
    }
    settings = [("technique", rates.technique(channel.technique)),
                ("reader", rates.reader(channel.reader))]
    settings += [("overstamped", rates.overstamped)] if channel.overstamped else []
    learned = channel.learned
    return {
        "technique": channel.technique,
        "reader": channel.reader,
        "overstamped": channel.overstamped,
        "learned_from": learned.pairs if learned is not None else 0,
        "settings": [
            {"kind": kind, "name": one.name, "reason": one.reason, "source": one.source,
             "times": {name: more for name, more in one.times.items() if more != 1.0}}
            for kind, one in settings
        ],
        "events": [
            {"event": one.name, "probability": round(now.get(name, one.probability), 6),
             "default": one.probability, "reason": one.reason, "source": one.source}
            for name, one in rates.events.items()
        ],
        "lookalikes": [
            {"group": group.name, "script": group.script, "reason": group.reason,
             "source": group.source,
             "pairs": [
                 {"true": pair.true, "seen": pair.seen, "strength": pair.strength,
                  "probability": round(
                      float(chances.substitute[code_of(pair.true), code_of(pair.seen)]), 6)}
                 for pair in group.pairs
             ]}
            for group in rates.groups
        ],
    }
