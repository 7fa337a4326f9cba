"""The rule by which a point of diversion is weighed: every weight in one table, with its reason.

The weights are stated, not measured: nobody has published how often a chain of custody breaks
where, given what is on paper. They are there to be read, argued with and changed in a new
version of the rule; a finding names the version. What they do is said in ``docs/diversion.md``,
whose tables are held against this module by a test.

Every weight has three values, by how the evidence is read: *weak*, the reading least
favourable to the hypothesis that it bears on, *point* and *strong*. The range of a probability
is what comes out when a hypothesis is read weakly and all others strongly, and the other way
round. Grades are those of the Admiralty code: the weak reading takes each letter and digit one
step worse, the strong one step better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from headstamp.tracing.claim import Claim

Reading = Literal[0, 1, 2]
WEAK: Final[Reading] = 0
POINT: Final[Reading] = 1
STRONG: Final[Reading] = 2
READINGS: Final[tuple[Reading, ...]] = (WEAK, POINT, STRONG)


class Three(NamedTuple):
    """A value in the weak reading, at the point, and in the strong reading."""

    weak: float
    point: float
    strong: float


@dataclass(frozen=True, slots=True)
class Weight:
    """One row of the table: a probability, or a factor on odds, in three readings; and why."""

    value: Three
    means: str
    why: str


def _row(weak: float, point: float, strong: float, means: str, why: str) -> Weight:
    return Weight(Three(weak, point, strong), means, why)


# How far a source is believed. One step beyond either end stands for "one step worse or better".
RELIABILITY: Final = {"A": 0.95, "B": 0.85, "C": 0.70, "D": 0.45, "E": 0.20}
CREDIBILITY: Final = {"1": 0.95, "2": 0.85, "3": 0.65, "4": 0.35, "5": 0.12}
_BETTER, _WORSE, _JUDGED = 0.97, 0.08, Three(0.25, 0.50, 0.75)

WEIGHTS: Final[dict[str, Weight]] = {
    # -- a claim without a grade, by what it rests on
    "told_by_reply": _row(0.60, 0.75, 0.88, "ungraded claim, told by a trace reply",
                          "Who answers has records, and may have an interest."),
    "on_paper": _row(0.50, 0.67, 0.80, "ungraded claim, a paper is named",
                     "A paper can be looked at; nobody has said how good it is."),
    "seen": _row(0.70, 0.85, 0.95, "ungraded claim of the recovery or of the marks themselves",
                 "Seen by whoever documented it."),
    "bare": _row(0.25, 0.50, 0.75, "ungraded claim, nothing is named",
                 "Neither source nor truth can be judged, as with F6."),
    # -- given that the event happened, that lawful custody ended with it
    "taken": _row(0.90, 0.97, 0.99, "captured or stolen", "Taking against the holder's will."),
    "taken_contested": _row(0.50, 0.70, 0.85, "captured or stolen, contested",
                            "Somebody says that it was not so."),
    "taken_authorised": _row(0.05, 0.15, 0.30, "captured or stolen, yet said to be authorised",
                             "A lawful seizure is often called a capture."),
    "lost": _row(0.50, 0.70, 0.85, "lost", "What is lost may be found by its own holder."),
    "left": _row(0.60, 0.75, 0.90, "abandoned", "What is left behind may be fetched again."),
    "unauthorised": _row(0.85, 0.95, 0.99, "passed on, said to be unauthorised",
                         "The claim says so itself; the grade is weighed apart."),
    "contested": _row(0.30, 0.50, 0.70, "passed on, lawfulness contested",
                      "Claims differ, and the rule takes no side."),
    "to_group": _row(0.85, 0.95, 0.99, "passed to an armed group, lawfulness not said",
                     "No right to arms or to what supplies them is recorded for it."),
    "passed_on": _row(0.25, 0.40, 0.60, "passed on to another, lawfulness not said",
                      "Most passing on is lawful; that it is told apart makes it worth asking."),
    "passed_on_promise": _row(0.50, 0.70, 0.85, "passed on, where an end-user certificate is named",
                              "Such certificates commonly forbid it without consent."),
    "hands_unknown": _row(0.10, 0.20, 0.35, "passed to somebody not known, lawfulness not said",
                          "Not knowing who had it is not the same as nobody having a right to."),
    "licence_refused": _row(0.60, 0.80, 0.90, "passed on though its licence was refused or revoked",
                            "It may have gone under another licence that is not on record."),
    "not_genuine": _row(0.75, 0.90, 0.97, "passed on under a paper said not to be genuine",
                        "Who should have issued it says so; the registers may be at fault."),
    "made_unlicensed": _row(0.85, 0.95, 0.99, "made, said to be unauthorised, or by an armed group",
                            "It never was in lawful hands."),
    # -- a stretch without record between a lawful holder and hands that are not
    "gap_year": _row(0.70, 0.85, 0.95, "nothing known for up to 1 year",
                     "There is little time for another holder in between."),
    "gap_5_years": _row(0.55, 0.70, 0.85, "nothing known for up to 5 years",
                        "Another holder in between is possible."),
    "gap_15_years": _row(0.30, 0.45, 0.65, "nothing known for up to 15 years",
                         "Another holder in between is about as likely as not."),
    "gap_longer": _row(0.12, 0.25, 0.45, "nothing known for longer",
                       "Arms outlive their holders; others in between are to be expected."),
    "gap_open": _row(0.25, 0.40, 0.60, "nothing known, and one end has no date",
                     "How long the stretch was cannot be told."),
    "gap_unknown_hands": _row(0.30, 0.40, 0.50, "the next hands are not known to be unlawful",
                              "Factor: the next holder may have had every right."),
    "gap_other_holder": _row(0.03, 0.08, 0.20, "nothing known of how it came to another lawful holder",
                             "Most such passing is lawful and merely not on record."),
    "gap_promise": _row(0.12, 0.25, 0.40, "as before, where an end-user certificate was given",
                        "Such certificates commonly forbid it without consent."),
    "only_made": _row(0.15, 0.30, 0.50, "nothing is known of it since it was made",
                      "Factor: a maker sells what it makes, and its buyer is not on record."),
    "transit": _row(0.10, 0.20, 0.30, "sent, and nobody but the sender says that it arrived",
                    "Goods do go astray on the way; most arrive."),
    "transit_through": _row(0.15, 0.25, 0.40, "as before, through a third country",
                            "More hands on the way."),
    # -- factors on the odds that the event was as told
    "next_agrees": _row(1.5, 3.0, 4.0, "another source has it next with whom it is said to have gone to",
                        "Something like it must have happened between the two."),
    "before_agrees": _row(1.3, 2.0, 3.0, "another source has it before with whom it came from",
                          "The giver had it to give."),
    "before_made": _row(0.10, 0.25, 0.50, "told of a time before it was made",
                        "Item or date is mistaken."),
    "backwards": _row(0.40, 0.60, 0.80, "its dates run backwards", "One date is mistaken."),
    "two_holders": _row(0.60, 0.75, 0.90, "two hold it at once by these claims",
                        "One of the two claims is wrong, which is not known."),
    "more_passed_on": _row(0.70, 0.85, 1.0, "more was passed on than had come",
                           "Goods of another origin are among them."),
    "broken_link": _row(0.80, 0.90, 1.0, "it comes from a party that is not known to have had it",
                        "A step in between is not on record."),
    "self_transfer": _row(0.30, 0.50, 0.70, "it goes from a party to itself", "One end is mistaken."),
    "cycle": _row(0.50, 0.70, 0.90, "it comes back to who had it before", "Possible, and rare."),
    "mixed_units": _row(0.90, 0.95, 1.0, "quantities in units that cannot be compared",
                        "How much went cannot be checked."),
    "not_theirs": _row(0.30, 0.50, 0.70, "the party it came from says that the product is not its own",
                       "It, or the item, is not the one meant."),
    "no_record": _row(0.70, 0.85, 1.0, "the party it came from has no record of it",
                      "Records are incomplete, and answers short."),
    # -- taken away from a hypothesis: one less this part of the other event's probability
    "later_lawful": _row(0.95, 0.85, 0.60, "lawful custody is recorded later",
                         "It had not left lawful hands, or had come back."),
    "rival_lawful": _row(0.70, 0.50, 0.30, "a lawful event is recorded that cannot be true beside it",
                         "Both cannot be; neither is taken for granted."),
    "no_lawful_holder": _row(0.35, 0.50, 0.70, "no lawful holder before it is recorded",
                             "Factor: a point of diversion has two sides, and one is missing."),
    # -- always there
    "rest": _row(0.10, 0.05, 0.02, "none of these, or not known: at least",
                 "What no record tells of is never ruled out."),
}

MOST_SURE: Final = Three(0.95, 0.97, 0.99)
"""No number of sources makes an event surer than this: they may have one origin."""
EDGE: Final = 0.01
"""Probabilities are kept from it to one less it: ICD 203 has no word for the certain."""
BAR: Final = 0.5
"""A point is said to be determined where even its low end is above: more likely than not,
read as weakly as the grades allow. Beside that the next hypothesis must lie wholly below it."""

NO_IDENTITY: Final = 0.1
"""A claim is not weighed that is about the item with no greater probability: it is the product alone."""

CHANCE: Final[dict[str, float]] = {
    "maker": 0.5, "exporter": 0.4, "importer": 0.4, "national_authority": 0.4, "carrier": 0.3,
    "platform": 0.3, "financier": 0.2, "other": 0.3,
}
"""How likely a request is held to be answered, by role; published experience is near 0.4."""
AGAIN: Final[dict[str, float]] = {
    "confirmed_full": 0.2, "confirmed_partial": 0.5, "no_record": 0.05, "record_destroyed": 0.02,
    "not_our_product": 0.1, "refused": 0.1, "deferred": 1.0, "forwarded": 0.3, "no_reply": 0.25,
    "undeliverable": 0.05, "": 0.8,
}
"""What remains of that chance after an answer of this code; the empty code is one still awaited."""
RIGHT_OWN, RIGHT_AUTHORITY, RIGHT_RECEIVER = 0.85, 0.75, 0.9
"""How often an answer is held to be right: of the last lawful holder itself, who has an interest
in it; of an authority over it; of who should have received the goods."""
UNSEEN: Final = 4
"""Over how many places that no record tells of "none of these" is thought to be spread."""
OPENS_LAST, OPENS_EARLIER = 0.5, 0.15
"""What part of that spread an answer takes away: of the last known lawful holder, who can name
the next; of one earlier in the chain."""


def weight(code: str) -> Three:
    """The three values of a row of the table."""
    return WEIGHTS[code].value


def of_grade(grade: str) -> Three:
    """How far a claim of this Admiralty grade is believed.

    The digit, what is said, counts for two thirds and the letter, who says it, for one: it is
    what is said that has to be true. F and 6, which cannot be judged, stand
    for anything between. ``B2`` read weakly is ``C3``, read strongly ``A1``.

    >>> [round(value, 2) for value in of_grade("B2")]
    [0.67, 0.85, 0.95]
    """
    letter, digit = _ladder(RELIABILITY, grade[0]), _ladder(CREDIBILITY, grade[1])
    weak, point, strong = (a ** (1 / 3) * b ** (2 / 3) for a, b in zip(letter, digit, strict=True))
    return Three(weak, point, strong)


def _ladder(steps: dict[str, float], one: str) -> Three:
    if one not in steps:
        return _JUDGED
    values = [_BETTER, *steps.values(), _WORSE]
    at = list(steps).index(one) + 1
    return Three(values[at + 1], values[at], values[at - 1])


def grounds(claim: Claim, papers: dict[str, str]) -> tuple[str, Three]:
    """The grade by which a claim is weighed, or the row of what it rests on; and its values.

    Its own grade, else the best of its papers' (``papers`` maps a document to its grade),
    else what it rests on.
    """
    grade = claim.grade or min((papers[p] for p in claim.papers if papers.get(p)), default="")
    if grade:
        return grade, of_grade(grade)
    if claim.reply:
        return "told_by_reply", weight("told_by_reply")
    if is_seen(claim):
        return "seen", weight("seen")
    return ("on_paper", weight("on_paper")) if claim.papers else ("bare", weight("bare"))


def sources(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Claims by what they rest on: those that share a paper or a reply are one source.

    Claims that name neither are one source together, since nothing says that they are
    independent, but where they are graded apart; one that names another as its event has the
    other's source. What was seen by whoever documented it stands for itself.
    """
    given = sorted(claims, key=lambda one: one.id)
    groups: list[tuple[set[str], list[Claim]]] = []
    # Those with papers first, so that a claim of the same event without any can join them.
    for claim in sorted(given, key=lambda one: not (one.papers or one.reply)):
        keys = {*claim.papers, *([claim.reply] if claim.reply else [])} or {_itself(claim, given)}
        told, apart = [claim], []
        for others, held in groups:
            if others & keys:
                keys |= others
                told = held + told
            else:
                apart.append((others, held))
        groups = [*apart, (keys, told)]
    return {min(keys): told for keys, told in groups}


def _itself(claim: Claim, others: list[Claim]) -> str:
    """The source of a claim that names no paper: that of the record which it tells of, if any."""
    for other in others:
        if other is not claim and (other.papers or other.reply) and (
                claim.event == other.id or (claim.event or claim.id) == other.event):
            return min((*other.papers, *([other.reply] if other.reply else [])))
    if is_seen(claim):
        return "seen"
    return "graded " + (claim.event or claim.id) if claim.grade else "bare"


def is_seen(claim: Claim) -> bool:
    """Whether it tells what was seen at the recovery or on the item itself."""
    return claim.kind in ("recovery", "item", "marking") or claim.how == "recovered"


def any_of(chances: Iterable[float]) -> float:
    """The probability that at least one of several independent things is so."""
    none = 1.0
    for chance in sorted(chances):
        none *= 1.0 - chance
    return 1.0 - none


def times(some: Three, others: Three) -> Three:
    """Each reading multiplied by that of the other."""
    return Three(*(one * other for one, other in zip(some, others, strict=True)))


def on_odds(probability: float, factor: float) -> float:
    """A probability after its odds were multiplied.

    >>> on_odds(0.5, 3)
    0.75
    """
    kept = probability * factor
    return kept / (kept + 1.0 - probability)
