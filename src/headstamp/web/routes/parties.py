"""``/parties/candidates``: which parties may be one; and the act of judging two of them."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from headstamp.actions.linking.parties import judge
from headstamp.web.act import Act
from headstamp.web.answer import desk_of
from headstamp.web.contexts.facts import record_path
from headstamp.web.contexts.parties import CandidatesContext, candidates_context
from headstamp.web.guard import checked_form
from headstamp.web.page import Page, Parameter

# Only pages of parties are gone back to, never an address from elsewhere.
_BACK = re.compile(r"/parties/(?:candidates\?[a-z0-9=&-]*|party-[0-9a-z]+)")


async def judge_pair(request: Request) -> Response:
    """A person judges that two records are one party, or two."""
    desk = desk_of(request)
    form = await checked_form(request)
    party, other, judgement, why, back = (
        str(form.get(name, "")).strip() for name in ("party", "other", "judgement", "why", "back"))
    await run_in_threadpool(lambda: judge(
        desk.case, party, other, judgement, why=why, clearance=desk.settings.clearance,
        actor=desk.settings.actor))
    return RedirectResponse(back if _BACK.fullmatch(back) else record_path(party), 303)


PAGES: tuple[Page, ...] = (
    Page("party-candidates", "/parties/candidates", "Which parties may be one", candidates_context,
         CandidatesContext, "party_candidates.html", api="/api/parties/candidates", parameters=(
             Parameter("state", "`open` (as by default), `judged` or `all`"),
             Parameter("party", "Only those about this party"),
             Parameter("offset", "How many to pass over"),
         )),
)
ACTS: tuple[Act, ...] = (
    Act("judge-parties", "/parties/judge", judge_pair, ("POST",),
        "a form for people; programs use the command line (headstamp party judge)"),
)
