"""On what a record that links two others rests: papers, things, answers, else somebody's word.

Papers that came with goods or were kept at the time (invoices, registers, labels, licences) are evidence that can
be looked at again; a report, an interview note, a page of the web or an imported table is somebody's word on it. A paper
that may not be seen counts for nothing here, and the link then rests on what is left.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from headstamp.engine.engine import Engine

WORDS: Final = ("dataset", "source_file", "report", "interview_note", "web_page", "other")
"""Kinds of document that tell of a thing and were not part of it."""
Source = tuple[str, str, str | None, str]

# The day of a find at a site that was visited once; of more visits it is not known which.
_VISITED: Final = ("(SELECT site, MIN(held_on_from) AS day FROM visit WHERE held_on_from IS NOT NULL "
                   "GROUP BY site HAVING COUNT(*) = 1)")


def sources_of(engine: Engine, table: str, *, items: bool = False, reply: bool = False) -> dict[str, list[Source]]:
    """For each record of a table its sources: (id, kind, day on which it was found, label).

    ``items`` are asked where the table names things that show it, ``reply`` where it names trace replies.
    """
    found: dict[str, list[Source]] = defaultdict(list)
    for row in engine.rows(
        f"""
        SELECT named.id AS record, document.id AS source, document.document_kind AS kind, visited.day AS day,
               document.label AS label
        FROM {engine.members(table, 'documents')} AS named
        JOIN document ON document.id = named.member
        LEFT JOIN {_VISITED} AS visited ON visited.site = document.found_at
        ORDER BY named.id, document.id
        """):
        kind = "basis" if row["kind"] in WORDS else "document"
        found[row["record"]].append((row["source"], kind, row["day"], row["label"]))
    if items:
        for row in engine.rows(
            f"""
            SELECT named.id AS record, item.id AS source, item.label AS label,
                   COALESCE(item.recovered_on_from, recovery.documented_on_from, recovery.recovered_on_from,
                            visited.day) AS day
            FROM {engine.members(table, 'items')} AS named
            JOIN item ON item.id = named.member
            LEFT JOIN recovery ON recovery.id = item.recovery
            LEFT JOIN {_VISITED} AS visited ON visited.site = item.site
            ORDER BY named.id, item.id
            """):
            found[row["record"]].append((row["source"], "item", row["day"], row["label"]))
    if reply:
        for row in engine.rows(
            f"""
            SELECT told.id AS record, trace_reply.id AS source, trace_reply.label AS label
            FROM {table} AS told JOIN trace_reply ON trace_reply.id = told.reply
            ORDER BY told.id
            """):
            found[row["record"]].append((row["source"], "reply", None, row["label"]))
    return found


def resting(row: dict[str, Any], sources: list[Source]) -> list[Source]:
    """The sources of a record; without any its own source document, else the record itself as a word.

    ``row`` has ``record``, ``basis``, ``source_document``, ``source_kind``
    and ``source_label``.
    """
    if sources:
        return sources
    if row["source_kind"] is not None and not row["basis"]:
        kind = "basis" if row["source_kind"] in WORDS else "document"
        return [(row["source_document"], kind, None, row["source_label"])]
    return [(row["record"], "basis", None, row["label"] or row["record"])]


def widened(rows: list[dict[str, Any]], sources: dict[str, list[Source]]) -> list[dict[str, Any]]:
    """Each record once for each of its sources, with columns source, source_kind and day."""
    kept = ("record", "record_kind", "from_node", "to_node", "sort", "label", "since", "until")
    return [{**{name: row[name] for name in kept}, "source": source, "source_kind": kind, "day": day,
             "source_label": label}
            for row in rows for source, kind, day, label in resting(row, sources.get(row["record"], []))]


COLUMNS: Final = ("record", "record_kind", "from_node", "to_node", "sort", "label", "since", "until", "source",
                  "source_kind", "day", "source_label")
