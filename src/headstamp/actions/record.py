"""Recording and correcting by hand: what a form or a notebook does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headstamp.actions.correct import refuse_by_hand, refuse_unhashed
from headstamp.records import Record, kind_named
from headstamp.store.case import Case
from headstamp.store.change import Outcome


def record(
    case: Case, kind: str, values: Mapping[str, Any], *, actor: str, reason: str
) -> Outcome:
    """Records one new record of a kind. Raises Invalid with every problem at once."""
    type_ = kind_named(kind)
    refuse_by_hand(type_)
    made = type_.cls.build(values)
    refuse_unhashed(made)
    with case.change(actor=actor, reason=reason) as change:
        return change.put(made, expected=0)


def put_all(case: Case, records: list[Record], *, actor: str, reason: str) -> list[Outcome]:
    """Records many records in one change, in order."""
    with case.change(actor=actor, reason=reason) as change:
        return change.put_many(records)
