"""What is known beside the marking: maker, model, calibre, family, country, year.

A reading with its maker is another question than the reading alone: serials
repeat between makers. Each part that is given and known of a candidate
multiplies its chance by how much better the same marking explains agreement (or
disagreement) than chance does, and is shown by itself. An unknown value says
nothing.

The rates are a house estimate, to be replaced by a case's own: of two records
of one thing, a field agrees in nine of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FIELDS: Final = ("maker", "model", "calibre", "family", "country", "year")
AGREES: Final = 0.9
"""How often a field agrees when it is the same marking."""
_MOST: Final = 200.0
_YEARS: Final = 1
_MOST_KNOWN: Final = 64

Context = Mapping[str, str | int]
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Column:
    """One field of all texts: which of ``values`` each has; 0 is not known."""

    values: list[str]
    of: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of the context at a candidate: what was asked, what stands there, how much it counts."""

    field: str
    asked: str
    stands: str
    times: float

    def words(self) -> str:
        """The factor in words.

        >>> Factor("maker", "Example Arms", "Other Works", 0.1).words()
        'maker: Example Arms asked, Other Works stands there (0.1 times as likely)'
        """
        return (
            f"{self.field}: {self.asked} asked, {self.stands} stands there "
            f"({self.times:.2g} times as likely)"
        )


class Contexts:
    """The contexts of the texts of an index, in order of position."""

    def __init__(self, columns: dict[str, Column] | None = None, number: int = 0) -> None:
        self.columns = columns if columns is not None else {}
        self.number = number
        # A search asks for every candidate: counted once for each field and value asked.
        self._known: dict[tuple[str, str], Floats] = {}

    @classmethod
    def of(cls, contexts: Iterable[Context | None]) -> Contexts:
        """From one mapping for each text; fields beside :data:`FIELDS` are left out."""
        made = cls()
        made.extend(contexts)
        return made

    @classmethod
    def joined(cls, several: Sequence[tuple[Contexts, int]]) -> Contexts:
        """The contexts of several indexes, of so many texts each, one after the other."""
        number = sum(size for _, size in several)
        made = cls({}, number)
        for field in FIELDS:
            if not any(field in one.columns for one, _ in several):
                continue
            column = Column([""], np.zeros(number, dtype=np.int32))
            known, start = {"": 0}, 0
            for one, size in several:
                held = one.columns.get(field)
                if held is not None:
                    for value in held.values:
                        if value not in known:
                            known[value] = len(column.values)
                            column.values.append(value)
                    codes = np.array([known[value] for value in held.values], dtype=np.int32)
                    column.of[start : start + one.number] = codes[held.of]
                start += size
            made.columns[field] = column
        return made

    def without(self, positions: Sequence[int]) -> Contexts:
        """A copy in which nothing is known beside these texts."""
        made = Contexts({}, self.number)
        at = np.array([one for one in positions if one < self.number], dtype=np.int64)
        for field, column in self.columns.items():
            codes = column.of.copy()
            codes[at] = 0
            made.columns[field] = Column(list(column.values), codes)
        return made

    def part(self, start: int, end: int) -> Contexts:
        """The contexts of the texts from one position up to another."""
        end = min(end, self.number)
        return Contexts(
            {name: Column(list(c.values), c.of[start:end]) for name, c in self.columns.items()},
            max(0, end - start),
        )

    def at(self, position: int) -> dict[str, str]:
        """What is known beside one text."""
        return {
            name: column.values[column.of[position]]
            for name, column in self.columns.items() if column.of[position]
        } if position < self.number else {}

    def extend(self, contexts: Iterable[Context | None]) -> None:
        """More texts, at the end."""
        rows = list(contexts)
        self._known = {}
        for field in FIELDS:
            if field not in self.columns and not any(row and row.get(field) for row in rows):
                continue
            column = self.columns.setdefault(
                field, Column([""], np.zeros(self.number, dtype=np.int32))
            )
            known = {value: at for at, value in enumerate(column.values)}
            codes = np.zeros(len(rows), dtype=np.int32)
            for at, row in enumerate(rows):
                value = str(row.get(field) or "") if row else ""
                if value and value not in known:
                    known[value] = len(column.values)
                    column.values.append(value)
                codes[at] = known.get(value, 0)
            column.of = np.concatenate([column.of, codes])
        self.number += len(rows)

    def times(self, asked: Context, positions: npt.NDArray[np.int64]) -> Floats:
        """By how much the context makes each position likelier (all parts together)."""
        total = np.ones(len(positions))
        for field, column in self.columns.items():
            if asked.get(field):
                by_value = self._times_of(column, field, str(asked[field]))
                total *= by_value[column.of[positions]]
        return total

    def factors(self, asked: Context, position: int) -> list[Factor]:
        """Each part at one position, those that say nothing left out."""
        found = []
        for field, column in self.columns.items():
            if not asked.get(field):
                continue
            at = int(column.of[position])
            if at:
                times = float(self._times_of(column, field, str(asked[field]))[at])
                found.append(Factor(field, str(asked[field]), column.values[at], times))
        return found

    def _times_of(self, column: Column, field: str, asked: str) -> Floats:
        found = self._known.get((field, asked))
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known = {}
            found = self._known[field, asked] = self._counted(column, field, asked)
        return found

    @staticmethod
    def _counted(column: Column, field: str, asked: str) -> Floats:
        agree = np.array([_agree(field, asked, value) for value in column.values])
        counts = np.bincount(column.of, minlength=len(column.values)).astype(np.float64)
        counts[0] = 0
        known = max(1.0, counts.sum())
        chance = float(counts[agree].sum() + 1) / (known + 1)
        times: Floats = np.where(agree, min(_MOST, AGREES / chance), (1 - AGREES) / max(1 - chance, 0.01))
        # Where nearly all agree, agreement says next to nothing; it never counts against.
        times = np.where(agree, np.maximum(times, 1.0), np.minimum(times, 1.0))
        times[0] = 1.0
        return times


def _agree(field: str, asked: str, stands: str) -> bool:
    if not stands:
        return False
    if field == "year":
        one, other = _years(asked), _years(stands)
        if one and other:
            return abs(one - other) <= _YEARS
    a, b = _folded(asked), _folded(stands)
    return bool(a and b) and (a == b or (min(len(a), len(b)) >= 4 and (a in b or b in a)))


def _years(text: str) -> int | None:
    digits = text[:4]
    return int(digits) if len(digits) == 4 and digits.isdigit() else None


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
