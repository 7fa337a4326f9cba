"""A chain in words: each step as one line, as it stands below the drawing and in its description."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headstamp.kinds.counted import plural
from headstamp.places import svg
from headstamp.publish.chain_steps import Shown
from headstamp.publish.status_marks import status_word
from headstamp.tracing.claim import Sureness
from headstamp.tracing.step import Contradiction, Step
from headstamp.vocab import vocabulary

NOT_SHOWN = "a party not shown here"
_NAMED = re.compile(r"\{([a-z]+-[0-9a-z]+)\}")
_ORDER: tuple[Sureness, ...] = ("exactly", "probably", "perhaps")


@dataclass(frozen=True, slots=True)
class Diverted:
    """A hypothesis of the point of diversion as drawn: its rank, its words, its days."""

    rank: int
    words: str
    first: str | None
    last: str | None

    def as_dict(self) -> dict[str, Any]:
        return {"rank": self.rank, "words": self.words, "first": self.first, "last": self.last}


def sureness(step: Step) -> Sureness:
    """How surely the item was among the goods, by the surest of the claims."""
    return min((claim.attached.how for claim in step.claims), key=_ORDER.index, default="exactly")


def _hidden(record_id: str) -> str:
    return NOT_SHOWN if record_id.startswith("party-") else "a record not shown here"


def named(words: str, names: Mapping[str, str]) -> str:
    """Words in which records stand by their ids in braces, with their names.

    >>> named("{party-1abc} held it", {})
    'a party not shown here held it'
    """
    return _NAMED.sub(lambda found: names.get(found[1], _hidden(found[1])), words)


def party_name(party: str | None, names: Mapping[str, str]) -> str:
    """A party as named; what is not known or not to be seen is said."""
    return "not known" if party is None else names.get(party, NOT_SHOWN)


def how_word(how: str) -> str:
    """What happened, as a sentence begins.

    >>> how_word("retransferred"), how_word("unknown")
    ('passed on', 'passed in a way not known')
    """
    return "passed in a way not known" if how == "unknown" else vocabulary("transfer_kind").label(how)


def window(first: str | None, last: str | None) -> str:
    """Days in words.

    >>> window("2016-05-01", "2016-05-01"), window(None, "2014-01-31"), window(None, None)
    ('on 2016-05-01', 'not after 2014-01-31', 'no date')
    """
    if first is None or last is None:
        return (f"not before {first}" if first else f"not after {last}" if last else "no date")
    return f"on {first}" if first == last else f"between {first} and {last}"


def line(one: Shown, names: Mapping[str, str], wrong: Sequence[Contradiction] = ()) -> str:
    """A step in one line of words."""
    step = one.step
    if one.count > 1:
        return (f"{plural(one.count, 'step')}, {window(step.first, one.last)}: not drawn one by one; "
                "the table has them")
    parts = [f"{how_word(step.how)} {window(step.first, step.last)}"]
    if step.from_party or step.to_party:
        giver, taker = (party_name(p, names) for p in (step.from_party, step.to_party))
        parts[0] += (f", from {giver} to {taker}" if step.from_party and step.to_party else
                     f", to {taker}" if step.to_party else f", from {giver}")
    parts.append(status_word(step.lawful))
    how = sureness(step)
    if how != "exactly":
        parts.append(f"{how} this item (share {step.share:.2f})")
    if len(step.claims) > 1:
        parts.append(f"{plural(len(step.claims), 'claim')}")
    parts.append(f"grade {step.grade}" if step.grade else "ungraded")
    if step.rivals:
        parts.append("or " + " or ".join(str(i + 1) for i in step.rivals))
    if wrong:
        parts.append("does not fit")
    return "; ".join(parts)


def described(lines: Sequence[str], most: int = 60) -> str:
    """The lines as one description for who cannot see the drawing."""
    told = [f"{at}. {one}" for at, one in enumerate(lines[:most], 1)]
    if len(lines) > most:
        told.append(f"and {svg.count(len(lines) - most)} more in the table")
    return ". ".join(told)
