"""``/signatures/{id}/spread``: where a signature was met, whether that is spread, and the map as files."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from headstamp.publish.picture import FORMS, MEDIA, Form
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of, params_of
from headstamp.web.contexts.spread import SpreadContext, spread_context, spread_picture
from headstamp.web.page import Page, Parameter


def _file(form: Form) -> Endpoint:
    """The map as a file to keep."""

    async def endpoint(request: Request) -> Response:
        def work() -> Response:
            with desk_of(request).reader().snapshot() as reader:
                made = spread_picture(reader, params_of(request))
            name = f"{request.path_params['id']}-map.{form}"
            return Response(made.content(form), media_type=MEDIA[form], headers={
                "content-disposition": f'attachment; filename="{name}"'})

        return await run_in_threadpool(work)

    return endpoint


PAGES: tuple[Page, ...] = (
    Page(
        name="spread", path="/signatures/{id}/spread", api="/api/signatures/{id}/spread", title="Spread",
        context=spread_context, returns=SpreadContext, template="spread.html", tag="measures",
        parameters=(Parameter("id", "The signature's id"),),
    ),
)
ACTS: tuple[Act, ...] = tuple(
    Act(f"spread-map:{form}", f"/signatures/{{id}}/spread/map.{form}", _file(form), ("GET",), "it is the file itself")
    for form in FORMS)
