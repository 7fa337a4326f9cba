"""The chain of one item as a picture: a lane for each holder, time from left to right.

What is sure is solid and what may be is pale; a gap is a hatched band with its days; steps
that cannot both be true stand side by side with “or” between them; a step that does not fit
bears a sign. The lawful status has a shape and filling, how surely the item was among the
goods a kind of line. Hypotheses of the point of diversion stand above, in their order, each
with its word and range. All of it stands in words below the drawing, and in the table.

Nobody is accused by a place in a drawing: what it shows is what somebody claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headstamp.kinds.counted import plural
from headstamp.publish.chain_drawing import ChainDrawing
from headstamp.publish.chain_steps import MOST, Shown, shown
from headstamp.publish.chain_words import (
    NOT_SHOWN,
    Diverted,
    how_word,
    line,
    named,
    party_name,
    sureness,
)
from headstamp.publish.picture import Picture
from headstamp.publish.sheets import Cell
from headstamp.tracing.claim import Claim
from headstamp.tracing.step import Chain, Contradiction, Step

HEADS = ("no", "what happened", "earliest", "latest", "from", "to", "lawful status",
         "how surely the item was among the goods", "share", "grade", "claims", "papers", "limits",
         "cannot be true beside", "what does not fit")


def chain_picture(
    chain: Chain, names: Mapping[str, str], diverted: Sequence[Diverted] = (), *,
    undetermined: str = "", more: Sequence[str] = (), width: float = 960,
) -> Picture:
    """The picture of a chain. ``names`` are those of the parties that may be seen, by id.

    ``diverted`` are the hypotheses in their order; ``undetermined`` is said where the point of
    diversion cannot be told. ``width`` is in pixels; a long chain is drawn wider.
    """
    troubled = troubles(chain)
    drawn = shown(chain.steps, {*troubled, *(i for s in chain.steps for i in s.rivals)})
    title = f"Chain of {chain.label}"
    lines = [line(one, names, troubled.get(one.index, ())) for one in drawn]
    drawing = ChainDrawing(
        chain, drawn, names, diverted, set(troubled), lines,
        [named(one.words, names) for one in chain.contradictions], width,
        undetermined=bool(undetermined),
    ).svg(title)
    return Picture(
        "chain", title, drawing, (*_caption(chain, drawn, undetermined), *more), HEADS,
        tuple(_rows(chain, names, troubled)),
        {"chain": chain.as_dict(), "parties": {p: names.get(p, NOT_SHOWN) for p in chain.parties},
         "diversion": [one.as_dict() for one in diverted], "undetermined": undetermined},
    )


def troubles(chain: Chain) -> dict[int, tuple[Contradiction, ...]]:
    """The contradictions that each step takes part in, by the step's index."""
    found: dict[int, tuple[Contradiction, ...]] = {}
    for index, step in enumerate(chain.steps):
        ids = {claim.id for claim in step.claims}
        some = tuple(one for one in chain.contradictions if ids & set(one.claims))
        if some:
            found[index] = some
    return found


def _caption(chain: Chain, drawn: Sequence[Shown], undetermined: str) -> tuple[str, ...]:
    told = ["Each step is what somebody claims. A place in this drawing says nothing against a "
            "party: those that passed it on lawfully are named because they know more."]
    if chain.steps:
        told.append("Stretches of time are drawn short where nothing happened; order and days are "
                    "true, lengths are not.")
    if any(sureness(one.step) != "exactly" for one in drawn):
        told.append("A dashed arrow: the item was probably among those goods; a dotted one: perhaps.")
    if len(drawn) < len(chain.steps):
        hidden = sum(one.count for one in drawn if one.count > 1)
        told.append(f"Of {plural(len(chain.steps), 'step')}, {hidden:,} are drawn in groups with their "
                    f"number (more than {MOST} cannot be read); the table has all.")
    if chain.loose:
        told.append(f"{len(chain.loose):,} claim{'s' if len(chain.loose) != 1 else ''} without a "
                    "place in time, or that only perhaps are about this item, are not drawn; they "
                    "are in the table.")
    if undetermined:
        told.append(undetermined)
    return tuple(told)


def _rows(
    chain: Chain, names: Mapping[str, str], troubled: Mapping[int, Sequence[Contradiction]]
) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    after: dict[int, list[tuple[Cell, ...]]] = {}
    for gap in chain.gaps:
        after.setdefault(gap.after, []).append((
            "", "gap: " + named(gap.words, names), gap.first or "", gap.last or "",
            party_name(gap.from_party, names), party_name(gap.to_party, names), *[""] * 9))
    rows += after.get(-1, [])
    for index, step in enumerate(chain.steps):
        rows.append(_row(str(index + 1), step, names, troubled.get(index, ())))
        rows += after.get(index, [])
    rows += [_row("", Step(one.how, one.from_party, one.to_party, one.first, one.last, one.lawful,
                           (one,), one.attached.share), names, (), "not placed: ")
             for one in chain.loose]
    told = {c for wrong in troubled.values() for c in wrong}
    rows += [("", "does not fit: " + named(one.words, names), *[""] * 8, ", ".join(one.claims),
              *[""] * 4) for one in chain.contradictions if one not in told]
    return rows


def _row(
    number: str, step: Step, names: Mapping[str, str], wrong: Sequence[Contradiction],
    lead: str = "",
) -> tuple[Cell, ...]:
    claims: Sequence[Claim] = step.claims
    return (
        number, lead + how_word(step.how), step.first or "", step.last or "",
        party_name(step.from_party, names), party_name(step.to_party, names), step.lawful,
        sureness(step), round(step.share, 4), step.grade, ", ".join(one.id for one in claims),
        ", ".join(dict.fromkeys(p for one in claims for p in one.papers)),
        ", ".join(dict.fromkeys(word for one in claims for word in one.limits)),
        ", ".join(str(i + 1) for i in step.rivals),
        "; ".join(named(one.words, names) for one in wrong),
    )
