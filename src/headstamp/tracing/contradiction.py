"""What does not fit together in a chain, each said with the claims it rests on.

Nothing is mended: a step that cannot be true stays where its dates put it. Dates contradict
each other only where all days that the one leaves open lie before all of the other's, after
"about" and "uncertain" have widened them (:func:`headstamp.tracing.claim.days`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from headstamp.tracing.event import surely_before
from headstamp.tracing.goods import too_much
from headstamp.tracing.order import holder_after
from headstamp.tracing.ring import rings
from headstamp.tracing.rival import Hands, Rivalry
from headstamp.tracing.step import Contradiction, Step, What

_NAMED: Final = 20
"""So many steps are named by one contradiction."""

MOST_TOLD: Final = 1_000
"""So many contradictions of one sort are told one by one; how many more there are, is said."""

_RIVAL: Final = {
    "two_makings": "It is said to have been made twice",
    "two_takers": "One holder is said to have given it to two",
    "two_givers": "It is said to have come to one holder from two",
    "two_ways": "One passage is told in two ways",
    "two_finds": "It is said to have been found by two",
}


class Told:
    """How parties and steps are named in words."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def party(self, party: str | None) -> str:
        """A party's name; its id where the name is not known."""
        return self._names.get(party, party) if party else "somebody not named"

    def step(self, step: Step) -> str:
        """A step with its parties: “sold (2012)” from A to B."""
        giver = f" from {self.party(step.from_party)}" if step.from_party else ""
        taker = f" to {self.party(step.to_party)}" if step.to_party else ""
        if step.how == "made":
            giver, taker = "", f" by {self.party(holder_after(step))}" if holder_after(step) else ""
        return f"“{step.named}”{giver}{taker}"


def contradictions(
    steps: Sequence[Step], rivalry: Iterable[Rivalry], names: Mapping[str, str], *,
    one_piece: bool = True,
) -> list[Contradiction]:
    """All contradictions of a chain; ``steps`` in order with their rivals.

    Of a counted group that may have been divided, several can have parts of it at once. Of one
    sort at most ``MOST_TOLD`` are told one by one, and the others counted; all the steps that a
    step cannot be true beside stand with it as its rivals.
    """
    told, hands = Told(names), Hands(steps)
    rivalry, silent = _first_of_each(rivalry)
    found = [
        *_before_made(steps, told), *_backwards(steps, hands, told),
        *_after_recovery(steps, told), *_dates_apart(steps, told),
        *(_rivals(steps[one.one], steps[one.other], one.why, told) for one in rivalry),
        *(_two_holders(steps, hands, told) if one_piece else ()),
        *(_broken_links(steps, hands, told) if one_piece else ()),
        *_self_transfers(steps, told), *_cycles(steps, told), *_contested(steps, told),
        *too_much(steps, told.party),
    ]
    return _bounded({(one.what, one.words, one.claims): one for one in found}.values(), silent)


def _first_of_each(rivalry: Iterable[Rivalry]) -> tuple[list[Rivalry], int]:
    """As many as are told, those first that name a step that none before names; how many are left."""
    given = list(rivalry)
    if len(given) <= MOST_TOLD:
        return given, 0
    named: set[int] = set()
    new: list[bool] = []
    for one in given:
        new.append(not named.issuperset((one.one, one.other)))
        named.update((one.one, one.other))
    some = set(sorted(range(len(given)), key=lambda at: not new[at])[:MOST_TOLD])
    return [one for at, one in enumerate(given) if at in some], len(given) - len(some)


def _bounded(found: Iterable[Contradiction], silent: int) -> list[Contradiction]:
    kept: list[Contradiction] = []
    told: Counter[What] = Counter()
    for one in found:
        told[one.what] += 1
        if told[one.what] <= MOST_TOLD:
            kept.append(one)
    told["two_holders"] += silent
    for what, n in sorted(told.items()):
        if n > MOST_TOLD:
            kept.append(Contradiction(
                what, f"Of this sort {n:,} were found; the first {MOST_TOLD:,} are told one by one.", ()))
    return kept


def _ids(*steps: Step) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim.id for step in steps for claim in step.claims))


def _before_made(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    for made in steps:
        if made.how != "made":
            continue
        for step in steps:
            if step.how != "made" and surely_before(step, made):
                yield Contradiction(
                    "before_made", f"{told.step(step)} lies wholly before {told.step(made)}.",
                    _ids(step, made))


def _backwards(steps: Sequence[Step], hands: Hands, told: Told) -> Iterator[Contradiction]:
    """Who passes it on must have had it, and each step by which it came lies after.

    What comes back is no contradiction: found again by who had lost it, handed on from taker to
    taker and home, or come from nobody knows where and passed on once more.
    """
    for at, step in enumerate(steps):
        giver = step.from_party
        if giver is None or step.how == "made":
            continue
        came = [n for n in hands.takes.get(giver, ()) if n != at and steps[n].how != "made"]
        if not came or not all(surely_before(step, steps[n]) for n in came):
            continue
        back = _downstream(steps, hands, at)
        for n in came:
            if steps[n].how == "recovered" or n in back or any(
                    m > n for m in hands.gives.get(giver, ())):
                continue
            yield Contradiction(
                "backwards", f"{told.party(giver)} passes it on by {told.step(step)}, before it came "
                f"there by {told.step(steps[n])}.", _ids(step, steps[n]))


def _downstream(steps: Sequence[Step], hands: Hands, start: int) -> set[int]:
    """The later steps to which it went on from this one, from hand to hand."""
    found, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        for n in hands.gives.get(holder_after(steps[at]) or "", ()):
            if n > at and n not in found:
                found.add(n)
                waiting.append(n)
    return found


def _after_recovery(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    found = [step for step in steps if step.how == "recovered"]
    for step in steps:
        if step.how in ("recovered", "made"):
            continue
        before = [one for one in found if surely_before(one, step)]
        if before and all(one.to_party is None or one.to_party != step.from_party for one in before) \
                and not any(_follows(steps, one, step) for one in before):
            yield Contradiction(
                "backwards", f"{told.step(step)} lies wholly after it was found: "
                f"{told.step(before[-1])}.", _ids(before[-1], step))


def _follows(steps: Sequence[Step], found: Step, step: Step) -> bool:
    """Whether a finder passed it on afterwards, so that it may be found a second time."""
    return found.to_party is not None and any(
        one.from_party == found.to_party and surely_before(found, one) for one in steps)


def _dates_apart(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    for step in steps:
        dated = [claim for claim in step.claims if claim.first or claim.last]
        for at, one in enumerate(dated):
            other = next((c for c in dated[at + 1:] if surely_before(one, c) or surely_before(c, one)),
                         None)
            if other is not None:
                yield Contradiction(
                    "backwards", f"Two claims of one event, {told.step(step)}, date it apart: "
                    f"{one.when} and {other.when}.", (one.id, other.id))
                break


def _rivals(one: Step, other: Step, why: str, told: Told) -> Contradiction:
    return Contradiction(
        "two_holders", f"{_RIVAL[why]}: {told.step(one)} and {told.step(other)} cannot both be true.",
        _ids(one, other))


def _two_holders(steps: Sequence[Step], hands: Hands, told: Told) -> Iterator[Contradiction]:
    """Somebody has it from one step to another, and other steps go past them in between."""
    for party, came in hands.takes.items():
        gives = hands.gives.get(party, [])
        for i in came:
            after = bisect_right(gives, i)
            if after == len(gives) or gives[after] in steps[i].rivals:
                continue
            left = gives[after]
            said = {*steps[i].rivals, *steps[left].rivals}
            past = [
                step for n, step in enumerate(steps[i + 1 : left], i + 1)
                if n not in said and party not in (step.from_party, step.to_party)
                and step.how not in ("made", "brokered")
                and surely_before(steps[i], step) and surely_before(step, steps[left])
            ]
            if past:
                more = f" and {len(past) - 1} more lie" if len(past) > 1 else " lies"
                yield Contradiction(
                    "two_holders", f"{told.party(party)} has it from {told.step(steps[i])} until "
                    f"{told.step(steps[left])}, and yet {told.step(past[0])}{more} between.",
                    _ids(steps[i], *past[:_NAMED], steps[left]))


def _broken_links(steps: Sequence[Step], hands: Hands, told: Told) -> Iterator[Contradiction]:
    """Somebody passes on what they had passed on before, and nothing says that it came back."""
    for party, left in hands.gives.items():
        for i, j in pairwise(left):
            one, other = steps[i], steps[j]
            if j in one.rivals or hands.takes_between(party, i, j) or "brokered" in (
                    one.how, other.how):
                continue
            if (one.to_party, one.how) == (other.to_party, other.how) or surely_before(one, other):
                yield Contradiction(
                    "broken_link", f"{told.party(party)} passes it on by {told.step(other)}, having "
                    f"passed it on by {told.step(one)}; nothing says that it came back.",
                    _ids(one, other))


def _self_transfers(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    for step in steps:
        if step.how != "made" and step.from_party and step.from_party == step.to_party:
            yield Contradiction(
                "self_transfer", f"“{step.named}” names {told.party(step.from_party)} as giver and "
                "as taker.", _ids(step))


def _cycles(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    for ring in rings(steps):
        some = [steps[n] for n in ring]
        yield Contradiction(
            "cycle", "It goes round, and no date says where it began: "
            + "; ".join(told.step(step) for step in some) + ".", _ids(*some))


def _contested(steps: Sequence[Step], told: Told) -> Iterator[Contradiction]:
    for step in steps:
        if step.lawful == "contested":
            said = sorted({c.lawful for c in step.claims} - {"unknown", "contested"})
            yield Contradiction(
                "lawful_contested", f"Whether {told.step(step)} was lawful is contested"
                f"{': it is called ' + ' and '.join(said) if said else ''}.",
                tuple(c.id for c in step.claims if c.lawful != "unknown"))
