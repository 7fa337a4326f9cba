"""What the doctor says of the exchange with other devices; silent where all is confirmed."""

from __future__ import annotations

import os
import shlex
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from headstamp.actions.exchange.devices import mark_lost, trust
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.settling import rivals, settle
from headstamp.actions.keeping import doctor
from headstamp.actions.keeping.backups import back_up
from headstamp.cli.edge import main
from headstamp.store.case import Case, now
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM, Two, put, two_devices


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def told(case: Case, hours: float = 0) -> dict[str, str]:
    """The ailments of the exchange by code, with their grades."""
    report = doctor.examine(str(case.folder), clock=lambda: now() + timedelta(hours=hours))
    for one in report.ailments:
        assert one.remedy[0].isupper()
    return {one.what: one.grade for one in report.ailments
            if one.what in ("bundle_unconfirmed", "bundle_aside", "conflicts_open", "left_over")}


def test_a_bundle_without_receipt_is_told_after_a_day_and_no_more_once_confirmed(two: Two) -> None:
    bundle = two.packed()
    assert told(two.field, 23) == {}
    assert told(two.field, 25) == {"bundle_unconfirmed": "fault"}
    two.confirmed(two.taken(bundle))
    assert told(two.field, 25) == {}


def test_a_contradiction_is_told_until_it_is_settled(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    for case, word in ((two.field, "x"), (two.hq, "y")):
        with case.change(actor="Ana", reason="seen") as change:
            change.put(make("item", "first", make=word))
    two.confirmed(two.taken(two.packed()))
    assert told(two.hq) == {"conflicts_open": "note"}
    current, some = rivals(two.hq, ITEM, "sealed")
    settle(two.hq, ITEM, current.values, names=[one.name for one in some], expected=current.version,
           clearance="sealed", actor="Ben", reason="asked")
    assert told(two.hq) == {}


def test_what_was_put_aside_is_told_and_a_fork_is_evidence(two: Two, tmp_path: Path) -> None:
    two.confirmed(two.taken(two.packed()))
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    put(two.field, "second", make="Sony")
    later = two.packed()
    two.taken(later)
    assert told(two.hq) == {"bundle_aside": "fault"}
    (aside,) = [one for one in doctor.examine(str(two.hq.folder)).ailments if one.what == "bundle_aside"]
    assert "--key FILE" in aside.remedy  # without it a sealed one is refused: how most of them come
    trust(two.hq, "Field", actor="Ben", reason="found")
    assert two.taken(later).state == "taken"
    assert told(two.hq) == {}
    with Case.open(copy) as fork:
        put(fork, "fork", make="y")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r")
    two.taken(path)
    assert told(two.hq) == {"bundle_aside": "evidence"}
    assert doctor.examine(str(two.hq.folder)).exit_code == 9


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_the_log_kept_of_a_bundle_is_no_photograph_and_is_packed_again(two: Two, harm: str) -> None:
    two.confirmed(two.taken(two.packed()))
    (kept,) = [one for one in two.hq.read("sealed").list("bundle").rows if one.get("digest")]
    path = two.hq.vault.path(kept.get("digest"))
    path.chmod(0o600)
    path.unlink() if harm == "gone" else path.write_bytes(b"x")
    (one,) = [one for one in doctor.examine(str(two.hq.folder)).ailments if one.about == kept.id]
    assert one.grade == "evidence" and "photograph" not in one.words and "kept of a bundle" in one.words
    assert "pack all of it again on Field (headstamp pack DEVICE --everything" in one.remedy
    assert "backup" not in one.remedy and one.run == ()  # none was ever made
    (two.hq.folder.parent / "stick2").mkdir()
    back_up(two.hq.folder, two.hq.folder.parent / "stick2")
    (one,) = [one for one in doctor.examine(str(two.hq.folder)).ailments if one.about == kept.id]
    assert "backup" in one.remedy and "on Field" in one.remedy and "restore" in one.run[1]


def test_what_a_cut_off_taking_left_is_told(two: Two) -> None:
    left = two.hq.folder / ".taking-abc"
    left.mkdir()
    assert told(two.hq) == {}  # it may be at work just now
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    os.utime(left, (long_ago, long_ago))
    assert told(two.hq) == {"left_over": "note"}


def typed(case: Case, what: str, hours: float = 0, **given: object) -> None:
    """What the doctor says to type for an ailment, typed; ``given`` stands for the words in capitals."""
    report = doctor.examine(str(case.folder), clock=lambda: now() + timedelta(hours=hours))
    (one,) = (one for one in report.ailments if one.what == what)
    assert one.run and {word for word, _ in one.fill_in} <= given.keys() | {"TEXT"}
    for command in one.run:
        words = [str({"TEXT": "asked its holder", **given}.get(word, word)) for word in shlex.split(command)]
        assert main(words[1:]) in (0, 2, 5), command  # the second of two ways finds it done


def test_what_is_to_be_typed_settles_it(two: Two, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADSTAMP_ACTOR", "Ben")
    bundle = two.packed()
    receipt = tmp_path / "receipt"
    receipt.write_text(two.taken(bundle).receipt or "")
    typed(two.field, "bundle_unconfirmed", 25, FILE=receipt)
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    put(two.field, "second", make="Sony")
    two.taken(two.packed())
    typed(two.hq, "bundle_aside")
    assert told(two.hq) == {}
    typed(two.hq, "device_lost")
    assert "device_lost" not in {one.what for one in doctor.examine(str(two.hq.folder)).ailments}
