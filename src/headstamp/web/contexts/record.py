"""One record: all its facts, what names it, and its history with the proof from the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.exchange.devices import titles
from headstamp.actions.exchange.told_there import ToldThere, told_there
from headstamp.errors import Missing
from headstamp.evidence.base64 import encode
from headstamp.evidence.entry import named_parts
from headstamp.records import BY_NAME, RecordType, kind_named, kind_of_id
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.related import COUNTED_TO
from headstamp.store.shown import Event, Shown
from headstamp.web.contexts.facts import (
    FactView,
    Piece,
    fact_views,
    labels_of,
    record_path,
    ref_piece,
)
from headstamp.web.page import ON_PAGE, Context, Params

SHOWN_PER_GROUP = 12
MOST_VERSIONS = 50
_ELSEWHERE = ("take", "hold", "same")


@dataclass(frozen=True)
class Version:
    """One version: who, when, why, what changed, and the proof that its entry is in the log.

    ``entry_hash`` is the leaf hash of the log entry (hexadecimal), ``proof``
    the hashes up to the root (base64, lowest first); ``holds`` tells whether
    they lead to the root of the signed checkpoint. ``log`` and ``entry`` say where it was put
    on file first; where that was elsewhere (``device`` is not empty), who and when are those
    of its taking in. One that is ``held`` was kept aside and never was current here.
    """

    version: int
    seq: int
    at: str
    actor: str
    reason: str
    changed: tuple[str, ...]
    entry_hash: str
    proof: tuple[str, ...]
    holds: bool
    # Fields that this version had, by their titles, and of which the values are erased.
    erased: tuple[str, ...] = ()
    log: str = ""
    entry: int = 0
    device: str = ""
    held: bool = False
    settles: int = 0
    # What the other device's log says of it: who recorded it there, when and why.
    there_by: str = ""
    there_at: str = ""
    there_why: str = ""
    titles: tuple[str, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class Log:
    """The signed checkpoint against which the proofs stand."""

    origin: str
    size: int
    root: str
    checkpoint: str


@dataclass(frozen=True)
class Naming:
    """Records of one kind that name this one by one field; the first of them.

    ``count`` is exact up to 1,000; beyond that ``more`` is true.
    """

    kind: str
    through: str
    count: int
    more: bool
    rows: tuple[Shown, ...]
    title: str = field(default="", metadata=ON_PAGE)
    pieces: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)
    to_all: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class RecordContext(Context):
    """A record as its page shows it. ``labels`` are those of the records it names, by id."""

    record: Shown
    labels: Mapping[str, str]
    naming: tuple[Naming, ...]
    history: tuple[Version, ...]
    log: Log
    # Versions of other devices that contradict the current one.
    rivals: int = 0
    title: str = field(default="", metadata=ON_PAGE)
    kind_title: str = field(default="", metadata=ON_PAGE)
    plural: str = field(default="", metadata=ON_PAGE)
    slug: str = field(default="", metadata=ON_PAGE)
    verbatim_title: bool = field(default=False, metadata=ON_PAGE)
    facts: tuple[FactView, ...] = field(default=(), metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)


def asked_record(reader: Reader, params: Params) -> Shown:
    """The record of the address. Raises Missing, also for an id of another kind."""
    kind = kind_named(params.path["kind"])
    record_id = params.path["id"]
    if not record_id.startswith(kind.prefix + "-"):
        raise Missing(f"there is no {kind.title} {record_id}")
    return reader.get(record_id)


def record_context(reader: Reader, params: Params) -> RecordContext:
    """All of one record. Raises Missing."""
    shown = asked_record(reader, params)
    kind = kind_of_id(shown.id)
    labels = labels_of(reader, [shown], BY_NAME)
    history, log = history_of(reader, params.case, shown.id)
    return RecordContext(
        record=shown, labels=labels, naming=naming_of(reader, shown.id), history=history, log=log,
        title=shown.label, kind_title=kind.title, plural=kind.plural.replace("_", " "),
        slug=kind.slug, verbatim_title=kind.name in ("marking", "reading"),
        facts=fact_views(kind, shown.values, labels), path=record_path(shown.id),
        rivals=len(reader.rivals(shown.id)),
    )


def naming_of(
    reader: Reader, record_id: str, without: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Naming, ...]:
    """What names a record, by kind and field; ``without`` are those shown elsewhere."""
    found = []
    for one, rows in reader.naming(record_id, SHOWN_PER_GROUP):
        kind, fact = one.kind, one.field
        if (kind.name, fact.name) in without:
            continue
        found.append(Naming(
            kind.name, fact.name, min(one.count, COUNTED_TO), one.count > COUNTED_TO, tuple(rows),
            title=f"{kind.plural.replace('_', ' ').capitalize()}: {fact.title[:1].lower()}"
                  f"{fact.title[1:]}",
            pieces=tuple(ref_piece(row.id, row.label) for row in rows),
            to_all=f"/{kind.slug}?{urlencode({fact.name: record_id})}",
        ))
    return tuple(found)


def history_of(reader: Reader, case: Case, record_id: str) -> tuple[tuple[Version, ...], Log]:
    """All versions, the latest first, each with its proof, and the checkpoint they stand under."""
    kind = kind_of_id(record_id)
    events = reader.history(record_id)[-MOST_VERSIONS:]
    proofs = case.proofs([event.seq for event in events])
    called = titles(reader) if any(event.act in _ELSEWHERE for event in events) else {}
    there = told_there(case, [event.of[0] for event in events if event.act in _ELSEWHERE])
    versions = tuple(
        Version(
            event.version, event.seq, event.at, event.actor, event.reason, event.changed,
            proof.leaf.hex(), tuple(encode(node) for node in proof.path), proof.holds(),
            titles=_titles(kind, event.changed), erased=_titles(kind, event.erased),
            **_whence(event, case.origin, called, there),
        )
        for event, proof in zip(events, proofs, strict=True)
    )
    last = proofs[-1]
    return versions[::-1], Log(case.origin, last.size, encode(last.root), last.checkpoint)


def _whence(
    event: Event, origin: str, called: Mapping[str, str], there: Mapping[str, ToldThere]
) -> dict[str, Any]:
    """Where a version was put on file first."""
    if event.act not in _ELSEWHERE:
        return {"log": origin, "entry": event.seq, "settles": len(event.of)}
    log, entry = named_parts(event.of[0])
    device = "this device" if log == origin else called.get(log, log)
    told = there.get(event.of[0])
    said = {"there_by": told.actor, "there_at": told.at, "there_why": told.reason} if told else {}
    return {"log": log, "entry": entry, "device": device, "held": event.held, **said}


def _titles(kind: RecordType, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fact.title if (fact := kind.fact(name)) else name for name in names)
