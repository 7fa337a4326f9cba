"""Where a value that is to be erased stands besides: told before, for no program can know it after.

Looked for letter by letter, in every version of every other record, in what the entries of the
log say in clear, and in files (``file_traces``). A scan of the whole case: seconds on large ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orjson import loads
from sqlalchemy import Connection, select

from headstamp.evidence.canonical import canonical
from headstamp.kinds.text import LineKind, ProseKind, VerbatimKind
from headstamp.kinds.tier import RANK
from headstamp.records import TYPES, Fact, Photograph, RecordType, kind_of_id
from headstamp.records.spec import struct_facts
from headstamp.store.case import Case
from headstamp.store.erased import WHOLE
from headstamp.store.file_traces import file_traces, refused_saying
from headstamp.store.tables import CURRENT, VERSION

_LEAST = 4
_MOST = 200
_COMMON = 50
_HOLD_FILES = tuple(f"{kind.prefix}-" for kind in TYPES if kind.fact("digest") is not None)
_PICTURES = f"{Photograph.PREFIX}-"
# What sort of file it is says nothing of anybody.
_OF_A_FILE = frozenset({"mime"})


@dataclass(frozen=True, slots=True)
class Traces:
    """Ids of other records that say the same in some version; entries whose reason or actor says it.

    ``files`` are the originals that say it, each by the record that names it, or by its digest
    where none does; ``refused`` rows that an import refused and uploads that wait, by their names
    in the folder ``imports``; ``others`` other files, by their paths in the case's folder. ``common``:
    fields whose words stand in so many records that these are not named, such as a make.
    """

    records: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    common: tuple[str, ...] = ()


def traces_of(case: Case, id_: str, what: frozenset[str], clearance: str = "sealed") -> Traces:
    """Where the texts of these fields stand besides; at most 200 of each.

    Records above the clearance are not counted, lest ``common`` tell of them; entries of the log
    and files are told whoever may see them: what of it a reader is shown is decided above.

    Words of people are looked for, of four letters or more, in whatever case; not codes, dates and
    numbers, which say nothing of their own when they stand in another record too.
    """
    kind = kind_of_id(id_)
    backend = case.backend
    with backend.reading() as conn:
        words = _words_of(conn, kind, id_, what)
        if not words:
            return Traces()
        hidden = _hidden(conn, RANK[clearance])
        needles = {canonical(word)[1:-1].decode().casefold(): name for word, name in words.items()}
        saying: dict[str, dict[str, None]] = {needle: {} for needle in needles}
        named: dict[str, str] = {}
        for other, body in backend.stream(conn, "SELECT id, body FROM version ORDER BY seq"):
            if body is None:
                continue
            if other.startswith(_HOLD_FILES):
                _note_file(named, other, body, id_, what, hidden)
            if other != id_ and other not in hidden:
                for needle in _said(body, saying):
                    if len(saying[needle]) <= _COMMON:
                        saying[needle][other] = None
        entries: list[int] = []
        for seq, entry in backend.stream(conn, "SELECT seq, entry FROM log ORDER BY seq"):
            if _said(entry, needles):
                entries.append(seq)
                if len(entries) >= _MOST:
                    break
    # Photographs are shown by name where they belong to it; what they show cannot be looked for.
    pictures = {digest for digest, other in named.items() if not other or other.startswith(_PICTURES)}
    found = file_traces(case, words, _own(kind, words, what), pictures)
    rare = [ids for ids in saying.values() if len(ids) <= _COMMON]
    records = dict.fromkeys(other for ids in rare for other in ids)
    return Traces(
        tuple(records)[:_MOST], tuple(entries),
        tuple(dict.fromkeys(named.get(digest, digest) for digest in found.originals))[:_MOST],
        found.refused[:_MOST], found.others[:_MOST],
        tuple(sorted({needles[needle] for needle, ids in saying.items() if len(ids) > _COMMON})),
    )


def refused_rows_saying(case: Case, id_: str, what: frozenset[str]) -> tuple[str, ...]:
    """The files of refused rows, by their names in ``imports``, that say the texts of these fields."""
    kind = kind_of_id(id_)
    with case.backend.reading() as conn:
        words = _words_of(conn, kind, id_, what)
    return refused_saying(case, _own(kind, words, what))


def _words_of(conn: Connection, kind: RecordType, id_: str, what: frozenset[str]) -> dict[str, str]:
    """The words of people in these fields of any version, each with its field."""
    words: dict[str, str] = {}
    for body in conn.execute(
        select(VERSION.c.body).where(VERSION.c.id == id_, VERSION.c.body.is_not(None))
    ).scalars():
        for name, value in loads(body).items():
            if what == WHOLE or name in what:
                words.update(dict.fromkeys(_words(kind.fact(name), value), name))
    return words


def _own(kind: RecordType, words: Mapping[str, str], what: frozenset[str]) -> list[str]:
    """Of a whole record, what narrows lists (a make, a type) is as much that of others."""
    def narrows(name: str) -> bool:
        fact = kind.fact(name)
        return fact is not None and fact.facet

    return [word for word, name in words.items() if what != WHOLE or not narrows(name)]


def _hidden(conn: Connection, rank: int) -> frozenset[str]:
    """The records above this rank."""
    return frozenset(id_ for table in CURRENT.values() for id_ in conn.execute(
        select(table.c.id).where(table.c.visible_rank > rank)).scalars())


def _said(text: Any, needles: Collection[str]) -> list[str]:
    told = bytes(text).decode("utf-8", "replace").casefold()
    return [needle for needle in needles if needle in told]


def _note_file(
    named: dict[str, str], id_: str, body: Any, about: str, what: frozenset[str], hidden: Collection[str]
) -> None:
    """Notes which record names a file, a hidden one only if no other does; none for one that goes
    with what is erased."""
    digest = loads(bytes(body)).get("digest")
    if digest is not None and (not named.get(digest) or named[digest] in hidden):
        goes = id_ == about and (what == WHOLE or "digest" in what)
        named[str(digest)] = "" if goes else id_


def _words(fact: Fact | None, value: Any) -> Iterator[str]:
    """The texts of a field's value."""
    if fact is None:
        return
    if isinstance(value, list):
        for one in value:
            yield from _words(fact, one)
    elif isinstance(value, dict):
        assert fact.struct is not None
        parts = {part.name: part for part in fact.parts or struct_facts(fact.struct)}
        for name, one in value.items():
            yield from _words(parts.get(name), one)
    elif isinstance(fact.kind, LineKind | ProseKind | VerbatimKind) and len(value) >= _LEAST and (
        fact.name not in _OF_A_FILE
    ):
        yield value
