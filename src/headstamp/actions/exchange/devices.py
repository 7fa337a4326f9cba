"""The other devices of an investigation: whose key is whose, and which of them is trusted.

A key is told by another way than the data, and put on file by a person. From then on the
log that it signs is known here by its name. Nothing that a bundle brings changes that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from headstamp.errors import Conflicting, HeadstampError, Invalid, Missing, Problem, Refused
from headstamp.evidence.note import Verifier, claimed
from headstamp.exchange.card import Card
from headstamp.exchange.keys import read_public
from headstamp.kinds.identity import derived_id
from headstamp.kinds.instant import written
from headstamp.records import Device
from headstamp.store.case import Case
from headstamp.store.new_key import own_device_id
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

_SEALED = "sealed"  # trust does not hang on who asks


@dataclass(frozen=True, slots=True)
class Peer:
    """Another device as it is known here.

    ``taken`` is how many entries of its log were taken in, with the checkpoint of them
    (empty where none); ``sent`` how many of ours it has confirmed; ``waiting`` the bundles
    packed for it of which neither a receipt nor that of a later one came back, oldest first.
    """

    id: str
    title: str
    verifier: Verifier
    state: str
    role: str
    good_until: int | None
    seal_to: tuple[str, ...]
    taken: int
    checkpoint: str
    sent: int
    waiting: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The device as plain JSON values."""
        return {"id": self.id, "title": self.title, "log": self.verifier.name,
                "key": self.verifier.text(), "state": self.state, "role": self.role,
                "good_until": self.good_until, "sealed": bool(self.seal_to), "taken": self.taken,
                "sent": self.sent, "waiting": list(self.waiting)}


def device_id(log: str) -> str:
    """The id of the record of the device whose log has this name."""
    return derived_id(Device.PREFIX, log)


def add_device(
    case: Case, *, key: str, title: str, role: str = "field", holder: str = "",
    seal_to: Iterable[str] = (), certificate: str = "", actor: str, reason: str,
) -> str:
    """Puts a device on file by the public key of its log; returns the record's id.

    The same key again brings title, role, holder and the rest up to date. Raises Invalid for
    what is no key, Conflicting where the log is known under another key or another device
    is called so.
    """
    verifier = _log_key(key)
    if verifier.name == case.origin:
        raise Invalid("this is the key of this very device")
    with case.change(actor=actor, reason=reason) as change:
        known = _record(case, device_id(verifier.name))
        if known is not None and known.key != verifier.text():
            raise Conflicting(
                f"the log {verifier.name} is known here by another key. If its holder says that the "
                "key was changed, take a bundle from it: it tells of the change. If not, somebody "
                "pretends to be that device")
        called_so = [peer for peer in peers(case)
                     if peer.title == title and peer.verifier.name != verifier.name]
        if called_so:
            # A wrong card in the folder, and two devices could no longer be told apart by name.
            raise Conflicting(f"{title} is what another device is called here, whose log is "
                              f"{called_so[0].verifier.name}: this is the card of {verifier.name}. Take the "
                              "right card, or another title")
        change.put(Device.build({
            "id": device_id(verifier.name), "title": title, "key": verifier.text(),
            "seal_to": list(read_public(seal_to)) if seal_to else [],
            **_kept(known), "device_role": role, "tier": "restricted",
            **({"holder": holder} if holder else {}),
            **({"certificate": certificate} if certificate else {}),
        }))
    return device_id(verifier.name)


def mark_lost(
    case: Case, device: str, *, good_until: int | None = None, actor: str, reason: str
) -> Peer:
    """Marks a device as lost: what its log says beyond ``good_until`` entries waits for a person.

    Without a number: beyond what was taken in from it so far. Raises Missing, Conflicting.
    """
    return _restate(case, device, actor, reason, device_state="lost",
                    lost_at=written(case.clock()), good_until=good_until)


def retire(case: Case, device: str, *, actor: str, reason: str) -> Peer:
    """Marks a device as no longer used: nothing more is taken from it or packed for it."""
    return _restate(case, device, actor, reason, device_state="retired")


def trust(case: Case, device: str, *, actor: str, reason: str) -> Peer:
    """Marks a device as trusted again: it was found, or marked by mistake."""
    return _restate(case, device, actor, reason, device_state="active", lost_at=None, good_until=None)


def peers(case: Case) -> list[Peer]:
    """All other devices, by title."""
    with case.read(_SEALED).snapshot() as reader:
        return peers_of(reader, case.origin)


def peers_of(reader: Reader, origin: str) -> list[Peer]:
    """The other devices that this reader may see, by title; without those that have no proper key."""
    bundles: dict[str, list[Shown]] = {}
    for one in reader.stream("bundle"):
        bundles.setdefault(one.get("device"), []).append(one)
    found = [
        _peer(shown, verifier, bundles.get(shown.id, []))
        for shown in reader.stream("device") if (verifier := _verifier(shown)) is not None
    ]
    # A change of our own key is told by a record of this very device.
    others = [peer for peer in found if peer.verifier.name != origin]
    return sorted(others, key=lambda peer: peer.title)


def peer_named(case: Case, word: str) -> Peer:
    """The device of that id, title, log name or key. Raises Missing, Invalid where two fit."""
    found = [peer for peer in peers(case)
             if word in (peer.id, peer.title, peer.verifier.name, peer.verifier.text())]
    if not found:
        raise Missing(f"no device {word!r} is known here; see: headstamp device")
    if len(found) > 1:
        raise Invalid(f"more than one device is called {word!r}: "
                      + ", ".join(peer.id for peer in found))
    return found[0]


def refuse_replaced_key(case: Case, peer: Peer, key: str) -> None:
    """Refuses a bundle that was signed with a key which the device has replaced since. Raises Refused."""
    if key in {one.text() for one in _former_keys(case, peer)}:
        raise Refused(f"this bundle was signed with a key that {peer.title} has replaced since; nothing was "
                      "taken. All that its people recorded comes with the bundles they pack now")


def refuse_other_key(case: Case, peer: Peer, receipt: bytes) -> None:
    """Refuses the receipt of a key that the device has replaced, or that is not known yet. Raises Refused."""
    by = [one.hash for one in claimed(receipt) if one.name == peer.verifier.name]
    if not by or peer.verifier.hash in by:
        return
    if any(key.hash in by for key in _former_keys(case, peer)):
        raise Refused(f"this receipt was signed with a key that {peer.title} has replaced since. Nothing is "
                      "lost: pack again; the receipt of that bundle tells for this one too")
    raise Refused(f"this receipt was signed with a key of {peer.title} that is not known here. If its people "
                  "gave it a new key, take in a bundle of it first and then this receipt again; if they did "
                  "not, somebody made the receipt up")


def _former_keys(case: Case, peer: Peer) -> list[Verifier]:
    """The keys by which a device was known here before the one that it has now."""
    keys = {str(event.values["key"]) for event in case.read(_SEALED).history(peer.id) if event.values.get("key")}
    return [Verifier.parse(key) for key in sorted(keys - {peer.verifier.text()})]


def own_card(case: Case) -> Card:
    """What this device hands to others: its key, and the keys to which bundles for it are sealed."""
    own = _record(case, own_device_id(case.origin))
    return Card(case.verifier.text(), own.seal_to if own is not None else ())


def seal_own(case: Case, public: Iterable[str], *, actor: str, reason: str) -> Card:
    """Notes public keys to which bundles for this device are sealed, besides those it has.

    From then on its card tells them. Raises Invalid for what is no public key.
    """
    added, id_ = read_public(public), own_device_id(case.origin)
    with case.change(actor=actor, reason=reason) as change:
        own = _record(case, id_) or Device.build({
            "id": id_, "title": f"This log, {case.origin}", "key": case.verifier.text(),
            "tier": "restricted"})
        change.put(own.model_copy(update={"seal_to": tuple(dict.fromkeys([*own.seal_to, *added]))}))
    return own_card(case)


def titles(reader: Reader) -> dict[str, str]:
    """What people call the devices that this reader may see, by the names of their logs."""
    return {verifier.name: one.label for one in reader.stream("device")
            if (verifier := _verifier(one)) is not None}


def _verifier(shown: Shown) -> Verifier | None:
    """The key of a device; None where its record, written by hand, holds none."""
    try:
        return Verifier.parse(shown.get("key") or "")
    except HeadstampError:
        return None


def _peer(shown: Shown, verifier: Verifier, bundles: list[Shown]) -> Peer:
    taken = [one for one in bundles if one.get("bundle_state") == "taken"]
    last = max(taken, key=lambda one: one.get("size"), default=None)
    sent = max((one.get("size") for one in bundles if one.get("bundle_state") == "received"), default=0)
    # A later bundle that was confirmed tells for the earlier ones too.
    waiting = [one for one in bundles if one.get("bundle_state") == "packed" and one.get("size") > sent]
    sent = max((one.get("size") for one in bundles if one.get("bundle_state") == "received"), default=0)
    return Peer(
        shown.id, shown.get("title"), verifier, shown.get("device_state"),
        shown.get("device_role"), shown.get("good_until"), tuple(shown.get("seal_to", ())),
        0 if last is None else last.get("size"), "" if last is None else last.get("checkpoint", ""),
        sent, tuple(one.id for one in sorted(waiting, key=lambda one: one.seq)),
    )


def _restate(case: Case, device: str, actor: str, reason: str, **values: object) -> Peer:
    peer = peer_named(case, device)
    if not reason.strip():
        raise Invalid("why is not said", [Problem("a reason is needed", field="reason")])
    if values.get("device_state") == "lost" and values["good_until"] is None:
        values["good_until"] = peer.taken
    with case.change(actor=actor, reason=reason) as change:
        known = _record(case, peer.id)
        if known is None:
            raise Missing(f"no device {peer.id} is known here")
        change.put(known.model_copy(update=values))
    return peer_named(case, peer.id)


def _record(case: Case, id_: str) -> Device | None:
    found = case.read(_SEALED).many([id_]).get(id_)
    return None if found is None else Device.build({**found.values, "id": id_})


def _kept(known: Device | None) -> dict[str, Any]:
    """What a device's record keeps when the rest of it is brought up to date, unless it is said anew."""
    if known is None:
        return {}
    kept = {name: getattr(known, name) for name in (
        "device_state", "good_until", "lost_at", "holder", "certificate", "remark")}
    return {name: value for name, value in kept.items() if value is not None}


def _log_key(key: str) -> Verifier:
    try:
        verifier = Verifier.parse(key.strip())
    except HeadstampError as error:
        raise Invalid(f"this is not the public key of a log: {error.message}") from error
    if not verifier.name.isprintable():
        raise Invalid("the name of this log has characters that cannot be seen: "
                      f"{ascii(verifier.name)[1:-1]}. Somebody may want it to be taken for another")
    return verifier
