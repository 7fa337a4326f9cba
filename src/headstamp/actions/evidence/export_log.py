"""Handing the log to others: a folder that anybody can check offline, and single proofs.

The folder is written beside its place and renamed into it: nobody ever takes half a
log for a whole one. What is in it, and what is withheld, ``docs/evidence-format.md``
tells in section 8.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from headstamp.actions.evidence.log_folder import put_log, verifier_source
from headstamp.actions.evidence.time_stamp_files import time_stamp_files
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable
from headstamp.evidence import export
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.proof import ConsistencyProof, InclusionProof
from headstamp.evidence.shown_value import ShownValue
from headstamp.evidence.tile import WIDTH
from headstamp.store.case import Case
from headstamp.store.disk import sync_file, sync_folder, sync_tree
from headstamp.store.progress import Told, silent
from headstamp.store.served_log import ServedLog

_BLOCK = 1 << 20
_README = """\
This folder is the evidence log of a headstamp case. Anybody can check it, offline:

    python3 verify.py .

The log's public key, which you should have been given by another way as well:

    {key}

Take `verify.py` from somewhere else if you do not trust who gave you this folder: it is the
same in every folder, and its source is public. With a checkpoint that you kept earlier,
add `--against FILE`: it shows whether the log was rewritten since.

Entries: {entries}, of them withheld: {withheld}. A withheld entry is empty; its hash keeps its
place. Originals in the folder `originals` are named by their SHA-256:

    (cd originals && for f in *; do echo "$f  $f"; done | sha256sum -c)
{stamps}
The format, enough to write a checker of your own, is docs/evidence-format.md of headstamp.
"""
_STAMPS = """
Time stamps of this log by authorities outside lie in the folder `timestamps`, with a README
that tells how to check them with openssl. The verifiers above do not look at them.
"""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written. ``key`` is the one in force; ``missing`` are originals that the vault has lost: checkers tell of them."""

    folder: str
    key: str
    entries: int
    withheld: int
    checkpoints: int
    disclosed: int
    originals: int
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self) | {"missing": list(self.missing)}


def export_log(
    case: Case, folder: Path, *, clearance: str, records: bool = False, originals: bool = True,
    told: Told | None = None,
) -> ExportResult:
    """Writes the log, as ``clearance`` may see it, into a new folder.

    ``records`` shows every value that the clearance sees in full, not the digests of
    originals alone; ``originals`` copies the files too. ``told(what, done, all)`` is
    called as it goes on. Raises Conflicting where the folder holds something already,
    Unavailable where it cannot be written, Tampered where the log is so damaged that
    there is nothing to hand out.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise Conflicting(f"{folder} is there already; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    try:
        done = _Export(case, beside, clearance, told or silent).write(records, originals)
        beside.chmod(0o755)
        # On the disk before it has its name: a power cut leaves all of it, or nothing.
        for path in beside.rglob("*"):
            if path.is_file():
                sync_file(path)
        sync_tree(beside)
        beside.replace(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return ExportResult(str(folder), case.verifier.text(), done[0].entries, done[0].withheld,
                        done[0].checkpoints, done[0].disclosed, done[0].originals, done[1])


class _Export:
    """One folder being written, over one unchanging state of the case."""

    def __init__(self, case: Case, folder: Path, clearance: str, told: Told) -> None:
        self._case = case
        self._folder = folder
        self._log = ServedLog.of(case, clearance)
        self._told = told
        self._line = case.key_line

    def write(self, records: bool, originals: bool) -> tuple[export.Statement, tuple[str, ...]]:
        """Writes everything; gives the statement, and the originals that are not in the vault."""
        with self._log.snapshot() as log:
            parts = put_log(log, self._line, self._put, self._told)
            size, withheld = parts.size, parts.withheld
            disclosed, named = self._put_disclosed(log, size, records)
        missing = self._put_originals(named) if originals else ()
        statement = export.Statement(
            self._line.first.text(), size, withheld, parts.checkpoints, disclosed,
            len(named) if originals else 0,
        )
        self._put(export.STATEMENT, statement.text())
        self._put(export.VERIFIER, verifier_source())
        stamps = time_stamp_files(self._case.read(self._log.clearance).stream("witness"))
        for path, content in stamps:
            self._put(path, content)
        self._put("README.txt", _README.format(
            key=self._line.newest.text(), entries=size, withheld=withheld, stamps=_STAMPS if stamps else "",
        ).encode("utf-8"))
        return statement, missing

    def _put(self, path: str, content: bytes) -> None:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def _put_disclosed(self, log: ServedLog, size: int, records: bool) -> tuple[int, list[str]]:
        count, named = 0, set()
        with (self._folder / export.DISCLOSED).open("wb") as stream:
            for first in range(0, size, WIDTH):
                shown = log.disclosures(first, min(WIDTH, size - first), records=records)
                for one in shown:
                    stream.write(one.line())
                    count += 1
                    named |= {one.original()} - {None}
        return count, sorted(digest for digest in named if digest is not None)

    def _put_originals(self, named: list[str]) -> tuple[str, ...]:
        missing = []
        for done, digest in enumerate(named):
            place = self._folder / export.original_path(digest)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                # A copy: what happens to the folder must not happen to the vault.
                with self._case.vault.stream(digest) as source, place.open("wb") as target:
                    shutil.copyfileobj(source, target, _BLOCK)
            except (Missing, Tampered):  # of an encrypted case what is damaged cannot be written
                place.unlink(missing_ok=True)
                missing.append(digest)
            self._told("originals", done, len(named))
        return tuple(missing)


def prove_record(
    case: Case, record_id: str, *, clearance: str, version: int | None = None
) -> InclusionProof:
    """The proof that a version of a record, the latest if none is named, stands in the log.

    Raises Missing where there is none that may be seen, Tampered where the log is damaged.
    """
    events = {event.version: event for event in case.read(clearance).history(record_id)}
    wanted = max(events) if version is None else version
    if wanted not in events:
        raise Invalid(f"{record_id} has no version {wanted}")
    return ServedLog.of(case, clearance).inclusion(events[wanted].seq, case.key_line)


def prove_value(
    case: Case, record_id: str, field: str, *, clearance: str, version: int | None = None
) -> ShownValue:
    """One value of a version of a record, with the proof that the log binds it.

    Raises as ``prove_record``; Missing where this clearance does not see the field in full,
    where that version does not hold it, or where it was erased.
    """
    proof = prove_record(case, record_id, clearance=clearance, version=version)
    log = ServedLog.of(case, clearance)
    for one in log.disclosures(proof.index, 1, records=True):
        if one.field == field:
            return ShownValue(proof, field, one.salt, one.value)
    raise Missing(f"that version of {record_id} has no value of {field!r} that may be shown in full")


def prove_growth(case: Case, older: str) -> ConsistencyProof:
    """The proof that the log begins with what an older checkpoint, a signed note, saw.

    Raises Invalid where that size never was, Unreadable or Tampered where the note is none.
    """
    old = open_checkpoint(older, case.key_line)
    return ServedLog.of(case, "public").consistency(old.size, case.key_line)


def write_proof(text: str, path: Path) -> None:
    """Writes a proof to a new file. Raises Conflicting where there is one, Unavailable."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as stream:
            stream.write(text.encode("utf-8"))
    except FileExistsError as error:
        raise Conflicting(f"{path} is there already; name a new file") from error
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error
