"""The OpenAPI 3.1 document, made from the one table of pages and the record declarations."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin, get_type_hints

from headstamp import __version__
from headstamp.records import TYPES, RecordType
from headstamp.records.spec import Fact
from headstamp.store.limits import Limit
from headstamp.store.shown import Shown
from headstamp.web.page import LIMITS, Context, Page, Parameter, api_fields

ADDRESS = "/api/openapi.json"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, int: {"type": "integer"}, float: {"type": "number"},
    bool: {"type": "boolean"}, type(None): {"type": "null"}, Any: {}, object: {},
}


def record_schema(kind: RecordType) -> dict[str, Any]:
    """A record of a kind as the API shows it: what is hidden or empty is left out."""
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": f"^{kind.prefix}-[0-9a-z]+$"},
        "kind": {"const": kind.name}, "version": {"type": "integer", "minimum": 1},
    }
    for fact in kind.facts:
        properties[fact.name] = {"title": fact.title, **_fact_schema(fact)}
    return {
        "type": "object", "description": kind.doc.split("\n")[0], "properties": properties,
        "required": ["id", "kind", "version"], "additionalProperties": False,
    }


def _fact_schema(fact: Fact) -> dict[str, Any]:
    if fact.struct is not None:
        parts = dict(fact.struct.model_json_schema().get("properties", {}))
        one: dict[str, Any] = {"type": "object", "properties": parts}
    else:
        assert fact.kind is not None
        one = dict(fact.kind.schema)
    return {"type": "array", "items": one} if fact.many else one


class _Schemas:
    """Collects the schemas of all dataclasses that answers are made of."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {_name(k): record_schema(k) for k in TYPES}
        self.found["Record"] = {"oneOf": [_ref(_name(kind)) for kind in TYPES]}
        self._names: dict[str, type[Any]] = {}

    def _named(self, cls: type[Any]) -> str:
        """A class's name; with its module's where another class has the same."""
        if self._names.setdefault(cls.__name__, cls) is cls:
            return cls.__name__
        return cls.__module__.rpartition(".")[2].capitalize() + cls.__name__

    def of(self, hint: Any, kind: RecordType | None = None) -> dict[str, Any]:
        if hint in _PLAIN:
            return _PLAIN[hint]
        if hint is Shown:
            return _ref(_name(kind) if kind else "Record")
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(arg, kind) for arg in args]}
        if origin is typing.Literal:
            return {"enum": list(args)}
        if origin in (tuple, list, Sequence):
            if origin is tuple and args[-1] is not Ellipsis:
                return {"type": "array", "prefixItems": [self.of(arg) for arg in args],
                        "minItems": len(args), "maxItems": len(args)}
            return {"type": "array", "items": self.of(args[0], kind)}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(args[1])}
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            name = self._named(hint)
            if name not in self.found:
                self.found[name] = {}  # a dataclass may hold itself
                self.found[name] = self.object(hint)
            return _ref(name)
        if hint in (dict, Mapping):
            return {"type": "object"}
        raise TypeError(f"no schema is known for {hint!r}")

    def object(self, cls: type[Any], kind: RecordType | None = None) -> dict[str, Any]:
        """A dataclass's schema; ``kind`` is that of its own records where it holds one only."""
        if issubclass(cls, Context) and cls.as_dict is not Context.as_dict:
            # An answer in another standard's form (GeoJSON), described there.
            return {"type": "object", "description": (cls.__doc__ or "").strip().split("\n")[0]}
        hints = get_type_hints(cls)
        names = [f.name for f in api_fields(cls)]
        own = {"record", "rows"}
        return {
            "type": "object", "description": (cls.__doc__ or "").strip().split("\n")[0],
            "properties": {
                **{n: self.of(hints[n], kind if n in own else None) for n in names},
                **({LIMITS: self.limits()} if issubclass(cls, Context) else {}),
            },
            "required": names, "additionalProperties": False,
        }

    def limits(self) -> dict[str, Any]:
        """What trace replies forbid to be done with the records of an answer, where they do."""
        return {"description": "By record, the limits of the trace replies it rests on; they bind "
                               "whoever uses it.",
                **self.of(Mapping[str, tuple[Limit, ...]])}


def _parameters(page: Page) -> list[Parameter]:
    """The parameters declared, and those parts of the path that were not worth declaring."""
    told = {p.name for p in page.parameters}
    gaps = re.findall(r"{(\w+)}", page.api)
    return [*(Parameter(g, f"Which {g}") for g in gaps if g not in told), *page.parameters]


def _name(kind: RecordType) -> str:
    return kind.cls.__name__ + "Record"


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def document(pages: Sequence[Page]) -> dict[str, Any]:
    """The whole document; ``pages`` is the one table."""
    schemas = _Schemas()
    kinds = {kind.name: kind for kind in TYPES}
    error = {"content": {"application/json": {"schema": _ref("Error")}}}
    paths: dict[str, Any] = {}
    for page in pages:
        if not page.api:
            continue
        answer = schemas.object(page.returns, kinds.get(page.fixed.get("kind", "")))
        paths[page.api] = {"get": {
            "operationId": page.name, "summary": page.title, "tags": [page.tag],
            "parameters": [
                {"name": p.name, "description": p.help, "schema": dict(p.schema),
                 **({"in": "path", "required": True} if f"{{{p.name}}}" in page.api
                    else {"in": "query", "required": False})}
                for p in _parameters(page)
            ],
            "responses": {
                "200": {"description": page.title,
                        "content": {"application/json": {"schema": answer}}},
                "404": {"description": "There is none, or none that may be seen", **error},
                "422": {"description": "What was asked breaks a rule", **error},
            },
        }}
    schemas.found["Error"] = {
        "type": "object", "required": ["error", "message", "problems"],
        "properties": {
            "error": {"type": "string"}, "message": {"type": "string"},
            "problems": {"type": "array", "items": {"type": "object"}},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "headstamp", "version": __version__,
            "description": "What the pages show, as JSON: the same contexts, the same clearance.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.found.items()))},
    }
