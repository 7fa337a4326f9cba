"""The teaching case "street": its tables in ``street/`` turned into records.

One CSV table for each record type, named by the type's plural. A row has a
``key`` by which other rows name it; ids are derived from the keys, so that the
case is the same each time it is made. A column is a field, or a part of one
(``place_country``). Several values are parted by `` | ``; the parts of one
name or identifier by `` ~ ``. Where a field may refer to records of several
types, the key stands after its type's prefix: ``item:A-01``.

Photographs have a column ``surface`` more: what the drawn picture shows. Its
lettering is that of the markings which name the photograph.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from headstamp.demo.draw import Claims, Scene, draw
from headstamp.demo.lettering import Line
from headstamp.errors import Invalid, Problem
from headstamp.intake.photo import read_photo
from headstamp.kinds.identity import derived_id
from headstamp.records import BY_PREFIX, TYPES, Fact, Record, RecordType, kind_named

NAMESPACE = "headstamp teaching case"
BASIS = "teaching-case"
_FOLDER = files(__package__).joinpath("street")
# Columns that are for the drawing only and no fields of the record.
_DRAWN = frozenset({"surface", "texts", "exif_taken", "exif_latitude", "exif_longitude"})

Row = dict[str, str]


@dataclass(frozen=True)
class Teaching:
    """The case's records, and for each photograph's id the picture to draw."""

    records: tuple[Record, ...]
    scenes: Mapping[str, Scene]
    basis: str

    def of(self, name: str) -> list[Any]:
        """The records of one type, in the order of its table."""
        return [record for record in self.records if name == record.NAME]


def table(name: str) -> list[Row]:
    """The rows of one type's table, empty cells left out; none where the case has no such table.

    Raises Missing for no such type.
    """
    kind = kind_named(name)
    file = _FOLDER.joinpath(f"{kind.plural}.csv")
    if not file.is_file():
        return []
    text = file.read_text(encoding="utf-8")
    return [
        {column: cell for column, cell in row.items() if cell}
        for row in csv.DictReader(StringIO(text, newline=""))
    ]


def about() -> bytes:
    """The case's own statement of what it is; kept in the case as an original."""
    return _FOLDER.joinpath("about.txt").read_bytes()


def id_of(prefix: str, key: str) -> str:
    """The id of the record that tables call ``key``.

    >>> id_of("item", "A-01") == id_of("item", "A-01")
    True
    """
    return derived_id(prefix, NAMESPACE, key)


def load() -> Teaching:
    """All records, photographs without their files. Raises Invalid naming every faulty cell."""
    tables = {kind.name: table(kind.name) for kind in TYPES}
    known = {(kind.prefix, row["key"]) for kind in TYPES for row in tables[kind.name]}
    basis = id_of("doc", BASIS)
    records: list[Record] = []
    problems: list[Problem] = []
    for kind in TYPES:
        for number, row in enumerate(tables[kind.name], 1):
            file = f"{kind.plural}.csv"
            values: dict[str, Any] = {"id": id_of(kind.prefix, row["key"])}
            if values["id"] != basis:
                values["source"] = {"document": basis, "row": number, "part": file}
            if kind.name == "photograph":
                values["link"] = "https://example.invalid/not-drawn-yet"
            try:
                values.update(_values(kind, row, known))
                records.append(kind.cls.build(values))
            except Invalid as error:
                problems.extend(
                    Problem(p.rule, p.advice, p.field, p.value, row=number, file=file)
                    for p in error.problems or (Problem(str(error)),)
                )
    if problems:
        raise Invalid("the teaching case's tables have faults", problems)
    scenes = dict(_scenes(tables["photograph"], tables["marking"], tables["document"]))
    return Teaching(tuple(records), scenes, basis)


def _values(kind: RecordType, row: Row, known: set[tuple[str, str]]) -> dict[str, Any]:
    """A row's cells as the values of a record; parts of one field put together."""
    out: dict[str, Any] = {}
    for column, cell in row.items():
        if column == "key" or (kind.name == "photograph" and column in _DRAWN):
            continue
        fact = kind.fact(column)
        if fact is not None and not fact.parts:
            out[column] = _cell(fact, cell, known)
            continue
        whole = next((f for f in kind.facts if f.parts and column.startswith(f.name + "_")), None)
        if whole is None:
            raise Invalid(f"{kind.plural}.csv has a column {column!r} that is no field")
        out.setdefault(whole.name, {})[column.removeprefix(whole.name + "_")] = cell
    return out


def _cell(fact: Fact, cell: str, known: set[tuple[str, str]]) -> Any:
    if not fact.many:
        return _one(fact, cell, known)
    return [_one(fact, part.strip(), known) for part in cell.split(" | ")]


def _one(fact: Fact, text: str, known: set[tuple[str, str]]) -> Any:
    if fact.struct is not None:
        parts = [part.strip() for part in text.split("~")]
        return {n: p for n, p in zip(fact.struct.model_fields, parts, strict=False) if p}
    if fact.ref is None:
        return text
    prefix, colon, key = text.partition(":")
    if not colon:
        prefix, key = fact.ref[0], text
    if prefix not in BY_PREFIX or (prefix, key) not in known:
        raise Invalid(f"{text!r} names no row", [
            Problem("no table has a row with this key", "Check the key.", fact.name, text)
        ])  # fmt: skip
    return id_of(prefix, key)


def _scenes(
    photographs: list[Row], markings: list[Row], documents: list[Row]
) -> Iterator[tuple[str, Scene]]:
    papers = {row["key"]: row.get("text", "") for row in documents}
    on: dict[str, list[Line]] = {}
    for row in markings:
        if "photograph" in row:
            on.setdefault(row["photograph"], []).append(Line(
                row.get("text"), row.get("marking_kind", ""), row.get("technique", ""),
                row.get("state", "clear"), row.get("script", ""),
            ))  # fmt: skip
    for row in photographs:
        shown = row.get("items", "").split(" | ")
        texts = tuple(part for part in row.get("texts", "").split(" | ") if part)
        if row["surface"] == "paper" and not texts:
            texts = tuple(papers[key.removeprefix("doc:")] for key in shown)
        latitude, longitude = row.get("exif_latitude"), row.get("exif_longitude")
        claims = Claims(
            row.get("exif_taken", ""), float(latitude) if latitude else None,
            float(longitude) if longitude else None, row.get("camera", ""),
        )
        # A picture shows the tag of the first item in it; of a site, its own name.
        tag = shown[0].partition(":")[2] or row["key"]
        yield id_of("photo", row["key"]), Scene(
            row["key"], row["surface"], tuple(on.get(row["key"], ())), texts, tag, claims
        )


def drawn(record: Record, scene: Scene) -> tuple[Record, bytes]:
    """The photograph's record with what its drawn file is and claims, and the file's bytes."""
    data = draw(scene)
    with tempfile.TemporaryDirectory(prefix="headstamp-drawing-") as folder:
        path = Path(folder) / f"{scene.name}.jpg"
        path.write_bytes(data)
        found = read_photo(path)
    values = record.model_dump(exclude_none=True)
    values.pop("link", None)
    values.update(
        digest=found.sha256, mime=found.mime, size=found.size, width=found.width,
        height=found.height, original_name=f"{scene.name}.jpg", generation="drawing",
    )
    if found.taken_at_iso:
        values["taken_on"] = found.taken_at_iso
    if found.latitude is not None and found.longitude is not None:
        values["place"] = {
            "latitude": round(found.latitude, 6), "longitude": round(found.longitude, 6),
        }
    return type(record).build(values), data
