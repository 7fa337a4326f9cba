"""Sites, the flows between them, and what each flow rests on."""

from __future__ import annotations

from typing import Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows
from headstamp.engine.questions.link_sources import COLUMNS, sources_of, widened

NODES: Final = ("site", "label", "site_kind", "former_use", "activities", "present_use", "part_of", "visits", "items")


def flows(engine: Engine) -> Rows:
    """Each flow between two sites, once for each source: papers and things that show it, else its word."""
    rows = engine.rows(
        """
        SELECT flow.id AS record, 'flow' AS record_kind, flow.from_site AS from_node, flow.to_site AS to_node,
               flow.flow_kind AS sort, flow.what AS label, flow.happened_on_from AS since,
               flow.happened_on_to AS until, flow.basis AS basis, flow.source_document AS source_document,
               document.document_kind AS source_kind, document.label AS source_label
        FROM flow
        JOIN site AS giver ON giver.id = flow.from_site
        JOIN site AS taker ON taker.id = flow.to_site
        LEFT JOIN document ON document.id = flow.source_document
        ORDER BY flow.id
        """)
    return widened(rows, sources_of(engine, "flow", items=True))


def inferred(engine: Engine) -> Rows:
    """Papers found at one site that are recorded as belonging to things found at another."""
    rows = engine.rows(
        f"""
        SELECT DISTINCT document.id AS record, document.found_at AS from_node,
               COALESCE(item.site, recovery.site) AS to_node, document.label AS label
        FROM {engine.members('document', 'items')} AS named
        JOIN document ON document.id = named.id
        JOIN item ON item.id = named.member
        LEFT JOIN recovery ON recovery.id = item.recovery
        JOIN site AS one ON one.id = document.found_at
        JOIN site AS other ON other.id = COALESCE(item.site, recovery.site)
        WHERE document.found_at <> COALESCE(item.site, recovery.site)
        ORDER BY record, to_node
        """)
    return [{"record": row["record"], "record_kind": "document", "from_node": row["from_node"],
             "to_node": row["to_node"], "sort": "inferred", "label": row["label"], "since": None, "until": None,
             "source": f"inferred {row['record']}", "source_kind": "inferred", "day": None,
             "source_label": row["label"]} for row in rows]


def sites(engine: Engine) -> Rows:
    """Each site with its uses (JSON lists), the site it is part of, its visits and the items found there."""
    return engine.rows(
        """
        SELECT site.id AS site, site.label AS label, site.site_kind AS site_kind, site.former_use AS former_use,
               site.activities AS activities, site.present_use AS present_use, site.part_of AS part_of,
               COALESCE(seen.visits, 0) AS visits, COALESCE(lay.items, 0) AS items
        FROM site
        LEFT JOIN (SELECT site, COUNT(*) AS visits FROM visit GROUP BY site) AS seen ON seen.site = site.id
        LEFT JOIN (SELECT COALESCE(item.site, recovery.site) AS site, COUNT(*) AS items
                   FROM item LEFT JOIN recovery ON recovery.id = item.recovery
                   GROUP BY COALESCE(item.site, recovery.site)) AS lay ON lay.site = site.id
        ORDER BY site.id
        """)


QUESTION: Final = Question(
    "site_links", 1, "Which flows between sites are recorded, and what does each rest on?", (), COLUMNS, flows)
INFERRED: Final = Question(
    "site_papers", 1, "Which papers found at one site belong to things found at another?", (), COLUMNS, inferred)
SITES: Final = Question(
    "sites", 1, "Which sites are there, what went on there, and how often were they visited?", (), NODES, sites)
QUESTIONS: Final = (QUESTION, INFERRED, SITES)
