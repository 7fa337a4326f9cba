"""What stands beside the tiles: each has one spelling, and is read back strictly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Invalid, Tampered, Unreadable
from headstamp.evidence import export
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.evidence.entry import ENTRY_BYTES_MAX, Stamp, identify, read, seal
from headstamp.evidence.export import Disclosure, Statement, pack, unpack
from headstamp.evidence.proof import ConsistencyProof, InclusionProof, read_proof
from headstamp.evidence.salted import salt_at
from headstamp.evidence.tile import ENTRIES, entries_path, parse_path, tile_path
from headstamp.evidence.tree import consistency_proof, inclusion_proof, leaf_hash, root_of
from tests.effort import examples
from tests.evidence import sample

LOG = sample.entries(21)
KEYS = [sample.signer().verifier]


def _node(level: int, index: int) -> bytes:
    first = index << level
    return leaf_hash(LOG[first]) if level == 0 else root_of(LOG[first : first + (1 << level)])


@given(st.lists(st.binary(max_size=300), max_size=256))
@examples(50)
def test_bundles_read_back(entries: list[bytes]) -> None:
    packed = pack(entries)
    assert unpack(packed, len(entries)) == entries
    for wrong in (packed + b"\0", packed[:-1]):
        if wrong != packed:
            with pytest.raises(Unreadable):
                unpack(wrong, len(entries))
    with pytest.raises(Unreadable):
        unpack(packed, len(entries) + 1)


def test_an_entry_is_never_longer_than_a_bundle_can_tell() -> None:
    def sealed(reason: str) -> bytes:
        stamp = Stamp("put", "A", "2026-11-21T20:42:36.123456Z", reason)
        return seal(stamp, "item/1", "itm-1", 1, sample.NAMES, sample.values(1), sample.seed(1))

    most = "x" * (ENTRY_BYTES_MAX - len(sealed("")))
    longest = sealed(most)
    assert len(longest) == ENTRY_BYTES_MAX
    assert unpack(pack([longest, b""]), 2) == [longest, b""]
    assert identify(longest) == ("itm-1", 1)
    with pytest.raises(Invalid, match="shorter reason"):
        sealed(most + "x")
    too_long = longest.replace(b'"xx', b'"xxx')
    with pytest.raises(Invalid):
        pack([too_long])
    with pytest.raises(Unreadable):
        read(too_long)


@given(st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, 256))
@examples(200)
def test_paths_read_back(level: int, index: int, width: int) -> None:
    path = entries_path(index, width) if level == ENTRIES else tile_path(level, index, width)
    assert parse_path(path) == (level, index, width)


@pytest.mark.parametrize("path", [
    "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/007", "tile/64/000", "tile/00/000",
    "tile/0/x000/001", "tile/0/000/", "tile//000", "tile/0/../000", "tile/entries/1000", "tile/-1/000",
    "tile/0/٠٠٠", "tile/0/000.p/1\n", "", "tile/0/x1/234", "tile/0/001/x234",
])
def test_other_paths_are_none(path: str) -> None:
    with pytest.raises(Invalid):
        parse_path(path)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 70_000])
def test_the_files_of_a_log(size: int) -> None:
    paths = export.paths_of(size)
    for path, place in paths.items():
        assert parse_path(path) == place
    assert sum(width for level, _, width in paths.values() if level == 0) == size
    assert sum(width for level, _, width in paths.values() if level == ENTRIES) == size
    if size == 70_000:  # the example of C2SP tlog-tiles
        assert sorted(p for p in paths if ".p/" in p) == [
            "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]


STATEMENT = Statement("k", 3, 1, 2, 0, 4)
SHOWN = Disclosure(7, "marking", salt_at(sample.seed(3), 2), sample.values(3)[2])


@pytest.mark.parametrize(("text", "parse"), [
    (STATEMENT.text(), Statement.parse), (SHOWN.line(), Disclosure.parse),
    (export.checkpoint_line(sample.checkpoint(LOG)), export.parse_checkpoint_line),
], ids=["statement", "disclosure", "checkpoint"])
def test_a_line_has_one_spelling(text: bytes, parse: Callable[[bytes], object]) -> None:
    told = parse(text)
    for at in range(len(text)):
        for other in (text[:at] + b" " + text[at:], text[:at] + text[at + 1 :]):
            try:
                assert parse(other) != told
            except Unreadable:
                continue
    for other in (b"", b"\n", text[:-1], text + text, b"null\n", b"[]\n", b"{}\n", b"7\n", b"\xff\n"):
        with pytest.raises(Unreadable):
            parse(other)


@pytest.mark.parametrize("change", [
    {"entries": True}, {"entries": -1}, {"entries": "3"}, {"format": "headstamp-log/2"}, {"key": 1},
])
def test_a_statement_of_other_values_is_none(change: dict[str, object]) -> None:
    told = {"checkpoints": 2, "disclosed": 0, "entries": 3, "originals": 4, "withheld": 1,
            "format": export.FORMAT, "key": "k"}
    assert Statement.parse(export.canonical(told) + b"\n") == STATEMENT
    with pytest.raises(Unreadable):
        Statement.parse(export.canonical(told | change) + b"\n")


def test_a_shown_value_is_bound_by_its_own_entry_only() -> None:
    assert SHOWN.holds(read(LOG[3]))
    assert not SHOWN.holds(read(LOG[4]))
    digest = Disclosure(0, "digest", bytes(16), b'"%s"' % (b"ab" * 32))
    assert digest.original() == "ab" * 32
    for other in (Disclosure(0, "other", bytes(16), digest.value),
                  Disclosure(0, "digest", bytes(16), b'"../../etc/passwd"'),
                  Disclosure(0, "digest", bytes(16), digest.value.upper())):
        assert other.original() is None


def test_proofs_read_back_and_any_other_byte_is_noticed() -> None:
    note = sample.checkpoint(LOG)
    for index in (0, 7, 20):
        proof = InclusionProof(index, LOG[index], tuple(inclusion_proof(index, 21, _node)), note)
        assert read_proof(proof.text()) == proof
        assert proof.check(KEYS) == open_checkpoint(note, KEYS)
    older = open_checkpoint(sample.checkpoint(LOG[:8]), KEYS)
    growth = ConsistencyProof(8, tuple(consistency_proof(8, 21, _node)), note)
    assert read_proof(growth.text()) == growth
    assert growth.check(older, KEYS) == open_checkpoint(note, KEYS)
    assert growth.check(open_checkpoint(sample.checkpoint(LOG[:7]), KEYS), KEYS) is None

    def holds(text: str) -> bool:
        try:
            told = read_proof(text)
            held = told.check(KEYS) if isinstance(told, InclusionProof) else told.check(older, KEYS)
        except (Unreadable, Tampered):
            return False
        except HeadstampError as error:  # pragma: no cover - tells which one came through
            pytest.fail(repr(error))
        return held is not None

    for text in (proof.text(), growth.text()):
        assert holds(text)
        for at in range(0, len(text), 3):
            for letter in ("A", "\n", ""):
                other = text[:at] + letter + text[at + 1 :]
                assert other == text or not holds(other), at
