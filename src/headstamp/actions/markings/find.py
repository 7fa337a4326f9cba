"""One search box: markings from a good or a bad reading, and words in records.

Markings come first, each with the probability that it is the one meant, weighed
against every other marking the reader may see and against none of them
(:mod:`headstamp.markings`). Then markings by the words for their state, then
records by the beginnings of the words of their text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from headstamp.actions.cases import index_case
from headstamp.actions.markings.index import Markings, markings
from headstamp.actions.markings.learn import channel_of
from headstamp.actions.markings.series import around
from headstamp.actions.markings.states import markings_in_state, state_named
from headstamp.errors import Invalid, Problem
from headstamp.markings import Channel
from headstamp.markings import Hit as MarkingHit
from headstamp.markings.context import FIELDS
from headstamp.markings.query import parse
from headstamp.markings.rates import default_rates
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary

_CANDIDATES: Final = 400
_OF_A_STATE: Final = 1000
_WORD = re.compile(r"\w+", re.UNICODE)
LEAST: Final = 0.001
"""A marking less probable than this is shown only where it agrees with all that was read."""
_AGREE: Final = frozenset({"same", "look-alike", "unread", "run", "cut"})
_TRIES: Final = 3


@dataclass(frozen=True)
class Hit:
    """One answer: the record, the text that matched, a score from 0 to 1, and why in words.

    For a marking or reading found by its characters the score is the
    ``probability`` that it is the marking meant, ``marking`` says how the characters
    line up, and ``nearby`` what stands around it: runs of serials and ranges named.
    For what was found by words there is no probability: a score only ranks.
    """

    id: str
    kind: str
    text: str
    score: float
    why: str
    label: str
    record: Shown
    probability: float | None = None
    marking: MarkingHit | None = field(default=None, repr=False, compare=False)
    nearby: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values, with the characters lined up and each part of the context."""
        told: dict[str, Any] = {
            "id": self.id, "kind": self.kind, "text": self.text, "score": self.score,
            "why": self.why, "label": self.label, "probability": self.probability,
        }
        if self.marking is not None:
            told |= explained(self.marking)
            told["nearby"] = list(self.nearby)
        return told


def explained(hit: MarkingHit) -> dict[str, Any]:
    """Why a marking is a hit, as plain JSON values."""
    told = hit.explain()
    return {
        "pairs": [{"asked": p.asked, "seen": p.seen, "kind": p.kind} for p in told.pairs],
        "words": list(told.words), "rules": list(told.rules),
        "context": [
            {"field": f.field, "asked": f.asked, "stands": f.stands, "times": round(f.times, 4)}
            for f in told.factors
        ],
        "none": round(hit.surroundings.none, 4) if hit.surroundings is not None else None,
    }


def find(
    case: Case, text: str, *, clearance: str, limit: int = 20,
    context: Mapping[str, str] | None = None, technique: str = "", reader: str = "",
    state: str = "", quick: bool = False, nearby: int = 0,
) -> list[Hit]:
    """What answers to this text, best first.

    ``context``: maker, model, calibre, family, country, year beside the marking, as far
    as known. ``technique`` and ``reader`` say how it was made and who read it, which
    decides what is misread for what. ``state``: only markings in that state; the text
    may then be empty. ``quick``: the quick list of markings, where a later call
    asks for the complete one. ``nearby``: for so many hits the runs and ranges around.
    Raises Invalid for a text that is empty, endless or no query, and for unknown words.
    """
    wanted = state_named(state) if state else ""
    text = text if text.strip() else wanted
    if not text.strip():
        raise Invalid("there is nothing to look for; give a marking, a part of one, or words")
    parse(text)
    beside = checked_context(context)
    channel = checked_channel(case, technique, reader)
    index_case(case)
    most = _OF_A_STATE if wanted else limit
    for attempt in range(_TRIES):
        seen = markings(case, clearance)
        with case.read(clearance).snapshot() as sees:
            found = _markings(sees, seen, text, most, channel, beside, quick)
            if found is None and attempt + 1 < _TRIES:
                continue  # something was recorded meanwhile
            hits = _with_words(sees, text, found or [], most)
            if wanted:
                hits = [one for one in hits if one.kind == "marking"
                        and one.record.get("state") == wanted][:limit]
            return _with_nearby(case, sees, hits, nearby)
    return []


def checked_context(given: Mapping[str, str] | None) -> dict[str, str]:
    """What is known beside a marking, cleaned. Raises Invalid for a field there is not."""
    context = {name: str(value).strip() for name, value in (given or {}).items()}
    unknown = sorted(context.keys() - {*FIELDS})
    if unknown:
        raise Invalid("this cannot be known of a marking here", [
            Problem(f"there is no {name!r}; there are: {', '.join(FIELDS)}", field=name)
            for name in unknown
        ])
    return {name: value for name, value in context.items() if value}


def checked_channel(case: Case, technique: str, reader: str) -> Channel:
    """The costs to search a case with. Raises Invalid for a technique or reader there is not."""
    rates = default_rates()
    problems = [
        Problem(f"there is no such {what}; there are: {', '.join(one.name for one in known)}",
                field=what, value=given)
        for what, given, known in (
            ("technique", technique, rates.techniques), ("reader", reader, rates.readers),
        ) if given and not any(given in (one.name, *one.aliases) for one in known)
    ]
    if problems:
        raise Invalid("this cannot be searched for so", problems)
    return channel_of(case, technique or None, reader or None)


def look_for(
    seen: Markings, text: str, limit: int, channel: Channel, context: Mapping[str, str],
    quick: bool = False,
) -> list[MarkingHit]:
    """The markings that answer, best first, without those that answer next to nothing."""
    ask = seen.index.first if quick else seen.index.search
    hits = ask(text, limit, channel=channel, context=context or None)
    return [one for one in hits if one.probability >= LEAST or _agrees(one)]


def _agrees(hit: MarkingHit) -> bool:
    pairs = hit.explain().pairs
    return not pairs or ({pair.kind for pair in pairs} <= _AGREE
                         and any(pair.kind == "same" for pair in pairs))


def _markings(
    reader: Reader, seen: Markings, text: str, limit: int, channel: Channel,
    context: Mapping[str, str], quick: bool,
) -> list[Hit] | None:
    """Hits among the markings; None where the case is no longer what the index holds."""
    found = look_for(seen, text, limit, channel, context, quick)
    shown = reader.standing([seen.seq(one.position) for one in found])
    hits = []
    for one in found:
        record = shown.get(seen.seq(one.position))
        if record is not None:
            hits.append(Hit(
                record.id, record.kind, one.text, round(one.probability, 6), str(one.explain()),
                record.label, record, round(one.probability, 6), one,
            ))
    if len(hits) < len(found) and reader.size() != seen.size:
        return None
    return hits


def _with_words(reader: Reader, text: str, hits: list[Hit], limit: int) -> list[Hit]:
    """The same, then markings in the state and records with the words that were asked for."""
    have = {one.id for one in hits}
    others: dict[str, tuple[str, float, str]] = {}
    for id_, matched, value, why in (*_words(reader, text), *markings_in_state(reader, text, limit)):
        if id_ not in have and value > others.get(id_, ("", 0.0, ""))[1]:
            others[id_] = (matched, value, why)
    ranked = sorted(others.items(), key=lambda one: (-one[1][1], one[0]))[:limit]
    # Many faint markings leave some room for what was found by words.
    hits = hits[: limit - min(len(ranked), limit // 4)]
    ranked = ranked[: limit - len(hits)]
    shown = reader.many([id_ for id_, _ in ranked])
    return hits + [
        Hit(id_, shown[id_].kind, matched, round(value, 4), why, shown[id_].label, shown[id_])
        for id_, (matched, value, why) in ranked if id_ in shown
    ]


def _with_nearby(case: Case, reader: Reader, hits: Sequence[Hit], most: int) -> list[Hit]:
    return [
        replace(one, nearby=tuple(around(case, reader, one.text)))
        if at < most and one.marking is not None else one
        for at, one in enumerate(hits)
    ]


def how_likely(probability: float) -> str:
    """A probability in a word of the trade (ICD 203); the number stands beside it.

    >>> how_likely(0.97), how_likely(0.5), how_likely(0.001)
    ('almost certain', 'roughly even', 'almost no chance')
    """
    words = vocabulary("probability_word")
    for least, code in _WORDS:
        if probability >= least:
            return words.label(code)
    return words.label("almost_no_chance")


_WORDS: Final = (
    (0.95, "almost_certain"), (0.8, "very_likely"), (0.55, "likely"), (0.45, "roughly_even"),
    (0.2, "unlikely"), (0.05, "very_unlikely"),
)


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
