"""Candidates: pairs of parties that may be one, found by few keys and compared one by one.

Comparing every party with every other is beyond any machine for a large case. Two are
compared where they share a key: a number in a register, the name without its legal form, its
consonants, a word that few parties have, the beginning of the name, an address, an officer or
owner. A key that very many share tells nothing and is passed over; how many were is said.
Nothing is decided here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.linking.party_compare import PartyFacts, Reason, reasons

RULE, VERSION = "party candidates", 1
STRONG, LIKELY, LEAST = 7.0, 5.0, 3.0
_MOST_SHARING = 60
_BEGINNING = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two parties that may be one. ``score`` is the sum of all reasons' points."""

    party: str
    other: str
    score: float
    reasons: tuple[Reason, ...]

    @property
    def word(self) -> str:
        """``strong``, ``likely`` or ``worth a look``."""
        return "strong" if self.score >= STRONG else "likely" if self.score >= LIKELY else "worth a look"

    @property
    def speaks_for(self) -> tuple[Reason, ...]:
        """The reasons for, the heaviest first."""
        return tuple(one for one in self.reasons if one.points > 0)

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons against, the heaviest first."""
        return tuple(one for one in self.reasons if one.points < 0)

    def as_dict(self) -> dict[str, Any]:
        """The candidate as plain JSON values."""
        return {
            "party": self.party, "other": self.other, "score": round(self.score, 1),
            "word": self.word, "for": [one.as_dict() for one in self.speaks_for],
            "against": [one.as_dict() for one in self.against],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """All candidates, the best first; ``passed_over`` keys were shared by too many parties."""

    candidates: tuple[Candidate, ...]
    compared: int
    passed_over: int


def find_candidates(parties: Sequence[PartyFacts]) -> Found:
    """Compares parties that share a key. The order of the parties changes nothing."""
    weigh = Weights(parties)
    blocks: dict[tuple[str, str], list[int]] = {}
    for at, party in enumerate(parties):
        for key in set(_keys(party)):
            blocks.setdefault(key, []).append(at)
    pairs: set[tuple[int, int]] = set()
    passed_over = 0
    for some in blocks.values():
        if len(some) > _MOST_SHARING:
            passed_over += 1
            continue
        pairs.update((a, b) for place, a in enumerate(some) for b in some[place + 1:])
    found = []
    for a, b in pairs:
        one, other = sorted((parties[a], parties[b]), key=lambda party: party.id)
        why = tuple(reasons(one, other, weigh))
        score = sum(reason.points for reason in why)
        if score >= LEAST:
            found.append(Candidate(one.id, other.id, score, why))
    found.sort(key=lambda one: (-round(one.score, 3), one.party, one.other))
    return Found(tuple(found), len(pairs), passed_over)


class Weights:
    """How telling a word is among these parties: 1 where only one has it, near 0 where all do."""

    def __init__(self, parties: Iterable[PartyFacts]) -> None:
        self._with: dict[str, int] = {}
        self._parties = 1
        for party in parties:
            self._parties += 1
            for word in {word for name in party.names for word in name.latin_words}:
                self._with[word] = self._with.get(word, 0) + 1

    def __call__(self, word: str) -> float:
        # That two share it is what is asked; only what others share as well makes it common.
        others = max(1, self._with.get(word, 1) - 1)
        return max(0.05, math.log(self._parties / others) / math.log(max(self._parties, 2)))


def _keys(party: PartyFacts) -> Iterator[tuple[str, str]]:
    for scheme, numbers in (party.identifiers or {}).items():
        for number in numbers:
            yield f"number {scheme}", number
    for name in party.names:
        yield "name", " ".join(sorted(name.latin_words))
        yield "begins", name.squeezed[:_BEGINNING]
        for word in name.latin_words:
            if len(word) > 1:
                yield "word", word
        for skeleton in name.skeletons:
            yield "consonants", skeleton
    for address in party.addresses or {}:
        yield "address", address
    for tied in party.tied or {}:
        yield "tied", tied
