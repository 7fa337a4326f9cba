"""The questions by name: the one list of them. Each stands in a module of its own."""

from __future__ import annotations

from headstamp.engine.question import Question
from headstamp.engine.questions import (
    counts,
    finds,
    frequent_markings,
    item_markings,
    marking_states,
    months,
    packages,
    party_links,
    recoveries,
    serials,
    signatures,
    site_links,
    standard,
    supplies,
    things,
    tracing,
    visits,
)
from headstamp.errors import Missing

QUESTIONS: tuple[Question, ...] = (
    serials.QUESTION, packages.QUESTION,
    visits.QUESTION,
    counts.QUESTION,
    months.QUESTION,
    frequent_markings.QUESTION,
    item_markings.QUESTION,
    marking_states.QUESTION,
    finds.QUESTION, finds.SHOWN_QUESTION, signatures.QUESTION,
    recoveries.QUESTION, recoveries.VISITED_QUESTION,
    *site_links.QUESTIONS,
    *party_links.QUESTIONS,
    *things.QUESTIONS, *tracing.QUESTIONS, supplies.QUESTION,
    *standard.QUESTIONS,
)
_BY_NAME = {question.name: question for question in QUESTIONS}


def question_named(name: str) -> Question:
    """The question of that name. Raises Missing naming all there are."""
    found = _BY_NAME.get(name)
    if found is None:
        raise Missing(f"there is no question {name!r}; there are: " + ", ".join(sorted(_BY_NAME)))
    return found
