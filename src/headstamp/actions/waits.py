"""What waits for a person: requests to chase, replies to read, parties to ask, alerts to check, names to judge.

What is missing from the records stands elsewhere (:mod:`headstamp.actions.missing`); this is the
work of tracing that was begun and cannot go on by itself. Each line is a count and the page where
it is done. Questions that would keep the first page of a large case waiting are not counted there
(``count`` None): their page counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from headstamp.actions.desk.board import trace_desk
from headstamp.actions.linking.candidates import party_book
from headstamp.records import Finding
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.readiness import unasked

MOST_REQUESTS: Final = 5_000
MOST_FINDINGS: Final = 5_000
MOST_PARTIES: Final = 2_000
"""With more than these a first page does not count."""

_ON_THE_WAY: Final = frozenset({"draft", "in_review"})


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits: how many (None: not counted here), what, and the page where it is done."""

    name: str
    title: str
    count: int | None
    path: str


def waits(case: Case, reader: Reader) -> tuple[Wait, ...]:
    """All that waits, as this reader sees it; what does not is left out."""
    totals = reader.totals()
    found = [*_requests(case, reader, totals["trace_request"]), *_findings(reader, totals["finding"]),
             *_alerts(reader, totals["alert"])]
    if totals["party"] > 1:
        few = totals["party"] <= MOST_PARTIES
        found.append(Wait("parties", "pairs of parties that may be one",
                          len(party_book(case, reader).open()) if few else None,
                          "/parties/candidates"))
    return tuple(one for one in found if one.count != 0)


def _requests(case: Case, reader: Reader, total: int) -> list[Wait]:
    if not total:
        return []
    if total > MOST_REQUESTS:
        return [Wait("requests", "trace requests to go on with", None, "/desk")]
    cards = trace_desk(case, reader).cards
    told = (
        ("requests-to-chase", "trace requests to remind of or take up elsewhere",
         sum(one.to_do for one in cards)),
        ("requests-late", "trace requests past their day, no reminder due yet",
         sum(one.late > 0 and not one.to_do for one in cards)),
        ("replies-unread", "replies to be read into claims", sum(one.unread for one in cards)),
        ("requests-answered", "trace requests whose replies speak for another state",
         sum(bool(one.suggested) for one in cards)),
        ("requests-unsent", "trace requests to be checked or sent",
         sum(one.status in ("draft", "checked") for one in cards)),
    )
    return [Wait(name, title, count, "/desk") for name, title, count in told]


def _alerts(reader: Reader, total: int) -> list[Wait]:
    if not total:
        return []
    by_state = dict(reader.count("alert", "alert_state")[1])
    told = (("draft", "alerts to be checked by another than who wrote them"),
            ("checked", "alerts to be sent"), ("sent", "alerts that nobody has acknowledged yet"))
    return [Wait(f"alerts-{state}", title, by_state.get(state, 0), f"/alerts?alert_state={state}")
            for state, title in told]


def _findings(reader: Reader, total: int) -> list[Wait]:
    if not total:
        return []
    if total > MOST_FINDINGS:
        return [Wait("findings", "findings on their way", None, "/findings")]
    rights: dict[str, list[tuple[str, str, str]]] = {}
    for one in reader.stream("right_of_reply"):
        rights.setdefault(str(one.get("finding")), []).append(
            (one.get("party") or "", one.get("right_state") or "to_ask", one.get("sentence") or ""))
    asking = review = ready = 0
    for shown in reader.stream("finding"):
        status = shown.get("status") or "draft"
        if status == "ready":
            ready += 1
        elif status in _ON_THE_WAY:
            finding = Finding.model_construct(
                named=tuple(shown.get("named") or ()), sentence=shown.get("sentence") or "")
            if unasked(finding, rights.get(shown.id, ())):
                asking += 1
            elif status == "in_review":
                review += 1
    return [
        Wait("findings-asking", "findings that wait for the reply of somebody they name", asking,
             "/findings"),
        Wait("findings-review", "findings in review of which all named were asked", review,
             "/findings?status=in_review"),
        Wait("findings-ready", "findings ready for approval", ready, "/findings?status=ready"),
    ]
