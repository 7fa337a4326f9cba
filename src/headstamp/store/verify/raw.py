"""Rows as the driver gives them.

Whoever edits a table by hand may put a text where bytes belong. Nothing is
converted here, so that such a value is a finding and not an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from headstamp.store.backend import Backend

Row = tuple[Any, ...]


def pages(
    backend: Backend, conn: Connection, table: str, key: str, columns: Sequence[str],
    size: int = 5_000,
) -> Iterator[list[Row]]:
    """All rows of a table in order of a whole number, in lists, in flat memory; the key first."""
    names = ",".join(f'"{name}"' for name in (key, *columns))
    last = -(2**62)
    while True:
        rows = backend.tuples(
            conn, f'SELECT {names} FROM "{table}" WHERE "{key}" > {last}'
                  f' ORDER BY "{key}" LIMIT {size}'
        )
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def as_bytes(value: Any) -> bytes:
    """Stored bytes; empty where something else was put in their place."""
    return value if type(value) is bytes else b""


def as_text(value: Any) -> str:
    """A stored text as it can be printed, whatever it is."""
    return value if type(value) is str else repr(value)
