"""Checking a log: nothing is told of a good one, every kind of tampering is."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.evidence import tree
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.check import Finding, check_against, check_log
from headstamp.evidence.entry import seal
from headstamp.evidence.note import Signer
from headstamp.evidence.tile import Tiles, node_reader
from tests.evidence import sample

COUNT = 40
GOOD = sample.entries(COUNT)
LEAVES = [tree.leaf_hash(entry) for entry in GOOD]
CHECKPOINTS = [sample.checkpoint(GOOD[:size]) for size in (10, 11, 25, COUNT)]
KEY = sample.signer().verifier


def _check(entries: list[bytes], checkpoints: list[str] | None = None) -> list[Finding]:
    return check_log(iter(entries), CHECKPOINTS if checkpoints is None else checkpoints, KEY)


def _codes(findings: list[Finding]) -> set[str]:
    return {finding.what for finding in findings}


def _nodes(entries: list[bytes]) -> tree.ReadNode:
    tiles = Tiles()
    stored = {(lv, i): data for lv, i, data in tiles.add(map(tree.leaf_hash, entries))}
    stored |= {(lv, i): data for lv, i, data in tiles.partial_tiles()}
    return node_reader(len(entries), lambda level, index, width: stored[level, index])


def test_nothing_is_told_of_a_good_log() -> None:
    assert _check(GOOD) == []
    assert check_log(GOOD, CHECKPOINTS, [KEY], LEAVES) == []
    assert _check([], []) == []
    assert _check([], [sample.checkpoint([])]) == []
    for size in range(COUNT + 1):
        assert check_against(sample.checkpoint(GOOD[:size]), KEY, COUNT, _nodes(GOOD)) == []


@settings(max_examples=300)
@given(st.integers(0, COUNT - 1), st.data())
def test_any_changed_byte_is_found_and_its_entry_named(number: int, data: st.DataObject) -> None:
    changed = bytearray(GOOD[number])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    entries = [*GOOD[:number], bytes(changed), *GOOD[number + 1 :]]
    findings = check_log(entries, CHECKPOINTS, KEY, LEAVES)
    assert (
        Finding(
            "root_mismatch",
            f"entry {number}",
            "the entry is not the one whose hash stands in the tree",
        )
        in findings
    )
    without = _check(entries)
    size = next(s for s in (10, 11, 25, COUNT) if s > number)
    assert ("root_mismatch", f"checkpoint of size {size}") in {(f.what, f.id) for f in without}


def _edit(log: list[bytes], random: Random) -> None:
    place = random.randrange(len(log))
    log[place] = canonical({**parse(log[place]), "at": "2025-01-01T00:00:00.000000Z"})


def _delete(log: list[bytes], random: Random) -> None:
    del log[random.randrange(len(log))]


def _insert(log: list[bytes], random: Random) -> None:
    names, seed = sample.NAMES, sample.seed(99)
    new = seal(sample.STAMP, "item/1", "itm-new", 1, names, sample.values(99), seed)
    log.insert(random.randrange(len(log) + 1), new)


def _swap(log: list[bytes], random: Random) -> None:
    one, other = random.sample(range(len(log)), 2)
    log[one], log[other] = log[other], log[one]


def _truncate(log: list[bytes], random: Random) -> None:
    del log[random.randrange(len(log)) :]


@pytest.mark.parametrize("tamper", [_edit, _delete, _insert, _swap, _truncate])
def test_every_tampering_is_found(tamper: Callable[[list[bytes], Random], None]) -> None:
    for round_ in range(50):
        log = list(GOOD)
        tamper(log, Random(round_))
        for findings in (_check(log), check_log(log, CHECKPOINTS, KEY, LEAVES)):
            # An entry put at the very end is told as one under no checkpoint.
            told = {"log_shorter_than_checkpoint", "entries_after_last_checkpoint"}
            assert _codes(findings) & {"root_mismatch", *told}, (tamper.__name__, round_)


def test_what_only_an_outside_checkpoint_shows() -> None:
    outside = sample.checkpoint(GOOD[:30])
    # Rolled back: an older copy, with its own last checkpoint, is faultless by itself.
    assert _check(GOOD[:25], CHECKPOINTS[:3]) == []
    found = check_against(outside, KEY, 25, _nodes(GOOD[:25]))
    assert [f.what for f in found] == ["log_shorter_than_checkpoint"]
    # Rewritten whole with the log's own key.
    other = list(GOOD)
    _edit(other, Random(1))
    other = [canonical({**parse(e), "reason": "rewritten"}) for e in other]
    rewritten = [sample.checkpoint(other)]
    assert _check(other, rewritten) == []
    assert [f.what for f in check_against(outside, KEY, COUNT, _nodes(other))] == ["fork"]
    # Signed anew by another key, which the case now names as its own.
    thief = Signer.generate(sample.ORIGIN)
    resigned = sample.checkpoint(other, thief)
    assert check_log(other, [resigned], thief.verifier) == []
    assert [f.what for f in check_against(outside, KEY, COUNT, _nodes(other))] == ["fork"]
    assert [f.what for f in check_log(other, [resigned], KEY)] == [
        "signature_invalid",
        "entries_after_last_checkpoint",
    ]
    found = check_against(resigned, KEY, COUNT, _nodes(GOOD))
    assert [f.what for f in found] == ["signature_invalid"]


def test_checkpoints_that_contradict_each_other() -> None:
    other = sample.checkpoint(sample.entries(24) + GOOD[:1])
    assert "fork" in _codes(_check(GOOD, [CHECKPOINTS[2], other, CHECKPOINTS[3]]))
    back = _check(GOOD, [CHECKPOINTS[2], CHECKPOINTS[0], CHECKPOINTS[3]])
    assert [(f.what, f.id) for f in back] == [("fork", "checkpoint of size 10")]
    assert _codes(_check(GOOD, [*CHECKPOINTS[:3], "no note", CHECKPOINTS[3]])) == {
        "signature_invalid"
    }


def test_entries_under_no_checkpoint_are_told() -> None:
    findings = _check(GOOD, CHECKPOINTS[:3])
    assert [(f.what, f.id) for f in findings] == [("entries_after_last_checkpoint", "entry 25")]
    assert "15 entries" in findings[0].detail
    assert _codes(_check(GOOD, [])) == {"entries_after_last_checkpoint"}


def test_hashes_in_the_tree_without_their_entries_are_told() -> None:
    findings = check_log(GOOD[:11], CHECKPOINTS[:2], KEY, LEAVES)
    assert [(f.what, f.id) for f in findings] == [("root_mismatch", "entry 11")]
    findings = check_log(GOOD, CHECKPOINTS, KEY, LEAVES[:-1])
    assert [(f.what, f.id) for f in findings] == [("root_mismatch", f"entry {COUNT - 1}")]


@pytest.mark.parametrize("versions", [(2,), (1, 1), (1, 3), (1, 2, 2), (2, 1)])
def test_versions_count_by_one(versions: tuple[int, ...]) -> None:
    log = [
        seal(sample.STAMP, "item/1", "itm-1", version, (), (), bytes(16)) for version in versions
    ]
    findings = _check(log, [sample.checkpoint(log)])
    assert _codes(findings) == {"version_gap"}
    assert {f.id for f in findings} == {"itm-1"}


def test_a_malformed_entry_is_told_though_signed() -> None:
    log = [GOOD[0], b'{"act":"put"}', b"\xff"]
    findings = _check(log, [sample.checkpoint(log)])
    assert [(f.what, f.id) for f in findings] == [
        ("entry_malformed", "entry 1"),
        ("entry_malformed", "entry 2"),
    ]
