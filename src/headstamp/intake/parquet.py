"""Parquet files as tables: runs in the child process and reads through ``engine``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from headstamp.engine.parquet import read_parquet
from headstamp.errors import Problem
from headstamp.intake.handed import Handed
from headstamp.intake.limits import Limits, over_limit
from headstamp.intake.source import Record
from headstamp.intake.typed import cell_text


def read_parquet_table(
    file: Handed, limits: Limits
) -> tuple[dict[str, Any], Iterator[Record | Problem]]:
    """(about the file, its records) of ``file``. Raises Unreadable."""
    opened = read_parquet(file.path, name=file.name)
    if len(opened.columns) > limits.columns:
        what = f"it has {len(opened.columns):,} columns"
        raise over_limit(file.name, "columns", limits.columns, what)
    if opened.row_count > limits.rows:
        what = f"it says it has {opened.row_count:,} rows"
        raise over_limit(file.name, "rows", limits.rows, what)
    about = {
        "format": "parquet",
        "columns": opened.columns,
        "size": opened.row_count,
        "notes": [],
    }
    return about, ([cell_text(value) for value in row] for row in opened.rows)
