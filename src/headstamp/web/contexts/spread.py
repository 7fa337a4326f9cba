"""Where a signature was met: on a map, in a table, and whether that is more than more recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from headstamp.actions.measures.effort import beside, effort
from headstamp.actions.measures.found import Found, found_by_reader, shows, signature_of
from headstamp.actions.measures.spread import Sighting, as_table, new_places, sightings, spread_of
from headstamp.analysis.measure import Result
from headstamp.analysis.spread.measure import plots, spread
from headstamp.analysis.spread.signature import Signature
from headstamp.errors import Missing
from headstamp.publish.picture import Picture
from headstamp.publish.plot_picture import picture_of_plot
from headstamp.publish.spread_map import spread_map
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.chain import PictureView, picture_view
from headstamp.web.contexts.facts import Piece, record_path, ref_piece
from headstamp.web.contexts.measure import headline, interval_words
from headstamp.web.page import ON_PAGE, Context, Params

MOST_ROWS: Final = 500


@dataclass(frozen=True)
class SightingView:
    """One sighting as a row."""

    item: str
    first: str
    last: str
    country: str
    area: str
    site: str
    latitude: float | None
    longitude: float | None
    features: tuple[str, ...]
    to: Piece | None = field(default=None, metadata=ON_PAGE)
    to_site: Piece | None = field(default=None, metadata=ON_PAGE)
    when: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class TheatreView:
    """One theatre: what was documented there, what shows it, and what was documented before its first sighting."""

    theatre: str
    finds: int
    sightings: int
    before: int
    first: str
    chance_none: str


@dataclass(frozen=True)
class SpreadContext(Context):
    """A signature's sightings, where it is new, and the measure's answer."""

    signature: str
    name: str
    features: tuple[str, ...]
    least: int
    total: int
    sightings: tuple[SightingView, ...]
    unknown: int
    finds: int
    new_places: tuple[Mapping[str, Any], ...]
    theatres: tuple[TheatreView, ...]
    result: Mapping[str, Any]
    effort: str
    answer: Result = field(default=None, metadata=ON_PAGE)  # type: ignore[assignment]
    headline: str = field(default="", metadata=ON_PAGE)
    interval: str = field(default="", metadata=ON_PAGE)
    map: PictureView | None = field(default=None, metadata=ON_PAGE)
    plots: tuple[tuple[PictureView, tuple[str, ...], tuple[tuple[Any, ...], ...]], ...] = field(default=(), metadata=ON_PAGE)
    new: tuple[tuple[str, str, tuple[Piece, ...]], ...] = field(default=(), metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    title: str = field(default="", metadata=ON_PAGE)


def spread_context(reader: Reader, params: Params) -> SpreadContext:
    """The page of a signature's spread. Raises Missing for no such signature."""
    record, signature = signature_at(reader, params)
    finds = found_by_reader(reader)
    seen = sightings(reader, record.id, finds)
    answer = spread_of(reader, record.id, finds=finds)
    new = [one for one in new_places(reader, finds) if one.signature == record.id]
    ids = [*(one.item for one in seen[:MOST_ROWS]), *(one.site for one in seen[:MOST_ROWS] if one.site),
           *(id_ for one in new for id_ in one.items[:20])]
    labels = reader.labels(list(dict.fromkeys(ids)))
    path = f"{record_path(record.id)}/spread"
    return SpreadContext(
        record.id, record.label, tuple(one.words() for one in sorted(signature.features)), signature.needed,
        len(seen), tuple(_sighting(one, labels) for one in seen[:MOST_ROWS]),
        sum(shows(one, signature) is None for one in finds), len(finds), tuple(one.as_dict() for one in new),
        tuple(_theatre(one) for one in answer.more.get("theatres", ())), answer.as_dict(), beside(effort(reader)),
        answer=answer, headline=headline(answer), interval=interval_words(answer),
        map=picture_view(_map(record, seen, finds, signature, answer, labels), f"{path}/map"),
        plots=tuple(_plot(made) for made in plots(answer)) if seen else (),
        new=tuple((one.kind.replace("_", " "), one.words, tuple(
            ref_piece(id_, labels[id_]) for id_ in one.items[:20] if id_ in labels)) for one in new),
        path=path, title=f"Spread of {record.label}",
    )


def spread_picture(reader: Reader, params: Params) -> Picture:
    """The map as a picture with its files. Raises Missing."""
    record, signature = signature_at(reader, params)
    finds = found_by_reader(reader)
    seen = sightings(reader, record.id, finds)
    return _map(record, seen, finds, signature, spread(as_table(finds, signature), permutations=99),
                reader.labels([one.item for one in seen]))


def signature_at(reader: Reader, params: Params) -> tuple[Shown, Signature]:
    """The signature of the address. Raises Missing."""
    id_ = params.path["id"]
    if not id_.startswith(f"{BY_NAME['signature'].prefix}-"):
        raise Missing(f"there is no signature {id_}")
    record = reader.get(id_)
    return record, signature_of(record.values)


def _map(
    record: Shown, seen: list[Sighting], finds: list[Found], signature: Signature, answer: Result, labels: Mapping[str, str],
) -> Picture:
    area = answer.more.get("area") or {}
    looked = [(one.latitude, one.longitude) for one in finds
              if one.latitude is not None and one.longitude is not None and shows(one, signature) is False]
    return spread_map(
        f"Where {record.label} was met", [one.as_dict() for one in seen], labels=labels, looked=looked,
        hull=[(one[0], one[1]) for one in area.get("hull", ())], newest=str(answer.more.get("newest", "")))


def _plot(plot: Any) -> tuple[PictureView, tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    made = picture_of_plot(plot)
    columns, rows = plot.table()
    return PictureView(made.svg, made.title, made.caption, ()), columns, tuple(
        tuple("" if cell is None else round(cell, 3) if isinstance(cell, float) else cell for cell in row) for row in rows)


def _sighting(one: Sighting, labels: Mapping[str, str]) -> SightingView:
    site = one.site if one.site in labels else None
    return SightingView(
        one.item, one.first or "", one.last or "", one.country, one.area, site or "", one.latitude, one.longitude,
        tuple(each.words() for each in one.features),
        to=ref_piece(one.item, labels[one.item]) if one.item in labels else None,
        to_site=ref_piece(site, labels[site]) if site else None,
        when=one.first or "" if one.first == one.last else f"{one.first or '?'} to {one.last or '?'}")


def _theatre(one: Mapping[str, Any]) -> TheatreView:
    window = one["first_to"] or ""
    if one["first_from"] != one["first_to"]:
        window = f"{one['first_from'] or '?'} to {one['first_to'] or '?'}"
    return TheatreView(one["theatre"], one["finds"], one["sightings"], one["before"], window,
                       "" if one["chance_none"] is None else f"{one['chance_none']:.2g}")
