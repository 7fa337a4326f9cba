"""What is seen: one marking with what is made of it, one photograph large."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.store.reader import Reader
from headstamp.web.contexts.descent import Descent, descent_of
from headstamp.web.contexts.item import MarkingView, marking_view
from headstamp.web.contexts.machine import MachineView, machine_view
from headstamp.web.contexts.possible import PossibleMakers, possible_makers
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.page import ON_PAGE, Params

_READINGS = frozenset({("reading", "marking")})


@dataclass(frozen=True)
class MarkingContext(RecordContext):
    """A marking as its page shows it, with readings and what the schemes recognise."""

    seen: MarkingView | None = None
    possible: PossibleMakers | None = None


@dataclass(frozen=True)
class PhotographContext(RecordContext):
    """A photograph as its page shows it, with what machines propose where its file is held."""

    held: bool = False
    machine: MachineView | None = None
    made: Descent | None = None
    source: str = field(default="", metadata=ON_PAGE)
    large: str = field(default="", metadata=ON_PAGE)
    original: str = field(default="", metadata=ON_PAGE)
    link: str = field(default="", metadata=ON_PAGE)


def marking_context(reader: Reader, params: Params) -> MarkingContext:
    """All of one marking. Raises Missing."""
    base = record_context(reader, params)
    seen = marking_view(reader, base.record, base.labels, params.case)
    on = base.record.get("item")
    return MarkingContext(
        **{**base.__dict__, "naming": naming_of(reader, base.record.id, _READINGS)}, seen=seen,
        possible=possible_makers(
            reader, params, [(seen.record, seen.readings)], reader.many([on]).get(on) if on else None),
    )


def photograph_context(reader: Reader, params: Params) -> PhotographContext:
    """All of one photograph. Raises Missing."""
    base = record_context(reader, params)
    digest, link = base.record.get("digest", ""), base.record.get("link", "")
    return PhotographContext(
        **base.__dict__, held=bool(digest), link=link, made=descent_of(reader, base.record),
        machine=machine_view(reader, params.case, base.record, params.text("part"))
        if digest else None,
        source=f"/thumbs/{digest}?side=8000" if digest else "",
        large=f"/thumbs/{digest}?side=1200" if digest else "",
        original=f"/originals/{digest}" if digest else "",
    )
