"""Is a signature spreading, or is only more being recorded? First seen where and when, and how far beyond what was known.

The headline is the trend of the share: within each place, do later finds show the signature more often than
earlier ones, given how many finds were documented there and when? That is free of effort: more visits make
more sightings and more finds without it. Beside it stand what effort cannot be taken out of: who was first, the
theatres with what was documented in each before its first sighting, and how far the newest lies from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

import numpy as np

from headstamp.analysis.measure import Diagnostic, Input, Measure, Model, Result
from headstamp.analysis.plot import Plot, Series
from headstamp.analysis.spread import seen
from headstamp.analysis.spread.area import Area, area, since_before
from headstamp.analysis.spread.table import Find, Rows, day, read, together
from headstamp.analysis.spread.trend import Slope, Stratum, slope
from headstamp.errors import Invalid, Problem
from headstamp.kinds.counted import plural

NAME, VERSION = "spread.signature", 1
QUESTION: Final = "Is a signature spreading, or is only more being recorded?"
LEAST: Final = 5
ALARM: Final = 0.01
MOST_TOLD: Final = 5_000
_WINDOW, _SHARE = 31, 0.1
_UNITS: Final = ((365, 365.25, "year"), (60, 30.0, "month of 30 days"), (0, 1.0, "day"))
ASSUMPTIONS: Final = (
    "Every find documented is in the table, with the signature or without; what was taken down did not hang on it.",
    "Within a place any find could have been documented at any of its times.",
    "Finds of one crate or recovery are one group, which counts once; groups are independent.",
    "The odds rise or fall by one factor in equal times, the same in every place.",
)
REFUSES: Final = (
    f"No sighting; fewer than {LEAST} sightings, or {LEAST} finds without it, in places where both were documented at "
    "different times. First sightings, theatres and distances are told all the same."
)
SOURCES: Final = (
    "Breslow and Day 1980, Statistical Methods in Cancer Research I, IARC Scientific Publications 32, 7",
    "Firth 1993, Biometrika 80:27; Heinze and Puhr 2010, Statistics in Medicine 29:770",
    "Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World (distance beyond the known area)",
    "Solow 1993, Ecology 74:962 (what absence before a first record says)",
)
EFFORT: Final = (
    "Sightings follow who looked where and when. Where nobody documented anything before the first sighting, "
    "that it is new there is not known.")


@dataclass(frozen=True, slots=True)
class Trend:
    """The slope within places or theatres, and what it was taken from."""

    by: str
    strata: tuple[Stratum, ...]
    slope: Slope


def spread(finds: Rows, find: str = "", level: float = 0.95, permutations: int = 1_999, seed: int = 1) -> Result:
    """The spread of a signature among these finds.

    ``finds`` has the columns find, date, signature (yes, no, empty) and latitude, longitude, theatre, place, group;
    ``find`` names the sighting whose distance is asked of (the newest otherwise). Raises Invalid naming every faulty row.
    """
    every, grouped = _checked(finds, find, level, permutations)
    units, merged = together(every)
    told_of = [one for one in units if one.shows is not None]
    sightings = [one for one in told_of if one.shows]
    told = [
        Diagnostic("sightings", len(sightings), None, f"{len(sightings):,} of {len(told_of):,} "
                   f"{'groups' if grouped else 'finds'} show the signature ({plural(len(every), 'find')})"),
        Diagnostic("not told", len(units) - len(told_of), None, (
            f"of {len(units) - len(told_of):,} too little was noted to say; left out")),
    ]
    shared: dict[str, Any] = {
        "method": NAME, "version": VERSION, "question": QUESTION, "level": level, "assumptions": ASSUMPTIONS,
        "sources": SOURCES,
    }
    if not sightings:
        return Result(**shared, refused=True, reason="No find shows the signature.", diagnostics=tuple(told),
                      text="The signature was not met in what was documented; that is not to say that it is not there.")
    newest, known = _newest(sightings, every, find)
    beyond = _beyond(newest, sightings, told_of)
    by_theatre = seen.theatres(told_of)
    warned = [EFFORT, *_unlooked(by_theatre)]
    more: dict[str, Any] = _more(sightings, by_theatre, newest, beyond, told_of, level, len(every), merged)
    words = [_first_words(more), _area_words(newest, known, beyond)]
    dated, unfit = _dated(told_of)
    if unfit:
        told.append(Diagnostic("dates", unfit, None, f"{unfit:,} without a date, or with one too wide, left out of the trend"))
    unit = _unit(dated)
    trend, reason = _trend(dated, unit, level, permutations, seed)
    if trend is None:
        return Result(**shared, refused=True, reason=reason, diagnostics=tuple(told), warnings=tuple(warned),
                      more=more, text=" ".join((*words, f"Whether its share of the finds rises is not said: {reason}")))
    checks = _checks(dated, every, trend, unit, grouped)
    models = tuple(_models(dated, unit, level, permutations, seed, trend))
    factor = [_factor(one) for one in (trend.slope.estimate, trend.slope.low, trend.slope.high)]
    more |= {"p_rising": trend.slope.rising, "p": trend.slope.chance, "permutations": permutations, "seed": seed,
             "time_unit": unit[2], "within": trend.by, "strata": sum(one.tells for one in trend.strata),
             "sightings_that_tell": sum(int(one.shown.sum()) for one in trend.strata if one.tells)}
    told += checks
    warned += [one.words for one in checks if one.good is False]
    if trend.by == "theatre":
        warned.append("The trend is taken within theatres, because single places have too little: where within a theatre "
                      "people looked may have changed with time.")
    return Result(
        **shared, estimate=factor[0], low=factor[1], high=factor[2], unit=f"times the odds in a {unit[2]}",
        diagnostics=tuple(told), models=models, warnings=tuple(warned), more=more,
        text=" ".join((*words, _trend_words(trend, factor, models, unit[2], level))))


def _checked(finds: Rows, find: str, level: float, permutations: int) -> tuple[list[Find], bool]:
    problems = []
    if not 0.5 <= level < 1:
        problems.append(Problem("a level lies from 0.5 to below 1", "0.95 is usual.", "level", str(level)))
    if not 99 <= permutations <= 1_000_000:
        problems.append(Problem("from 99 to 1,000,000 dealings", "1999 is usual.", "permutations", str(permutations)))
    if problems:
        raise Invalid("the spread cannot be asked so", problems)
    every, grouped = read(finds)
    if find and not any(one.name == find and one.shows for one in every):
        raise Invalid("the spread cannot be asked so", [Problem(
            "no such find shows the signature", "Name a find that does.", "find", find[:200])])
    return every, grouped


def _newest(sightings: Sequence[Find], every: Sequence[Find], find: str) -> tuple[Find, bool]:
    """The sighting asked of, or the latest; and whether it surely came after all the others."""
    if find:
        newest = next(one for one in every if one.name == find)
    else:
        newest = max(sightings, key=lambda one: (one.first or 0, one.last or 0, one.name))
    sure = newest.first is not None and all(
        one.last is not None and one.last <= (newest.first or 0) for one in sightings if one.group != newest.group)
    return newest, sure


def _beyond(newest: Find, sightings: Sequence[Find], told_of: Sequence[Find]) -> Area | None:
    at = newest.first
    earlier = [one for one in sightings if one.group != newest.group
               and (at is None or one.first is None or one.first <= at)]
    since = max((one.middle for one in earlier if one.middle is not None), default=None)
    names = {one.name for one in earlier}
    others = [one for one in told_of if since is not None and one.middle is not None and one.middle >= since
              and one.name not in names]
    return area(newest, earlier, others)


def _dated(finds: Sequence[Find]) -> tuple[list[Find], int]:
    """Finds whose window is narrow enough for a trend, and how many are not."""
    known = [one for one in finds if one.first is not None and one.last is not None]
    middles = [one.middle or 0.0 for one in known]
    widest = max(_WINDOW, _SHARE * (max(middles) - min(middles))) if middles else 0
    kept = [one for one in known if (one.last or 0) - (one.first or 0) <= widest]
    return kept, len(finds) - len(kept)


def _unit(finds: Sequence[Find]) -> tuple[int, float, str]:
    middles = [one.middle or 0.0 for one in finds]
    span = max(middles) - min(middles) if middles else 0
    return next(one for one in _UNITS if span >= one[0])


def _strata(finds: Sequence[Find], by: str, unit: tuple[int, float, str]) -> list[Stratum]:
    found: dict[str, list[Find]] = {}
    for one in finds:
        found.setdefault(one.place if by == "place" else one.theatre if by == "theatre" else "", []).append(one)
    return [Stratum(np.array([one.middle or 0.0 for one in of]) / unit[1], np.array([bool(one.shows) for one in of]))
            for of in found.values()]


def _trend(
    finds: Sequence[Find], unit: tuple[int, float, str], level: float, permutations: int, seed: int
) -> tuple[Trend | None, str]:
    with_it = without = 0
    for by in ("place", "theatre"):
        strata = _strata(finds, by, unit)
        with_it = sum(int(one.shown.sum()) for one in strata if one.tells)
        without = sum(int((~one.shown).sum()) for one in strata if one.tells)
        if with_it >= LEAST and without >= LEAST:
            return Trend(by, tuple(strata), slope(strata, level, permutations, seed)), ""
    return None, (f"in places where finds with and without it were documented at different times there are {with_it:,} with "
                  f"and {without:,} without; {LEAST} of each are needed.")


def _models(
    finds: Sequence[Find], unit: tuple[int, float, str], level: float, permutations: int, seed: int, trend: Trend
) -> list[Model]:
    times = np.array([one.middle or 0.0 for one in finds]) / unit[1]
    shown = np.array([bool(one.shows) for one in finds])
    start, end = float(times.min()), float(times.max())
    models = []
    for name, by in (("within theatres", "theatre"), ("all places together", "")):
        strata = _strata(finds, by, unit)
        if by != trend.by and len(strata) != len(trend.strata) and any(one.tells for one in strata):
            one = slope(strata, level, 99, seed)
            models.append(Model(name, _factor(one.estimate), _factor(one.low), _factor(one.high), words=(
                "the share of the finds " + ("in each theatre" if by else "wherever they were documented"))))
    for name, of, words in (("sightings alone", times[shown], "sightings in a unit of time, whatever the effort"),
                            ("finds documented", times, "all finds in a unit of time: the effort that left records")):
        growth, low, high = seen.growth(of, start, end, level)
        models.append(Model(name, growth, low, high, words=words))
    return models


def _checks(
    finds: Sequence[Find], every: Sequence[Find], trend: Trend, unit: tuple[int, float, str], grouped: bool
) -> list[Diagnostic]:
    both, expected, chance = seen.crates(finds, _fitted(finds, trend, unit))
    told = [Diagnostic("one place and day", chance, chance >= ALARM, (
        f"{plural(both, 'pair of one place and day both shows', 'pairs of one place and day both show')} it; {expected:,.1f} are expected." if chance >= ALARM else
        f"{plural(both, 'pair of one place and day both shows', 'pairs of one place and day both show')} it, and {expected:,.1f} are expected: they may be of one crate. Name "
        "the group of each find; the interval is too narrow."))]
    if grouped:
        sizes = {one.group: 0 for one in finds}
        for one in every:
            if one.group in sizes:
                sizes[one.group] += 1
        drift = seen.drift_of_sizes([sizes[one.group] for one in finds], [one.middle or 0.0 for one in finds])
        told.append(Diagnostic("size of groups", drift, drift >= ALARM, (
            "Groups are as large late as early." if drift >= ALARM else
            "The size of groups changes with time: a larger one is likelier to hold a find that shows it.")))
    return told


def _fitted(finds: Sequence[Find], trend: Trend, unit: tuple[int, float, str]) -> list[float]:
    """The chance of each find to show it, by the trend and the share of its place."""
    by: dict[str, list[int]] = {}
    for number, one in enumerate(finds):
        by.setdefault(one.place if trend.by == "place" else one.theatre, []).append(number)
    found = np.zeros(len(finds))
    for numbers in by.values():
        count = sum(bool(finds[n].shows) for n in numbers)
        part = trend.slope.estimate * np.array([finds[n].middle or 0.0 for n in numbers]) / unit[1]
        part -= part.mean()
        low, high = -750.0, 750.0
        for _ in range(60):
            level = (low + high) / 2
            chances = 1 / (1 + np.exp(-np.clip(part + level, -500, 500)))
            low, high = (level, high) if chances.sum() < count else (low, level)
        found[numbers] = chances
    return [float(one) for one in found]


def _more(
    sightings: Sequence[Find], by_theatre: Sequence[seen.Theatre], newest: Find, beyond: Area | None,
    told_of: Sequence[Find], level: float, finds: int, merged: int,
) -> dict[str, Any]:
    can, earliest, latest = seen.first(sightings)
    order = sorted(sightings, key=lambda one: (one.first or 0, one.last or 0, one.name))
    return {
        "finds": finds, "put_together": merged, "sightings": _sightings(order[-MOST_TOLD:]),
        "first": {"from": day(earliest), "to": day(latest),
                  "can_be": [{"find": one.name, "theatre": one.theatre, "place": one.place} for one in can]},
        "newest": newest.name, "new_theatre": bool(newest.theatre) and newest.first is not None and not any(
            one.theatre == newest.theatre and (one.first is None or one.first <= newest.first)
            for one in sightings if one.group != newest.group),
        "theatres": [one.as_dict() for one in by_theatre],
        "area": None if beyond is None else {
            "earlier": beyond.earlier, "beyond_km": beyond.beyond, "nearest": beyond.nearest, "chance": beyond.chance,
            "least_chance": beyond.least, "looked_as_far": beyond.looked, "looked_of": beyond.looked_of,
            "outside_hull": beyond.outside, "beyond_hull_km": beyond.beyond_hull, "hull": [list(one) for one in beyond.hull]},
        "periods": seen.periods(told_of, level),
    }


def _sightings(order: Sequence[Find]) -> list[dict[str, Any]]:
    """Each sighting, in their order; how far each lies from the nearest with an earlier first possible day."""
    placed = [one for one in order if one.first is not None and one.latitude is not None]
    far = dict(zip((one.name for one in placed), since_before(placed), strict=True))
    return [{"find": one.name, "from": day(one.first), "to": day(one.last), "latitude": one.latitude,
             "longitude": one.longitude, "theatre": one.theatre, "place": one.place,
             "from_earlier_km": far.get(one.name)} for one in order]


def _unlooked(by_theatre: Sequence[seen.Theatre]) -> list[str]:
    names = [one.theatre for one in by_theatre if one.sightings and not one.before]
    return [] if not names else [
        f"Before its first sighting nothing was documented in {', '.join(names)}: it may have been there all along."]


def _factor(value: float) -> float:
    return exp(max(-700.0, min(value, 700.0)))


def _first_words(more: dict[str, Any]) -> str:
    first = more["first"]
    where = list(dict.fromkeys(one["theatre"] or one["place"] or one["find"] for one in first["can_be"]))
    window = (f"between {first['from'] or 'an unknown day'} and {first['to'] or 'an unknown day'}"
              if first["from"] != first["to"] else f"on {first['to'] or 'an unknown day'}")
    if len(where) == 1:
        return f"First met {window}, in {where[0]}."
    return f"First met {window}; by their dates it can have been first in any of {', '.join(where[:6])}."


def _area_words(newest: Find, sure: bool, beyond: Area | None) -> str:
    if beyond is None:
        return "How far the newest lies from the others is not known."
    if beyond.beyond < 0.5:
        return f"{newest.name} was met where it had been met before."
    hull = ("" if beyond.outside is None else f", {beyond.beyond_hull:,.0f} km outside the hull of the earlier ones"
            if beyond.outside else ", inside the hull of the earlier ones")
    looked = "" if beyond.looked is None else (
        f" Of {plural(beyond.looked_of, 'find')} documented since the last earlier one {beyond.looked:.0%} lie as far out, with it or "
        "without: so much is where people looked.")
    late = "" if sure else " By their dates others may be later."
    return (f"{newest.name} lies {beyond.beyond:,.0f} km from the nearest of {plural(beyond.earlier, 'earlier sighting')}{hull}; a "
            f"share of {beyond.chance:.2g} of all sightings lie as far from their nearest.{looked}{late}")


def _trend_words(
    trend: Trend, factor: Sequence[float], models: Sequence[Model], unit: str, level: float
) -> str:
    alone = next(one for one in models if one.name == "sightings alone")
    risen = alone.low is not None and alone.low > 1
    said = ("It is met more and more often of what is documented in one place, which effort alone does not make." if factor[1] > 1 else
            "It is met less and less often of what is documented in one place." if factor[2] < 1 else
            "More sightings are no more than more recording would make." if risen else
            "Neither a rise nor a fall can be told from this.")
    return (f"Within each {trend.by} the odds that a find shows it change {factor[0]:.2f} times in a {unit} "
            f"({level:.0%}: {factor[1]:.2f} to {factor[2]:.2f}; chance of as much, finds dealt out anew: {trend.slope.chance:.2g}). {said}")


def plots(result: Result) -> tuple[Plot, ...]:
    """The share of finds by time, and how far each sighting lay from the nearest before it."""
    periods = result.more.get("periods", ())
    shares = Plot(
        "share", "Share of documented finds that show the signature", "period", "share",
        (Series("share", "intervals", tuple(
            (f"{one['from']} to {one['to']}", one["share"], one["low"], one["high"]) for one in periods)),),
        words="More recording does not raise a share; a rise within places does.")
    counts = Plot(
        "counts", "Finds documented, and those that show the signature", "period", "finds",
        tuple(Series(name, "bars", tuple((f"{one['from']} to {one['to']}", one[key]) for one in periods))
              for name, key in (("documented", "finds"), ("with the signature", "sightings"))),
        words="Where both rise together, effort alone would make the sightings rise.")
    far = Plot(
        "distance", "How far each sighting lay from the nearest earlier one", "first possible day", "kilometres",
        (Series("sightings", "points", tuple(
            (one["from"], one["from_earlier_km"]) for one in result.more.get("sightings", ())
            if one["from_earlier_km"] is not None)),))
    return (shares, counts, far) if periods else ()


MEASURE: Final = Measure(
    NAME, VERSION, QUESTION,
    (
        Input("finds", "table", "Every find documented: find, date, signature (yes, no, empty), latitude, longitude, theatre, "
              "place, group", needed=True),
        Input("find", "word", "The sighting whose distance is asked of; the newest otherwise", default=""),
        Input("level", "number", "The level of the interval", default=0.95),
        Input("permutations", "whole number", "How often finds are dealt out anew within places", default=1_999),
        Input("seed", "whole number", "Of the dealing: the same gives the same", default=1),
    ),
    ASSUMPTIONS, REFUSES, SOURCES, spread, plots,
)
