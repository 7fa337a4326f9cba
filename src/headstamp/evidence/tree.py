"""The Merkle tree over the entries of the log (RFC 6962 and RFC 9162, section 2.1).

One root of 32 bytes stands for all entries and their order. A leaf is hashed with
a zero byte before it, an inner node with a one byte before its two halves, so that
neither can pass for the other. An *inclusion proof* shows that an entry is in the
tree, a *consistency proof* that a later tree only added to an earlier one; both
take about twenty hashes for a million entries.

Trees are told by their size. Nodes of complete subtrees are numbered by
``(level, index)``: level 0 is the leaves, node ``(l, i)`` covers the leaves from
``i * 2**l`` to ``(i + 1) * 2**l - 1``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from headstamp.errors import Invalid

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two halves: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over complete subtrees given from the largest (left) to the smallest (right)."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """All of a growing tree that is needed to add to it and to give its root.

    Holds one hash for each one-bit of the size (at most 64), the largest subtree first.
    """

    __slots__ = ("_nodes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._nodes: list[bytes] = []

    @classmethod
    def of(cls, size: int, nodes: Iterable[bytes]) -> Frontier:
        """The frontier of a tree of ``size`` leaves, from what ``nodes()`` gave."""
        frontier = cls()
        frontier._size = size
        frontier._nodes = list(nodes)
        if size < 0 or len(frontier._nodes) != size.bit_count():
            raise Invalid(f"A tree of {size} entries is not told by {len(frontier._nodes)} hashes.")
        if any(len(node) != HASH_BYTES for node in frontier._nodes):
            raise Invalid(f"A hash has {HASH_BYTES} bytes.")
        return frontier

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one entry (its bytes, not its hash)."""
        self.append_hash(sha256(b"\x00" + leaf).digest())

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add entries in order."""
        for leaf in leaves:
            self.append_hash(sha256(b"\x00" + leaf).digest())

    def append_hash(self, node: bytes) -> None:
        """Add one entry by its leaf hash."""
        nodes, size = self._nodes, self._size
        while size & 1:
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            size >>= 1
        nodes.append(node)
        self._size += 1

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return fold(self._nodes)

    def nodes(self) -> list[bytes]:
        """The hashes that tell the tree, largest subtree first; see ``of``."""
        return list(self._nodes)

    def copy(self) -> Frontier:
        """Another frontier of the same tree, to add to without changing this one."""
        return Frontier.of(self._size, self._nodes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over entries given in order."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


def root_at(size: int, read_node: ReadNode) -> bytes:
    """The root the tree had when it held ``size`` entries."""
    return fold(_peaks(0, size, read_node))


def _peaks(start: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The complete subtrees over ``size`` leaves from ``start``, largest first.

    Invariant: ``start`` is a multiple of the largest power of two within ``size``.
    """
    peaks = []
    while size:
        level = size.bit_length() - 1
        peaks.append(read_node(level, start >> level))
        start += 1 << level
        size -= 1 << level
    return peaks


def inclusion_proof(index: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The hashes that lead from leaf ``index`` to the root of the first ``size`` entries.

    RFC 9162, section 2.1.3.1: the lowest hash first.
    """
    if not 0 <= index < size:
        raise Invalid(f"There is no entry {index} in a tree of {size}.")
    proof = []
    start = 0
    while size > 1:
        half = 1 << (size - 1).bit_length() - 1
        if index < half:
            proof.append(fold(_peaks(start + half, size - half, read_node)))
            size = half
        else:
            proof.append(fold(_peaks(start, half, read_node)))
            start, index, size = start + half, index - half, size - half
    proof.reverse()
    return proof


def consistency_proof(m: int, n: int, read_node: ReadNode) -> list[bytes]:
    """The hashes that show that the tree of ``n`` entries begins with that of ``m``.

    RFC 9162, section 2.1.4.1; ``0 < m <= n``. Empty for equal sizes.
    """
    if not 0 < m <= n:
        raise Invalid(f"There is no proof from {m} to {n} entries.")
    proof: list[bytes] = []
    start, whole = 0, True
    while m != n:
        half = 1 << (n - 1).bit_length() - 1
        if m <= half:
            proof.append(fold(_peaks(start + half, n - half, read_node)))
            n = half
        else:
            proof.append(fold(_peaks(start, half, read_node)))
            start, m, n, whole = start + half, m - half, n - half, False
    if not whole:
        proof.append(fold(_peaks(start, n, read_node)))
    proof.reverse()
    return proof


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether ``proof`` shows that the leaf *hash* stands at ``index`` under ``root``.

    RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size or len(leaf) != HASH_BYTES:
        return False
    if any(len(node) != HASH_BYTES for node in proof):
        return False
    last, node = size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and node == root


def verify_consistency(
    m: int, n: int, root_m: bytes, root_n: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the tree of ``n`` entries begins with that of ``m``.

    RFC 9162, section 2.1.4.2. A tree of no entries proves nothing, so ``m`` is at least 1.
    """
    if not 0 < m <= n:
        return False
    if m == n:
        return not proof and root_m == root_n
    if not proof or any(len(node) != HASH_BYTES for node in proof):
        return False
    path = list(proof)
    if m & (m - 1) == 0:
        path.insert(0, root_m)
    index, last = m - 1, n - 1
    while index & 1:
        index >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and old == root_m and new == root_n
