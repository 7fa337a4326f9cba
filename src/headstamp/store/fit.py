"""What must hold of records before they are written, whoever writes them and by which way.

Findings wait for those they name (:mod:`headstamp.store.readiness`), alerts for a second person
and for words that say nothing on handling (:mod:`headstamp.store.alert_state`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from headstamp.records import Record
from headstamp.store.alert_state import refuse_unfit_alerts, refuse_unfit_settlement
from headstamp.store.readiness import refuse_unready


def refuse_unfit(conn: Connection, records: Sequence[Record], actor: str) -> None:
    """Raises Invalid where these records may not be written so by this person."""
    refuse_unready(conn, records)
    refuse_unfit_alerts(conn, records, actor)


def refuse_unsettled(conn: Connection, record: Record) -> None:
    """Raises Invalid where a contradiction may not be settled with this version."""
    refuse_unready(conn, [record])
    refuse_unfit_settlement(conn, record)
