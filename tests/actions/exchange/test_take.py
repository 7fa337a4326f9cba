"""Taking in: once however often, over a third device, after a change of key; a loss; and cut off anywhere."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.devices import mark_lost, peer_named, trust
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.take import take
from headstamp.actions.exchange.told_there import told_there
from headstamp.errors import HeadstampError, Unavailable
from headstamp.evidence import verify
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from headstamp.store.taking_in import TakingChange
from headstamp.store.vault import Vault
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM, PICTURE, Two, know, put, state, two_devices
from tests.unpacking import unpack


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def test_the_same_bundle_thrice_is_once(two: Two) -> None:
    bundle = two.packed()
    done = two.taken(bundle)
    after = state(two.hq)
    for _ in range(2):
        again = two.taken(bundle)
        assert (again.state, again.taken, again.bundle, again.receipt) == (
            "known", 0, done.bundle, done.receipt)
    assert state(two.hq) == after
    assert check_case(two.hq) == []


def test_what_arrives_is_what_was_sent(two: Two) -> None:
    two.taken(two.packed())
    for record in (ITEM, "photo-first0000"):
        assert two.hq.read().get(record).values == two.field.read().get(record).values
    with two.hq.vault.stream(two.hq.read().get("photo-first0000").get("digest")) as stream:
        assert stream.read() == PICTURE
    # The commitments are those of the sender: one deletion erases on both.
    theirs, ours = (case.read().history(ITEM)[-1] for case in (two.field, two.hq))
    entry_here, entry_there = two.hq.read().entry(ours.seq), two.field.read().entry(theirs.seq)
    start = b'"fields":'
    assert entry_here.partition(start)[2].partition(b"}")[0] == entry_there.partition(start)[2].partition(
        b"}")[0]


def test_the_others_checkpoint_goes_into_ours(two: Two) -> None:
    bundle = two.packed()
    head = two.field.read().get(bundle.bundle).get("checkpoint")
    done = two.taken(bundle)
    assert two.hq.read().get(done.bundle).get("checkpoint") == head
    assert open_checkpoint(head, two.field.key_line).size == bundle.size
    two.confirmed(done)
    # And a log that is put back to before the exchange is found by what the other has.
    assert check_case(two.field, against=[head]) == []


def test_over_a_third_device_and_then_directly(two: Two, tmp_path: Path) -> None:
    third = Case.create(tmp_path / "third")
    know(two.hq, third, "Third")
    know(third, two.hq, "HQ")
    know(third, two.field, "Field")
    know(two.field, third, "Third")
    two.confirmed(two.taken(two.packed()))
    pack(two.hq, "Third", two.stick / "on.tar", actor="Ben", reason="r")
    assert take(third, two.stick / "on.tar", actor="C", reason="r").taken == 2
    pack(two.field, "Third", two.stick / "direct.tar", actor="Ana", reason="r")
    direct = take(third, two.stick / "direct.tar", actor="C", reason="r")
    assert (direct.state, direct.taken, direct.known, direct.beside) == ("taken", 0, 2, 0)
    with third.change(actor="C", reason="corrected") as change:
        change.put(make("item", "first", make="Xilinx"))
    for case, title in ((two.field, "Field"), (two.hq, "HQ")):
        pack(third, title, two.stick / f"{title}.tar", actor="C", reason="r")
        assert take(case, two.stick / f"{title}.tar", actor="x", reason="r").taken == 1
        assert case.read().get(ITEM).get("make") == "Xilinx"
        assert check_case(case) == []


def test_a_bundle_whose_earlier_one_never_came_is_refused_and_says_so(two: Two, tmp_path: Path) -> None:
    two.confirmed(two.taken(two.packed()))
    with two.field.change(actor="Ana", reason="corrected") as change:
        change.put(make("item", "first", make="Xilinx"))
    later = two.packed()
    empty = Case.create(tmp_path / "put-back")
    know(empty, two.field, "Field")
    before = state(empty)
    with pytest.raises(HeadstampError, match="another device"):
        take(empty, Path(later.path), actor="Ben", reason="r")
    assert state(empty) == before
    assert two.taken(two.packed(everything=True)).taken == 1


def test_a_changed_key_of_the_sender_is_followed_where_the_old_one_signed_it(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    old = two.field.verifier
    replace_key(two.field, actor="Ana", reason="yearly")
    put(two.field, "second", make="Sony")
    assert two.taken(two.packed()).taken == 1
    peer = peer_named(two.hq, "Field")
    assert peer.verifier == two.field.key_line.newest != old
    # What goes there from now on is meant for the new key, and still arrives.
    put(two.hq, "third", make="Vicor")
    assert two.taken(two.packed(two.hq), by=two.field).taken == 1


def test_a_key_that_was_changed_without_the_old_one_is_not_followed(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    keys = two.field.folder / "keys"
    (keys / "device.key").rename(two.stick / "away.key")
    with Case.open(two.field.folder) as field:
        replace_key(field, actor="Ana", reason="lost it", lost=True)
    with Case.open(two.field.folder) as field:
        put(field, "second", make="Sony")
        pack(field, "HQ", two.stick / "new.tar", actor="Ana", reason="r")
    before = state(two.hq)
    with pytest.raises(HeadstampError):
        take(two.hq, two.stick / "new.tar", actor="Ben", reason="r")
    assert state(two.hq) == before


def test_what_a_device_said_before_it_was_lost_stands(two: Two) -> None:
    first = two.packed()
    put(two.field, "second", make="Sony")
    second = two.packed()
    mark_lost(two.hq, "Field", good_until=first.size, actor="Ben", reason="stolen")
    assert two.taken(first).taken == 2
    assert two.taken(second).state == "quarantined"
    assert peer_named(two.hq, "Field").taken == first.size
    assert trust(two.hq, "Field", actor="Ben", reason="found").good_until is None
    assert two.taken(second).taken == 1


@pytest.mark.parametrize("where", ["adopt", "receive", "finish"])
def test_cut_off_anywhere_nothing_has_changed_and_the_second_try_works(
    two: Two, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = two.packed()

    def full(*_: object, **__: object) -> None:
        raise Unavailable("the disk is full")

    before = state(two.hq)
    with monkeypatch.context() as patched:
        patched.setattr(Vault if where == "adopt" else TakingChange, where, full)
        with pytest.raises(Unavailable):
            two.taken(bundle)
    size, root, names, left = state(two.hq)
    assert (size, root, left) == (before[0], before[1], before[3])
    # An original that nothing names may stay after the last step: it is told by the doctor.
    assert names == before[2] or where == "finish"
    done = two.taken(bundle)
    assert (done.state, done.taken) == ("taken", 2)
    assert check_case(two.hq) == []


def test_where_only_the_receipt_failed_it_is_given_the_next_time(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = two.packed()
    with monkeypatch.context() as patched:
        patched.setattr(Case, "signer", lambda _: None)
        patched.setattr("headstamp.actions.exchange.take.sign_receipt", lambda *_: pytest.fail("no key"))
        with pytest.raises(HeadstampError):
            two.taken(bundle)
    with monkeypatch.context() as patched:
        def broken(*_: object) -> str:
            raise Unavailable("cut off")

        patched.setattr("headstamp.actions.exchange.take.sign_receipt", broken)
        with pytest.raises(Unavailable):
            two.taken(bundle)
    assert two.hq.read().list("item").total == 1
    done = two.taken(bundle)
    assert (done.state, done.taken) == ("known", 0)
    assert two.confirmed(done).state == "received"
    assert check_case(two.hq) == []


def test_who_recorded_it_there_is_told_by_the_log_that_came_along(two: Two) -> None:
    put(two.field, "first", make="Altera", remark="again")
    done = two.taken(two.packed())
    names = [f"{two.field.origin} {number}" for number in range(two.field.checkpoint().size)]
    there = told_there(two.hq, names)
    events = two.hq.read("sealed").history(ITEM)
    told = [there[event.of[0]] for event in events]
    assert [(one.actor, one.reason) for one in told] == [("Ana", "found"), ("Ana", "seen")]
    assert {event.actor for event in events} == {"Ben"}
    # The log is kept as it came: an outsider unpacks it and checks it without us.
    kept = two.hq.read("sealed").get(done.bundle).get("digest")
    with tarfile.open(two.hq.vault.path(kept)) as box:
        unpack(box, two.stick / "kept")
    assert verify.main(["--key", two.field.verifier.text(), str(two.stick / "kept" / "log")]) == 0
    assert told_there(two.hq, ["example.org/nobody 3"]) == {}
