"""The proof that one entry stands in the log: about twenty hashes up to a signed checkpoint.

Made from the stored tiles alone; nothing is recomputed that a tile holds. A
tile that does not fit gives a proof that does not hold, and says so: ``verify``
tells why.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from headstamp.errors import Missing, Tampered
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.key_line import KeyLine
from headstamp.evidence.note import Verifier
from headstamp.evidence.tile import WIDTH, node_reader
from headstamp.evidence.tree import inclusion_proof, leaf_hash, verify_inclusion
from headstamp.store.tables import CHECKPOINT, EDGE, LOG, TILE


@dataclass(frozen=True, slots=True)
class Proof:
    """Entry ``index`` stands in the log of ``size`` entries with root ``root``.

    ``leaf`` is the entry's leaf hash (RFC 6962), ``path`` the hashes from it up
    to the root, lowest first; ``checkpoint`` the signed note that names the root.
    """

    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    root: bytes
    checkpoint: str

    def holds(self) -> bool:
        """Whether the path leads from the entry to the checkpoint's root (RFC 9162, 2.1.3.2)."""
        return verify_inclusion(self.index, self.size, self.leaf, self.path, self.root)


def prove(conn: Connection, seq: int, verifier: Verifier | KeyLine) -> Proof:
    """The proof of one entry against the latest checkpoint.

    Raises Missing where the log has no such entry, Tampered where the
    checkpoint's signature is wrong or tiles are not there.
    """
    return Prover(conn, verifier).prove(seq)


class Prover:
    """Proofs of several entries over one state of the case."""

    def __init__(self, conn: Connection, verifier: Verifier | KeyLine) -> None:
        note = conn.execute(
            select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1)
        ).scalar()
        if note is None:
            raise Tampered("the case has no checkpoint")
        self.note = str(note)
        self.checkpoint = open_checkpoint(self.note, verifier)
        self._conn = conn
        self._read_node = node_reader(self.checkpoint.size, self._tile)

    def prove(self, seq: int) -> Proof:
        """The proof of entry ``seq``; raises as the function of that name."""
        size = self.checkpoint.size
        entry = self._conn.execute(select(LOG.c.entry).where(LOG.c.seq == seq)).scalar()
        if entry is None or not 0 <= seq < size:
            raise Missing(f"the log has no entry {seq}")
        path = tuple(inclusion_proof(seq, size, self._read_node))
        return Proof(seq, size, leaf_hash(bytes(entry)), path, self.checkpoint.root, self.note)

    def _tile(self, level: int, index: int, width: int) -> bytes:
        query = (
            select(TILE.c.hashes).where(TILE.c.level == level, TILE.c.number == index)
            if width == WIDTH else select(EDGE.c.hashes).where(EDGE.c.level == level)
        )
        found = self._conn.execute(query).scalar()
        # A wrong length would be refused as a bad question; here it is a damaged case.
        if found is None or len(found) != 32 * width:
            raise Tampered(f"tile {index} of level {level} of the log's tree is not whole")
        return bytes(found)
