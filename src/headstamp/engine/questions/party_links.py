"""Parties, their transfers, past custody and ties, and what each of these rests on.

A recovery is left out: it ended the way of the goods, and joins everybody to those who documented them.
"""

from __future__ import annotations

from typing import Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.questions.link_sources import COLUMNS, sources_of, widened

NODES: Final = ("party", "label", "party_kind", "country", "roles", "source_document")
JUDGED: Final = ("tie", "party", "other", "same")


def transfers(engine: Engine) -> Rows:
    """Each transfer of which both sides are known, once for each source."""
    rows = engine.rows(
        """
        SELECT told.id AS record, 'transfer' AS record_kind, told.from_party AS from_node, told.to_party AS to_node,
               told.lawful_status AS sort, told.label AS label, told.happened_on_from AS since,
               told.happened_on_to AS until, told.basis AS basis, told.source_document AS source_document,
               document.document_kind AS source_kind, document.label AS source_label
        FROM transfer AS told
        JOIN party AS giver ON giver.id = told.from_party
        JOIN party AS taker ON taker.id = told.to_party
        LEFT JOIN document ON document.id = told.source_document
        WHERE told.transfer_kind <> 'recovered'
        ORDER BY told.id
        """)
    return widened(rows, sources_of(engine, "transfer", reply=True))


def custody(engine: Engine) -> Rows:
    """Each event of an item's past, before it was evidence, that led from one party to another."""
    rows = engine.rows(
        """
        SELECT told.id AS record, 'custody' AS record_kind, told.from_party AS from_node, told.to_party AS to_node,
               told.lawful_status AS sort, told.label AS label, told.held_on_from AS since, told.held_on_to AS until,
               told.basis AS basis, told.source_document AS source_document, document.document_kind AS source_kind, document.label AS source_label
        FROM custody AS told
        JOIN party AS giver ON giver.id = told.from_party
        JOIN party AS taker ON taker.id = told.to_party
        LEFT JOIN document ON document.id = told.source_document
        WHERE told.act IS NULL AND told.custody_kind <> 'recovered'
        ORDER BY told.id
        """)
    return widened(rows, sources_of(engine, "custody", reply=True))


def ties(engine: Engine) -> Rows:
    """Each tie between two parties, and who owns whom; judgements that two are one party are no ties."""
    rows = engine.rows(
        """
        SELECT told.id AS record, 'tie' AS record_kind, told.party AS from_node, told.to_party AS to_node,
               told.tie_kind AS sort, told.label AS label, told.lasted_from AS since, told.lasted_to AS until,
               told.basis AS basis, told.source_document AS source_document, document.document_kind AS source_kind, document.label AS source_label
        FROM tie AS told
        JOIN party AS one ON one.id = told.party
        JOIN party AS other ON other.id = told.to_party
        LEFT JOIN document ON document.id = told.source_document
        WHERE told.tie_kind NOT IN ('same', 'different')
        ORDER BY told.id
        """)
    owned = engine.rows(
        """
        SELECT party.id AS record, 'party' AS record_kind, party.owner AS from_node, party.id AS to_node,
               'owner' AS sort, party.label AS label, party.founded_on_from AS since, party.dissolved_on_to AS until,
               CAST(NULL AS VARCHAR(1)) AS basis, party.source_document AS source_document,
               document.document_kind AS source_kind, document.label AS source_label
        FROM party
        JOIN party AS owner ON owner.id = party.owner
        LEFT JOIN document ON document.id = party.source_document
        ORDER BY party.id
        """)
    return [*widened(rows, sources_of(engine, "tie")), *widened(owned, {})]


def judged(engine: Engine) -> Rows:
    """Each judgement on two parties: that they are the same, or are not."""
    rows = engine.rows(
        "SELECT id AS tie, party, to_party AS other, tie_kind AS kind FROM tie "
        "WHERE tie_kind IN ('same', 'different') AND party IS NOT NULL AND to_party IS NOT NULL ORDER BY id")
    return [{"tie": row["tie"], "party": row["party"], "other": row["other"], "same": row["kind"] == "same"}
            for row in rows]


def parties(engine: Engine) -> Rows:
    """Each party with its kind, country and roles (a JSON list)."""
    return engine.rows("SELECT id AS party, label, party_kind, country, roles, source_document FROM party ORDER BY id")


TRANSFERS: Final = Question(
    "party_transfers", 1, "Which transfers between two parties are claimed, and what does each rest on?", (), COLUMNS,
    transfers)
CUSTODY: Final = Question(
    "party_custody", 1, "Through which hands did items pass, and what does each passage rest on?", (), COLUMNS, custody)
TIES: Final = Question(
    "party_ties", 1, "Which ties between parties are claimed, and what does each rest on?", (), COLUMNS, ties)
SAME: Final = Question(
    "parties_judged", 1, "Which parties were judged to be one, or not to be?", (), JUDGED, judged)
PARTIES: Final = Question("parties", 1, "Which parties are there?", (), NODES, parties)
QUESTIONS: Final = (TRANSFERS, CUSTODY, TIES, SAME, PARTIES)
