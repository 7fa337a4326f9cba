"""What is wrong with the case or its machine, what to do, and the page on which it is done if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from headstamp.actions.keeping.ailment import Ailment
from headstamp.actions.keeping.doctor import in_order, look_round
from headstamp.store.reader import Reader
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
    last = job.result if job and isinstance(job.result, Verified) else None
    report = look_round(params.case, reader.clearance, last.findings if last else ())
    groups = tuple((head, tuple(map(_view, some))) for head, some in in_order(report.ailments))
    return DoctorContext(
        all(one.grade not in _GRAVE for one in report.ailments), tuple(map(_view, report.ailments)),
        last.at if last else "", groups)


def _view(one: Ailment) -> AilmentView:
    to, page = _PAGES.get(one.what, ("", ""))
    return AilmentView(one.what, one.grade, one.about, one.words.rstrip("."), one.remedy, one.run, one.fill_in, to, page)
