"""The sentences in which a point of diversion is told: what is inferred, and what is not.

Rules of wording (do no harm). A lawful holder is "the last party recorded as lawful holder",
and the sentence that names it says that nothing here says it did wrong. Nobody is said to have
supplied, sold or given something *to* a group unless that is the very claim, and then the claim
is quoted as such. How likely something is never stands in one sentence with how good the
evidence is (ICD 203). Parties stand by their ids in braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from headstamp.kinds.counted import plural
from headstamp.tracing.claim import Claim
from headstamp.tracing.hypothesis import Diversion, Hypothesis
from headstamp.tracing.step import Step
from headstamp.vocab import vocabulary

RESTS: Final = ("told_by_reply", "on_paper", "seen", "bare")
_REST_WORDS: Final = {
    "told_by_reply": "a trace reply, not graded", "on_paper": "a paper, not graded",
    "seen": "what was seen at the recovery or on the item", "bare": "a claim that names nothing it rests on",
}
_EVENT: Final = {
    "captured": "it was captured", "stolen": "it was stolen", "lost": "it was lost",
    "abandoned": "it was left behind", "retransferred": "it was passed on", "made": "it was made",
    "exported": "it was exported", "imported": "it was imported", "sold": "it was sold",
    "issued": "it was issued", "donated": "it was given", "brokered": "it was brokered",
    "recovered": "it was recovered", "unknown": "it changed hands",
}
_LAWFUL: Final = {
    "taken": "It was taken against the holder's will, as told.",
    "taken_contested": "That it was taken so is contested.",
    "taken_authorised": "The taking is said to have been authorised.",
    "lost": "What is lost may be found again by its holder.",
    "left": "What is left behind may be fetched again by its holder.",
    "unauthorised": "The claim itself says that this was not authorised.",
    "contested": "Whether this was lawful is contested.",
    "to_group": "The receiver is recorded as an armed group, or as part of one.",
    "passed_on": "It was passed on; whether it might be is not said.",
    "passed_on_promise": "An end-user certificate is named; such papers commonly ask for consent "
                         "before goods are passed on.",
    "hands_unknown": "Who received it is not known, and whether lawfully is not said.",
    "licence_refused": "A licence named for it was refused or revoked.",
    "not_genuine": "A paper named for it is said not to be genuine by who should have issued it.",
    "gap_other_holder": "How it came from the one to the other is not on record; most such passing is "
                        "lawful.",
    "gap_promise": "An end-user certificate is named; how it came to another holder is not on record, "
                   "nor whether consent was given.",
    "made_unlicensed": "It is said to have been made without licence, or by an armed group.",
}
NOT_ACCUSED: Final = "Nothing here says that {%s} did wrong."
_UNSAID: Final = {
    "unauthorised_retransfer": " It is to be asked whether it passed the item on, and with whose consent.",
    "state_sponsored": " It is to be asked whether it passed the item on, and to whom.",
    "fraudulent_document": " Who made the paper is not said.",
    "commercial_leakage": " What it sold it may have sold lawfully.",
}
"""What a kind of diversion could be taken to say of the last lawful holder, and does not."""
_NOTHING_KNOWN: Final = "Nobody in the case is recorded as its lawful holder before that."


def word_of(probability: float) -> str:
    """The ICD 203 word (vocabulary ``probability_word``) for a probability.

    >>> word_of(0.86), word_of(0.5), word_of(0.02)
    ('very_likely', 'roughly_even', 'almost_no_chance')
    """
    for term in reversed(vocabulary("probability_word").terms):
        least = int(term.note.partition("-")[0])
        if round(probability * 100, 6) >= least:
            return term.code
    return "almost_no_chance"


def kind_label(kind: str) -> str:
    """A kind of diversion as a sentence names it."""
    return "passing in a way that is not known" if kind == "unknown" else vocabulary("diversion_kind").label(kind)


def word_label(word: str) -> str:
    """A word of probability as a sentence has it."""
    return vocabulary("probability_word").label(word)


def window(first: str | None, last: str | None) -> str:
    """Days as a sentence names them.

    >>> window("2014-06-05", "2014-06-15"), window(None, "2016-12-31"), window(None, None)
    ('between 2014-06-05 and 2014-06-15', 'before 2016-12-31', 'on a day that is not known')
    """
    if first and last:
        return f"on {first}" if first == last else f"between {first} and {last}"
    if last:
        return f"before {last}"
    return f"after {first}" if first else "on a day that is not known"


def _party(party: str | None, nobody: str = "somebody not named") -> str:
    return f"{{{party}}}" if party else nobody


# -- reasons

def telling(step: Step, said: Sequence[str], claims: Sequence[Claim]) -> str:
    """That a source tells of an event, and what kind of source it is."""
    what = _EVENT.get(step.how, "it changed hands")
    on = " and ".join(_REST_WORDS.get(one, f"a source graded {one}") for one in said)
    count = f" ({plural(len(claims), 'claim')} on the same ground)" if len(claims) > 1 else ""
    return f"That {what}, {window(step.first, step.last)}, rests on {on}{count}."


def shared(share: float) -> str:
    """That the item is only probably among the goods."""
    return f"The item is among these goods with a probability of {share:.2f} only."


def agrees(code: str, step: Step) -> str:
    """That another source has the item before or after where this one has it."""
    if code == "before_agrees":
        return f"Another source has it with {_party(step.to_party)} before ({step.named})."
    return f"Another source has it with {_party(step.from_party)} afterwards ({step.named})."


def answered(code: str, party: str) -> str:
    """What a party answered that bears on it."""
    if code == "not_theirs":
        return f"{_party(party)} answers that the product is not its own."
    return f"{_party(party)} answers that it has no record."


def lawfulness(code: str) -> str:
    """Why an event counts as one that ended lawful custody."""
    return _LAWFUL[code]


def no_holder() -> str:
    """That no lawful holder is known."""
    return _NOTHING_KNOWN


def had_it(party: str, step: Step) -> str:
    """That a party had the item."""
    return f"It is recorded with {_party(party)} ({step.named})."


def found(with_whom: str, doubted: bool = False) -> str:
    """That it was found out of lawful hands."""
    unsure = " Whoever documented it was not sure of that." if doubted else ""
    return (f"It was found with: {with_whom}.{unsure}" if with_whom else
            "It was found in a state that makes it illicit; with whom is not recorded.")


def held(party: str | None, step: Step) -> str:
    """That a lawful holder had the item."""
    return f"{_party(party)} is recorded as its lawful holder ({step.named})."


def stretch(code: str, first: str | None, last: str | None) -> str:
    """How long nothing is known."""
    if code == "gap_open":
        return "Nothing is known of the time between, and how long that was cannot be told."
    return f"Nothing is known of it {window(first, last)}."


def only_made() -> str:
    """That whoever bought it first is not on record."""
    return "A maker sells what it makes; who had it after the making is not on record."


def unknown_hands() -> str:
    """That the next holder may have been lawful."""
    return "Whoever had it next may have had every right to it."


def on_the_way(code: str, receiver: str | None) -> str:
    """That arrival rests on the sender's word."""
    way = ", and it went through a third country" if code == "transit_through" else ""
    return f"Nobody but the sender says that it arrived with {_party(receiver)}{way}; most goods arrive."


def lawful_event(code: str, step: Step) -> str:
    """That a lawful event stands against it."""
    if code == "later_lawful":
        return f"Lawful custody is recorded later ({step.named})."
    return f"A lawful event is recorded that cannot be true beside it ({step.named})."


# -- hypotheses

def hypothesis(one: Hypothesis, how: str) -> str:
    """A hypothesis as sentences: what happened, who is named on either side, what is not said."""
    if one.rest:
        return ("None of these, or not known: that it left lawful hands at a place of which no record "
                f"tells is {word_label(one.word)}.")
    likely = word_label(one.word)
    when = window(one.first, one.last)
    if one.kind == "unlicensed_manufacture":
        return (f"That it was made outside lawful hands, {when}, is {likely}. It then has no last lawful "
                f"holder; {_party(one.first_unlawful)} is recorded as who made it.")
    way = _way(one.kind, how)
    head = f"That it left lawful hands {when}, {way}, is {likely}."
    if one.last_lawful is None:
        return f"{head} {_NOTHING_KNOWN}{_next(one)}"
    return (f"{head} {_party(one.last_lawful)} is the last party recorded as lawful holder. "
            f"{NOT_ACCUSED % one.last_lawful}{_UNSAID.get(one.kind, '')}{_next(one)}")


def _way(kind: str, how: str) -> str:
    if how in ("lost", "stolen"):
        return "by loss" if how == "lost" else "by theft"
    return "in a way that is not known" if kind == "unknown" else f"by {kind_label(kind)}"


def _next(one: Hypothesis) -> str:
    if one.first_unlawful is None:
        return " Who had it next is not recorded."
    return f" {_party(one.first_unlawful)} is the first recorded to have had it after that."


def determined(best: Hypothesis) -> str:
    """The whole where a point is determined."""
    return f"{best.sentence} It is an inference, {figures(best)}, from what is recorded so far."


def figures(one: Hypothesis) -> str:
    """A probability with its range.

    Two figures: the rule is not exact enough for more.
    """
    return f"{one.probability:.2f} ({one.low:.2f} to {one.high:.2f})"


def undetermined(best: Hypothesis | None, second: Hypothesis | None, why: str, help_: str) -> str:
    """The whole where it cannot be determined, with why, and what would help."""
    parts = ["Where the item left lawful hands cannot be determined from what is recorded."]
    if best is None:
        parts.append("No record tells of a place at which it can have.")
    elif why == "weak":
        parts.append(f"The likeliest that can be named: {kind_label(best.kind)}, "
                     f"{window(best.first, best.last)}. Read weakly, the evidence does not carry it.")
    elif second is not None:
        other = "a place of which no record tells" if second.rest else (
            f"{kind_label(second.kind)}, {window(second.first, second.last)}")
        parts.append(f"Two explanations cannot be told apart: {kind_label(best.kind)}, "
                     f"{window(best.first, best.last)}; and {other}.")
    if help_:
        parts.append(help_)
    return " ".join(parts)


def would_help(party: str | None, role: str, question: str) -> str:
    """The one request that would help most, as a sentence."""
    title = vocabulary("addressee_role").label(role)
    whom = f"{_party(party)}, as {title}" if party else f"a {title}"
    return f"What would help most is to ask {whom}: “{question}”"


def without_help(told: Diversion) -> str:
    """What was found alone: a finding says what is known, not whom to write to."""
    if told.help_most is None:
        return told.sentence
    ask = told.help_most
    return told.sentence.removesuffix(f" {would_help(ask.party, ask.role, ask.question)}")


NOTHING_SOUGHT: Final = ("Nothing that is recorded says that the item left lawful hands, so no point of "
                         "diversion is looked for.")


# -- questions

def question(role: str, kind: str, first: str | None, last: str | None, held_by_them: bool) -> str:
    """What is asked of a party."""
    if held_by_them and kind != "first":
        return ("Until when did you hold it; to whom, when and on what papers did it pass from you, "
                f"{window(first, last)}, or how was it lost?")
    if role == "national_authority" and kind in ("unauthorised_retransfer", "fraudulent_document"):
        return "Was consent to pass it on asked for and given, and are the papers named for it genuine?"
    if role == "national_authority":
        return f"Is it on record as lost, stolen, captured or passed on, {window(first, last)}?"
    if kind == "in_transit":
        return f"Did the goods arrive with you, {window(first, last)}, complete, and on what papers?"
    return "When, to whom and on what papers did it leave your hands?"


def nobody_to_ask() -> str:
    """What is asked where no party of the chain is known."""
    return ("Is an item with these marks on record as made, imported, lost, stolen or captured, and who "
            "was its last lawful holder?")


def why_ask(before: float, bits: float, chance: float, again: str) -> str:
    """Why a request is expected to help, in figures."""
    asked = {
        "": "", "awaited": " It was asked already and has not answered: remind it.",
    }.get(again, f" It was asked already and answered “{again.replace('_', ' ')}”.")
    return (f"An answer would be expected to take {bits:.2f} of {before:.2f} bits of uncertainty away, "
            f"counting that one comes {round(chance * 100)} times in 100.{asked}")


# -- names

_BRACED = re.compile(r"\{([^{}]+)\}")


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The text with parties' names for their ids in braces; one without a name is not named.

    >>> with_names("{party-1} sold it to {party-2}.", {"party-1": "Mill & Co"})
    'Mill & Co sold it to a party that is not shown.'
    """
    return _BRACED.sub(lambda found: names.get(found[1], "a party that is not shown"), text)
