"""Serial numbers of a case for ``scale.serials``: one series, each item once, read or as seen.

Beside each number stands what it was found in, its package or its recovery: numbers of one crate are one
drawing from the series. A series is what stands about the number: ``K#`` or ``K-#``, written either way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions.serials import ask
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural
from headstamp.markings.normalise import plain_key
from headstamp.markings.numbering import splits
from headstamp.markings.unread import has_unread

_MOST_SHOWN: Final = 20
SELECTED: Final = tuple(one.name for one in SELECTION)
_UNKNOWN: Final = "?"


def serials(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """The numbers of one series on the items chosen. Raises Invalid naming the series where there are several."""
    rows = ask(engine, **{name: given.get(name) for name in SELECTED})
    texts, left = read_serials(rows)
    numbers = by_series(texts, left)
    name = series_named(numbers, given.get("series"))
    of = numbers.get(name, {})
    told = [f"{plural(len(of), 'item')} with a number of the series {name or '#'}; # stands for the number."]
    told += [f"{count:,} left out: {why}." for why, count in sorted(left.items())]
    others = sum(len(them) for key, them in numbers.items() if key != name)
    if others:
        told.append(f"{others:,} left out: of other series.")
    inputs: dict[str, Any] = {"values": list(of.values())}
    groups = found_together([row for row in rows if row["item"] in of], given.get("together") or "package", told)
    if groups:
        inputs["groups"] = [groups.get(item, _UNKNOWN) for item in of]
    sites = dict.fromkeys(row["site"] for row in rows if row["item"] in of and row["site"])
    return fed(inputs, told, list(of), tuple(sites))


def read_serials(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, str], Counter[str]]:
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


def by_series(texts: Mapping[str, str], left: Counter[str]) -> dict[str, dict[str, int]]:
    """The number of each item by its series; those without a number are counted among what was left out."""
    numbers: dict[str, dict[str, int]] = {}
    for item, text in texts.items():
        found = splits(text)
        if not found or not found[0].certain:
            left["without a number"] += 1
            continue
        one = found[0]
        numbers.setdefault(f"{one.prefix}#{one.suffix}", {})[item] = one.value
    return numbers


def series_named(numbers: Mapping[str, Mapping[str, int]], wanted: str | None) -> str:
    """The series asked for, or the only one. Raises Invalid naming all where there are several, or no such one."""
    ordered = sorted(numbers.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    if wanted is None:
        if len(numbers) > 1:
            raise Invalid("these serial numbers are of several series; say which", [
                Problem(f"{plural(len(of), 'number')}", f"--series '{name}'", "series", name)
                for name, of in ordered[:_MOST_SHOWN]])
        return next(iter(numbers), "")
    before, _, after = wanted.partition("#")
    name = wanted if wanted in numbers else f"{plain_key(before)}#{plain_key(after)}"
    if name not in numbers:
        raise Invalid("there is no such series among them", [
            Problem("no such series", "There are: " + ", ".join(f"{one} ({len(of):,})" for one, of in ordered[:_MOST_SHOWN]),
                    "series", wanted)])
    return name


def found_together(rows: Sequence[Mapping[str, Any]], by: str, told: list[str]) -> dict[str, str]:
    """What each item was found in: its package, else its recovery. Empty where that is not told, or all is of one recovery.

    A recovery may be a store of a thousand crates; that all is of one is said, and is no reason to
    take all for one crate. One package is.
    """
    if by == "no":
        return {}
    packed = {row["item"]: row["package"] for row in rows if row["package"]} if by == "package" else {}
    found = {row["item"]: row["recovery"] for row in rows if row["recovery"]}
    groups = found | packed
    if not groups:
        told.append("Of none of them is told what it was found together with.")
        return {}
    different = len(set(groups.values()))
    if different == 1 and not packed:
        told.append("All are of one recovery; whether they came from one crate is not told.")
        return {}
    unknown = len({row["item"] for row in rows} - groups.keys())
    told.append(f"They were found in {plural(different, 'package')} or recoveries" + (
        f"; of {unknown:,} that is not told." if unknown else "."))
    return groups


TOGETHER: Final = Parameter("together", "word", "What counts as found together: the package, else the recovery", default="package",
                            choices=("package", "recovery", "no"))
FEED: Final = Feed(
    "scale.serials",
    "The serial numbers of the items chosen: of each its surest reading, else what is seen on it, and what it was found in.",
    (*SELECTION, Parameter("series", "word", "Of which series, as AB#: # stands for the number"), TOGETHER),
    serials)
