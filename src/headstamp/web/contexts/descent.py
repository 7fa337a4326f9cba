"""A file made from another: what its page says of it before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, ref_piece

MADE_HERE = {"working": "Working copy", "derivative": "Derivative"}


@dataclass(frozen=True)
class Descent:
    """What a file was made from and how; ``parent`` may be above the reader's clearance."""

    title: str
    parent: Piece
    done: str
    tool: str


def descent_of(reader: Reader, shown: Shown) -> Descent | None:
    """How a file was made; None for originals and files as received."""
    title = MADE_HERE.get(shown.get("generation", ""))
    if title is None:
        return None
    parent = shown.get("parent")
    known = reader.many([parent]).get(parent) if parent else None
    named = ref_piece(known.id, known.label) if known else Piece("a file that is not shown here")
    return Descent(title, named, shown.get("what_was_done", ""), shown.get("tool", ""))
