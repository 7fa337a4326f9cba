"""In whose hands an item is as its chain is gone through, and the place at which it can have left them."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.tracing.diversion_rule import Three
from headstamp.tracing.hypothesis import Facts, Reason
from headstamp.tracing.step import Step

TAKEN = {"captured": "battlefield_capture", "stolen": "stockpile_loss"}
"""Taking against the holder's will, and the kind of diversion that it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place: ``order`` is its step's index, with a half more for the stretch after it."""

    order: float
    kind: str
    last_lawful: str | None
    first_unlawful: str | None
    first: str | None
    last: str | None
    support: Three
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    steps: frozenset[int] = frozenset()
    rivals: frozenset[int] = frozenset()
    claims: tuple[str, ...] = ()
    receiver: str | None = None
    how: str = ""
    surely: bool = True


@dataclass(slots=True)
class Hands:
    """Who holds the item as the chain is gone through.

    ``since`` is the index of the step by which it came there, ``came`` of that by which it came
    to the last lawful holder.
    """

    lawful: str | None = None
    standing: str = "none"  # lawful, unlawful, unknown, or none while nobody is known
    party: str | None = None
    since: int = -1
    came: int = -1
    unlawful: set[str] = field(default_factory=set)


def is_group(party: str | None, facts: Facts) -> bool:
    """Whether a party is an armed group, or belongs to one."""
    seen: set[str] = set()
    while party and party not in seen:
        if facts.of(party).kind == "armed_group":
            return True
        seen.add(party)
        party = facts.belongs.get(party)
    return False


def is_known(party: str | None, facts: Facts) -> bool:
    """Whether a party is somebody in particular."""
    return party is not None and facts.of(party).kind != "unknown"


def same_hands(one: str | None, other: str | None, facts: Facts) -> bool:
    """Whether two parties are one, or both belong to one."""
    return not hands_of(one, facts).isdisjoint(hands_of(other, facts))


def hands_of(party: str | None, facts: Facts) -> set[str]:
    """A party and all that it belongs to; nothing for nobody."""
    line: set[str] = set()
    while party and party not in line:
        line.add(party)
        party = facts.belongs.get(party)
    return line


def goes(step: Step, at: int, hands: Hands, facts: Facts) -> None:
    """Takes the item into the hands it is in after this event."""
    to = step.to_party
    if step.how == "recovered":
        hands.standing, hands.party, hands.since = "recovered", to, at
        return
    if step.how in ("lost", "abandoned"):
        hands.standing, hands.party, hands.since = "unknown", to, at
        return
    if to is None:
        return
    wrong = is_group(to, facts) or step.lawful == "unauthorised" or (
        step.how in TAKEN and step.lawful != "authorised")
    if wrong:
        hands.standing = "unlawful"
        hands.unlawful.add(to)
    elif step.lawful != "contested" and is_known(to, facts) and to not in hands.unlawful and (
            step.lawful == "authorised" or facts.of(to).kind != "person"):
        hands.standing, hands.lawful, hands.came = "lawful", to, at
    else:
        hands.standing = "unknown"
    hands.party, hands.since = to, at


def promised(step: Step, facts: Facts) -> bool:
    """Whether an end-user certificate is named for it."""
    return any(c.end_user_certificate or set(c.papers) & facts.certificates for c in step.claims)
