"""Whether a text speaks of handling a thing: touching, opening, dismantling, neutralising, keeping off.

An alert is read by people who stand before the thing. It tells them what it looks like, where it
was seen and whom to tell. Advice on handling is for those who are trained and answer for it; a
program that drafts texts must not give it, nor pass on what somebody wrote in passing. The words
stand in ``vocab/data/handling_words.toml``, in the five languages in which extracts are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from headstamp.vocab import fold, vocabulary


@dataclass(frozen=True, slots=True)
class Handling:
    """A word that speaks of handling: as the list has it, and what it speaks of."""

    word: str
    about: str


def handling_in(text: str | None) -> tuple[Handling, ...]:
    """The words of a text that speak of handling, in its order, each once.

    >>> handling_in("Olive crate, stencilled in white")
    ()
    >>> handling_in("Do not open! Call us.")
    (Handling(word='do not open', about='opening, unpacking'),)
    """
    if not text:
        return ()
    found: dict[str, Handling] = {}
    for match in _words().finditer(f" {fold(text)} "):
        word = match[1]
        found.setdefault(word, Handling(word, _about(word)))
    return tuple(found.values())


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """All phrases of the list, folded, the longest first, each with what it speaks of."""
    some = {
        f"{fold(word.removesuffix('*'))}{'*' if word.endswith('*') else ''}": term.label
        for term in vocabulary("handling_words") for word in term.synonyms
    }
    return tuple(sorted(some.items(), key=lambda one: (-len(one[0]), one[0])))


@cache
def _words() -> re.Pattern[str]:
    # A blank ends one word and may begin the next: it is looked at and not taken.
    each = (re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")
            for word, _ in _phrases())
    return re.compile(rf"(?<= )({'|'.join(each)})(?= )")


def _about(word: str) -> str:
    for phrase, about in _phrases():
        stem = phrase.removesuffix("*")
        if word == stem or (phrase.endswith("*") and word.startswith(stem)):
            return about
    raise AssertionError(f"{word!r} was found and stands in no list")
