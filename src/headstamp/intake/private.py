"""Private persons in a table: restricted at least, where the row itself names no tier.

A tier given for the whole table (``--tier``, a mapping's default) was said of it without
looking at who stands in it. What a row says of itself is not bent: a private person that a
row calls public is refused by the record, and waits to be mended.
"""

from __future__ import annotations

from typing import Any

from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME
from headstamp.records.party import is_private


def guard(values: dict[str, Any], given: str | None) -> None:
    """Puts a tier to a party's values that name none: the one given for all, or a higher one."""
    if "tier" not in values:
        tier = given or str(BY_NAME["party"].by_name["tier"].default)
        low = is_private(values) and RANK.get(tier, 0) < RANK["restricted"]
        values["tier"] = "restricted" if low else tier
