"""The tree cut into tiles of 256 hashes (C2SP tlog-tiles, height 8).

A full tile never changes, so it can be written once, copied and cached. A tile at
level ``L`` holds 256 consecutive nodes of tree level ``8 * L``; each is the root of
the full tile below it. A tile that is not full yet is *partial*; its width is the
number of hashes it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice

from headstamp.errors import Invalid
from headstamp.evidence.tree import HASH_BYTES, Frontier, ReadNode

WIDTH = 256
HEIGHT = 8
# Stands for bundles of entries where levels of tiles are told by number.
ENTRIES = -1

_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?")

# A tile: its level, its index from the left, its hashes one after the other.
Tile = tuple[int, int, bytes]
# Gives a stored tile by level, index and width (256 for a full one).
ReadTile = Callable[[int, int, int], bytes]


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """The path of a tile under the log's folder, after C2SP tlog-tiles.

    >>> tile_path(0, 1234, 5), tile_path(1, 0), tile_path(0, 1234067)
    ('tile/0/x001/234.p/5', 'tile/1/000', 'tile/0/x001/x234/067')
    """
    return f"tile/{level}/{_index_path(level, index, width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """The path of a bundle of entries under the log's folder, after C2SP tlog-tiles."""
    return f"tile/entries/{_index_path(0, index, width)}"


def parse_path(path: str) -> tuple[int, int, int]:
    """Level (``ENTRIES`` for a bundle), index and width of a path; ``Invalid`` where it is none.

    >>> parse_path("tile/0/x001/234.p/5"), parse_path("tile/entries/000")
    ((0, 1234, 5), (-1, 0, 256))
    """
    told = _PATH.fullmatch(path)
    if told is not None:
        level = ENTRIES if told[1] == "entries" else int(told[1])
        index = int(re.sub("[x/]", "", told[2]))
        width = WIDTH if told[3] is None else int(told[3])
        if 0 < width <= WIDTH and level < 64:
            made = entries_path(index, width) if level == ENTRIES else tile_path(level, index, width)
            if made == path:  # each has one spelling
                return level, index, width
    raise Invalid(f"{path[:80]!r} is not the path of a tile.")


def _index_path(level: int, index: int, width: int) -> str:
    if not (0 <= level < 64 and index >= 0 and 0 < width <= WIDTH):
        raise Invalid(f"There is no tile {index} of width {width} at level {level}.")
    path = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03}/{path}"
    return path if width == WIDTH else f"{path}.p/{width}"


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes tile ``index`` of ``level`` has in a tree of ``size`` entries (0: none)."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(pairs, pairs, strict=True)
        ]
    return hashes[0]


def split(hashes: bytes) -> list[bytes]:
    """The hashes of a tile, apart."""
    if len(hashes) % HASH_BYTES:
        raise Invalid(f"A tile holds hashes of {HASH_BYTES} bytes, {len(hashes)} is no multiple.")
    return [hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)]


class Tiles:
    """The right edge of a growing tree: takes leaf hashes, gives tiles as they fill.

    ``partial`` gives, for each level, the hashes of its tile that is not full; with
    the size they are all that is needed to go on (``Tiles(size, partial)``).
    """

    def __init__(self, size: int = 0, partial: Sequence[bytes] = ()) -> None:
        self._size = size
        self._levels = [split(hashes) for hashes in partial] or [[]]
        level = 0
        while size >> HEIGHT * level or level < len(self._levels):
            width = (size >> HEIGHT * level) % WIDTH
            if level == len(self._levels):
                self._levels.append([])
            if len(self._levels[level]) != width:
                raise Invalid(f"A tree of {size} entries has {width} loose hashes at {level}.")
            level += 1

    @classmethod
    def resume(cls, size: int, read_tile: ReadTile, last: bytes) -> Tiles:
        """Go on from stored full tiles and the hashes of the last, partial tile of level 0.

        Reads the full tiles under each loose hash of the upper levels: up to 255 a level.
        """
        partial = [last]
        level = 1
        while size >> HEIGHT * level:
            count = size >> HEIGHT * level
            below = range(count - count % WIDTH, count)
            partial.append(
                b"".join(subtree(split(read_tile(level - 1, index, WIDTH))) for index in below)
            )
            level += 1
        return cls(size, partial)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def add(self, hashes: Iterable[bytes]) -> list[Tile]:
        """Add leaf hashes in order; the tiles this filled, lower levels first."""
        filled: list[Tile] = []
        coming = iter(hashes)
        while True:
            loose = self._levels[0]
            before = len(loose)
            loose.extend(islice(coming, WIDTH - before))
            self._size += len(loose) - before
            if len(loose) < WIDTH:
                return filled
            self._close(0, filled)

    def _close(self, level: int, filled: list[Tile]) -> None:
        hashes = self._levels[level]
        index = (self._size >> HEIGHT * (level + 1)) - 1
        filled.append((level, index, b"".join(hashes)))
        self._levels[level] = []
        if level + 1 == len(self._levels):
            self._levels.append([])
        above = self._levels[level + 1]
        above.append(subtree(hashes))
        if len(above) == WIDTH:
            self._close(level + 1, filled)

    def partial(self) -> list[bytes]:
        """For each level from 0, the hashes of its partial tile (empty bytes where none)."""
        return [b"".join(hashes) for hashes in self._levels]

    def partial_tiles(self) -> Iterator[Tile]:
        """The partial tiles that are not empty, for writing beside the full ones."""
        for level, hashes in enumerate(self._levels):
            if hashes:
                yield level, self._size >> HEIGHT * (level + 1), b"".join(hashes)

    def frontier(self) -> Frontier:
        """The frontier of the tree as it stands."""
        nodes = []
        for hashes in reversed(self._levels):
            start, left = 0, len(hashes)
            while left:
                width = 1 << left.bit_length() - 1
                nodes.append(subtree(hashes[start : start + width]))
                start, left = start + width, left - width
        return Frontier.of(self._size, nodes)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return self.frontier().root()


def node_reader(size: int, read_tile: ReadTile, keep: int = 64) -> ReadNode:
    """A ``read_node`` for ``tree`` on top of stored tiles of a tree of ``size`` entries.

    ``read_tile(level, index, width)`` returns ``width * 32`` bytes; the last ``keep``
    tiles read are kept in memory.
    """
    kept: dict[tuple[int, int], bytes] = {}

    def tile(level: int, index: int) -> bytes:
        if (level, index) not in kept:
            width = tile_width(level, index, size)
            hashes = read_tile(level, index, width) if width else b""
            if len(hashes) != width * HASH_BYTES:
                raise Invalid(f"Tile {index} of level {level} is not {width} hashes long.")
            if len(kept) >= keep:
                kept.pop(next(iter(kept)))
            kept[level, index] = hashes
        return kept[level, index]

    def read_node(level: int, index: int) -> bytes:
        if index < 0 or (index + 1) << level > size:
            raise Invalid(f"A tree of {size} entries has no complete node {index} at {level}.")
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        offset = first % WIDTH * HASH_BYTES
        hashes = tile(tile_level, first // WIDTH)[offset : offset + (HASH_BYTES << above)]
        return hashes if above == 0 else subtree(split(hashes))

    return read_node
