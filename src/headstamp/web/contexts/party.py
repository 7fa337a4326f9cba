"""One party: its names in all scripts, its identifiers checked, its ties to others, what it made,
held and passed on, and which other records may be the same party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headstamp.actions.linking.candidates import names_of, party_book
from headstamp.actions.linking.parties import TieShown, ties
from headstamp.errors import Missing
from headstamp.records import BY_NAME
from headstamp.schemes import scheme
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.parties import (
    ContestedView,
    ProposalView,
    SharedView,
    contested_views,
    proposal_views,
    shared_views,
)
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.contexts.related import Named, Related
from headstamp.web.page import ON_PAGE, Params

_TRANSFER = ("happened_on", "quantity", "lawful_status")
_CUSTODY = ("item", "held_on", "lawful_status")
# Beyond so many parties they are compared on the page of proposals alone, not on each party's.
_COMPARED_HERE = 2_000
_SHARED = 30


@dataclass(frozen=True)
class CheckedIdentifier:
    """A number in a register. ``valid``: its check fits, does not, or there is none to make.

    ``said`` tells what the scheme makes of it, empty where the scheme is not known here.
    """

    scheme: str
    value: str
    valid: bool | None
    said: str = ""
    title: str = ""


@dataclass(frozen=True)
class NameView:
    """A name as written, its spelling in Latin letters where it is in another script (derived,
    never in its place), its legal form, and what makes the spelling doubtful."""

    written: str
    script: str
    latin: str
    form: str
    doubt: str
    language: str = ""
    sort: str = ""


@dataclass(frozen=True)
class TieView:
    """A tie with the other party; see ``headstamp.actions.linking.parties.TieShown``."""

    tie: TieShown
    other: Piece | None = field(default=None, metadata=ON_PAGE)
    claim: Piece | None = field(default=None, metadata=ON_PAGE)
    papers: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class PartyContext(RecordContext):
    """A party as its page shows it.

    ``ties`` are claims, those of judgement among them; ``same_as`` follows from judgements.
    ``compared`` tells whether candidates were looked for: not on this page in a case of very
    many parties.
    """

    identifiers: tuple[CheckedIdentifier, ...] = ()
    names: tuple[Mapping[str, str], ...] = ()
    names_read: tuple[NameView, ...] = ()
    ties: tuple[TieView, ...] = ()
    same_as: tuple[str, ...] = ()
    contested: tuple[ContestedView, ...] = ()
    candidates: tuple[ProposalView, ...] = ()
    shared: tuple[SharedView, ...] = ()
    compared: bool = True
    made: Related | None = None
    sent: Related | None = None
    received: Related | None = None
    held: Related | None = None
    passed_on: Related | None = None
    issued: Related | None = None
    named_in: Related | None = None
    requests: Related | None = None
    owns: Related | None = None
    notes: tuple[Shown, ...] = ()
    roles: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    same_pieces: tuple[Piece, ...] = field(default=(), metadata=ON_PAGE)


def party_context(reader: Reader, params: Params) -> PartyContext:
    """All of one party. Raises Missing."""
    base = record_context(reader, params)
    party = base.record
    named = Named(reader, party.id)
    papers = ("document_kind", "number", "issued_on")
    tied = ties(reader, party.id)
    compared = reader.count("party", None, {})[0] <= _COMPARED_HERE
    book = party_book(params.case, reader) if compared else None
    same = [one for one in book.sameness.group(party.id) if one != party.id] if book else []
    context = PartyContext(
        **base.__dict__,
        identifiers=tuple(checked(one["scheme"], one["value"])
                          for one in party.get("identifiers", ())),
        names=tuple(party.get("names", ())), names_read=_names(party),
        ties=_ties(reader, tied), same_as=tuple(same),
        same_pieces=tuple(ref_piece(one, book.labels[one]) for one in same) if book else (),
        contested=contested_views(book, party.id) if book else (),
        candidates=proposal_views([one for one in book.of(party.id) if not one.judged]) if book else (),
        shared=shared_views(book.shared(party.id)[:_SHARED]) if book else (), compared=compared,
        made=named.table("item", "maker", ("family", "item_type", "made_on", "site"),
                         "Items it is held to have made"),
        sent=named.table("transfer", "from_party", ("to_party", *_TRANSFER), "Transfers from it"),
        received=named.table("transfer", "to_party", ("from_party", *_TRANSFER), "Transfers to it"),
        held=named.table("custody", "to_party", ("from_party", *_CUSTODY), "Came into its hands"),
        passed_on=named.table("custody", "from_party", ("to_party", *_CUSTODY), "Left its hands"),
        issued=named.table("document", "issuer", papers, "Papers it issued"),
        named_in=named.table("document", "parties", papers, "Papers that name it"),
        requests=named.table("trace_request", "addressee", ("status", "sent_on", "due_on"),
                             "Trace requests to it"),
        owns=named.table("party", "owner", ("party_kind", "country"), "Parties it owns"),
        notes=tuple(named.rows("note", "about")),
        roles=tuple(BY_NAME["party"].by_name["roles"].show([one]) for one in party.get("roles", ())),
    )
    return PartyContext(**{
        **context.__dict__, "naming": naming_of(
            reader, party.id, frozenset(named.taken) | {("tie", "party"), ("tie", "to_party")}),
    })


def _names(party: Shown) -> tuple[NameView, ...]:
    """All names, as written first; a name that another one tells of comes after those."""
    said = {one["text"]: one for one in party.get("names", ())}
    return tuple(
        NameView(one.written, one.script, one.latin, one.form, one.doubt,
                 said.get(one.written, {}).get("language", ""), said.get(one.written, {}).get("sort", ""))
        for one in names_of(party)
    )


def _ties(reader: Reader, tied: Sequence[TieShown]) -> tuple[TieView, ...]:
    papers = {paper for one in tied for paper in (*one.documents, one.source) if paper}
    labels = reader.labels(sorted(papers))
    return tuple(
        TieView(
            one, other=ref_piece(one.other, one.name),
            # An owner named on the party itself is no record of its own.
            claim=ref_piece(one.id, "claim") if one.id.startswith("tie-") else None,
            papers=tuple(ref_piece(paper, labels[paper])
                         for paper in dict.fromkeys((*one.documents, one.source)) if paper in labels),
        )
        for one in tied
    )


def checked(name: str, value: str) -> CheckedIdentifier:
    """A number looked at by the scheme of that name, if there is one here.

    >>> checked("lei", "5493001KJTIIGC8Y1R12").valid
    True
    >>> checked("trade register", "HRB 1").said
    ''
    """
    try:
        known = scheme(name.strip().casefold().replace(" ", "_").replace("-", "_"))
    except Missing:
        return CheckedIdentifier(name, value, None)
    reading = known.read(value)
    if reading is None:
        return CheckedIdentifier(name, value, False, "it has not the form of one", known.TITLE)
    return CheckedIdentifier(name, value, reading.valid, reading.explanation, known.TITLE)
