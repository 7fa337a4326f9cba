"""JSON Schema of the records, made from their declaration and from nothing else.

Draft 2020-12. It describes a record in its stored form, as the log hashes it,
as ``--json`` and the API give it and as a partner's program may write it. The
declaration takes more (a label instead of a code, a number as text) and turns
it into this form; what the fields of a record owe each other is said in the
docs, since a schema cannot say it.

Beside the standard words: ``x-vocabulary`` names the list of codes, ``x-ref``
the prefixes of the records referred to (empty: any record), ``x-also`` the names
under which other people's tables hold the field, ``x-facet`` that lists can be
narrowed by it, ``x-type`` name and version of the type as the log writes them.
The format ``edtf`` is a date of the Extended Date/Time Format (ISO 8601-2).

``schema.json`` beside this module is its output; a test fails if it is stale.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from headstamp.kinds.struct import Struct
from headstamp.records import TYPES, kind_named
from headstamp.records.spec import Fact, RecordType, struct_facts

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: str | None = None) -> dict[str, Any]:
    """The schema of all records, or of one kind. Raises Invalid for a kind that is not there.

    A type of record stands under ``$defs`` by its name, a value of several parts
    (a place, a quantity) by its own.
    """
    types = TYPES if kind is None else (kind_named(kind),)
    told: dict[str, Any] = {"$schema": DRAFT}
    if kind is None:
        told |= {
            "title": "headstamp records",
            "description": "Any record of a headstamp case, told apart by the prefix of its id.",
            "oneOf": [{"$ref": f"#/$defs/{type_.name}"} for type_ in types],
        }
    else:
        told |= {"title": types[0].title, "$ref": f"#/$defs/{types[0].name}"}
    structs = {f.struct.__name__: f.struct for t in types for f in t.facts if f.struct is not None}
    records = {type_.name: _record(type_) for type_ in types}
    return told | {"$defs": records | {name: _struct(structs[name]) for name in sorted(structs)}}


def _record(type_: RecordType) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": {"title": "The record's id", "type": "string",
               "pattern": f"^{type_.prefix}-[0-9a-z]{{4,40}}$"},
        "kind": {"title": "The kind of record", "const": type_.name},
        "version": {"title": "The version of the record", "type": "integer", "minimum": 1},
    }
    return {
        "title": type_.title, "description": type_.doc, "x-type": type_.tag, "type": "object",
        "properties": properties | {fact.name: _fact(fact) for fact in type_.facts},
        "required": ["id", *(fact.name for fact in type_.facts if fact.required)],
        "additionalProperties": False,
    }


def _struct(struct: type[Struct]) -> dict[str, Any]:
    facts = struct_facts(struct)
    needed = [fact.name for fact in facts if fact.required]
    return {
        "title": struct.__name__, "description": cleandoc(struct.__doc__ or ""), "type": "object",
        "properties": {fact.name: _fact(fact) for fact in facts},
        # A value of which nothing is known is left out, not written empty.
        **({"required": needed} if needed else {"minProperties": 1}),
        "additionalProperties": False,
    }


def _fact(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {"title": fact.title}
    if fact.help:
        told["description"] = fact.help
    if fact.default not in (None, ()):
        told["default"] = fact.default
    if fact.also:
        told["x-also"] = list(fact.also)
    if fact.facet:
        told["x-facet"] = True
    one = _value(fact)
    return told | ({"type": "array", "items": one} if fact.many else one)


def _value(fact: Fact) -> dict[str, Any]:
    if fact.struct is not None:
        return {"$ref": f"#/$defs/{fact.struct.__name__}"}
    if fact.kind is None:
        raise TypeError(f"{fact.name} has neither a kind nor parts")
    examples = {"examples": [fact.kind.example]} if fact.kind.example else {}
    return dict(fact.kind.schema) | examples
