"""Packing what is new for another device: one file, to be carried on a stick or sent.

What goes is what that device has not confirmed: the versions, the originals they name, the
log with all its hashes. What stays is the rest; nothing here changes but that the bundle
is noted. It counts as sent only when the receiver's signed receipt has come back
(``take``).
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from headstamp import __version__
from headstamp.actions.evidence.log_folder import put_log, verifier_source
from headstamp.actions.exchange.devices import Peer, peer_named
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable
from headstamp.evidence import export
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.note import sign
from headstamp.exchange import bundle, crate
from headstamp.exchange.bag import BagWriter
from headstamp.exchange.sealing import sealed
from headstamp.kinds.instant import written
from headstamp.records import Bundle
from headstamp.store.case import Case
from headstamp.store.handing import versions_from
from headstamp.store.memory import memory_handle
from headstamp.store.progress import Told, silent
from headstamp.store.served_log import ServedLog
from headstamp.store.signing_key import without_key
from headstamp.vocab import vocabulary

SUFFIX, SEALED_SUFFIX = ".bundle.tar", ".bundle.tar.age"
_README = """\
This is the log of the device that packed this bundle, in the form of docs/evidence-format.md,
section 8: all hashes, and the entries that are handed over. Check it offline:

    python3 verify.py .
"""


@dataclass(frozen=True, slots=True)
class PackResult:
    """What was packed: the record that notes it, the file, and how far our log goes in it."""

    bundle: str
    path: str
    to: str
    sealed: bool
    sum: str
    first: int
    size: int
    records: int
    originals: int
    bytes: int
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"missing": list(self.missing)}


def pack(
    case: Case, device: str, place: Path, *, actor: str, reason: str, everything: bool = False,
    in_the_open: bool = False, told: Told | None = None,
) -> PackResult:
    """Packs what is new for a device into a file; ``place`` is that file or a folder for it.

    ``everything`` packs also what the device has confirmed; ``in_the_open`` leaves the bundle
    unsealed though the device has keys to seal to. Raises Missing for a device that is not
    known, Invalid where it is not trusted or there is nothing to seal to though the case is
    encrypted, Conflicting where the file is there, Unavailable where it cannot be written.
    """
    peer = peer_named(case, device)
    if peer.state != "active":
        state = vocabulary("device_state").label(peer.state)
        raise Invalid(f"{peer.title} is marked as {state}: nothing is packed for it")
    seal_to = () if in_the_open else peer.seal_to
    if case.keys is not None and not seal_to and not in_the_open:
        raise Invalid(
            f"this case is encrypted, and {peer.title} has no key to seal the bundle to. Have its people "
            "make one (headstamp device keys) and hand over its card again, or say --open to pack it "
            "readable")
    size = open_checkpoint(case.checkpoint_note(), case.key_line).size
    first = 0 if everything else min(peer.sent, size)
    path = _file(place, peer, case.origin, size, bool(seal_to))
    with _whole(path) as raw:
        if seal_to:
            with sealed(raw, seal_to) as target:
                done = _Packing(case, peer, first, actor, told or silent).write(target)
        else:
            done = _Packing(case, peer, first, actor, told or silent).write(raw)
    record = Bundle.build({
        "device": peer.id, "direction": "sent", "bundle_state": "packed", "sum": done.sum,
        "file_name": path.name, "first": first, "size": done.size, "records": done.records,
        "originals": done.originals, "packed_at": done.made_at, "checkpoint": done.checkpoint,
        "tier": "restricted",
    })
    with case.change(actor=actor, reason=reason) as change:
        change.put(record)
    return PackResult(record.id, str(path), peer.id, bool(seal_to), done.sum, first, done.size,
                      done.records, done.originals, path.stat().st_size, done.missing)


@dataclass(frozen=True, slots=True)
class _Done:
    sum: str
    size: int
    records: int
    originals: int
    missing: tuple[str, ...]
    checkpoint: str
    made_at: str


class _Packing:
    """One bag being written, over one unchanging state of the case."""

    def __init__(self, case: Case, peer: Peer, first: int, actor: str, told: Told) -> None:
        self._case = case
        self._peer = peer
        self._first = first
        self._actor = actor
        self._told = told

    def write(self, target: BinaryIO) -> _Done:
        """Writes all of it, in one pass over the originals."""
        case, line = self._case, self._case.key_line
        made_at = written(case.clock())
        info = [("Bagging-Date", made_at[:10]), ("Source-Organization", case.origin),
                ("External-Identifier", f"{case.origin} {self._first}")]
        bag = BagWriter(target, f"bundle-{_word(case.origin.rpartition('/')[2])}", info)
        with ServedLog.of(case, "sealed").snapshot() as log, _scratch(case) as lines:
            size = open_checkpoint(log.latest(), line).size
            shown, digests, count = self._records(lines, size)
            bag.add(bundle.RECORDS, lines)
            parts = put_log(log, line, lambda path, data: bag.add(bundle.LOG + path, data),
                            self._told, shown.__contains__)
        bag.add(bundle.LOG + export.DISCLOSED, b"")
        stated = export.Statement(line.first.text(), parts.size, parts.withheld, parts.checkpoints, 0, 0)
        bag.add(bundle.LOG + export.STATEMENT, stated.text())
        bag.add(bundle.LOG + export.VERIFIER, verifier_source())
        bag.add(bundle.LOG + "README.txt", _README.encode())
        packed, missing = self._originals(bag, sorted(digests))
        statement = bundle.Statement(
            sender=line.newest.text(), to=(self._peer.verifier.text(),), first=self._first,
            size=size, made_at=made_at, made_by=self._actor, records=count, originals=packed)
        bag.add(bundle.STATEMENT, statement.text())
        description = crate.Description(
            name=f"Records {self._first} to {size} of {case.origin}",
            description=f"Transfer bundle of the log {case.origin} for {self._peer.verifier.name}: "
                        f"{count} versions of records, {packed} originals.",
            device=case.origin, device_key=line.newest.text(), made_by=self._actor,
            made_at=made_at, version=__version__)
        signer = case.signer()
        if signer is None:
            raise Unavailable(without_key(case.folder, "nothing can be packed in its name"))
        sums = {filed.name: filed.sha256 for filed in bag.files}
        bag.add(bundle.SIGNATURE, sign(bundle.signed_text(sums), signer).encode("utf-8"))
        bag.add(bundle.CRATE, crate.metadata(description, bag.files))
        return _Done(bag.close().sum, size, count, packed, missing, parts.checkpoint, made_at)

    def _records(self, lines: BinaryIO, size: int) -> tuple[set[int], set[str], int]:
        """Writes the lines of records; gives the entries shown, and the originals named."""
        case = self._case
        shown: set[int] = set()
        digests: set[str] = set()
        count = 0
        with case.backend.reading() as conn:
            for one in versions_from(conn, case.origin, self._first, size):
                version = one.version
                shown.add(one.seq)
                # Their own versions they have: the entry tells that we took them in.
                if self._first and version.name.startswith(f"{self._peer.verifier.name} "):
                    continue
                made_here = version.name.startswith(f"{case.origin} ")
                lines.write(bundle.RecordLine(
                    one.seq, version.seed, version.body, version.made_of if made_here else (),
                ).line())
                count += 1
                if digest := version.original():
                    digests.add(digest)
                if count % 1000 == 0:
                    self._told("records", count, size - self._first)
        return shown, digests, count

    def _originals(self, bag: BagWriter, digests: list[str]) -> tuple[int, tuple[str, ...]]:
        vault, missing = self._case.vault, []
        for done, digest in enumerate(digests):
            try:
                with vault.stream(digest) as source:
                    bag.add(bundle.original_name(digest), source)
            except (Missing, Tampered):
                missing.append(digest)  # the receiver is told, and so is whoever packs
            self._told("originals", done, len(digests))
        return len(digests) - len(missing), tuple(missing)


def _file(place: Path, peer: Peer, origin: str, size: int, is_sealed: bool) -> Path:
    """Where it goes; to whom, from which log and how far is in the name, for several laptops
    pack for the same headquarters on the same stick."""
    suffix = SEALED_SUFFIX if is_sealed else SUFFIX
    name = f"{_word(peer.title)}-from-{_word(origin.rpartition('/')[2])}-{size}{suffix}"
    path = place / name if place.is_dir() else place
    if path.exists():
        raise Conflicting(f"{path} is there already; name a new file")
    if not path.parent.is_dir():
        raise Missing(f"there is no folder {path.parent}")
    return path


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes its name when it is whole and on the disk."""
    try:
        path.open("xb").close()  # the name is ours from now on; a stick knows no links
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb", 1 << 20) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise Conflicting(f"{path} is there already; name a new file") from error
    except OSError as error:
        raise Unavailable(f"the bundle cannot be written to {path}: {error.strerror}") from error


@contextmanager
def _scratch(case: Case) -> Iterator[BinaryIO]:
    """A file without a name; in memory where nothing of the case may lie on a disk."""
    if case.keys is None:
        with tempfile.TemporaryFile(dir=case.folder) as stream:
            yield stream
    else:
        with os.fdopen(memory_handle(), "w+b") as held:
            yield held


def _word(text: str) -> str:
    """A title as part of the name of a file."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "device"
