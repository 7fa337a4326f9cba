"""``/search``: the one box, and what is done with a hit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.markings.from_search import propose_link, record_reading
from headstamp.markings.context import FIELDS
from headstamp.records import BY_NAME
from headstamp.web.act import Act
from headstamp.web.answer import Endpoint, desk_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.search import SearchContext, search_context
from headstamp.web.desk import Desk
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter

Done = Callable[[Desk, Mapping[str, str]], None]
_NO_API = "a button for people; programs record through the command line or an import"


def _post(done: Done) -> Endpoint:
    """An act on a hit that leads to the marking's page."""

    async def endpoint(request: Request) -> Response:
        data = await checked_form(request)
        typed = {name: value for name, value in data.items() if isinstance(value, str)}

        def work() -> Response:
            done(desk_of(request), typed)
            return RedirectResponse(record_path(typed.get("marking", "")), 303)

        return await run_in_threadpool(work)

    return endpoint


def _reading(desk: Desk, typed: Mapping[str, str]) -> None:
    record_reading(
        desk.case, typed.get("marking", ""), typed.get("q", ""),
        clearance=desk.settings.clearance, actor=desk.settings.actor,
        read_on=datetime.now(UTC).date().isoformat(),
    )


def _proposal(desk: Desk, typed: Mapping[str, str]) -> None:
    propose_link(
        desk.case, typed.get("marking", ""), typed.get("q", ""),
        clearance=desk.settings.clearance, actor=desk.settings.actor,
        context={name: typed[name] for name in FIELDS if typed.get(name)},
        technique=typed.get("technique", ""), reader=typed.get("reader", ""),
    )


PAGES: tuple[Page, ...] = (
    Page(
        name="search", path="/search", api="/api/search", title="Search", context=search_context,
        returns=SearchContext, template="search.html", tag="search",
        parameters=(
            Parameter("q", "A marking, a part of one (? for an unread character, [8B] for one of "
                           "these, * for several), \"in quotes\" for exactly that, or words"),
            Parameter("kind", "Only hits of this kind", {"type": "string", "enum": list(BY_NAME)}),
            *(Parameter(name, f"What is known beside the marking: {name}") for name in FIELDS),
            Parameter("technique", "How the marking was made, such as stamped or dot_peen"),
            Parameter("reader", "Who read it: person, ocr or copied"),
            Parameter("list", "The quick list of markings, or the complete one",
                      {"type": "string", "enum": ["complete", "quick"]}),
        ),
    ),
)
ACTS: tuple[Act, ...] = (
    Act("search-reading", "/search/reading", _post(_reading), ("POST",), _NO_API),
    Act("search-proposal", "/search/proposal", _post(_proposal), ("POST",), _NO_API),
)
