"""Writing the report of a case to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headstamp import __version__
from headstamp.actions.measures.plots_again import plots_again
from headstamp.actions.whole_file import write_whole
from headstamp.errors import Invalid
from headstamp.intake.photo import thumbnail
from headstamp.publish.page import render
from headstamp.publish.pdf import print_pdf
from headstamp.publish.report import Report, gather
from headstamp.publish.standing import standing
from headstamp.store.case import Case

Told = Callable[[str, int, int], None]
_FORMS = (".html", ".htm", ".pdf")


@dataclass(frozen=True, slots=True)
class ReportResult:
    """Where the report went, its bytes, and the checkpoint it stands on."""

    path: Path
    size: int
    form: str
    entries: int
    root: str
    items: int


def read_report(case: Case, clearance: str) -> Report:
    """Everything the report of a case says, at its latest checkpoint, for one clearance."""
    with standing(case, clearance) as (stands, reader):
        return gather(reader, stands, program=f"headstamp {__version__}", thumbnail=thumbnail,
                      plots=plots_again(case))


def write_report(
    case: Case, path: Path, *, clearance: str, told: Told | None = None
) -> ReportResult:
    """Writes the report of what ``clearance`` may see, as HTML or PDF by the file's ending.

    The file appears whole or not at all; one that is there is replaced.
    ``told(what, done, all)`` is called at each step. Raises Invalid for another
    ending, Unavailable where the file or a PDF cannot be written.
    """
    form = path.suffix.lower()

    def to_path(content: bytes) -> Path:
        write_whole(path, content, "the report")
        return path

    return report_to(case, form, to_path, path, clearance=clearance, told=told)


def report_to(
    case: Case, form: str, keep: Callable[[bytes], Path], path: Path, *, clearance: str,
    told: Told | None = None,
) -> ReportResult:
    """The same, handed to ``keep``, which gives the path it is read at. ``path`` as it was named."""
    if form not in _FORMS:
        raise Invalid(
            f"a report is written as .html or .pdf, not {path.suffix or 'without an ending'!r}; "
            f"for instance: {path.with_suffix('.html').name}"
        )
    tell = told or (lambda what, done, all_: None)
    steps = 3 if form == ".pdf" else 2
    tell("gathering", 0, steps)
    report = read_report(case, clearance)
    tell("setting", 1, steps)
    page = render(report)
    if form == ".pdf":
        tell("printing", 2, steps)
        content = print_pdf(page)
    else:
        content = page.encode("utf-8")
    kept = keep(content)
    tell("written", steps, steps)
    return ReportResult(
        kept, len(content), "pdf" if form == ".pdf" else "html", report.standing.size,
        report.standing.root, report.quantities.items,
    )
