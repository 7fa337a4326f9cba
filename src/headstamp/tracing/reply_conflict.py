"""Where replies to one request contradict each other. Both stay; the contradiction is said.

Two codes contradict where one says that there is a record and another that there is none,
for the same item or for all. Two claims contradict where each tells of the same goods by
the same way from the same hand, but into other hands, or on days that cannot be the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from headstamp.kinds.date import bounds

Values = Mapping[str, Any]

_CONFIRMED = frozenset({"confirmed_full", "confirmed_partial"})
_DENIED = frozenset({"no_record", "not_our_product"})
_KINDS = ("transfer_kind", "custody_kind")


@dataclass(frozen=True, slots=True)
class ReplyConflict:
    """Two replies (or the claims read in them) that cannot both be right, and why in words."""

    first: str
    second: str
    words: str

    def as_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return {"first": self.first, "second": self.second, "words": self.words}


def reply_conflicts(
    replies: Sequence[tuple[str, Values]], claims: Sequence[tuple[str, Values]]
) -> tuple[ReplyConflict, ...]:
    """All contradictions among replies to one request and the claims read in them, by id."""
    found = [
        ReplyConflict(one, other, words)
        for (one, first), (other, second) in combinations(replies, 2)
        for words in _of_codes(first, second)
    ]
    found += [
        ReplyConflict(one, other, words)
        for (one, first), (other, second) in combinations(claims, 2)
        if first.get("reply") != second.get("reply")
        for words in _of_claims(first, second)
    ]
    return tuple(found)


def _of_codes(first: Values, second: Values) -> Iterable[str]:
    about = [set(one.get("items") or ()) for one in (first, second)]
    if about[0] and about[1] and not about[0] & about[1]:
        return
    codes = [str(one.get("reply_code")) for one in (first, second)]
    if (codes[0] in _CONFIRMED and codes[1] in _DENIED) or (
            codes[1] in _CONFIRMED and codes[0] in _DENIED):
        yield f"one reply says “{_word(codes[0])}”, another “{_word(codes[1])}” of the same"


def _of_claims(first: Values, second: Values) -> Iterable[str]:
    kinds = [next((str(one[name]) for name in _KINDS if one.get(name)), "") for one in (first, second)]
    if kinds[0] != kinds[1] or not _same_goods(first, second):
        return
    if _both(first, second, "from_party") and first["from_party"] != second["from_party"]:
        return  # two passages, one after the other
    if _both(first, second, "to_party") and first["to_party"] != second["to_party"]:
        yield "the same goods go from the same hand into two others"
    days = [bounds(str(when)) if when else (None, None) for when in (
        one.get("happened_on") or one.get("held_on") for one in (first, second))]
    (low, high), (begin, end) = days
    if _both(first, second, "to_party") and first["to_party"] == second["to_party"] and (
            (high and begin and high < begin) or (end and low and end < low)):
        yield "the same passage is put on days that cannot be the same"


def _same_goods(first: Values, second: Values) -> bool:
    items = [set(one.get("items") or [one.get("item")]) - {None} for one in (first, second)]
    if items[0] and items[1]:
        return bool(items[0] & items[1])
    return any(_both(first, second, name) and first[name] == second[name]
               for name in ("serials", "lot", "package"))


def _both(first: Values, second: Values, name: str) -> bool:
    return bool(first.get(name)) and bool(second.get(name))


def _word(code: str) -> str:
    return code.replace("_", " ")
