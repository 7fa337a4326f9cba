"""The pictures of one item's chain: in time, and on a map, as one reader may see it.

Points come from the reader as exact as it may tell them. Where a step has none, the middle of
its country stands for it, else that of the party's country; each is told as what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from headstamp.actions.tracing.picture_limits import limits_said
from headstamp.actions.tracing.trace import Traced
from headstamp.publish.chain_map import End, Leg, chain_map
from headstamp.publish.chain_picture import chain_picture
from headstamp.publish.chain_steps import Shown as Drawn
from headstamp.publish.chain_words import Diverted, line, sureness
from headstamp.publish.geography import country_centres
from headstamp.publish.picture import Picture
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.diversion import Diversion
from headstamp.tracing.hypothesis import Hypothesis
from headstamp.tracing.step import Step
from headstamp.vocab import vocabulary


def picture_of_chain(traced: Traced) -> Picture:
    """The chain in time."""
    found = traced.diversion
    undetermined = ""
    if found is not None and found.standing == "undetermined":
        undetermined = traced.named(found.sentence)
    return chain_picture(traced.chain, traced.names, diverted(found), undetermined=undetermined,
                         more=limits_said(traced.limits.values()))


def diverted(found: Diversion | None) -> tuple[Diverted, ...]:
    """The hypotheses of a point of diversion as they are drawn; "none of these" has no place."""
    if found is None or found.standing == "none":
        return ()
    return tuple(
        Diverted(rank, hypothesis_words(one), one.first, one.last)
        for rank, one in enumerate(found.hypotheses, 1) if not one.rest
    )


def hypothesis_words(one: Hypothesis) -> str:
    """A hypothesis in short: its kind, its word of probability, its range."""
    kind = vocabulary("diversion_kind").label(one.kind)
    word = vocabulary("probability_word").label(one.word)
    return f"{kind}: {word} ({round(one.low * 100)} to {round(one.high * 100)} in 100)"


def map_of_chain(reader: Reader, traced: Traced) -> Picture:
    """The chain on a map."""
    chain = traced.chain
    wanted = {claim.id for step in chain.steps for claim in step.claims} | set(chain.parties)
    wanted |= {str(traced.item.get("recovery"))} if traced.item.get("recovery") else set()
    records = dict(reader.many(sorted(wanted)))
    sites = {str(one.get("site")) for one in (*records.values(), traced.item) if one.get("site")}
    records |= reader.many(sorted(sites - records.keys()))
    legs = [
        Leg(at + 1, *_ends(step, records, traced), step.lawful, sureness(step),
            line(Drawn(at, step), traced.names),
            tuple(dict.fromkeys(c for claim in step.claims for c in claim.through)))
        for at, step in enumerate(chain.steps)
    ]
    return chain_map(f"Map of the chain of {chain.label}", legs, more=limits_said(traced.limits.values()))


def _ends(step: Step, records: Mapping[str, Shown], traced: Traced) -> tuple[End | None, End | None]:
    """Where a step began and ended, by the first claim that has a point, else by its country."""
    told = [records[claim.id] for claim in step.claims if claim.id in records]
    start = _first(_point(one.get("from_place")) for one in told)
    end = _first(_point(one.get("to_place")) or _point(one.get("place")) for one in told)
    if step.how == "recovered" and end is None:
        found = records.get(str(traced.item.get("recovery")))
        owners = [*told, *([found] if found is not None else []), traced.item]
        end = _first(_point(one.get("place")) for one in owners) or _first(
            _at_site(records.get(str(one.get("site")))) for one in owners)
    start = start or _first(_country(claim.from_country) for claim in step.claims)
    end = end or _first(_country(claim.to_country) for claim in step.claims)
    return (start or _of_party(records.get(str(step.from_party))),
            end or _of_party(records.get(str(step.to_party))))


def _first(some: Iterable[End | None]) -> End | None:
    return next((one for one in some if one is not None), None)


def _point(place: Mapping[str, Any] | None, label: str = "") -> End | None:
    if not place or place.get("latitude") is None or place.get("longitude") is None:
        return None
    name = label or place.get("locality") or vocabulary("countries").label(place.get("country") or "")
    how = "coarse" if place.get("precision") == "coarsened" else "place"
    return End(place["latitude"], place["longitude"], str(name) or "a place", how)


def _at_site(site: Shown | None) -> End | None:
    return _point(site.get("place"), site.label) if site is not None else None


def _country(code: str, how: str = "country") -> End | None:
    centre = country_centres().get(code)
    return End(*centre, vocabulary("countries").label(code), how) if centre else None


def _of_party(party: Shown | None) -> End | None:
    return _country(str(party.get("country") or ""), "party") if party is not None else None
