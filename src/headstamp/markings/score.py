"""How well a marking answers a query: a number, the reason in words, and what differs.

The order of the reasons is the order of trust, from the strictest key to the
loosest; the first that holds decides. The numbers only rank: they are no
probabilities, and none of them makes a link. Two rules come from practice:

- a short key alone never links: fewer than three characters read for certain
  score low, however well they agree;
- a hit is a lead: every other mark on the item is compared before anybody acts
  on it (FBI NCIC, as told in the Wisconsin TIME system manual).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headstamp.markings.edits import Edit, look_alikes, single_edit, unread_edits
from headstamp.markings.normalise import Keys, keys
from headstamp.markings.query import Query, parse
from headstamp.markings.unread import (
    RUN,
    UNREAD,
    Tokens,
    can_agree,
    has_unread,
    known,
    tokens,
)

FEWEST_KNOWN = 3
"""Characters read for certain below which nothing scores more than :data:`SHORT`."""

SHORT = 0.15
_FEWEST_FOR_EDIT = 5
_MOST_PLACES = 400  # A longer text is a note, not a marking: only its parts are compared.
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Match:
    """``score`` from 0 (nothing agrees) to 1 (as written), ``why`` in plain words, ``edits``."""

    score: float
    why: str
    edits: tuple[Edit, ...] = ()


NO_MATCH = Match(0.0, "nothing agrees")


def score(query: Query | str, marking: Keys) -> Match:
    """How well ``marking`` answers ``query``; the same two always give the same answer.

    >>> from headstamp.markings.normalise import keys
    >>> score("AB-1234", keys("ab 1234")).why
    'the same but for separators, capitals or script'
    >>> score("AB1234", keys("A81234"))
    Match(score=0.94, why='the same if B is read for 8 (place 2)', \
edits=(Edit(kind='look-alike', place=2, asked='B', seen='8'),))
    >>> score("369J257", keys("369M257")).why
    'the same when letters between digits are left out and O is zero'
    >>> score("36?257", keys("369257")).why
    'agrees where it was read: 5 characters known, 1 not'
    """
    asked = parse(query) if isinstance(query, str) else query
    if asked.kind == "exact":
        return _exact(asked.text, marking.raw)
    if asked.text == marking.raw:
        return Match(1.0, "as written")
    if not marking.plain:
        return NO_MATCH
    found = _same(asked, marking) or _pattern(asked, marking) or _part(asked, marking)
    return found or _one_edit(asked, marking) or NO_MATCH


def _exact(text: str, raw: str) -> Match:
    if text == raw:
        return Match(1.0, "as written")
    if text in raw:
        share = len(text) / len(raw)
        return Match(_round(0.6 + 0.35 * share), "stands in the marking as written")
    return NO_MATCH


def _same(asked: Query, marking: Keys) -> Match | None:
    """Equal keys, where both sides are read for certain (or written with the same doubts)."""
    mine = asked.keys
    if has_unread(mine.plain) or has_unread(marking.plain):
        return None
    if mine.plain == marking.plain:
        return _weigh(
            0.97, mine.plain, "the same but for separators, capitals or script", key=marking.plain
        )
    if mine.folded == marking.folded:
        edits = look_alikes(tokens(mine.plain), tokens(marking.plain))
        told = ", ".join(f"{e.asked} is read for {e.seen} (place {e.place})" for e in edits)
        return _weigh(
            max(0.86, 0.95 - 0.01 * len(edits)),
            mine.plain,
            f"the same if {told}",
            edits,
            key=marking.plain,
        )
    if mine.ncic == marking.ncic:
        why = "the same when letters between digits are left out and O is zero"
        return _weigh(0.8, mine.ncic, why, key=marking.ncic)
    return None


def _pattern(asked: Query, marking: Keys) -> Match | None:
    """Whole agreement where either side has places that were not read."""
    if not (has_unread(asked.keys.plain) or has_unread(marking.plain)):
        return None
    for mine, seen, best, added in (
        (asked.keys.plain, marking.plain, 0.78, ""),
        (asked.keys.folded, marking.folded, 0.72, ", look-alikes taken as one"),
    ):
        wanted, places = tokens(mine), tokens(seen)
        if len(places) > _MOST_PLACES or not can_agree(wanted, places):
            continue
        sure, unsure = _certainty(wanted, places)
        if not sure:
            continue  # A marking nobody could read agrees with all and says nothing.
        if sure < FEWEST_KNOWN:
            return Match(
                SHORT, f"agrees, but only {_characters(sure)} known: too short a key to link by"
            )
        share = sure / (sure + unsure)
        return Match(
            _round(best * (0.4 + 0.6 * share)),
            f"agrees where it was read: {_characters(sure)} known, {unsure} not{added}",
            unread_edits(wanted, places),
        )
    return None


def _part(asked: Query, marking: Keys) -> Match | None:
    """The query as a part of the marking."""
    for name, seen, taken, added in (
        ("plain", marking.plain, 0.0, ""),
        ("folded", marking.folded, 0.05, ", look-alikes taken as one"),
    ):
        mine = asked.keys.plain if name == "plain" else asked.keys.folded
        wanted = tokens(mine)
        if not _stands_in(asked, name, mine, seen, wanted):
            continue
        sure = known(wanted)
        if sure < FEWEST_KNOWN:
            return Match(
                SHORT, f"stands in it, but only {_characters(sure)} known: too short a key"
            )
        size = max(len(tokens(seen)), 1)
        value = 0.4 + 0.2 * min(1.0, sure / size) - taken
        where = "stands inside the marking"
        if _is_word(mine, name, marking.raw):
            value, where = value + 0.08, "stands as a word of its own in the marking"
        elif seen.startswith(mine):
            value, where = value + 0.03, "the marking begins with it"
        elif seen.endswith(mine):
            value, where = value + 0.03, "the marking ends with it"
        return Match(_round(value), where + added)
    return None


def _stands_in(asked: Query, name: str, mine: str, seen: str, wanted: Tokens) -> bool:
    if mine in seen and not has_unread(mine):
        return True
    if not has_unread(seen):
        if not has_unread(mine):
            return False
        return asked.regex("plain" if name == "plain" else "folded").match(seen) is not None
    places = tokens(seen)
    # A marking of many unread places would hold anything: the part has to be
    # one the marking shows, so a run in the marking may not stand for all of it.
    if len(places) > _MOST_PLACES or known(places) < FEWEST_KNOWN:
        return False
    fixed = tuple(place for place in places if place != RUN)
    return can_agree((RUN, *wanted, RUN), fixed) and _read_in_common(wanted, fixed)


def _read_in_common(wanted: Sequence[str], places: Sequence[str]) -> bool:
    certain = {place for place in places if place != UNREAD}
    return sum(1 for place in wanted if place in certain) >= FEWEST_KNOWN


def _is_word(mine: str, name: str, raw: str) -> bool:
    words = raw.split()
    if not 1 < len(words) <= _MOST_WORDS:
        return False
    return any((k.plain if name == "plain" else k.folded) == mine for k in map(keys, words))


def _one_edit(asked: Query, marking: Keys) -> Match | None:
    """One character other, missing, added or swapped (optimal string alignment, distance 1)."""
    wanted, places = asked.places("folded"), tokens(marking.folded)
    sure = min(known(wanted), known(places))
    if sure < _FEWEST_FOR_EDIT or abs(len(wanted) - len(places)) > 1:
        return None
    edit = single_edit(wanted, places)
    if edit is None:
        return None
    told = {
        "other": f"{edit.seen} stands for {edit.asked}",
        "missing": f"{edit.asked} is missing",
        "added": f"{edit.seen} is added",
        "swapped": f"{edit.asked} stands as {edit.seen}",
    }[edit.kind]
    share = min(1.0, sure / 10)
    return Match(
        _round(0.2 + 0.2 * share), f"one character differs: {told} (place {edit.place})", (edit,)
    )


def _certainty(asked: Tokens, seen: Tokens) -> tuple[int, int]:
    """Places read for certain on both sides, and those that are not (a run counts as two)."""
    unsure = max(_doubt(asked), _doubt(seen))
    if len(asked) == len(seen) and RUN not in asked and RUN not in seen:
        sure = sum(
            1 for a, b in zip(asked, seen, strict=True) if known((a,)) and known((b,)) and a == b
        )
        return sure, len(asked) - sure
    return min(known(asked), known(seen)), unsure


def _doubt(places: Tokens) -> int:
    return sum(2 if place == RUN else 1 for place in places if not known((place,)))


def _weigh(value: float, mine: str, why: str, edits: tuple[Edit, ...] = (), *, key: str) -> Match:
    if min(known(tokens(mine)), known(tokens(key))) < FEWEST_KNOWN:
        return Match(
            _round(SHORT + value / 10), f"{why}; a key this short links nothing by itself", edits
        )
    return Match(_round(value), why, edits)


def _characters(number: int) -> str:
    return f"{number} character" + ("" if number == 1 else "s")


def _round(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)
