"""What a report stands on: the checkpoint, the key that checks it, the last entry's time.

A report shows no time of its own making. Its date is that of the log's last
entry, so that the same checkpoint gives the same bytes on any day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from headstamp.errors import Conflicting
from headstamp.evidence import base64
from headstamp.evidence import entry as entries
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.store.case import Case
from headstamp.store.reader import Reader

_TRIES = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """``size`` entries with the root ``root`` (base64), signed in ``note``; ``at`` is RFC 3339."""

    origin: str
    size: int
    root: str
    note: str
    verifier: str
    at: str

    @property
    def short(self) -> str:
        """The beginning of the root in hexadecimal, for a footer; the note has it in full."""
        return base64.decode(self.root).hex()[:16]

    @property
    def day(self) -> str:
        return self.at[:10]


@contextmanager
def standing(case: Case, clearance: str) -> Iterator[tuple[Standing, Reader]]:
    """One unchanging state of a case with the checkpoint that signs it.

    The checkpoint is read before and after the state is fixed: only if it is the
    same both times does it sign that state. Raises Conflicting where somebody
    keeps writing.
    """
    for _ in range(_TRIES):
        note = case.checkpoint_note()
        point = open_checkpoint(note, case.key_line)
        with case.read(clearance).snapshot() as reader:
            reader.totals()  # the first question fixes the state
            if case.checkpoint_note() == note:
                yield (
                    Standing(
                        point.origin, point.size, base64.encode(point.root), note,
                        case.verifier.text(), _last_time(case, point.size),
                    ),
                    reader,
                )
                return
    raise Conflicting(
        "the case is being written to without a pause; write the report when that is done"
    )


def _last_time(case: Case, size: int) -> str:
    """When the last entry was made, whoever may see its record: like the log's size, it is
    no secret, and nothing else of the entry is taken."""
    if not size:
        return case.meta["created_at"]
    return entries.read(case.read("sealed").entry(size - 1)).at
