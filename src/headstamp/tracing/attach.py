"""How surely a claim about goods is a claim about one item: the decision, with every reason.

A claim may name the item, or goods that the item is among: by what it is part of, by serial
number, lot, package or product. What agrees is found elsewhere and comes here as matches;
here it is said what they come to.

==========  ==========================================================================
exactly     the claim names the item, or a number of it that was read in full
probably    at least even: one of few ways to read it, or what it was packed in is named
perhaps     less than even, or the product alone, which is no identity
==========  ==========================================================================

The shares below are headstamp's own conventions and not measured; they are stated so that
they can be argued with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from headstamp.tracing.claim import Attachment, By, Sureness

PART_OF: Final = 0.9
"""For each thing around it: it may have been put in later than the claim speaks of."""
LOOK_ALIKE: Final = 0.7
"""The same but for characters that are mistaken for each other."""
OTHER_KIND: Final = 0.8
"""The marking agrees, but nobody said that it is a number of that kind."""
UNKNOWN_LOT: Final = 0.25
"""How many lots that no paper names are held to agree with an unread one, beside those named."""
REPORTED: Final = 0.8
"""A reply that answers for several items reports a transfer without saying of which."""
PRODUCT: Final = 0.1
"""The same make and model."""
MODEL_ALONE: Final = 0.03
"""The same model; the make is not named."""
SHORT: Final = 3
"""A number of fewer characters never links by itself (domain practice)."""
READ: Final = 0.95
"""From this certainty on a reading counts as read in full; its certainty is carried all the same."""

_ORDER: Final[tuple[By, ...]] = (
    "item", "custody", "marks", "recovery", "serial", "lot", "package", "part of", "product")
_SURENESS: Final[tuple[Sureness, ...]] = ("exactly", "probably", "perhaps")


@dataclass(frozen=True, slots=True)
class Match:
    """One thing by which a claim may be about the item.

    ``share``, from 0 to 1: how probable it makes that the item is among the goods. ``exact``:
    it rests on nothing that was left unread or taken for granted. ``doubted`` caps it at
    "perhaps" whatever its share. ``marking`` is the id of the marking it rests on, ``fields``
    are those of the claim's record.
    """

    by: By
    share: float
    words: str
    exact: bool = False
    doubted: bool = False
    marking: str = ""
    fields: tuple[str, ...] = ()

    @property
    def how(self) -> Sureness:
        """How surely it attaches the item by itself."""
        if self.exact and not self.doubted:
            return "exactly"
        return "perhaps" if self.doubted or self.share < 0.5 else "probably"

    @property
    def order(self) -> tuple[object, ...]:
        """From the strongest; always the same."""
        return (_SURENESS.index(self.how), -self.share, _ORDER.index(self.by), self.words,
                self.marking)


def attachment(matches: Iterable[Match]) -> Attachment:
    """What the matches of one claim come to: the strongest decides, the others are told beside it.

    >>> attachment([Match("lot", 0.44, "lot 4470-B or 4471-B")]).how
    'perhaps'
    >>> both = attachment([Match("product", 0.1, "the same model", doubted=True),
    ...                    Match("serial", 1.0, "TA 412207 lies in TA 412001 to 413200", exact=True)])
    >>> both.by, both.how, both.words
    ('serial', 'exactly', ('TA 412207 lies in TA 412001 to 413200', 'the same model'))
    """
    ordered = sorted(matches, key=lambda match: match.order)
    best = ordered[0]
    words = tuple(dict.fromkeys(match.words for match in ordered if match.words))
    return Attachment(best.by, best.how, min(1.0, best.share), words, best.marking)


def through(matches: Iterable[Match], container: str) -> list[Match]:
    """Matches of something that the item was part of or packed in, as matches of the item."""
    return [
        replace(match, by="part of", share=match.share * PART_OF, exact=False,
                words=f"it was part of or packed in {container}"
                + (f": {match.words}" if match.words else ""))
        for match in matches
    ]


def lot_share(agreeing: int) -> float:
    """The probability of one lot of those named in the case that agree with an unread one.

    >>> lot_share(1), round(lot_share(4), 2)
    (0.8, 0.24)
    """
    return 1.0 / (agreeing + UNKNOWN_LOT)


def weighed(
    text: str, readings: Sequence[tuple[str, float | None]], key: Callable[[str], str]
) -> list[tuple[str, float]]:
    """What a marking may read, with probabilities that add up to at most 1, the likeliest first.

    ``text`` is the marking as it looks, ``readings`` what people or programs made of it with
    how sure they were (0 to 1, None where not said); ``key`` gives one form to what is the
    same but for its writing. Readings of one text count once, with the surest. What they leave
    over goes to the text as it looks.

    >>> weighed("TA 41?207", [("TA 412207", 0.7), ("TA412207", 0.6), ("TA 417207", 0.2)], str.lower)
    [('TA 412207', 0.47), ('TA412207', 0.4), ('TA 417207', 0.13)]
    >>> weighed("TA 412207", [], str.lower), weighed("TA ?", [("TA 1", 0.75)], str.lower)
    ([('TA 412207', 1.0)], [('TA 1', 0.75), ('TA ?', 0.25)])
    """
    sure: dict[str, tuple[str, float]] = {}
    unsaid = [one for one, certainty in readings if certainty is None]
    said = {key(one) for one, certainty in readings if certainty is not None}
    told: dict[str, float] = {}
    for one, certainty in readings:
        if certainty is not None:
            told[key(one)] = max(told.get(key(one), 0.0), certainty)
            sure.setdefault(key(one), (one, 0.0))
    left = max(0.0, 1.0 - sum(told.values()))
    new = {key(one): one for one in unsaid if key(one) not in said}
    for same, one in new.items():
        sure[same] = (one, 0.0)
        told[same] = left / len(new)
    whole = max(1.0, sum(told.values()))
    found = {same: (sure[same][0], share / whole) for same, share in told.items()}
    rest = 1.0 - sum(share for _, share in found.values())
    if text and rest > 1e-9:
        same = key(text)
        held = found.get(same)
        found[same] = (held[0] if held else text, (held[1] if held else 0.0) + rest)
    return sorted(((one, round(share, 2) if share < 1 else 1.0) for one, share in found.values()
                   if share > 0), key=lambda pair: (-pair[1], pair[0]))


def merged(some: Iterable[Mapping[str, list[Match]]]) -> dict[str, list[Match]]:
    """Matches by claim, from several ways of finding them."""
    found: dict[str, list[Match]] = {}
    for matches in some:
        for claim, told in matches.items():
            found.setdefault(claim, []).extend(told)
    return found
