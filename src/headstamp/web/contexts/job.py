"""One job: how far it is, and what came of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from headstamp.actions.exchange.pack import PackResult
from headstamp.actions.intake.result import ImportResult
from headstamp.actions.markings.parts import PartsRead
from headstamp.actions.report import ReportResult
from headstamp.intake.problems import EXTRA
from headstamp.store.reader import Reader
from headstamp.web.contexts.verified import verified_for
from headstamp.web.exchanging import AllTaken
from headstamp.web.jobs import Job
from headstamp.web.page import ON_PAGE, Context, Params
from headstamp.web.work import INDEX, Imported, Verified

_PROBLEMS_SHOWN = 100


@dataclass(frozen=True)
class ProblemRow:
    """One refused row: its number, and field, value, rule and advice of what is wrong."""

    row: str
    field: str
    value: str
    rule: str
    advice: str


@dataclass(frozen=True)
class FileView:
    """What became of one file."""

    name: str
    counts: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    document: str
    problems: tuple[ProblemRow, ...]
    download: str
    error: str
    error_problems: tuple[str, ...]


@dataclass(frozen=True)
class JobContext(Context):
    """A job. ``left`` is in seconds, ``rate`` a second; both None where they cannot be told."""

    id: str
    what: str
    title: str
    state: str
    step: str
    done: int
    total: int
    seconds: float
    rate: float | None
    left: float | None
    result: Any
    error: dict[str, object] | None
    job: Job | None = field(default=None, metadata=ON_PAGE)
    files: tuple[FileView, ...] = field(default=(), metadata=ON_PAGE)
    imported: Imported | None = field(default=None, metadata=ON_PAGE)
    verified: Verified | None = field(default=None, metadata=ON_PAGE)
    report: ReportResult | None = field(default=None, metadata=ON_PAGE)
    parts: PartsRead | None = field(default=None, metadata=ON_PAGE)
    packed: PackResult | None = field(default=None, metadata=ON_PAGE)
    taken: AllTaken | None = field(default=None, metadata=ON_PAGE)
    per_cent: int | None = field(default=None, metadata=ON_PAGE)
    told: str = field(default="", metadata=ON_PAGE)


def job_context(reader: Reader, params: Params) -> JobContext:
    """The job named in the address. Raises Missing."""
    return job_view(reader, params.jobs.get(params.path["id"]))


def job_view(reader: Reader, job: Job) -> JobContext:
    """A job as its page shows it to this reader."""
    result = verified_for(reader, job.result) if isinstance(job.result, Verified) else job.result
    imported = result if isinstance(result, Imported) else None
    verified = result if isinstance(result, Verified) else None
    report = result if isinstance(result, ReportResult) else None
    parts = result if isinstance(result, PartsRead) else None
    return JobContext(
        id=job.id, what=job.what, title=job.title, state=job.state, step=job.step, done=job.done,
        total=job.total, seconds=round(job.seconds, 1), rate=round(job.rate, 1) or None,
        left=None if job.left is None else round(job.left, 1), result=_plain(result),
        error=job.error.as_dict() if job.error else None, job=job,
        files=tuple(_files(job.id, imported)) if imported else (), imported=imported,
        verified=verified, report=report, parts=parts,
        packed=result if isinstance(result, PackResult) else None,
        taken=result if isinstance(result, AllTaken) else None,
        per_cent=None if job.share is None else int(100 * job.share), told=progress_told(job),
    )


def progress_told(job: Job) -> str:
    """How far the job is, in words.

    >>> progress_told(Job("1", "import", "x", step="a.csv", done=500, total=2000, now=10.0))
    'a.csv: 500 of about 2,000, 50 a second, 30 seconds left'
    """
    if not job.step:
        return "beginning"
    # Of a file the share that is read is known, not the number of its rows.
    about = "about " if job.what in ("import", "check") and job.step != INDEX else ""
    parts = [f"{job.done:,} of {about}{job.total:,}" if job.total else f"{job.done:,}"]
    if job.rate >= 1:
        parts.append(f"{job.rate:,.0f} a second")
    if job.left is not None and job.left >= 1:
        parts.append(f"{duration(job.left)} left")
    return f"{job.step}: {', '.join(parts)}" if job.done or job.total else job.step


def duration(seconds: float) -> str:
    """Seconds in words.

    >>> duration(1), duration(30.2), duration(200), duration(7300)
    ('1 second', '30 seconds', '3 minutes', '2 hours')
    """
    if seconds < 90:
        n, word = max(1, round(seconds)), "second"
    elif seconds < 5400:
        n, word = round(seconds / 60), "minute"
    else:
        n, word = round(seconds / 3600), "hour"
    return f"{n} {word}{'s' if n != 1 else ''}"


def _plain(result: Any) -> Any:
    if isinstance(result, Imported):
        return {"dry": result.dry, "files": [one.as_dict() for one in result.files]}
    if isinstance(result, Verified):
        return {"at": result.at, "size": result.size, "against": result.against,
                "ok": not result.findings, "findings": [one.as_dict() for one in result.findings]}
    if isinstance(result, ReportResult):
        return {"form": result.form, "size": result.size, "entries": result.entries,
                "root": result.root, "items": result.items}
    if isinstance(result, PartsRead):
        return result.as_dict()
    if isinstance(result, PackResult):
        # Where it lies on the disk is not told.
        return {name: value for name, value in result.as_dict().items() if name != "path"}
    if isinstance(result, AllTaken):
        return {"files": [one.as_dict() for one in result.files]}
    return None


def _files(job: str, imported: Imported) -> Iterator[FileView]:
    for number, one in enumerate(imported.files):
        result = one.result
        download = f"/jobs/{job}/problems/{number}" if result and result.problems else ""
        yield FileView(
            one.name, _counts(result), _warnings(result),
            result.document_id if result and not imported.dry else "",
            tuple(_problems(result)), download, one.error.message if one.error else "",
            tuple(str(problem) for problem in one.error.problems) if one.error else (),
        )


def _warnings(result: ImportResult | None) -> tuple[str, ...]:
    """The import's warnings without the command line's advice."""
    return tuple(one.partition("; say --as ")[0] for one in result.warnings) if result else ()


def _counts(result: ImportResult | None) -> tuple[tuple[str, int], ...]:
    if result is None:
        return ()
    return (("read", result.read), ("accepted", result.accepted), ("unchanged", result.unchanged),
            ("refused", result.refused))


def _problems(result: ImportResult | None) -> Iterator[ProblemRow]:
    if result is None or result.problems is None or not result.problems.is_file():
        return
    with result.problems.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        next(rows, None)
        for row in islice(rows, _PROBLEMS_SHOWN):
            told = row[-len(EXTRA):]
            if len(told) == len(EXTRA):
                yield ProblemRow(*told)
