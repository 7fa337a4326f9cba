"""How far the tracing of items came: what was asked, what came back, what reviewed findings tell."""

from __future__ import annotations

from typing import Any, Final

from headstamp.engine.engine import Engine
from headstamp.engine.question import Question, Rows

REQUESTED: Final = ("item", "request", "status", "sent_on")
REPLIED: Final = ("item", "request", "reply", "reply_code")
FOUND: Final = ("item", "finding", "status", "method", "probability")


def requested(engine: Engine, **given: Any) -> Rows:
    """A row for each item that a trace request names."""
    return engine.rows(
        f"""
        SELECT named.member AS item, trace_request.id AS request, trace_request.status AS status,
               trace_request.sent_on AS sent_on
        FROM trace_request JOIN {engine.members("trace_request", "items")} AS named ON named.id = trace_request.id
        ORDER BY request, item
        """)


def replied(engine: Engine, **given: Any) -> Rows:
    """A row for each item that a reply answers for: those it names, else those of its request."""
    return engine.rows(
        f"""
        SELECT item, request, reply, reply_code FROM (
            SELECT named.member AS item, trace_reply.request AS request, trace_reply.id AS reply,
                   trace_reply.reply_code AS reply_code
            FROM trace_reply JOIN {engine.members("trace_reply", "items")} AS named ON named.id = trace_reply.id
            UNION ALL
            SELECT asked.member AS item, trace_reply.request AS request, trace_reply.id AS reply,
                   trace_reply.reply_code AS reply_code
            FROM trace_reply
            JOIN {engine.members("trace_request", "items")} AS asked ON asked.id = trace_reply.request
            WHERE NOT EXISTS (SELECT 1 FROM {engine.members("trace_reply", "items")} AS own
                              WHERE own.id = trace_reply.id)
        ) AS answered
        ORDER BY reply, item
        """)


def found(engine: Engine, **given: Any) -> Rows:
    """A row for each item that a finding with a method is about."""
    return engine.rows(
        f"""
        SELECT named.member AS item, finding.id AS finding, finding.status AS status, finding.method AS method,
               finding.probability AS probability
        FROM finding JOIN {engine.members("finding", "items")} AS named ON named.id = finding.id
        WHERE finding.method IS NOT NULL
        ORDER BY finding, item
        """)


QUESTIONS: Final = (
    Question("requested", 1, "Which items were trace requests sent about?", (), REQUESTED, requested),
    Question("replied", 1, "What came back about each item?", (), REPLIED, replied),
    Question("found_out", 1, "What do findings with a method say of each item?", (), FOUND, found),
)
