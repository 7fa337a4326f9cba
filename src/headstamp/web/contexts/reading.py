"""The reading page: a marking on its photograph, one's own reading, then all of them lined up.

Until the reader has given a reading this context holds nothing that says what
others read, nor the marking's text, its remark or its photograph's caption: neither
the page nor its JSON twin can show what is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headstamp.actions.markings.reading import Given, TwoReadings, two_readings
from headstamp.errors import HeadstampError
from headstamp.markings.agreement import Agreement, Place
from headstamp.markings.region import Region, region_in
from headstamp.markings.unread import has_unread
from headstamp.publish.wording import runs_right_to_left
from headstamp.records import BY_NAME
from headstamp.records.marking import READABLE
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import FactView, fact_views, labels_of, record_path
from headstamp.web.page import ON_PAGE, Context, Params

MOST_PHOTOGRAPHS = 24
MOST_PLACES = 300
# Said before one has read: where to look, never what somebody saw there.
_SAID = frozenset({"marking_kind", "position", "technique", "script", "language"})
_HELD = tuple(fact.name for fact in BY_NAME["marking"].facts if fact.name not in _SAID)
_SIGNS = {
    "agreed": ("=", "agreed"), "written": ("≈", "agreed, written otherwise"),
    "separator": ("·", "sign between"), "differing": ("≠", "differs"),
    "narrowed": ("?", "one was surer"), "unread": ("?", "read by one"),
    "both_unread": ("?", "read by neither"), "only_first": ("≠", "one sees no character"),
    "only_second": ("≠", "one sees no character"),
}


@dataclass(frozen=True)
class PictureView:
    """A photograph to read from. ``region`` is the part that shows the marking, empty if unknown.

    ``width`` and ``height`` are pixels of the picture held upright (0: not recorded).
    """

    photograph: str
    width: int
    height: int
    region: str
    source: str = field(default="", metadata=ON_PAGE)
    small: str = field(default="", metadata=ON_PAGE)
    original: str = field(default="", metadata=ON_PAGE)
    box: str = field(default="", metadata=ON_PAGE)
    part: Region | None = field(default=None, metadata=ON_PAGE)


@dataclass(frozen=True)
class PlaceView:
    """One place of two readings: what each has, what that is, and the same in words."""

    number: int
    first: str
    second: str
    kind: str
    joint: str
    words: str
    sign: str = field(default="", metadata=ON_PAGE)
    title: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class PairView:
    """Two readings lined up. ``share`` is agreed over compared, None where nothing was."""

    first: str
    second: str
    first_text: str
    second_text: str
    summary: str
    agreed: int
    compared: int
    share: float | None
    joint: str
    places: tuple[PlaceView, ...]
    told: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    way: str = field(default="ltr", metadata=ON_PAGE)
    more: int = field(default=0, metadata=ON_PAGE)


@dataclass(frozen=True)
class ReadContext(Context):
    """A marking as this reader may see it here; ``blind`` until they have given their reading."""

    marking: str
    version: int
    item: str
    viewer: str
    blind: bool
    readers: int
    held_back: int
    own: Given | None
    given: tuple[Given, ...]
    elsewhere: tuple[Shown, ...]
    recorded: str | None
    pairs: tuple[PairView, ...]
    beside_record: PairView | None
    joint: str
    picture: PictureView | None
    photographs: tuple[str, ...]
    label: str = field(default="", metadata=ON_PAGE)
    facts: tuple[FactView, ...] = field(default=(), metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    typed: Mapping[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    states: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    proposed: Mapping[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    elsewhere_link: str = field(default="", metadata=ON_PAGE)


def read_context(reader: Reader, params: Params) -> ReadContext:
    """The reading page of a marking; ``reader`` names who reads where it is not the actor."""
    return reading_page(
        reader, params.path["id"], params.text("reader") or params.actor,
        photograph=params.text("photograph"),
    )


def reading_page(
    reader: Reader, marking_id: str, viewer: str, *, photograph: str = "",
    typed: Mapping[str, str] | None = None, error: HeadstampError | None = None,
) -> ReadContext:
    """The same, with what was typed and why it was refused. Raises Missing."""
    two = two_readings(reader, marking_id, viewer)
    marking = two.marking
    labels = labels_of(reader, [marking], BY_NAME)
    pictures = _pictures(reader, marking)
    chosen = next((one for one in pictures if one.id == photograph), None) or (
        pictures[0] if pictures else None)
    own_photograph = reader.many([marking.get("photograph")]) if marking.get("photograph") else {}
    return ReadContext(
        marking=marking.id, version=marking.version, item=marking.get("item"), viewer=two.viewer,
        blind=two.blind, readers=two.readers, held_back=two.held_back, own=two.own,
        given=two.given, elsewhere=two.elsewhere, recorded=two.recorded,
        pairs=tuple(_pair(one.reader, other.reader, lined) for one, other, lined in two.pairs),
        beside_record=_pair(two.viewer, "the record", two.beside_record)
        if two.beside_record else None,
        joint=two.joint, picture=picture_view(chosen, marking) if chosen else None,
        photographs=tuple(one.id for one in pictures),
        label=labels.get(marking.get("item"), marking.get("item")),
        facts=fact_views(BY_NAME["marking"], marking.values, labels, _HELD),
        path=f"{record_path(marking.id)}/read", typed=typed or {},
        problems=_told(error), states=readable_states(), proposed=_proposed(two),
        elsewhere_link=str(next((p.get("link", "") for p in own_photograph.values()), "")),
    )


def picture_view(photograph: Shown, marking: Shown | None) -> PictureView:
    """A photograph that is held, and the marking's part of it where the marking names that one."""
    width, height = photograph.get("width") or 0, photograph.get("height") or 0
    part = None
    if marking is not None and marking.get("photograph") == photograph.id:
        part = region_in(marking.get("region"), width, height)
    whole = Region(0, 0, width, height)
    box = part.around(0.15, width, height) if part and width and height else whole
    digest = photograph.get("digest")
    return PictureView(
        photograph.id, width, height, str(part) if part else "",
        source=f"/thumbs/{digest}?side=8000", small=f"/thumbs/{digest}?side=1200",
        original=f"/originals/{digest}", box=f"{box.x} {box.y} {box.width} {box.height}", part=part,
    )


def readable_states() -> tuple[tuple[str, str], ...]:
    """The states of a marking of which something can be read, with their names."""
    return tuple(
        (term.code, term.label) for term in vocabulary("marking_state") if term.code in READABLE
    )


def _told(error: HeadstampError | None) -> tuple[str, ...]:
    if error is None:
        return ()
    return (error.message, *(str(problem) for problem in error.problems))


def _pictures(reader: Reader, marking: Shown) -> list[Shown]:
    """The photographs held of the marking: its own first, then others of the item."""
    own = marking.get("photograph")
    found = list(reader.many([own]).values()) if own else []
    for one in reader.referring(marking.get("item"), kind="photograph", field="items",
                                limit=MOST_PHOTOGRAPHS):
        if one.id != own:
            found.append(one)
    return [one for one in found if one.get("digest")]


def _pair(first: str, second: str, lined: Agreement) -> PairView:
    shown = lined.places[:MOST_PLACES]
    return PairView(
        first, second, lined.first, lined.second, lined.summary(), lined.agreed, lined.compared,
        lined.share, lined.joint,
        tuple(_place(place, first, second) for place in shown),
        told=lined.words(first, second)[:MOST_PLACES],
        way="rtl" if runs_right_to_left(lined.first) else "ltr",
        more=len(lined.places) - len(shown),
    )


def _place(place: Place, first: str, second: str) -> PlaceView:
    sign, title = _SIGNS[place.kind]
    return PlaceView(place.number, place.first, place.second, place.kind, place.joint,
                     place.words(first, second), sign, title)


def _proposed(two: TwoReadings) -> dict[str, str]:
    """What the form for a joint text holds beforehand."""
    if not two.joint:
        return {}
    state = two.marking.get("state", "clear")
    if has_unread(two.joint):
        state = state if state in READABLE - {"clear"} else "partial"
    elif state not in READABLE or state == "partial":
        state = "clear"
    names = " and ".join(one.reader for one in two.given)
    return {"text": two.joint, "state": state, "reason": f"joint text of the readings by {names}"}
