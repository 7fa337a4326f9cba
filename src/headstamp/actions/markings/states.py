"""Markings by their state: ``raspado`` finds what was removed, in whatever words it was written.

Removed, defaced, absent and not recorded are different facts and each can be asked for, by its
name or by any of the words that clerks use for it. Words that leave the state open (``não
aparente``) name none: then only markings with those words answer, through the search of words.
"""

from __future__ import annotations

from headstamp.errors import Invalid
from headstamp.markings.state_words import UNSETTLED, marking_state_of
from headstamp.store.reader import Reader
from headstamp.vocab import fold, vocabulary

# States of which a marking has no text by which it could be found.
WITHOUT_TEXT = ("removed", "defaced", "absent", "not_recorded", UNSETTLED)
SAME_WORDS, SAME_STATE = 0.6, 0.45


def state_named(word: str) -> str:
    """The state that a word names: its code, its label, or a clerk's word for it. Raises Invalid."""
    states = vocabulary("marking_state")
    term = states.find(word)
    if term is not None:
        return term.code
    said = marking_state_of(word)
    if said is not None and said.state != UNSETTLED:
        return said.state
    fits = ", ".join(said.states) if said is not None else ""
    told = f"; these words fit several: {fits}" if fits else ""
    raise Invalid(f"{word!r} names no state of a marking{told}. There are: "
                  + ", ".join(one.code for one in states))


def state_asked(text: str) -> str:
    """The state that a search names; empty where it names none that a marking without text has."""
    try:
        state = state_named(text.strip())
    except Invalid:
        return ""
    return state if state in WITHOUT_TEXT else ""


def markings_in_state(
    reader: Reader, text: str, limit: int = 200
) -> list[tuple[str, str, float, str]]:
    """Markings in the state that a search names: (id, words, score, why), the same words first."""
    state = state_asked(text)
    if not state:
        return []
    label = vocabulary("marking_state").label(state)
    asked = fold(text)
    found = []
    for shown in reader.list("marking", {"state": state}, limit=limit).rows:
        words = shown.get("state_as_written") or ""
        if words and fold(words) == asked:
            found.append((shown.id, words, SAME_WORDS, f"{label}, in these words"))
        else:
            why = f"{label}, which is what {text.strip()!r} says"
            found.append((shown.id, words or label, SAME_STATE, why))
    return sorted(found, key=lambda one: -one[2])
