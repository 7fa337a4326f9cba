"""What can ail a case or its machine, in words for a field officer, each with its remedy.

The words say what happened and what to do next, for somebody who is no engineer
and may be alone with the machine. What touches evidence always begins with
"change nothing": a remedy that destroys traces is worse than the fault. What is to be
typed stands by itself, with this case's address, so that it works as it stands; a word
in capitals is for the reader to fill in (``FILL_IN``).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from headstamp.store.address import without_password
from headstamp.store.verify import Finding

Grade = Literal["evidence", "fault", "note"]
SHOWN = 20
FILL_IN: Final[Mapping[str, str]] = {
    "BACKUP_DISK": "the folder of the backup disk", "NEW_FOLDER": "a folder that is not there yet",
    "DEVICE": "its name", "FILE": "the file", "TEXT": "your words, in quotes",
    "WHO": "who has it, in quotes", "LIST_FILE": "the newer list", "DAY": "the day that it bears, such as 2026-02-01",
}
"""What stands in a command for something that only its reader knows."""


@dataclass(frozen=True, slots=True)
class Ailment:
    """One thing that is wrong (``evidence``, ``fault``) or good to know (``note``).

    ``what`` is a stable code, ``about`` the record, file or place, ``words`` what is
    the matter, ``remedy`` what to do; ``run`` are the commands for it, to be typed in this order.
    """

    what: str
    grade: Grade
    about: str
    words: str
    remedy: str
    run: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The ailment as plain JSON values."""
        return {"what": self.what, "grade": self.grade, "about": self.about, "words": self.words,
                "remedy": self.remedy, "run": list(self.run)}

    @property
    def fill_in(self) -> tuple[tuple[str, str], ...]:
        """The words in capitals in its commands, and what goes in their place."""
        said = {word for line in self.run for word in shlex.split(line)}
        return tuple((word, means) for word, means in FILL_IN.items() if word in said)


def typed(case: str, *words: str) -> str:
    """A command as it is typed for a case.

    >>> typed("my finds", "backup", "BACKUP_DISK")
    "headstamp backup BACKUP_DISK --case 'my finds'"
    """
    return shlex.join(["headstamp", *words, "--case", without_password(case)])


def restoring(case: str, backup: str) -> tuple[str, ...]:
    """The commands that put the latest backup beside the case and look at it.

    >>> restoring("finds", "")
    ('headstamp restore BACKUP_DISK finds-restored', 'headstamp doctor --case finds-restored')
    """
    into = "NEW_FOLDER" if "://" in case else f"{case.rstrip('/')}-restored"
    return shlex.join(["headstamp", "restore", backup or "BACKUP_DISK", into]), typed(into, "doctor")


_CUSTODIAN = ("Change nothing. Copy the whole folder of the case as it is, tell the evidence "
              "custodian, and ")
_BACKUP = "put the latest backup beside it, into a new folder."
_ORIGINAL = (_CUSTODIAN + "look for the file in the backup: back up again (a good copy there is not lost by "
             "it), put the backup into a new folder, and go on there if nothing is wrong with it.")

# Codes of verification: what it means, and what to do.
_FOUND: dict[str, tuple[str, str]] = {
    "original_missing": ("A photograph or document is gone from the case", _ORIGINAL),
    "original_changed": ("A photograph or document is not the one that was kept", _ORIGINAL),
    "record_changed": ("A record was changed without an entry in the log", _CUSTODIAN + _BACKUP),
    "record_missing": ("A record of which the log tells is gone", _CUSTODIAN + _BACKUP),
    "record_not_logged": ("A record was slipped in without an entry in the log", _CUSTODIAN + _BACKUP),
    "database_damaged": ("The database file is damaged; the disk may be dying",
                         "Stop working on this disk. " + _CUSTODIAN + _BACKUP),
    "settings_changed": ("The settings or the key of the case were changed", _CUSTODIAN + _BACKUP),
    "time_stamp_invalid": (
        "A time stamp does not hold, or is not of this log's checkpoint",
        _CUSTODIAN + "keep every checkpoint and time stamp that is held elsewhere: they show which is "
        "right. If the record was only written down wrongly, correct it."),
    "erasure_unfinished": (
        "Something that two people agreed to erase is still there",
        "Finish it. It came approved from another device, or was cut off."),
    "erasure_alone": (
        "An erasure was approved by the person who asked for it, and counts for nothing",
        _CUSTODIAN + "ask how that came into the log: headstamp itself refuses it."),
    "not_checked": ("The rest could not be checked", _CUSTODIAN + _BACKUP),
    "fork": ("The log is not the one that was vouched for elsewhere: it was written anew",
             _CUSTODIAN + "keep the outside checkpoint or backup it contradicts."),
    "log_shorter_than_checkpoint": (
        "The log is shorter than it once was: an older state was put back, or its end was cut off",
        _CUSTODIAN + "keep the outside checkpoint or backup that shows the longer log. If it is a backup, "
        + _BACKUP),
}
# Something left to be done, and nothing against the evidence.
_UPKEEP = frozenset({"erasure_unfinished"})
_DERIVED = ("table_changed", "The lists and counts do not agree with the records they are made from",
            _CUSTODIAN + "then make them anew from the log.")
_TABLES = ("The database holds a table or column that is not headstamp's, or lacks one",
           _CUSTODIAN + _BACKUP)
_LOG = ("The log or its signatures do not hold", _CUSTODIAN + _BACKUP)

# Of a bundle another device's log is kept, or the whole of it where it was put aside: no photograph.
_BUNDLE = {"original_missing": "What was kept of a bundle of another device is gone from the case",
           "original_changed": "What was kept of a bundle of another device is not what came"}
_IN_BACKUP = _ORIGINAL + " Or, "


def bundles_in(found: Sequence[Finding]) -> list[str]:
    """The bundles of which what was kept is gone or changed."""
    return [one.id for one in found if one.what in _BUNDLE and one.id.startswith("bndl-")]


def of_findings(
    found: Sequence[Finding], case: str, backup: str = "", senders: Mapping[str, str] | None = None
) -> list[Ailment]:
    """What verification found, in these words; each named, the many of one kind cut short.

    ``case`` is its address, ``backup`` the place of the last backup where one is known,
    ``senders`` what the devices are called from which bundles came, by the bundles' ids.
    """
    told: list[Ailment] = []
    seen: dict[str, int] = {}
    for one in found:
        seen[one.what] = seen.get(one.what, 0) + 1
        if seen[one.what] > SHOWN:
            continue
        words, remedy = _words(one)
        if one.what in _BUNDLE and one.id.startswith("bndl-"):
            words, remedy = _BUNDLE[one.what], _packed_again((senders or {}).get(one.id, ""), backup)
        grade: Grade = "fault" if one.what in _UPKEEP else "evidence"
        told.append(Ailment(one.what, grade, one.id, f"{words}: {one.detail}", remedy,
                            _commands(remedy, case, backup)))
    for what, n in seen.items():
        if n > SHOWN:
            told.append(Ailment(what, "evidence", "", f"{n - SHOWN} more of this kind ({what})",
                                "Look at the whole list.", (typed(case, "verify"),)))
    return told


def _packed_again(sender: str, backup: str) -> str:
    return (_IN_BACKUP if backup else _CUSTODIAN) + (
        f"pack all of it again on {sender or 'the device that it came from'} (headstamp pack DEVICE --everything, "
        "with its name for this device), and take that in here.")


def _commands(remedy: str, case: str, backup: str) -> tuple[str, ...]:
    if remedy.startswith(_ORIGINAL):
        return typed(case, "backup", backup or "BACKUP_DISK"), *restoring(case, backup)
    if remedy.endswith(_BACKUP):
        return restoring(case, backup)
    if remedy == _DERIVED[2]:
        return typed(case, "upgrade", "--anew"), typed(case, "doctor")
    if remedy == _FOUND["erasure_unfinished"][1]:
        return (typed(case, "erase", "--finish"),)
    return ()


def _words(one: Finding) -> tuple[str, str]:
    if one.what in _FOUND:
        # A damaged search index is no damaged disk: it is made again like the tables.
        if one.what == "database_damaged" and one.detail.startswith(("search_fts", "marking_fts")):
            return "The search index is damaged", _DERIVED[2]
        return _FOUND[one.what]
    if one.what == "table_changed":
        return _DERIVED[1:]
    return _TABLES if one.what == "foreign_table" else _LOG
