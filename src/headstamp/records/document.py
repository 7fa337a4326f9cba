"""A document: a packing list, invoice, letter, data set or other paper, with its file if held.

The file from which records were imported is a document too: every imported
record's source names it. ``caution`` is what must be said wherever its records
are shown, ``credit`` whom to name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import Digest, Link, RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.number import Count
from headstamp.kinds.tags import Language
from headstamp.kinds.text import Line, Prose
from headstamp.records.descent import MADE_FROM, TOOL, WHAT_WAS_DONE, descent
from headstamp.records.record import Record, fact


class Document(Record):
    """A paper or file that says something, with its parties and what it says."""

    NAME: ClassVar[str] = "document"
    PLURAL: ClassVar[str] = "documents"
    PREFIX: ClassVar[str] = "doc"
    WHEN: ClassVar[str] = "issued_on"

    title: Line = fact("Title", ..., text=True)
    document_kind: Annotated[str, CodeKind("document_kind")] = fact("Kind", "other", facet=True)
    number: Line | None = fact("Number on it", text=True)
    issuer: Annotated[str, RefKind("party")] | None = fact("Issued by, as a party")
    issuer_name: Line | None = fact("Issued by, as written", text=True)
    issued_on: PartialDate | None = fact("Date on it")
    parties: tuple[Annotated[str, RefKind("party")], ...] = fact("Parties it names", ())
    items: tuple[Annotated[str, RefKind("item")], ...] = fact("Items it belongs to", ())
    found_at: Annotated[str, RefKind("site")] | None = fact("Site where it was found")
    languages: tuple[Language, ...] = fact("Languages", ())
    text: Prose | None = fact("What it says, as written", text=True)
    translation: Prose | None = fact("Translation", text=True)
    digest: Digest | None = fact("SHA-256 of the original")
    mime: Line | None = fact("Kind of file")
    size: Count | None = fact("Bytes")
    original_name: Line | None = fact("Name of the file as it came", text=True)
    link: Link | None = fact("Where it is published")
    generation: Annotated[str, CodeKind("generation")] = fact("Original or copy", "original")
    parent: Annotated[str, RefKind("doc", "photo")] | None = fact(MADE_FROM)
    what_was_done: Prose | None = fact(WHAT_WAS_DONE)
    tool: Line | None = fact(TOOL)
    credit: Line | None = fact("Whom to credit")
    licence: Line | None = fact("Licence")
    caution: Prose | None = fact("What must be said wherever it is used")

    def rules(self) -> Iterable[Unfit]:
        yield from descent(self.id, self.generation, self.parent, self.what_was_done, self.tool)

    def label(self) -> str:
        return self.title
