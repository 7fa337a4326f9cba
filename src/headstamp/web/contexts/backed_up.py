"""When the case was backed up last from this machine, for the reminder on the overview.

It turns red where something was recorded since and a day has passed: what is on one disk only is lost
with it. Where the backups lie is not told here: whoever sees the page need not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from headstamp.actions.keeping.backup_ailments import BACKUP_HOURS
from headstamp.errors import Unreadable
from headstamp.store.backup_place import last_backup
from headstamp.store.case import Case


@dataclass(frozen=True)
class BackupState:
    """The last backup: when (empty: none is known of), how many entries were made since, whether it is late."""

    at: str
    since: int
    late: bool


def backup_state(case: Case, size: int) -> BackupState:
    """How the backups of a case of that many entries stand."""
    try:
        last = last_backup(case.folder)
    except Unreadable:  # the doctor says what is wrong with the note
        last = None
    if last is None:
        return BackupState("", size, size > 1)  # making a case is the first entry
    since = max(0, size - int(last["entries"]))
    age = case.clock() - datetime.fromisoformat(last["at"])
    return BackupState(last["at"], since, bool(since) and age > timedelta(hours=BACKUP_HOURS))
