"""Where the rows that an import refused are kept until somebody mends them.

In a plain case in a file in its folder ``imports``. An encrypted case keeps the same file
encrypted: it is read from the pages, or written out where the person says
(``headstamp import --problems FILE``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.intake.problems import ENDING, ProblemsFile
from headstamp.store.case import Case
from headstamp.store.memory import MemoryPath

FOLDER = "imports"


def problems_file(case: Case, name: str, columns: Sequence[str], *, dry_run: bool) -> ProblemsFile:
    """The problems file of one import of ``name``; that of a trial is kept nowhere in the case."""
    if not case.working.sealed:
        return ProblemsFile(None if dry_run else case.folder / FOLDER, name, columns)
    return ProblemsFile(None, name, columns, MemoryPath.of if dry_run else _Keeper(case))


class _Keeper:
    """Keeps a problems file encrypted; an older one with other rows is moved aside, not lost."""

    def __init__(self, case: Case) -> None:
        self._working = case.working

    def __call__(self, name: str, data: bytes) -> Path:
        try:
            older = self._working.read(FOLDER, name)
            if older is not None and older != data:
                self._working.write(FOLDER, self._free(name), older)
            if older != data:
                self._working.write(FOLDER, name, data)
        except OSError as error:
            raise Unavailable(f"the refused rows cannot be kept: {error.strerror}") from error
        return MemoryPath.of(name, data)

    def _free(self, name: str) -> str:
        taken, number = set(self._working.names(FOLDER)), 1
        while (aside := f"{name.removesuffix('.csv')}.{number}.csv") in taken:
            number += 1
        return aside


def waiting_problems(case: Case) -> list[str]:
    """The names of the problems files that wait in a case to be mended."""
    end = ENDING.removesuffix(".csv")
    return [name for name in case.working.names(FOLDER) if "/" not in name and end in name]
