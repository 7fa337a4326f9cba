"""Import, verification and report: each begins a job, whose page tells how far it is."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.types import Message

from headstamp.actions.evidence.witnesses import note_witness
from headstamp.actions.report import ReportResult
from headstamp.errors import Invalid, Missing, Problem, Tampered, Unreadable
from headstamp.evidence.note import open_note
from headstamp.publish.witness import note_kept
from headstamp.records import TYPES
from headstamp.web.act import Act
from headstamp.web.answer import desk_of
from headstamp.web.contexts.doctor import DoctorContext, doctor_context
from headstamp.web.contexts.importing import (
    ImportContext,
    WaitingContext,
    import_context,
    waiting_context,
)
from headstamp.web.contexts.job import JobContext, job_context, job_view
from headstamp.web.contexts.report import ReportContext, report_context
from headstamp.web.contexts.verify import VerifyContext, verify_context
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.templating import render
from headstamp.web.uploads import keep, let_go, most_bytes, waiting
from headstamp.web.work import Imported, importing, reporting, verifying

_BY_PERSON = "a form for people; programs use the command line"
_JOB = Parameter("id", "The job's id")


def limited(request: Request, most: int) -> Request:
    """The same request, refused as soon as its body is larger than ``most`` bytes."""
    seen = 0

    async def receive() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise Invalid("these files are too large to be sent this way", [Problem(
                f"at most {most >> 30} GB at once", "Import large files with: headstamp import FILE",
                field="files",
            )])
        return message

    return Request(request.scope, receive)


async def send_files(request: Request) -> Response:
    """Files come in and wait to be looked at."""
    desk = desk_of(request)
    bounded = limited(request, most_bytes(desk.case))
    form = await checked_form(bounded)
    try:
        files = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
        kept = await run_in_threadpool(
            keep, desk.case, [(one.filename or "", one.file) for one in files]
        )
    finally:
        await form.close()
    kind = _kind(form)
    return RedirectResponse(f"/import/{kept.id}" + (f"?as={kind}" if kind else ""), 303)


def _kind(form: FormData) -> str:
    kind = str(form.get("as", ""))
    return kind if kind in {one.name for one in TYPES} else ""


async def decide(request: Request) -> Response:
    """Waiting files are checked, imported, or let go."""
    desk, id_ = desk_of(request), request.path_params["id"]
    form = await checked_form(request)
    files = await run_in_threadpool(waiting, desk.case, id_)
    what = str(form.get("do", ""))
    if what == "let_go":
        await run_in_threadpool(let_go, desk.case, id_)
        return RedirectResponse("/import", 303)
    dry = what != "import"
    title = ", ".join(files.names[:3])
    more = len(files.names) - 3
    title += f" and {more} more" if more > 0 else ""
    job = desk.jobs.start(
        "check" if dry else "import", f"{'Check' if dry else 'Import'} of {title}",
        importing(desk.case, files, kind=_kind(form), actor=desk.settings.actor, dry=dry),
    )
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def begin_verification(request: Request) -> Response:
    """Everything is recomputed."""
    desk = desk_of(request)
    form = await checked_form(request)
    kept = str(form.get("against", ""))
    against = [note_kept(kept)] if kept.strip() else []
    for note in against:
        try:  # said at once, not after minutes
            open_note(note, desk.case.key_line)
        except (Tampered, Unreadable) as error:
            raise Invalid("the checkpoint that was given is not of this log's key, or was changed itself, or "
                          f"not copied whole: {error.message}") from error
    job = desk.jobs.start("verification", "Verification of the case",
                          verifying(desk.case, against))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def note_who_has_it(request: Request) -> Response:
    """Who was given the checkpoint that the page showed, or where the paper lies."""
    desk = desk_of(request)
    form = await checked_form(request)
    note = str(form.get("checkpoint", "")).replace("\r\n", "\n")
    kind = "paper" if form.get("kind") == "paper" else "person"
    await run_in_threadpool(note_witness, desk.case, kind, str(form.get("holder", "")),
                            actor=desk.settings.actor, checkpoint=note)
    return RedirectResponse("/verify#witnesses", 303)


async def begin_report(request: Request) -> Response:
    """A report is written."""
    desk = desk_of(request)
    form = await checked_form(request)
    kind = "pdf" if form.get("form") == "pdf" else "html"
    job = desk.jobs.start("report", f"Report as {kind.upper()}",
                          reporting(desk.case, kind, desk.settings.clearance))
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def job_state(request: Request) -> Response:
    """The part of a job's page that changes while it runs."""
    desk = desk_of(request)
    seen = job_view(desk.case.read(desk.settings.clearance), desk.jobs.get(request.path_params["id"]))
    return HTMLResponse(render("job_state.html", this=seen))


async def problems_file(request: Request) -> Response:
    """The refused rows of one file of an import, to be mended and imported again."""
    job = desk_of(request).jobs.get(request.path_params["id"])
    number = request.path_params["number"]
    files = job.result.files if isinstance(job.result, Imported) else ()
    if number >= len(files):
        raise Missing("that import has no such file")
    result = files[number].result
    path: Path | None = result.problems if result else None
    if path is None or not path.is_file():
        raise Missing("there is no problems file")
    return FileResponse(path, media_type="text/csv", filename=path.name)


async def report_file(request: Request) -> Response:
    """The report that a job wrote."""
    job = desk_of(request).jobs.get(request.path_params["id"])
    result = job.result
    if not isinstance(result, ReportResult) or not result.path.is_file():
        raise Missing("there is no report of that job; write it again")
    media = "application/pdf" if result.form == "pdf" else "text/html"
    return FileResponse(result.path, media_type=media, filename=f"report.{result.form}")


async def checkpoint_file(request: Request) -> Response:
    """The latest checkpoint as a file, to be kept elsewhere."""
    case = desk_of(request).case
    note = await run_in_threadpool(case.checkpoint_note)
    size = note.split("\n")[1]
    return Response(note, media_type="text/plain; charset=utf-8", headers={
        "content-disposition": f'attachment; filename="checkpoint-{size}.txt"'})


PAGES: tuple[Page, ...] = (
    Page("import", "/import", "Import", import_context, ImportContext, "import.html",
         no_api=_BY_PERSON),
    Page("waiting", "/import/{id}", "Import", waiting_context, WaitingContext, "waiting.html",
         no_api=_BY_PERSON, parameters=(Parameter("as", "The kind of record its rows are"),)),
    Page("job", "/jobs/{id}", "Work under way", job_context, JobContext, "job.html",
         api="/api/jobs/{id}", parameters=(_JOB,)),
    Page("verify", "/verify", "Verify", verify_context, VerifyContext, "verify.html",
         api="/api/verify"),
    Page("doctor", "/doctor", "What is wrong", doctor_context, DoctorContext, "doctor.html",
         api="/api/doctor"),
    Page("report", "/report", "Report", report_context, ReportContext, "report.html",
         api="/api/report"),
)
ACTS: tuple[Act, ...] = (
    Act("send", "/import", send_files, ("POST",), _BY_PERSON),
    Act("decide", "/import/{id}", decide, ("POST",), _BY_PERSON),
    Act("begin-verification", "/verify", begin_verification, ("POST",), _BY_PERSON),
    Act("note-witness", "/verify/witness", note_who_has_it, ("POST",), _BY_PERSON),
    Act("begin-report", "/report", begin_report, ("POST",), _BY_PERSON),
    Act("job-state", "/jobs/{id}/state", job_state, ("GET",), "a part of the page /jobs/{id}"),
    Act("problems", "/jobs/{id}/problems/{number:int}", problems_file, ("GET",), "it is the file itself"),
    Act("report-file", "/jobs/{id}/report", report_file, ("GET",), "it is the file itself"),
    Act("checkpoint", "/checkpoint.txt", checkpoint_file, ("GET",), "it is the file itself"),
)
