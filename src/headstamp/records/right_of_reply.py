"""The right of reply: a party that a finding names is asked before it is published.

What was put to it stands word for word in ``sentence``: where the finding's sentence is changed
afterwards, the answer no longer belongs to it and the party is asked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from headstamp.kinds.code import CodeKind
from headstamp.kinds.date import PartialDate
from headstamp.kinds.identity import RefKind
from headstamp.kinds.kind import Unfit
from headstamp.kinds.text import Line, Prose
from headstamp.records.record import Record, fact


class RightOfReply(Record):
    """One party asked about one sentence, and what it answered."""

    NAME: ClassVar[str] = "right_of_reply"
    PLURAL: ClassVar[str] = "rights_of_reply"
    PREFIX: ClassVar[str] = "right"
    WHEN: ClassVar[str] = "asked_on"
    OWNERS: ClassVar[tuple[str, ...]] = ("finding", "party")

    finding: Annotated[str, RefKind("find")] = fact("About which finding", ...)
    party: Annotated[str, RefKind("party")] = fact("Party that is asked", ...)
    sentence: Prose = fact("Sentence put to it, word for word", ..., text=True)
    right_state: Annotated[str, CodeKind("right_state")] = fact(
        "Where it stands", "to_ask", facet=True)
    asked_on: PartialDate | None = fact("Asked")
    channel: Line | None = fact("How it was asked")
    due_on: PartialDate | None = fact("Answer asked for by")
    answered_on: PartialDate | None = fact("Answered")
    answer: Prose | None = fact("Its answer, word for word", text=True)
    why_not: Line | None = fact("Why it is not asked")
    documents: tuple[Annotated[str, RefKind("doc")], ...] = fact("Letters", ())

    def rules(self) -> Iterable[Unfit]:
        if self.right_state in ("asked", "answered", "declined", "no_answer") and not self.asked_on:
            yield Unfit("when it was asked is not said", "Give the day in “Asked”.")
        if self.right_state == "answered" and not self.answer:
            yield Unfit("it answered, and its answer is not here", "Write it down word for word.")
        if self.right_state == "not_asked" and not self.why_not:
            yield Unfit("why it is not asked is not said", "Give the reason; a reviewer reads it.")

    def label(self) -> str:
        return self.right_state.replace("_", " ")
