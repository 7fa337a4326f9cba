"""What a find shows, as a set of plain features; and what a signature is: some of them, seen together.

A feature is what anybody can see from outside and nobody could build from: a kind of marking and how it is laid
out, paint, a stencil, packaging, a logo, which product is in it, a lot. A signature is a set of
features by which finds are recognised again. It is no maker and no place: features are copied, bought and reused.

How much two finds share is weighed by how rare it is, as words are in a search (Sparck Jones 1972, Journal of
Documentation 28:11): that both are painted says little, that both bear one lot says much.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

_SPACE = re.compile(r"\s+")
_LETTERS = {"LATIN": "A", "CYRILLIC": "Я", "GREEK": "Ω", "ARABIC": "ع", "HEBREW": "א"}
_OTHER_LETTER = "*"
CONVENTION = "marking_convention"
"""The kind of feature that says how a marking is laid out and applied."""


class Feature(NamedTuple):
    """One feature: of which kind, and what it is."""

    kind: str
    value: str

    def words(self) -> str:
        """For a person."""
        return f"{self.kind.replace('_', ' ')}: {self.value}"


Shown = frozenset[Feature]
"""The features that a find shows."""


def feature(kind: str, value: str) -> Feature:
    """A feature so written that the same is the same: case, width and spaces apart.

    In a convention of marking, words in capitals are a layout and stay so.

    >>> feature("Paint", " Grey   GREEN ")
    Feature(kind='paint', value='grey green')
    >>> feature("marking convention", "Stamped AA-9999").value
    'stamped AA-9999'
    """
    said, seen = (unicodedata.normalize("NFKC", text).strip() for text in (kind, value))
    name = _SPACE.sub("_", said).casefold()
    keep = name == CONVENTION
    return Feature(name, " ".join(
        word if keep and word == word.upper() else word.casefold() for word in _SPACE.split(seen)))


def layout(text: str) -> str:
    """How a marking is laid out: letters and digits by their sort, all else as it stands.

    Letters keep their script (A Latin, Я Cyrillic, Ω Greek, ع Arabic, א Hebrew, * any other). What
    could not be read stays ``?``.

    >>> layout("KM-4417"), layout("12 - 77 ГЖ"), layout("L?T 3/88")
    ('AA-9999', '99 - 99 ЯЯ', 'A?A 9/99')
    """
    plain = _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    return "".join(_sort(one) for one in plain)


def _sort(character: str) -> str:
    if character.isnumeric():
        return "9"
    if character.isalpha():
        return _LETTERS.get(unicodedata.name(character, "").split(" ")[0], _OTHER_LETTER)
    return character


@dataclass(frozen=True, slots=True)
class Signature:
    """Features seen together; ``least`` is how many of them a find must show (None: all)."""

    features: Shown
    least: int | None = None

    @property
    def needed(self) -> int:
        """How many a find must show: at least one, at most all."""
        return len(self.features) if self.least is None else max(1, min(self.least, len(self.features)))

    def shown_by(self, find: Shown) -> bool | None:
        """Whether a find shows it; None where too little was noted of the find to tell.

        A feature that is not there counts against it only where something of that kind was noted: nobody
        who did not look at the paint has seen that it is another.
        """
        has = len(self.features & find)
        if has >= self.needed:
            return bool(self.features)
        noted = {one.kind for one in find}
        open_ = sum(one.kind not in noted for one in self.features - find)
        return None if has + open_ >= self.needed else False


def weights(finds: Sequence[Collection[Feature]], groups: Sequence[Hashable] | None = None) -> dict[Feature, float]:
    """How much it says that two finds share a feature: log((n + 1) / those that show it), above 0.

    With ``groups`` (one for each find: its crate, its recovery) finds of one group count once.
    """
    of = list(range(len(finds))) if groups is None else groups
    seen = {(group, one) for group, find in zip(of, finds, strict=True) for one in find}
    shown = Counter(one for _, one in seen)
    n = len(set(of))
    return {one: log((n + 1) / count) for one, count in shown.items()}


def alike(one: Shown, other: Shown, weight: Mapping[Feature, float]) -> float:
    """The weight that two finds share by the weight of all that either shows, from 0 to 1 (Jaccard, weighted)."""
    either = sum(weight.get(each, 0.0) for each in one | other)
    return sum(weight.get(each, 0.0) for each in one & other) / either if either else 0.0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A feature that all chosen finds show: how many others show it too, and what it weighs."""

    feature: Feature
    others: int
    weight: float


def propose(chosen: Sequence[Shown], others: Sequence[Shown]) -> list[Proposed]:
    """The features that all chosen finds share, those that tell most first.

    ``others`` are the rest of what is catalogued. Nothing is proposed of fewer than one find.
    """
    if not chosen:
        return []
    weight = weights([*chosen, *others])
    in_others = Counter(one for find in others for one in find)
    found = frozenset.intersection(*chosen)
    return sorted((Proposed(one, in_others[one], weight[one]) for one in found),
                  key=lambda each: (-each.weight, each.feature))


def tells_apart(signature: Signature, finds: Iterable[Shown]) -> tuple[int, int, int]:
    """Of some finds: how many show the signature, do not, and cannot be told."""
    answers = Counter(signature.shown_by(find) for find in finds)
    return answers[True], answers[False], answers[None]
