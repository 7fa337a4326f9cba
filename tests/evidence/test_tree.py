"""The tree: our own proofs for every pair of small sizes (published ones: ``test_vectors``)."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.evidence import tree


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


LEAVES = [b"entry %d" % n for n in range(70)]


def _read_node(level: int, index: int) -> bytes:
    part = LEAVES[index << level : (index + 1) << level]
    assert len(part) == 1 << level, "not a complete subtree"
    return _root(part)


def test_roots_by_every_way_agree() -> None:
    frontier = tree.Frontier()
    for size in range(len(LEAVES) + 1):
        root = _root(LEAVES[:size])
        assert frontier.root() == root == tree.root_of(LEAVES[:size])
        assert tree.root_at(size, _read_node) == root
        again = tree.Frontier.of(size, frontier.nodes())
        twin = frontier.copy()
        if size < len(LEAVES):
            again.extend(LEAVES[size:])
            twin.append(b"other")
            assert again.root() == _root(LEAVES)
            assert frontier.size == size
            frontier.append(LEAVES[size])
    assert tree.root_of([]) == tree.EMPTY_ROOT


def test_inclusion_of_every_leaf_in_every_size() -> None:
    for size in range(1, 40):
        root = _root(LEAVES[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index, size, _read_node)
            leaf = tree.leaf_hash(LEAVES[index])
            assert tree.verify_inclusion(index, size, leaf, proof, root)
            assert not tree.verify_inclusion(index, size, tree.leaf_hash(b"x"), proof, root)


def test_consistency_of_every_pair_of_sizes() -> None:
    roots = [_root(LEAVES[:size]) for size in range(40)]
    for n in range(1, 40):
        for m in range(1, n + 1):
            proof = tree.consistency_proof(m, n, _read_node)
            assert tree.verify_consistency(m, n, roots[m], roots[n], proof)
            assert not tree.verify_consistency(m, n, roots[m - 1], roots[n], proof)


@given(st.data())
def test_a_changed_proof_proves_nothing(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 69))
    m = data.draw(st.integers(1, n - 1))
    proof = tree.consistency_proof(m, n, _read_node)
    place = data.draw(st.integers(0, len(proof) - 1))
    bad = bytearray(proof[place])
    bad[data.draw(st.integers(0, 31))] ^= data.draw(st.integers(1, 255))
    changed = [*proof[:place], bytes(bad), *proof[place + 1 :]]
    roots = _root(LEAVES[:m]), _root(LEAVES[:n])
    assert not tree.verify_consistency(m, n, *roots, changed)
    assert not tree.verify_consistency(m, n, *roots, [*proof, bytes(32)])
    assert not tree.verify_consistency(m, n, *roots, proof[:-1])


def test_a_proof_longer_than_the_tree_is_high_proves_nothing() -> None:
    leaf, more = tree.leaf_hash(b"a"), bytes(32)
    assert not tree.verify_inclusion(0, 1, leaf, [more], tree.node_hash(more, leaf))
    pair, third = _root(LEAVES[:2]), tree.leaf_hash(LEAVES[2])
    assert tree.verify_consistency(2, 3, pair, tree.node_hash(pair, third), [third])
    taller = tree.node_hash(more, tree.node_hash(pair, third))
    beside = tree.node_hash(more, pair)
    assert not tree.verify_consistency(2, 3, pair, taller, [third, more])
    assert not tree.verify_consistency(2, 3, beside, taller, [third, more])


def test_refuses_what_makes_no_sense() -> None:
    with pytest.raises(Invalid):
        tree.inclusion_proof(3, 3, _read_node)
    with pytest.raises(Invalid):
        tree.consistency_proof(0, 3, _read_node)
    with pytest.raises(Invalid):
        tree.Frontier.of(3, [bytes(32)])
    with pytest.raises(Invalid):
        tree.Frontier.of(1, [bytes(31)])
