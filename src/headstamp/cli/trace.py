"""``trace``: the chain of supply of one item, step by step, with what is missing and what does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from headstamp.actions.tracing.trace import Traced
    from headstamp.tracing.claim import Claim
    from headstamp.tracing.step import Step

app = typer.Typer(rich_markup_mode="rich")

_MOST_LOOSE = 20


@app.command()
@with_session
def trace(
    session: Session,
    item: Annotated[str, typer.Argument(
        metavar="ITEM", show_default=False, help="The item: its id, or its tag.")],
) -> None:
    """Trace an item: who had it from its making to its recovery, how surely, and what is not known.

    Every claim stays: those that tell of one event stand in one step, each with its source grade
    and how surely it is about this item. Where it can have left lawful hands is an inference
    with its alternatives, never a fact; nobody is accused by standing in a chain.
    """
    from headstamp.actions.tracing.trace import trace_named

    with session.open() as case:
        found = trace_named(case, case.read(session.settings().clearance), item)
    session.show(found.as_dict(), lambda: _words(found))


def _words(found: Traced) -> None:
    line(f"{found.chain.label} ({found.chain.item})")
    for one in found.around:
        line(f"part of or packed in {one.label} ({one.id})")
    line()
    _steps(found)
    if found.chain.contradictions:
        line("What does not fit:")
        for told in found.chain.contradictions:
            line(f"  ! {told.words} ({', '.join(told.claims)})")
        line()
    _loose(found)
    _diversion(found)
    _flags(found)
    if found.held_back:
        line(f"{plural(found.held_back, 'record')} left out: a trace reply forbids to publish them.")


def _steps(found: Traced) -> None:
    gaps: dict[int, list[str]] = {}
    for gap in found.chain.gaps:
        gaps.setdefault(gap.after, []).append(gap.words)
    if not found.chain.steps:
        line("Nothing is recorded of its past that has a place in time.")
    for at, step in enumerate(found.chain.steps, -1):
        _gap(gaps.get(at, ()))
        _step(found, at + 1, step)
    _gap(gaps.get(len(found.chain.steps) - 1, ()))
    line()


def _gap(some: list[str] | tuple[str, ...]) -> None:
    for words in some:
        line(f"   ... {words}")


def _step(found: Traced, at: int, step: Step) -> None:
    line(f"{at + 1:>2}. {_when(step.when)}  {_how(step.how)}{_hands(found, step)}")
    told = [f"lawful status: {_lawful(step.lawful)}"]
    if step.grade:
        told.append(f"best source grade {step.grade}")
    if step.share < 1:
        told.append(f"{step.share:.0%} that this item is meant")
    line(f"    {'; '.join(told)}")
    if step.rivals:
        others = " and ".join(str(one + 1) for one in step.rivals)
        line(f"    cannot be true beside step {others}")
    for claim in step.claims:
        _claim(found, claim)


def _hands(found: Traced, step: Step | Claim) -> str:
    if step.how == "made":
        maker = step.to_party or step.from_party
        return f" by {found.name(maker)}" if maker else ""
    giver = f" from {found.name(step.from_party)}" if step.from_party else ""
    taker = f" to {found.name(step.to_party)}" if step.to_party else ""
    return giver + taker


def _claim(found: Traced, claim: Claim) -> None:
    attached = claim.attached
    sure = {"exactly": "", "probably": "probably this item", "perhaps": "perhaps this item"}
    told = [
        f"{_KINDS[claim.kind]} {claim.id}", f"grade {claim.grade}" if claim.grade else "not graded",
        sure[attached.how] + (f" ({attached.share:.0%})" if attached.share < 1 else ""),
        f"by {_BY[attached.by]}" if attached.by in _BY else "",
    ]
    line(f"    - {', '.join(filter(None, told))}")
    for words in attached.words:
        line(f"        {words}")
    goods = claim.goods
    if claim.quantity is not None:
        goods = "; ".join(filter(None, (goods, f"{claim.quantity:,g} {claim.unit}".strip())))
    for name, text in (
        ("goods", goods), ("where", claim.place), ("licence", claim.licence),
        ("end-user certificate", claim.end_user_certificate), ("rests on", claim.basis),
        ("papers", "; ".join(f"{found.name(one)} ({one})" for one in claim.papers)),
    ):
        if text:
            line(f"        {name}: {text}")
    for words in _limits(found, claim):
        line(f"        limit: {words}")


def _limits(found: Traced, claim: Claim) -> tuple[str, ...]:
    from headstamp.store.limits import told

    return told(found.limits[claim.id]) if claim.id in found.limits else ()


def _loose(found: Traced) -> None:
    loose = found.chain.loose
    if not loose:
        return
    line("Not in the chain: without a place in time, or only perhaps about this item:")
    for claim in loose[:_MOST_LOOSE]:
        line(f"  - {_when(claim.when)}  {_how(claim.how)}{_hands(found, claim)}"
             f" ({claim.id}): {'; '.join(claim.attached.words) or 'undated'}")
    more = len(loose) - len(loose[:_MOST_LOOSE]) + found.more
    if more:
        line(f"  and {more:,} more")
    line()


def _diversion(found: Traced) -> None:
    if found.diversion is None:
        return
    line("Where it left lawful hands:")
    line(f"  {found.named(found.diversion.sentence)}")
    from headstamp.tracing.diversion_words import figures, kind_label, window

    for number, one in enumerate(found.diversion.hypotheses, 1):
        what = "none of these, or not known" if one.rest else (
            f"{kind_label(one.kind)}, {window(one.first, one.last)}")
        line(f"  {number}. {what}: {one.word.replace('_', ' ')}, {figures(one)}")
    if found.diversion.sought:
        line(f"  What speaks for and against each: headstamp diversion {found.chain.item}")
    line()


def _flags(found: Traced) -> None:
    if not found.flags:
        return
    line("Questions that lists, papers and routes leave open (never verdicts):")
    # Asked of each claim; of two that tell of one event the question is the same.
    asked: dict[tuple[str, str], dict[str, None]] = {}
    for flag in found.flags:
        about = asked.setdefault((flag.question, flag.cited or flag.source), {})
        about.update(dict.fromkeys(flag.claims))
    for (question, source), claims in asked.items():
        line(f"  ? {question} ({'; '.join(filter(None, (source, ', '.join(claims))))})")


def _when(when: str) -> str:
    from headstamp.kinds.date import PARTIAL_DATE

    return PARTIAL_DATE.show(when) if when else "no date"


def _how(how: str) -> str:
    from headstamp.vocab import vocabulary

    return "not known how:" if how == "unknown" else vocabulary("transfer_kind").label(how)


def _lawful(status: str) -> str:
    from headstamp.vocab import vocabulary

    return vocabulary("lawful_status").label(status)


_KINDS = {"transfer": "transfer", "custody": "custody event", "item": "the item itself",
          "recovery": "recovery"}
_BY = {"serial": "serial number", "lot": "lot", "package": "package", "product": "product",
       "part of": "what it was part of or packed in"}
