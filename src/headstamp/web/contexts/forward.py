"""What else came the same way: from a record, or by a lot, a range or a package's number."""

from __future__ import annotations

from dataclasses import dataclass, field

from headstamp.actions.cases import index_case
from headstamp.actions.tracing.forward import BY_TEXT, STARTS, Forward, forward, forward_by
from headstamp.errors import Invalid
from headstamp.kinds.date import PARTIAL_DATE
from headstamp.records import kind_of_id
from headstamp.store.reader import Reader
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import Piece, ref_piece
from headstamp.web.page import ON_PAGE, Context, Params

MOST = 200


@dataclass(frozen=True)
class PassedView:
    """One transfer as a row."""

    record: Piece
    kind: str
    when: str
    from_party: Piece | None
    to_party: Piece | None
    lawful: str
    step: int


@dataclass(frozen=True)
class FoundView:
    """One item as a row: how surely it came this way, by what, and where it was found."""

    item: Piece
    how: str
    share: str
    why: tuple[str, ...]
    when: str
    site: Piece | None


@dataclass(frozen=True)
class ForwardContext(Context):
    """What else came the same way, with the limits that were reached."""

    asked: str
    by: str
    found: Forward | None
    title: str = field(default="What else came this way", metadata=ON_PAGE)
    about: Piece | None = field(default=None, metadata=ON_PAGE)
    transfers: tuple[PassedView, ...] = field(default=(), metadata=ON_PAGE)
    items: tuple[FoundView, ...] = field(default=(), metadata=ON_PAGE)
    sites: tuple[tuple[Piece | None, int], ...] = field(default=(), metadata=ON_PAGE)
    ways: tuple[str, ...] = field(default=BY_TEXT, metadata=ON_PAGE)


def forward_context(reader: Reader, params: Params) -> ForwardContext:
    """All that came the same way as ``from`` (a record's id), or by ``by`` and ``text``.

    From a party, ``since`` leaves out what surely happened before.

    Raises Missing, Invalid.
    """
    start, by, text, since = (params.text(n) for n in ("from", "by", "text", "since"))
    if not start and not (by and text):
        return ForwardContext("", "", None)
    about: Piece | None = None
    index_case(params.case)  # what was written a moment ago is found by its numbers too
    with params.case.read(reader.clearance).snapshot() as now:
        if start:
            if kind_of_id(start).name not in STARTS:
                raise Invalid("from there nothing is asked forward")
            found = forward(params.case, now, start, since=since, limit=MOST)
            about = ref_piece(start, now.get(start).label)
        else:
            found = forward_by(params.case, now, by, text, limit=MOST)
    return ForwardContext(
        start or text, by, found, about=about,
        transfers=tuple(
            PassedView(
                ref_piece(one.record.id, one.record.label),
                vocabulary("transfer_kind").label(one.record.get("transfer_kind", "unknown")),
                PARTIAL_DATE.show(one.record.get("happened_on")) if one.record.get("happened_on") else "",
                _party(one.record.get("from_party"), one.from_name),
                _party(one.record.get("to_party"), one.to_name),
                vocabulary("lawful_status").label(one.record.get("lawful_status", "unknown")), one.step,
            ) for one in found.transfers
        ),
        items=tuple(
            FoundView(
                ref_piece(one.item.id, one.item.label), one.attached.how,
                "" if one.attached.how == "exactly" else f"{one.attached.share:.0%}",
                one.attached.words, PARTIAL_DATE.show(one.when) if one.when else "",
                ref_piece(one.site, one.site_name) if one.site_name else None,
            ) for one in found.items
        ),
        sites=tuple((ref_piece(site, name) if name else None, n) for site, name, n in found.sites),
    )


def _party(party: object, name: str) -> Piece | None:
    return ref_piece(str(party), name) if party and name else None
