"""Tiles: paths, growth by any steps, going on, nodes read back from them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.evidence import tree
from headstamp.evidence.tile import (
    Tiles,
    entries_path,
    node_reader,
    split,
    tile_path,
    tile_width,
)
from tests.shared import shared

LEAVES = [tree.leaf_hash(b"%d" % n) for n in range(70_000)]


def _roots(sizes: Sequence[int]) -> dict[int, bytes]:
    frontier, roots = tree.Frontier(), {}
    for size in range(max(sizes) + 1):
        if size in sizes:
            roots[size] = frontier.root()
        frontier.append_hash(LEAVES[size])
    return roots


SIZES = (0, 1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 66_000)
ROOTS = _roots(SIZES)


def _stored(size: int) -> tuple[Tiles, dict[tuple[int, int, int], bytes]]:
    tiles = Tiles()
    stored = {(level, index, 256): data for level, index, data in tiles.add(LEAVES[:size])}
    for level, index, data in tiles.partial_tiles():
        stored[level, index, len(data) // 32] = data
    return tiles, stored


@pytest.mark.parametrize("size", SIZES)
def test_tiles_give_the_root_the_nodes_and_proofs(size: int) -> None:
    tiles, stored = _stored(size)
    assert tiles.root() == ROOTS[size]
    for level, index, width in stored:
        assert width == tile_width(level, index, size)
    read_node = node_reader(size, lambda *which: stored[which], keep=4)
    assert tree.root_at(size, read_node) == ROOTS[size]
    for index in {0, size // 3, size - 1} - {-1}:
        if index < size:
            proof = tree.inclusion_proof(index, size, read_node)
            assert tree.verify_inclusion(index, size, LEAVES[index], proof, ROOTS[size])
    for earlier in SIZES:
        if 0 < earlier <= size:
            proof = tree.consistency_proof(earlier, size, read_node)
            assert tree.verify_consistency(earlier, size, ROOTS[earlier], ROOTS[size], proof)


@pytest.mark.parametrize("size", SIZES)
def test_going_on_from_what_is_stored(size: int) -> None:
    whole, stored = _stored(66_000)
    tiles, _ = _stored(size)
    full = {which: data for which, data in stored.items() if which[2] == 256}
    resumed = Tiles.resume(size, lambda *which: full[which], tiles.partial()[0])
    copied = Tiles(size, tiles.partial())
    for again in (resumed, copied):
        assert again.root() == ROOTS[size]
        for level, index, data in again.add(LEAVES[size:66_000]):
            assert full[level, index, 256] == data
        assert again.root() == ROOTS[66_000] == whole.root()
        assert again.size == 66_000


@settings(max_examples=30)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_the_steps_of_growth_do_not_matter(steps: list[int]) -> None:
    tiles, filled, at = Tiles(), [], 0
    for step in steps:
        filled += tiles.add(iter(LEAVES[at : at + step]))
        at += step
    once = Tiles()
    assert once.add(LEAVES[:at]) == filled
    assert once.root() == tiles.root()
    assert [index for level, index, _ in filled if level == 0] == list(range(at // 256))


def test_paths_after_c2sp() -> None:
    assert tile_path(0, 0, 1) == "tile/0/000.p/1"
    assert tile_path(0, 999) == "tile/0/999"
    assert tile_path(2, 1000) == "tile/2/x001/000"
    assert tile_path(0, 1234, 5) == "tile/0/x001/234.p/5"
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert entries_path(1, 3) == "tile/entries/001.p/3"
    for level, index, width in ((-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)):
        with pytest.raises(Invalid):
            tile_path(level, index, width)


def test_refuses_tiles_of_the_wrong_length() -> None:
    with pytest.raises(Invalid):
        Tiles(3, [bytes(64)])
    with pytest.raises(Invalid):
        Tiles(1, [bytes(31)])
    with pytest.raises(Invalid):
        Tiles(1, [bytes(32), bytes(32)])
    with pytest.raises(Invalid):
        node_reader(300, lambda *_: bytes(32))(0, 0)
    with pytest.raises(Invalid):
        node_reader(300, lambda *_: bytes(8192))(8, 1)


def test_the_tiles_of_a_log_of_other_software() -> None:
    log = shared("vectors/tlog-tiles-log") / "log"
    for size in range(1, 16):
        hashes = (log / tile_path(0, 0, size)).read_bytes()
        packed = (log / entries_path(0, size)).read_bytes()
        entries = []
        while packed:
            length = int.from_bytes(packed[:2], "big")
            entries.append(packed[2 : 2 + length])
            packed = packed[2 + length :]
        tiles = Tiles()
        tiles.add(tree.leaf_hash(entry) for entry in entries)
        assert tiles.partial()[0] == hashes
        assert len(split(hashes)) == size
