"""What may be gone from a case: told by its erasures, each agreed on by two people."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from headstamp.store.erased import Erased, decisions, erased_in
from headstamp.store.verify.finding import Findings


def check_erasures(conn: Connection, found: Findings) -> tuple[Erased, Erased]:
    """What must be gone, and what may be, by record; tells of approvals nobody else had asked for.

    What two people agreed on at another device may have come without its values already, while
    it waits for somebody here; what is here of it stays until then.

    Looks at the versions themselves: the table of current erasures is
    checked like any other.
    """
    some = decisions(conn, scan=True)
    for one in some:
        if not one.agreed and not one.waiting:
            found.say("erasure_alone", one.id, f"{one.approved_by or 'nobody'} approved by entry "
                      f"{one.seq} what no other person had asked for; it counts for nothing")
    excused = [replace(one, agreed=True) if one.waiting else one for one in some]
    return erased_in(some), erased_in(excused)
