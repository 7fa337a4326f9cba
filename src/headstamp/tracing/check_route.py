"""Questions about the way: back to where it came from, through a far country, in doubt.

Where the source leaves open which country sent and which received, that alone is asked, and
nothing that would take the direction for granted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from headstamp.tracing.check import Around, Flag, Movement, cited, country_named
from headstamp.tracing.check_list import Lists

# Kilometres that a way may be longer than the straight one, and how many times as long, before
# it is asked about. Measured between the middles of countries, which in the largest lie 2,500 km
# from their borders.
FAR_KM = 5_000
FAR_TIMES = 1.5
_EARTH_KM = 6371.0088


def route(one: Movement, around: Around) -> Iterator[Flag]:
    """Questions about the countries of one transfer, in their order."""
    start, end = one.from_country, one.to_country
    if one.direction_doubted:
        if start and end and start != end:
            yield Flag("direction_doubted", (
                f"The source does not surely say which sent and which received: {country_named(start)} "
                f"and {country_named(end)}. Which way did the goods go?"
            ), claims=(one.id,))
        return
    others = [country for country in one.through if country not in (start, end)]
    if start and start == end:
        if others:
            yield Flag("route_return", (
                f"The goods are said to have left {country_named(start)} through {_listed(others)} and "
                "come back. Were they returned or repaired, or is one end wrongly written?"
            ), claims=(one.id,))
        elif one.through:
            yield _itself(one, start)
        return
    for country in dict.fromkeys(one.through):
        if country in (start, end):
            yield _itself(one, country)
    if start and end:
        for country in dict.fromkeys(others):
            yield from _far(one, start, country, end, around)


def _itself(one: Movement, country: str) -> Flag:
    return Flag("route_to_itself", (
        f"{country_named(country)} stands as a country of transit and as an end of the way. Did the "
        "goods stop there on the way, or is it written twice?"
    ), claims=(one.id,))


def _far(one: Movement, start: str, country: str, end: str, around: Around) -> Iterator[Flag]:
    points = [around.centres.get(code) for code in (start, country, end)]
    a, b, c = points
    if a is None or b is None or c is None:
        return
    way, straight = distance(a, b) + distance(b, c), distance(a, c)
    if way - straight >= FAR_KM and way >= FAR_TIMES * straight:
        yield Flag("route_far", (
            f"From {country_named(start)} to {country_named(end)} the goods are said to have gone through "
            f"{country_named(country)}: some {_round(way):,} km in place of {_round(straight):,} km, "
            "between the middles of the countries. What was done there?"
        ), claims=(one.id,))


def hubs(one: Movement, lists: Lists) -> Iterator[Flag]:
    """Countries of the transfer that an imported list names as places of much onward trade."""
    named = dict.fromkeys((one.from_country, *one.through, one.to_country))
    for country in named:
        for entry, sure in lists.about_country(country, one.first, one.last) if country else ():
            if entry.kind == "transit_hub":
                source = cited(entry.list_name, entry.version, entry.dated)
                yield Flag("transit_hub", (
                    f"{source} names {country_named(country)} as a place through which much is sent on "
                    f"({entry.code}: {entry.title}). Who received the goods there, and did they stay?"
                ), entry.source, entry.list_name, entry.version, entry.dated, sure, (one.id,),
                    (entry.code,), caution=entry.caution)


def coming_back(steps: Sequence[Movement], around: Around) -> Iterator[Flag]:
    """Along a chain, in order of time: goods that come back into a country that they had left."""
    left: dict[str, Movement] = {}
    for one in steps:
        if one.direction_doubted:
            continue
        before = left.get(one.to_country) if one.to_country else None
        if before is not None and before.id != one.id and not one.domestic:
            yield Flag("route_return", (
                f"The goods left {country_named(one.to_country)} ({before.on}) and are said to have come "
                f"back ({one.on}). Were they returned, or are these not the same goods?"
            ), claims=(one.id, before.id))
        if one.from_country and one.to_country and not one.domestic:
            left.setdefault(one.from_country, one)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The shortest way over the sphere between two (latitude, longitude), in kilometres.

    >>> round(distance((0, 0), (0, 90)))
    10008
    """
    lat_1, lon_1, lat_2, lon_2 = map(math.radians, (*one, *other))
    half = (math.sin((lat_2 - lat_1) / 2) ** 2
            + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2)
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _round(kilometres: float) -> int:
    return round(kilometres / 500) * 500


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(country_named(code) for code in dict.fromkeys(codes))
