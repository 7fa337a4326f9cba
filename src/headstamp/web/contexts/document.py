"""One document: what it says beside its translation, its file, and what rests on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from headstamp.records import BY_NAME, TYPES
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.custody import Kept, kept_of
from headstamp.web.contexts.descent import Descent, descent_of
from headstamp.web.contexts.document_pages import PaperPages, paper_pages
from headstamp.web.contexts.item import MarkingView, Picture, markings_of, pictures
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.contexts.related import Named, Related, related
from headstamp.web.page import ON_PAGE, Params

FIRST_PAGES = 6


@dataclass(frozen=True)
class Citing:
    """How many records of a kind name this document as their source."""

    kind: str
    count: int
    title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class DocumentContext(RecordContext):
    """A document as its page shows it."""

    citing: tuple[Citing, ...] = ()
    parties: Related | None = None
    items: Related | None = None
    photographs: tuple[Picture, ...] = ()
    markings: tuple[MarkingView, ...] = ()
    flows: Related | None = None
    transfers: Related | None = None
    findings: Related | None = None
    notes: tuple[Shown, ...] = ()
    kept: Kept | None = None
    made: Descent | None = None
    paper: PaperPages | None = None
    text: str = field(default="", metadata=ON_PAGE)
    translation: str = field(default="", metadata=ON_PAGE)
    language: str = field(default="", metadata=ON_PAGE)
    digest: str = field(default="", metadata=ON_PAGE)


def document_context(reader: Reader, params: Params) -> DocumentContext:
    """All of one document. Raises Missing."""
    base = record_context(reader, params)
    document = base.record
    named = Named(reader, document.id)
    parties = reader.many(document.get("parties", ()))
    items = reader.many(list(document.get("items", ()))[:200])
    languages = document.get("languages", ())
    marked = named.rows("marking", "item")
    context = DocumentContext(
        **base.__dict__,
        citing=_citing(reader, document.id),
        parties=related(reader, "party", list(parties.values()), ("party_kind", "country", "roles"),
                        "Parties it names"),
        items=related(reader, "item", list(items.values()), ("family", "item_type", "site"),
                      "Items it belongs to"),
        photographs=pictures(named.rows("photograph", "items")),
        markings=markings_of(reader, document.id) if marked else (),
        transfers=named.table("transfer", "documents", ("from_party", "to_party", "happened_on"),
                              "Transfers it shows"),
        flows=named.table("flow", "documents", ("from_site", "to_site", "happened_on"),
                          "Flows it shows"),
        findings=named.table("finding", "documents", ("status", "probability"),
                             "Findings that rest on it"),
        notes=tuple(named.rows("note", "about")),
        kept=kept_of(reader, document.id), made=descent_of(reader, document),
        paper=paper_pages(reader, params, document, f"/documents/{document.id}", FIRST_PAGES),
        text=document.get("text", ""), translation=document.get("translation", ""),
        language=languages[0] if len(languages) == 1 else "", digest=document.get("digest", ""),
    )
    return DocumentContext(**{
        **context.__dict__,
        "facts": tuple(view for view in base.facts if view.name not in ("text", "translation")),
        "naming": naming_of(reader, document.id, frozenset(named.taken)),
    })


def _citing(reader: Reader, document: str) -> tuple[Citing, ...]:
    """By the counts kept for facets: quick also where a million records cite it."""
    found = []
    for kind in TYPES:
        n, _ = reader.count(kind.name, None, {"source_document": document})
        if n:
            word = kind.title if n == 1 else BY_NAME[kind.name].plural.replace("_", " ")
            found.append(Citing(kind.name, n, word,
                                f"/{kind.slug}?{urlencode({'source_document': document})}"))
    return tuple(found)
