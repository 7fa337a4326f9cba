"""Finds of a case for ``spread.signature`` and ``novelty.find``: what each shows, where and when it was met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.found import Found, found_by_engine, shows
from headstamp.actions.measures.spread import as_table
from headstamp.analysis.spread.signature import Signature, feature
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions.signatures import ask
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

_MOST_SHOWN: Final = 20


def spread(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """Every find chosen, and whether it shows the signature. Raises Invalid naming those there are."""
    name, signature = _named(engine, given["signature"])
    found = found_by_engine(engine, {one.name: given.get(one.name) for one in SELECTION})
    shown = [one for one in found if shows(one, signature)]
    unknown = sum(shows(one, signature) is None for one in found)
    told = [
        f"{plural(len(found), 'find')} in {plural(len({one.group for one in found}), 'recovery', 'recoveries')} or packages; parts belong to what they are a part of.",
        f"{plural(len(shown), 'shows', 'show')} {name}: " + "; ".join(one.words() for one in sorted(signature.features))
        + (f" (at least {signature.needed} of {len(signature.features)})." if signature.least else "."),
        f"Of {unknown:,} too little was noted to tell: counted neither way."]
    without = sum(not one.date for one in found)
    if without:
        told.append(f"{plural(without, 'has', 'have')} no date.")
    names = _names(engine)
    inputs: dict[str, Any] = {"finds": as_table(found, signature, names)}
    if given.get("find"):
        inputs["find"] = _called(str(given["find"]), names)
    return fed(inputs, told, [one.item for one in shown], _sites(found))


def novelty(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """What each find chosen shows, a row for each feature."""
    found = found_by_engine(engine, {one.name: given.get(one.name) for one in SELECTION})
    names = _names(engine)
    rows = [{"find": names.get(one.item, one.item), "kind": each.kind, "value": each.value, "group": one.group}
            for one in found for each in sorted(one.shown)]
    asked = _called(str(given["find"]), names)
    if all(row["find"] != asked for row in rows):
        raise Invalid("this find cannot be held against others", [Problem(
            "it is not among the finds chosen, nothing was noted of it, or it is a part of another",
            "Name a find by its id or tag; of a part, what it is a part of.", "find", str(given["find"]))])
    silent = sum(not one.shown for one in found)
    told = [f"{plural(len(found) - silent, 'find')} with {plural(len(rows), 'feature')}, in {plural(len({one.group for one in found}), 'recovery', 'recoveries')} or packages.",
            "Features are those recorded, how numbers are laid out and applied, logos, lots, and the products of parts."]
    if silent:
        told.append(f"{plural(silent, 'find shows', 'finds show')} nothing that was noted: left out.")
    return fed({"catalogue": rows, "find": asked}, told, [one.item for one in found if one.shown], _sites(found))


def _names(engine: Engine) -> dict[str, str]:
    """What to call an item: its tag, where no other has the same; ids tell a reader nothing."""
    tags = {row["id"]: row["tag"] for row in engine.rows(
        "SELECT id, tag FROM item WHERE tag IS NOT NULL ORDER BY id")}
    times = Counter(tags.values())
    return {id_: tag for id_, tag in tags.items() if times[tag] == 1 and tag not in tags}


def _called(said: str, names: Mapping[str, str]) -> str:
    """The name of the item that is meant by its id or its tag."""
    return names.get(said, said)


def _sites(found: list[Found]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.site for one in found if one.site))


def _named(engine: Engine, wanted: str) -> tuple[str, Signature]:
    """A signature by its id or its name."""
    known: dict[str, list[dict[str, Any]]] = {}
    for row in ask(engine):
        known.setdefault(row["signature"], []).append(row)
    found = [id_ for id_, rows in known.items() if wanted in (id_, rows[0]["name"])]
    if len(found) != 1:
        raise Invalid("say which signature" if known else "the case has no signature", [
            Problem("no such signature" if not found else "several have this name",
                    "There are: " + ", ".join(f"{id_} ({rows[0]['name']})" for id_, rows in list(known.items())[:_MOST_SHOWN])
                    if known else "Record one: headstamp record signature.", "signature", wanted)])
    rows = known[found[0]]
    return rows[0]["name"], Signature(frozenset(feature(row["kind"], row["value"]) for row in rows), rows[0]["least"])


FEEDS: Final = (
    Feed("spread.signature", "Every find chosen with its place and date, and whether it shows the signature.",
         (Parameter("signature", "word", "Of which signature: its id or name", needed=True), *SELECTION,
          Parameter("find", "word", "The sighting whose distance is asked of, its id or tag; the newest otherwise")),
         spread, instead=("find",)),
    Feed("novelty.find", "What every find chosen shows, and the one find that is held against all others.",
         (Parameter("find", "word", "The find that is asked of: its id or tag", needed=True), *SELECTION), novelty, instead=("find",)),
)
