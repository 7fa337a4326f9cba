"""Fields that a question is asked by: named by the asker, so held to those that a kind of record has."""

from __future__ import annotations

from collections.abc import Sequence

from headstamp.errors import Invalid, Problem
from headstamp.records import RecordType


def columns_named(type_: RecordType, names: Sequence[str], parameter: str, question: str, most: int) -> list[str]:
    """Names of columns as SQL, each known to be one. Raises Invalid naming every name that is none."""
    known = {"id": "text", "version": "int", **{column.name: column.sql for column in type_.columns}}
    problems = [
        Problem(f"{type_.name} has no such field", "It has: " + ", ".join(known), parameter, name)
        for name in names if name not in known
    ] + [
        Problem("this field is a list of values", "Ask with --sql, or by another field.", parameter, name)
        for name in names if known.get(name) == "json"
    ] + [
        Problem("this field is named twice", "Name it once.", parameter, name)
        for name in dict.fromkeys(names) if list(names).count(name) > 1
    ]
    if not 1 <= len(names) <= most:
        few = "one field" if most == 1 else f"one to {most} fields, parted by commas"
        problems.append(Problem(f"name {few}", "Such as: " + ", ".join(list(known)[:8]), parameter, ", ".join(names)))
    if problems:
        raise Invalid(f"{question} cannot be asked so", problems)
    return [f'"{name}"' for name in names]
