"""One thing that the check before sending has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from headstamp.errors import Problem
from headstamp.store.shown import Shown

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Note:
    """What it is (``code``), how grave, in words, what to do, about which records and field."""

    code: str
    level: Literal["blocker", "warning"]
    words: str
    advice: str
    records: tuple[str, ...] = ()
    field: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "records": list(self.records)}

    def problem(self) -> Problem:
        """The same as a problem of an error."""
        return Problem(self.words, self.advice, self.field)


def blocker(code: str, words: str, advice: str, records: Sequence[str] = (), field: str = "") -> Note:
    """Something that has to be mended."""
    return Note(code, "blocker", words, advice, tuple(records), field)


def warning(code: str, words: str, advice: str, records: Sequence[str] = (), field: str = "") -> Note:
    """Something that a person has to look at and answer."""
    return Note(code, "warning", words, advice, tuple(records), field)


def labels(records: Sequence[Shown]) -> str:
    """Records by tag or label, some of them where they are many."""
    named = [str(one.get("tag") or one.label) for one in records[:_NAMED]]
    return ", ".join(named) + (f" and {len(records) - _NAMED} more" if len(records) > _NAMED else "")
