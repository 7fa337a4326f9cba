"""A made-up snapshot of any size, the same for the same size and seed: markings, and items to join.

Everything is invented. It is laid out as ``headstamp snapshot`` lays out a large case: a kind is a
folder of part files. It names no checkpoint, because no case stands behind it. Rows come from
a hash of their number, so that a part can be made without the parts before it, in flat memory.

    python -m benchmarks.made_snapshot FOLDER [MARKINGS]
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import duckdb

from headstamp.records import kind_named

SEED = 20161215
PART = 5_000_000
A_MARKING = 5  # markings an item
MAKES = 300

_TYPES = {"text": "VARCHAR", "int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN", "json": "VARCHAR"}

# Two in five are lots out of 50,000, with a few far more often than most; the others are serial
# numbers, nearly every one its own. {h} draws a number for the row; each use has its own salt.
_MARKING = {
    "id": "'mark-' || lpad(lower(to_hex({h0})), 16, '0')",
    "version": "1",
    "label": "NULL",
    "tier": "'partner'",
    "item": "'item-' || lpad(lower(to_hex(hash(i // {a_marking} + {items}))), 16, '0')",
    "text": "CASE WHEN {h9} % 8 > 5 THEN NULL WHEN {h2} % 5 < 2 THEN lpad(CAST(1 + CAST(floor(99 * pow(({h3} % 1000000) / 1e6, 2)) AS BIGINT)"
            " AS VARCHAR), 2, '0') || '-' || CAST(50 + {h4} % 50 AS VARCHAR) || '-' || CAST({h5} % 10 AS VARCHAR)"
            " ELSE chr(CAST(65 + {h6} % 26 AS INTEGER)) || chr(CAST(65 + {h7} % 26 AS INTEGER)) || ' '"
            " || CAST(100000 + {h8} % 900000 AS VARCHAR) END",
    "state": "CASE {h9} % 8 WHEN 4 THEN 'partial' WHEN 5 THEN 'defaced' WHEN 6 THEN 'removed' WHEN 7 THEN 'absent'"
             " ELSE 'clear' END",
    "marking_kind": "CASE WHEN {h2} % 5 < 2 THEN 'lot' ELSE 'serial' END",
    "position": "['left side', 'base', 'box', 'plate'][CAST(1 + {h10} % 4 AS BIGINT)]",
}
_ITEM = {
    "id": "'item-' || lpad(lower(to_hex(hash(i + {items}))), 16, '0')",
    "version": "1",
    "label": "NULL",
    "tier": "'partner'",
    "family": "['ammunition', 'arm', 'component', 'commercial_good'][CAST(1 + {h11} % 4 AS BIGINT)]",
    "make": "'Make ' || lpad(CAST(CAST(floor({makes} * pow(({h12} % 1000000) / 1e6, 3)) AS BIGINT) AS VARCHAR), 3, '0')",
    "country": "['AL', 'BG', 'CN', 'CZ', 'EG', 'HU', 'PL', 'RO', 'RS', 'RU', 'TR', 'UA'][CAST(1 + {h13} % 12 AS BIGINT)]",
    "recovered_on": "strftime(DATE '2014-01-01' + CAST({h14} % 1800 AS INTEGER), '%Y-%m-%d')",
    "recovered_on_from": "recovered_on",
    "recovered_on_to": "recovered_on",
    "quantity_value": "1.0 + {h15} % 3",
}


def columns(kind: str) -> list[tuple[str, str]]:
    """Every column of a kind as a snapshot has it, with DuckDB's type."""
    return [("id", "VARCHAR"), ("version", "BIGINT"), ("label", "VARCHAR"),
            *((column.name, _TYPES[column.sql]) for column in kind_named(kind).columns)]


def make(folder: Path, markings: int) -> Path:
    """Writes the snapshot and gives its folder; about 40 bytes a marking on the disk."""
    folder.mkdir(parents=True)
    tables = {
        "marking": _kind(folder, "marking", markings, _MARKING),
        "item": _kind(folder, "item", -(-markings // A_MARKING), _ITEM),
    }
    (folder / "snapshot.json").write_text(json.dumps({
        "format": 1, "checkpoint": "invented: there is no case\n", "clearance": "restricted",
        "tables": tables,
    }, indent=2))
    return folder


def _kind(folder: Path, kind: str, rows: int, given: dict[str, str]) -> dict[str, object]:
    where = folder / f"{kind}.parquet"
    where.mkdir()
    draws = {f"h{n}": f"hash(i + {SEED * 1000 + n * 10**12})" for n in range(16)}
    asked = ", ".join(
        f"CAST({given.get(name, 'NULL').format(**draws, a_marking=A_MARKING, makes=MAKES, items=SEED)} AS {sql}) AS {name}"
        for name, sql in columns(kind))
    lines = []
    with duckdb.connect() as connection:
        for number, start in enumerate(range(0, rows, PART)):
            path = where / f"part-{number:05}.parquet"
            connection.execute(
                f"COPY (SELECT {asked} FROM range({start}, {min(start + PART, rows)}) AS t(i)) TO '{path}' "
                "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
            with path.open("rb") as stream:
                lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.name}\n")
    return {"rows": rows, "sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
            "parts": len(lines)}


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
