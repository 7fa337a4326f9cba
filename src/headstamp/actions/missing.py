"""What is still missing in a case: gaps that somebody can go and fill.

Each gap is a count and a way to the records that have it. Gaps that the counts
kept for facets answer are quick at any size; the others look at every record of
a kind (``slow``) and are asked where the case is small, or on their own page.

What counts as a gap: the minimum a find needs to be traced and cited (marking
looked for, photograph, grade of the source, date), and what a trace officer
has to chase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from headstamp.errors import Missing
from headstamp.kinds.date import bounds
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

# Below this many records of the kinds concerned the slow gaps take a moment only.
SLOW_FROM = 40_000
_MOST_REQUESTS = 10_000

How = Literal["facet", "lacking", "empty", "request"]


@dataclass(frozen=True)
class Question:
    """One gap: whose, found how, and why it matters."""

    name: str
    title: str
    why: str
    kind: str
    how: How
    where: tuple[tuple[str, str], ...] = ()
    by: str = ""
    field: str = ""

    @property
    def slow(self) -> bool:
        """Whether every record of the kind has to be looked at."""
        return self.how in ("lacking", "empty")

    @property
    def path(self) -> str:
        """The page that lists the records."""
        if self.how == "facet":
            return f"/{BY_NAME[self.kind].slug}?{urlencode(self.where)}"
        return f"/missing/{self.name}"


@dataclass(frozen=True)
class Gap:
    """A question with its answer; ``count`` is None where it was not asked for being slow.

    ``of`` is how many records of the kind there are.
    """

    question: Question
    count: int | None
    of: int
    some: tuple[Shown, ...] = field(default=())

    @property
    def title(self) -> str:
        """The question's title as it stands behind the count: one item, several items."""
        kind = BY_NAME[self.question.kind]
        many = kind.plural.replace("_", " ")
        title = self.question.title
        return f"{kind.title}{title.removeprefix(many)}" if self.count == 1 and title.startswith(many) else title


QUESTIONS: tuple[Question, ...] = (
    Question("items-without-marking", "items without a marking record",
             "An item with no marking looked for, not even \u201cabsent\u201d, cannot be traced.",
             "item", "lacking", by="marking", field="item"),
    Question("items-without-photograph", "items without a photograph",
             "A reading that nobody can check against a picture weighs little.",
             "item", "lacking", by="photograph", field="items"),
    Question("items-without-grade", "items without a source grade",
             "Reliability of the source and credibility of what it says, judged apart.",
             "item", "empty", field="grade"),
    Question("items-without-date", "items without a date of recovery",
             "Without it an item is left out of every count in time.",
             "item", "facet", (("year", ""),)),
    Question("items-without-site", "items without a site",
             "Where it was found is half of what it says.", "item", "facet", (("site", ""),)),
    Question("markings-partial", "markings read in part",
             "Look again under better light, or ask for another photograph.",
             "marking", "facet", (("state", "partial"),)),
    Question("markings-not-recorded", "markings not recorded",
             "The item was documented, its markings were not.",
             "marking", "facet", (("state", "not_recorded"),)),
    Question("recoveries-without-date", "recoveries without a date",
             "When things left use decides what they can have to do with each other.",
             "recovery", "facet", (("year", ""),)),
    Question("requests-overdue", "trace requests past the day of answer",
             "Send a reminder, or note that there was no reply.", "trace_request", "request"),
    Question("requests-without-reply", "trace requests sent and without reply",
             "Silence is an answer once it is recorded as one.", "trace_request", "lacking",
             by="trace_reply", field="request"),
)
_BY_NAME = {question.name: question for question in QUESTIONS}


def question_named(name: str) -> Question:
    """The question of that name. Raises Missing."""
    found = _BY_NAME.get(name)
    if found is None:
        raise Missing(f"nothing here is called {name!r}; there are: " + ", ".join(_BY_NAME))
    return found


def gaps(reader: Reader, today: date, *, slow: bool | None = None) -> list[Gap]:
    """All gaps of the kinds that the case has. ``slow`` None: where the case is small enough."""
    totals = reader.totals()
    found = []
    for question in QUESTIONS:
        of = totals[question.kind]
        if not of:
            continue
        ask = slow if slow is not None else of + totals.get(question.by, 0) < SLOW_FROM
        if question.slow and not ask:
            found.append(Gap(question, None, of))
        else:
            found.append(gap(reader, question, today, of=of))
    return found


def gap(
    reader: Reader, question: Question, today: date, *, of: int | None = None, limit: int = 0
) -> Gap:
    """One question answered, with up to ``limit`` of the records, newest first."""
    of = reader.totals()[question.kind] if of is None else of
    if question.how == "facet":
        if limit:
            page = reader.list(question.kind, dict(question.where), limit=limit)
            return Gap(question, page.total, of, tuple(page.rows))
        # Counts of a whole facet are kept, those of a narrowed list are not.
        ((name, value),) = question.where
        return Gap(question, dict(reader.count(question.kind, name)[1]).get(value or None, 0), of)
    if question.name == "requests-overdue":
        late = [one for one in _requests(reader) if overdue(one, today)]
        return Gap(question, len(late), of, tuple(late[:limit]))
    if question.name == "requests-without-reply":
        _, silent = reader.lacking("trace_request", "trace_reply", "request", _MOST_REQUESTS)
        sent = [one for one in silent if one.get("status", "draft") not in ("draft", "closed")]
        return Gap(question, len(sent), of, tuple(sent[:limit]))
    if question.how == "lacking":
        total, some = reader.lacking(question.kind, question.by, question.field, limit)
    else:
        total, some = reader.empty(question.kind, question.field, limit)
    return Gap(question, total, of, tuple(some))


def overdue(request: Shown, today: date) -> bool:
    """Whether the day of answer is past and the answer has not come, or not in full."""
    status = request.get("status", "draft")
    due = request.get("due_on")
    if not due or status not in ("sent", "acknowledged", "answered_in_part"):
        return False
    latest = bounds(due)[1]
    return latest is not None and latest < today.isoformat()


def _requests(reader: Reader) -> list[Shown]:
    return [
        one for status in ("sent", "acknowledged", "answered_in_part")
        for one in reader.list("trace_request", {"status": status}, limit=_MOST_REQUESTS).rows
    ]
