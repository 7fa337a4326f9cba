"""Packing: what goes, what stays, who can open it; and nothing counts as sent without a receipt."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange import pack as packing
from headstamp.actions.exchange.devices import mark_lost, peer_named, retire, trust
from headstamp.actions.exchange.take import take
from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Missing,
    Refused,
    Tampered,
    Unavailable,
)
from headstamp.exchange.keys import SealKey
from headstamp.exchange.receipt import open_receipt, sign_receipt
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM, PICTURE, Two, know, lines, opened, put, two_devices
from tests.store.encrypted import encrypted_case
from tests.unpacking import unpack


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def test_what_was_confirmed_goes_no_more_and_everything_goes_when_asked(two: Two) -> None:
    first = two.packed()
    assert (first.first, first.records, first.originals, first.sealed) == (0, 2, 1, False)
    again = two.packed()
    assert (again.first, again.records) == (0, 2)  # nothing was confirmed
    two.confirmed(two.taken(first))
    put(two.field, "second", make="Sony")
    new = two.packed()
    assert (new.first, new.records, new.originals) == (first.size, 1, 0)
    assert [one["entry"] for one in lines(opened(Path(new.path)))] == [new.size - 1]
    whole = two.packed(everything=True)
    assert (whole.first, whole.records, whole.originals) == (0, 3, 1)
    assert two.taken(whole).taken == 1
    assert check_case(two.field) == []


def test_what_stays_here_is_in_no_bundle(two: Two) -> None:
    files = opened(Path(two.packed().path))
    text = b"".join(data for name, data in files.items() if name != "data/log/verify.py")
    for device in (b"dev-", b"bndl-", b'"HQ"'):
        assert device not in text
    assert files["data/originals/" + next(iter(two.field.vault.digests()))] == PICTURE


def test_nothing_counts_as_sent_before_the_receipt_of_the_right_key_and_root(
    two: Two, tmp_path: Path
) -> None:
    bundle = two.packed()
    assert peer_named(two.field, "HQ").waiting == (bundle.bundle,)
    done = two.taken(bundle)
    told = open_receipt(done.receipt, two.hq.verifier)
    path = tmp_path / "forged"
    stranger = Case.create(tmp_path / "stranger")
    know(two.field, stranger, "Stranger")
    signer, other = two.hq.signer(), stranger.signer()
    assert signer is not None
    assert other is not None
    replaced = type(told)
    values = {name: getattr(told, name) for name in told.__slots__}
    forged: list[tuple[type[HeadstampError], str]] = [
        (Tampered, done.receipt.replace("taken 2", "taken 3")),
        (Tampered, done.receipt.replace(f"to-size {told.to_size}", "to-size 99")),
        (Tampered, sign_receipt(replaced(**values | {"root": bytes(32)}), signer)),
        (Tampered, sign_receipt(replaced(**values | {"size": 2}), signer)),
        (Tampered, sign_receipt(replaced(**values | {"sender": "headstamp.local/other"}), signer)),
        (Missing, sign_receipt(replaced(**values | {"bundle": "0" * 64}), signer)),
        (Missing, sign_receipt(replaced(**values | {"receiver": stranger.origin}), other)),
    ]
    before = two.field.checkpoint()
    for error, text in forged:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(error):
            take(two.field, path, actor="Ana", reason="came back")
    assert two.field.checkpoint() == before
    assert peer_named(two.field, "HQ").sent == 0
    assert two.confirmed(done).state == "received"
    assert two.confirmed(done).state == "received"  # twice is once
    peer = peer_named(two.field, "HQ")
    assert (peer.sent, peer.waiting) == (bundle.size, ())
    assert two.field.read().get(bundle.bundle).get("receipt") == done.receipt


def test_a_later_receipt_tells_for_the_earlier_bundle(two: Two) -> None:
    first = two.packed()
    put(two.field, "second", make="Sony")
    second = two.packed()
    assert peer_named(two.field, "HQ").waiting == (first.bundle, second.bundle)
    two.confirmed(two.taken(second))
    assert peer_named(two.field, "HQ").waiting == ()


def test_what_is_sealed_opens_with_each_key_of_its_own_and_no_other(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    keys = [SealKey.generate() for _ in range(3)]
    know(two.field, two.hq, "HQ", seal_to=[one.public for one in keys])
    bundle = two.packed()
    assert bundle.sealed
    data = Path(bundle.path).read_bytes()
    for canary in (b"Altera", PICTURE[:40], two.field.origin.encode(), b"bagit"):
        assert canary not in data
    for number, key in enumerate(keys):
        hq = Case.create(tmp_path / f"hq{number}")
        know(hq, two.field, "Field")
        with pytest.raises(Refused, match="sealed"):
            take(hq, Path(bundle.path), actor="B", reason="r")
        with pytest.raises(Refused, match="other keys"):
            take(hq, Path(bundle.path), actor="B", reason="r", keys=[SealKey.generate()])
        with pytest.raises(Refused, match="another device"):  # opened, but for headquarters alone
            take(hq, Path(bundle.path), actor="B", reason="r", keys=[SealKey.generate(), key])
        assert two.taken(bundle, keys=[key]).state == ("known" if number else "taken")
    assert [one.sealed for one in (two.packed(), two.packed(in_the_open=True))] == [True, False]


@pytest.mark.parametrize("which", ["field", "hq", "both"])
def test_an_encrypted_case_at_either_end(tmp_path: Path, which: str) -> None:
    made = {"field": encrypted_case if which != "hq" else Case.create,
            "hq": encrypted_case if which != "field" else Case.create}
    two = two_devices(tmp_path, **made)
    if which != "hq":
        with pytest.raises(Invalid, match="encrypted"):
            two.packed()
    key = SealKey.generate()
    know(two.field, two.hq, "HQ", seal_to=[key.public])
    done = two.taken(two.packed(), keys=[key])
    assert (done.state, done.taken, done.originals) == ("taken", 2, 1)
    assert two.confirmed(done).state == "received"
    digest = two.hq.read().get("photo-first0000").get("digest")
    with two.hq.vault.stream(digest) as stream:
        assert stream.read() == PICTURE
    for case in (two.field, two.hq):
        assert check_case(case) == []
        if case.keys is not None:
            held = b"".join(one.read_bytes() for one in case.folder.rglob("*") if one.is_file())
            assert b"Altera" not in held
            assert PICTURE[:64] not in held


def test_the_name_says_to_whom_and_from_which_log(two: Two) -> None:
    done = packing.pack(two.field, "HQ", two.stick, actor="Ana", reason="r")
    log = two.field.origin.rpartition("/")[2].lower()
    assert Path(done.path).name.startswith("hq-from-")
    assert re.sub("[^a-z0-9]+", "-", log) in Path(done.path).name


def test_what_cannot_be_packed_leaves_nothing(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    before = two.field.checkpoint()

    def tried(error: type[HeadstampError], match: str, place: Path, device: str = "HQ") -> None:
        with pytest.raises(error, match=match):
            packing.pack(two.field, device, place, actor="Ana", reason="r")

    tried(Missing, "no device", two.stick, "nobody")
    tried(Missing, "no folder", two.stick / "none" / "x.bundle.tar")
    (two.stick / "there").write_text("mine")
    tried(Conflicting, "is there already", two.stick / "there")
    assert (two.stick / "there").read_text() == "mine"

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr("headstamp.actions.exchange.pack.os.fsync", full)
        tried(Unavailable, "No space left", two.stick / "new.bundle.tar")
    assert [one.name for one in two.stick.iterdir()] == ["there"]
    assert two.field.checkpoint() == before
    for change in (mark_lost, retire):
        change(two.field, "HQ", actor="Ana", reason="gone")
        tried(Invalid, "nothing is packed for it", two.stick)
        trust(two.field, "HQ", actor="Ana", reason="back")
    assert two.packed().records == 2


def test_an_original_that_is_missing_is_told_at_both_ends(two: Two) -> None:
    digest = next(iter(two.field.vault.digests()))
    two.field.vault.place(digest).rename(two.stick / "elsewhere")
    bundle = two.packed()
    assert (bundle.originals, bundle.missing) == (0, (digest,))
    done = two.taken(bundle)
    assert (done.taken, done.missing) == (2, (digest,))


def test_both_ways_and_nothing_travels_in_circles(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    put(two.hq, "fromhq", make="Sony")
    back = two.packed(two.hq)
    assert [one["entry"] for one in lines(opened(Path(back.path)))]
    done = two.taken(back, by=two.field)
    assert (done.taken, done.known, done.beside) == (1, 2, 0)
    two.confirmed(done, by=two.hq)
    with two.hq.change(actor="Ben", reason="corrected") as change:
        change.put(make("item", "first", make="Altera", model="MAX 10"))
    second = two.taken(two.packed(two.hq), by=two.field)
    assert (second.taken, second.known) == (1, 0)
    third = two.packed()
    assert third.records == 0  # their own they have
    assert two.taken(third).taken == 0
    for case in (two.field, two.hq):
        assert case.read().get(ITEM).get("model") == "MAX 10"
        assert check_case(case) == []


def test_a_bundle_is_a_plain_tar_with_lists_that_sha256sum_reads(two: Two, tmp_path: Path) -> None:
    import hashlib
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(Path(two.packed().path).read_bytes())) as box:
        unpack(box, tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    listed = dict(reversed(line.split("  ", 1)) for line in
                  (folder / "manifest-sha256.txt").read_text().splitlines())
    assert {f"{one.relative_to(folder)}" for one in (folder / "data").rglob("*") if one.is_file()} == set(listed)
    for name, total in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == total
