"""What a declaration says, compiled once: facts, columns, canonical values.

Everything that is made from a declaration (tables, schema, forms, import
columns, log bytes) reads the :class:`RecordType`; nothing else inspects the
classes.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from inspect import cleandoc
from operator import attrgetter
from typing import Annotated, Any, Union, get_args, get_origin

from headstamp.evidence.canonical import canonical
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Kind, Sql
from headstamp.kinds.struct import Struct
from headstamp.records.record import Record

COMMON = ("tier", "source", "grade", "remark")


@dataclass(frozen=True)
class Column:
    """One column of a type's table: its name, its SQL type, the fact it comes from.

    ``part`` is the struct's part; ``derived`` tells that the column follows
    from another (the bounds of a date) and is never given by hand.
    """

    name: str
    sql: Sql
    fact: str
    part: str = ""
    derived: bool = False
    kind: Kind | None = None


@dataclass(frozen=True, eq=False)
class Fact:
    """One field: its kind (or struct), whether it must be given, whether there may be many."""

    name: str
    title: str
    help: str
    kind: Kind | None
    struct: type[Struct] | None
    many: bool
    required: bool
    default: Any
    also: tuple[str, ...]
    facet: bool
    text: bool
    parts: tuple[Fact, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def ref(self) -> tuple[str, ...] | None:
        """The prefixes this reference may have (empty: any record); None where it is no reference."""
        return self.kind.prefixes if isinstance(self.kind, RefKind) else None

    def show(self, value: Any) -> str:
        """The value as a reader sees it; empty for None."""
        if value is None:
            return ""
        if self.many:
            return "; ".join(self._show_one(one) for one in value)
        return self._show_one(value)

    def _show_one(self, value: Any) -> str:
        if isinstance(value, Struct):
            return value.show()
        if self.struct is not None and isinstance(value, dict):
            return self.struct.model_validate(value).show()
        return self.kind.show(value) if self.kind else str(value)


def _unwrap(annotation: Any) -> tuple[Kind | None, type[Struct] | None, bool]:
    """Kind or struct of an annotation, and whether it is a tuple of them."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _unwrap(inner[0])
    if origin is tuple:
        kind, struct, _ = _unwrap(get_args(annotation)[0])
        return kind, struct, True
    if origin is Annotated:
        for extra in get_args(annotation)[1:]:
            if isinstance(extra, Kind):
                return extra, None, False
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return None, annotation, False
    raise TypeError(f"a fact's annotation must be built from kinds, not {annotation!r}")


def _facts(cls: type[Record] | type[Struct], inside: str = "") -> tuple[Fact, ...]:
    found = []
    for name, info in cls.model_fields.items():
        if name == "id" and not inside:
            continue
        # Pydantic moves the metadata of a bare Annotated into the field itself.
        kind = next((m for m in info.metadata if isinstance(m, Kind)), None)
        struct, many = None, False
        if kind is None:
            kind, struct, many = _unwrap(info.annotation)
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        whole = f"{inside}_{name}" if inside else name
        parts = _facts(struct, whole) if struct is not None and not many else ()
        fact = Fact(
            name=name, title=info.title or name.replace("_", " "), help=info.description or "",
            kind=kind, struct=struct, many=many, required=info.is_required(),
            default=None if info.is_required() else info.get_default(),
            also=tuple(extra.get("x-also", ())),  # type: ignore[arg-type]
            facet=bool(extra.get("x-facet")), text=bool(extra.get("x-text")), parts=parts,
        )
        object.__setattr__(fact, "columns", _columns(fact, whole))
        found.append(fact)
    return tuple(found)


def struct_facts(struct: type[Struct]) -> tuple[Fact, ...]:
    """The parts of a struct, as facts whose columns begin with the struct's own name."""
    return _facts(struct, struct.__name__.lower())


def _columns(fact: Fact, whole: str) -> tuple[Column, ...]:
    if fact.parts:
        return tuple(
            Column(c.name, c.sql, fact.name, part.name, c.derived, c.kind)
            for part in fact.parts for c in part.columns
        )
    if fact.many or fact.kind is None:
        return (Column(whole, "json", fact.name, kind=fact.kind),)
    first = Column(whole, fact.kind.sql, fact.name, kind=fact.kind)
    rest = (
        Column(whole + suffix, sql, fact.name, derived=True, kind=fact.kind)
        for suffix, sql, _ in fact.kind.extra_columns()
    )
    return (first, *rest)


def plain(value: Any) -> Any:
    """A field's value as plain JSON: structs become objects without their empty parts."""
    if isinstance(value, Struct):
        return {k: v for k, v in value.__dict__.items() if v is not None}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return value


Projector = Callable[[Any], Sequence[Any]]


def _projector(fact: Fact, part_of: Callable[[Any, str], Any] = getattr) -> Projector:
    """Turns a fact's value (never None) into the values of its columns.

    ``part_of`` gives a part of a struct: ``getattr`` of a record's, ``_get`` of a stored one.
    """
    if fact.parts and len(fact.columns) == len(fact.parts) and not any(p.many for p in fact.parts):
        # Each part is one column as it stands: no need to ask each how it is spread.
        names = [part.name for part in fact.parts]
        if part_of is _get:
            return lambda value: list(map(value.get, names))
        return attrgetter(*names) if len(names) > 1 else lambda value: (part_of(value, names[0]),)
    if fact.parts:
        parts = [(part.name, _projector(part, part_of), len(part.columns)) for part in fact.parts]

        def of_struct(value: Any) -> Sequence[Any]:
            out: list[Any] = []
            for name, project, width in parts:
                one = part_of(value, name)
                out.extend(project(one) if one is not None else (None,) * width)
            return out

        return of_struct
    if fact.many or fact.kind is None:
        return lambda value: (canonical(plain(value)).decode("utf-8"),)
    extras = [function for _, _, function in fact.kind.extra_columns()]
    return lambda value: (value, *[function(value) for function in extras])


def _get(values: dict[str, Any], name: str) -> Any:
    return values.get(name)


@dataclass(frozen=True, eq=False, repr=False)
class RecordType:
    """One record type, compiled from its class."""

    cls: type[Record]
    name: str
    plural: str
    prefix: str
    version: int
    doc: str
    facts: tuple[Fact, ...]
    owners: tuple[str, ...]
    when: str
    by_name: dict[str, Fact] = field(repr=False)
    columns: tuple[Column, ...] = field(repr=False)
    _names: tuple[str, ...] = field(repr=False)
    _getter: Callable[[Any], tuple[Any, ...]] = field(repr=False)
    _plain: tuple[bool, ...] = field(repr=False)
    # First column, column after the last, and how the value is spread (None: as it is).
    _projectors: tuple[Sequence[int], Sequence[int], Sequence[Projector | None]] = field(repr=False)
    _project_get: Callable[[Any], tuple[Any, ...]] = field(repr=False)

    def __repr__(self) -> str:
        return f"<record type {self.name}>"

    @property
    def tag(self) -> str:
        """Name and version of the type as the log writes it: ``item/1``."""
        return f"{self.name}/{self.version}"

    @property
    def slug(self) -> str:
        """The plural as it stands in addresses: ``trace-requests``."""
        return self.plural.replace(" ", "-").replace("_", "-")

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")

    def fact(self, name: str) -> Fact | None:
        return self.by_name.get(name)

    def canonical_values(self, record: Record) -> tuple[tuple[str, ...], list[bytes]]:
        """Names (sorted) and canonical bytes of all fields that hold something.

        These are the bytes the log hashes and of which the stored body is made.
        """
        names, values = [], []
        for name, value, is_plain in zip(
            self._names, self._getter(record), self._plain, strict=True
        ):
            if value is None or value == ():
                continue
            names.append(name)
            # Printable text without quote or backslash is canonical as it stands.
            if (
                type(value) is str
                and value.isprintable()
                and '"' not in value
                and "\\" not in value
            ):
                values.append(f'"{value}"'.encode())
            else:
                # The copy lets go of the kilobytes that the JSON writer reserves for each.
                values.append(b"%b" % canonical(value if is_plain else plain(value)))
        return tuple(names), values

    def project(self, record: Record) -> list[Any]:
        """The values of ``columns``, in order."""
        out: list[Any] = [None] * len(self.columns)
        for value, start, end, project in zip(
            self._project_get(record), *self._projectors, strict=True
        ):
            if value is None or value == ():
                continue
            if project is None:
                out[start] = value
            else:
                out[start:end] = project(value)
        return out

    def project_values(self, values: Mapping[str, Any]) -> list[Any]:
        """What ``project`` gives for the record whose stored values (plain JSON) these are.

        Raises KeyError for a field that there is not.
        """
        out: list[Any] = [None] * len(self.columns)
        spread = _spread(self)
        for name, value in values.items():
            start, end, project = spread[name]
            if project is None:
                out[start] = value
            else:
                out[start:end] = project(value)
        return out


@cache
def _spread(kind: RecordType) -> dict[str, tuple[int, int, Projector | None]]:
    """For each field: its first column, the one after its last, how a stored value is spread."""
    return {
        fact.name: (start, end, None if project is None else _projector(fact, _get))
        for fact, start, end, project in zip(kind.facts, *kind._projectors, strict=True)
    }


@cache
def record_type(cls: type[Record]) -> RecordType:
    """The compiled declaration of a record class."""
    facts = _facts(cls)
    names = tuple(sorted(fact.name for fact in facts))
    by_name = {fact.name: fact for fact in facts}
    starts: list[int] = []
    ends: list[int] = []
    projectors: list[Projector | None] = []
    for fact in facts:
        starts.append(ends[-1] if ends else 0)
        ends.append(starts[-1] + len(fact.columns))
        simple = fact.kind is not None and not fact.many and not fact.kind.extra_columns()
        projectors.append(None if simple else _projector(fact))
    return RecordType(
        cls=cls, name=cls.NAME, plural=cls.PLURAL, prefix=cls.PREFIX, version=cls.VERSION,
        doc=cleandoc(cls.__doc__ or ""), facts=facts, owners=cls.OWNERS, when=cls.WHEN, by_name=by_name,
        columns=tuple(column for fact in facts for column in fact.columns),
        _names=names, _getter=attrgetter(*names),
        _plain=tuple(
            by_name[name].kind is not None and not by_name[name].many for name in names
        ),
        _projectors=(tuple(starts), tuple(ends), tuple(projectors)),
        _project_get=attrgetter(*(fact.name for fact in facts)),
    )


def body(names: tuple[str, ...], values: Sequence[bytes]) -> bytes:
    """The canonical JSON object of these fields, put together from their canonical bytes."""
    return _mould(names) % tuple(values)


@lru_cache(maxsize=4096)
def _mould(names: tuple[str, ...]) -> bytes:
    return ("{" + ",".join(f'"{name}":%b' for name in names) + "}").encode("ascii")
