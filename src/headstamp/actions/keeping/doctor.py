"""The doctor: everything about a case and its machine that may go wrong, looked at; nothing changed.

Its checks, in order: can the case be opened; may its folder be written and its key
be read by others; is there room on the disk; does the clock agree with the log; is
there a backup, and is it this log's; does everything verify; are the indexes beside
the case whole; what is unfinished; which parts are not installed.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.stamps_waiting import all_waiting, folder_of
from headstamp.actions.evidence.witnesses import seen_witnesses
from headstamp.actions.intake.refused_rows import FOLDER, waiting_problems
from headstamp.actions.keeping.ailment import Ailment, Grade, of_findings
from headstamp.actions.keeping.between_devices import between_devices, unpacked_left
from headstamp.actions.keeping.swap import open_swaps
from headstamp.actions.markings.index import LEAST_UNSAVED, index_path, read_kept
from headstamp.errors import Conflicting, HeadstampError, Missing, Tampered, Unreadable
from headstamp.intake.machine.parts import absent
from headstamp.markings.core import compiled
from headstamp.store.address import backend_of, without_password
from headstamp.store.backup import last_backup
from headstamp.store.backup_set import parts_of, read_manifest
from headstamp.store.case import Case, now
from headstamp.store.erasing import LEFT, noted
from headstamp.store.health import changes, search_behind, turned_back, unnamed_originals
from headstamp.store.move import key_was_moved
from headstamp.store.progress import Told

FULL_BYTES, NEARLY_BYTES = 100_000_000, 1_000_000_000
"""Below the first nothing can be relied on any more; below the second it is time to make room."""
BACKUP_HOURS, UNSEEN_DAYS = 24, 30
_CLOCK_SECONDS = 120
_LEFT_OVER_SECONDS = 3600
_RANK = {"evidence": 0, "fault": 1, "note": 2}
_NO_CASE = ("Look whether the address is right and the disk is plugged in; if the case is lost, "
            "restore the latest backup (headstamp restore BACKUP NEW_FOLDER).")

Free = Callable[[Path], int]


@dataclass(frozen=True)
class Report:
    """What the doctor found, the gravest first."""

    case: str
    ailments: tuple[Ailment, ...]

    @property
    def exit_code(self) -> int:
        """0: at most notes; 7: something about the machine or the upkeep; 9: evidence."""
        grades = {one.grade for one in self.ailments}
        return 9 if "evidence" in grades else 7 if "fault" in grades else 0

    def as_dict(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {"ok": self.exit_code == 0, "case": self.case,
                "ailments": [one.as_dict() for one in self.ailments]}


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder, in bytes, for a user without special rights."""
    return shutil.disk_usage(folder).free


def examine(
    where: str, *, folder: Path | None = None, clock: Callable[[], datetime] = now,
    free: Free = free_bytes, against: Iterable[str] = (), told: Told | None = None,
) -> Report:
    """Looks at everything. Never raises for what it was asked to find; never changes anything.

    ``against`` are checkpoints kept elsewhere. Raises Invalid for an address that is none.
    """
    place, backend = backend_of(where, folder)
    backend.close()
    found = [*_machine(place, free)]
    try:
        with Case.open(where, folder=folder, clock=clock) as case:
            found += _case(case, clock(), list(against), told)
    except HeadstampError as error:
        found.append(_not_opened(where, error))
        found += _backups(place, None, clock())[0]
    found += _parts()
    return Report(without_password(where), tuple(sorted(found, key=lambda one: _RANK[one.grade])))


def _case(case: Case, at: datetime, against: list[str], told: Told | None) -> list[Ailment]:
    ailments, witness = _backups(case.folder, case, at)
    found = [*_clock(case, at), *ailments, *_engine(case), *_swap(case)]
    found += of_findings(check_case(case, against=[*against, *witness], told=told))
    # A log that is not whole is told of above: who vouches for it comes after.
    if all(one.grade != "evidence" for one in found):
        found += _witnesses(case)
    return [*found, *_beside(case), *_waiting(case), *between_devices(case, at),
            *_unfinished(case, at)]


def _not_opened(where: str, error: HeadstampError) -> Ailment:
    shown = without_password(where)
    if isinstance(error, Missing):
        return Ailment("case_missing", "fault", shown, "There is no case here", _NO_CASE)
    if isinstance(error, Conflicting):
        return Ailment("another_version", "fault", shown, error.message, (
            "Use the newest headstamp you have; if it still says so, ask whoever gave you the case."
            if "newer headstamp" in error.message else
            "Make a backup (headstamp backup TO), then run: headstamp upgrade."))
    if isinstance(error, Tampered | Unreadable):
        return Ailment("case_damaged", "evidence", shown, f"The case cannot be opened: {error.message}",
                       "Change nothing. Copy the whole folder as it is, tell the evidence custodian, "
                       "and restore the latest backup (headstamp restore BACKUP NEW_FOLDER).")
    return Ailment("case_unavailable", "fault", shown, f"The case cannot be used: {error.message}",
                   "Look whether the disk is plugged in and writable and the database runs; try again.")


def _machine(place: Path, free: Free) -> Iterator[Ailment]:
    """Disk and permissions."""
    if not place.is_dir():
        return
    room = free(place)
    told = f"{room / 1e6:,.0f} MB are free on the disk of {place}"
    make_room = ("Move other things off this disk; nothing of the case may be deleted by hand but the "
                 "folders derived and snapshots in it, which headstamp makes again (but snapshots/kept-..., "
                 "which findings were drawn from).")
    if room < FULL_BYTES:
        yield Ailment("disk_full", "fault", str(place), f"The disk is full: {told}",
                      "Stop recording. " + make_room)
    elif room < NEARLY_BYTES:
        yield Ailment("disk_nearly_full", "fault", str(place), f"The disk is nearly full: {told}",
                      make_room)
    for folder in (place, place / "originals"):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield Ailment("not_writable", "fault", str(folder), "This user may not write here",
                          f"Let the owner of the machine run: chown -R $USER {place}; if the disk is "
                          "write-protected, take the protection off.")
    key = place / "keys" / "device.key"
    if key.is_file():
        mode = stat.S_IMODE(key.stat().st_mode)
        if mode & 0o077:
            yield Ailment("key_open", "fault", str(key), "Other users of this machine can read the "
                          f"signing key (mode {mode:o})", f"Run: chmod 600 {key}")
        elif not os.access(key, os.R_OK):
            yield Ailment("key_unreadable", "fault", str(key), "This user may not read the signing key: "
                          "nothing can be recorded", "Work as the user who made the case.")
    elif key_was_moved(place):
        yield Ailment("key_moved", "fault", str(key.parent), "The case was moved elsewhere, and its key "
                      "with it: here it can be read, not changed",
                      "Work with the case at its new place. Only if there is no case there, because the "
                      "move was cut off: rename device.key.moved to device.key.")
    elif key.parent.is_dir():
        yield Ailment("key_missing", "fault", str(key), "The signing key is not here: the case can be "
                      "read and verified, not changed",
                      "Put the copy of device.key that was kept in a safe place into this folder.")


def _clock(case: Case, at: datetime) -> Iterator[Ailment]:
    found = changes(case)
    remedy = ("Set the clock of this machine (time zone too) before recording anything. What was "
              "recorded keeps its order by the log, whatever the clock said.")
    if found:
        latest = max(found, key=lambda one: one.at)
        if datetime.fromisoformat(latest.at) > at + timedelta(seconds=_CLOCK_SECONDS):
            yield Ailment("clock_behind", "fault", f"entry {latest.entry}",
                          f"This machine's clock says {at:%Y-%m-%d %H:%M} UTC, but an entry of the log "
                          f"was made at {latest.at[:16].replace('T', ' ')} UTC", remedy)
    back = turned_back(found)
    for before, after in back[:5]:
        yield Ailment("clock_turned_back", "note", f"entry {after.entry}",
                      f"The clock was set back: entry {before.entry} says {before.at[:19]}, the next "
                      f"change {after.at[:19]} ({len(back)} such places)",
                      "Nothing is lost: the log's order holds. Note in the case what was wrong with the "
                      "clock, for whoever asks later.")


def _backups(place: Path, case: Case | None, at: datetime) -> tuple[list[Ailment], list[str]]:
    """What ails the backups; and the checkpoint of the last one, as an outside witness."""
    make = "Plug in the backup disk and run: headstamp backup TO."
    try:
        last = last_backup(place)
    except HeadstampError as error:
        return [Ailment("backup_note_damaged", "fault", str(place), error.message, make)], []
    size = case.checkpoint().size if case is not None else None
    if last is None:
        if size == 0 or not place.is_dir():
            return [], []
        return [Ailment("no_backup", "fault", str(place), "There is no backup of this case from this "
                        "machine", make)], []
    found: list[Ailment] = []
    when = datetime.fromisoformat(last["at"])
    age = at - when
    if size is not None and str(size) != last["entries"] and age > timedelta(hours=BACKUP_HOURS):
        found.append(Ailment(
            "old_backup", "fault", last["place"], f"The last backup is of {when:%Y-%m-%d %H:%M} UTC; "
            f"{max(0, size - int(last['entries']))} entries were made since", make))
    state = Path(last["place"]) / "states" / last["state"]
    if not Path(last["place"]).is_dir():
        grade: Grade = "fault" if age > timedelta(days=UNSEEN_DAYS) else "note"
        found.append(Ailment("backup_not_here", grade, last["place"], "The last backup is not "
                             "within reach now (its disk is not plugged in?)",
                             "Plug the disk in now and then and run headstamp doctor again."))
        return found, []
    try:
        manifest = read_manifest(state)
    except HeadstampError as error:
        found.append(Ailment("backup_damaged", "fault", str(state), f"The last backup is gone or "
                             f"damaged: {error.message}", "Make a new one now, best on another disk: "
                             "headstamp backup TO."))
        return found, []
    wrong = [
        part.path for part, path in parts_of(state, state.parent.parent / "originals", manifest)
        if not path.is_file() or path.stat().st_size != part.size
    ]
    if wrong:
        found.append(Ailment("backup_damaged", "fault", str(state), f"{len(wrong)} files of the last "
                             f"backup are missing or cut, the first: {wrong[0]}",
                             "Make a new one now: headstamp backup TO mends what is missing there."))
    return found, [manifest.checkpoint]


def _swap(case: Case) -> Iterator[Ailment]:
    """Whether what an unlocked encrypted case shows may be written to a disk in the open."""
    swaps = open_swaps() if case.working.sealed else []
    if swaps:
        yield Ailment("swap_open", "fault", swaps[0], "This machine may write its memory to a disk that "
                      "is not known to be encrypted: parts of the case, and its key, could be found there",
                      "Encrypt the machine's swap or switch it off (sudo swapoff -a, and take it out of "
                      "/etc/fstab). If it is a file on an encrypted disk, nothing needs doing.")


def _engine(case: Case) -> Iterator[Ailment]:
    for name in case.backend.unsafe_settings():
        yield Ailment("database_unsafe", "fault", name, f"The database server runs with {name} off: a "
                      "power cut loses what was acknowledged",
                      f"Let whoever keeps the server set {name} = on and restart it.")


def _beside(case: Case) -> Iterator[Ailment]:
    """The indexes that follow from the records."""
    index = index_path(case)
    try:
        read_kept(case)
    except Missing:
        if case.read("sealed").totals().get("marking", 0) >= LEAST_UNSAVED:
            yield Ailment("index_missing", "note", str(index), "The index of markings is not there",
                          "Nothing needs doing: the next search makes it, and takes longer once.")
    except (Unreadable, Tampered) as error:
        yield Ailment("index_damaged", "fault", str(index), f"The index of markings is damaged: "
                      f"{error.message}", f"Delete {index}; it is made again by the next search.")
    behind = search_behind(case)
    if behind:
        yield Ailment("search_behind", "note", "search", f"The search index has not taken in {behind} "
                      "entries yet", "Nothing needs doing: the next search does it.")


def _witnesses(case: Case) -> Iterator[Ailment]:
    """Whether anybody outside could show that this log was written anew."""
    ours = [one for one in seen_witnesses(case) if one.ours and one.standing != "bad"]
    unchecked = [one for one in ours if one.standing == "not_checked"]
    if unchecked:
        yield Ailment("time_stamp_not_checked", "note", unchecked[0].id, f"{len(unchecked)} time stamps are "
                      f"on file that are {unchecked[0].why}",
                      "Write the log out (headstamp export-log FOLDER) and check them as the README in "
                      "its folder timestamps says.")
    told = {change.entry: change.at for change in changes(case)}
    ahead = [one for one in ours if one.standing == "good" and one.size - 1 in told
             and datetime.fromisoformat(told[one.size - 1])
             > datetime.fromisoformat(one.at) + timedelta(seconds=_CLOCK_SECONDS)]
    if ahead:
        yield Ailment("clock_was_ahead", "note", ahead[0].id, f"Entry {ahead[0].size - 1} says it was made at "
                      f"{told[ahead[0].size - 1][:16].replace('T', ' ')} UTC, but {ahead[0].holder} had "
                      f"stamped it by {ahead[0].at[:16].replace('T', ' ')} UTC ({len(ahead)} such stamps)",
                      "This machine's clock was ahead then, or the authority's behind. Nothing is lost: "
                      "the log's order holds. Note in the case what was wrong, for whoever asks later.")
    synced = any(row.values.get("receipt") for row in case.read("sealed").stream("bundle"))
    if not ours and not synced and case.checkpoint().size:
        yield Ailment("no_witness", "note", "witness", "Nobody outside is known to have a checkpoint of "
                      "this log: whoever holds this machine could write it anew",
                      "Give one to somebody at the end of the day and note it (headstamp witness), or "
                      "have it time-stamped (headstamp stamp).")


def _waiting(case: Case) -> Iterator[Ailment]:
    """Requests for time stamps that no authority has answered."""
    folder = folder_of(case)
    try:
        waiting = all_waiting(case)
    except Unreadable as error:
        yield Ailment("stamp_request_damaged", "fault", str(folder), error.message,
                      "Delete that file; nothing of the case is in it.")
        return
    if waiting:
        yield Ailment("stamps_waiting", "note", str(folder), f"{len(waiting)} requests for a time stamp "
                      f"wait for an answer, the oldest since {waiting[0].since[:10]}"
                      + (f" ({waiting[0].problem})" if waiting[0].problem else ""),
                      "When there is a line, run headstamp stamp.")


def _unfinished(case: Case, at: datetime) -> Iterator[Ailment]:
    waiting = case.folder / "imports" / "waiting"
    names = [one.name for one in waiting.iterdir()] if waiting.is_dir() else []
    if names:
        yield Ailment("imports_waiting", "note", str(waiting), f"{len(names)} uploads were begun and not "
                      "finished: what is in them is not in the case, and not in a backup",
                      "Open Import in the pages and finish or drop them.")
    if noted(case.working) is not None:
        yield Ailment("erasure_unclean", "fault", str(case.folder / LEFT), "An erasure is carried out, but "
                      "traces of what was erased may be left in the case's files",
                      "Close the pages and everything else that reads the case, and run: headstamp erase "
                      "--finish")
    problems = waiting_problems(case)
    if problems:
        where = problems[0] if case.working.sealed else str(case.folder / FOLDER / problems[0])
        yield Ailment("rows_refused", "note", where, f"{len(problems)} files hold rows that "
                      "were not accepted when they were imported",
                      "Mend the rows in each file and import it.")
    old = at.timestamp() - _LEFT_OVER_SECONDS
    left = [
        *(one for one in case.vault.folder.glob(".incoming-*") if one.stat().st_mtime < old),
        *case.folder.parent.glob(f".{case.folder.name}.restoring"),
        *(one for one in unpacked_left(case) if one.stat().st_mtime < old),
    ]
    for one in left[:5]:
        yield Ailment("left_over", "note", str(one), "Something was cut off here by a power cut or a "
                      "crash; nothing acknowledged was lost", f"It may be deleted: {one}")
    unnamed = unnamed_originals(case)
    if unnamed:
        yield Ailment("originals_unnamed", "note", str(case.vault.folder), f"{unnamed} originals are kept "
                      "that no record names: their recording was refused or cut off",
                      "If a photograph is missed in the case, import it again. Delete nothing.")


def _parts() -> Iterator[Ailment]:
    if not compiled():
        yield Ailment("search_not_compiled", "note", "headstamp.markings", "The compiled search of "
                      "markings is not installed: the same answers, slower",
                      "Install headstamp from a wheel made for this machine.")
    for part in absent():
        yield Ailment("part_missing", "note", part.part, f"Not installed; it reads {part.reads}",
                      f"With internet: {part.add}")


def in_order(ailments: Sequence[Ailment]) -> list[tuple[str, list[Ailment]]]:
    """The ailments under their grades, for showing."""
    heads = {"evidence": "The evidence", "fault": "To be mended", "note": "Good to know"}
    return [
        (head, some) for grade, head in heads.items()
        if (some := [one for one in ailments if one.grade == grade])
    ]
