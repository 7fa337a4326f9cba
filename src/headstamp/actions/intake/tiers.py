"""The tier of a file: it holds all its rows, so nobody may see it who may not see each of them."""

from __future__ import annotations

from headstamp.actions.intake.opening import Opened
from headstamp.errors import Problem
from headstamp.intake.value import Getter, compiled
from headstamp.kinds.kind import Unfit
from headstamp.kinds.tier import RANK, TIER
from headstamp.records import BY_NAME
from headstamp.records.party import is_private


def highest_tier(opened: Opened) -> str:
    """The highest tier that a row of the table names, or that its mapping gives to all.

    A word that is no tier counts as the highest: its row waits to be mended, and may be sealed.
    A file that names a private person is restricted at least, as the person is.
    """
    plan = opened.mapping
    places = {column: place for place, column in enumerate(opened.columns)}
    given = {str(plan.defaults.get("tier") or BY_NAME["item"].by_name["tier"].default)}
    by_row: list[Getter] = []
    kinds: list[Getter] = []
    for value in [record.fields["tier"] for record in plan.records if "tier" in record.fields]:
        if value.columns():
            by_row.append(compiled(value, places))
        elif value.constant is not None:
            given.add(str(value.constant))
    for value in [record.fields["party_kind"] for record in plan.records
                  if record.kind.name == "party" and "party_kind" in record.fields]:
        if value.columns():
            kinds.append(compiled(value, places))
        elif is_private({"party_kind": value.constant}):
            given.add("restricted")
    if by_row or kinds:
        for row in opened.table.rows():
            if not isinstance(row, Problem):
                given.update(str(tier) for get in by_row if (tier := get(row.cells, {})) is not None)
                if any(is_private({"party_kind": get(row.cells, {})}) for get in kinds):
                    given.add("restricted")
    return max(map(_tier, given), key=RANK.__getitem__)


def _tier(word: str) -> str:
    try:
        return TIER.clean(word)
    except Unfit:
        return max(RANK, key=RANK.__getitem__)
