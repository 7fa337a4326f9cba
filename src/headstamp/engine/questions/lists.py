"""What the lists are called on which items stand: missions and source documents by their titles."""

from __future__ import annotations

from headstamp.engine.engine import Engine


def names(engine: Engine, by: str) -> dict[str, str]:
    """The titles of missions or documents by id; a team is called what it is."""
    if by == "team":
        return {}
    table = "mission" if by == "mission" else "document"
    rows = engine.rows(f"SELECT id, title FROM {table} WHERE title IS NOT NULL ORDER BY id")
    return {row["id"]: row["title"] for row in rows}
