"""Record types, each declared once in a module of its own.

From the declaration alone come validation, tables, JSON Schema, import
columns, forms, the docs reference and the bytes the log hashes. ``TYPES`` is
the one list of them all; nothing else enumerates record types.
"""

from __future__ import annotations

from headstamp.errors import Invalid, Missing
from headstamp.records.bundle import Bundle
from headstamp.records.custody import Custody
from headstamp.records.device import Device
from headstamp.records.document import Document
from headstamp.records.erasure import Erasure
from headstamp.records.feature import Feature, Measurement
from headstamp.records.finding import Finding, Note
from headstamp.records.item import Item
from headstamp.records.list_entry import ListEntry
from headstamp.records.marking import Marking, Reading
from headstamp.records.mission import Mission, Visit
from headstamp.records.party import Party
from headstamp.records.photograph import Photograph
from headstamp.records.record import Record
from headstamp.records.recovery import Recovery
from headstamp.records.reference import Reference
from headstamp.records.right_of_reply import RightOfReply
from headstamp.records.signature import Alert, Signature
from headstamp.records.site import Flow, Site
from headstamp.records.spec import Column, Fact, RecordType, record_type
from headstamp.records.tally import Tally
from headstamp.records.tie import Tie
from headstamp.records.trace import TraceReply, TraceRequest
from headstamp.records.transfer import Transfer
from headstamp.records.witness import Witness

TYPES: tuple[RecordType, ...] = tuple(
    record_type(cls)
    for cls in (
        Mission, Visit, Site, Flow, Recovery, Item, Marking, Reading, Feature, Measurement, Photograph, Document,
        Party, Tie, Transfer, Custody, TraceRequest, TraceReply, Finding, RightOfReply,
        Signature, Alert, Note, Tally, Reference, ListEntry, Device, Bundle, Erasure, Witness,
    )
)
BY_NAME: dict[str, RecordType] = {t.name: t for t in TYPES}
BY_PREFIX: dict[str, RecordType] = {t.prefix: t for t in TYPES}
_WORDS = {word: t for t in TYPES for word in (t.name, t.plural, t.slug, t.prefix)}


def kind_named(word: str) -> RecordType:
    """The record type of that name, plural or prefix. Raises Invalid naming all types."""
    found = _WORDS.get(word.strip().lower().replace("-", "_")) or _WORDS.get(word.strip().lower())
    if found is None:
        raise Invalid(f"there is no kind of record called {word!r}; there are: "
                      + ", ".join(t.name for t in TYPES))
    return found


def kind_of_id(record_id: str) -> RecordType:
    """The record type whose prefix this id has. Raises Missing where there is none."""
    found = BY_PREFIX.get(record_id.partition("-")[0])
    if found is None:
        raise Missing(f"no record has an id like {record_id!r}")
    return found


__all__ = [
    "BY_NAME", "BY_PREFIX", "TYPES", "Alert", "Bundle", "Column", "Custody", "Device", "Document",
    "Erasure", "Fact", "Feature", "Finding", "Flow",
    "Item", "ListEntry", "Marking", "Measurement", "Mission", "Note", "Party", "Photograph", "Reading", "Record",
    "RecordType", "Recovery", "Reference", "RightOfReply", "Signature", "Site", "Tally", "Tie", "TraceReply", "TraceRequest",
    "Transfer", "Visit", "Witness", "kind_named", "kind_of_id", "record_type",
]
