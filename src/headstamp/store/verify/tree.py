"""The tree as it is kept, against the tree that the log gives."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from headstamp.evidence.check import check_against, check_key_changes
from headstamp.evidence.tile import WIDTH, Tiles, node_reader
from headstamp.evidence.tree import HASH_BYTES
from headstamp.store.case import Case
from headstamp.store.verify.finding import Findings
from headstamp.store.verify.raw import as_bytes, as_text


class Tree:
    """Tiles made anew from the entries (``add``), then held against the stored ones."""

    def __init__(self, conn: Connection, case: Case) -> None:
        self._conn = conn
        self._case = case
        self._tiles = Tiles()
        self._full: dict[tuple[int, int], bytes] = {}
        # The sizes at which a checkpoint was signed: the end of each change.
        self._ends = {0}
        self._checkpoints = case.backend.tuples(
            conn, "SELECT size, note FROM checkpoint ORDER BY size"
        )

    def add(self, leaves: list[bytes]) -> None:
        """Takes in the next leaf hashes of the log."""
        for level, index, hashes in self._tiles.add(leaves):
            self._full[level, index] = hashes

    def change_begins(self, seq: int) -> None:
        """Entry ``seq`` has another stamp than the one before: there a checkpoint was signed."""
        self._ends.add(seq)

    def notes(self) -> list[str]:
        """The signed checkpoints, in the order in which they were made."""
        return [as_text(note) for _, note in self._checkpoints]

    def stored_leaves(self) -> Iterator[bytes]:
        """The leaf hashes as the tree keeps them: they name a changed entry exactly."""
        for level, number in self._names():
            if level == 0:
                yield from _leaves(self._stored(level, number))
        edge = self._case.backend.tuples(self._conn, "SELECT hashes FROM edge WHERE level = 0")
        if edge:
            yield from _leaves(as_bytes(edge[0][0]))

    def _names(self) -> list[tuple[int, int]]:
        return [
            (level, number) for level, number in self._case.backend.tuples(
                self._conn, "SELECT level, number FROM tile ORDER BY level, number")
            if type(level) is int and type(number) is int
        ]

    def _stored(self, level: int, number: int) -> bytes:
        found = self._case.backend.tuples(
            self._conn, f"SELECT hashes FROM tile WHERE level = {level} AND number = {number}")
        return as_bytes(found[0][0])

    def check(self, found: Findings, against: list[str]) -> None:
        """Tells which tile, edge or checkpoint is not what the log gives."""
        self._check_tiles(found)
        if not self._checkpoints:
            found.say("no_checkpoint", "checkpoint", "there is no signed checkpoint")
        for size in sorted(self._ends - {size for size, _ in self._checkpoints}):
            found.say("checkpoint_missing", f"checkpoint {size}", "a change ended here; it is gone")
        for size, note in self._checkpoints:
            if as_text(note).split("\n")[1:2] != [str(size)]:
                found.say("checkpoint_moved", f"checkpoint {size}", "it is of another size")
        read_node = node_reader(self._tiles.size, self._read_tile)
        for one in check_key_changes(self._case.key_line, self._tiles.size, read_node):
            found.say(one.what, one.id, one.detail)
        if against:
            for outside in against:
                for one in check_against(
                    outside, self._case.key_line, self._tiles.size, read_node
                ):
                    found.say(one.what, one.id, one.detail)

    def _check_tiles(self, found: Findings) -> None:
        tuples = self._case.backend.tuples
        names = self._names()
        for level, number in names:
            whole = self._full.get((level, number))
            if whole is None:
                found.say("tile_changed", f"tile {level}/{number}", "the log gives no such tile")
            elif self._stored(level, number) != whole:
                found.say("tile_changed", f"tile {level}/{number}", "it is not what the log gives")
        for level, number in sorted(self._full.keys() - set(names)):
            found.say("tile_changed", f"tile {level}/{number}", "it is gone")
        if tuples(self._conn, "SELECT count(*) FROM tile")[0][0] != len(names):
            found.say("tile_changed", "tile", "there are tiles without a number")
        edge = tuples(self._conn, "SELECT level, hashes FROM edge ORDER BY level")
        if [(level, as_bytes(hashes)) for level, hashes in edge] != list(
            enumerate(self._tiles.partial())
        ):
            found.say("tile_changed", "edge", "the tree's edge is not what the log gives")

    def _read_tile(self, level: int, index: int, width: int) -> bytes:
        whole = self._full.get((level, index))
        if whole is None:
            whole = dict(enumerate(self._tiles.partial())).get(level, b"")
        return whole[: width * HASH_BYTES]


def _leaves(hashes: bytes) -> Iterator[bytes]:
    for start in range(0, min(len(hashes), WIDTH * HASH_BYTES), HASH_BYTES):
        yield hashes[start : start + HASH_BYTES]
