"""What stands beside a count of records: the effort of the visits behind it, or that it is not ours.

The definition is in the engine room, for reports and measures count the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from headstamp.engine.effort import FOREIGN, Effort, beside, effort, effort_of
from headstamp.kinds.counted import plural
from headstamp.store.reader import Reader

__all__ = ["FIELD", "Effort", "beside", "beside_count", "effort", "effort_of", "of_count"]

FIELD: Final = frozenset({
    "site", "visit", "recovery", "item", "marking", "reading", "photograph", "feature", "measurement", "flow"})
"""Kinds of record that come of having been there: how many there are follows how much was looked."""


_VISITS_READ: Final = 5_000


def of_count(reader: Reader, kind: str, where: Mapping[str, Any] | None = None) -> tuple[Effort | None, str]:
    """The effort behind a count of a kind, and the sentence beside it; none where a count follows no looking.

    A count of one site has the effort at that site.
    """
    if kind == "tally":
        return None, FOREIGN
    if kind not in FIELD:
        return None, ""
    site = (where or {}).get("id" if kind == "site" else "site")
    found = effort(reader, [site] if isinstance(site, str) and site else ())
    said = beside(found)
    rest = [name for name in where or {} if name not in ("site", "id")]
    if found.visits and rest:
        said += " It is that of all visits" + (" to the site" if site else "") + ", not of what is counted here alone."
    return found, said


def beside_count(reader: Reader, kind: str, where: Mapping[str, Any] | None = None) -> str:
    """The sentence for a page, which is opened often: of very many visits only how many there are."""
    visits = reader.totals()["visit"] if kind in FIELD else 0
    if visits > _VISITS_READ:
        return f"{plural(visits, 'visit stands', 'visits stand')} behind these counts."
    return of_count(reader, kind, where)[1]
