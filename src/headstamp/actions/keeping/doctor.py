"""The doctor: everything about a case and its machine that may go wrong, looked at; nothing changed.

Its checks, in order: can the case be opened; may its folder be written and its key
be read by others; is there room on the disk; does the clock agree with the log; is
there a backup, and is it this log's; does everything verify; are the indexes beside
the case whole; what is unfinished; which parts are not installed.
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from headstamp.actions.cases import check_case
from headstamp.actions.desk.request_letter import FOLDER as LETTERS
from headstamp.actions.keeping.ailment import Ailment, bundles_in, of_findings, restoring, typed
from headstamp.actions.keeping.backup_ailments import ailing_backups, backup_place
from headstamp.actions.keeping.between_devices import between_devices, senders
from headstamp.actions.keeping.log_ailments import ailing_clock, ailing_witnesses, waiting_stamps
from headstamp.actions.keeping.swap import open_swaps
from headstamp.actions.keeping.work_ailments import (
    ailing_indexes,
    ailing_snapshots,
    late_work,
    unfinished,
)
from headstamp.errors import Conflicting, HeadstampError, Missing, Tampered, Unreadable
from headstamp.intake.machine.parts import absent
from headstamp.markings.core import compiled
from headstamp.store.address import backend_of, without_password
from headstamp.store.backup import other_files
from headstamp.store.case import Case, now
from headstamp.store.cipher_file import MAGIC
from headstamp.store.move import key_was_moved
from headstamp.store.progress import Told
from headstamp.store.verify import Finding

FULL_BYTES, NEARLY_BYTES = 100_000_000, 1_000_000_000
"""Below the first nothing can be relied on any more; below the second it is time to make room."""
_RANK = {"evidence": 0, "fault": 1, "note": 2}
_NO_CASE = ("Look whether the address is right and the disk is plugged in; if the case is lost, put the "
            "latest backup in its place.")

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
    found = [*_machine(where, place, free)]
    try:
        with Case.open(where, folder=folder, clock=clock) as case:
            found += look_at(case, clock(), against=list(against), told=told)
    except HeadstampError as error:
        found.append(_not_opened(where, place, error))
        found += ailing_backups(where, place, None, clock())[0]
    return Report(without_password(where), _gravest_first([*found, *_parts()]))


def look_round(
    case: Case, clearance: str, findings: Sequence[Finding] = (), *, free: Free = free_bytes
) -> Report:
    """What ails an open case, as far as it is seen at once and with this clearance: nothing is verified anew.

    ``findings`` are those of the last verification. For a page, which must not keep its reader waiting.
    """
    found = [*_machine(case.where, case.folder, free),
             *look_at(case, case.clock(), findings=findings, clearance=clearance), *_parts()]
    return Report(without_password(case.where), _gravest_first(found))


def look_at(
    case: Case, at: datetime, *, against: Sequence[str] = (), told: Told | None = None,
    findings: Sequence[Finding] | None = None, clearance: str = "sealed",
) -> list[Ailment]:
    """What ails an open case, not its machine. Without ``findings`` all of it is verified.

    ``clearance`` is what the reader of the report may see of its records.
    """
    ailments, witness = ailing_backups(case.where, case.folder, case, at)
    backup = backup_place(case.folder)
    found = [*ailing_clock(case, at), *ailments, *_engine(case), *_swap(case), *_open_files(case)]
    if findings is None:
        findings = check_case(case, against=[*against, *witness], told=told)
    found += of_findings(findings, case.where, backup, senders(case, bundles_in(findings), clearance))
    # A log that is not whole is told of above: who vouches for it comes after.
    if all(one.grade != "evidence" for one in found):
        found += ailing_witnesses(case, at, clearance)
    return [*found, *ailing_indexes(case),
            *ailing_snapshots(case, restoring(case.where, backup), clearance), *waiting_stamps(case),
            *between_devices(case, at, clearance), *late_work(case, at, clearance), *unfinished(case, at)]


def _gravest_first(found: Iterable[Ailment]) -> tuple[Ailment, ...]:
    return tuple(sorted(found, key=lambda one: _RANK[one.grade]))


def _not_opened(where: str, place: Path, error: HeadstampError) -> Ailment:
    shown = without_password(where)
    backup = backup_place(place)
    if isinstance(error, Missing):
        into = "NEW_FOLDER" if place.exists() else where
        return Ailment("case_missing", "fault", shown, "There is no case here", _NO_CASE,
                       (shlex.join(["headstamp", "restore", backup or "BACKUP_DISK", without_password(into)]),))
    if isinstance(error, Conflicting):
        if "newer headstamp" in error.message:
            return Ailment("another_version", "fault", shown, error.message,
                           "Use the newest headstamp you have; if it still says so, ask whoever gave you the case.")
        return Ailment("another_version", "fault", shown, error.message, "Make a backup first, then bring the case "
                       "up to date.", (typed(where, "backup", backup or "BACKUP_DISK"), typed(where, "upgrade")))
    if isinstance(error, Tampered | Unreadable):
        return Ailment("case_damaged", "evidence", shown, f"The case cannot be opened: {error.message}",
                       "Change nothing. Copy the whole folder as it is, tell the evidence custodian, "
                       "and put the latest backup beside it, into a new folder.", restoring(where, backup))
    return Ailment("case_unavailable", "fault", shown, f"The case cannot be used: {error.message}",
                   "Look whether the disk is plugged in and writable and the database runs; try again.",
                   (typed(where, "doctor"),))


def _machine(where: str, place: Path, free: Free) -> Iterator[Ailment]:
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
                          "Let who administers this machine give you the folder. If the disk is "
                          "write-protected, take the protection off.",
                          (shlex.join(["sudo", "chown", "-R", getpass.getuser(), str(place)]),))
    key = place / "keys" / "device.key"
    if key.is_file():
        mode = stat.S_IMODE(key.stat().st_mode)
        if mode & 0o077:
            yield Ailment("key_open", "fault", str(key), "Other users of this machine can read the "
                          f"signing key (mode {mode:o})", "Let nobody else read it.",
                          (shlex.join(["chmod", "600", str(key)]),))
        elif not os.access(key, os.R_OK):
            yield Ailment("key_unreadable", "fault", str(key), "This user may not read the signing key: "
                          "nothing can be recorded", "Work as the user who made the case.")
    elif key_was_moved(place):
        yield Ailment("key_moved", "fault", str(key.parent), "The case was moved elsewhere, and its key "
                      "with it: here it can be read, not changed",
                      "Work with the case at its new place. Only if there is no case there, because the "
                      "move was cut off, give the key its name back.",
                      (shlex.join(["mv", str(key) + ".moved", str(key)]),))
    elif key.parent.is_dir():
        yield Ailment("key_missing", "fault", str(key), "The signing key is not here: the case can be "
                      "read and verified, not changed",
                      "Put the copy of device.key that was kept in a safe place into this folder. If there "
                      "is none, make a new key; every checker will tell that the old one did not sign the change.",
                      (typed(where, "key", "replace", "--lost", "--reason", "TEXT"),))


def _swap(case: Case) -> Iterator[Ailment]:
    """Whether what an unlocked encrypted case shows may be written to a disk in the open."""
    swaps = open_swaps() if case.working.sealed else []
    if swaps:
        yield Ailment("swap_open", "fault", swaps[0], "This machine may write its memory to a disk that "
                      "is not known to be encrypted: parts of the case, and its key, could be found there",
                      "Encrypt the machine's swap, or switch it off and take it out of /etc/fstab. "
                      "If it is a file on an encrypted disk, nothing needs doing.", ("sudo swapoff -a",))


def _open_files(case: Case) -> Iterator[Ailment]:
    """What a person put into the folder of an encrypted case: nothing of headstamp's own lies there in the open."""
    if not case.working.sealed:
        return
    letters = case.folder / LETTERS
    for path in other_files(case.folder):
        try:
            with path.open("rb") as stream:
                if stream.read(len(MAGIC)) == MAGIC:
                    continue
        except FileNotFoundError:
            continue  # gone since it was listed
        yield Ailment("lies_open", "fault", str(path), "This file lies readable in the folder of an encrypted case, "
                      "and in its backups",
                      "Have the case keep the templates of letters: they are encrypted then, and the readable ones "
                      "deleted." if path.parent == letters else "Move it to an encrypted disk.",
                      (typed(case.where, "request", "templates", str(letters), "--keep"),)
                      if path.parent == letters else ())


def _engine(case: Case) -> Iterator[Ailment]:
    for name in case.backend.unsafe_settings():
        yield Ailment("database_unsafe", "fault", name, f"The database server runs with {name} off: a "
                      "power cut loses what was acknowledged",
                      f"Let whoever keeps the server set {name} = on and restart it.")


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
    heads: dict[str, str] = {"evidence": "The evidence", "fault": "To be mended", "note": "Good to know"}
    return [
        (head, some) for grade, head in heads.items()
        if (some := [one for one in ailments if one.grade == grade])
    ]
