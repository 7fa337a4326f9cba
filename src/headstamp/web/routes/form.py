"""``/items/new`` and ``/items/{id}/edit``: recording and correcting by hand, for every kind that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.correct import correct, enter
from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Problem, Refused
from headstamp.records import TYPES, RecordType
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, html
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.form import (
    FormContext,
    edit_context,
    form,
    new_context,
    values_of,
)
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter
from headstamp.web.routes.record import ID

_OURS = frozenset({"token", "reason", "expected"})
_NO_API = "a form for people; programs record through the command line or an import"


def _given(data: FormData) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in data.multi_items():
        if name not in _OURS and isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def _post(kind: RecordType) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        desk, record_id = desk_of(request), str(request.path_params.get("id", ""))
        stale: Refused | None = None
        try:
            data = await checked_form(request)
        except Refused as error:
            # Shown with the form, so that nothing typed is lost.
            data, stale = await request.form(), error
        given = _given(data)
        reason = str(data.get("reason", "")).strip()
        raw = str(data.get("expected", ""))
        expected = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0

        def work() -> Response:
            try:
                if stale is not None:
                    raise stale
                return _record(desk, kind, record_id, given, expected, reason)
            except Missing:
                raise
            except (Invalid, Conflicting, Refused) as error:
                return _again(request, desk, kind, record_id, given, expected, reason, error)

        return await run_in_threadpool(work)

    return endpoint


def _record(
    desk: Desk, kind: RecordType, record_id: str, given: Mapping[str, Sequence[str]],
    expected: int, reason: str,
) -> Response:
    settings, values = desk.settings, values_of(kind, given)
    if record_id:
        if not reason:
            raise Invalid("this cannot be recorded", [
                Problem("say why the record is corrected", "It stands in the log.", "reason")
            ])
        if not record_id.startswith(kind.prefix + "-"):
            raise Missing(f"there is no {kind.title} {record_id}")
        done = correct(desk.case, record_id, values, expected=expected, reason=reason,
                       clearance=settings.clearance, actor=settings.actor)
    else:
        done = enter(desk.case, kind.name, values, clearance=settings.clearance,
                     actor=settings.actor, reason=reason or "recorded by hand")
    # Who records above their own clearance does not see the record afterwards.
    seen = desk.reader().many([done.id])
    return RedirectResponse(record_path(done.id) if seen else f"/{kind.slug}", 303)


def _again(
    request: Request, desk: Desk, kind: RecordType, record_id: str,
    given: Mapping[str, Sequence[str]], expected: int, reason: str, error: HeadstampError,
) -> Response:
    conflict = isinstance(error, Conflicting)
    with desk.reader().snapshot() as reader:
        if conflict and record_id:
            # The next try is against what the person has now been told of.
            expected = reader.get(record_id).version
        this = form(reader, kind, given, record=record_id, expected=expected, reason=reason,
                    error=error, conflict=conflict)
        around = desk.around_of(reader, this)
    return html(request, "form.html", this.title, this, around, error.http_status)


def _pages(kind: RecordType) -> tuple[Page, ...]:
    fixed = {"kind": kind.name}
    return (
        Page(f"new:{kind.slug}", f"/{kind.slug}/new", f"New {kind.title}", new_context, FormContext,
             "form.html", no_api=_NO_API, fixed=fixed,
             parameters=(Parameter("(any field)", "Fills the field beforehand"),)),
        Page(f"edit:{kind.slug}", f"/{kind.slug}/{{id}}/edit", f"Correct {kind.title}",
             edit_context, FormContext, "form.html", no_api=_NO_API, fixed=fixed,
             parameters=(ID,)),
    )


_BY_HAND = tuple(kind for kind in TYPES if kind.cls.BY_HAND)

PAGES: tuple[Page, ...] = tuple(page for kind in _BY_HAND for page in _pages(kind))
ACTS: tuple[Act, ...] = tuple(
    Act(f"{name}:{kind.slug}", f"/{kind.slug}/{path}", _post(kind), ("POST",), _NO_API)
    for kind in _BY_HAND for name, path in (("record", "new"), ("correct", "{id}/edit"))
)
