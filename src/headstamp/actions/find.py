"""One search box: markings by exact, partial and wildcard reading, and words in records.

Markings come first: a reading is compared under each key that normalisation
gives, and the answer says which key fired and how sure that makes it. Words
are looked for at the beginnings of the words of a record's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from headstamp.actions.cases import index_case
from headstamp.actions.states import markings_in_state
from headstamp.errors import Invalid
from headstamp.markings.normalise import keys
from headstamp.markings.query import Query, parse
from headstamp.markings.score import score
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_CANDIDATES = 400
_WORD = re.compile(r"\w+", re.UNICODE)
_LEAST = 0.05


@dataclass(frozen=True)
class Hit:
    """One answer: the record, the text that matched, a score from 0 to 1, and why in words."""

    id: str
    kind: str
    text: str
    score: float
    why: str
    label: str
    record: Shown

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind, "text": self.text, "score": self.score,
                "why": self.why, "label": self.label}


def find(case: Case, text: str, *, clearance: str, limit: int = 20) -> list[Hit]:
    """What answers to this text, best first. Raises Invalid for an empty or endless one."""
    if not text.strip():
        raise Invalid("there is nothing to look for; give a marking, a part of one, or words")
    index_case(case)
    with case.read(clearance).snapshot() as reader:
        found: dict[str, tuple[str, float, str]] = {}
        for id_, raw in _markings(reader, parse(text)):
            match = score(parse(text), keys(raw))
            if match.score >= _LEAST and match.score > found.get(id_, ("", 0.0, ""))[1]:
                found[id_] = (raw, match.score, match.why)
        for id_, matched, value, why in (*_words(reader, text), *markings_in_state(reader, text, limit)):
            if value > found.get(id_, ("", 0.0, ""))[1]:
                found[id_] = (matched, value, why)
        ranked = sorted(found.items(), key=lambda item: (-item[1][1], item[0]))[:limit]
        shown = reader.many([id_ for id_, _ in ranked])
    return [
        Hit(id_, shown[id_].kind, matched, round(value, 4), why, shown[id_].label, shown[id_])
        for id_, (matched, value, why) in ranked if id_ in shown
    ]


def _markings(reader: Reader, asked: Query) -> list[tuple[str, str]]:
    """Candidates, the surest way of matching first; all are scored afterwards."""
    found: dict[str, str] = {}

    def take(rows: list[tuple[str, str]]) -> None:
        for id_, raw in rows:
            found.setdefault(id_, raw)

    if asked.kind == "exact":
        take(reader.find_keys("raw", equal=asked.text, limit=_CANDIDATES))
        return list(found.items())
    if asked.kind == "plain":
        for column in ("plain", "folded", "ncic"):
            wanted = asked.key(column)
            if wanted:
                take(reader.find_keys(column, equal=wanted, limit=_CANDIDATES))
    like = asked.like("folded")
    if len(asked.key("folded")) >= 2:
        take(reader.find_keys("folded", like=like, limit=_CANDIDATES))
    # Markings with unread characters of their own can answer what their key does not contain:
    # first those that are what was asked once they are read, then whatever others there are.
    if asked.kind == "plain" and len(asked.key("folded")) >= 2:
        take(reader.find_keys("folded", filled=asked.key("folded"), limit=_CANDIDATES))
    take(reader.find_keys("folded", unread=True, limit=_CANDIDATES))
    return list(found.items())


def _words(reader: Reader, text: str) -> list[tuple[str, str, float, str]]:
    words = [word.casefold() for word in _WORD.findall(text)][:20]
    if not words:
        return []
    answers = []
    for id_, whole in reader.find_texts(words, _CANDIDATES):
        held = [word.casefold() for word in _WORD.findall(whole)]
        entire = sum(1 for word in words if word in held)
        value = 0.3 + 0.3 * entire / len(words) + 0.1 * min(1.0, len(words) / max(1, len(held)))
        line = next((part for part in whole.split("\n")
                     if any(word in part.casefold() for word in words)), whole.split("\n")[0])
        why = ("every word stands in the text" if entire == len(words)
               else "words of the text begin with what was asked")
        answers.append((id_, line[:200], value, why))
    return answers
