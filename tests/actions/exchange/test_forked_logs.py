"""Fifty forks of another device's log (S5): each found at the next contact, and both heads kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.aside import leave, put_aside, release
from headstamp.actions.exchange.devices import add_device, mark_lost, trust
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.take import take, take_receipt
from headstamp.errors import Refused
from headstamp.evidence.checkpoint import open_checkpoint
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.forger import Forger
from tests.actions.exchange.travel import Two, know, put, two_devices
from tests.effort import counted

FORKS = counted(50, 200)


def _grow(case: Case, random: Random, word: str, most: int) -> None:
    for n in range(random.randint(1, most)):
        put(case, f"{word}{n}", make=f"{word} {random.random()}")


def test_every_fork_is_found_and_both_heads_are_kept(tmp_path: Path) -> None:
    found = shorter = longer = 0
    two = two_devices(tmp_path / "two")
    two.taken(two.packed())
    copies = [shutil.copytree(two.field.folder, tmp_path / "copy0")]
    # The true log goes on, and is taken in from time to time.
    random = Random(5)
    for n in range(1, 4):
        _grow(two.field, random, f"true{n}x", 4)
        last = two.taken(two.packed())
        copies.append(shutil.copytree(two.field.folder, tmp_path / f"copy{n}"))
    seen = two.hq.read().get(last.bundle).get("checkpoint")
    items = two.hq.read().list("item").total
    for n in range(FORKS):
        # Somebody goes on from an older copy of the laptop's disk, key included.
        folder = shutil.copytree(copies[n % 3], tmp_path / f"fork{n}")
        with Case.open(folder) as fork:
            _grow(fork, Random(n), f"fork{n}x", 12)
            head, line = fork.checkpoint(), fork.key_line
            path = two.stick / f"fork{n}.bundle.tar"
            pack(fork, "HQ", path, actor="Ana", reason="r", everything=bool(n % 2))
        done = take(two.hq, path, actor="Ben", reason="came by stick")
        assert (done.state, done.taken, done.receipt) == ("forked", 0, ""), (n, done)
        assert done.problem
        aside = two.hq.read().get(done.bundle)
        assert open_checkpoint(aside.get("checkpoint"), line).root == head.root
        with two.hq.vault.stream(aside.get("digest")) as stream:
            assert stream.read() == path.read_bytes()
        shorter += head.size < last.size
        longer += head.size > last.size
        found += 1
        shutil.rmtree(folder)
    assert found == FORKS
    assert min(shorter, longer) >= FORKS // 10  # of both sorts there were enough
    assert two.hq.read().get(last.bundle).get("checkpoint") == seen
    assert two.hq.read().list("item").total == items
    assert len(put_aside(two.hq.read())) == FORKS
    assert check_case(two.hq) == []
    # The true log is still taken in.
    put(two.field, "after", make="Vicor")
    assert two.taken(two.packed()).state == "taken"


def test_a_log_written_anew_before_what_it_hands_over_is_found(tmp_path: Path) -> None:
    """It comes shorter than it was, hands over nothing but what is true, and says another past before that.

    Only the hashes tell. The one checkpoint here is of a longer log.
    """
    with Case.create(tmp_path / "hq") as hq:
        device = Forger.named("headstamp.local/third")
        add_device(hq, key=device.signer.verifier_key, title="Third", actor="Ben", reason="met")
        for n in range(300):  # more than one tile
            device.say("item", f"item-true{n:04}", {"family": "unknown", "make": f"{n}", "tier": "partner"})
        (tmp_path / "stick").mkdir()
        whole = device.bundle(tmp_path / "stick" / "whole.bundle.tar", hq)
        assert take(hq, whole, actor="Ben", reason="r").taken == 300
        random, found = Random(9), 0
        for n in range(FORKS):
            first = random.randrange(1, 298)
            other = random.randrange(first)
            size = random.randrange(first + 1, 300)
            lies = Forger(device.signer, list(device.entries), list(device.lines))
            lies.entries[other] = lies.entries[other].replace(b"Mallory", b"Somebody")
            path = lies.bundle(tmp_path / "stick" / f"{n}.bundle.tar", hq, first=first, upto=size)
            done = take(hq, path, actor="Ben", reason="r")
            found += (done.state, done.problem) == (
                "forked", f"entry {other} is not the one that was seen before")
        assert found == FORKS
        late = device.bundle(tmp_path / "stick" / "late.tar", hq, first=100, upto=290)
        assert take(hq, late, actor="Ben", reason="r").state == "taken"  # shorter too, and true


def test_an_older_state_put_back_is_found_at_the_next_contact(tmp_path: Path) -> None:
    """What it packs is faultless, and as an older bundle was. That it was packed later tells."""
    two = two_devices(tmp_path / "two")
    two.taken(two.packed())
    copies, late, random = [], [], Random(6)
    for n in range(4):
        copies.append(shutil.copytree(two.field.folder, tmp_path / f"copy{n}"))
        late.append(two.packed())
        _grow(two.field, random, f"true{n}x", 4)
    last = two.taken(two.packed())
    found = 0
    for n in range(FORKS):
        folder = shutil.copytree(copies[n % 4], tmp_path / f"back{n}")
        with Case.open(folder) as back:
            path = two.stick / f"back{n}.bundle.tar"
            size = pack(back, "HQ", path, actor="Ana", reason="r").size
        at_the_line = bool(n % 2)
        done = take(two.hq, path, actor="Ben", reason="r", now=at_the_line)
        assert size < last.size and done.state == "quarantined" and not done.receipt
        found += f"has {size} entries, and had {last.size} before: " in done.problem
        assert ("older state of that device was put back" in done.problem) == at_the_line
        shutil.rmtree(folder)
    assert found == FORKS
    # Those that were late on their way are what they were.
    assert [two.taken(one).state for one in late] == ["taken"] * 4
    put(two.field, "after", make="Vicor")
    assert two.taken(two.packed()).state == "taken" and check_case(two.hq) == []


def test_a_fork_is_never_released_and_stays(tmp_path: Path) -> None:
    two, bundle = _forked(tmp_path)
    for decide in (release, leave):
        with pytest.raises(Refused, match="contradicts"):
            decide(two.hq, bundle, actor="Ben", reason="looked")
    assert [one.id for one in put_aside(two.hq.read())] == [bundle]
    assert put_aside(two.hq.read("public")) == []


def _forked(tmp_path: Path) -> tuple[Two, str]:
    two = two_devices(tmp_path / "two")
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    put(two.field, "true", make="x")
    two.taken(two.packed())
    with Case.open(copy) as fork:
        put(fork, "fork", make="y")
        put(fork, "forks", make="y")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r")
    return two, take(two.hq, path, actor="Ben", reason="r").bundle


def test_what_was_put_aside_first_may_turn_out_a_fork(tmp_path: Path) -> None:
    two = two_devices(tmp_path / "two")
    two.taken(two.packed())
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    with Case.open(copy) as fork:
        put(fork, "fork", make="y")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r")
    aside = take(two.hq, path, actor="Ben", reason="r")
    assert aside.state == "quarantined"
    trust(two.hq, "Field", actor="Ben", reason="it was found")
    put(two.field, "true", make="x")
    assert two.taken(two.packed()).state == "taken"
    assert release(two.hq, aside.bundle, actor="Ben", reason="looked").state == "forked"
    assert two.hq.read().get(aside.bundle).get("bundle_state") == "forked"
    assert two.hq.read().list("item").total == 2
    with pytest.raises(Refused):
        release(two.hq, aside.bundle, actor="Ben", reason="again")


def test_a_fork_shows_against_a_receipt_alone(tmp_path: Path) -> None:
    """Nothing was ever taken in from the other device but the receipts of what it was sent."""
    two = two_devices(tmp_path / "two")
    put(two.hq, "order", make="x")
    two.confirmed(two.taken(two.packed(two.hq), by=two.field), by=two.hq)
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    put(two.field, "true", make="x")
    put(two.hq, "second", make="x")
    two.confirmed(two.taken(two.packed(two.hq), by=two.field), by=two.hq)
    with Case.open(copy) as fork:
        for n in range(9):
            put(fork, f"fork{n}", make="y")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r", everything=True)
    assert take(two.hq, path, actor="Ben", reason="r").state == "forked"
    assert two.taken(two.packed()).state == "taken"


def test_a_fork_that_changed_an_entry_that_is_known_shows_though_it_is_shorter(tmp_path: Path) -> None:
    two = two_devices(tmp_path / "two")
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    for n in range(3):
        put(two.field, f"true{n}", make="x")
    two.taken(two.packed())
    with Case.open(copy) as fork:
        put(fork, "true0", make="another")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r")
    done = take(two.hq, path, actor="Ben", reason="r")
    assert (done.state, done.problem) == ("forked", "entry 3 is not the one that was seen before")


def test_a_receipt_of_a_fork_of_ours_is_refused_by_its_root(tmp_path: Path) -> None:
    """Our own disk was copied: what the copy sent is not confirmed as ours."""
    two = two_devices(tmp_path / "two")
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    put(two.field, "true", make="x")
    ours = two.packed()
    with Case.open(copy) as fork:
        with fork.change(actor="Ana", reason="r") as change:
            change.put(make("item", "fork", make="y"))
        path = two.stick / "fork.bundle.tar"
        theirs = pack(fork, "HQ", path, actor="Ana", reason="r")
        receipt = take(two.hq, path, actor="Ben", reason="r").receipt
        assert take_receipt(fork, receipt.encode(), actor="Ana", reason="r").bundle == theirs.bundle
    assert ours.sum != theirs.sum
    with pytest.raises(Exception, match="not packed here"):
        take_receipt(two.field, receipt.encode(), actor="Ana", reason="r")
    assert two.taken(ours).state == "forked"
    know(two.hq, two.field, "Field again")
