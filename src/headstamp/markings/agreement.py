"""Two readings of one marking, lined up place by place: where they agree, where they differ.

Two people who read the same worn marking without seeing each other's reading
say more than one who reads it twice: what both saw stands, what only one saw
rests on one pair of eyes, and where they differ both are kept (``[8B]``) until
somebody looks again. Nothing is averaged and nobody outvotes anybody.

========== ================================================================ ========
kind       what it means at one place                                       joint
========== ================================================================ ========
agreed     the same character                                               it
written    the same character in another form: small or capital, another    the first
           alphabet's twin, another script's digit
separator  only a sign between characters, or only one of them has it       the first
differing  two characters that cannot be one                                ``[8B]``
narrowed   one gave alternatives, the other one of them                     what is left
unread     one read it, the other did not                                   what was read
both_unread neither read it                                                 ``?``
only_first, only_second  one saw a character where the other saw none       ``*``
========== ================================================================ ========

The share of agreement counts places that both read: agreed and written over
those and differing, only_first and only_second. Unread places are counted by
themselves: not reading a character is no mistake. (Agreement per place between
independent readers, without correction for chance: with an alphabet of some
thirty signs chance adds about three in a hundred.)

The least costly way of lining the two up is taken, found by a table (Needleman
and Wunsch 1970); ties go to pairing places rather than leaving one out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Literal

from headstamp.kinds.counted import plural
from headstamp.markings.normalise import keys
from headstamp.markings.unread import MOST_ALTERNATIVES, RUN, UNREAD, tokens

Kind = Literal[
    "agreed", "written", "separator", "differing", "narrowed", "unread", "both_unread",
    "only_first", "only_second",
]

MOST_CELLS = 250_000
"""Beyond so many pairs of places (two texts of 500 that differ throughout) they are paired in order."""

_SAME = frozenset({"agreed", "written"})
_AGAINST = frozenset({"differing", "only_first", "only_second"})
_COST: dict[Kind, int] = {
    "agreed": 0, "both_unread": 0, "written": 1, "separator": 1, "narrowed": 2, "unread": 3,
    "differing": 8,
}
_LOOK_ALIKE, _GAP, _GAP_SEPARATOR, _RUN_ALONE, _RUN_MORE, _MIXED = 6, 6, 2, 1, 2, 14
_IN_BRACKETS = frozenset("[]?*")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of two readings: what each has there (empty: nothing), and what that makes.

    ``first`` and ``second`` are one character, ``?``, ``*`` or several alternatives
    (``8B``); ``joint`` is the place as it stands in a joint text (``[8B]``).
    ``number`` counts from 1.
    """

    number: int
    first: str
    second: str
    kind: Kind
    joint: str

    def words(self, first: str = "the first", second: str = "the second") -> str:
        """The place in one sentence.

        >>> compare("A8", "AB").places[1].words("Ada", "Ben")
        'place 2: Ada reads 8, Ben reads B'
        """
        one, other = _said(self.first), _said(self.second)
        told = {
            "agreed": f"both read {one}",
            "written": f"the same character written otherwise: {first} has {one}, "
                       f"{second} has {other}",
            "separator": f"only the sign between characters: {first} has {one}, "
                         f"{second} has {other}",
            "differing": f"{first} reads {one}, {second} reads {other}",
            "narrowed": f"{first} reads {one}, {second} reads {other}: one of them was surer",
            "unread": f"{first} reads {one}, {second} could not read it"
                      if self.second in (UNREAD, RUN, "") else
                      f"{second} reads {other}, {first} could not read it",
            "both_unread": "neither could read it",
            "only_first": f"{first} reads {one}, {second} sees no character there",
            "only_second": f"{second} reads {other}, {first} sees no character there",
        }[self.kind]
        return f"place {self.number}: {told}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readings lined up."""

    first: str
    second: str
    places: tuple[Place, ...]
    joint: str

    def count(self, *kinds: Kind) -> int:
        """How many places are of these kinds."""
        return sum(1 for place in self.places if place.kind in kinds)

    @property
    def agreed(self) -> int:
        """Places at which both read the same character."""
        return sum(1 for place in self.places if place.kind in _SAME)

    @property
    def against(self) -> int:
        """Places at which the two readings contradict each other."""
        return sum(1 for place in self.places if place.kind in _AGAINST)

    @property
    def compared(self) -> int:
        """Places that both read: those that agree and those that do not."""
        return self.agreed + self.against

    @property
    def open(self) -> int:
        """Places that one or both did not read, or read as one of several."""
        return self.count("unread", "both_unread", "narrowed")

    @property
    def share(self) -> float | None:
        """Share of the places read by both that agree; None where there are none."""
        return self.agreed / self.compared if self.compared else None

    @property
    def same(self) -> bool:
        """Whether the two say the same of every character."""
        return not self.against and not self.open

    def summary(self) -> str:
        """The agreement in one sentence.

        >>> compare("A8 12?456", "AB 123456").summary()
        '6 of the 7 characters that both read agree, 1 differs; 1 was read by one of them only'
        """
        if not self.compared and not self.open:
            return "neither reading holds a character"
        if not self.compared:
            return "there is no character that both read"
        if self.same:
            return "both read the same" if self.compared == 1 else (
                f"all {plural(self.compared, 'character')} agree"
            )
        told = (f"all {plural(self.compared, 'character')} that both read agree" if not self.against else
                f"{self.agreed} of the {plural(self.compared, 'character')} that both read "
                f"{'agrees' if self.agreed == 1 else 'agree'}, "
                f"{self.against} {'differs' if self.against == 1 else 'differ'}")
        more = [
            f"{n} {'was' if n == 1 else 'were'} {what}" for n, what in (
                (self.count("unread"), "read by one of them only"),
                (self.count("narrowed"), "read as one of several by one of them"),
                (self.count("both_unread"), "read by neither"),
            ) if n
        ]
        return f"{told}; {', '.join(more)}" if more else told

    def words(self, first: str = "the first", second: str = "the second") -> tuple[str, ...]:
        """Every place that is not simply agreed, in words; nothing where all is."""
        return tuple(
            place.words(first, second) for place in self.places
            if place.first != place.second or place.kind == "both_unread"
        )


def compare(first: str, second: str) -> Agreement:
    """Two readings of one marking lined up. Never raises on any text.

    >>> [place.kind for place in compare("12?45", "1B345").places]
    ['agreed', 'differing', 'unread', 'agreed', 'agreed']
    >>> compare("A8 12?456", "AB 123456").joint, compare("AB12", "AB 2").joint
    ('A[8B] 123456', 'AB*2')
    """
    one, other = tokens(first), tokens(second)
    start = 0
    shorter = min(len(one), len(other))
    # What is the same at both ends needs no table; a run may reach over what follows it.
    while start < shorter and one[start] == other[start] != RUN:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end] != RUN:
        end += 1
    pairs = [
        *zip(one[:start], other[:start], strict=True),
        *_aligned(one[start : len(one) - end], other[start : len(other) - end]),
        *zip(one[len(one) - end :], other[len(other) - end :], strict=True),
    ]
    found: list[Place] = []
    for number, (a, b) in enumerate(pairs, start=1):
        kind = kind_of(a, b)
        found.append(Place(number, a, b, kind, _written(_joint(a, b, kind))))
    return Agreement(first, second, tuple(found), _text(found))


def joint_of(texts: Sequence[str]) -> str:
    """One text for several readings, the first two joined first; empty for none.

    A later reading may settle what two left open: of ``[8B]`` and ``8`` stays ``8``.

    >>> joint_of(["12845", "12B45"]), joint_of(["12845", "12B45", "12845"])
    ('12[8B]45', '12845')
    """
    return reduce(lambda one, other: compare(one, other).joint, texts) if texts else ""


def kind_of(first: str, second: str) -> Kind:
    """What two places, lined up, are to each other.

    >>> kind_of("8", "8B"), kind_of("a", "A"), kind_of("-", ""), kind_of("?", "7")
    ('narrowed', 'written', 'separator', 'unread')
    """
    if first == second:
        if first in (UNREAD, RUN):
            return "both_unread"
        return "separator" if _separates(first) else "agreed"
    if _is_unread(first) and _is_unread(second):
        return "both_unread"
    if _is_unread(first) or _is_unread(second):
        return "unread"
    if _separates(first) and _separates(second):
        return "separator"
    if not first:
        return "only_second"
    if not second:
        return "only_first"
    one, other = _keys(first), _keys(second)
    if one == other:
        # Two orders of the same alternatives are both as unsure.
        return "written" if len(one) == 1 else "narrowed"
    return "narrowed" if one & other else "differing"


def _is_unread(token: str) -> bool:
    return token in (UNREAD, RUN)


@lru_cache(maxsize=4096)
def _key(char: str) -> str:
    return char if char in (UNREAD, RUN) else keys(char).plain


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    return keys(char).folded


def _keys(token: str) -> frozenset[str]:
    return frozenset(_key(char) for char in token)


def _separates(token: str) -> bool:
    """Whether a place holds nothing but signs that every writer sets as they like; or nothing."""
    return not any(_key(char) for char in token)


@lru_cache(maxsize=1 << 16)
def _cost(first: str, second: str) -> int:
    kind = kind_of(first, second)
    if kind in ("only_first", "only_second"):
        return _GAP
    if kind == "separator" and not (first and second):
        return _GAP_SEPARATOR
    if kind == "differing":
        if _separates(first) != _separates(second):
            return _MIXED
        if {_fold(char) for char in first} & {_fold(char) for char in second}:
            return _LOOK_ALIKE
    if kind == "unread" and _separates(first if _is_unread(second) else second):
        return _COST["differing"]
    return _COST[kind]


def _alone(token: str, beside: str) -> int:
    """The cost of a place that the other reading has not; ``beside`` is what it had last."""
    if beside == RUN:
        return _RUN_MORE
    return _RUN_ALONE if token == RUN else _cost(token, "")


def _aligned(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    if len(one) * len(other) > MOST_CELLS:
        longer = max(len(one), len(other))
        return [(one[at] if at < len(one) else "", other[at] if at < len(other) else "")
                for at in range(longer)]
    row = [0]
    for token in other:
        row.append(row[-1] + _alone(token, ""))
    ways: list[list[str]] = [["="] + ["<"] * len(other)]
    for i, a in enumerate(one):
        above, row = row, [row[0] + _alone(a, "")]
        way = ["^"]
        before = one[i]
        for j, b in enumerate(other):
            both = above[j] + _cost(a, b)
            first_alone = above[j + 1] + _alone(a, b)
            second_alone = row[j] + _alone(b, before)
            best = min(both, first_alone, second_alone)
            row.append(best)
            way.append("=" if best == both else "^" if best == first_alone else "<")
        ways.append(way)
    pairs: list[tuple[str, str]] = []
    i, j = len(one), len(other)
    while i or j:
        step = ways[i][j]
        # A character beside a run of the other reading was covered by it.
        if step == "=":
            pairs.append((one[i - 1], other[j - 1]))
            i, j = i - 1, j - 1
        elif step == "^":
            pairs.append((one[i - 1], RUN if j and other[j - 1] == RUN else ""))
            i -= 1
        else:
            pairs.append((RUN if i and one[i - 1] == RUN else "", other[j - 1]))
            j -= 1
    return pairs[::-1]


def _joint(first: str, second: str, kind: Kind) -> str:
    if kind in ("agreed", "written", "separator"):
        return first
    if kind == "unread":
        read = second if _is_unread(first) else first
        return read or RUN
    if kind == "both_unread":
        return RUN if RUN in (first, second) else UNREAD
    if kind in ("only_first", "only_second"):
        return RUN
    if kind == "narrowed":
        return "".join(char for char in first if _key(char) in _keys(second))
    both = "".join(dict.fromkeys(first + second))
    return both if len(both) <= MOST_ALTERNATIVES and _IN_BRACKETS.isdisjoint(both) else UNREAD


def _written(token: str) -> str:
    return f"[{token}]" if len(token) > 1 else token


def _text(places: Sequence[Place]) -> str:
    """The joint text; it is read back as the places it is made of, whatever brackets stood there."""
    wanted: list[str] = []
    for place in places:
        if place.joint and not (place.joint == RUN and wanted and wanted[-1] == RUN):
            wanted.append(place.joint)
    text = "".join(wanted)
    meant = tuple(one[1:-1] if len(one) > 1 else one for one in wanted)
    if tokens(text) == meant:
        return text
    return "".join(UNREAD if one in ("[", "]") else one for one in wanted)


def _said(token: str) -> str:
    if not token:
        return "nothing"
    if token.isspace():
        return "a space"
    return " or ".join(token) if len(token) > 1 else token
