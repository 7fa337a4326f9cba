"""Where a reading stands to the runs of markings: inside, in a gap, just before or after.

A reading with unread characters is never said to be inside, only *probably*,
with the share of its completions that fall between the run's ends. That share
counts each completion alike; it is no probability that the marking belongs to
the run, which the index of markings gives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, Final, Literal

import numpy as np

from headstamp.kinds.counted import plural
from headstamp.markings.numbering import (
    Split,
    completions,
    completions_upto,
    filled,
    misread_splits,
    splits,
)
from headstamp.markings.series import NEAR, Series
from headstamp.markings.unread import RUN, can_agree, has_unread, tokens

Where = Literal["inside", "gap", "before", "after", "probably"]

LEAST_SHARE: Final = 0.01
"""Where fewer of a reading's completions fall into a run, nothing is said of it."""
_MOST_SPACES: Final = 200
_MOST_RUNS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading stands to one run.

    ``inside``: its number is one of those that are here. ``gap``: between the ends, and not
    here. ``before``, ``after``: outside, ``distance`` numbers from the nearer end, which is no
    further than the run's own largest gap. ``probably``: some of its completions (``share``,
    from 0 to 1) fall between the ends. ``number`` is the reading's, None where it is not known.
    ``lead`` says it in words, with any doubt; ``words`` with the run.
    """

    series: Series
    where: Where
    number: int | None
    distance: int
    share: float
    lead: str

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.lead} {self.series.words()}"

    def as_dict(self) -> dict[str, Any]:
        """The place as plain JSON values, with the run."""
        return {"where": self.where, "distance": self.distance, "share": round(self.share, 4),
                "words": self.words, "series": self.series.as_dict(most=10)}


class SeriesIndex:
    """Runs, kept so that a reading's place among them is found at once."""

    def __init__(self, series: Iterable[Series]) -> None:
        self.series: tuple[Series, ...] = tuple(series)
        self._spaces: dict[tuple[str, str, bool], list[Series]] = {}
        for run in self.series:
            key = (run.prefix, run.suffix, run.rule == "letter")
            self._spaces.setdefault(key, []).append(run)
        # Of one space and one width runs do not overlap; of several widths they may.
        for runs in self._spaces.values():
            runs.sort(key=lambda run: run.first)
        self._firsts = {key: [run.first for run in runs] for key, runs in self._spaces.items()}
        self._shapes: dict[tuple[int, int], list[tuple[str, str, bool]]] = {}
        for key in self._spaces:
            self._shapes.setdefault((len(key[0]), len(key[1])), []).append(key)

    def __len__(self) -> int:
        return len(self.series)

    def place(self, text: str, *, limit: int = 3) -> list[Place]:
        """The runs that a reading is in or next to, the surest first; empty where there is none.

        >>> from headstamp.markings.series import find_series
        >>> index = SeriesIndex(find_series(["AB 123456", "AB 123457", "AB 123460"]))
        >>> [(p.where, p.distance) for p in index.place("ab-123458")]
        [('gap', 0)]
        >>> index.place("AB 123462")[0].words
        '2 after the run AB 123456 to AB 123460: 3 of 5 numbers are recorded; missing 123458 to 123459'
        >>> round(index.place("AB 12345?")[0].share, 2), index.place("AB 999")
        (0.4, [])
        """
        found: dict[int, Place] = {}
        for split in splits(text):
            for place in self._of_split(split):
                held = found.get(id(place.series))
                if held is None or _rank(place) < _rank(held):
                    found[id(place.series)] = place
        if not found:
            for split in misread_splits(text):
                for place in self._of_split(split):
                    found.setdefault(id(place.series), _doubted(place, split.doubt))
        return sorted(found.values(), key=_rank)[:limit]

    def _of_split(self, split: Split) -> list[Place]:
        letters_read = not has_unread(split.prefix) and not has_unread(split.suffix)
        if letters_read:
            keys: Sequence[tuple[str, str, bool]] = [
                (split.prefix, split.suffix, split.rule == "letter")
            ]
        else:
            keys = self._alike(split)
        found = []
        for key in keys:
            if key not in self._spaces:
                continue
            if split.certain and letters_read:
                place = self._exact(key, split)
                if place is not None:
                    found.append(place)
            else:
                found.extend(self._perhaps(key, split))
        return found

    def _alike(self, split: Split) -> list[tuple[str, str, bool]]:
        """The spaces whose letters may be these, some of which were not read."""
        prefix, suffix = tokens(split.prefix), tokens(split.suffix)
        shapes: Iterable[tuple[int, int]] = [(len(prefix), len(suffix))]
        if RUN in prefix or RUN in suffix:
            shapes = self._shapes
        found = []
        for shape in shapes:
            for key in self._shapes.get(shape, ()):
                if key[2] == (split.rule == "letter") and can_agree(prefix, tokens(key[0])) and \
                        can_agree(suffix, tokens(key[1])):
                    found.append(key)
                    if len(found) >= _MOST_SPACES:
                        return found
        return found

    def _exact(self, key: tuple[str, str, bool], split: Split) -> Place | None:
        number = split.value
        runs = self._spaces[key]
        at = bisect_right(self._firsts[key], number)
        best: Place | None = None
        for run in runs[max(0, at - 2) : at + 2]:
            if not _same_writing(run, split):
                continue
            place = _stands(run, number)
            if place is not None and (best is None or _rank(place) < _rank(best)):
                best = place
        return best

    def _perhaps(self, key: tuple[str, str, bool], split: Split) -> list[Place]:
        found = []
        runs: Sequence[Series] = self._spaces[key]
        if len(runs) > _MOST_RUNS:
            # The share is the greater the longer the run, and the small ones are not told.
            runs = nlargest(_MOST_RUNS, runs, key=lambda run: run.span)
        for run in runs:
            widths = [run.width] if run.width else range(len(str(run.first)), len(str(run.last)) + 1)
            inside = total = 0
            for width in widths:
                number = split.number if split.rule == "letter" else filled(split.number, width)
                if number is None or (run.width is None and number[0] == "0"):
                    continue
                total += completions(number)
                if split.rule == "letter":
                    inside += run.first <= split.value <= run.last
                else:
                    # A number without noughts in front has its first digit from 1.
                    least = 0 if run.width else 10 ** (width - 1)
                    inside += completions_upto(number, min(run.last, 10**width - 1)) \
                        - completions_upto(number, max(run.first, least) - 1)
            if inside and inside >= LEAST_SHARE * total:
                found.append(_probable(run, split, inside, total))
        return found


def _same_writing(run: Series, split: Split) -> bool:
    """Whether a number is written as the run's are: so many digits, or no nought in front."""
    if run.rule == "letter":
        return split.rule == "letter"
    return len(split.number) == run.width if run.width else not split.padded


def _stands(run: Series, number: int) -> Place | None:
    reach = max(NEAR, run.largest_gap)
    if number < run.first:
        away = run.first - number
        return Place(run, "before", number, away, 1.0, f"{away:,} before the run") \
            if away <= reach else None
    if number > run.last:
        away = number - run.last
        return Place(run, "after", number, away, 1.0, f"{away:,} after the run") \
            if away <= reach else None
    at = int(np.searchsorted(run.numbers, number))
    if int(run.numbers[at]) == number:
        return Place(run, "inside", number, 0, 1.0, "inside the run")
    return Place(run, "gap", number, 0, 1.0, "in a gap of the run")


def _probable(run: Series, split: Split, inside: int, total: int) -> Place:
    share = inside / total
    if has_unread(split.prefix) or has_unread(split.suffix):
        lead = "perhaps inside (its letters are not read in full) the run"
    elif inside == total:
        lead = "probably inside (whatever the unread characters are) the run"
    else:
        falls = "falls" if inside == 1 else "fall"
        lead = f"perhaps inside ({inside:,} of {plural(total, 'way')} to read it {falls} in it) the run"
    return Place(run, "probably", None, 0, share, lead)


def _doubted(place: Place, doubt: str) -> Place:
    return Place(place.series, "probably", place.number, place.distance, place.share,
                 f"perhaps, with {doubt}, {place.lead}")


_ORDER: dict[Where, int] = {"inside": 0, "gap": 1, "before": 3, "after": 3, "probably": 2}


def _rank(place: Place) -> tuple[int, float, int, int]:
    return (_ORDER[place.where], -place.share, place.distance, -place.series.count)
