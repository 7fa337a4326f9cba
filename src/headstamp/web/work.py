"""What jobs do: import, check, verify, write a report. Each is one act of ``actions``, told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.intake.file import import_file
from headstamp.actions.intake.photographs import import_photographs
from headstamp.actions.intake.result import ImportResult
from headstamp.actions.markings.parts import PartsRead, read_parts
from headstamp.actions.report import ReportResult, report_to
from headstamp.errors import HeadstampError, Unavailable
from headstamp.store.case import Case
from headstamp.store.verify import Finding
from headstamp.web.jobs import Told, Work
from headstamp.web.uploads import Waiting, let_go

INDEX = "the search index"
_REPORTS = "derived/reports"
STEPS = {
    "records": "records and log entries", "originals": "originals, byte by byte",
    "gathering": "gathering what the report says", "setting": "setting the page",
    "printing": "printing the PDF", "written": "written",
}


@dataclass(frozen=True)
class FileDone:
    """What became of one file: its result, or the error that refused it as a whole."""

    name: str
    result: ImportResult | None = None
    error: HeadstampError | None = None

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; the problems file is named, not where it lies."""
        told: dict[str, Any] = {"name": self.name}
        if self.result is not None:
            told |= self.result.as_dict()
            told["problems"] = self.result.problems.name if self.result.problems else None
        if self.error is not None:
            told["error"] = self.error.as_dict()
        return told


@dataclass(frozen=True)
class Imported:
    """What became of all files; ``waiting`` is their id where they were only checked."""

    dry: bool
    files: tuple[FileDone, ...]
    waiting: str = ""


@dataclass(frozen=True)
class Verified:
    """When a verification ended, over how many entries, against how many checkpoints, with what."""

    at: str
    size: int
    against: int
    findings: tuple[Finding, ...] = field(default=())


def importing(case: Case, files: Waiting, *, kind: str, actor: str, dry: bool) -> Work:
    """Imports (or only checks) the files, one after another."""

    def work(told: Told) -> Imported:
        done: list[FileDone] = []
        for path in files.tables:
            done.append(_one(case, path, path.name, kind, actor, dry, told))
        if files.photographs:
            done.append(_one(case, files.photographs, "photographs", kind, actor, dry, told))
        whole = all(one.error is None for one in done)
        if not dry and any(one.result and one.result.accepted for one in done):
            index_case(case, told=lambda n, total: told(INDEX, n, total))
        if not dry and whole:
            let_go(case, files.id)
        return Imported(dry, tuple(done), "" if not dry and whole else files.id)

    return work


def _one(
    case: Case, path: Path | Sequence[Path], name: str, kind: str, actor: str, dry: bool, told: Told
) -> FileDone:
    def tell(rows: int, share: float, rate: float) -> None:
        # How many rows there are is not known before the end; the share of the file is.
        told(name, rows, max(rows, round(rows / share)) if share > 0.001 else 0)

    told(name, 0, 0)
    try:
        reason = f"import of {name}"
        if isinstance(path, Path):
            result = import_file(case, path, kind=kind or None, dry_run=dry, actor=actor, told=tell,
                                 index=False, reason=reason)
        else:
            result = import_photographs(case, path, dry_run=dry, actor=actor, told=tell, index=False,
                                        reason=reason)
    except HeadstampError as error:
        return FileDone(name, error=error)
    return FileDone(name, result)


def verifying(case: Case, against: Sequence[str]) -> Work:
    """Recomputes everything, against checkpoints kept elsewhere where some were given."""

    def work(told: Told) -> Verified:
        size = case.checkpoint().size

        def tell(step: str, done: int, total: int) -> None:
            told(STEPS.get(step, step), done, total)

        findings = check_case(case, against=against, told=tell)
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Verified(at, size, len(against), tuple(findings))

    return work


def reporting(case: Case, form: str, clearance: str) -> Work:
    """Writes the report beside the case, from where the page hands it out."""

    def work(told: Told) -> ReportResult:
        def keep(content: bytes) -> Path:
            try:
                case.working.write(_REPORTS, name, content)
            except OSError as error:
                raise Unavailable(f"the report cannot be kept: {error.strerror}") from error
            return case.working.open(_REPORTS, name) or Path(name)

        def tell(step: str, done: int, total: int) -> None:
            told(STEPS.get(step, step), done, total)

        name = f"report.{form}"
        return report_to(case, f".{form}", keep, Path(name), clearance=clearance, told=tell)

    return work


def reading_parts(case: Case, *, actor: str, clearance: str) -> Work:
    """Reads the texts of components by rules, and takes the readings into the search index."""

    def work(told: Told) -> PartsRead:
        done = read_parts(case, actor=actor, clearance=clearance, told=told)
        index_case(case, told=lambda n, total: told(INDEX, n, total))
        return done

    return work
