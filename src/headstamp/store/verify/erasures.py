"""What may be gone from a case: told by its erasures, each agreed on by two people."""

from __future__ import annotations

from sqlalchemy import Connection

from headstamp.store.erased import Erased, decisions, erased_in
from headstamp.store.verify.finding import Findings


def check_erasures(conn: Connection, found: Findings) -> Erased:
    """What is erased, by record; tells of approvals that nobody else had asked for.

    Looks at the versions themselves: the table of current erasures is checked like any other.
    """
    some = decisions(conn, scan=True)
    for one in some:
        if not one.agreed:
            found.say("erasure_alone", one.id, f"{one.approved_by or 'nobody'} approved by entry "
                      f"{one.seq} what no other person had asked for; it counts for nothing")
    return erased_in(some)
