"""What a check at the time of a transfer needs, and what it gives: flags, each a question.

A flag never says that something was wrong. It asks what a person who knows the trade would ask
next, and names what the question rests on: which list, of which version and day, or which rule
of ours. A list that gives no dates says only what was in force on its own day, and no more is
made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from headstamp.kinds.date import PARTIAL_DATE
from headstamp.tracing.claim import Claim, days
from headstamp.vocab import vocabulary

Sure = Literal["", "in force", "possibly in force", "dates not known"]
OURS = "headstamp, rule of the check"


@dataclass(frozen=True, slots=True)
class Flag:
    """A question about one transfer.

    ``what`` is a code of the vocabulary ``flag_kind``. ``source`` is who published the list, or
    that the rule is ours; ``sure`` says whether what the list names was in force when the goods
    moved, empty where no list is concerned. ``claims`` are the records it rests on, the transfer
    first; ``entries`` the list's entries by code; ``about`` the parties it is about. ``caution``
    is what the list's own source warns of.
    """

    what: str
    question: str
    source: str = OURS
    list_name: str = ""
    list_version: str = ""
    list_date: str = ""
    sure: Sure = ""
    claims: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    caution: str = ""

    @property
    def title(self) -> str:
        """What kind of question it is, in words."""
        return vocabulary("flag_kind").label(self.what)

    @property
    def cited(self) -> str:
        """The list as one cites it; empty where the rule is ours."""
        return cited(self.list_name, self.list_version, self.list_date)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "what": self.what, "question": self.question, "source": self.source,
            "list_name": self.list_name, "list_version": self.list_version,
            "list_date": self.list_date, "sure": self.sure, "claims": list(self.claims),
            "entries": list(self.entries), "about": list(self.about), "caution": self.caution,
        }


def cited(name: str, version: str, dated: str) -> str:
    """A list with its version and day, as a sentence names it.

    >>> cited("EU embargoes", "3", "2016-02-01"), cited("EU embargoes", "2016", "2016")
    ('“EU embargoes” (version 3 of 2016-02-01)', '“EU embargoes” (of 2016)')
    """
    if not name:
        return ""
    told = [f"version {version}"] if version and version != dated else []
    told += [f"of {dated}"] if dated else []
    return f"“{name}” ({' '.join(told)})" if told else f"“{name}”"


@dataclass(frozen=True, slots=True)
class Movement:
    """What is known of one passage of goods, as far as a check asks for it.

    ``first`` and ``last`` are its earliest and latest possible day, None where that end is open.
    Countries are codes, parties ids. ``direction_doubted``: the source does not say which of the
    two countries sent and which received. ``families`` are those of the items it names, ``texts``
    (record id, text) of what is written on them that may hold the number of a substance,
    ``papers`` the kinds of the documents that show it, ``unread`` (as written, why) its serial
    numbers that could not be understood.
    """

    id: str
    how: str = "unknown"
    when: str = ""
    first: str | None = None
    last: str | None = None
    from_party: str | None = None
    to_party: str | None = None
    carrier: str | None = None
    broker: str | None = None
    from_country: str = ""
    to_country: str = ""
    through: tuple[str, ...] = ()
    direction_doubted: bool = False
    goods: str = ""
    product: str = ""
    stock_number: str = ""
    control_code: str = ""
    customs_code: str = ""
    cas_number: str = ""
    quantity: float | None = None
    unit: str = ""
    licence: str = ""
    licence_status: str = ""
    end_user_certificate: str = ""
    families: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    papers: tuple[str, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def domestic(self) -> bool:
        """Whether the goods are said to have stayed in one country."""
        return (bool(self.from_country) and self.from_country == self.to_country
                and all(one == self.from_country for one in self.through))

    @property
    def only_licensed(self) -> bool:
        """Whether a licence is all that is told of; that goods moved is not said."""
        return self.how == "unknown" and self.licence_status in (
            "issued", "refused", "revoked", "pending")

    @property
    def on(self) -> str:
        """When, as a question names it."""
        if not self.when:
            return "on a day that is not known"
        return str(PARTIAL_DATE.show(self.when))

    @property
    def parties(self) -> tuple[str, ...]:
        """All parties it names, each once."""
        named = (self.from_party, self.to_party, self.carrier, self.broker)
        return tuple(dict.fromkeys(one for one in named if one))


def movement_of(record_id: str, values: Mapping[str, Any]) -> Movement:
    """The movement that a transfer's values (plain JSON) tell of."""
    quantity = values.get("quantity") or {}
    when = str(values.get("happened_on") or "")
    first, last = days(when)

    def text(name: str) -> str:
        return str(values.get(name) or "")

    return Movement(
        record_id, str(values.get("transfer_kind") or "unknown"), when, first, last,
        values.get("from_party"), values.get("to_party"), values.get("carrier"),
        values.get("broker"), country_of(values.get("from_place")),
        country_of(values.get("to_place")), tuple(values.get("through") or ()),
        bool(values.get("direction_doubted")), text("goods"), text("product"),
        text("stock_number"), text("control_code"), text("customs_code"), text("cas_number"),
        quantity.get("value"), str(quantity.get("unit") or ("piece" if quantity else "")),
        text("licence"), text("licence_status"), text("end_user_certificate"),
    )


def movement_of_claim(claim: Claim) -> Movement:
    """The movement that a claim of an item's past tells of: less is known of its goods."""
    return Movement(
        claim.id, claim.how, claim.when, claim.first, claim.last, claim.from_party, claim.to_party,
        from_country=claim.from_country, to_country=claim.to_country, through=claim.through,
        goods=claim.goods, quantity=claim.quantity, unit=claim.unit, licence=claim.licence,
        end_user_certificate=claim.end_user_certificate,
    )


def country_of(place: Mapping[str, Any] | None) -> str:
    """The code of the country a place lies in; empty where none is named."""
    return str((place or {}).get("country") or "")


def country_named(code: str) -> str:
    """A country as a sentence names it."""
    return vocabulary("countries").label(code)


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is known of a party, as far as a check asks for it; dates are partial (EDTF)."""

    id: str
    label: str
    country: str = ""
    founded_on: str = ""
    dissolved_on: str = ""
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class TieFacts:
    """That two parties have to do with each other; ``lasted`` is a partial date."""

    id: str
    party: str
    kind: str
    to_party: str
    role: str = ""
    lasted: str = ""


@dataclass(frozen=True)
class Around:
    """What stands around all movements of a case: the parties, who is one with whom, their ties.

    ``same`` maps a party to the one it is judged to be the same as. ``centres`` gives the middle
    of each country (latitude, longitude in degrees).
    """

    parties: Mapping[str, PartyFacts] = field(default_factory=dict)
    ties: tuple[TieFacts, ...] = ()
    same: Mapping[str, str] = field(default_factory=dict)
    centres: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def one(self, party: str) -> str:
        """The id under which this party and those judged the same as it are one."""
        return self.same.get(party, party)

    def name(self, party: str | None) -> str:
        """A party's name; its id where nothing of it may be seen."""
        if not party:
            return ""
        known = self.parties.get(party)
        return known.label if known is not None else party


def months_before(day: str, months: int) -> str:
    """The day so many months before, in the same calendar.

    >>> months_before("2016-03-31", 1), months_before("2016-01-15", 13)
    ('2016-02-29', '2014-12-15')
    """
    year, month, number = map(int, day.split("-"))
    month -= months
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    for least in (number, 30, 29, 28):
        try:
            return date(max(year, 1), month, least).isoformat()
        except ValueError:
            continue
    raise AssertionError(day)
