"""Signatures in a case: where each was met, where it is new, and which finds are unlike everything catalogued.

All of it is made from what one reader may see. A hidden sighting is not there: it makes no
place known, no find ordinary, and no first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from headstamp.actions.measures.found import Found, found_by_reader, shows, signature_of
from headstamp.analysis.measure import Result
from headstamp.analysis.spread.area import area
from headstamp.analysis.spread.measure import spread
from headstamp.analysis.spread.novelty import in_turn, novelty
from headstamp.analysis.spread.signature import Feature, Proposed, Signature, propose
from headstamp.analysis.spread.table import Find, read
from headstamp.errors import Invalid, Missing, Problem
from headstamp.kinds.counted import plural
from headstamp.kinds.country import COUNTRY
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown as Record

NewKind = Literal["new_theatre", "new_area"]
ALPHA: Final = 0.05
FAR_KM: Final = 50.0
"""Nearer than this no place is told as a new area, whatever the chance: positions are not more exact together."""
_LEAST_EARLIER: Final = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """A find that shows a signature: where and when, and which of its features it shows.

    ``first`` and ``last`` are the ISO days of its window, None where an end is open.
    """

    item: str
    site: str | None
    country: str
    area: str
    first: str | None
    last: str | None
    latitude: float | None
    longitude: float | None
    features: tuple[Feature, ...]
    group: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "features": [{"kind": one.kind, "value": one.value} for one in self.features]}


@dataclass(frozen=True, slots=True)
class New:
    """A signature met where it was not known: which items, at which site first, since when, in words."""

    signature: str
    kind: NewKind
    items: tuple[str, ...]
    site: str | None
    words: str
    since: str | None
    where: str
    """The country's code, or the area's name."""

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {**asdict(self), "items": list(self.items)}


@dataclass(frozen=True, slots=True)
class Novel:
    """A find unlike everything before it: the chance of one as unlike, the find nearest to it, in words."""

    item: str
    p: float
    nearest: str | None
    words: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Novelties:
    """The finds called novel, of how many that could be asked of, and how many such alarms chance makes."""

    found: tuple[Novel, ...]
    asked: int
    alpha: float

    @property
    def by_chance(self) -> float:
        """Alarms to be expected where every find is ordinary."""
        return self.asked * self.alpha


def signatures(reader: Reader) -> list[Record]:
    """The signatures on record, by name."""
    return sorted(reader.stream("signature"), key=lambda one: (str(one.values["name"]), one.id))


def signature_id(reader: Reader, word: str) -> str:
    """The id of a signature named by its id or its name. Raises Missing naming those there are."""
    every = signatures(reader)
    found = [one.id for one in every if word == one.id] or [
        one.id for one in every if word.casefold() == one.label.casefold()]
    if len(found) == 1:
        return found[0]
    names = "; ".join(f"{one.id} ({one.label})" for one in every[:20]) or "none"
    raise Missing(f"there {'are several signatures' if found else 'is no signature'} {word!r}; there are: {names}")


def sightings(reader: Reader, signature_id: str, finds: Sequence[Found] | None = None) -> list[Sighting]:
    """The finds that show a signature, by their dates. Raises Missing for a signature that is not there.

    ``finds`` are those of the reader where they are at hand already.
    """
    signature = _signature(reader, signature_id)
    every = found_by_reader(reader) if finds is None else finds
    return _in_order([_sighting(one, signature) for one in every if shows(one, signature)])


def spread_of(
    reader: Reader, signature_id: str, level: float = 0.95, finds: Sequence[Found] | None = None,
) -> Result:
    """The measure ``spread.signature`` of the finds that this reader may see; its text calls the newest by its label.

    ``finds`` are those of the reader where they are at hand already.
    """
    signature = _signature(reader, signature_id)
    every = found_by_reader(reader) if finds is None else finds
    found = spread(as_table(every, signature), level=level)
    return _labelled(reader, found, found.more.get("newest"))


def as_table(
    finds: Sequence[Found], signature: Signature, names: Mapping[str, str] | None = None,
) -> list[dict[str, str]]:
    """Finds as the measure of spread takes them: those that show it and those that do not.

    ``names`` are what to call an item by its id; one without a name is called by its id.
    """
    called = names or {}
    return [{
        "find": called.get(one.item, one.item), "date": one.date, "signature": _word(shows(one, signature)),
        "latitude": "" if one.latitude is None else repr(one.latitude),
        "longitude": "" if one.longitude is None else repr(one.longitude),
        "theatre": COUNTRY.show(one.country) if one.country else "", "place": one.site or "", "group": one.group,
    } for one in finds]


def new_places(reader: Reader, finds: Sequence[Found] | None = None) -> list[New]:
    """Where signatures were met that were known from elsewhere: new theatres first, then new areas.

    A theatre is a country. It is new where the signature is known from others (on record as known there, or
    met there before) and not from it. An area is a province, or what lies further from all
    earlier sightings than chance would have it. What has no date is known, and never new, where anything else is.
    """
    every = found_by_reader(reader) if finds is None else finds
    told: list[New] = []
    for record in signatures(reader):
        signature = signature_of(record.values)
        seen = _in_order([_sighting(one, signature) for one in every if shows(one, signature)])
        if seen:
            told += _new_theatres(record, seen, every, signature) + _new_areas(record, seen, every, signature)
    return sorted(told, key=lambda one: (one.kind != "new_theatre", one.since or "", one.signature, one.where))


def unlike(reader: Reader, alpha: float = ALPHA, finds: Sequence[Found] | None = None) -> list[Novel]:
    """The finds that were unlike everything before them, at this rate of false alarms; the latest last."""
    return list(novelties(reader, alpha, finds).found)


def novelties(reader: Reader, alpha: float = ALPHA, finds: Sequence[Found] | None = None) -> Novelties:
    """The same, with how many finds could be asked of.

    Finds are held against those dated before them, in the order of their dates (those without one last, by their ids).
    Raises Invalid for a rate that is none.
    """
    if not 0 < alpha < 1:
        raise Invalid("a rate of false alarms lies between 0 and 1", [
            Problem("not between 0 and 1", "0.05 is usual.", "alpha", str(alpha))])
    every = found_by_reader(reader) if finds is None else finds
    ordered = sorted(every, key=lambda one: (one.last or one.first or "9999", one.item))
    told = in_turn([one.shown for one in ordered], [one.group for one in ordered], alpha)
    found = []
    for one in told:
        if one.p > alpha:
            continue
        near = None if one.nearest is None else ordered[one.nearest].item
        shared = ", ".join(each.words() for each in one.shared[:5])
        found.append(Novel(ordered[one.number].item, one.p, near, (
            f"Of {plural(one.groups, 'group')} of finds that it is held against a share of {one.p:.2g} or less is as unlike the others; "
            + (f"with the nearest it shares {shared}." if shared else "it shares nothing with any of them."))))
    return Novelties(tuple(found), len(told), alpha)


def novelty_of(reader: Reader, item: str, alpha: float = ALPHA) -> Result:
    """The measure ``novelty.find`` of one find against all others. Raises Missing, Invalid for what is no find."""
    reader.get(item)
    rows = [{"find": one.item, "kind": each.kind, "value": each.value, "group": one.group}
            for one in found_by_reader(reader) for each in sorted(one.shown)]
    if not any(row["find"] == item for row in rows):
        raise Invalid("this find cannot be held against others", [Problem(
            "nothing was noted of it, or it is a part of another", "Record a feature of it, or name what it is a part of.",
            "item", item)])
    found = novelty(rows, item, alpha)
    return _labelled(reader, found, item, found.more.get("nearest"))


def proposed(reader: Reader, items: Sequence[str]) -> list[Proposed]:
    """The features that all these items show, those that tell most first.

    Raises Missing for an item that is not there, Invalid where one is no find.
    """
    by_item = {one.item: one for one in found_by_reader(reader)}
    for id_ in items:
        reader.get(id_)
    wrong = [id_ for id_ in items if id_ not in by_item]
    if wrong or not items:
        raise Invalid("no signature can be proposed of these", [
            *(Problem("not a find of its own", "Name the item that it is a part of.", "item", id_) for id_ in wrong),
            *(() if items else (Problem("no item is named", "Name two or more.", "item"),))])
    chosen = set(items)
    return propose([by_item[id_].shown for id_ in dict.fromkeys(items)],
                   [one.shown for id_, one in by_item.items() if id_ not in chosen])


def _labelled(reader: Reader, found: Result, *items: object) -> Result:
    """The same, these items called by their labels in what is said: an id tells a reader nothing."""
    ids = [id_ for id_ in items if isinstance(id_, str) and id_]
    text, reason = found.text, found.reason
    for id_, label in reader.labels(ids).items():
        text, reason = text.replace(id_, label), reason.replace(id_, label)
    return replace(found, text=text, reason=reason)


def _signature(reader: Reader, signature_id: str) -> Signature:
    shown = reader.get(signature_id)
    if shown.kind != "signature":
        raise Missing(f"{signature_id} is no signature")
    return signature_of(shown.values)


def _sighting(one: Found, signature: Signature) -> Sighting:
    return Sighting(one.item, one.site, one.country, one.area, one.first, one.last, one.latitude, one.longitude,
                    tuple(sorted(signature.features & one.said)), one.group)


def _in_order(found: list[Sighting]) -> list[Sighting]:
    return sorted(found, key=lambda one: (one.last or one.first or "9999", one.item))


def _new_theatres(
    record: Record, seen: Sequence[Sighting], every: Sequence[Found], signature: Signature
) -> list[New]:
    known = set(record.values.get("known_in") or ())
    told = []
    by_country: dict[str, list[Sighting]] = {}
    for one in seen:
        if one.country:
            by_country.setdefault(one.country, []).append(one)
    for country, of in by_country.items():
        since = _earliest(of)
        others = {name for name in known if name != country} | {
            other for other, them in by_country.items() if other != country and _surely_before(them, of)}
        if country in known or not others:
            continue
        before = _looked_before(every, signature, "country", country, since)
        told.append(New(
            record.id, "new_theatre", tuple(one.item for one in of), _first_site(of),
            f"Known from {_names(sorted(others))}; met in {COUNTRY.show(country)}{_since(since)}. {before}", since, country))
    return told


def _new_areas(
    record: Record, seen: Sequence[Sighting], every: Sequence[Found], signature: Signature
) -> list[New]:
    told = []
    by_area: dict[tuple[str, str], list[Sighting]] = {}
    for one in seen:
        if one.country and one.area:
            by_area.setdefault((one.country, one.area), []).append(one)
    for (country, name), of in by_area.items():
        earlier = [one for other, them in by_area.items() if other != (country, name)
                   for one in them if _surely_before([one], of)]
        # Where the country itself is new that is told already.
        if not any(one.country == country for one in earlier):
            continue
        since = _earliest(of)
        if len({one.group for one in earlier}) < _LEAST_EARLIER:
            continue
        far = _far(of[0], earlier)
        before = _looked_before(every, signature, "area", name, since)
        if far is not None and far[0] < FAR_KM:
            continue
        told.append(New(
            record.id, "new_area", tuple(one.item for one in of), _first_site(of),
            f"Met before in {', '.join(sorted({one.area for one in earlier}))}; met in {name}{_since(since)}."
            f"{'' if far is None else far[1]} {before}", since, name))
    return told


def _far(first: Sighting, earlier: Sequence[Sighting]) -> tuple[float, str] | None:
    """How far it lies from the nearest earlier one, and in words with the chance of that."""
    groups = list({one.group: one for one in (*earlier, first)}.values())
    finds, _ = read([{
        "find": one.item, "date": "", "signature": "yes", "latitude": "" if one.latitude is None else repr(one.latitude),
        "longitude": "" if one.longitude is None else repr(one.longitude)} for one in groups])
    beyond = area(_last(finds, first), [one for one in finds if one.name != first.item], ())
    if beyond is None:
        return None
    return beyond.beyond, (f" It lies {beyond.beyond:,.0f} km from the nearest of {plural(beyond.earlier, 'earlier sighting')}; "
                           f"a share of {beyond.chance:.2g} of all lie as far from their nearest.")


def _last(finds: Sequence[Find], first: Sighting) -> Find:
    return next(one for one in finds if one.name == first.item)


def _looked_before(
    every: Sequence[Found], signature: Signature, field: str, where: str, since: str | None
) -> str:
    """What was documented there before, without the signature."""
    if since is None:
        return "Its date is not known."
    before = {one.group for one in every if getattr(one, field) == where and one.last is not None and one.last < since
              and shows(one, signature) is False}
    if not before:
        return "Nothing was documented there before that would have shown it: it may have been there all along."
    return f"Before that {plural(len(before), 'group of finds was', 'groups of finds were')} documented there without it."


def _surely_before(them: Sequence[Sighting], of: Sequence[Sighting]) -> bool:
    """Whether one of them was met before any of the others can have been; what has no date was always there."""
    since = _earliest(of)
    return since is not None and any(
        one.first is None if one.last is None else one.last < since for one in them)


def _earliest(of: Sequence[Sighting]) -> str | None:
    """The first day on which any of them can have been met; None where one has no date to say."""
    firsts = [one.first or one.last for one in of]
    return None if any(one is None for one in firsts) else min(one for one in firsts if one)


def _first_site(of: Sequence[Sighting]) -> str | None:
    return next((one.site for one in of if one.site), None)


def _names(codes: Sequence[str]) -> str:
    return ", ".join(COUNTRY.show(code) for code in codes)


def _since(day: str | None) -> str:
    return f" since {day}" if day else ""


def _word(shown: bool | None) -> str:
    return "" if shown is None else "yes" if shown else "no"
