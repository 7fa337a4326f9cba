"""``/measures``, ``/measures/{name}`` and its plots as files; sending values, and putting an answer into a finding."""

from __future__ import annotations

import io
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.measures.finding import put_into_finding
from headstamp.analysis.measures import measure_named
from headstamp.errors import Conflicting, Invalid, Problem
from headstamp.publish.picture import FORMS, MEDIA, Form
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.measure import (
    MeasureContext,
    answer_of,
    measure_context,
    measured_context,
    plot_picture,
)
from headstamp.web.contexts.measures import MeasuresContext, measures_context
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.measuring import SENT
from headstamp.web.page import Page, Parameter, Params
from headstamp.web.routes.working import limited
from headstamp.web.uploads import keep, most_bytes

# Longer than this, typed values are kept as a file, for an address has an end.
_MOST_TYPED: Final = 1_500
_NO_API = "a form for people; programs give their values in the address or use the command line"


def _file(form: Form) -> Endpoint:
    """A plot as a file to keep."""

    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            with desk_of(request).reader().snapshot() as reader:
                made = plot_picture(reader, params_of(request))
            name = f"{request.path_params['name']}-{made.name}.{form}"
            return Response(made.content(form), media_type=MEDIA[form], headers={
                "content-disposition": f'attachment; filename="{name}"'})

        return await run_in_threadpool(work)

    return endpoint


async def send_values(request: Request) -> Response:
    """Values come in, typed or as files; they stand in the address of the answer, or the files' ids do."""
    desk = desk_of(request)
    found = measure_named(str(request.path_params["name"]))
    form = await checked_form(limited(request, most_bytes(desk.case)))
    asked: list[tuple[str, str]] = [("ask", "values")]
    try:
        for one in found.inputs:
            text = str(form.get(one.name, "")).strip()
            files = [file for file in form.getlist(f"file:{one.name}")
                     if isinstance(file, UploadFile) and file.filename]
            if files:
                text = SENT + (await run_in_threadpool(
                    keep, desk.case, [(file.filename or "", file.file) for file in files])).id
            elif len(text) > _MOST_TYPED:
                typed = io.BytesIO(text.encode("utf-8"))
                text = SENT + (await run_in_threadpool(keep, desk.case, [(f"{one.name}.txt", typed)])).id
            if text:
                asked.append((one.name, text))
    finally:
        await form.close()
    return RedirectResponse(f"/measures/{found.name}?{urlencode(asked)}", 303)


async def put_down(request: Request) -> Response:
    """The answer that the page showed is put into a finding."""
    desk = desk_of(request)
    name = str(request.path_params["name"])
    form = await checked_form(request)
    sent = {key: str(form.get(key, "")).strip() for key in ("asked", "snapshot", "finding")}
    made = await run_in_threadpool(_put, desk, name, sent)
    return RedirectResponse(record_path(made), 303)


def _put(desk: Desk, name: str, sent: dict[str, Any]) -> str:
    params = Params(desk.case, {"name": name}, tuple(parse_qsl(sent["asked"])), desk.jobs, desk.settings.actor)
    with desk.reader().snapshot() as reader:
        _, answer = answer_of(reader, params)
    if answer is None or answer.measured is None:
        raise Invalid("this answer cannot be put into a finding", [Problem(
            "it was not asked of this case", "Ask the measure of the case first.", "asked")])
    if answer.measured.snapshot != sent["snapshot"]:
        raise Conflicting("the case has changed since this answer was shown: look at the new answer, then decide")
    return put_into_finding(desk.case, answer.measured, actor=desk.settings.actor,
                            finding=sent["finding"] or None).id


_PARAMETERS = (
    Parameter("name", "The measure's name"),
    Parameter("ask", "`case`: of this case, with the parameters of its feed; `values`: of values given "
                     "here by the names of its inputs; without it the measure is only told",
              {"type": "string", "enum": ["case", "values"]}),
)

PAGES: tuple[Page, ...] = (
    Page("measures", "/measures", "Measures", measures_context, MeasuresContext, "measures.html",
         api="/api/measures", tag="measures"),
    Page("measure", "/measures/{name}", "Measure", measure_context, MeasureContext, "measure.html",
         no_api="it is at /api/measures/{name}, where what cannot be asked is an error", tag="measures",
         parameters=_PARAMETERS),
    Page("measured", "", "What a measure says", measured_context, MeasureContext, "",
         api="/api/measures/{name}", tag="measures", parameters=_PARAMETERS),
)
ACTS: tuple[Act, ...] = (
    Act("measure-values", "/measures/{name}/values", send_values, ("POST",), _NO_API),
    Act("measure-finding", "/measures/{name}/finding", put_down, ("POST",),
        "a form for people; programs use the command line (headstamp measure --record)"),
    *(Act(f"measure-plot:{form}", f"/measures/{{name}}/{{plot}}.{form}", _file(form), ("GET",),
          "it is the file itself") for form in FORMS),
)
