"""An item's past in time: passages in order, the gaps between them, and what contradicts.

A first, simple form: custody events and transfers are laid in order of their
earliest possible day. Where one hand ends and the next begins later, the gap is
named with its earliest and latest day; where a passage runs against time or
against another, it is said and nothing is smoothed. Who was the last lawful
holder is an inference for a later module, never made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.kinds.date import bounds

# Passages that come first or last whatever their dates say.
_FIRST, _LAST = {"made"}, {"recovered"}


@dataclass(frozen=True)
class Passage:
    """One passage: the record that tells of it, how, between whom, when, and its bounds."""

    record_id: str
    how: str
    from_party: str | None
    to_party: str | None
    when: str | None
    earliest: str | None
    latest: str | None
    lawful: str


@dataclass(frozen=True)
class Gap:
    """Nothing is known between two passages: from the day the first may end to the next's start."""

    earliest: str | None
    latest: str | None
    words: str


@dataclass(frozen=True)
class Chain:
    """Passages and gaps in time, and what does not fit together, in words."""

    steps: tuple[Passage | Gap, ...]
    contradictions: tuple[str, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(step for step in self.steps if isinstance(step, Passage))


def passage(record_id: str, values: Mapping[str, Any]) -> Passage:
    """The passage a custody or transfer record tells of (its values as plain JSON)."""
    when = values.get("held_on") or values.get("happened_on")
    earliest, latest = bounds(when) if when else (None, None)
    return Passage(
        record_id, values.get("custody_kind") or values.get("transfer_kind") or "unknown",
        values.get("from_party"), values.get("to_party"), when, earliest, latest,
        values.get("lawful_status", "unknown"),
    )


def chain(passages: Iterable[Passage]) -> Chain:
    """The passages in order of time, with gaps and contradictions.

    >>> made = Passage("cust-1aaa", "made", None, "party-maker", "1986", "1986-01-01",
    ...                "1986-12-31", "authorised")
    >>> found = Passage("cust-2bbb", "recovered", None, None, "1985", "1985-01-01",
    ...                 "1985-12-31", "unknown")
    >>> chain([found, made]).contradictions
    ('recovered (1985) lies wholly before made (1986)',)
    """
    ordered = sorted(passages, key=_order)
    steps: list[Passage | Gap] = []
    contradictions: list[str] = []
    for before, after in zip([None, *ordered], ordered, strict=False):
        if before is not None:
            contradictions.extend(_against(before, after))
            gap = _gap(before, after)
            if gap is not None:
                steps.append(gap)
        steps.append(after)
    return Chain(tuple(steps), tuple(contradictions))


def _order(one: Passage) -> tuple[int, str, str, str]:
    place = 0 if one.how in _FIRST else 2 if one.how in _LAST else 1
    return place, one.earliest or one.latest or "9999", one.latest or "9999", one.record_id


def _named(one: Passage) -> str:
    return f"{one.how.replace('_', ' ')} ({one.when})" if one.when else one.how.replace("_", " ")


def _against(before: Passage, after: Passage) -> list[str]:
    found = []
    if before.earliest and after.latest and after.latest < before.earliest:
        found.append(f"{_named(after)} lies wholly before {_named(before)}")
    if before.to_party and after.from_party and before.to_party != after.from_party:
        found.append(
            f"{_named(before)} gives it to {before.to_party}, "
            f"{_named(after)} takes it from {after.from_party}"
        )
    return found


def _gap(before: Passage, after: Passage) -> Gap | None:
    """The time between two passages of which nothing is known; None where they may touch."""
    if before.to_party and before.to_party == after.from_party:
        return None  # the same hand held it all the while
    start, end = before.latest, after.earliest
    if start is None and end is None:
        return Gap(None, None, "nothing is known of the time between")
    if start and end and end <= start:
        return None
    return Gap(start, end, f"nothing is known from {start or 'an open day'} to {end or 'an open day'}")
