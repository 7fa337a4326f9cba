"""What the doctor says of the exchange with other devices: unconfirmed, put aside, contradicting."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from headstamp.actions.exchange.aside import put_aside
from headstamp.actions.exchange.devices import peers_of
from headstamp.actions.exchange.room import MEMORY
from headstamp.actions.exchange.take import UNPACKED
from headstamp.actions.keeping.ailment import SHOWN, Ailment, typed
from headstamp.store.case import Case
from headstamp.store.reader import Reader

UNCONFIRMED_HOURS = 24


def between_devices(case: Case, at: datetime, clearance: str = "sealed") -> Iterator[Ailment]:
    """Bundles without a receipt for long, bundles put aside, lost devices, records that contradict each other."""
    reader = case.read(clearance)
    yield from _unconfirmed(case, reader, at)
    yield from _aside(case, reader)
    for peer in peers_of(reader, case.origin):
        if peer.state == "lost":
            yield Ailment("device_lost", "note", peer.id, f"{peer.title} is marked as lost: what it signs from then "
                          "on is put aside for a person to look at", "Nothing needs doing while it is away. If it is "
                          "found untouched, or was marked by mistake, trust it again.",
                          (typed(case.where, "device", "trust", peer.id, "--reason", "TEXT"),))
    contested = reader.contested()
    if contested:
        many = len(contested)
        yield Ailment("conflicts_open", "note", contested[0].id,
                      f"Of {many} record{'s' if many > 1 else ''} two devices say different things; both "
                      "versions are kept", "Look at them, ask those who wrote them, and say which holds: the page "
                      "Contradictions does it, and the last lines of what the second command shows.",
                      (typed(case.where, "conflicts"), typed(case.where, "conflicts", contested[0].id)))


def senders(case: Case, bundles: Sequence[str], clearance: str) -> dict[str, str]:
    """What the devices are called from which bundles came, as far as this reader may see them."""
    if not bundles:
        return {}
    reader = case.read(clearance)
    devices = {id_: one.get("device") for id_, one in reader.many(bundles).items() if one.get("device")}
    titles = reader.labels(list(devices.values()))
    return {id_: titles[device] for id_, device in devices.items() if device in titles}


def unpacked_left(case: Case) -> Iterator[Path]:
    """Folders in which a bundle was being unpacked when something cut it off."""
    yield from case.folder.glob(f"{UNPACKED}*")
    if case.keys is not None and MEMORY.is_dir():
        yield from (one for one in MEMORY.glob(f"{UNPACKED}*") if one.stat().st_uid == os.getuid())


def _unconfirmed(case: Case, reader: Reader, at: datetime) -> Iterator[Ailment]:
    before = at - timedelta(hours=UNCONFIRMED_HOURS)
    known = peers_of(reader, case.origin)
    waiting = [one for peer in known if peer.state == "active" for one in peer.waiting]
    records = reader.many(waiting)
    by_title = {id_: peer.title for peer in known for id_ in peer.waiting}
    by_device = {id_: peer.id for peer in known for id_ in peer.waiting}
    for id_ in waiting[:SHOWN]:
        packed_at = records[id_].get("packed_at") if id_ in records else None
        if packed_at and datetime.fromisoformat(packed_at) < before:
            name = records[id_].get("file_name") or id_
            yield Ailment(
                "bundle_unconfirmed", "fault", id_, f"The bundle {name} was packed for {by_title[id_]} on "
                f"{packed_at[:10]}, and no receipt came back: it may not have arrived",
                "Keep everything here. Ask the other side for the receipt, and take it in with the first "
                "command. If the bundle was lost on the way, pack again with the second.",
                (typed(case.where, "take", "FILE"), typed(case.where, "pack", by_device[id_])))


def _aside(case: Case, reader: Reader) -> Iterator[Ailment]:
    found = put_aside(reader)
    titles = reader.labels([one.get("device") for one in found])
    for one in found[:SHOWN]:
        title = titles.get(one.get("device"), one.get("device"))
        if one.get("bundle_state") == "forked":
            yield Ailment(
                "bundle_aside", "evidence", one.id, f"The log of {title} contradicts what it said before: "
                f"{one.get('problem')}",
                "Change nothing. Both of its states are kept here and prove it. Tell the evidence custodian, "
                "and ask its holder whether an old state of that laptop was put back or copied, or somebody "
                "else has its key. Until that is clear, mark it as lost.",
                (typed(case.where, "device", "lost", str(one.get("device")), "--reason", "TEXT"),))
        else:
            yield Ailment(
                "bundle_aside", "fault", one.id, f"A bundle of {title} was put aside: {one.get('problem')}",
                "Ask its holder whether they packed it. Then take it in with the first command, or leave "
                "it with the second. Where it is sealed, add --key FILE to the first.",
                (typed(case.where, "take", one.id, "--release", "--reason", "TEXT"),
                 typed(case.where, "take", one.id, "--leave", "--reason", "TEXT")))
    if len(found) > SHOWN:
        yield Ailment("bundle_aside", "fault", "", f"{len(found) - SHOWN} more bundles were put aside",
                      "Look at the whole list.", (typed(case.where, "take", "--list-aside"),))
