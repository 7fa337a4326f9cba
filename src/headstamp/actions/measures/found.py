"""The finds of a case: what each shows, where and when it was met, and with what it came.

A find is an item that is no part of another. What its parts show belongs to it, and which products they are; what
is packed shows the package too. Features are those recorded, and what follows from markings: how a
number is laid out and applied, a logo, a lot. Nothing else of an item is taken.

A group is what came together: one recovery, else one package, else one site and day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headstamp.analysis.spread.signature import (
    CONVENTION,
    Feature,
    Shown,
    Signature,
    feature,
    layout,
)
from headstamp.engine.engine import Engine
from headstamp.engine.questions import finds as questions
from headstamp.kinds.date import bounds
from headstamp.markings.part_number import part_key
from headstamp.store.reader import Reader

LAID_OUT: Final = frozenset({"serial", "lot", "factory_code", "date_code", "property", "import", "stencil"})
"""Kinds of marking whose layout is a convention of whoever marks."""
_LONGEST: Final = 40
_NO_MAKE: Final = frozenset({"not identified", "unidentified", "unknown", "unspecified", "n/a"})
_PART_NUMBER, _LOT = "component_part_number", "component_lot"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One find. ``first`` and ``last`` are ISO days of its window, None where that end is open.

    ``shown`` are its features, ``said`` the same with layouts by themselves, as a signature may name them.
    """

    item: str
    group: str
    recovery: str | None
    site: str | None
    country: str
    area: str
    first: str | None
    last: str | None
    latitude: float | None
    longitude: float | None
    precision: str | None
    shown: Shown
    said: Shown

    @property
    def date(self) -> str:
        """Its window in EDTF; empty where neither end is known."""
        if self.first is None and self.last is None:
            return ""
        if self.first == self.last:
            return self.first or ""
        return f"{self.first or '..'}/{self.last or '..'}"


def found_by_reader(reader: Reader) -> list[Found]:
    """The finds that a reader may see, those recorded first first."""
    return collect(_things(reader), _seen(reader))


def found_by_engine(engine: Engine, given: Mapping[str, Any] | None = None) -> list[Found]:
    """The finds of a snapshot, in the order of their ids; with ``given`` those of a selection of items."""
    every = collect(questions.ask(engine), questions.shown(engine))
    if not given or not any(value for name, value in given.items() if name != "parts" or value != "yes"):
        return every
    ids = {row["item"] for row in questions.ask(engine, **given)}
    return [one for one in every if one.item in ids]


def shows(found: Found, signature: Signature) -> bool | None:
    """Whether a find shows a signature; None where too little was noted to tell."""
    return signature.shown_by(found.said)


def signature_of(values: Mapping[str, Any]) -> Signature:
    """The signature that a record's values declare."""
    named = [one if isinstance(one, Mapping) else one.model_dump() for one in values.get("features") or ()]
    return Signature(frozenset(feature(one["kind"], one["value"]) for one in named), values.get("least"))


def collect(things: Iterable[Row], seen: Iterable[Row]) -> list[Found]:
    """The finds of rows as the questions ``finds`` and ``shown`` give them."""
    rows = {row["item"]: row for row in things}
    own: dict[str, set[Feature]] = {}
    numbers: dict[str, list[str]] = {}
    for row in seen:
        if row["item"] in rows:
            own.setdefault(row["item"], set()).update(_features(row))
            if row["kind"] == "part_number" and row["source"] == "reading":
                numbers.setdefault(row["item"], []).append(part_key(row["value"]))
    packages = {id_ for id_, row in rows.items() if row["family"] == "package"}
    whole: dict[str, set[Feature]] = {}
    for id_, row in rows.items():
        root = _root(rows, packages, id_)
        features = whole.setdefault(root, set())
        features |= own.get(id_, set())
        if root != id_:
            features.update(_products(row, numbers.get(id_, [])))
    found = []
    for id_, features in whole.items():
        row, inside = rows[id_], set(features)
        for above in _above(rows, id_):
            inside |= own.get(above, set())
        shown = frozenset(inside)
        found.append(_found(row, rows, shown))
    return found


def _found(row: Row, rows: Mapping[str, Row], shown: Shown) -> Found:
    above = _above(rows, row["item"])
    told = {name: next((rows[id_][name] for id_ in (row["item"], *above) if rows[id_][name]), None)
            for name in ("recovery", "site", "country", "area")}
    dated = next((rows[id_] for id_ in (row["item"], *above) if rows[id_]["found_from"] or rows[id_]["found_to"]), row)
    placed = next((rows[id_] for id_ in (row["item"], *above) if rows[id_]["latitude"] is not None
                   and rows[id_]["longitude"] is not None), None)
    first, last = dated["found_from"], dated["found_to"]
    group = told["recovery"] or (above[-1] if above else None) or (
        row["item"] if row["family"] == "package" else None) or (
        f"{told['site']} {first}/{last}" if told["site"] and first else row["item"])
    return Found(
        row["item"], str(group), told["recovery"], told["site"], told["country"] or "", told["area"] or "", first, last,
        None if placed is None else placed["latitude"], None if placed is None else placed["longitude"],
        None if placed is None else placed["place_precision"], shown,
        shown | {Feature(one.kind, one.value.split(" ", 1)[1]) for one in shown
                 if one.kind == CONVENTION and " " in one.value})


def _products(row: Row, numbers: list[str]) -> list[Feature]:
    """Which product a part is: its make with its model, else with the part number read on it, else its make alone."""
    make = "" if (row["make"] or "").casefold() in _NO_MAKE else row["make"] or ""
    known = [row["model"]] if row["model"] else numbers
    return [feature("component", f"{make} {one}") for one in known or [""] if make or one]


def _features(row: Row) -> list[Feature]:
    """What one row says: a feature as recorded, or what follows from a marking."""
    kind, value = row["kind"], row["value"]
    if row["source"] == "feature":
        return [feature(kind, value)]
    found: list[Feature] = []
    if row["source"] == "marking" and kind in LAID_OUT and len(value) <= _LONGEST:
        found.append(feature(CONVENTION, f"{kind} {layout(value)}"))
    if row["technique"]:
        found.append(feature(CONVENTION, f"{kind} {row['technique']}"))
    if kind in ("lot", "logo") and value.strip():
        found.append(feature(kind, value))
    return found


def _root(rows: Mapping[str, Row], packages: set[str], id_: str) -> str:
    """The item that this one is a part of, up to what is packed or stands by itself."""
    seen = {id_}
    while (above := rows[id_]["parent"]) in rows and above not in packages and above not in seen:
        seen.add(above)
        id_ = above
    return id_


def _above(rows: Mapping[str, Row], id_: str) -> list[str]:
    """The packages and wholes around an item, from the nearest."""
    chain: list[str] = []
    while (above := rows[id_]["parent"]) in rows and above != id_ and above not in chain:
        chain.append(above)
        id_ = above
    return chain


def _seen(reader: Reader) -> Iterable[Row]:
    for item, kind, value in reader.cells("feature", ("item", "feature_kind", "value")):
        yield {"item": item, "source": "feature", "kind": kind, "value": value, "technique": None}
    columns = ("item", "marking_kind", "text", "technique")
    for item, kind, text, technique in reader.cells("marking", columns, {"state": "clear"}):
        if text is not None:
            yield {"item": item, "source": "marking", "kind": kind, "value": text, "technique": technique}
    lots = dict(reader.cells("marking", ("id", "item"), {"marking_kind": "lot"}))
    read = list(reader.cells("reading", ("marking", "text", "scheme")))
    wanted = {marking for marking, _, scheme in read if scheme in (_PART_NUMBER, _LOT)}
    of = dict(reader.cells("marking", ("id", "item"))) if wanted else lots
    for marking, text, scheme in read:
        if marking in lots or (scheme in (_PART_NUMBER, _LOT) and marking in of):
            yield {"item": of[marking], "source": "reading", "kind": "part_number" if scheme == _PART_NUMBER else "lot",
                   "value": text, "technique": None}


def _things(reader: Reader) -> Iterable[Row]:
    sites = {one.id: one.values for one in reader.stream("site")}
    recoveries = {one.id: one.values for one in reader.stream("recovery")}
    columns = ("id", "parent", "family", "make", "model", "recovery", "site", "recovered_on")
    for id_, parent, family, make, model, recovery, site, on in reader.cells("item", columns):
        held = recoveries.get(recovery, {})
        own, of = sites.get(site, {}), sites.get(held.get("site") or "", {})
        first, last = _window(on, held)
        places = [dict(place) for one in (own, held, of) if (place := one.get("place"))]
        at = next((place for place in places if place.get("latitude") is not None), {})
        yield {
            "item": id_, "parent": parent, "family": family, "make": make, "model": model,
            "recovery": recovery if held else None,
            "site": site if site in sites else held.get("site"),
            "found_from": first, "found_to": last, "latitude": at.get("latitude"), "longitude": at.get("longitude"),
            "place_precision": at.get("precision"),
            "country": next((one["country"] for one in places if one.get("country")), None),
            "area": next((one["province"] for one in places if one.get("province")), None),
        }


def _window(on: str | None, recovery: Mapping[str, Any]) -> tuple[str | None, str | None]:
    said = on or recovery.get("recovered_on")
    if said:
        return bounds(said)
    documented = recovery.get("documented_on")
    return None, bounds(documented)[1] if documented else None
