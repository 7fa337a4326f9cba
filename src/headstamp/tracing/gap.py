"""The stretches of a chain of which nothing is known.

Between two steps there is none where the one who had it after the first passes it on in the
second, however long that was. Everywhere else it is not known how it came from the one to the
other, and that is said with its days: from the earliest on which the first step can have
happened to the latest of the second. A step that cannot be true beside another is not held
against it: each of the two is held against what came before both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headstamp.tracing.order import holder_after
from headstamp.tracing.step import Gap, Step


def gaps(
    steps: Sequence[Step], names: Mapping[str, str], *, one_piece: bool = True
) -> list[Gap]:
    """All gaps of a chain, in order; ``steps`` with their rivals.

    Of a counted group that may have been divided, a holder can pass on more than once.
    """
    found: list[Gap] = []
    last_with: dict[str, int] = {}
    for at, step in enumerate(steps):
        if step.how != "made":
            gap = _before(steps, at, last_with, names, one_piece)
            if gap is not None:
                found.append(gap)
        after = holder_after(step)
        if after:
            last_with[after] = at
    return found


def _before(
    steps: Sequence[Step], at: int, last_with: Mapping[str, int], names: Mapping[str, str],
    one_piece: bool,
) -> Gap | None:
    step = steps[at]
    before = next((n for n in range(at - 1, -1, -1) if n not in step.rivals), -1)
    takes = step.from_party or step.to_party
    if before < 0:
        if at and any(steps[n].from_party for n in step.rivals if n < at):
            return None  # the step beside which it cannot be true has the same beginning
        return Gap(-1, None, step.last, _words(None, step, None, takes, None, step.last, names),
                   None, takes)
    had = last_with.get(step.from_party or "")
    if had is not None and (not one_piece or _had_it(steps, at, before, had)):
        return None
    prior = steps[before]
    if (prior.from_party, prior.to_party) == (step.from_party, step.to_party) != (None, None):
        return None  # one passage in two acts: sold, then captured on the way
    if prior.first and step.last and step.last < prior.first:
        return None  # their days run backwards, which is said as such: there is no time between
    gives = holder_after(prior) or prior.from_party
    return Gap(before, prior.first, step.last,
               _words(prior, step, gives, takes, prior.first, step.last, names), gives, takes)


def _had_it(steps: Sequence[Step], at: int, before: int, had: int) -> bool:
    """Whether the giver had it: by the step before, or by an earlier one and has not parted with it."""
    giver, rivals = steps[at].from_party, steps[at].rivals
    return had == before or had in rivals or all(
        steps[n].from_party != giver or n in rivals for n in range(had + 1, at))


def _words(
    prior: Step | None, step: Step, gives: str | None, takes: str | None, first: str | None,
    last: str | None, names: Mapping[str, str],
) -> str:
    def name(party: str | None) -> str:
        return names.get(party, party) if party else "somebody not named"

    until = f"to {last} at the latest" if last else "to a day that is not known"
    if prior is None:
        return (f"Nothing is known of the time before it was {step.named}"
                f"{f', when {name(takes)} had it' if takes and step.from_party else ''}.")
    since = f"from {first} at the earliest" if first else "from a day that is not known"
    if takes:
        came = f"how it came from {name(gives)} to {name(takes)}"
    else:
        came = f"how it went on from {name(gives)}" if gives else "who had it"
    return f"Nothing is known between “{prior.named}” and “{step.named}”: {came}, {since} {until}."
