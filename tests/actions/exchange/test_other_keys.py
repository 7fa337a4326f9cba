"""A device by another key: one that pretends to be it, and one that was given a new key."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.devices import peer_named
from headstamp.actions.exchange.sync import hosting, visit
from headstamp.actions.exchange.take import take
from headstamp.errors import Invalid, Refused
from headstamp.evidence.note import Signer
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from tests.actions.exchange.test_sync import invited
from tests.actions.exchange.travel import Two, know, put, state, two_devices


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


class Twin:
    """A device that signs with a key of its own under the name of another's log."""

    def __init__(self, case: Case, name: str) -> None:
        self._case = case
        self._signer = Signer.generate(name)
        self.verifier = self._signer.verifier

    def signer(self) -> Signer:
        return self._signer

    def __getattr__(self, name: str) -> object:
        return getattr(self._case, name)


def test_a_guest_of_the_same_name_and_another_key_is_given_nothing(two: Two, tmp_path: Path) -> None:
    """Wants: what is packed for another device, having seen the invitation; any key can be made of any name."""
    before = state(two.hq)
    with Case.create(tmp_path / "thief") as thief, invited(two.hq, pair=True, seconds=2) as (invitation, done):
        with pytest.raises(Refused, match="known here by another key"):
            visit(Twin(thief, two.field.origin), invitation, title="Field", actor="X", reason="r",  # type: ignore[arg-type]
                  pair=True)
        assert thief.read().list("item").total == 0
    assert done == [None]
    assert state(two.hq) == before


def test_nothing_is_handed_to_a_host_of_the_same_name_and_another_key(two: Two, tmp_path: Path) -> None:
    """Wants: all that a laptop has, by an invitation that looks like headquarters'."""
    before = state(two.field)
    with Case.create(tmp_path / "thief") as thief:
        twin = Twin(thief, two.hq.origin)
        know(thief, two.field, "Field")
        with hosting(twin, title="HQ", actor="X", reason="r", pair=True, host="127.0.0.1",  # type: ignore[arg-type]
                     address="127.0.0.1") as (invitation, wait):
            from threading import Thread

            thread = Thread(target=lambda: wait(2))
            thread.start()
            with pytest.raises(Refused, match="pretends to be it"):
                visit(two.field, invitation, title="Field", actor="Ana", reason="r", pair=True)
            thread.join()
        assert thief.read().list("item").total == 0
    assert state(two.field) == before


def test_a_new_key_is_told_by_the_next_bundle_and_until_then_in_words(two: Two) -> None:
    old = two.packed()
    replace_key(two.hq, actor="Ben", reason="every year")
    done = two.taken(old)
    before = state(two.field)
    with pytest.raises(Refused, match="take in a bundle of it first"):
        two.confirmed(done)
    assert state(two.field) == before
    two.taken(two.packed(two.hq), by=two.field)
    assert two.confirmed(done).state == "received"
    assert peer_named(two.field, "HQ").sent == old.size


def test_what_a_replaced_key_signed_is_refused_in_words_and_nothing_is_lost(two: Two) -> None:
    late = two.packed()
    receipt = two.taken(two.packed(two.hq), by=two.field)
    replace_key(two.field, actor="Ana", reason="every year")
    put(two.field, "second", make="x")
    new = two.packed()
    assert two.taken(new).taken == 3
    before = state(two.hq)
    with pytest.raises(Refused, match="has replaced since; nothing was taken"):
        two.taken(late)
    with pytest.raises(Refused, match="pack again"):
        two.confirmed(receipt, by=two.hq)
    assert state(two.hq) == before
    assert two.hq.read().list("item").total == 2
    assert two.confirmed(two.taken(two.packed(two.hq), by=two.field), by=two.hq).state == "received"
    assert peer_named(two.hq, "Field").waiting == ()
    assert check_case(two.hq) == []


def test_our_own_receipt_is_said_to_go_back_to_the_sender(two: Two) -> None:
    path = two.stick / "own.receipt"
    path.write_text(two.taken(two.packed()).receipt, encoding="utf-8")
    with pytest.raises(Invalid, match="goes back to the sender"):
        take(two.hq, path, actor="Ben", reason="r")


def test_a_card_brought_up_to_date_keeps_what_is_not_said_anew(two: Two) -> None:
    know(two.hq, two.field, "Field", holder="A. Holder")
    id_ = know(two.hq, two.field, "Field laptop")
    shown = two.hq.read("sealed").get(id_)
    assert (shown.get("title"), shown.get("holder")) == ("Field laptop", "A. Holder")
    assert know(two.hq, two.field, "Field", holder="B. Other") == id_
    assert two.hq.read("sealed").get(id_).get("holder") == "B. Other"
