"""A file made from another: what its page says of it before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.web.contexts.facts import Piece, ref_piece

_MOST = 20
MADE_HERE = {"working": "Working copy", "derivative": "Derivative"}


@dataclass(frozen=True)
class Descent:
    """What a file was made from and how; ``parent`` may be above the reader's clearance.

    ``before`` are the files that the parent was made from, back to the original.
    """

    title: str
    parent: Piece
    done: str
    tool: str
    before: tuple[Piece, ...] = ()


def descent_of(reader: Reader, shown: Shown) -> Descent | None:
    """How a file was made; None for originals and files as received."""
    title = MADE_HERE.get(shown.get("generation", ""))
    if title is None:
        return None
    parent = shown.get("parent")
    known = reader.many([parent]).get(parent) if parent else None
    return Descent(title, _named(known), shown.get("what_was_done", ""), shown.get("tool", ""),
                   tuple(_before(reader, shown.id, known)))


def _named(known: Shown | None) -> Piece:
    return ref_piece(known.id, known.label) if known else Piece("a file that is not shown here")


def _before(reader: Reader, made: str, known: Shown | None) -> Iterator[Piece]:
    """From what the parent was made, and that, and so on; records that lead in a circle end it."""
    seen = {made}
    while known is not None and known.id not in seen and len(seen) < _MOST:
        seen.add(known.id)
        parent = known.get("parent")
        if not parent:
            return
        known = reader.many([parent]).get(parent)
        yield _named(known)
