"""The other devices and the bundles: what is packed, what is confirmed, what was put aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from headstamp.actions.evidence.erasing import waiting
from headstamp.actions.exchange.aside import put_aside
from headstamp.actions.exchange.devices import own_card, peers_of
from headstamp.actions.exchange.pack import SEALED_SUFFIX, SUFFIX
from headstamp.kinds.tier import RANK
from headstamp.publish.qr import qr_svg
from headstamp.store.case import Case
from headstamp.store.handing import unconfirmed
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import vocabulary
from headstamp.web.contexts.facts import record_path
from headstamp.web.page import ON_PAGE, Context, Params

BUNDLES_SHOWN = 40
PACKED = "derived/bundles"
"""Where bundles that a page packed wait to be downloaded."""


@dataclass(frozen=True)
class DeviceView:
    """Another device: up to which entry of its log is here, and up to which of ours is confirmed.

    ``unconfirmed`` is how many versions of records here it has not confirmed, packed or not.
    """

    id: str
    title: str
    log: str
    role: str
    state: str
    good_until: int | None
    sealed: bool
    taken: int
    sent: int
    unconfirmed: int
    waiting: tuple[str, ...]
    state_title: str = field(default="", metadata=ON_PAGE)
    role_title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class BundleView:
    """One bundle that went or came; ``confirmed`` where the other side's signed receipt is here.

    ``covered`` where it is not, but that of a later bundle is, which tells for this one too.
    """

    id: str
    device: str
    direction: str
    state: str
    confirmed: bool
    covered: bool
    packed_at: str
    file_name: str
    size: int
    records: int | None
    taken: int | None
    beside: int | None
    problem: str
    state_title: str = field(default="", metadata=ON_PAGE)
    device_title: str = field(default="", metadata=ON_PAGE)
    to: str = field(default="", metadata=ON_PAGE)
    file: str = field(default="", metadata=ON_PAGE)
    receipt: str = field(default="", metadata=ON_PAGE)


@dataclass(frozen=True)
class ExchangeContext(Context):
    """All that is known here of the exchange with other devices."""

    size: int
    devices: tuple[DeviceView, ...]
    bundles: tuple[BundleView, ...]
    aside: tuple[BundleView, ...]
    conflicts: int
    card: str = field(default="", metadata=ON_PAGE)
    qr: str = field(default="", metadata=ON_PAGE)
    more: int = field(default=0, metadata=ON_PAGE)
    encrypted: bool = field(default=False, metadata=ON_PAGE)
    plain: bool = field(default=False, metadata=ON_PAGE)
    roles: tuple[tuple[str, str], ...] = field(default=(), metadata=ON_PAGE)


@dataclass(frozen=True)
class ExchangeState:
    """What of the exchange wants somebody: contradictions, unconfirmed bundles, those put aside, and
    erasures that two people agreed on at another device."""

    conflicts: int
    unconfirmed: int
    aside: int
    forked: int
    erasures: int


def packed_file(case: Case, name: str) -> Path | None:
    """Where a bundle that a page packed still lies; None where it does not."""
    path = case.folder / PACKED / name
    return path if SUFFIX in name and path.name == name and path.is_file() else None


def may_have(rank: int, is_sealed: bool) -> bool:
    """Whether pages hand a bundle to who is shown so much: all records are in it, whoever may see them.

    Decided by the clearance alone: an answer that looked at the records would tell of hidden ones.
    Who sees devices at all may carry a sealed bundle, for nobody reads it on the way.
    """
    return rank >= RANK["sealed" if not is_sealed else "restricted"]


def exchange_state(reader: Reader, case: Case) -> ExchangeState:
    """The exchange in five numbers."""
    aside = put_aside(reader)
    return ExchangeState(
        len(reader.contested()),
        sum(len(peer.waiting) for peer in peers_of(reader, case.origin) if peer.state == "active"),
        len(aside), sum(1 for one in aside if one.get("bundle_state") == "forked"),
        len(reader.many(waiting(case))),
    )


def exchange_context(reader: Reader, params: Params) -> ExchangeContext:
    """The exchange as this reader may see it."""
    case = params.case
    found = peers_of(reader, case.origin)
    sent = {peer.id: peer.sent for peer in found}
    titles = {peer.id: peer.title for peer in found}
    states, roles = vocabulary("device_state"), vocabulary("device_role")
    page = reader.list("bundle", limit=BUNDLES_SHOWN)
    card = own_card(case).text()
    with case.backend.reading() as conn:
        new = {peer.id: unconfirmed(conn, peer.sent, peer.verifier.name) for peer in found}
    return ExchangeContext(
        case.checkpoint().size,
        tuple(
            DeviceView(
                peer.id, peer.title, peer.verifier.name, peer.role, peer.state, peer.good_until,
                bool(peer.seal_to), peer.taken, peer.sent, new[peer.id], peer.waiting, states.label(peer.state),
                roles.label(peer.role), record_path(peer.id),
            ) for peer in found
        ),
        tuple(_bundle(case, reader.rank, sent, titles, one) for one in page.rows),
        tuple(_bundle(case, reader.rank, sent, titles, one) for one in put_aside(reader)),
        len(reader.contested()), card=card,
        qr=qr_svg(card, "The card of this device as a QR code", "The same text as beside it"),
        more=page.total - len(page.rows), encrypted=case.keys is not None,
        plain=may_have(reader.rank, False),
        roles=tuple((term.code, term.label) for term in roles.terms),
    )


def _bundle(case: Case, rank: int, sent: dict[str, int], titles: dict[str, str], one: Shown) -> BundleView:
    state, name = one.get("bundle_state", ""), one.get("file_name", "")
    device = one.get("device", "")
    here = one.get("direction") == "sent" and packed_file(case, name) is not None
    here = here and may_have(rank, name.endswith(SEALED_SUFFIX))
    covered = state == "packed" and one.get("size", 0) <= sent.get(device, 0)
    return BundleView(
        one.id, device, one.get("direction", ""), state, state == "received", covered,
        one.get("packed_at", ""), name, one.get("size", 0), one.get("records"), one.get("taken"),
        one.get("beside"), one.get("problem", ""),
        "covered by a later one" if covered else vocabulary("bundle_state").label(state),
        titles.get(device, device), record_path(one.id),
        f"/exchange/bundles/{one.id}" if here else "",
        f"/exchange/bundles/{one.id}/receipt" if state == "taken" and one.get("receipt") else "",
    )
