"""The text of a receipt's code: read back as written, and false ones found out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import HeadstampError, Tampered, Unreadable
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.note import Signer, open_note
from headstamp.evidence.tree import inclusion_proof, leaf_hash, root_of
from headstamp.publish.witness import Witness, note_kept

SIGNER = Signer.generate("headstamp.local/test")
ENTRIES = [b"entry %d" % n for n in range(37)]
LEAVES = [leaf_hash(one) for one in ENTRIES]


def node(level: int, index: int) -> bytes:
    return root_of(ENTRIES[index << level : (index + 1) << level])


def witness(index: int) -> Witness:
    note = sign_checkpoint(Checkpoint(SIGNER.name, len(LEAVES), root_of(ENTRIES)), SIGNER)
    path = tuple(inclusion_proof(index, len(LEAVES), node))
    return Witness("cust-0123abcd", 2, index, LEAVES[index], path, note)


@given(st.integers(0, len(LEAVES) - 1))
def test_it_is_read_back_and_holds(index: int) -> None:
    made = witness(index)
    again = Witness.parse(made.text())
    assert again == made
    under = again.check([SIGNER.verifier])
    assert under is not None and under.size == len(LEAVES)


def test_what_follows_the_empty_line_is_the_checkpoint_itself() -> None:
    text = witness(5).text()
    assert open_note(text.partition("\n\n")[2], [SIGNER.verifier]).text.startswith(SIGNER.name)


@settings(max_examples=150)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_found_out(place: int, change: int) -> None:
    made = witness(11)
    raw = bytearray(made.text().encode())
    at = place % len(raw)
    raw[at] ^= change
    try:
        again = Witness.parse(raw.decode("utf-8", "replace"))
        held = again.check([SIGNER.verifier])
    except HeadstampError:
        return
    # Which record it is stands in the log's entry too: the hash binds it, this line only names it.
    assert held is None or (again.leaf, again.index, again.path, again.checkpoint) == (
        made.leaf, made.index, made.path, made.checkpoint)


def test_another_key_is_tampering_and_other_text_is_none() -> None:
    other = Signer.generate("headstamp.local/test")
    with pytest.raises(Tampered):
        witness(1).check([other.verifier])
    for text in ("", "x", "c2sp.org/tlog-proof@v1\n\nx"):
        with pytest.raises(Unreadable):
            Witness.parse(text)


def test_a_checkpoint_is_read_as_people_keep_it_and_nothing_false_becomes_true() -> None:
    """Scanned without its last line feed, mailed with other line ends, pasted with empty lines, or all of a receipt's code."""
    proof = witness(5)
    note = proof.checkpoint
    for kept in (note, note.rstrip("\n"), note.replace("\n", "\r\n"), f"\ufeff{note}", f"\n\n{note}\n\n", proof.text(),
                 proof.text().rstrip().replace("\n", "\r\n"), f"Dear colleague,\n\n{note}", f'"{note.rstrip()}"'):
        assert note_kept(kept) == note
    for false in (note.replace("37", "38"), note.replace(SIGNER.name, "headstamp.local/tess")):
        with pytest.raises(HeadstampError):
            open_note(note_kept(false), [SIGNER.verifier])
    assert note_kept("") == "\n"
