"""Finds of a case for comparisons between sites and in time: conventions, lots, spreads of a measurement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, Final, TypeVar

from headstamp.actions.measures.feeds.feed import Fed, Feed, fed
from headstamp.actions.measures.traits import Trait, Traits, lots_of, site_names, traits
from headstamp.analysis.standard.agreement import LEAST
from headstamp.engine.engine import Engine
from headstamp.engine.question import Parameter
from headstamp.engine.questions.standard import made, measured
from headstamp.engine.selection import SELECTION
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

_SELECTED: Final = tuple(one.name for one in SELECTION)
T = TypeVar("T")
_MOST_SHOWN: Final = 20
_LOT: Final = "lot"
UNSEEN: Final = (
    "no measurement can be seen: there is none of these items, or the clearance is below restricted")


def agreement(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each find and kind of feature; kinds without two sites of enough finds are left out and told."""
    found = traits(engine, _selection(given))
    shown = {kind: of for kind, of in found.kinds().items() if kind != _LOT}
    kinds = _wanted(shown, given.get("kinds") or ())
    rows: list[dict[str, str]] = []
    records: list[str] = []
    left = []
    for kind, of in kinds.items():
        at = Counter(one.site for one in of)
        enough = {site for site, count in at.items() if count >= LEAST}
        if len(enough) < 2 or len({one.value for one in of if one.site in enough}) < 2:
            left.append(f"{kind} ({plural(len(of), 'find')} at {plural(len(at), 'site')})")
            continue
        few = sum(count for site, count in at.items() if site not in enough)
        if few:
            left.append(f"{plural(few, 'find')} of {kind} at sites with fewer than {LEAST}")
        kept = [one for one in of if one.site in enough]
        rows += [{"site": one.site, "feature_kind": one.kind, "value": one.value} for one in kept]
        records += [one.item for one in kept]
    told = _finds_told(found)
    told.append("Of each kind a find has one value, several on one find are one value together; a group of pieces "
                "recorded as one item is one find.")
    if left:
        told.append(f"Left out, without two sites of {LEAST} finds and two values: " + "; ".join(left) + ".")
    if not rows:
        raise Invalid("no kind of feature can be compared between sites", [Problem(
            f"none has two sites of {LEAST} finds and two values",
            "Record features of finds, or choose fewer restrictions.", "kinds", "; ".join(left)[:500])])
    return fed({"table": rows}, told, records, _sites(found.traits))


def in_time(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each find that shows the kind of feature asked for, with its date."""
    found = traits(engine, _selection(given))
    kinds = {kind: of for kind, of in found.kinds().items() if kind != _LOT}
    kind, of = _one_of(kinds, given.get("kind"), "kind")
    when = {row["item"]: (row["made_from"], row["made_to"]) for row in made(engine)} if (
        given["dates"] == "made") else {one.item: (one.first, one.last) for one in of}
    rows = []
    undated = 0
    for one in of:
        day = _date(*when.get(one.item, (None, None)))
        undated += not day
        rows.append({"site": one.site, "date": day, "feature": one.value})
    told = [*_finds_told(found), f"{plural(len(of), 'find shows', 'finds show')} something of the kind {kind}."]
    if undated:
        told.append(f"{plural(undated, 'of them is', 'of them are')} not dated to a year or nearer: left out.")
    told.append("Dates are those of making." if given["dates"] == "made" else
                "Dates are those of the find, which say nothing of when a thing was made.")
    return fed({"table": rows}, told, [one.item for one in of], _sites(of))


def lots(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each find and lot; a lot is its maker's unless asked otherwise."""
    found = traits(engine, _selection(given))
    of = found.kinds().get(_LOT, [])
    if not of:
        raise Invalid("no find that can be seen has a lot and a site", [Problem(
            "no lots", "Record lots as markings of the kind lot, or as features.", "make")])
    whose = given["makers"] == "apart"
    rows = []
    unknown = 0
    for one in of:
        make = found.make.get(one.item, "")
        unknown += whose and not make
        rows += [{"site": one.site, "lot": f"{make} {lot}".strip() if whose else lot} for lot in lots_of(one)]
    told = [*_finds_told(found), f"{plural(len(of), 'find')} with a lot, {plural(len({row['lot'] for row in rows}), 'different lot')}."]
    if whose:
        told.append("The same number of two makers is two lots."
                    + (f" Of {plural(unknown, 'find')} the maker is not known." if unknown else ""))
    return fed({"table": rows}, told, [one.item for one in of], _sites(of))


def dispersion(engine: Engine, given: Mapping[str, Any]) -> Fed:
    """A row for each item: the mean of what was measured of one feature on it, and its site."""
    rows = measured(engine, **_selection(given))
    if not rows:
        raise Invalid(UNSEEN, [Problem("no numbers", "Look at another selection.", "feature")])
    features: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        features[row["feature"]].append(row)
    name, of = _one_of(features, given.get("feature"), "feature")
    unit = one_unit(name, of)
    names = site_names((row["site"], row["site_name"]) for row in of)
    values: dict[str, list[float]] = defaultdict(list)
    where: dict[str, str | None] = {}
    order: dict[str, str] = {}
    for row in of:
        values[row["item"]].append(float(row["value"]))
        where[row["item"]] = row["site"]
        order[row["item"]] = row["recovery"] or ""
    items = sorted((item for item in values if where[item]), key=lambda item: (order[item], item))
    told = [f"{name}{f' in {unit}' if unit else ''}, measured on {plural(len(values), 'item')}; of several readings on one item "
            "the mean."]
    if len(values) > len(items):
        told.append(f"{plural(len(values) - len(items), 'of them has', 'of them have')} no site: left out.")
    at = Counter(str(where[item]) for item in items)
    few = sorted(names[site] for site, count in at.items() if count < LEAST)
    if few and len(at) - len(few) > 1:  # with fewer sites the measure itself says that there is too little
        items = [item for item in items if at[str(where[item])] >= LEAST]
        told.append(f"Left out, with fewer than {LEAST} values: {', '.join(few)}.")
    return fed({"table": [{"site": names[str(where[item])], "value": repr(fmean(values[item]))} for item in items]},
               told, items, tuple(sorted({str(where[item]) for item in items})))


def one_unit(feature: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The unit of all these measurements. Raises Invalid naming the units where there are several."""
    units = Counter(row["unit"] or "" for row in rows)
    if len(units) > 1:
        raise Invalid(f"{feature} was measured in several units", [
            Problem(f"{plural(count, 'measurement')}", "Record all in one unit.", "unit", unit or "none")
            for unit, count in units.most_common(_MOST_SHOWN)])
    return str(next(iter(units)))


def _selection(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given.get(name) for name in _SELECTED}


def _wanted(kinds: Mapping[str, list[Trait]], wanted: Sequence[str]) -> Mapping[str, list[Trait]]:
    unknown = [one for one in wanted if one not in kinds]
    if unknown:
        raise Invalid("no find shows such a kind of feature", [Problem(
            "no such kind among them", "There are: " + (", ".join(kinds) or "none"), "kinds", one)
            for one in unknown])
    return {kind: kinds[kind] for kind in wanted} if wanted else kinds


def _one_of(kinds: Mapping[str, list[T]], wanted: str | None, field: str) -> tuple[str, list[T]]:
    if wanted is not None and wanted in kinds:
        return wanted, kinds[wanted]
    if wanted is None and len(kinds) == 1:
        return next(iter(kinds.items()))
    ordered = sorted(kinds.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    raise Invalid("say which feature" if kinds else "nothing of the kind can be seen on these finds", [
        Problem(f"{plural(len(of), 'time')}", "Choose one of these.", field, name)
        for name, of in ordered[:_MOST_SHOWN]] or [
        Problem("none is recorded", "Record features of finds.", field, wanted or "")])


def _date(first: str | None, last: str | None) -> str:
    """A window as a day, a month or a year; empty where it is wider, or open."""
    if not first or not last:
        return ""
    return next((first[:length] for length in (10, 7, 4) if first[:length] == last[:length]), "")


def _finds_told(found: Traits) -> list[str]:
    told = [f"{plural(found.finds, 'find')}; an item that is part of another is of that find."]
    if found.nowhere:
        told.append(f"{plural(found.nowhere, 'of them has', 'of them have')} no site: left out.")
    if len(found.families) > 1:
        told.append(f"They are of several families ({', '.join(found.families)}): a difference may be one of what "
                    "was found. Choose one with --family.")
    return told


def _sites(of: Sequence[Trait]) -> tuple[str, ...]:
    return tuple(sorted({one.site_id for one in of}))


FEEDS: Final = (
    Feed("standard.agreement",
         "What each find shows, by site: features recorded, how its markings are laid out and applied, the products in it.",
         (*SELECTION, Parameter("kinds", "words", "Only these kinds of feature, such as paint, serial marking")),
         agreement),
    Feed("standard.in_time", "What each find shows of one kind of feature, with its site and date.",
         (*SELECTION, Parameter("kind", "word", "Which kind of feature, such as paint, serial marking"),
          Parameter("dates", "word", "By the date of the find or of making", default="found",
                    choices=("found", "made"))), in_time),
    Feed("standard.lots", "The lots on finds, by site: as marked, as read, or recorded as a feature.",
         (*SELECTION, Parameter("makers", "word", "Whether the same number of two makers is two lots", default="apart",
                                choices=("apart", "together"))), lots),
    Feed("standard.dispersion", "One measured feature of the items chosen, by site; of an item the mean.",
         (*SELECTION, Parameter("feature", "word", "Which measured feature")), dispersion),
)
