"""Two laptops and a stick, on the command line: cards, bundles, receipts, contradictions, a loss."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from headstamp.actions.cases import check_case
from headstamp.exchange.keys import read_keys
from headstamp.records import Item
from headstamp.store.case import Case
from tests.cli.conftest import Run

ITEM = "item-00000001"


@dataclass
class Two:
    """A field laptop and headquarters, each with the other's key on file; a folder between them."""

    field: Path
    hq: Path
    stick: Path


def put(folder: Path, make: str, record: str = ITEM) -> None:
    with Case.open(folder) as case, case.change(actor="Ana", reason="seen") as change:
        change.put(Item.build(id=record, make=make))


@pytest.fixture
def two(run: Run, tmp_path: Path) -> Two:
    found = Two(tmp_path / "field", tmp_path / "hq", tmp_path / "stick")
    found.stick.mkdir()
    for folder in (found.field, found.hq):
        Case.create(folder).close()
        card = run("device", "card", "--case", folder, "-o", found.stick / f"{folder.name}.card")
        assert card.code == 0
    assert run("device", "add", found.stick / "hq.card", "--title", "Headquarters", "--role",
               "headquarters", "--case", found.field).code == 0
    assert run("device", "add", found.stick / "field.card", "--title", "Laptop 1", "--holder", "Ana",
               "--case", found.hq).code == 0
    put(found.field, "Altera")
    return found


def carry(run: Run, giver: Path, taker: Path, to: str, stick: Path, *more: object) -> tuple[int, dict]:
    """Packs there and takes here; gives the exit code and the answer of taking."""
    packed = run("pack", to, "--to", stick, "--case", giver, "--json")
    assert packed.code == 0, packed.out
    done = run("take", packed.json["path"], "--case", taker, "--json", *more)
    return done.code, {**done.json, "path": packed.json["path"]}


def test_a_day_from_packing_to_the_receipt(run: Run, two: Two) -> None:
    code, taken = carry(run, two.field, two.hq, "Headquarters", two.stick)
    assert (code, taken["state"], taken["taken"]) == (0, "taken", 1)
    assert taken["receipt_file"] == f"{taken['path']}.receipt"
    listed = run("device", "--case", two.field, "--json").json["devices"][0]
    assert (listed["sent"], len(listed["waiting"])) == (0, 1)
    arrived = run("take", taken["receipt_file"], "--case", two.field)
    assert arrived.code == 0
    assert "has arrived" in arrived.out
    listed = run("device", "--case", two.field, "--json").json["devices"][0]
    assert listed["sent"] == taken["size"]
    assert listed["waiting"] == []
    again = run("take", taken["path"], "--case", two.hq, "--json")
    assert (again.code, again.json["state"]) == (0, "known")
    assert run("list", "item", "--case", two.hq, "--json").json["total"] == 1


def test_sent_is_said_of_nothing_that_is_not_confirmed(run: Run, two: Two) -> None:
    packed = run("pack", "Headquarters", "--to", two.stick, "--case", two.field)
    assert "Packed, not confirmed" in packed.out
    assert "NOT sealed" in packed.out
    table = run("device", "--case", two.field).out.splitlines()
    assert table[1].split("\t")[-2:] == ["0 of 3", "1"]


def test_the_receipt_can_be_had_again_where_the_stick_cannot_be_written(
    run: Run, two: Two, tmp_path: Path
) -> None:
    packed = run("pack", "Headquarters", "--to", two.stick, "--case", two.field, "--json").json
    (two.stick / f"{Path(packed['path']).name}.receipt").mkdir()
    first = run("take", packed["path"], "--case", two.hq, "--json")
    assert (first.code, first.json["state"], first.json["receipt_file"]) == (7, "taken", None)
    assert "--receipt" in first.err
    second = run("take", packed["path"], "--case", two.hq, "--receipt", tmp_path / "r", "--json")
    assert (second.code, second.json["state"]) == (0, "known")
    assert run("take", tmp_path / "r", "--case", two.field, "--json").json["state"] == "received"


def test_a_card_as_qr_code_says_what_the_card_says(run: Run, two: Two, tmp_path: Path) -> None:
    told = run("device", "card", "--qr", "--png", tmp_path / "card.png", "--case", two.hq)
    (read,) = zxingcpp.read_barcodes(Image.open(tmp_path / "card.png"))
    assert read.text == (two.stick / "hq.card").read_text()
    assert read.text in told.out
    assert "\u2588" in told.out
    assert run("device", "card", "--png", tmp_path / "card.png", "--case", two.hq).code == 5


def test_what_is_no_device_is_refused(run: Run, two: Two) -> None:
    own = run("device", "card", "--case", two.hq, "--json").json["key"]
    for code, arguments in (
        (2, ["device", "add", own, "--title", "me"]),
        (2, ["device", "add", own[:-5], "--title", "me"]),
        (3, ["device", "add", "no-such-file", "--title", "me"]),
        (3, ["device", "lost", "nobody", "--reason", "gone"]),
        (3, ["pack", "nobody", "--to", two.stick]),
        (3, ["take", two.stick / "nothing"]),
        (6, ["take", two.stick / "hq.card"]),
        (2, ["take"]), (2, ["take", "x", "--release"]),
        (3, ["take", "bndl-00000001", "--release", "--reason", "seen"]),
        (3, ["take", "bndl-00000001", "--leave", "--reason", "seen"]),
        (3, ["conflicts", "item-99999999"]),
    ):
        told = run(*arguments, "--case", two.hq, "--json")
        assert told.code == code, (arguments, told.out)


def test_keys_are_never_kept_in_the_case_and_either_recovery_key_opens(
    run: Run, two: Two, tmp_path: Path
) -> None:
    inside = run("device", "keys", "--for", "headquarters", "-o", two.hq / "hq.key", "--case", two.hq)
    assert (inside.code, (two.hq / "hq.key").exists()) == (4, False)
    assert run("device", "card", "--case", two.hq, "--json").json["seal_to"] == []
    assert run("device", "keys", "--for", "headquarters", "-o", tmp_path / "hq.key",
               "--case", two.hq).code == 0
    sheets = [tmp_path / "one", tmp_path / "two"]
    made = run("device", "keys", "--for", "recovery", "-o", sheets[0], "-o", sheets[1],
               "--case", two.hq, "--json").json
    assert (len(made["seal_to"]), made["secret"]) == (3, [])
    assert "RECOVERY KEY 2 OF 2" in sheets[1].read_text()
    printed = run("device", "keys", "--for", "headquarters", "--case", two.hq)
    assert read_keys(printed.out.splitlines()[3])
    card = run("device", "card", "--case", two.hq).out
    assert run("device", "add", card, "--title", "Headquarters", "--case", two.field).code == 0

    packed = run("pack", "Headquarters", "--to", two.stick, "--case", two.field, "--json").json
    assert packed["sealed"]
    assert run("take", packed["path"], "--case", two.hq).code == 4
    secrets = tmp_path / "typed"  # as somebody types it off the paper, who has the other keys not
    secrets.write_text("\n".join(line for line in sheets[1].read_text().splitlines()
                                 if line.startswith("    ") and "age1" not in line).lower())
    done = run("take", packed["path"], "--key", secrets, "--case", two.hq, "--json")
    assert (done.code, done.json["state"]) == (0, "taken")
    held = b"".join(one.read_bytes() for one in two.hq.rglob("*") if one.is_file())
    for path in (tmp_path / "hq.key", *sheets):
        for secret in read_keys("\n".join(line for line in path.read_text().splitlines()
                                          if "AGE-SECRET" in line or line.startswith("     ")
                                          or (path in sheets and line.startswith("    ")
                                              and "age1" not in line))):
            assert secret.secret.encode() not in held


def test_a_lost_laptop_is_put_aside_and_a_person_decides(run: Run, two: Two) -> None:
    assert carry(run, two.field, two.hq, "Headquarters", two.stick)[0] == 0
    assert run("device", "lost", "Laptop 1", "--reason", "stolen at the hotel", "--case", two.hq).code == 0
    put(two.field, "Sony", "item-00000002")
    code, aside = carry(run, two.field, two.hq, "Headquarters", two.stick)
    assert (code, aside["state"], aside["receipt_file"]) == (9, "quarantined", None)
    Path(aside["path"]).unlink()
    listed = run("take", "--list-aside", "--case", two.hq, "--json").json["aside"]
    assert [(one["bundle"], one["device"]) for one in listed] == [(aside["bundle"], "Laptop 1")]
    left = run("take", aside["bundle"], "--leave", "--reason", "not now", "--case", two.hq)
    assert f"can still be taken in: headstamp take {aside['bundle']} --release --reason TEXT" in left.out
    assert (left.code, run("take", "--list-aside", "--case", two.hq, "--json").json) == (0, {"aside": []})
    assert run("list", "item", "--case", two.hq, "--json").json["total"] == 1
    receipt = two.stick / "later.receipt"
    done = run("take", aside["bundle"], "--release", "--reason", "Ana had it all the time",
               "--receipt", receipt, "--case", two.hq, "--json")
    assert (done.code, done.json["state"], done.json["taken"]) == (0, "taken", 1)
    assert done.json["bundle"] == aside["bundle"]
    assert run("take", receipt, "--case", two.field, "--json").json["state"] == "received"
    assert run("take", aside["bundle"], "--release", "--reason", "again", "--case", two.hq).code == 2
    assert run("device", "trust", "Laptop 1", "--reason", "found", "--case", two.hq).code == 0
    assert run("device", "retire", "Laptop 1", "--reason", "broken", "--case", two.hq).code == 0
    packed = run("pack", "Headquarters", "--to", two.stick, "--everything", "--case", two.field, "--json")
    assert run("take", packed.json["path"], "--case", two.hq).code == 4
    with Case.open(two.hq) as case:
        assert check_case(case) == []


def test_headquarters_gives_back_the_checkpoint_that_it_keeps_of_a_laptop(
    run: Run, two: Two, tmp_path: Path
) -> None:
    """It is the outside checkpoint against which an older state of the laptop shows."""
    assert run("checkpoint", "--of", "Laptop 1", "--case", two.hq).code == 3
    copy = shutil.copytree(two.field, tmp_path / "copy")
    put(two.field, "Vicor")
    carry(run, two.field, two.hq, "Headquarters", two.stick)
    told = run("checkpoint", "--of", "Laptop 1", "--case", two.hq)
    own = run("checkpoint", "--case", two.field)
    assert told.out.split("\n")[0] == own.out.split("\n")[0] and told.code == own.code == 0
    kept = tmp_path / "kept"
    kept.write_text(told.out, "utf-8")
    assert run("verify", "--against", kept, "--case", two.field).code == 0
    back = run("verify", "--against", kept, "--case", copy, "--json")
    assert (back.code, back.json["findings"][0]["what"]) == (9, "log_shorter_than_checkpoint")


def test_a_contradiction_is_shown_field_by_field_and_settled(run: Run, two: Two) -> None:
    assert carry(run, two.field, two.hq, "Headquarters", two.stick)[0] == 0
    put(two.field, "from the field\u202e")
    put(two.hq, "from headquarters")
    _, taken = carry(run, two.field, two.hq, "Headquarters", two.stick)
    assert (taken["beside"], taken["contested"]) == (1, [ITEM])
    assert run("conflicts", "--case", two.hq, "--json").json["conflicts"] == [
        {"id": ITEM, "kind": "item", "label": "from headquarters", "version": 2, "versions": 2}]
    shown = run("conflicts", ITEM, "--case", two.hq, "--json").json
    assert [(one["number"], one["device"], one["made_here"]) for one in shown["sides"]] == [
        (0, "this device", True), (1, "Laptop 1", False)]
    assert shown["fields"] == [{"name": "make", "values": ["from headquarters", "from the field\u202e"]}]
    words = run("conflicts", ITEM, "--case", two.hq).out
    record = run("show", ITEM, "--case", two.hq, "--json").json
    assert (record["contradicted_by"], record["history"][-1]["act"]) == (1, "hold")
    assert f"headstamp conflicts {ITEM}" in run("show", ITEM, "--case", two.hq).out
    assert "\u202e" not in words
    assert "make\tMake\tfrom headquarters\tfrom the field" in words.replace("\\u202e", "")
    for wrong in ("make", "make=2", "make=x", "family=1", "nothing=0"):
        assert run("conflicts", ITEM, "--choose", wrong, "--reason", "r", "--case", two.hq).code == 2
    assert run("conflicts", ITEM, "--choose", "make=1", "--case", two.hq).code == 2
    assert run("conflicts", "--choose", "make=1", "--case", two.hq).code == 2
    done = run("conflicts", ITEM, "--choose", "make=1", "--reason", "asked Ana", "--case", two.hq, "--json")
    assert done.code == 0
    assert run("conflicts", "--case", two.hq, "--json").json == {"conflicts": []}
    assert run("conflicts", ITEM, "--choose", "make=1", "--reason", "r", "--case", two.hq).code == 2
    assert run("show", ITEM, "--case", two.hq, "--json").json["make"] == "from the field\u202e"
    assert carry(run, two.hq, two.field, "Laptop 1", two.stick)[1]["state"] == "taken"
    assert run("conflicts", "--case", two.field, "--json").json == {"conflicts": []}


def test_a_card_of_another_device_does_not_take_over_a_name(run: Run, two: Two, tmp_path: Path) -> None:
    third = tmp_path / "third"
    assert run("init", "--case", third).code == 0
    known = run("device", "--case", two.hq, "--json").json["devices"][0]["title"]
    card = run("device", "card", "--case", third).out
    refused = run("device", "add", card, "--title", known, "--case", two.hq)
    assert (refused.code, "another device is called here" in refused.err) == (5, True)
    assert run("device", "add", card, "--title", "Third", "--case", two.hq).code == 0
    assert run("device", "add", card, "--title", "Third, Ben's", "--case", two.hq).code == 0
