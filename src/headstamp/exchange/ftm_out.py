"""Records as FollowTheMoney entities, and a list of everything that it cannot hold.

What is given in is what one clearance may see; nothing else is looked at. Each fact of a
record is put into a property or named in the list of what is left out: none is dropped in
silence. A date is never made more exact than it was said: one that is uncertain or about is
left out. Judgements (``same``, ``different``) are left out, for a link between two parties
means to others that they have to do with each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.exchange.ftm_model import (
    EDGES,
    ITEM_SCHEMA,
    LANGUAGES,
    LINK,
    LONGEST,
    LONGEST_TEXT,
    NUMBERS,
    PARTY_SCHEMA,
    TRADED,
    country_out,
    plain_date,
    plain_name,
)
from headstamp.store.shown import Shown

# Said of no record for itself: who may see what is decided here, not by the one who is given it.
_NOT_SAID = ("tier",)
_NO_PLACE = "FollowTheMoney has no place for it"
_TOO_LONG = "longer than FollowTheMoney takes"
_INEXACT = "FollowTheMoney has no uncertain, open or interval date here"
_NO_COUNTRY = "FollowTheMoney does not know this country"
_NOT_THERE = "the record it names is not among those exported"
_OFFICE = {True: "acts in a public office", False: "does not act in a public office"}


@dataclass(slots=True)
class LeftOut:
    """What could not be said: of which kind of record, which field, why, and of which records."""

    kind: str
    fact: str
    why: str
    ids: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"kind": self.kind, "field": self.fact, "why": self.why, "count": len(self.ids),
                "ids": self.ids}


@dataclass(slots=True)
class Told:
    """The entities, ready to be written line by line, and what is left out."""

    entities: list[dict[str, Any]] = field(default_factory=list)
    _left: dict[tuple[str, str, str], LeftOut] = field(default_factory=dict)

    @property
    def left(self) -> list[LeftOut]:
        """What is left out, by kind and field."""
        return [self._left[key] for key in sorted(self._left)]

    def leave(self, kind: str, name: str, why: str, id_: str) -> None:
        """Notes what is left out."""
        one = self._left.setdefault((kind, name, why), LeftOut(kind, name, why))
        if not one.ids or one.ids[-1] != id_:
            one.ids.append(id_)


class _Making:
    """One entity being made of one record: facts are taken out until none is left."""

    def __init__(self, told: Told, shown: Shown, schema: str, id_: str = "") -> None:
        self.told, self.shown, self.schema = told, shown, schema
        self.id = id_ or shown.id
        self.rest: dict[str, Any] = {
            name: value for name, value in shown.values.items() if name not in (*_NOT_SAID, "id")}
        self.properties: dict[str, list[str]] = {}

    def take(self, name: str) -> Any:
        """A fact, as taken; None where it is empty or not visible."""
        return self.rest.pop(name, None)

    def add(self, prop: str, value: str | None, name: str) -> None:
        """Puts a value of the field ``name`` into a property."""
        if value is None or value == "":
            return
        if len(value) > LONGEST.get(prop, LONGEST_TEXT):
            self.leave(name, _TOO_LONG)
        elif value not in self.properties.setdefault(prop, []):
            self.properties[prop].append(value)

    def give(self, prop: str, name: str) -> None:
        """Puts a fact that is one text into a property."""
        self.add(prop, self.take(name), name)

    def date(self, prop: str, name: str) -> None:
        """Puts a date into a property where it is plain."""
        text = self.take(name)
        if text is not None:
            if plain_date(text):
                self.add(prop, text, name)
            else:
                self.leave(name, _INEXACT)

    def interval(self, name: str) -> None:
        """Puts a date or an interval into the three dates of an interval."""
        text = self.take(name)
        if text is None:
            return
        ends = text.split("/")
        open_ = ("", "..")
        if not all(one in open_ or plain_date(one) for one in ends):
            self.leave(name, _INEXACT)
        elif len(ends) == 1:
            self.add("date", text, name)
        else:
            for prop, end in zip(("startDate", "endDate"), ends, strict=True):
                self.add(prop, None if end in open_ else end, name)

    def country(self, prop: str, name: str, code: str | None) -> None:
        """Puts a country into a property where it is known there."""
        if code is not None:
            out = country_out(code)
            if out is None:
                self.leave(name, _NO_COUNTRY)
            self.add(prop, out, name)

    def refs(self, prop: str, name: str, exported: Iterable[str]) -> None:
        """Puts references into a property; those to what is not exported are left out."""
        value = self.take(name)
        for one in [value] if isinstance(value, str) else value or ():
            if one in exported:
                self.add(prop, one, name)
            else:
                self.leave(name, _NOT_THERE)

    def leave(self, name: str, why: str) -> None:
        self.told.leave(self.shown.kind, name, why, self.shown.id)

    def done(self) -> None:
        """Adds the entity; what nobody took is left out, and said."""
        for name in self.rest:
            self.leave(name, _NO_PLACE)
        self.told.entities.append({"id": self.id, "schema": self.schema, "properties": {
            prop: values for prop, values in self.properties.items() if values}})


def tell(records: Sequence[Shown]) -> Told:
    """Records as entities: parties, documents and items first, then what is between them."""
    told = Told()
    schemata = {
        one.id: schema for one in records if (schema := _schema(one)) is not None
    }
    for one in records:
        if one.kind == "party":
            _party(told, one, schemata)
        elif one.kind == "document":
            _document(told, one, schemata)
        elif one.kind == "item":
            _item(told, one, schemata)
    for one in records:
        if one.kind == "tie":
            _tie(told, one, schemata)
        elif one.kind == "transfer":
            _transfer(told, one, schemata)
    return told


def _schema(shown: Shown) -> str | None:
    if shown.kind == "party":
        return PARTY_SCHEMA[shown.get("party_kind", "unknown")]
    if shown.kind == "document":
        return "Document"
    return ITEM_SCHEMA.get(shown.get("family", "")) if shown.kind == "item" else None


def _party(told: Told, shown: Shown, schemata: Mapping[str, str]) -> None:
    made = _Making(told, shown, schemata[shown.id])
    kind = made.take("party_kind") or "unknown"
    made.give("name", "name")
    for name in made.take("names") or ():
        former = name.get("sort") == "former"
        made.add("previousName" if former else "alias", name["text"], "names")
        for part in ("language", "script", "sort"):
            if name.get(part) and not (part == "sort" and former):
                made.leave(f"names: {part}", _NO_PLACE)
    # Two kinds of body share one schema; the kind itself is said beside it.
    made.add("classification", kind.replace("_", " "), "party_kind")
    made.country("country", "country", made.take("country"))
    made.give("address", "address")
    for address in made.take("addresses") or ():
        made.add("address", address, "addresses")
    for role in made.take("roles") or ():
        made.add("keywords", f"role: {role}", "roles")
    office = made.take("public_office")
    made.add("keywords", None if office is None else _OFFICE[office], "public_office")
    if made.schema == "Person":
        # Its dates of a person are birth and death.
        for name in ("founded_on", "dissolved_on"):
            if made.take(name) is not None:
                made.leave(name, _NO_PLACE)
    made.date("incorporationDate", "founded_on")
    made.date("dissolutionDate", "dissolved_on")
    made.give("sourceUrl", "link")
    made.give("notes", "remark")
    owner = made.take("owner")
    papers = _numbers(made)
    made.done()
    told.entities += papers
    if owner is not None:
        _owned_by(told, shown, owner, schemata)


def _numbers(made: _Making) -> list[dict[str, Any]]:
    """Numbers into their properties; those of other registers as entities of their own."""
    papers = []
    for place, one in enumerate(made.take("identifiers") or ()):
        scheme, value = one["scheme"], one["value"]
        number = NUMBERS.get(scheme)
        fits = number is not None and made.schema in number.of and len(value) <= 64
        if number is not None and fits and number.fits(value):
            made.add(number.prop, value, "identifiers")
        elif len(value) > LONGEST["number"] or len(scheme) > LONGEST_TEXT:
            made.leave("identifiers", _TOO_LONG)
        else:
            papers.append({"id": f"{made.id}.number{place + 1}", "schema": "Identification",
                           "properties": {"holder": [made.id], "type": [scheme], "number": [value]}})
    return papers


def _owned_by(told: Told, shown: Shown, owner: str, schemata: Mapping[str, str]) -> None:
    if owner not in schemata:
        told.leave("party", "owner", _NOT_THERE, shown.id)
        return
    ends = _ends("owner", owner, shown.id, schemata)
    told.entities.append({"id": f"{shown.id}.owner", "schema": ends.pop("schema"), "properties": {
        prop: [value] for prop, value in ends.items()}})


def _ends(kind: str, party: str, to_party: str, schemata: Mapping[str, str]) -> dict[str, str]:
    """The schema and the properties that name both ends of a tie."""
    edge, said = EDGES[kind], {}
    if schemata[party] not in edge.party_of or schemata[to_party] not in edge.to_party_of:
        edge, said = LINK, {"status": kind}
    return {"schema": edge.schema, edge.party: party, edge.to_party: to_party, **said}


def _tie(told: Told, shown: Shown, schemata: Mapping[str, str]) -> None:
    party, to_party, kind = (shown.get(name) for name in ("party", "to_party", "tie_kind"))
    if kind not in EDGES:
        told.leave("tie", "tie_kind", "a judgement is no link between parties", shown.id)
        return
    if party not in schemata or to_party not in schemata:
        told.leave("tie", "party", _NOT_THERE, shown.id)
        return
    ends = _ends(kind, party, to_party, schemata)
    made = _Making(told, shown, ends.pop("schema"))
    for name in ("party", "to_party", "tie_kind"):
        made.take(name)
    for prop, value in ends.items():
        made.add(prop, value, prop)
    made.give("relationship" if made.schema in ("Family", "Associate") else "role", "role")
    if made.schema == "Ownership" and (share := made.take("share")) is not None:
        made.add("percentage", f"{share:g}", "share")
    made.interval("lasted")
    made.give("summary", "basis")
    made.give("description", "remark")
    made.refs("proof", "documents", schemata)
    made.done()


def _document(told: Told, shown: Shown, schemata: Mapping[str, str]) -> None:
    made = _Making(told, shown, "Document")
    made.give("title", "title")
    made.add("keywords", f"kind: {made.take('document_kind') or 'other'}", "document_kind")
    made.give("author", "issuer_name")
    made.date("date", "issued_on")
    made.give("fileName", "original_name")
    made.give("mimeType", "mime")
    if (size := made.take("size")) is not None:
        made.add("fileSize", str(size), "size")
    for tag in made.take("languages") or ():
        if tag in LANGUAGES:
            made.add("language", LANGUAGES[tag], "languages")
        else:
            made.leave("languages", _NO_PLACE)
    made.give("bodyText", "text")
    made.give("translatedText", "translation")
    made.give("sourceUrl", "link")
    made.give("notes", "remark")
    parties = made.take("parties") or ()
    if made.rest.get("generation") == "original":
        made.take("generation")
    made.done()
    for place, party in enumerate(parties):
        if party in schemata:
            told.entities.append({
                "id": f"{shown.id}.names{place + 1}", "schema": "Documentation",
                "properties": {"document": [shown.id], "entity": [party]}})
        else:
            made.leave("parties", _NOT_THERE)


def _item(told: Told, shown: Shown, schemata: Mapping[str, str]) -> None:
    if shown.id not in schemata:
        told.leave("item", "family", "FollowTheMoney has no schema for such an item", shown.id)
        return
    made = _Making(told, shown, schemata[shown.id])
    made.add("name", plain_name(shown.values), "model")
    made.take("family")
    made.give("alias", "tag")
    made.give("type", "item_type")
    made.give("model", "model")
    made.add("keywords", f"make: {make}" if (make := made.take("make")) else None, "make")
    made.date("buildDate", "made_on")
    made.country("country", "country", made.take("country"))
    made.give("notes", "remark")
    made.done()


def _transfer(told: Told, shown: Shown, schemata: Mapping[str, str]) -> None:
    if shown.get("transfer_kind") not in TRADED:
        told.leave("transfer", "transfer_kind", "FollowTheMoney has no schema for such a passage of "
                   "goods", shown.id)
        return
    made = _Making(told, shown, "EconomicActivity")
    made.give("directionOfTransportation", "transfer_kind")
    made.refs("sender", "from_party", schemata)
    made.refs("receiver", "to_party", schemata)
    for prop, name in (("departureCountry", "from_place"), ("destinationCountry", "to_place")):
        place = dict(made.take(name) or {})
        made.country(prop, name, place.pop("country", None))
        if place:
            made.leave(name, "FollowTheMoney has the country alone")
    made.interval("happened_on")
    made.give("goodsDescription", "goods")
    made.give("vedCode", "customs_code")
    if (value := made.take("value")) is not None:
        made.add("invoiceAmount", f"{value['amount']} {value['currency']}", "value")
    made.give("summary", "basis")
    made.give("description", "remark")
    made.refs("proof", "documents", schemata)
    if made.rest.get("lawful_status") == "unknown":
        made.take("lawful_status")
    made.done()
