"""FollowTheMoney entities as records, and a list of everything that no record holds.

What is left out stays in the file, which is kept untouched; every record names its line in
it. An entity of our own (its id is a record's id) keeps its id, so that what was exported
comes back as the same record; any other gets an id that follows from its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headstamp.errors import Invalid, Problem
from headstamp.exchange.ftm_model import (
    EDGE_OF,
    EDGES,
    FORMER_COUNTRIES,
    ITEM_SCHEMA,
    LANGUAGES,
    NUMBER_OF,
    PARTY_SCHEMA,
    SCHEMA_PARTY,
    TRADED,
    plain_name,
)
from headstamp.exchange.ftm_read import Entity
from headstamp.kinds.identity import derived_id, is_record_id
from headstamp.kinds.tier import RANK
from headstamp.records import BY_NAME, Record

_ITEM_OF = {schema: family for family, schema in ITEM_SCHEMA.items()}
_TAG_OF = {three: two for two, three in LANGUAGES.items()}
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_NO_RECORD = "no record here is of such a schema"
_NO_FIELD = "no field holds it"
_NOT_IN_FILE = "it names an entity that is not in the file, or not a party"
_ONE_ALONE = "a record holds one alone; the first was taken"
_FIELD_PROPS = {"names": "alias", "identifiers": "number", "founded_on": "incorporationDate",
                "dissolved_on": "dissolutionDate", "link": "sourceUrl", "remark": "notes",
                "lasted": "date", "share": "percentage", "happened_on": "date", "made_on": "buildDate",
                "issued_on": "date", "goods": "goodsDescription", "addresses": "address",
                "documents": "proof"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What no record holds: the entity by line and id, the property and its values, and why."""

    line: int
    id: str
    prop: str
    values: tuple[str, ...]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"line": self.line, "id": self.id, "property": self.prop,
                "values": list(self.values), "why": self.why}


@dataclass(slots=True)
class Understood:
    """The records with the entities they were made of, what is left in the file, what is wrong."""

    records: list[tuple[Entity, Record]] = field(default_factory=list)
    left: list[Kept] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Taking:
    """One entity being read: properties are taken out until none is left."""

    def __init__(self, into: Understood, entity: Entity) -> None:
        self.into, self.entity = into, entity
        self.rest = {prop: list(values) for prop, values in entity.properties.items() if values}

    def many(self, prop: str) -> list[str]:
        return self.rest.pop(prop, [])

    def one(self, prop: str) -> str | None:
        """The first value; the others are left, and said."""
        values = self.many(prop)
        if len(values) > 1:
            self.leave(prop, values[1:], _ONE_ALONE)
        return values[0] if values else None

    def leave(self, prop: str, values: Sequence[str], why: str) -> None:
        self.into.left.append(Kept(self.entity.line, self.entity.id, prop, tuple(values), why))

    def done(self) -> None:
        """Whatever nobody took is left in the file, and said."""
        for prop, values in self.rest.items():
            self.leave(prop, values, _NO_FIELD)

    def interval(self) -> str | None:
        """An interval from its three dates."""
        start, end = self.one("startDate"), self.one("endDate")
        if start or end:
            return f"{start or '..'}/{end or '..'}"
        return self.one("date")


def understand(entities: Sequence[Entity], *, document: str, tier: str, file: str) -> Understood:
    """Records of entities. ``document`` is the file's record, ``tier`` that of the records."""
    into = Understood()
    ids = {one.id: id_ for one in entities if (id_ := _id(one)) is not None}
    parties: dict[str, dict[str, Any]] = {}
    values: list[tuple[Entity, str, dict[str, Any]]] = []
    for entity in entities:
        if entity.schema in SCHEMA_PARTY:
            made = parties[entity.id] = _party(_Taking(into, entity), ids)
            values.append((entity, "party", made))
        elif entity.schema in _ITEM_OF:
            values.append((entity, "item", _item(_Taking(into, entity))))
        elif entity.schema == "Document":
            values.append((entity, "document", _document(_Taking(into, entity))))
    papers = {one.id: made for one, kind, made in values if kind == "document"}
    for entity in entities:
        taking = _Taking(into, entity)
        if entity.schema in EDGE_OF:
            tie = _tie(taking, ids, parties)
            if tie is not None:
                values.append((entity, "tie", tie))
        elif entity.schema == "EconomicActivity":
            values.append((entity, "transfer", _transfer(taking, ids)))
        elif entity.schema == "Identification":
            _number(taking, parties)
        elif entity.schema == "Documentation":
            _named_in(taking, papers, parties, ids)
        elif entity.id not in parties and entity.schema not in _ITEM_OF and entity.schema != "Document":
            taking.leave("schema", [entity.schema], _NO_RECORD)
    for entity, kind, given in values:
        _build(into, entity, kind, given, document=document, tier=tier, file=file)
    return into


def _id(entity: Entity) -> str | None:
    """The id of the record that an entity becomes; None where it becomes none of its own."""
    schema = entity.schema
    kind = ("party" if schema in SCHEMA_PARTY else "item" if schema in _ITEM_OF
            else "document" if schema == "Document" else "tie" if schema in EDGE_OF
            else "transfer" if schema == "EconomicActivity" else None)
    if kind is None:
        return None
    prefix = BY_NAME[kind].prefix
    if is_record_id(entity.id) and entity.id.startswith(prefix + "-"):
        return entity.id
    return derived_id(prefix, "followthemoney", entity.id)


def _build(
    into: Understood, entity: Entity, kind: str, given: dict[str, Any], *, document: str, tier: str,
    file: str,
) -> None:
    private = kind == "party" and given.get("party_kind") == "person" and not given.get("public_office")
    own = max((tier, "restricted"), key=RANK.__getitem__) if private else tier
    source = {"document": document, "row": entity.line, "part": entity.id}
    values = {name: value for name, value in given.items() if value not in (None, "", [], ())}
    try:
        record = BY_NAME[kind].cls.build({**values, "id": _id(entity), "tier": own, "source": source})
    except Invalid as refused:
        into.problems += [
            Problem(one.rule, one.advice, f"{entity.id}.{_prop(one.field)}", one.value, entity.line, file)
            for one in refused.problems
        ]
        return
    into.records.append((entity, record))


def _prop(name: str) -> str:
    """The property that a field comes from, for whoever mends the file."""
    first = next((one for one in sorted(_FIELD_PROPS, key=len, reverse=True) if name.startswith(one)), "")
    return _FIELD_PROPS.get(first, name or "schema")


def _country(code: str | None) -> str | None:
    """A country as we write it: two letters, or four of a former state."""
    if code is not None and (len(code) == 2 or code.upper() in FORMER_COUNTRIES):
        return code.upper()
    return code


def _party(taking: _Taking, ids: Mapping[str, str]) -> dict[str, Any]:
    schema = taking.entity.schema
    names = taking.many("name")
    kinds = {one.replace(" ", "_"): one for one in taking.many("classification")}
    kind = next((one for one in kinds if PARTY_SCHEMA.get(one) == schema), "")
    taking_left = [text for code, text in kinds.items() if code != kind]
    if taking_left:
        taking.leave("classification", taking_left, _NO_FIELD)
    addresses = taking.many("address")
    made: dict[str, Any] = {
        "name": names[0] if names else None,
        "names": [*({"text": text} for text in (*names[1:], *taking.many("alias"), *taking.many("weakAlias"))),
                  *({"text": text, "sort": "former"} for text in taking.many("previousName"))],
        "party_kind": kind or SCHEMA_PARTY[schema],
        "country": _country(taking.one("country") or taking.one("jurisdiction") or taking.one("mainCountry")),
        "address": addresses[0] if addresses else None, "addresses": addresses[1:],
        "founded_on": taking.one("incorporationDate"), "dissolved_on": taking.one("dissolutionDate"),
        "link": taking.one("sourceUrl"), "remark": taking.one("notes"), "roles": [],
        "identifiers": [{"scheme": scheme, "value": value} for prop, scheme in NUMBER_OF.items()
                        for value in taking.many(prop)],
    }
    offices = {"acts in a public office": True, "does not act in a public office": False}
    for word in taking.many("keywords"):
        if word.startswith("role: "):
            made["roles"].append(word.removeprefix("role: "))
        elif word in offices:
            made["public_office"] = offices[word]
        else:
            taking.leave("keywords", [word], _NO_FIELD)
    taking.done()
    return made


def _tie(
    taking: _Taking, ids: Mapping[str, str], parties: Mapping[str, dict[str, Any]]
) -> dict[str, Any] | None:
    """A tie; None where one end is no party of the file, or it is the owner of a party's own field."""
    entity, kind = taking.entity, EDGE_OF[taking.entity.schema]
    edge = EDGES[kind]
    if entity.schema == "UnknownLink":
        status = taking.one("status") or ""
        if status in EDGES:
            kind = status
        elif status:
            taking.leave("status", [status], _NO_FIELD)
    ends = {end: taking.many(prop) for end, prop in (("party", edge.party), ("to_party", edge.to_party))}
    if any(len(some) != 1 or some[0] not in parties for some in ends.values()):
        # Nothing of it becomes a record: all of it is told.
        for prop, some in entity.properties.items():
            taking.leave(prop, some, _NOT_IN_FILE)
        return None
    party, to_party = ends["party"][0], ends["to_party"][0]
    if kind == "owner" and entity.id == f"{to_party}.owner" and not parties[to_party].get("owner"):
        parties[to_party]["owner"] = ids[party]
        taking.done()
        return None
    said = taking.one("relationship" if entity.schema in ("Family", "Associate") else "role")
    made = {
        "party": ids[party], "to_party": ids[to_party], "tie_kind": kind, "role": said,
        "share": taking.one("percentage"), "lasted": taking.interval(),
        "basis": taking.one("summary"), "remark": taking.one("description"),
        "documents": _papers(taking, ids),
    }
    share = made["share"]
    if isinstance(share, str):
        made["share"] = share.strip().removesuffix("%").strip()
    taking.done()
    return made


def _papers(taking: _Taking, ids: Mapping[str, str]) -> list[str]:
    named = taking.many("proof")
    missing = [one for one in named if not ids.get(one, "").startswith("doc-")]
    if missing:
        taking.leave("proof", missing, _NOT_IN_FILE)
    return [ids[one] for one in named if one not in missing]


def _document(taking: _Taking) -> dict[str, Any]:
    languages = taking.many("language")
    unknown = [one for one in languages if one not in _TAG_OF]
    if unknown:
        taking.leave("language", unknown, _NO_FIELD)
    words = taking.many("keywords")
    kinds = [one.removeprefix("kind: ") for one in words if one.startswith("kind: ")]
    if more := [*kinds[1:], *(one for one in words if not one.startswith("kind: "))]:
        taking.leave("keywords", more, _NO_FIELD)
    made = {
        "title": taking.one("title") or taking.one("name") or taking.one("fileName") or "untitled",
        "document_kind": kinds[0] if kinds else "other",
        "issuer_name": taking.one("author"), "issued_on": taking.one("date"),
        "original_name": taking.one("fileName"), "mime": taking.one("mimeType"),
        "size": taking.one("fileSize"), "languages": [_TAG_OF[one] for one in languages if one in _TAG_OF],
        "text": taking.one("bodyText"), "translation": taking.one("translatedText"),
        "link": taking.one("sourceUrl"), "remark": taking.one("notes"), "parties": [],
    }
    taking.done()
    return made


def _item(taking: _Taking) -> dict[str, Any]:
    words = taking.many("keywords")
    makes = [one.removeprefix("make: ") for one in words if one.startswith("make: ")]
    if more := [*makes[1:], *(one for one in words if not one.startswith("make: "))]:
        taking.leave("keywords", more, _NO_FIELD)
    made: dict[str, Any] = {
        "family": _ITEM_OF[taking.entity.schema], "item_type": taking.one("type"),
        "model": taking.one("model"), "make": makes[0] if makes else None,
        "made_on": taking.one("buildDate"), "country": _country(taking.one("country")),
        "remark": taking.one("notes"),
    }
    name, tag = taking.one("name"), taking.one("alias")
    # The name that stands for an item without one says nothing of its own.
    if name and name != plain_name(made):
        if tag:
            taking.leave("name", [name], _NO_FIELD)
        tag = tag or name
    made["tag"] = tag
    taking.done()
    return made


def _transfer(taking: _Taking, ids: Mapping[str, str]) -> dict[str, Any]:
    kind = taking.one("directionOfTransportation")
    if kind is not None and kind not in TRADED:
        taking.leave("directionOfTransportation", [kind], _NO_FIELD)
        kind = None
    ends = {}
    for name, prop in (("from_party", "sender"), ("to_party", "receiver")):
        named = taking.one(prop)
        if named is not None and not ids.get(named, "").startswith("party-"):
            taking.leave(prop, [named], _NOT_IN_FILE)
            named = None
        ends[name] = ids[named] if named is not None else None
    places = {name: {"country": _country(code)} for name, prop in (
        ("from_place", "departureCountry"), ("to_place", "destinationCountry"))
        if (code := taking.one(prop))}
    amount = taking.one("invoiceAmount")
    money = _MONEY.fullmatch(amount) if amount else None
    if amount and money is None:
        taking.leave("invoiceAmount", [amount], _NO_FIELD)
    made = {
        "transfer_kind": kind or "unknown", **ends, **places, "happened_on": taking.interval(),
        "goods": taking.one("goodsDescription"), "customs_code": taking.one("vedCode"),
        "value": {"amount": money[1], "currency": money[2]} if money else None,
        "basis": taking.one("summary"), "remark": taking.one("description"),
        "documents": _papers(taking, ids),
    }
    taking.done()
    return made


def _number(taking: _Taking, parties: Mapping[str, dict[str, Any]]) -> None:
    holder = taking.one("holder") or ""
    scheme, value = taking.one("type"), taking.one("number")
    if holder not in parties or not value:
        for prop, some in taking.entity.properties.items():
            taking.leave(prop, some, _NOT_IN_FILE)
        return
    parties[holder]["identifiers"].append({"scheme": scheme or "number", "value": value})
    taking.done()


def _named_in(
    taking: _Taking, papers: Mapping[str, dict[str, Any]], parties: Mapping[str, Any],
    ids: Mapping[str, str],
) -> None:
    document, entity = taking.one("document") or "", taking.one("entity") or ""
    if document in papers and entity in parties:
        papers[document]["parties"].append(ids[entity])
    else:
        taking.leave("entity", [one for one in (document, entity) if one], _NOT_IN_FILE)
    taking.done()
