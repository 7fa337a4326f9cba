"""Taking in what another device packed: checked first, then added, never written over anything.

In this order, and nothing of a bundle is believed before its step: the seal, the box, the
bag's sums; whose log it is, by a key that a person put on file here; the log itself, with
its signatures, against the last checkpoint that this device gave us; each version against
its entry. Only then are versions and originals added, in one change that also puts the
other log's checkpoint into ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from headstamp.actions.evidence.erasure_people import approved_by_asker
from headstamp.actions.evidence.erasure_scope import refused_rows
from headstamp.actions.exchange.alerts_handed import refuse_unchecked_alerts
from headstamp.actions.exchange.checked import Checked
from headstamp.actions.exchange.contradictions import Contradictions
from headstamp.actions.exchange.devices import Peer, peers, refuse_other_key, refuse_replaced_key
from headstamp.actions.exchange.handed_over import handed_over
from headstamp.actions.exchange.kept_log import LOG_BOX, point, put_back, seen, shared_entries
from headstamp.actions.exchange.room import room
from headstamp.check import check_folder
from headstamp.errors import (
    Conflicting,
    Invalid,
    Missing,
    Problem,
    Refused,
    Tampered,
    Unavailable,
    Unreadable,
)
from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.note import Verifier
from headstamp.exchange import bag as bags
from headstamp.exchange import bundle
from headstamp.exchange.box import BoxWriter
from headstamp.exchange.keys import SealKey
from headstamp.exchange.receipt import Receipt, open_receipt, sign_receipt
from headstamp.exchange.sealing import is_sealed, opened
from headstamp.kinds.instant import written
from headstamp.records import Bundle, Device, Erasure
from headstamp.store.case import Case
from headstamp.store.cleaning import clean
from headstamp.store.erased import approved_alone
from headstamp.store.receiving import Received, Taken
from headstamp.store.shown import Shown
from headstamp.store.signing_key import without_key

Told = Callable[[str, int, int], None]
RECEIPT_BYTES_MAX = 1 << 16
# Where a bundle is unpacked: a folder that is gone when it was taken in.
UNPACKED = ".taking-"
# In it, what was checked and waits for the rest.
CHECKED = "checked"
# States of a bundle that was put aside and that a person may still take in.
LOOKED_AT = ("quarantined", "refused")
_HEAD = 64
_RECEIPT = b"headstamp receipt/"
_SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class TakeResult:
    """What became of a bundle or receipt; ``state`` is a word of ``bundle_state``, or ``known``.

    ``receipt`` is to be carried back to the sender. ``contested`` are the records of which
    versions now contradict each other, ``opened`` those that a lower clearance sees from now
    on, ``erasures`` those of other devices that wait for
    somebody here to agree.
    """

    bundle: str
    device: str
    state: str
    size: int
    taken: int = 0
    known: int = 0
    beside: int = 0
    originals: int = 0
    missing: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    problem: str = ""
    receipt: str = ""
    erasures: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"missing": list(self.missing), "contested": list(self.contested),
                               "opened": list(self.opened), "erasures": list(self.erasures)}


def take(
    case: Case, file: Path, *, actor: str, reason: str, keys: Sequence[SealKey] = (),
    release: bool = False, told: Told | None = None, now: bool = False,
) -> TakeResult:
    """Takes in a bundle, or the receipt of one that was packed here.

    ``keys`` open a sealed bundle. ``release`` takes in what a lost device signed after it was
    lost: a person looked at it and answers for it. ``now``: it was packed this moment, by the
    device at the other end of the line. What a lost device says, a log that was put back to an
    older state, and one that contradicts what it said before, is put aside: the result's state
    says so, and the bundle is kept as it came. Raises Refused for a key that is not known here
    or no longer trusted, Unreadable, Invalid or Tampered, with all problems, for what is no
    proper bundle or was changed; then nothing has changed here.
    """
    try:
        with file.open("rb") as source:
            head = source.read(_HEAD)
            source.seek(0)
            if head.startswith(_RECEIPT):
                return take_receipt(case, source.read(RECEIPT_BYTES_MAX), actor=actor, reason=reason)
            with _unpacked(case, source, head, keys) as (folder, bag):
                taking = _Taking(case, folder, bag, actor, reason, told or _silent)
                return taking.run(file, release, now)
    except FileNotFoundError as error:
        raise Missing(f"there is no file {file}") from error
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}") from error


def take_receipt(case: Case, text: bytes, *, actor: str, reason: str) -> TakeResult:
    """Takes in the receipt of a bundle that was packed here: from now on it counts as sent.

    Raises Missing for one of no bundle of ours, Refused for an unknown device, Tampered
    where its signature does not hold or it tells of another log than ours.
    """
    told = Receipt.parse(text.decode("utf-8", "replace").partition("\n\n")[0] + "\n")
    if told.receiver == case.origin:
        raise Invalid("this receipt was signed on this very device: it goes back to the sender of the bundle")
    peer = _known(case, told.receiver)
    refuse_other_key(case, peer, text)
    receipt = open_receipt(text, peer.verifier)
    sent = [one for one in case.read(_SEALED).stream("bundle", {"device": peer.id})
            if one.get("direction") == "sent" and one.get("sum") == receipt.bundle]
    if not sent:
        raise Missing("this is the receipt of a bundle that was not packed here")
    if (receipt.sender, receipt.size) != (case.origin, sent[0].get("size")):
        raise Tampered("the receipt tells of another log or another size than the bundle")
    if receipt.root != open_checkpoint(sent[0].get("checkpoint"), case.key_line).root:
        raise Tampered("the receipt tells of another root than our log had: what arrived is not "
                       "what was packed")
    done = TakeResult(sent[0].id, peer.id, "received", receipt.size, receipt.taken, receipt.known,
                      receipt.beside)
    if sent[0].get("bundle_state") != "received":
        record = Bundle.build({**sent[0].values, "id": sent[0].id, "bundle_state": "received",
                               "receipt": text.decode("utf-8"), "taken": receipt.taken,
                               "known": receipt.known, "beside": receipt.beside})
        with case.change(actor=actor, reason=reason) as change:
            change.put(record, expected=sent[0].version)
    return done


@contextmanager
def _unpacked(
    case: Case, source: BinaryIO, head: bytes, keys: Sequence[SealKey]
) -> Iterator[tuple[Path, bags.Bag]]:
    """The bag in a folder of its own, that is gone afterwards."""
    with ExitStack() as stack:
        if is_sealed(head):
            if not keys:
                raise Refused("the bundle is sealed; name the file with the secret key: --key FILE")
            source = stack.enter_context(opened(source, keys))
        place = stack.enter_context(room(case, UNPACKED))
        yield place, bags.take(source, place)


def _known(case: Case, log: str) -> Peer:
    found = [peer for peer in peers(case) if peer.verifier.name == log]
    if not found:
        raise Refused(f"the log {log} is not known here. Compare its key with its holder by another "
                      "way, then: headstamp device add KEY --title NAME")
    return found[0]


def _standing(peer: Peer) -> tuple[object, ...]:
    """What of a device a bundle of it was checked against."""
    return peer.verifier, peer.state, peer.good_until, peer.taken, peer.checkpoint


class _Taking:
    """One bundle on its way in."""

    def __init__(
        self, case: Case, folder: Path, bag: bags.Bag, actor: str, reason: str, told: Told
    ) -> None:
        self._case = case
        self._folder = folder
        self._bag = bag
        self._actor = actor
        self._reason = reason
        self._told = told
        self._proven = 0
        self._statement = bundle.Statement.parse(_small(folder / bundle.STATEMENT))
        bundle.check_contents(bag, self._statement)

    def run(self, file: Path, release: bool, now: bool) -> TakeResult:
        """Checks, then adds; or puts the file aside and says why."""
        sender = Verifier.parse(self._statement.sender)
        if sender.name == self._case.origin:
            raise Invalid("this bundle was packed on this very device")
        peer = _known(self._case, sender.name)
        if peer.state == "retired" and not release:
            raise Refused(f"{peer.title} is marked as no longer used: nothing is taken from it")
        if not {key.text() for key in self._case.key_line} & set(self._statement.to):
            raise Refused("this bundle was packed for another device")
        done = self._done_before(peer)
        if done is not None:
            return done
        checkpoint, key, wrong = self._check_log(peer)
        if wrong:
            return self._put_aside(file, peer, checkpoint, "forked", wrong)
        if peer.state == "lost" and checkpoint.size > (peer.good_until or 0) and not release:
            return self._put_aside(file, peer, checkpoint, "quarantined", (
                f"{peer.title} is marked as lost, and its log goes on after entry {peer.good_until}: "
                "somebody else may have written that. Ask its holder, then take it in or leave it"))
        older = put_back(self._bundles(peer), checkpoint.size, self._statement.made_at, now)
        if older and not release:
            return self._put_aside(file, peer, checkpoint, "quarantined", older)
        look = Contradictions(self._case, peer, self._proven)
        checked = Checked(self._folder / CHECKED,
                          handed_over(self._folder, self._statement, sender.name), look)
        alone = approved_alone((one.number, one.entry, one.version.body) for one in checked.by_two
                               if one.version is not None and one.version.kind == Erasure.NAME)
        one = ((alone[0].approved_by, alone[0].seq) if alone
               else approved_by_asker(self._case, checked.by_two))
        if one:
            raise Refused(f"in the log of {peer.title}, {one[0]} approved an erasure for which "
                          f"the same person had asked (entry {one[1]}); nothing was taken")
        refuse_unchecked_alerts(self._case, checked.by_two)
        wrong, doubtful = look.told()
        if wrong:
            return self._put_aside(file, peer, checkpoint, "forked", wrong)
        if doubtful and not release:
            return self._put_aside(file, peer, checkpoint, "quarantined", doubtful)
        self._refuse_unnamed(checked.originals)
        return self._add(peer, checkpoint, key, checked)

    def _done_before(self, peer: Peer) -> TakeResult | None:
        """What came of the same bundle when it was taken before: once is enough."""
        for one in self._bundles(peer):
            if one.get("sum") == self._bag.sum and one.get("bundle_state") == "taken":
                return TakeResult(one.id, peer.id, "known", one.get("size"), known=one.get("records"),
                                  receipt=one.get("receipt") or self._receipt(one.id))
        return None

    # -- the log

    def _check_log(self, peer: Peer) -> tuple[Checkpoint, Verifier, str]:
        """The other log's checkpoint and key; and how it contradicts what it said before.

        Raises Tampered where it does not hold together by itself.
        """
        log = self._folder / bundle.LOG
        refuse_replaced_key(self._case, peer, self._statement.sender)
        # An older bundle is no fault: it is held against what is not newer than itself.
        not_newer = [one for one, _ in seen(self._bundles(peer)) if one.size <= self._statement.size]
        self._proven = max((one.size for one in not_newer), default=0)
        report = check_folder(log, peer.verifier, not_newer)
        alone = check_folder(log, peer.verifier) if report.findings else report
        if alone.findings:
            raise Tampered(
                f"the log of {peer.title} in this bundle does not verify; nothing was taken",
                [Problem(f"{one.what} {one.id}: {one.detail}") for one in alone.findings[:20]])
        key = Verifier.parse(alone.key)
        checkpoint = open_checkpoint(_small(log / export.CHECKPOINT), [key])
        if checkpoint.size != self._statement.size or key.text() != self._statement.sender:
            raise Tampered("the bundle says something else of itself than the log in it")
        bundle.check_signature(_small(self._folder / bundle.SIGNATURE), key,
                               self._bag.sums[bags.MANIFEST])
        wrong = "; ".join(dict.fromkeys(one.detail for one in report.findings))
        same = None if wrong else shared_entries(self._case, self._bundles(peer), log, checkpoint.size)
        if same is not None and same < checkpoint.size:
            wrong = f"entry {same} is not the one that was seen before"
        elif same is not None:
            self._proven = same
        return checkpoint, key, wrong

    def _bundles(self, peer: Peer) -> Iterator[Shown]:
        return self._case.read(_SEALED).stream("bundle", {"device": peer.id})

    # -- what is done

    def _add(
        self, peer: Peer, checkpoint: Checkpoint, key: Verifier, checked: Checked
    ) -> TakeResult:
        case = self._case
        with case.change(actor=self._actor, reason=self._reason) as change:
            # All checks were made against what was known then; from here on nobody else writes.
            if _standing(_known(case, peer.verifier.name)) != _standing(peer):
                raise Conflicting(f"another bundle of {peer.title} was taken in just now, or its standing "
                                  "was changed; nothing was taken. Take this one again")
            taken = change.receive(checked, case.origin)
            if key != peer.verifier:
                change.put(self._with_new_key(peer, key))
            log = self._log()
            record = self._record(peer, "taken", checkpoint, taken=len(taken.take), beside=len(taken.hold),
                                  known=len(taken.known) + len(taken.same),
                                  digest=log[0], **self._aside_before(peer))
            change.put(record)
            # A bundle adds; it takes away only at headquarters' word. Others' waits for a person.
            erasures = change.waiting()
            if erasures and peer.role == "headquarters":
                for one in checked:
                    if one.id in erasures:
                        change.go_with(one.id, refused_rows(case, one))
                change.agree(record, erasures)
                erasures = ()
            # After all was judged, so that what is refused leaves nothing; and on the disk
            # before the records that name them are acknowledged.
            originals = self._keep_originals(change.files_gone, log)
        if change.erasing:
            clean(case)
        receipt = self._receipt(record.id)
        return TakeResult(
            record.id, peer.id, "taken", checkpoint.size, len(taken.take),
            len(taken.known) + len(taken.same), len(taken.hold), originals,
            self._missing(checked.originals - change.files_gone), self._contested(taken, checked),
            receipt=receipt, erasures=erasures, opened=tuple(taken.opened))

    def _log(self) -> tuple[str, Path]:
        """The other log as one file, to be kept: who recorded what, when and why stands only there.

        Its SHA-256, and where it lies.
        """
        path = self._folder / "log.tar"
        with path.open("wb") as target:
            box = BoxWriter(target, LOG_BOX)
            for name in sorted(self._bag.payload):
                if name.startswith(bundle.LOG):
                    box.add(name.removeprefix(bundle.LOG), self._folder / name)
            box.close()
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest(), path

    def _refuse_unnamed(self, named: Collection[str]) -> None:
        """The log binds an original by the record that names it, and no other."""
        odd = [name for name in self._bag.payload if name.startswith(bundle.ORIGINALS)
               and name.removeprefix(bundle.ORIGINALS) not in named]
        if odd:
            raise Invalid("the bundle holds originals that no record in it names; nothing was taken",
                          [Problem("no record handed over names it", file=name) for name in odd[:20]])

    def _keep_originals(self, erased: Collection[str], log: tuple[str, Path]) -> int:
        some = (
            (digest, self._folder / name) for name in self._bag.payload
            if name.startswith(bundle.ORIGINALS)
            and (digest := name.removeprefix(bundle.ORIGINALS)) not in erased
        )
        vault = self._case.vault
        is_new = not vault.place(log[0]).exists()
        return vault.adopt(chain([log], some)) - is_new

    def _missing(self, named: Collection[str]) -> tuple[str, ...]:
        """Originals that are named and neither came along nor are here."""
        return tuple(sorted(one for one in named if not self._case.vault.place(one).exists()))

    @staticmethod
    def _contested(taken: Taken, versions: Iterable[Received]) -> tuple[str, ...]:
        held = set(taken.hold)
        if not held:
            return ()
        return tuple(dict.fromkeys(one.id for one in versions if one.name in held))

    def _with_new_key(self, peer: Peer, key: Verifier) -> Device:
        shown = self._case.read(_SEALED).get(peer.id)
        return Device.build({**shown.values, "id": peer.id, "key": key.text()})

    def _record(
        self, peer: Peer, state: str, checkpoint: Checkpoint, **more: object
    ) -> Bundle:
        told = self._statement
        return Bundle.build({
            "device": peer.id, "direction": "taken", "bundle_state": state, "sum": self._bag.sum,
            "first": told.first, "size": checkpoint.size, "records": told.records,
            "originals": told.originals, "packed_at": told.made_at, "tier": "restricted",
            "checkpoint": _small(self._folder / bundle.LOG / export.CHECKPOINT).decode("utf-8"), **more,
        })

    def _receipt(self, record: str) -> str:
        """Signs the receipt of what was taken in, and keeps it with the bundle's record."""
        case = self._case
        shown = case.read(_SEALED).get(record)
        theirs = point(shown.get("checkpoint"))
        ours = case.checkpoint()
        signer = case.signer()
        if signer is None:
            raise Unavailable(without_key(case.folder, "no receipt can be signed"))
        receipt = sign_receipt(Receipt(
            bundle=shown.get("sum"), sender=theirs.origin, size=theirs.size, root=theirs.root,
            taken=shown.get("taken", 0), known=shown.get("known", 0), beside=shown.get("beside", 0),
            aside=0, receiver=case.origin, to_size=ours.size, to_root=ours.root,
            made_at=written(case.clock()),
        ), signer)
        kept = Bundle.build({**shown.values, "id": record, "receipt": receipt})
        with case.change(actor=self._actor, reason=self._reason) as change:
            change.put(kept, expected=shown.version)
        return receipt

    def _aside_before(self, peer: Peer) -> dict[str, object]:
        """Id and name of file in the record by which this very bundle was put aside, if it was.

        The file itself stays: that version of the record names it.
        """
        for one in self._bundles(peer):
            if one.get("sum") == self._bag.sum and one.get("bundle_state") in LOOKED_AT:
                return {"id": one.id, "file_name": one.get("file_name")}
        return {}

    def _put_aside(
        self, file: Path, peer: Peer, checkpoint: Checkpoint, state: str, why: str
    ) -> TakeResult:
        """Keeps a bundle as it came, for a person to look at, and notes it with its checkpoint."""
        case = self._case
        with case.change(actor=self._actor, reason=self._reason) as change:
            digest = change.file(file).digest
            before = [one for one in case.read(_SEALED).stream("bundle", {"device": peer.id})
                      if one.get("digest") == digest]
            if before:
                # What was only to be looked at may have turned out to contradict the log.
                if state == "forked" and before[0].get("bundle_state") in LOOKED_AT:
                    change.put(Bundle.build({**before[0].values, "id": before[0].id,
                                             "bundle_state": state, "problem": why}))
                return TakeResult(before[0].id, peer.id, state, checkpoint.size, problem=why)
            record = self._record(peer, state, checkpoint, digest=digest, problem=why,
                                  file_name=file.name)
            change.put(record)
        return TakeResult(record.id, peer.id, state, checkpoint.size, problem=why)


def _small(path: Path) -> bytes:
    """A file that is small by its nature; its size was bounded when it was unpacked."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} is missing in the bundle: {error.strerror}") from error


def _silent(what: str, done: int, total: int) -> None:
    """Says nothing to nobody."""
