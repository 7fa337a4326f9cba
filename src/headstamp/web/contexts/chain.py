"""The chain of one item: its picture, its steps with their evidence, gaps, and where it was diverted.

The JSON answer is that of ``headstamp trace ITEM --json``: the same chain from the same reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from headstamp.actions.tracing.chain_pictures import (
    hypothesis_words,
    map_of_chain,
    picture_of_chain,
)
from headstamp.actions.tracing.trace import Traced, trace
from headstamp.errors import Missing
from headstamp.publish.chain_words import how_word, sureness, window
from headstamp.publish.picture import FORMS, Picture
from headstamp.publish.status_marks import mark, status_word
from headstamp.records import kind_of_id
from headstamp.store.reader import Reader
from headstamp.tracing.check import Flag
from headstamp.tracing.claim import Claim
from headstamp.tracing.hypothesis import Ask, Hypothesis, Reason
from headstamp.tracing.step import Contradiction, Step
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.contexts.transfer import FlagView
from headstamp.web.page import ON_PAGE, Context, Params

_SIGN = 9.0
# A page of more rows is not read; the CSV file has them all.
MOST_STEPS, MOST_NOTED = 200, 60


@dataclass(frozen=True)
class PictureView:
    """A picture as the page shows it, and where its files are."""

    svg: str
    title: str
    caption: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimView:
    """One claim as listed below its step."""

    record: Piece
    told: str
    grade: str
    by: str
    why: tuple[str, ...]
    papers: tuple[Piece, ...]
    basis: str


@dataclass(frozen=True)
class StepView:
    """One step as a row. ``sign`` is the mark of its lawful status, as in the drawing."""

    number: str
    what: str
    when: str
    giver: Piece | None
    taker: Piece | None
    lawful: str
    sign: str
    sure: str
    grade: str
    rivals: tuple[str, ...]
    wrong: tuple[str, ...]
    claims: tuple[ClaimView, ...]


@dataclass(frozen=True)
class ReasonView:
    """One thing that speaks for or against, with the records it rests on."""

    words: str
    records: tuple[Piece, ...]


@dataclass(frozen=True)
class AskView:
    """A question that would help, to whom, and where it is written down as a request."""

    whom: Piece | None
    role: str
    question: str
    why: str
    to: str


@dataclass(frozen=True)
class HypothesisView:
    """One place at which it can have left lawful hands."""

    rank: int
    words: str
    sentence: str
    when: str
    last_lawful: Piece | None
    first_unlawful: Piece | None
    speaks_for: tuple[ReasonView, ...]
    speaks_against: tuple[ReasonView, ...]
    ask: AskView | None


@dataclass(frozen=True)
class DiversionView:
    """The point of diversion as the page tells it."""

    standing: str
    sentence: str
    hypotheses: tuple[HypothesisView, ...]
    help_most: AskView | None
    rule: str


@dataclass(frozen=True)
class ChainContext(Context):
    """The chain of an item and what is made of it, as the command ``trace`` tells it."""

    chain: Mapping[str, Any]
    clearance: str
    title: str = field(default="", metadata=ON_PAGE)
    item: Piece | None = field(default=None, metadata=ON_PAGE)
    item_id: str = field(default="", metadata=ON_PAGE)
    picture: PictureView | None = field(default=None, metadata=ON_PAGE)
    map: PictureView | None = field(default=None, metadata=ON_PAGE)
    map_rows: tuple[tuple[Any, ...], ...] = field(default=(), metadata=ON_PAGE)
    steps: tuple[StepView, ...] = field(default=(), metadata=ON_PAGE)
    gaps: tuple[tuple[str, str, str], ...] = field(default=(), metadata=ON_PAGE)
    contradictions: tuple[tuple[str, tuple[Piece, ...]], ...] = field(default=(), metadata=ON_PAGE)
    loose: tuple[StepView, ...] = field(default=(), metadata=ON_PAGE)
    diversion: DiversionView | None = field(default=None, metadata=ON_PAGE)
    flags: tuple[FlagView, ...] = field(default=(), metadata=ON_PAGE)
    counts: Mapping[str, int] = field(default_factory=dict, metadata=ON_PAGE)
    more: int = field(default=0, metadata=ON_PAGE)
    held_back: int = field(default=0, metadata=ON_PAGE)


def chain_context(reader: Reader, params: Params) -> ChainContext:
    """The chain of one item. Raises Missing."""
    traced = traced_of(reader, params)
    chain, item = traced.chain, traced.item
    base = f"/items/{item.id}/chain"
    map_ = map_of_chain(reader, traced)
    wrong: dict[str, list[Contradiction]] = {}
    for one in chain.contradictions:
        for claim in one.claims:
            wrong.setdefault(claim, []).append(one)
    return ChainContext(
        traced.as_dict(), reader.clearance, title=f"Chain of {item.label}",
        item=ref_piece(item.id, item.label), item_id=item.id,
        picture=picture_view(picture_of_chain(traced), f"{base}/chain"),
        map=picture_view(map_, f"{base}/map"), map_rows=map_.rows[:MOST_STEPS],
        steps=tuple(_step(str(at + 1), step, traced, wrong) for at, step in enumerate(chain.steps[:MOST_STEPS])),
        gaps=tuple((traced.named(gap.words), gap.first or "", gap.last or "")
                   for gap in chain.gaps[:MOST_NOTED]),
        contradictions=tuple((traced.named(one.words), _pieces(one.claims, traced))
                             for one in chain.contradictions[:MOST_NOTED]),
        counts={"steps": len(chain.steps), "gaps": len(chain.gaps), "loose": len(chain.loose),
                "against": len(chain.contradictions)},
        loose=tuple(
            _step("", Step(one.how, one.from_party, one.to_party, one.first, one.last, one.lawful,
                           (one,), one.attached.share), traced, wrong) for one in chain.loose[:MOST_NOTED]),
        diversion=_diversion(traced), flags=_flags(traced), more=traced.more,
        held_back=traced.held_back,
    )


def traced_of(reader: Reader, params: Params) -> Traced:
    """The chain of the item of the address. Raises Missing."""
    item_id = params.path["id"]
    if not item_id.startswith("item-"):
        raise Missing(f"there is no item {item_id}")
    return trace(params.case, reader, item_id)


def chain_picture_of(reader: Reader, params: Params, which: str) -> Picture:
    """The picture of the address: ``chain`` or ``map``. Raises Missing."""
    traced = traced_of(reader, params)
    return picture_of_chain(traced) if which == "chain" else map_of_chain(reader, traced)


def picture_view(made: Picture, base: str, query: str = "") -> PictureView:
    """A picture with the addresses of its files."""
    forms = FORMS if made.svg else ("csv", "json")
    return PictureView(made.svg, made.title, made.caption,
                       tuple((form.upper(), f"{base}.{form}{query}") for form in forms))


def _piece(record_id: str | None, traced: Traced) -> Piece | None:
    """A link to a record where it may be seen."""
    if not record_id or record_id not in traced.names:
        return None
    return ref_piece(record_id, traced.names[record_id])


def _pieces(ids: Iterable[str], traced: Traced) -> tuple[Piece, ...]:
    found = (_piece(id_, traced) for id_ in dict.fromkeys(ids))
    return tuple(one for one in found if one is not None)


def _step(
    number: str, step: Step, traced: Traced, wrong: Mapping[str, list[Contradiction]]
) -> StepView:
    how = sureness(step)
    against = dict.fromkeys(
        traced.named(one.words) for claim in step.claims for one in wrong.get(claim.id, ()))
    return StepView(
        number, how_word(step.how), window(step.first, step.last), _piece(step.from_party, traced),
        _piece(step.to_party, traced), status_word(step.lawful), _sign(step.lawful),
        how if how == "exactly" else f"{how} ({step.share:.0%})", ", ".join(step.grades),
        tuple(str(at + 1) for at in step.rivals), tuple(against),
        tuple(_claim(claim, traced) for claim in step.claims),
    )


def _sign(status: str) -> str:
    size = 2 * _SIGN + 8
    return (f'<svg class="sign" width="{size:.0f}" height="{size:.0f}" viewBox="0 0 {size:.0f} '
            f'{size:.0f}" aria-hidden="true" focusable="false">{mark(status, size / 2, size / 2, 7)}</svg>')


def _claim(claim: Claim, traced: Traced) -> ClaimView:
    kind = kind_of_id(claim.id)
    label = traced.names.get(claim.id) or claim.named
    goods = [claim.goods, f"{claim.quantity:,g} {claim.unit}".strip() if claim.quantity else "",
             f"licence {claim.licence}" if claim.licence else "",
             f"end-user certificate {claim.end_user_certificate}" if claim.end_user_certificate else ""]
    return ClaimView(
        ref_piece(claim.id, label), "; ".join(filter(None, [kind.title, *goods])), claim.grade,
        claim.attached.by, tuple(traced.named(words) for words in claim.attached.words),
        _pieces((claim.reply, *claim.papers), traced), claim.basis,
    )


def _diversion(traced: Traced) -> DiversionView | None:
    found = traced.diversion
    if found is None:
        return None
    return DiversionView(
        found.standing, traced.named(found.sentence),
        tuple(_hypothesis(rank, one, traced) for rank, one in enumerate(found.hypotheses, 1)),
        _ask(found.help_most, traced), f"{found.rule}, rule {found.version}",
    )


def _hypothesis(rank: int, one: Hypothesis, traced: Traced) -> HypothesisView:
    return HypothesisView(
        rank, "none of these, or not known: " + hypothesis_words(one).partition(": ")[2]
        if one.rest else hypothesis_words(one),
        traced.named(one.sentence), "" if one.rest else window(one.first, one.last),
        _piece(one.last_lawful, traced), _piece(one.first_unlawful, traced),
        tuple(_reason(r, traced) for r in one.speaks_for),
        tuple(_reason(r, traced) for r in one.speaks_against), _ask(one.settled_by, traced),
    )


def _reason(one: Reason, traced: Traced) -> ReasonView:
    return ReasonView(traced.named(one.words), _pieces(one.records, traced))


def _ask(ask: Ask | None, traced: Traced) -> AskView | None:
    if ask is None:
        return None
    question = traced.named(ask.question)
    filled = [("items", traced.item.id), ("question", question)]
    if ask.party and ask.party in traced.names:
        filled.insert(0, ("addressee", ask.party))
    return AskView(
        _piece(ask.party, traced), vocabulary("addressee_role").label(ask.role), question,
        traced.named(ask.why), f"/trace-requests/draft?{urlencode(filled)}",
    )


def _flags(traced: Traced) -> tuple[FlagView, ...]:
    """The questions, one that is asked of several transfers said once with all it rests on."""
    rests: dict[tuple[str, str], tuple[Flag, dict[str, None]]] = {}
    for flag in traced.flags:
        kept = rests.setdefault((flag.what, flag.question), (flag, {}))
        kept[1].update(dict.fromkeys((*flag.claims, *flag.about)))
    return tuple(FlagView(flag, flag.title, flag.cited, None, _pieces(ids, traced))
                 for flag, ids in rests.values())
