"""The chain of an item: what is claimed of its past, put together to steps in time.

Claims of one event are one step with all of them inside (:mod:`headstamp.tracing.event`);
steps stand in the order of their days and hands (:mod:`headstamp.tracing.order`); what is not
known between them is a gap (:mod:`headstamp.tracing.gap`), what cannot both be true are rivals
(:mod:`headstamp.tracing.rival`), and what does not fit is a contradiction
(:mod:`headstamp.tracing.contradiction`). Nothing is smoothed and nothing dropped: every claim
given is in a step or among the loose ones. Where lawful hands ended is an inference that is
made elsewhere, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from headstamp.tracing.claim import Claim
from headstamp.tracing.contradiction import contradictions
from headstamp.tracing.event import claim_order, events
from headstamp.tracing.gap import gaps
from headstamp.tracing.order import in_order, tied
from headstamp.tracing.rival import rivalries
from headstamp.tracing.step import Chain, Contradiction, Gap, Step

__all__ = ["Chain", "Contradiction", "Gap", "Step", "build_chain"]


def build_chain(
    item_id: str, label: str, claims: Iterable[Claim], same: Mapping[str, str] | None = None, *,
    names: Mapping[str, str] | None = None, one_piece: bool = True,
) -> Chain:
    """The chain of an item from all claims about it; the same for any order of the claims.

    ``same`` maps a party to the one it is judged to be the same as: steps name the latter,
    claims keep what they say. ``names`` are the parties' names for the words of gaps and
    contradictions. ``one_piece`` is false for a counted group, which may have been divided.

    Left loose are claims by which the item is only perhaps among the goods, and undated ones
    that no link ties to a place in time; a claim that another one names as its event is held
    with it.

    >>> made = Claim("cust-1", "custody", "made", to_party="a", first="1986-01-01",
    ...              last="1986-12-31", when="1986")
    >>> found = Claim("rec-1", "recovery", "recovered", first="2016-02-03", last="2016-02-03",
    ...               when="2016-02-03")
    >>> chain = build_chain("item-1", "A17", [found, made], {}, names={"a": "Maker"})
    >>> [step.how for step in chain.steps], chain.gaps[0].first, chain.gaps[0].last
    (['made', 'recovered'], '1986-01-01', '2016-02-03')
    """
    same, names = same or {}, names or {}
    given = list(claims)
    told = {claim.event for claim in given if claim.event and claim.attached.how != "perhaps"}
    loose = [claim for claim in given
             if claim.attached.how == "perhaps" and claim.id not in told]
    perhaps = set(map(id, loose))
    found = events((claim for claim in given if id(claim) not in perhaps), same)
    steps: list[Step] = []
    for step, has_place in zip(found, tied(found), strict=True):
        if has_place:
            steps.append(step)
        else:
            loose.extend(step.claims)
    ordered = in_order(steps)
    rivalry = rivalries(ordered, one_piece=one_piece)
    rivals: list[set[int]] = [set() for _ in ordered]
    for one in rivalry:
        rivals[one.one].add(one.other)
        rivals[one.other].add(one.one)
    ordered = [replace(step, rivals=tuple(sorted(rivals[at]))) for at, step in enumerate(ordered)]
    return Chain(
        item_id, label, tuple(ordered),
        tuple(gaps(ordered, names, one_piece=one_piece)),
        tuple(contradictions(ordered, rivalry, names, one_piece=one_piece)), tuple(sorted(loose, key=claim_order)),
    )
