"""The report's part on supply: transfers and custody in time, trace requests and what came back.

A transfer or a custody event is somebody's claim. Two that contradict each
other both stand; none is marked as the true one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headstamp.publish import wording
from headstamp.publish.listing import Cut, by_date, first
from headstamp.publish.sources import UNNAMED_SOURCE, Citation, Sources
from headstamp.store.limits import SOURCE_NOT_NAMED, Limit, codes_of, told
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

TRANSFERS, CUSTODY, REQUESTS = 200, 200, 150
UNNAMED = "A trace request whose addressee is not to be named"
# What is told of an act of our own custody, beside who and when.
_OF_EVIDENCE = (("why:", "purpose"), ("authority:", "authority"), ("seal found:", "seals_found"),
                ("found", "seal_state"), ("seal after:", "seals_set"), ("because", "seal_reason"),
                ("changed:", "change_made"))


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A passage of goods as claimed."""

    when: str
    kind: str
    from_party: tuple[str, ...]
    to_party: tuple[str, ...]
    goods: str
    marks: tuple[tuple[str, str], ...]
    quantity: str
    licence: str
    lawful: str
    basis: str
    papers: tuple[Citation, ...]
    source: Citation | None
    # What a trace reply forbids to be done with it, in words.
    limits: str = ""


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """One event of an item's past."""

    when: str
    item: str
    kind: str
    from_party: tuple[str, ...]
    to_party: tuple[str, ...]
    lawful: str
    basis: str
    papers: tuple[Citation, ...]
    limits: str = ""


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """What came back: its code, when, in which words, with which limits on its use."""

    code: str
    when: str
    text: str
    limits: str


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A trace request with its replies in the order of their coming."""

    title: str
    addressee: str
    status: str
    dates: str
    items: tuple[str, ...]
    question: str
    replies: tuple[ReplyLine, ...]
    # So many replies are left out, since they forbid to be published.
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Chains:
    """Transfers, custody and requests, each with the rule by which the list is cut."""

    transfers: tuple[TransferLine, ...]
    transfers_cut: Cut
    custody: tuple[CustodyLine, ...]
    custody_cut: Cut
    requests: tuple[RequestCard, ...]
    requests_cut: Cut


def gather(reader: Reader, sources: Sources) -> Chains:
    """All visible claims of passage and all trace correspondence, cut where it is long."""
    transfers, transfers_cut = first(
        reader, "transfer", TRANSFERS, key=by_date("happened_on"), order="by date"
    )
    custody, custody_cut = first(
        reader, "custody", CUSTODY, key=by_date("held_on"), order="by date"
    )
    requests, requests_cut = first(
        reader, "trace_request", REQUESTS, key=by_date("sent_on"), order="by date of sending"
    )
    ids = {str(s.get(n)) for s in (*transfers, *custody) for n in ("from_party", "to_party")}
    ids |= {str(s.get("item")) for s in custody} | {str(s.get("addressee")) for s in requests}
    ids |= {one for s in requests for one in s.get("items") or ()}
    names = reader.labels(sorted(ids))
    limits = reader.limits([*(one.id for one in (*transfers, *custody)), *ids])
    names.update((one, UNNAMED_SOURCE) for one in ids
                 if SOURCE_NOT_NAMED in codes_of(limits.get(one, ())))
    replies = reader.belonging([one.id for one in requests], "trace_reply", "request", 100_000)
    came = reader.times_named([one.id for one in requests], "trace_reply", "request")
    limits |= reader.limits([one.id for some in replies.values() for one in some])
    # Items are told as in one chain: by item, then by date.
    in_order = sorted(
        custody, key=lambda s: (names.get(str(s.get("item")), ""), *by_date("held_on")(s), s.seq)
    )
    return Chains(
        tuple(_transfer(one, names, sources, limits.get(one.id, ())) for one in transfers),
        transfers_cut,
        tuple(_custody(one, names, sources, limits.get(one.id, ())) for one in in_order), custody_cut,
        tuple(_request(one, replies.get(one.id, []), came.get(one.id, 0), names, limits)
              for one in requests), requests_cut,
    )


def _party(shown: Shown, field: str, place: str, names: dict[str, str]) -> tuple[str, ...]:
    """A party with the place where it handed over or took over; either may be missing."""
    return (
        names.get(str(shown.get(field)), ""),
        wording.field(shown.kind, shown.values, place) if place else "",
    )


def _transfer(
    shown: Shown, names: dict[str, str], sources: Sources, limits: Sequence[Limit]
) -> TransferLine:
    def word(name: str) -> str:
        return wording.field("transfer", shown.values, name)

    unnamed = SOURCE_NOT_NAMED in codes_of(limits)

    marks = (("lot", word("lot")), ("serials", word("serials")), ("NSN", word("stock_number")))
    return TransferLine(
        word("happened_on"), word("transfer_kind"),
        _party(shown, "from_party", "from_place", names),
        _party(shown, "to_party", "to_place", names), word("goods"),
        tuple((title, text) for title, text in marks if text), word("quantity"),
        wording.joined((word("licence"), word("licence_status"))), word("lawful_status"),
        "" if unnamed else word("basis"),
        () if unnamed else sources.papers(shown.get("documents")),
        None if unnamed else sources.cite(shown.get("source")), "; ".join(told(limits)),
    )


def _custody(
    shown: Shown, names: dict[str, str], sources: Sources, limits: Sequence[Limit]
) -> CustodyLine:
    def word(name: str) -> str:
        return wording.field("custody", shown.values, name)

    act = word("act")
    unnamed = SOURCE_NOT_NAMED in codes_of(limits)
    said = [] if unnamed else [word("evidence"), word("basis")]
    if act:
        said = [f"{title} {word(name)}" if word(name) else "" for title, name in _OF_EVIDENCE]
    return CustodyLine(
        word("held_on"), names.get(str(shown.get("item")), ""), act or word("custody_kind"),
        _party(shown, "from_party", "", names), _party(shown, "to_party", "place", names),
        "our custody, as evidence" if act else word("lawful_status"), wording.joined(said, "; "),
        () if unnamed else sources.papers(shown.get("documents")), "; ".join(told(limits)),
    )


def _request(
    shown: Shown, came: Sequence[Shown], in_all: int, names: dict[str, str],
    limits: Mapping[str, Sequence[Limit]],
) -> RequestCard:
    def word(name: str) -> str:
        return wording.field("trace_request", shown.values, name)

    replies = sorted(came, key=lambda s: (*by_date("received_on")(s), s.seq))
    dates = wording.joined(
        (f"{title} {word(name)}" if word(name) else "" for title, name in
         (("sent", "sent_on"), ("acknowledged", "acknowledged_on"), ("due", "due_on"))), "; "
    )
    # Whom the letter went to, and often its title, would name who answered it.
    unnamed = any(SOURCE_NOT_NAMED in codes_of(limits.get(one.id, ())) for one in replies)
    return RequestCard(
        UNNAMED if unnamed else shown.label,
        "" if unnamed else names.get(str(shown.get("addressee")), ""), word("status"), dates,
        tuple(names[one] for one in shown.get("items") or () if one in names),
        "" if unnamed else word("question"),
        tuple(_reply(one, limits.get(one.id, ())) for one in replies),
        max(0, in_all - len(replies)),
    )


def _reply(shown: Shown, limits: Sequence[Limit]) -> ReplyLine:
    def word(name: str) -> str:
        return wording.field("trace_reply", shown.values, name)

    unnamed = SOURCE_NOT_NAMED in codes_of(limits)
    return ReplyLine(word("reply_code"), word("received_on"), "" if unnamed else word("text"),
                     "; ".join(told(limits)))
