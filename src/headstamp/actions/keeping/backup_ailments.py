"""What ails the backups of a case: none, an old one, a damaged one, one that is not within reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from headstamp.actions.keeping.ailment import Ailment, Grade, typed
from headstamp.errors import HeadstampError
from headstamp.store.backup_place import last_backup
from headstamp.store.backup_set import parts_of, read_manifest, states
from headstamp.store.case import Case
from headstamp.store.erased import decisions

BACKUP_HOURS, UNSEEN_DAYS = 24, 30
_MAKE: Final = "Plug in the backup disk and make one now."


def backup_place(place: Path) -> str:
    """Where the case in this folder was backed up last; empty where that is not known."""
    try:
        last = last_backup(place)
    except HeadstampError:
        return ""
    return last["place"] if last else ""


def ailing_backups(where: str, place: Path, case: Case | None, at: datetime) -> tuple[list[Ailment], list[str]]:
    """What ails the backups; and the checkpoint of the last one, as an outside witness.

    ``where`` is the case's address, ``place`` its folder; ``case`` None where it cannot be opened.
    """
    disk = typed(where, "backup", "BACKUP_DISK")
    try:
        last = last_backup(place)
    except HeadstampError as error:
        return [Ailment("backup_note_damaged", "fault", str(place), error.message, _MAKE, (disk,))], []
    size = case.checkpoint().size if case is not None else None
    if last is None:
        if size == 0 or not place.is_dir():
            return [], []
        return [Ailment("no_backup", "fault", str(place), "There is no backup of this case from this "
                        "machine", _MAKE, (disk,))], []
    again = typed(where, "backup", last["place"])
    found: list[Ailment] = []
    when = datetime.fromisoformat(last["at"])
    age = at - when
    if size is not None and str(size) != last["entries"] and age > timedelta(hours=BACKUP_HOURS):
        new = max(0, size - int(last["entries"]))
        found.append(Ailment(
            "old_backup", "fault", last["place"], f"The last backup is of {when:%Y-%m-%d %H:%M} UTC; "
            f"{new} {'entry was' if new == 1 else 'entries were'} made since", _MAKE, (again,)))
    found += _holding_erased(case, last["place"], int(last["entries"]), again)
    state = Path(last["place"]) / "states" / last["state"]
    if not Path(last["place"]).is_dir():
        grade: Grade = "fault" if age > timedelta(days=UNSEEN_DAYS) else "note"
        found.append(Ailment("backup_not_here", grade, last["place"], "The last backup is not "
                             "within reach now (its disk is not plugged in?)",
                             "Plug the disk in now and then, so that it can be looked at. If it is lost, "
                             "make a backup on another one.", (disk,)))
        return found, []
    try:
        manifest = read_manifest(state)
    except HeadstampError as error:
        found.append(Ailment("backup_damaged", "fault", str(state), f"The last backup is gone or "
                             f"damaged: {error.message}", "Make a new one now, best on another disk.", (disk,)))
        return found, []
    wrong = [
        part.path for part, path in parts_of(state, state.parent.parent / "originals", manifest)
        if not path.is_file() or path.stat().st_size != part.size
    ]
    if wrong:
        found.append(Ailment("backup_damaged", "fault", str(state), f"{len(wrong)} files of the last "
                             f"backup are missing or cut, the first: {wrong[0]}",
                             "Make a new one now: it mends what is missing there.", (again,)))
    return found, [manifest.checkpoint]


def _holding_erased(case: Case | None, place: str, last: int, again: str) -> list[Ailment]:
    """Backups made before the last erasure: what was erased is in them, and comes back with them."""
    if case is None:
        return []
    with case.backend.reading() as conn:
        erased = max((one.seq for one in decisions(conn) if one.agreed), default=-1)
    if erased < 0:
        return []
    sizes = []
    for state in states(Path(place)):
        try:
            sizes.append(read_manifest(state).entries)
        except HeadstampError:
            sizes.append(0)  # it may hold it
    older = sum(size <= erased for size in sizes or [last])
    if not older:
        return []
    return [Ailment(
        "backup_holds_erased", "fault", place, f"{older} backup{' was' if older == 1 else 's were'} made before values "
        f"were erased from the case, and still hold{'s' if older == 1 else ''} them: who restores one has them again",
        "Make a new one there and take the older ones away; so on every disk, also on those that this machine does "
        "not know.", (f"{again} --keep 1",))]
