"""The names of versions from other devices, and what stands open, against what the log gives."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from headstamp.store.backend import Backend
from headstamp.store.elsewhere import Elsewhere, rows_of
from headstamp.store.verify.finding import MOST, Findings
from headstamp.store.verify.raw import as_text


def check_elsewhere(
    conn: Connection, backend: Backend, origin: str, told: list[Elsewhere], found: Findings
) -> None:
    """Tells of every row of ``node`` and ``aside`` too many or too few."""
    nodes, aside = rows_of(conn, backend, origin, told)
    for table, columns, wanted in (
        ("node", "log, number, seq", nodes), ("aside", "seq, kind, id, number, open", aside),
    ):
        odd = Counter(wanted)
        odd.subtract(tuple(row) for row in backend.tuples(conn, f"SELECT {columns} FROM {table}"))
        for row in sorted((row for row, n in odd.items() if n), key=repr)[:MOST]:
            name = row[2] if table == "aside" else f"entry {row[2]}"
            found.say("table_changed", as_text(name),
                      f"{table}: what came from other devices is not told as the log has it")
