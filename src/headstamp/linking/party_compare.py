"""Two parties side by side: what speaks for their being one, what against, each with its points.

The points are added up. They were set by hand and checked on open data with a true key
(docs/parties.md says how well they do); the sum is an order of merit, no probability. A
shared address, officer or owner is a question and not a proof: firms of one house share them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headstamp.kinds.country import COUNTRY
from headstamp.linking.legal_form import legal_forms, plain_word, words_of
from headstamp.linking.party_names import PartyName
from headstamp.linking.spelling import likeness

Weight = Callable[[str], float]
_SPELLED_ALIKE = 0.8
_LEAST_SHARE = 0.8
_SKELETON_LEAST = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: ``points`` above 0 speak for, below 0 against. ``what`` is its kind."""

    what: str
    points: float
    words: str

    def as_dict(self) -> dict[str, Any]:
        """The reason as plain JSON values."""
        return {"what": self.what, "points": round(self.points, 1), "words": self.words}


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is known of a party, ready to be compared.

    ``identifiers`` map a scheme (folded) to its numbers (letters and digits alone);
    ``addresses`` map the folded address to the one as written; ``tied`` maps owners and officers (ids) to what they are and what
    they are called.
    """

    id: str
    names: tuple[PartyName, ...]
    kind: str = "unknown"
    country: str = ""
    identifiers: Mapping[str, frozenset[str]] | None = None
    addresses: Mapping[str, str] | None = None
    tied: Mapping[str, tuple[str, str]] | None = None


def number_key(value: str) -> str:
    """The letters and digits of a number in a register.

    >>> number_key("FI 2644224-5")
    'FI26442245'
    """
    return "".join(c for c in value.upper() if c.isalnum())


def address_key(text: str) -> str:
    """An address as addresses are compared: its words in order, no case, accents or signs."""
    return " ".join(map(plain_word, words_of(text)))


def reasons(one: PartyFacts, other: PartyFacts, weight: Weight) -> list[Reason]:
    """All reasons, the heaviest first. ``weight`` says how telling a word is, from 0 to 1."""
    found = [*_identifiers(one, other), *_name(one, other, weight), *_rest(one, other)]
    return sorted(found, key=lambda reason: (-abs(reason.points), reason.what, reason.words))


def _identifiers(one: PartyFacts, other: PartyFacts) -> Iterable[Reason]:
    mine, theirs = one.identifiers or {}, other.identifiers or {}
    for scheme in sorted(mine.keys() & theirs.keys()):
        shared = mine[scheme] & theirs[scheme]
        if shared:
            yield Reason("same_identifier", 12, f"the same {scheme} number: {min(shared)}")
            continue
        near = max(likeness(a, b) * max(len(a), len(b)) - max(len(a), len(b))
                   for a in mine[scheme] for b in theirs[scheme])
        a, b = min(mine[scheme]), min(theirs[scheme])
        if near >= -1 and len(a) > 4:
            yield Reason("identifier_one_sign_apart", -3,
                         f"{scheme} numbers one sign apart: {a}, {b}; is one miswritten?")
        else:
            yield Reason("different_identifier", -9, f"different {scheme} numbers: {a}, {b}")


def _name(one: PartyFacts, other: PartyFacts, weight: Weight) -> Iterable[Reason]:
    """The best of all pairs of names, with what speaks against just this pair."""
    best: list[Reason] = []
    for mine in one.names:
        for theirs in other.names:
            found = compare_names(mine, theirs, weight)
            if sum(r.points for r in found) > sum(r.points for r in best):
                best = found
    return best


def compare_names(one: PartyName, other: PartyName, weight: Weight) -> list[Reason]:
    """What two names have in common; nothing where they have nothing to do with each other."""
    if not one.latin_words or not other.latin_words:
        return []
    found = _shared(one, other, weight)
    if found is None:
        return []
    against = []
    if one.form_kind and other.form_kind and one.form_kind != other.form_kind and "company" not in (
            one.form_kind, other.form_kind):
        labels = legal_forms().labels
        against.append(Reason(
            "legal_form", -1, f"different legal forms: {one.form} ({labels[one.form_kind]}), "
                                f"{other.form} ({labels[other.form_kind]})"))
    if one.unit != other.unit and (one.unit or other.unit):
        units = " / ".join(" ".join(unit) for unit in (one.unit, other.unit) if unit)
        against.append(Reason("unit", -0.5, f"a branch or department is named beside it: {units}"))
    return [found, *against]


def _shared(one: PartyName, other: PartyName, weight: Weight) -> Reason | None:
    pair = f"“{one.written}”, “{other.written}”"
    mine, theirs = sorted(one.latin_words), sorted(other.latin_words)
    across = one.script != other.script
    telling = min(3.0, 2 * sum(map(weight, set(mine))))
    if mine == theirs:
        if one.words == other.words or sorted(one.words) == sorted(other.words):
            return Reason("same_name", 4 + telling, f"the same name: {pair}")
        return Reason("same_name_in_latin", 3 + telling,
                      f"the same name in another script or with other accents: {pair}")
    if one.squeezed == other.squeezed:
        return Reason("same_name_parted", 3 + telling, f"the same name, parted otherwise: {pair}")
    share, small = _aligned(mine, theirs, weight)
    if share >= _LEAST_SHARE:
        return Reason("spelled_alike", 1.5 + share * telling, f"spelled alike: {pair}")
    if across and _same_skeleton(one, other):
        doubt = one.doubt or other.doubt
        return Reason("same_consonants", 3.5 if doubt else 3, f"the same consonants: {pair}"
                      + (f" ({doubt})" if doubt else ""))
    if small >= 0.99 and _mass(mine if len(mine) < len(theirs) else theirs, weight) > 0.5:
        return Reason("words_within", 2 + share * telling,
                      f"the words of one are all in the other: {pair}")
    return None


def _same_skeleton(one: PartyName, other: PartyName) -> bool:
    return any(len(skeleton.replace(" ", "")) >= _SKELETON_LEAST
               for skeleton in one.skeletons & other.skeletons)


def _mass(words: Iterable[str], weight: Weight) -> float:
    return sum(map(weight, words))


def _aligned(mine: list[str], theirs: list[str], weight: Weight) -> tuple[float, float]:
    """How much of both names, and of the lesser one, finds its word in the other; 0 to 1.

    Words count by how telling they are; an initial stands for a word that begins with it.
    """
    rest, alone, shared, paired = list(theirs), [], 0.0, 0.0
    for word in sorted(mine, key=lambda one: (-len(one), one)):
        best = max(rest, key=lambda other: (_alike(word, other), other), default="")
        like = _alike(word, best) if best else 0.0
        if like >= _SPELLED_ALIKE:
            rest.remove(best)
            # A miswritten word is rare for that alone: it counts as much as the word it is like.
            telling = min(weight(word), weight(best))
            paired += telling
            shared += like * telling
        else:
            alone.append(word)
    left = _mass(alone, weight), _mass(rest, weight)
    return shared / max(paired + max(left), 1e-9), shared / max(paired + min(left), 1e-9)


def _alike(one: str, other: str) -> float:
    if min(len(one), len(other)) == 1:
        return _SPELLED_ALIKE if one[0] == other[0] and len(one) != len(other) else float(one == other)
    if re.search(r"\d", one + other):
        return float(one == other)  # another number is another works
    return likeness(one, other)


def _rest(one: PartyFacts, other: PartyFacts) -> Iterable[Reason]:
    if one.country and other.country:
        if one.country == other.country:
            yield Reason("same_country", 0.5, f"both in {COUNTRY.show(one.country)}")
        else:
            yield Reason("different_country", -1.5, f"one is in {COUNTRY.show(one.country)}, "
                         f"the other in {COUNTRY.show(other.country)}")
    if "unknown" not in (one.kind, other.kind) and one.kind != other.kind:
        hard = "person" in (one.kind, other.kind)
        yield Reason("different_kind", -6 if hard else -1.5,
                     f"one is a {one.kind.replace('_', ' ')}, the other a {other.kind.replace('_', ' ')}")
    here, there = one.addresses or {}, other.addresses or {}
    for address in sorted(here.keys() & there.keys())[:1]:
        yield Reason("shared_address", 2, f"the same address (a question, not a proof): {here[address]}")
    mine, theirs = one.tied or {}, other.tied or {}
    for party in sorted(mine.keys() & theirs.keys())[:3]:
        roles = " and ".join(sorted({mine[party][0], theirs[party][0]}))
        yield Reason("shared_tie", 1.5, f"the same {roles} (a question, not a proof): {mine[party][1]}")
