"""What a case has learned about its own misreadings, as a file beside it.

Held as changes against the defaults: a chance before, a chance after. What
counts later is their ratio, so that what was learned from stamped markings
read by people still says something about stencils read by a machine.

The file holds characters and counts, no marking. It follows from the case and
can be made again, so it is not in the log.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.errors import Invalid, Problem
from headstamp.markings.normalise import plain_key

FORMAT: Final = "headstamp-learned-chances/1"
LEARNABLE: Final = ("unread", "dropped", "added", "swapped", "cut", "extra")
_NUMBERS: Final = ("before", "after", "low", "high", "observed", "of")


@dataclass(frozen=True, slots=True)
class Change:
    """One chance that the readings of a case have moved.

    ``event`` is the name of an event, or empty for a pair ``true`` seen as
    ``seen``. ``observed`` is how often it happened in ``of`` chances (both are
    expectations over the ways to line two texts up, so no whole numbers);
    ``low`` and ``high`` bound the rate ``observed / of`` (Wilson's interval, 95 %).
    """

    event: str
    true: str
    seen: str
    before: float
    after: float
    low: float
    high: float
    observed: float
    of: float

    @property
    def times(self) -> float:
        """What the default is to be multiplied by."""
        return self.after / self.before

    @property
    def words(self) -> str:
        """What it is the chance of."""
        return self.event or f"{self.true} read as {self.seen}"

    def as_dict(self) -> dict[str, object]:
        """The change as plain JSON values."""
        named: dict[str, object] = (
            {"event": self.event} if self.event else {"true": self.true, "seen": self.seen}
        )
        return named | {name: getattr(self, name) for name in _NUMBERS}


@dataclass(frozen=True, slots=True)
class Learned:
    """All changes, and on how many pairs of texts they rest."""

    pairs: int
    changes: tuple[Change, ...]

    def times(self) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
        """Factors on the default chances: of events by name, of pairs (true, seen)."""
        events = {one.event: one.times for one in self.changes if one.event}
        pairs = {(one.true, one.seen): one.times for one in self.changes if not one.event}
        return events, pairs

    def toml(self) -> str:
        """The file's text; ``read_learned`` reads it back."""
        lines = [
            "# Chances of misreading, learned by `headstamp markings learn` from the confirmed",
            "# readings of one case. Derived: delete it and the defaults are used again.",
            f'format = "{FORMAT}"',
            f"pairs = {self.pairs}",
        ]
        for one in self.changes:
            lines += ["", f"[[{'event' if one.event else 'pair'}]]"]
            for name, value in one.as_dict().items():
                shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else (
                    f"{value:.6g}")
                lines.append(f"{'name' if name == 'event' else name} = {_float(shown)}")
        return "\n".join(lines) + "\n"


def _float(shown: str) -> str:
    # TOML tells whole numbers from others; all of these are others.
    return shown if '"' in shown or "." in shown or "e" in shown else f"{shown}.0"


def read_learned(text: str, *, file: str = "") -> Learned:
    """The changes in a file's text. Raises Invalid with all that is wrong in it at once."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid("the learned chances are no TOML", [Problem(str(error), file=file)]) from error
    problems: list[Problem] = []

    def wrong(rule: str, field: str, value: object = "") -> None:
        problems.append(Problem(rule, "Make the file anew with `headstamp markings learn`.",
                                field, str(value), file=file))

    if data.get("format") != FORMAT:
        wrong(f"the format is not {FORMAT}", "format", data.get("format", ""))
    pairs = data.get("pairs")
    if not isinstance(pairs, int) or isinstance(pairs, bool) or pairs < 0:
        wrong("pairs is no number of pairs", "pairs", pairs)
        pairs = 0
    changes: list[Change] = []
    for kind in ("event", "pair"):
        entries = data.get(kind, [])
        if not isinstance(entries, list):
            wrong(f"{kind} is no list of tables", kind)
            continue
        for number, one in enumerate(entries, start=1):
            where = f"{kind} {number}"
            before = len(problems)
            if not isinstance(one, Mapping):
                wrong("this is no table", where, one)
                continue
            _check(one, kind, where, wrong)
            if len(problems) == before:
                changes.append(Change(
                    one["name"] if kind == "event" else "", one.get("true", ""),
                    one.get("seen", ""), *(float(one[name]) for name in _NUMBERS),
                ))
    if problems:
        raise Invalid("the learned chances do not hold together", problems)
    return Learned(pairs, tuple(changes))


def _check(one: Mapping[str, Any], kind: str, where: str, wrong: Any) -> None:
    if kind == "event":
        if one.get("name") not in LEARNABLE:
            wrong(f"an event is one of {', '.join(LEARNABLE)}", where, one.get("name", ""))
    else:
        chars = [one.get("true"), one.get("seen")]
        if not all(isinstance(c, str) and len(c) == 1 and plain_key(c) == c for c in chars) \
                or chars[0] == chars[1]:
            wrong("a pair is two different characters of plain keys", where, chars)
    for name in _NUMBERS:
        value = one.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 \
                or value != value:
            wrong(f"{name} is no number", where, value)
        elif name in ("before", "after") and not 0 < value < 1:
            wrong(f"{name} is no chance between 0 and 1", where, value)
