"""Arms of a case for ``indicator.sdg_16_4_2``: which of them were traced or their context established.

The same rules as the yearly tables have (``publish/iafq_tracing.py``): traced where a reply that answers for the arm
confirms it, established where a reviewed finding tells its point of diversion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.engine.engine import Engine
from headstamp.engine.questions import things
from headstamp.engine.questions import tracing as asked
from headstamp.engine.selection import SELECTION
from headstamp.kinds.counted import plural
from headstamp.publish.iafq import MANNERS, OF_THE_INDICATOR
from headstamp.publish.iafq_classes import read_classes
from headstamp.publish.iafq_tracing import ESTABLISHED, OPEN, TRACED, TRACING, states

_MOST_PIECES: Final = 100_000


def traced(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each arm, as many as a counted group has, with what became of tracing it."""
    classes = read_classes()
    tracing = states(asked.requested(engine), asked.replied(engine), asked.found(engine))
    left: Counter[str] = Counter()
    states_of: Counter[str] = Counter()
    rows: list[dict[str, str]] = []
    records: list[str] = []
    sites: dict[str, None] = {}
    not_told = 0
    for item in things.ask(engine, **dict(given)):
        group, _ = classes.of(item["family"] or "unknown", item["item_type"])
        manner = classes.manner(item["manner"])
        pieces = 1 if item["pieces"] is None else item["pieces"]
        if group != "arms":
            left["no small arms or light weapons"] += 1
        elif manner not in OF_THE_INDICATOR:
            left[f"neither seized, found nor surrendered ({MANNERS.get(manner, 'seen in a photograph only').lower()})"] += 1
        elif item["unit"] not in (None, "piece"):
            left["groups not counted in pieces"] += 1
        elif len(rows) + pieces > _MOST_PIECES:
            left[f"beyond the first {_MOST_PIECES:,} pieces"] += 1
        else:
            state, by = tracing.of(item["item"])
            word = "yes" if state in (TRACED, ESTABLISHED) else "pending" if state == OPEN else "no"
            rows += [{"traced": word, "together": by}] * int(pieces)
            states_of[state] += int(pieces)
            not_told += manner == "not_told"
            records.append(item["item"])
            if item["site"]:
                sites[item["site"]] = None
    told = [f"{plural(len(rows), 'arm')} ({plural(len(records), 'item')}): " + (", ".join(
        f"{TRACING[state]} {states_of[state]:,}" for state in TRACING if states_of[state]) or "none") + "."]
    if not_told:
        told.append(f"Of {plural(not_told, 'item')} it is not told whether they were seized, found or surrendered; counted.")
    told += [f"{plural(count, 'item')} left out: {why}." for why, count in sorted(left.items())]
    told.append("Whether who answered or reviewed is a competent authority is for the country to say.")
    return fed({"table": rows, "column": "traced", "group": "together"}, told, records, tuple(sites))


FEED: Final = Feed(
    "indicator.sdg_16_4_2",
    "The arms chosen that were seized, found or surrendered, with what became of tracing them.", SELECTION, traced)
