"""A record's facts as pieces of text, each with what it is, so that pages show them alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from headstamp.kinds.kind import Kind, Unfit
from headstamp.records import BY_PREFIX, Fact, RecordType
from headstamp.records.spec import COMMON
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

How = Literal["text", "marking", "prose", "ref", "marking_ref", "link", "digest", "tier"]
_VERBATIM = ("mark", "read")


@dataclass(frozen=True)
class Piece:
    """One value as shown: its text, how it is to be shown, and where it leads."""

    text: str
    how: How = "text"
    to: str = ""


@dataclass(frozen=True)
class FactView:
    """One field of a record with its title and its values; empty where it holds none."""

    name: str
    title: str
    pieces: tuple[Piece, ...]


def record_path(record_id: str) -> str:
    """The address of a record's page.

    >>> record_path("item-7k3m")
    '/items/item-7k3m'
    """
    kind = BY_PREFIX.get(record_id.partition("-")[0])
    return f"/{kind.slug}/{record_id}" if kind else ""


def references(kind: RecordType, values: Mapping[str, Any]) -> list[str]:
    """The ids of all records that a record's visible fields name."""
    found: list[str] = []
    for fact in kind.facts:
        value = values.get(fact.name)
        if value is None:
            continue
        if fact.ref is not None:
            found.extend(value if fact.many else [value])
        elif fact.name == "source":
            found.append(value["document"])
    return found


def labels_of(reader: Reader, rows: Iterable[Shown], kinds: Mapping[str, RecordType]) -> dict[str, str]:
    """The labels of all records that these records name."""
    ids: dict[str, None] = {}
    for shown in rows:
        ids.update(dict.fromkeys(references(kinds[shown.kind], shown.values)))
    return reader.labels(list(ids)) if ids else {}


def pieces(fact: Fact, value: Any, labels: Mapping[str, str]) -> tuple[Piece, ...]:
    """The values of one field as shown."""
    if value is None:
        return ()
    ones: Sequence[Any] = value if fact.many else [value]
    return tuple(_piece(fact, one, labels) for one in ones)


def _piece(fact: Fact, value: Any, labels: Mapping[str, str]) -> Piece:
    if fact.ref is not None:
        return ref_piece(value, labels.get(value, value))
    if fact.name == "source" and isinstance(value, dict):
        where = [f"row {value['row']}" if "row" in value else "", value.get("part", "")]
        text = labels.get(value["document"], value["document"])
        return Piece(", ".join([text, *(w for w in where if w)]), "ref",
                     record_path(value["document"]))
    if fact.struct is not None:
        return Piece(fact.show([value] if fact.many else value))
    assert fact.kind is not None
    return Piece(shown(fact.kind, value), *_how(fact, value))


def shown(kind: Kind, value: Any) -> str:
    """A single value as its kind shows it; as it stands where the kind cannot."""
    try:
        return kind.show(value)
    except (Unfit, KeyError, ValueError, TypeError):
        return str(value)


def _how(fact: Fact, value: Any) -> tuple[How, str]:
    assert fact.kind is not None
    if fact.kind.name == "verbatim":
        return "marking", ""
    if fact.kind.name == "prose":
        return "prose", ""
    if fact.kind.name == "digest":
        return "digest", f"/originals/{value}"
    if fact.kind.name == "tier":
        return "tier", ""
    if fact.kind.name == "link" or (isinstance(value, str) and _is_web(value)):
        return "link", value
    return "text", ""


def ref_piece(record_id: str, label: str) -> Piece:
    """A link to a record; the label of a marking or reading is verbatim text."""
    verbatim = record_id.partition("-")[0] in _VERBATIM
    return Piece(label, "marking_ref" if verbatim else "ref", record_path(record_id))


def _is_web(value: str) -> bool:
    # Only these two may ever become a link: "javascript:" is an address too.
    return value.startswith(("https://", "http://")) and not any(c.isspace() for c in value)


def in_order(kind: RecordType) -> list[Fact]:
    """A kind's own facts, then those that every kind has."""
    return sorted(kind.facts, key=lambda fact: fact.name in COMMON)


def fact_views(
    kind: RecordType, values: Mapping[str, Any], labels: Mapping[str, str],
    without: Iterable[str] = (),
) -> tuple[FactView, ...]:
    """All fields that hold something, in the order declared; what all kinds have comes last."""
    left_out = set(without)
    return tuple(
        FactView(fact.name, fact.title, pieces(fact, values[fact.name], labels))
        for fact in in_order(kind) if fact.name in values and fact.name not in left_out
    )
