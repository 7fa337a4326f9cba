"""The custody of one item or document: its timeline drawn, told and listed; and in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headstamp.actions.evidence.custody import FAULTS, Custody, custody_of
from headstamp.publish.receipt import LANGUAGES, words_of
from headstamp.records import BY_NAME
from headstamp.store.reader import Reader
from headstamp.web.contexts.facts import (
    FactView,
    Piece,
    fact_views,
    labels_of,
    record_path,
    ref_piece,
)
from headstamp.web.contexts.record import RecordContext, record_context
from headstamp.web.page import ON_PAGE, Context, Params

# Shown in columns of their own, or the same for every act of one thing.
_NOT_AGAIN = ("item", "act", "held_on", "from_party", "to_party", "seals_found", "seals_set",
              "custody_kind", "lawful_status", "tier", "source")


@dataclass(frozen=True)
class Kept:
    """Our custody of a thing in short: how many acts, who holds it, what does not fit."""

    acts: int
    holders: tuple[str, ...]
    ended: bool
    faults: tuple[tuple[str, int], ...]
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ActView:
    """One act as a row of the table."""

    id: str
    name: str
    when: str
    giver: Piece | None
    receiver: Piece | None
    seals_found: tuple[str, ...]
    seals_set: tuple[str, ...]
    unsaid: tuple[str, ...]
    faults: tuple[str, ...]
    more: tuple[FactView, ...]
    to: str
    receipt: str


@dataclass(frozen=True)
class CustodyContext(Context):
    """Who held it, in time. ``custody`` has acts, holdings and faults as the command gives them."""

    custody: Mapping[str, Any]
    clearance: str
    title: str = field(default="", metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    about_id: str = field(default="", metadata=ON_PAGE)
    chart: str = field(default="", metadata=ON_PAGE)
    acts: tuple[ActView, ...] = field(default=(), metadata=ON_PAGE)
    faults: tuple[tuple[str, str, bool, tuple[Piece, ...]], ...] = field(default=(), metadata=ON_PAGE)
    holdings: tuple[str, ...] = field(default=(), metadata=ON_PAGE)
    holder: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class CustodyRecordContext(RecordContext):
    """One custody record; an act of our own custody has a receipt and a timeline."""

    act: str = ""
    receipt: str = field(default="", metadata=ON_PAGE)
    timeline: str = field(default="", metadata=ON_PAGE)
    languages: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


def kept_of(reader: Reader, record_id: str) -> Kept | None:
    """Our custody of a thing in short; None where no act is recorded."""
    told = custody_of(reader, record_id)
    line = told.timeline
    if not line.acts:
        return None
    faults = Counter(FAULTS[one.what] for one in line.faults)
    return Kept(len(line.acts), tuple(map(told.name, line.holders)), line.ended,
                tuple(sorted(faults.items())), f"/custody/{record_id}")


def custody_context(reader: Reader, params: Params) -> CustodyContext:
    """The timeline of one thing. Raises Missing; Invalid for what custody is not kept of."""
    told = custody_of(reader, params.path["id"])
    about = told.about
    return CustodyContext(
        told.as_dict(), reader.clearance, title=f"Custody of {about.label}",
        about=ref_piece(about.id, about.label), about_id=about.id, chart=told.chart(),
        acts=_acts(reader, told),
        faults=tuple(
            (FAULTS[one.what], one.words, one.certain,
             tuple(ref_piece(id_, told.records[id_].label) for id_ in one.acts))
            for one in told.timeline.faults
        ),
        holdings=tuple(told.told(one) for one in told.timeline.holdings),
        # Who has it is who gives it next; what is on its seal, a person reads off the thing.
        holder=told.timeline.holders[0] if len(told.timeline.holders) == 1 else "",
    )


def _acts(reader: Reader, told: Custody) -> tuple[ActView, ...]:
    kind = BY_NAME["custody"]
    labels = labels_of(reader, told.records.values(), BY_NAME)
    act_fact, when = kind.by_name["act"], kind.by_name["held_on"]
    wrong: dict[str, list[str]] = {}
    for one in told.timeline.faults:
        wrong.setdefault(one.acts[-1], []).append(FAULTS[one.what])
    return tuple(
        ActView(
            act.id, act_fact.show(act.act), when.show(act.when) if act.when else "",
            _party(told, act.giver), _party(told, act.receiver), act.seals_found, act.seals_set,
            told.unsaid(act), tuple(wrong.get(act.id, ())),
            fact_views(kind, told.records[act.id].values, labels, _NOT_AGAIN),
            record_path(act.id), f"/custodies/{act.id}/receipt.pdf",
        ) for act in told.timeline.acts
    )


def _party(told: Custody, party: str | None) -> Piece | None:
    return ref_piece(party, told.name(party)) if party else None


def custody_record_context(reader: Reader, params: Params) -> CustodyRecordContext:
    """All of one custody record. Raises Missing."""
    base = record_context(reader, params)
    shown = base.record
    act = shown.get("act", "")
    return CustodyRecordContext(
        **base.__dict__, act=act, receipt=f"{base.path}/receipt.pdf" if act else "",
        timeline=f"/custody/{shown.get('item')}" if act and shown.get("item") else "",
        languages=tuple((one, words_of(one)["_name"]) for one in LANGUAGES),
    )
