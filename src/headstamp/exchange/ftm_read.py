"""Reading FollowTheMoney entities from JSON lines, as a stranger wrote them.

Every line that is no entity is named with what is wrong, all at once. Lines with one id are
parts of one entity, as others write them: their values are put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from headstamp.errors import Invalid, Problem
from headstamp.exchange.ftm_model import SCHEMATA

MOST_ENTITIES = 500_000
MOST_LINE_BYTES = 4 << 20
_MOST_PROBLEMS = 1_000
_ID_LONGEST = 200


@dataclass(slots=True)
class Entity:
    """An entity: where it stands first (line 1 is the first), its id, schema and properties."""

    line: int
    id: str
    schema: str
    properties: dict[str, list[str]] = field(default_factory=dict)


def read_entities(lines: Iterable[bytes], file: str) -> tuple[list[Entity], list[Problem]]:
    """All entities of a file in their order, and every problem of those that are none.

    Raises Invalid where there are more than can be looked at.
    """
    found: dict[str, Entity] = {}
    problems: list[Problem] = []
    for line, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        wrong = list(_wrong(line, raw, found, file))
        problems += wrong
        if len(found) > MOST_ENTITIES:
            raise Invalid(f"{file} holds more than {MOST_ENTITIES:,} entities: part it")
        if len(problems) >= _MOST_PROBLEMS:
            problems.append(Problem("there are more problems: only the first are named", file=file))
            break
    return list(found.values()), problems


def _wrong(line: int, raw: bytes, found: dict[str, Entity], file: str) -> Iterator[Problem]:
    """What is wrong with a line; a right one is put among those found."""

    def problem(rule: str, where: str = "", value: Any = "", advice: str = "") -> Problem:
        shown = value if isinstance(value, str) else repr(value)
        return Problem(rule, advice, where, shown[:200], line, file)

    if len(raw) > MOST_LINE_BYTES:
        yield problem(f"a line of more than {MOST_LINE_BYTES:,} bytes")
        return
    try:
        data = orjson.loads(raw)
    except ValueError:
        yield problem("not a JSON object", value=raw[:80].decode("utf-8", "replace"),
                      advice="Write one entity a line: {\"id\": ..., \"schema\": ..., \"properties\": ...}.")
        return
    if not isinstance(data, dict):
        yield problem("not a JSON object", value=raw[:80].decode("utf-8", "replace"))
        return
    id_, schema, properties = (data.get(name) for name in ("id", "schema", "properties"))
    at = id_ if isinstance(id_, str) else ""
    wrong = []
    if not isinstance(id_, str) or not id_.strip() or len(id_) > _ID_LONGEST or not _storable(id_):
        wrong.append(problem("the entity has no id that can be used", "id", id_ or "",
                             f"An id is a text of at most {_ID_LONGEST} letters."))
    if not isinstance(schema, str) or schema not in SCHEMATA:
        wrong.append(problem("not a schema of FollowTheMoney", f"{at}.schema", schema or ""))
    if not isinstance(properties, dict):
        wrong.append(problem("the properties are not an object", f"{at}.properties", properties or ""))
        yield from wrong
        return
    for prop, values in properties.items():
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            wrong.append(problem("a property holds a list of texts", f"{at}.{prop}", values))
        elif bad := next((v for v in values if not _storable(v)), None):
            wrong.append(problem("a text that cannot be stored", f"{at}.{prop}", ascii(bad)))
    known = found.get(at)
    if known is not None and schema != known.schema and not wrong:
        wrong.append(problem(f"the same id has another schema in line {known.line}: {known.schema}",
                             f"{at}.schema", schema))
    yield from wrong
    if wrong:
        return
    entity = found.setdefault(at, Entity(line, at, str(schema)))
    for prop, values in properties.items():
        held = entity.properties.setdefault(prop, [])
        held += [value for value in dict.fromkeys(values) if value not in held]


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
