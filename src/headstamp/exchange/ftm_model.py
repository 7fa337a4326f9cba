"""What of FollowTheMoney's model is used here, and how our words and its properties meet.

FollowTheMoney (https://followthemoney.tech, MIT licence, checked against version 4.11) is the
model that OpenSanctions, Aleph and others exchange people and firms in: JSON lines of
entities, each with an id, a schema and properties that hold lists of texts. It has no schema
for a weapon, a marking or a lot; a vehicle, vessel or aircraft is the only item it can say.
The tables here were written from its published schemata; the tests hold them against the
``followthemoney`` package itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import stdnum.bic
import stdnum.lei
import stdnum.ru.inn
import stdnum.ru.ogrn

SCHEMATA = frozenset((
    "Address", "Airplane", "Analyzable", "Article", "Asset", "Associate", "Audio",
    "BankAccount", "Call", "CallForTenders", "Company", "Contract", "ContractAward", "Control",
    "CourtCase", "CourtCaseParty", "CryptoWallet", "Debt", "Directorship", "Document",
    "Documentation", "EconomicActivity", "Email", "Employment", "Event", "Family", "Folder",
    "HyperText", "Identification", "Image", "Interest", "Interval", "LegalEntity", "License",
    "Membership", "Mention", "Message", "Note", "Occupancy", "Organization", "Ownership",
    "Package", "Page", "Pages", "Passport", "Payment", "Person", "PlainText", "Position",
    "Project", "ProjectParticipant", "PublicBody", "RealEstate", "Representation", "Risk",
    "Sanction", "Security", "Similar", "Succession", "Table", "TaxRoll", "Territory", "Thing",
    "Trip", "UnknownLink", "UserAccount", "Value", "Vehicle", "Vessel", "Video", "Workbook",
))

PARTY_SCHEMA: Mapping[str, str] = {
    "person": "Person", "firm": "Company", "state_body": "PublicBody", "armed_force": "PublicBody",
    "state": "PublicBody", "armed_group": "Organization", "organisation": "Organization",
    "unknown": "LegalEntity",
}
SCHEMA_PARTY: Mapping[str, str] = {
    "Person": "person", "Company": "firm", "PublicBody": "state_body",
    "Organization": "organisation", "LegalEntity": "unknown",
}
"""The kind of party that a schema means where its ``classification`` does not say another."""

ITEM_SCHEMA: Mapping[str, str] = {"vehicle": "Vehicle", "vessel": "Vessel", "aircraft": "Airplane"}

_LEGAL = frozenset(SCHEMA_PARTY)
_BODIES = frozenset(("Organization", "Company", "PublicBody"))
_PERSON = frozenset(("Person",))


@dataclass(frozen=True, slots=True)
class Edge:
    """How a kind of tie is an entity: its schema, the properties that name both ends, and which
    schemata those may be of."""

    schema: str
    party: str
    to_party: str
    party_of: frozenset[str] = _LEGAL
    to_party_of: frozenset[str] = _LEGAL


EDGES: Mapping[str, Edge] = {
    "owner": Edge("Ownership", "owner", "asset", to_party_of=frozenset(("Company",))),
    "officer": Edge("Directorship", "director", "organization", to_party_of=_BODIES),
    "parent": Edge("Membership", "organization", "member", party_of=_BODIES),
    "agent": Edge("Representation", "agent", "client"),
    "employee": Edge("Employment", "employee", "employer", _PERSON, _BODIES),
    "family": Edge("Family", "person", "relative", _PERSON, _PERSON),
    "associate": Edge("Associate", "person", "associate", _PERSON, _PERSON),
    "successor": Edge("Succession", "successor", "predecessor"),
    "unknown": Edge("UnknownLink", "subject", "object"),
}
EDGE_OF: Mapping[str, str] = {edge.schema: kind for kind, edge in EDGES.items()}
LINK = EDGES["unknown"]
"""Any other tie, with its kind as ``status``: where the ends are not what the schema asks."""


def plain_name(item: Mapping[str, Any]) -> str:
    """What an item is called where it has no name of its own: its make and model, or its type."""
    words = " ".join(str(item[name]) for name in ("make", "model") if item.get(name))
    return words or item.get("item_type") or str(item["family"])


TRADED = ("exported", "imported", "sold", "retransferred")
"""Transfers that are an ``EconomicActivity`` of FollowTheMoney, a declared delivery. A capture,
theft or loss is none, and no tie between two parties either: those are left out."""

# What a property may hold at most, in characters.
LONGEST: Mapping[str, int] = {
    "name": 384, "alias": 384, "previousName": 384, "address": 250, "summary": 65_000,
    "notes": 65_000, "bodyText": 65_000, "translatedText": 65_000, "description": 65_000, "goodsDescription": 65_000,
    "sourceUrl": 4096, "registrationNumber": 64, "taxNumber": 64, "number": 64, "vatCode": 32,
    "okpoCode": 64, "kppCode": 64, "dunsCode": 16, "cageCode": 16, "vedCode": 64, "mimeType": 250,
    "imoNumber": 16,
}
LONGEST_TEXT = 1024

# Former states that it knows by the four letters of ISO 3166-3; others it has not.
FORMER_COUNTRIES = frozenset(("SUHH", "YUCS", "CSHH", "CSXX"))

LANGUAGES: Mapping[str, str] = {
    "ar": "ara", "az": "aze", "bg": "bul", "bs": "bos", "de": "deu", "en": "eng", "es": "spa",
    "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hr": "hrv", "hy": "hye", "it": "ita",
    "ja": "jpn", "ka": "kat", "ko": "kor", "pl": "pol", "ps": "pus", "pt": "por",
    "ro": "ron", "ru": "rus", "sr": "srp", "sv": "swe", "sw": "swa", "tr": "tur", "uk": "ukr",
    "ur": "urd", "zh": "zho",
}

_PLAIN_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?", re.ASCII)


def plain_date(text: str) -> bool:
    """Whether it can hold this date: a year, month or day, certain and exact."""
    return _PLAIN_DATE.fullmatch(text) is not None


def country_out(code: str) -> str | None:
    """A country as it writes it, None where it has not that country."""
    if len(code) == 2 and code.isalpha() and code.isupper():
        return code.lower()
    return code.lower() if code in FORMER_COUNTRIES else None


@dataclass(frozen=True, slots=True)
class Number:
    """A register whose numbers have a property of their own; ``fits`` says which numbers.

    One that does not fit, as one of any other register, is an ``Identification``.
    """

    prop: str
    fits: Callable[[str], bool] = lambda value: True
    of: frozenset[str] = _LEGAL


def _form(module: object) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        return bool(module.is_valid(value) and module.compact(value) == value)  # type: ignore[attr-defined]

    return fits


NUMBERS: Mapping[str, Number] = {
    "lei": Number("leiCode", _form(stdnum.lei)),
    "registration number": Number("registrationNumber"),
    "tax number": Number("taxNumber"),
    "vat": Number("vatCode", lambda value: len(value) <= 32),
    "inn": Number("innCode", _form(stdnum.ru.inn)),
    "ogrn": Number("ogrnCode", _form(stdnum.ru.ogrn)),
    "okpo": Number("okpoCode"),
    "kpp": Number("kppCode", of=frozenset(("Company",))),
    "duns": Number("dunsCode", lambda value: len(value) <= 16),
    "bic": Number("swiftBic", _form(stdnum.bic)),
    "ncage": Number("cageCode", lambda value: len(value) <= 16, _BODIES),
}
NUMBER_OF: Mapping[str, str] = {number.prop: scheme for scheme, number in NUMBERS.items()}
