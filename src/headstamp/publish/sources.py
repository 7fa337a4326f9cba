"""The sources of a case, numbered for the report: who says it, under which licence, with what caution.

A citation is a number and a place: ``[3] row 12``. Numbers follow the order in
which the documents were recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.publish import wording
from headstamp.store.backend import batches
from headstamp.store.limits import LEFT_OUT, SOURCE_NOT_NAMED, codes_of
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

LISTED = 300
_NAMED = 12
UNNAMED_SOURCE = "A source that is not to be named"
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A visible document with its number in the report."""

    number: int
    id: str
    title: str
    kind: str
    told: tuple[str, ...]
    credit: str
    licence: str
    caution: str
    link: str
    digest: str
    file: str
    grade: str
    items: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to a source: its number (0 where it is not listed), and where in it."""

    number: int
    where: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """What must be said, in the words of the sources that have it said."""

    text: str
    sources: tuple[Citation, ...]


@dataclass(frozen=True)
class Sources:
    """All visible documents, with what has to be said of them on every report."""

    entries: tuple[SourceEntry, ...]
    total: int
    cautions: tuple[Caution, ...]
    credits: tuple[tuple[str, str], ...]
    _numbers: Mapping[str, SourceEntry] = field(default_factory=dict, repr=False)
    # So many are left out, since a trace reply forbids that they be published.
    withheld: int = 0

    def cite(self, source: Mapping[str, Any] | None) -> Citation | None:
        """The citation of a record's ``source``; None where there is none."""
        if not source:
            return None
        entry = self._numbers.get(str(source.get("document")))
        row, part = source.get("row"), source.get("part")
        where = wording.joined((f"row {row}" if row is not None else "", str(part or "")))
        if entry is None:
            return Citation(0, where, "a source that is not listed")
        return Citation(entry.number, where, entry.title)

    def papers(self, ids: Sequence[str] | None) -> tuple[Citation, ...]:
        """Citations of the documents of these ids, in the order of their numbers."""
        found = [self._numbers[one] for one in ids or () if one in self._numbers]
        return tuple(Citation(e.number, "", e.title) for e in sorted(found, key=lambda e: e.number))


def gather(reader: Reader) -> Sources:
    """All documents a reader may see, in the order of their recording."""
    _, counted = reader.count("item", "source_document")
    items = {str(value): n for value, n in counted if value}
    entries: list[SourceEntry] = []
    numbers: dict[str, SourceEntry] = {}
    cautions: dict[str, list[Citation]] = {}
    credits: dict[tuple[str, str], None] = {}
    total = withheld = 0
    every = reader.stream("document")
    for shown, limits in ((s, found.get(s.id, ())) for some in batches(every, _AT_ONCE)
                          for found in (reader.limits([one.id for one in some]),) for s in some):
        total += 1
        if shown.label == LEFT_OUT:
            withheld += 1
            continue
        if SOURCE_NOT_NAMED in codes_of(limits):
            entry = _unnamed(total, shown, items.get(shown.id, 0))
        else:
            entry = _entry(total, shown, items.get(shown.id, 0))
        numbers[shown.id] = entry
        if len(entries) < LISTED:
            entries.append(entry)
        if entry.caution:
            said_by = cautions.setdefault(entry.caution, [])
            if len(said_by) < _NAMED and entries[-1] is entry:
                said_by.append(Citation(total, "", entry.title))
        if entry.credit or entry.licence:
            credits.setdefault((entry.credit, entry.licence))
    listed = {one.id for one in entries}
    numbers = {id_: one for id_, one in numbers.items() if id_ in listed}
    told = tuple(Caution(text, tuple(said_by)) for text, said_by in cautions.items())
    return Sources(tuple(entries), total, told, tuple(credits), numbers, withheld)


def _unnamed(number: int, shown: Shown, items: int) -> SourceEntry:
    """A source that must not be named: that there is one, and how good it is."""
    values = shown.values
    kind, grade = (wording.field("document", values, name) for name in ("document_kind", "grade"))
    return SourceEntry(number, shown.id, UNNAMED_SOURCE, kind, (kind,) if kind
                       else (), "", "", "", "", "", "", grade, items)


def _entry(number: int, shown: Shown, items: int) -> SourceEntry:
    values = shown.values

    def word(name: str) -> str:
        return wording.field("document", values, name)

    dated = word("issued_on")
    told = (
        word("document_kind"), f"no. {word('number')}" if word("number") else "",
        word("issuer_name"), dated,
        word("generation") if values.get("generation") not in (None, "original") else "",
    )
    return SourceEntry(
        number, shown.id, str(values.get("title") or shown.label), word("document_kind"), told,
        word("credit"), word("licence"), word("caution"), word("link"), word("digest"),
        word("original_name"), word("grade"), items,
    )
