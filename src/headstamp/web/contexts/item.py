"""One item: photographs, markings and what is made of them, parts, and its past in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headstamp.actions.markings.parts_seen import Elsewhere, elsewhere
from headstamp.markings.state_words import UNSETTLED, marking_state_of
from headstamp.records import BY_NAME
from headstamp.schemes import SchemeReading, recognise, scheme
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.custody import Kept, kept_of
from headstamp.web.contexts.descent import MADE_HERE
from headstamp.web.contexts.facts import FactView, Piece, fact_views, labels_of, ref_piece
from headstamp.web.contexts.past import Moment, in_order, moment
from headstamp.web.contexts.possible import PossibleMakers, possible_makers
from headstamp.web.contexts.record import Naming, RecordContext, naming_of, record_context
from headstamp.web.contexts.series import Nearby, nearby_of
from headstamp.web.page import ON_PAGE, Params

MOST_MARKINGS = 100
MOST_PHOTOGRAPHS = 60
MOST_EVENTS = 200
# Shown in places of their own on this page.
_PLACED = frozenset({
    ("marking", "item"), ("photograph", "items"), ("custody", "item"), ("transfer", "items"),
    ("note", "about"),
})
# Shown otherwise, or not worth a place beside each marking.
_NOT_AGAIN = ("item", "marking", "text", "tier", "source", "grade")
_CUSTODY = ("from_party", "to_party", "quantity", "lawful_status", "transfer", "documents",
            "evidence", "basis")
_TRANSFER = ("from_party", "to_party", "from_place", "to_place", "quantity", "lawful_status",
             "licence", "documents", "basis")


@dataclass(frozen=True)
class Recognised:
    """What one scheme makes of a marking. ``valid``: its check fits, does not, or it has none."""

    scheme: str
    title: str
    canonical: str
    valid: bool | None
    explanation: str
    doubt: str
    source: str


@dataclass(frozen=True)
class MarkingView:
    """A marking with the readings recorded of it and what the schemes recognise.

    ``words_fit`` says which states its words leave open, where they settle none.
    """

    record: Shown
    readings: tuple[Shown, ...]
    recognised: tuple[Recognised, ...]
    nearby: tuple[Nearby, ...] = ()
    readings_nearby: tuple[tuple[Nearby, ...], ...] = ()
    words_fit: str = ""
    facts: tuple[FactView, ...] = field(default=(), metadata=ON_PAGE)
    reading_facts: tuple[tuple[FactView, ...], ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class Picture:
    """A photograph: its record, and (where the original is held) its small copy."""

    record: Shown
    held: bool
    thumbnail: str = field(default="", metadata=ON_PAGE)
    original: str = field(default="", metadata=ON_PAGE)
    link: str = field(default="", metadata=ON_PAGE)
    to: Piece | None = field(default=None, metadata=ON_PAGE)
    made_here: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ItemContext(RecordContext):
    """An item as its page shows it."""

    photographs: tuple[Picture, ...] = ()
    markings: tuple[MarkingView, ...] = ()
    past: tuple[Moment, ...] = ()
    notes: tuple[Shown, ...] = ()
    possible: PossibleMakers | None = None
    same: tuple[Elsewhere, ...] = ()
    kept: Kept | None = None


def item_context(reader: Reader, params: Params) -> ItemContext:
    """All of one item. Raises Missing."""
    base = record_context(reader, params)
    item = base.record
    naming: tuple[Naming, ...] = naming_of(reader, item.id, _PLACED)
    markings = markings_of(reader, item.id, params.case)
    return ItemContext(
        **{**base.__dict__, "naming": naming},
        photographs=pictures(
            reader.referring(item.id, kind="photograph", field="items", limit=MOST_PHOTOGRAPHS)
        ),
        markings=markings,
        past=past_of(reader, item),
        notes=tuple(reader.referring(item.id, kind="note", field="about", limit=MOST_EVENTS)),
        possible=possible_makers(
            reader, params, [(one.record, one.readings) for one in markings], item),
        kept=kept_of(reader, item.id),
        same=elsewhere(reader, item) if item.get("family") == "component" else (),
    )


def pictures(photographs: Sequence[Shown]) -> tuple[Picture, ...]:
    """Photographs as shown small."""
    found = []
    for shown in photographs:
        digest, link = shown.get("digest", ""), shown.get("link", "")
        found.append(Picture(
            shown, bool(digest), f"/thumbs/{digest}" if digest else "",
            f"/originals/{digest}" if digest else "", link, ref_piece(shown.id, shown.label),
            MADE_HERE.get(shown.get("generation", ""), ""),
        ))
    return tuple(found)


def markings_of(
    reader: Reader, item_id: str, case: Case | None = None
) -> tuple[MarkingView, ...]:
    """The markings on an item, each with its readings and what the schemes recognise.

    With the case given, also the runs and ranges that they stand in.
    """
    rows = reader.referring(item_id, kind="marking", field="item", limit=MOST_MARKINGS)
    labels = labels_of(reader, rows, BY_NAME)
    return tuple(marking_view(reader, shown, labels, case) for shown in rows)


def marking_view(
    reader: Reader, shown: Shown, labels: Mapping[str, str], case: Case | None = None
) -> MarkingView:
    """One marking with its readings, what the schemes recognise, and what stands around it."""
    text = shown.get("text")
    readings = reader.referring(shown.id, kind="reading", field="marking", limit=20)
    around = nearby_of(case, reader, shown, readings)
    return MarkingView(
        shown, tuple(readings), tuple(recognised(one) for one in recognise(text)) if text else (),
        around[0], around[1:], _words_fit(shown),
        fact_views(BY_NAME["marking"], shown.values, labels, _NOT_AGAIN),
        tuple(fact_views(BY_NAME["reading"], one.values, {}, _NOT_AGAIN) for one in readings),
    )


def _words_fit(marking: Shown) -> str:
    words = marking.get("state_as_written")
    said = marking_state_of(words) if words and marking.get("state") == UNSETTLED else None
    return said.why if said is not None else ""


def recognised(reading: SchemeReading) -> Recognised:
    """A scheme's reading as shown."""
    return Recognised(
        reading.scheme, scheme(reading.scheme).TITLE, reading.canonical, reading.valid,
        reading.explanation, reading.doubt, reading.source,
    )


def past_of(reader: Reader, item: Shown) -> tuple[Moment, ...]:
    """Making, transfers, custody and recovery in the order of time, gaps named."""
    custody = [one for one in reader.referring(item.id, kind="custody", field="item",
                                               limit=MOST_EVENTS) if not one.get("act")]
    transfers = reader.referring(item.id, kind="transfer", field="items", limit=MOST_EVENTS)
    labels = labels_of(reader, [*custody, *transfers], BY_NAME)
    moments = []
    if item.get("made_on"):
        basis = item.get("made_basis", "")
        moments.append(moment("made", item.get("made_on"), basis))
    moments += [
        moment("transfer", one.get("happened_on"), one.label, one, labels, _TRANSFER)
        for one in transfers
    ]
    moments += [
        moment("custody", one.get("held_on"), one.label, one, labels, _CUSTODY) for one in custody
    ]
    recovery = item.get("recovery")
    known = reader.many([recovery]).get(recovery) if recovery else None
    if known is not None:
        when = known.get("recovered_on") or item.get("recovered_on")
        moments.append(moment("recovery", when, known.label, known, {}, ("manner", "armed_group")))
    elif item.get("recovered_on"):
        moments.append(moment("recovery", item.get("recovered_on"), ""))
    return in_order(moments)
