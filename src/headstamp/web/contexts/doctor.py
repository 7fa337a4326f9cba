"""What is wrong with the case or its machine, what to do, and the page on which it is done if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from headstamp.actions.keeping.ailment import Ailment
from headstamp.actions.keeping.doctor import in_order, look_round
from headstamp.kinds.tier import RANK
from headstamp.store.address import without_password
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.web.contexts.verified import verified_for
from headstamp.web.page import ON_PAGE, Context, Params
from headstamp.web.work import Verified

_PAGES: Final[Mapping[str, tuple[str, str]]] = {
    "bundle_aside": ("/exchange", "Exchange"), "bundle_unconfirmed": ("/exchange", "Exchange"),
    "device_lost": ("/exchange", "Exchange"), "conflicts_open": ("/conflicts", "Contradictions"),
    "imports_waiting": ("/import", "Import"), "rows_refused": ("/import", "Import"),
    "lists_old": ("/lists", "Lists"), "no_witness": ("/verify#witnesses", "Who has a checkpoint"),
    "requests_late": ("/desk", "Trace desk"), "search_behind": ("/search", "Search"),
    "witness_old": ("/verify#witnesses", "Who has a checkpoint"),
}
_GRAVE: Final = ("evidence", "fault")
_TOLD_PLACES: Final = RANK["restricted"]
"""Who sees less is a guest here: where the case and its backups lie, and what to type there, is not theirs to know."""


@dataclass(frozen=True)
class AilmentView(Context):
    """One thing that is wrong: in words, what to do, what to type, and where in the pages it is done."""

    what: str
    grade: str
    about: str
    words: str
    remedy: str
    run: tuple[str, ...]
    fill_in: tuple[tuple[str, str], ...]
    to: str
    page: str


@dataclass(frozen=True)
class DoctorContext(Context):
    """All that is wrong, the gravest first; ``verified_at`` is when everything was last recomputed by this program."""

    ok: bool
    ailments: tuple[AilmentView, ...]
    verified_at: str
    groups: tuple[tuple[str, tuple[AilmentView, ...]], ...] = field(default=(), metadata=ON_PAGE)


def doctor_context(reader: Reader, params: Params) -> DoctorContext:
    """What is seen at once, and what the last verification found."""
    job = params.jobs.latest("verification", "done")
    last = verified_for(reader, job.result) if job and isinstance(job.result, Verified) else None
    report = look_round(params.case, reader.clearance, last.findings if last else ())
    view = partial(_view, params.case, RANK[reader.clearance] >= _TOLD_PLACES)
    groups = tuple((head, tuple(map(view, some))) for head, some in in_order(report.ailments))
    return DoctorContext(
        all(one.grade not in _GRAVE for one in report.ailments), tuple(map(view, report.ailments)),
        last.at if last else "", groups)


def _view(case: Case, places: bool, one: Ailment) -> AilmentView:
    to, page = _PAGES.get(one.what, ("", ""))
    if places:
        return AilmentView(one.what, one.grade, one.about, one.words.rstrip("."), one.remedy, one.run, one.fill_in,
                           to, page)
    words, remedy = (_without_places(case, told) for told in (one.words.rstrip("."), one.remedy))
    return AilmentView(one.what, one.grade, "" if "/" in one.about else one.about, words, remedy, (), (), to, page)


def _without_places(case: Case, told: str) -> str:
    for place in {case.where, without_password(case.where), str(case.folder)}:
        told = told.replace(place, "the case")
    return told
