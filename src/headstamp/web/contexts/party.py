"""One party: its names in all scripts, its identifiers checked, what it made, held and passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headstamp.errors import Missing
from headstamp.records import BY_NAME
from headstamp.schemes import scheme
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.record import RecordContext, naming_of, record_context
from headstamp.web.contexts.related import Named, Related
from headstamp.web.page import ON_PAGE, Params

_TRANSFER = ("happened_on", "quantity", "lawful_status")
_CUSTODY = ("item", "held_on", "lawful_status")


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
class PartyContext(RecordContext):
    """A party as its page shows it."""

    identifiers: tuple[CheckedIdentifier, ...] = ()
    names: tuple[Mapping[str, str], ...] = ()
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


def party_context(reader: Reader, params: Params) -> PartyContext:
    """All of one party. Raises Missing."""
    base = record_context(reader, params)
    party = base.record
    named = Named(reader, party.id)
    papers = ("document_kind", "number", "issued_on")
    context = PartyContext(
        **base.__dict__,
        identifiers=tuple(checked(one["scheme"], one["value"])
                          for one in party.get("identifiers", ())),
        names=tuple(party.get("names", ())),
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
        **context.__dict__, "naming": naming_of(reader, party.id, frozenset(named.taken)),
    })


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
