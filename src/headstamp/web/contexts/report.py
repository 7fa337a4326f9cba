"""The report: what it will hold at this clearance, and the last one written."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.store.reader import Reader
from headstamp.web.contexts.job import JobContext, job_view
from headstamp.web.page import ON_PAGE, Context, Params


@dataclass(frozen=True)
class ReportContext(Context):
    """What a report would be made of."""

    clearance: str
    entries: int
    items: int
    last: JobContext | None
    running: JobContext | None = field(default=None, metadata=ON_PAGE)


def report_context(reader: Reader, params: Params) -> ReportContext:
    """What a report written now would be made of."""
    last, running = params.jobs.latest("report", "done"), params.jobs.latest("report", "running")
    return ReportContext(
        reader.clearance, reader.size(), reader.totals()["item"],
        job_view(reader, last) if last else None, job_view(reader, running) if running else None,
    )
