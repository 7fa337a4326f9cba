"""Marking a part of a photograph: a new marking with its first reading, or where a known one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headstamp.errors import HeadstampError, Missing
from headstamp.markings.region import region_in
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.reading import PictureView, picture_view
from headstamp.web.page import ON_PAGE, Context, Params

MOST_ITEMS = 200
_CODES = {"state": "marking_state", "marking_kind": "marking_kind", "technique": "marking_technique"}


@dataclass(frozen=True)
class RegionContext(Context):
    """A photograph on which a part is to be marked; ``marking`` where it is a known marking's."""

    photograph: str
    marking: str
    version: int
    viewer: str
    picture: PictureView | None
    items: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    codes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, metadata=ON_PAGE)
    typed: Mapping[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    label: str = field(default="", metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)


def region_context(reader: Reader, params: Params) -> RegionContext:
    """The page of a photograph's address. Raises Missing."""
    return region_page(
        reader, params.path["id"], params.text("reader") or params.actor,
        marking_id=params.text("marking"), typed={"item": params.text("item")},
    )


def region_page(
    reader: Reader, photograph_id: str, viewer: str, *, marking_id: str = "",
    typed: Mapping[str, str] | None = None, error: HeadstampError | None = None,
) -> RegionContext:
    """The same, with what was typed and why it was refused. Raises Missing."""
    photograph = _record(reader, photograph_id, "photo")
    marking = _record(reader, marking_id, "mark") if marking_id else None
    shown = [one for one in photograph.get("items", ()) if one.startswith("item-")][:MOST_ITEMS]
    labels = reader.labels([*shown, *([marking.get("item")] if marking else [])])
    held = bool(photograph.get("digest"))
    given = dict(typed or {})
    part = region_in(marking.get("region")) if marking else None
    if part is not None and marking and marking.get("photograph") == photograph.id:
        for name in ("x", "y", "width", "height"):
            given.setdefault(name, str(getattr(part, name)))
    return RegionContext(
        photograph=photograph.id, marking=marking.id if marking else "",
        version=marking.version if marking else 0, viewer=viewer,
        picture=picture_view(photograph, marking) if held else None,
        items=tuple((one, labels[one]) for one in shown if one in labels),
        codes={name: tuple((term.code, term.label) for term in vocabulary(list_))
               for name, list_ in _CODES.items()},
        typed=given,
        problems=(error.message, *(str(one) for one in error.problems)) if error else (),
        label=labels.get(marking.get("item"), "") if marking else "",
        path=f"{record_path(photograph.id)}/mark",
    )


def _record(reader: Reader, record_id: str, prefix: str) -> Shown:
    if not record_id.startswith(prefix + "-"):
        kind = BY_NAME["photograph" if prefix == "photo" else "marking"]
        raise Missing(f"there is no {kind.title} {record_id}")
    return reader.get(record_id)
