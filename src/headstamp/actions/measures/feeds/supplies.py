"""Items of a case for ``lag.supply``: from the last lawful supply to the recovery.

Only transfers that name the item itself are seen here; ``headstamp lag`` also follows lots, serial ranges and
packages along each chain, with its rivals. Where several transfers cannot be put in order the supply is a window over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter, Rows
from headstamp.engine.questions import supplies as asked
from headstamp.engine.selection import SELECTION
from headstamp.kinds.counted import plural
from headstamp.kinds.country import COUNTRY

GROUPS: Final = ("family", "item_type", "make", "country")


def supplies(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each item that is no part of another, with windows of its supply, recovery and making."""
    by = given["by"]
    rows: list[dict[str, str]] = []
    records: list[str] = []
    parts = unsupplied = several = 0
    for item, some in groupby(asked.ask(engine, **{one.name: given.get(one.name) for one in SELECTION}), lambda row: row["item"]):
        lines = list(some)
        first = lines[0]
        if first["parent"]:
            parts += 1
            continue
        supplied, used = _last(lines)
        unsupplied += not supplied
        several += len(used) > 1
        records += [item, *used]
        line = {"supplied": supplied, "recovered": _window(first["found"], first["found_from"], first["found_to"]),
                "made": _window(first["made_from"] or first["made_to"], first["made_from"], first["made_to"])}
        if by:
            line[by] = COUNTRY.show(first[by]) if by == "country" and first[by] else str(first[by] or "")
        rows.append(line)
    told = [f"{plural(len(rows), 'item')}; of {unsupplied:,} no authorised transfer to somebody names them and is dated."]
    if several:
        told.append(f"Of {several:,} the last of several supplies is not sure: a window over them.")
    if parts:
        told.append(f"{parts:,} left out: parts of other items.")
    told.append("Transfers by lot, serial range or package are not followed here; `headstamp lag` follows them.")
    inputs: dict[str, Any] = {"table": rows}
    if by:
        inputs["group"] = by
    return fed(inputs, told, records)


def _last(lines: Rows) -> tuple[str, list[str]]:
    """The window of the last supply, from those that can have been the last; and their transfers."""
    dated = [one for one in lines if one["transfer"] and one["supplied_from"] and one["supplied_to"]]
    if not dated:
        return "", []
    # One that was over before another began was not the last.
    latest = max(one["supplied_from"] for one in dated)
    last = [one for one in dated if one["supplied_to"] >= latest]
    start, end = latest, max(one["supplied_to"] for one in last)
    return (start if start == end else f"{start}/{end}"), [one["transfer"] for one in last]


def _window(text: str | None, first: str | None, last: str | None) -> str:
    if not text:
        return ""
    return str(first) if first == last else f"{first or '..'}/{last or '..'}"


FEED: Final = Feed(
    "lag.supply",
    "The items chosen, from the last authorised transfer that names them to their recovery.",
    (*SELECTION, Parameter("by", "word", "Tell medians apart by this", choices=GROUPS)), supplies,
    instead=("until",))
