"""The log as files: what an exported folder and a transfer bundle have in common.

``docs/evidence-format.md``, section 8, says what lies where. Where the files go is for the
caller: into a folder, or into a bag.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from headstamp.errors import Tampered
from headstamp.evidence import export
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.tile import WIDTH
from headstamp.store.served_log import ServedLog

Put = Callable[[str, bytes], object]
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LogParts:
    """What was put: the latest checkpoint, how many entries and checkpoints, how many withheld."""

    checkpoint: str
    size: int
    withheld: int
    checkpoints: int


def put_log(
    log: ServedLog, line: KeyLine, put: Put, told: Told,
    shown: Callable[[int], bool] | None = None,
) -> LogParts:
    """Puts checkpoints, key changes, tiles and entries of a log in one state (``snapshot``).

    Of what the log's clearance sees, the entries for whose number ``shown`` is false are
    withheld too. Raises Tampered where the log is so damaged that there is nothing to put.
    """
    note = log.latest()
    size = open_checkpoint(note, line).size
    notes = log.notes()
    put(export.CHECKPOINT, note.encode("utf-8"))
    changes = log.key_changes()
    if changes:
        put(export.KEYS, b"".join(map(export.checkpoint_line, changes)))
    put(export.CHECKPOINTS, b"".join(map(export.checkpoint_line, notes)))
    withheld = 0
    paths = export.paths_of(size)
    for done, (path, (level, index, width)) in enumerate(paths.items()):
        if level >= 0:
            put(path, log.whole_tile(level, index, width))
            continue
        entries = log.entries(index * WIDTH, width)
        if len(entries) != width:
            raise Tampered("entries of the log are gone; look at what `headstamp verify` says")
        if shown is not None:
            entries = [entry if shown(index * WIDTH + n) else b"" for n, entry in enumerate(entries)]
        withheld += entries.count(b"")
        put(path, export.pack(entries))
        told("entries", done, len(paths))
    return LogParts(note, size, withheld, len(notes))


def verifier_source() -> bytes:
    """The verifier that goes into every folder, byte for byte as it is shipped."""
    return files("headstamp.evidence").joinpath(export.VERIFIER).read_bytes()
