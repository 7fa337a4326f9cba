"""Measurements of a case for ``source.likelihood``: two items, and as background all others so measured.

A row is one piece or place of an item (``sample``) with every feature; where samples are not named, the first
reading of each feature makes the first row, and so on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.feeds.standard import UNSEEN, one_unit
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions.standard import measured
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

_MOST_SHOWN: Final = 20
Measured = Mapping[str, Any]


def likelihood(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """Control and recovered by the ids or tags of their items; the background is of the items chosen, without the two."""
    every = measured(engine, **{**dict.fromkeys(one.name for one in SELECTION), "parts": "yes"})
    if not every:
        raise Invalid(UNSEEN, [Problem("no numbers", "Measure both items, and others like them.", "control_item")])
    of: dict[str, list[Measured]] = defaultdict(list)
    for row in every:
        of[row["item"]].append(row)
    two = {name: _item(str(given[f"{name}_item"]), every) for name in ("control", "recovered")}
    faults = [Problem("nothing is measured on this item, as far as can be seen", "Give the id or the tag of a measured item.",
                      f"{name}_item", item) for name, item in two.items() if item not in of]
    if two["control"] == two["recovered"]:
        faults.append(Problem("the two are one item", "Give two items.", "recovered_item", two["recovered"]))
    if faults:
        raise Invalid("the two things cannot be compared", faults)
    features = _features(given.get("features") or (), *(of[item] for item in two.values()))
    for feature in features:
        one_unit(feature, [row for row in every if row["feature"] == feature])
    chosen = {row["item"] for row in measured(engine, **{one.name: given.get(one.name) for one in SELECTION})}
    left: Counter[str] = Counter()
    tables: dict[str, list[dict[str, str]]] = {}
    for name, item in two.items():
        tables[name] = _rows(of[item], features, left)
        if not tables[name]:
            raise Invalid("the two things cannot be compared", [Problem(
                "no piece of it has all the features", f"Measure all of {', '.join(features)}.", f"{name}_item", item)])
    others = sorted(chosen - set(two.values()))
    background = [{"item": item, **row} for item in others for row in _rows(of[item], features, left)]
    if not background:
        raise Invalid("there is no background to judge by", [Problem(
            "no other item has these features measured", f"Measure {', '.join(features)} on others.", "features")])
    used = list(dict.fromkeys(row["item"] for row in background))
    told = [
        f"Compared are {plural(len(tables['control']), 'row')} of {two['control']} and {len(tables['recovered'])} of "
        f"{two['recovered']}, in {', '.join(features)}.",
        f"The background is {plural(len(used), 'other item')} with {plural(len(background), 'row')}; each is taken for a source of "
        "its own. Items that may come from one source must not stand there twice.",
    ]
    if left["rows"]:
        told.append(f"{plural(left['rows'], 'row')} without all of these features left out.")
    return fed({"background": background, **tables, "columns": list(features), "item": "item"}, told,
               [*two.values(), *used])


def _item(said: str, measurements: Sequence[Measured]) -> str:
    """The id of the item that is called so: by its id, else by a tag that one measured item alone has."""
    tagged = {row["item"] for row in measurements if row["tag"] == said}
    return tagged.pop() if len(tagged) == 1 else said


def _features(wanted: Sequence[str], control: Sequence[Measured], recovered: Sequence[Measured]) -> tuple[str, ...]:
    both = {row["feature"] for row in control} & {row["feature"] for row in recovered}
    faults = [Problem("not measured on both items", "Both have: " + (", ".join(sorted(both)) or "none"),
                      "features", one) for one in wanted if one not in both]
    if faults or not both:
        raise Invalid("the two things are not measured alike", faults or [Problem(
            "no feature is measured on both", "Measure the same on both.", "features")])
    return tuple(dict.fromkeys(wanted)) or tuple(sorted(both))


def _rows(measurements: Sequence[Measured], features: Sequence[str], left: Counter[str]) -> list[dict[str, str]]:
    rows: dict[tuple[str, int], dict[str, str]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for one in measurements:
        if one["feature"] in features:
            sample = one["sample"] or ""
            at = times[sample, one["feature"]]
            times[sample, one["feature"]] += 1
            rows.setdefault((sample, at), {})[one["feature"]] = repr(float(one["value"]))
    whole = [row for row in rows.values() if len(row) == len(features)]
    left["rows"] += len(rows) - len(whole)
    return whole


FEED: Final = Feed(
    "source.likelihood",
    "The measurements of two items, and as background those of all other items chosen on which the same was measured.",
    (*(one for one in SELECTION if one.name != "model"),  # which is the measure's own: normal or kernel
     Parameter("control_item", "word", "The one item (its id or tag)", needed=True),
     Parameter("recovered_item", "word", "The other item (its id or tag)", needed=True),
     Parameter("features", "words", "Which measured features; else all that both have")),
    likelihood)
