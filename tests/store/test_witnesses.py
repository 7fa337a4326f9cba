"""Witnesses as they are stored, in both stores: what was logged since, and whether a checkpoint is ours."""

from __future__ import annotations

from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.records import Item, Witness
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from headstamp.store.signing_key import read_key
from headstamp.store.witnesses import OurLog, others_since, stored_witnesses


def put(case: Case, *records: Item | Witness) -> None:
    with case.change(actor="Ana", reason="r") as change:
        change.put_many(list(records))


def paper(case: Case, **given: str) -> Witness:
    note = case.checkpoint_note()
    return Witness.build({"witness_kind": "paper", "holder": "Safe", "checkpoint": note,
                          "size": int(note.split("\n")[1]), **given})


def test_what_is_stored_and_what_came_since(case: Case) -> None:
    assert stored_witnesses(case) == [] and others_since(case, 0) == 0
    put(case, Item.build(make="A"), Item.build(make="B"))
    first = paper(case, tier="sealed")
    put(case, first)
    (found,) = stored_witnesses(case)
    assert (found.id, found.holder, found.size, found.origin) == (first.id, "Safe", 2, case.origin)
    assert found.checkpoint == first.checkpoint and found.stamp == found.witnessed_at == ""
    assert [others_since(case, size) for size in (0, 1, 2, 3)] == [2, 1, 0, 0]
    put(case, Item.build(make="C"))
    assert others_since(case, 2) == 1
    put(case, first.model_copy(update={"holder": "Another safe"}))
    assert [one.holder for one in stored_witnesses(case)] == ["Another safe"]


def test_what_is_no_checkpoint_has_no_size(case: Case) -> None:
    for text in ("AB 12?456", "a\n-1\nb", "a\n" + "9" * 40, "a\n٣\nb", "\n"):
        put(case, paper(case, checkpoint=text))
    assert [one.size for one in stored_witnesses(case)] == [-1] * 5


def test_whether_a_checkpoint_is_of_this_log(case: Case) -> None:
    notes = [case.checkpoint_note()]
    for make in "ABC":
        put(case, Item.build(make=make))
        notes.append(case.checkpoint_note())
    signer = read_key(case.folder / "keys" / "device.key")
    assert signer is not None

    def codes(note: str) -> list[str]:
        return [one.what for one in OurLog(case).check(note)]

    assert [codes(note) for note in notes] == [[]] * 4
    assert codes(sign_checkpoint(Checkpoint(case.origin, 2, bytes(32)), signer)) == ["fork"]
    assert codes(sign_checkpoint(Checkpoint(case.origin, 9, bytes(32)), signer)) == [
        "log_shorter_than_checkpoint"]
    assert codes(notes[1].replace("\n1\n", "\n2\n")) == ["signature_invalid"]
    # What the older key signed while it was in force stays good.
    replace_key(case, actor="Ana", reason="worn")
    put(case, Item.build(make="D"))
    assert [codes(note) for note in [*notes, case.checkpoint_note()]] == [[]] * 5
    assert codes(sign_checkpoint(Checkpoint(case.origin, case.checkpoint().size, case.checkpoint().root),
                                 signer)) == ["key_retired"]
