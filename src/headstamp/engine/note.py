"""What ``snapshot.json`` says: the state a snapshot is of, and what each of its tables must be.

A table is a file ``<kind>.parquet``, or beyond two million rows a folder of that name with files
``part-00000.parquet``, ``part-00001.parquet``... The digest of a folder is that of its own list of
digests, one line a file in the order of the names, as ``sha256sum part-*.parquet | sha256sum`` gives it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from headstamp.errors import Unreadable

NOTE: Final = "snapshot.json"
FORMAT: Final = 1
PART_ROWS: Final = 2_000_000
PARTS: Final = "part-*.parquet"


@dataclass(frozen=True)
class Table:
    """One kind's rows: how many, the SHA-256 of its file or files, and how many files where they are parts."""

    rows: int
    sha256: str
    parts: int = 0


def write_note(checkpoint: str, clearance: str, tables: Mapping[str, Table]) -> dict[str, Any]:
    """What ``snapshot.json`` holds."""
    return {
        "format": FORMAT, "checkpoint": checkpoint, "clearance": clearance,
        "tables": {name: {"rows": one.rows, "sha256": one.sha256,
                          **({"parts": one.parts} if one.parts else {})} for name, one in tables.items()},
    }


def read_note(text: bytes, where: str) -> tuple[str, str, dict[str, Table]]:
    """Checkpoint, clearance and tables. Raises Unreadable naming ``where``."""
    try:
        told = orjson.loads(text)
        tables = {str(name): Table(int(t["rows"]), str(t["sha256"]), int(t.get("parts", 0)))
                  for name, t in told["tables"].items()}
        return str(told["checkpoint"]), str(told["clearance"]), tables
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{where} is no snapshot's description: {error}") from error


def part_name(number: int) -> str:
    """The name of a part, from 0."""
    return f"part-{number:05}.parquet"


def files_of(where: Path, parts: int) -> list[Path]:
    """The files of a table in their order: itself, or its parts; those that are there."""
    if not parts:
        return [where] if where.is_file() else []
    return sorted(where.glob(PARTS)) if where.is_dir() else []


def digest_of(where: Path, parts: int) -> str:
    """The digest of a table's file or files."""
    if not parts:
        return sha256(where)
    return digest_of_parts((path.name, sha256(path)) for path in files_of(where, parts))


def digest_of_parts(named: Iterable[tuple[str, str]]) -> str:
    """The digest of a folder of parts from (name, SHA-256) of each."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(named))
    return hashlib.sha256(lines.encode()).hexdigest()


def sha256(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal text."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
