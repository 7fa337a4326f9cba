"""A trace reply beside its letter: what came, what is understood of it, and the claims read in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headstamp.actions.desk.board import conflicts_of
from headstamp.actions.desk.replies import replies_to, serials_unmatched
from headstamp.errors import HeadstampError, Missing
from headstamp.markings.serial_range import read_ranges
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.document_pages import PaperPages, paper_pages
from headstamp.web.contexts.facts import FactView, fact_views, labels_of
from headstamp.web.contexts.reading import PictureView, picture_view
from headstamp.web.contexts.related import Related, related
from headstamp.web.page import ON_PAGE, Context, Params

MOST_PAGES = 40
_CODES = {"transfer_kind": "transfer_kind", "lawful_status": "lawful_status"}


@dataclass(frozen=True)
class Understood:
    """A range of serial numbers as it is understood, with every doubt."""

    text: str
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class ConflictView:
    """Two records of which only one can be right, and why."""

    first: str
    second: str
    words: str
    first_label: str = field(default="", metadata=ON_PAGE)
    second_label: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ReplyReadingContext(Context):
    """A reply with its letter, what of it is understood, and the claims made of it so far.

    ``pages`` are photographs of the letter, ``paper`` its pages where it is a PDF. ``unmatched`` is what it says of numbers that fit no item asked about.
    """

    reply: Shown
    request: str
    document: Shown | None
    pages: tuple[str, ...]
    understood: tuple[Understood, ...]
    unmatched: tuple[str, ...]
    transfers: Related | None
    custodies: Related | None
    conflicts: tuple[ConflictView, ...]
    paper: PaperPages | None = None
    title: str = field(default="", metadata=ON_PAGE)
    request_label: str = field(default="", metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    facts: tuple[FactView, ...] = field(default=(), metadata=ON_PAGE)
    pictures: tuple[PictureView, ...] = field(default=(), metadata=ON_PAGE)
    picture: PictureView | None = field(default=None, metadata=ON_PAGE)
    is_picture: bool = field(default=False, metadata=ON_PAGE)
    items: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    typed: Mapping[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    chosen: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    looked: tuple[Understood, ...] = field(default=(), metadata=ON_PAGE)
    looked_problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    codes: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, metadata=ON_PAGE)


def reply_reading_context(reader: Reader, params: Params) -> ReplyReadingContext:
    """The reading page of a reply. Raises Missing."""
    return reply_reading(reader, params)


def reply_reading(
    reader: Reader, params: Params, *, typed: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (), error: HeadstampError | None = None,
) -> ReplyReadingContext:
    """The same, with what was typed and why it was refused. Raises Missing."""
    reply_id, photograph = params.path["id"], params.text("page")
    reply = reader.get(reply_id)
    if reply.kind != "trace_reply":
        raise Missing(f"there is no trace reply {reply_id}")
    request = reader.get(str(reply.get("request")))
    document = reader.many([str(reply.get("document"))]).get(str(reply.get("document"))) \
        if reply.get("document") else None
    pictures = _pictures(reader, document)
    path = f"/trace-replies/{reply.id}/read"
    paper = paper_pages(reader, params, document, path, MOST_PAGES)
    # Of a letter that is a PDF its pages are shown, unless somebody asks for a photograph of it.
    first = pictures[0] if pictures and not (paper and paper.shown) else None
    items = reader.labels([*(request.get("items") or ()), *(reply.get("items") or ())])
    claims = {kind: reader.referring(reply.id, kind=kind, field="reply")
              for kind in ("transfer", "custody")}
    kind = BY_NAME["trace_reply"]
    labels = labels_of(reader, [reply], BY_NAME)
    read = read_ranges(str(reply.get("serials") or ""))
    looked = read_ranges(str((typed or {}).get("serials") or ""))
    return ReplyReadingContext(
        reply=reply, request=request.id, document=document,
        pages=tuple(one.photograph for one in pictures),
        understood=_understood(read.ranges),
        unmatched=tuple(one.words for one in serials_unmatched(reader, reply)),
        transfers=related(reader, "transfer", claims["transfer"], (
            "transfer_kind", "from_party", "to_party", "happened_on", "items", "serials", "quantity",
            "lawful_status"), "Transfers read in it"),
        custodies=related(reader, "custody", claims["custody"], (
            "custody_kind", "item", "from_party", "to_party", "held_on"), "Custody read in it"),
        conflicts=conflict_views(reader, replies_to(reader, request.id)),
        title=f"Read a reply to {request.label}", request_label=request.label,
        path=path, paper=paper,
        facts=fact_views(kind, reply.values, labels, ("request", "tier", "source")),
        pictures=pictures,
        picture=next((one for one in pictures if one.photograph == photograph), first),
        is_picture=str(document.get("mime") or "").startswith("image/") if document else False,
        items=tuple(items.items()), typed=typed or {}, chosen=tuple(chosen),
        looked=_understood(looked.ranges), looked_problems=tuple(map(str, looked.problems)),
        problems=problem_lines(error), codes={
            "kind": _terms("transfer_kind"), "lawful_status": _terms("lawful_status")},
    )


def _understood(ranges: Sequence[object]) -> tuple[Understood, ...]:
    return tuple(Understood(str(one), tuple(getattr(one, "doubts", ()))) for one in ranges)


def _terms(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((term.code, term.label) for term in vocabulary(name))


def _pictures(reader: Reader, document: Shown | None) -> tuple[PictureView, ...]:
    """The pictures of a letter: photographs that show it, or were made from its file."""
    if document is None:
        return ()
    found = {one.id: one for field in ("items", "parent")
             for one in reader.referring(document.id, kind="photograph", field=field,
                                         limit=MOST_PAGES)}
    return tuple(picture_view(one, None) for one in found.values() if one.get("digest"))


def problem_lines(error: HeadstampError | None) -> tuple[str, ...]:
    """What was refused and why, a line each."""
    if error is None:
        return ()
    return (error.message, *(str(problem) for problem in error.problems))


def conflict_views(reader: Reader, replies: Sequence[Shown]) -> tuple[ConflictView, ...]:
    """Where replies and the claims read in them contradict each other, with their labels."""
    found = conflicts_of(reader, replies)
    labels = reader.labels(sorted({id_ for one in found for id_ in (one.first, one.second)}))
    return tuple(ConflictView(one.first, one.second, one.words, labels.get(one.first, one.first),
                              labels.get(one.second, one.second)) for one in found)


@dataclass(frozen=True)
class NewReplyContext(Context):
    """The form for a reply that came to a request."""

    request: str
    title: str = field(default="", metadata=ON_PAGE)
    label: str = field(default="", metadata=ON_PAGE)
    path: str = field(default="", metadata=ON_PAGE)
    items: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    typed: Mapping[str, str] = field(default_factory=dict, metadata=ON_PAGE)
    chosen: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    limits: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    problems: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    codes: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)
    use_limits: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def new_reply_context(reader: Reader, params: Params) -> NewReplyContext:
    """The empty form. Raises Missing."""
    return new_reply(reader, params.path["id"])


def new_reply(
    reader: Reader, request_id: str, *, typed: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (), limits: Sequence[str] = (), error: HeadstampError | None = None,
) -> NewReplyContext:
    """The same, with what was typed and why it was refused. Raises Missing."""
    request = reader.get(request_id)
    if request.kind != "trace_request":
        raise Missing(f"there is no trace request {request_id}")
    items = reader.labels(list(request.get("items") or ()))
    return NewReplyContext(
        request.id, title=f"A reply to {request.label}", label=request.label,
        path=f"/trace-requests/{request.id}/reply", items=tuple(items.items()), typed=typed or {},
        chosen=tuple(chosen), limits=tuple(limits), problems=problem_lines(error),
        codes=_terms("reply_code"), use_limits=_terms("use_limit"),
    )
