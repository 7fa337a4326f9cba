"""The line of a log's keys: which counts when, what a change must be, and what outsiders make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Invalid, Tampered, Unreadable
from headstamp.evidence.check import check_checkpoints, check_log
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from headstamp.evidence.key_line import KeyChange, KeyLine, Retired, sign_change
from headstamp.evidence.note import Signer, sign
from headstamp.evidence.tree import root_of
from tests.effort import examples
from tests.evidence import outsider, sample

LOG = sample.entries(30)
KEYS = [sample.signer(which) for which in range(7)]
FIRST = KEYS[0].verifier


def change(size: int, before: int, after: int, why: str = "replaced") -> KeyChange:
    return KeyChange(sample.ORIGIN, size, root_of(LOG[:size]), KEYS[before].verifier, KEYS[after].verifier, why)


def notes(*sizes: int, unwitnessed: frozenset[int] = frozenset()) -> list[str]:
    """One change at each size, from key to key."""
    return [sign_change(change(size, at, at + 1), KEYS[at + 1], None if at in unwitnessed else KEYS[at])
            for at, size in enumerate(sizes)]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True).map(sorted), st.data())
@examples(60)
def test_each_key_counts_from_its_change_to_the_next(sizes: list[int], data: st.DataObject) -> None:
    changes = notes(*sizes)
    line = KeyLine.read(FIRST, changes)
    assert KeyLine.of_notes(line.newest, changes).keys == line.keys == tuple(
        key.verifier for key in KEYS[: len(sizes) + 1])
    size, which = data.draw(st.integers(0, 30)), data.draw(st.integers(0, len(sizes)))
    since = sizes[which - 1] if which else 0
    until = sizes[which] if which < len(sizes) else 30
    note = sign_checkpoint(Checkpoint(sample.ORIGIN, size, root_of(LOG[:size])), KEYS[which])
    counts = since <= size <= until
    if counts:
        assert open_checkpoint(note, line).size == size
    else:
        with pytest.raises(Retired):
            open_checkpoint(note, line)
        assert [one.what for one in check_checkpoints([note], line)[1]] == ["key_retired"]
    if sizes[-1] <= size:  # then the log is one that can have had all these changes
        assert counts == outsider.verdict(LOG[:size], [note], FIRST.text(), changes)
    assert line.verifier_for(size) == KEYS[sum(at <= size for at in sizes)].verifier


def test_a_log_under_several_keys_is_whole() -> None:
    line = KeyLine.read(FIRST, notes(5, 12, 20))
    checkpoints = [sample.checkpoint(LOG[:size], KEYS[which])
                   for size, which in ((3, 0), (5, 0), (5, 1), (12, 2), (19, 2), (21, 3), (30, 3))]
    assert check_log(LOG, checkpoints, line) == []
    assert outsider.verdict(LOG, checkpoints, FIRST.text(), notes(5, 12, 20))
    for at in range(len(checkpoints)):
        wrong = [*checkpoints]
        point = open_checkpoint(wrong[at], line)
        wrong[at] = sign_checkpoint(point, KEYS[3] if at < 4 else KEYS[0])
        assert "key_retired" in {one.what for one in check_log(LOG, wrong, line)}
        assert not outsider.verdict(LOG, wrong, FIRST.text(), notes(5, 12, 20))


def test_who_knows_a_key_can_follow_only_witnessed_changes() -> None:
    line = KeyLine.read(FIRST, notes(5, 12, 20, unwitnessed=frozenset({1})))
    assert line.witnessed == (True, False, True)
    for which in (2, 3):
        line.refuse_unless_vouched(KEYS[which].verifier)
    for which in (0, 1):
        with pytest.raises(Tampered, match="unwitnessed"):
            line.refuse_unless_vouched(KEYS[which].verifier)
    with pytest.raises(Tampered, match="none of this log"):
        line.refuse_unless_vouched(KEYS[5].verifier)
    assert ["unwitnessed" in remark for remark in line.remarks()] == [False, True, False]


def _broken() -> dict[str, list[str]]:
    good = notes(5, 12, 20)
    other = Signer.generate("example.org/other")
    more = Signer.generate(other.name)
    again = change(25, 3, 1)
    return {
        "swapped": [good[1], good[0], good[2]], "left out": [good[0], good[2]], "twice": [good[0], *good],
        "not signed by the new key": [sign(change(5, 0, 1).text(), KEYS[0])],
        "signed by a stranger": [sign(change(5, 0, 1).text(), other)],
        "at the size of the last": [good[0], sign_change(change(5, 1, 2), KEYS[2], KEYS[1])],
        "before the last": [good[0], sign_change(change(4, 1, 2), KEYS[2], KEYS[1])],
        "a key that was there": [*good, sign_change(again, KEYS[1], KEYS[3])],
        "from another key": [sign_change(change(5, 2, 1), KEYS[1], KEYS[2])],
        "of another log": [sign_change(KeyChange(other.name, 5, bytes(32), other.verifier,
                                                 more.verifier, "replaced"), more, other)],
        "no signature": ["x\n\n— a b\n"],
        "a checkpoint": [sample.checkpoint(LOG)], "nothing": [""],
    }


@pytest.mark.parametrize("what", _broken())
def test_a_line_that_breaks_is_refused(what: str) -> None:
    changes = _broken()[what]
    with pytest.raises((Unreadable, Tampered)):
        KeyLine.read(FIRST, changes)
    key = FIRST.text()
    assert not outsider.verdict(LOG, [sample.checkpoint(LOG, KEYS[len(changes)])], key, changes)


def test_any_other_byte_of_a_change_is_refused_or_makes_it_unwitnessed() -> None:
    (note,) = notes(5)
    for at in range(len(note)):
        for letter in ("A", "\n", " ", "0", ""):
            other = note[:at] + letter + note[at + 1 :]
            if other == note:
                continue
            try:
                line = KeyLine.read(FIRST, [other])
            except (Unreadable, Tampered):
                continue
            assert line.witnessed == (False,), (at, letter)
            with pytest.raises(Tampered):
                line.refuse_unless_vouched(FIRST)


@pytest.mark.parametrize("values", [
    {"why": "lost"}, {"origin": "example.org/other"}, {"size": -1}, {"root": bytes(31)},
    {"new": FIRST}, {"old": Signer.generate("x").verifier},
], ids=range(6))
def test_no_change(values: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        replace(change(5, 0, 1), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("line", "text"), [
    (0, "headstamp key change/2"), (2, "05"), (2, "+5"), (2, "9" * 17), (3, "AAAA"), (4, "x"), (6, "gone"),
    (6, "replaced\nmore"),
])
def test_other_text_is_no_change(line: int, text: str) -> None:
    lines = change(5, 0, 1).text().split("\n")
    lines[line] = text
    with pytest.raises(Unreadable):
        KeyChange.parse("\n".join(lines))


def test_only_the_keys_that_are_named_sign() -> None:
    with pytest.raises(Invalid):
        sign_change(change(5, 0, 1), KEYS[2], KEYS[0])
    with pytest.raises(Invalid):
        sign_change(change(5, 0, 1), KEYS[1], KEYS[2])
    with pytest.raises(HeadstampError):
        KeyLine.of_notes(KEYS[3].verifier, notes(5, 12))
