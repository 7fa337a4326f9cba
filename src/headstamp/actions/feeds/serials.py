"""Serial numbers of a case for ``scale.serials``: one series, each item once, read or as seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.feeds.feed import Fed, Feed, fed
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions.serials import ask
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.markings.numbering import splits
from headstamp.markings.unread import has_unread

_MOST_SHOWN: Final = 20


def serials(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """The numbers of one series on the items chosen. Raises Invalid naming the series where there are several."""
    chosen = {name: value for name, value in given.items() if name != "series"}
    texts, left = _read(ask(engine, **chosen))
    numbers: dict[str, dict[str, int]] = {}
    for item, text in texts.items():
        found = splits(text)
        if not found:
            left["without a number"] += 1
            continue
        one = found[0]
        numbers.setdefault(f"{one.prefix}#{one.suffix}", {})[item] = int("".join(one.number))
    wanted = given.get("series")
    if wanted is None and len(numbers) > 1:
        ordered = sorted(numbers.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        raise Invalid("these serial numbers are of several series; say which", [
            Problem(f"{len(of):,} numbers", f"--series '{name}'", "series", name)
            for name, of in ordered[:_MOST_SHOWN]])
    if wanted is not None and wanted not in numbers:
        raise Invalid("there is no such series among them", [
            Problem("no such series", "There are: " + ", ".join(sorted(numbers)[:_MOST_SHOWN]), "series", wanted)])
    name = wanted if wanted is not None else next(iter(numbers), "")
    of = numbers.get(name, {})
    told = [f"{len(of):,} items with a number of the series {name or '#'}; # stands for the number."]
    told += [f"{count:,} left out: {why}." for why, count in sorted(left.items())]
    others = sum(len(them) for key, them in numbers.items() if key != name)
    if others:
        told.append(f"{others:,} left out: of other series.")
    return fed({"values": list(of.values())}, told, list(of))


def _read(rows: list[dict[str, Any]]) -> tuple[dict[str, str], Counter[str]]:
    """The serial of each item: its surest reading, else what is seen; what was left out, by reason."""
    best: dict[str, tuple[float, str]] = {}
    seen: set[str] = set()
    for row in rows:
        seen.add(row["item"])
        text = row["read"] if row["read"] is not None else row["text"]
        if text is None or has_unread(text):
            continue
        sure = -1.0 if row["read"] is None else 50.0 if row["certainty"] is None else row["certainty"]
        if row["item"] not in best or sure > best[row["item"]][0]:
            best[row["item"]] = sure, text
    left = Counter({"not read whole": len(seen) - len(best)} if len(seen) > len(best) else {})
    return {item: text for item, (_, text) in best.items()}, left


FEED: Final = Feed(
    "scale.serials",
    "The serial numbers of the items chosen: of each its surest reading, else what is seen on it.",
    (*SELECTION, Parameter("series", "word", "Of which series, as AB#: # stands for the number")),
    serials)
