"""Fifty and more forged bundles (S4): each refused with its reason, and nothing changed by it."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.devices import mark_lost, peer_named, retire
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.take import take
from headstamp.errors import HeadstampError, Invalid, Refused, Tampered, Unreadable
from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint
from headstamp.evidence.note import Signer, sign
from headstamp.exchange.keys import SealKey
from headstamp.exchange.sealing import sealed
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import (
    Files,
    Two,
    closed,
    know,
    lined,
    lines,
    opened,
    put,
    state,
    stated,
    two_devices,
)

Forgery = Callable[[Files], Files]


def entries_name(files: Files) -> str:
    return next(name for name in files if name.startswith("data/log/tile/entries/"))


def entries_of(files: Files) -> list[bytes]:
    name = entries_name(files)
    return export.unpack(files[name], int(name.rpartition("/")[2]))


def with_entries(files: Files, some: list[bytes]) -> Files:
    return files | {entries_name(files): export.pack(some)}


def body(n: int, **changed: object) -> Forgery:
    def forge(files: Files) -> Files:
        some = lines(files)
        some[n]["body"] = {**some[n]["body"], **changed}  # type: ignore[dict-item]
        return lined(files, some)
    return forge


def line(n: int, **changed: object) -> Forgery:
    def forge(files: Files) -> Files:
        some = lines(files)
        some[n] = {**some[n], **changed}
        return lined(files, some)
    return forge


def entry(n: int, old: bytes, new: bytes) -> Forgery:
    def forge(files: Files) -> Files:
        some = entries_of(files)
        assert old in some[n]
        some[n] = some[n].replace(old, new)
        return with_entries(files, some)
    return forge


def without(name: str) -> Forgery:
    return lambda files: {key: data for key, data in files.items() if not key.startswith(name)}


def more(name: str, data: bytes = b"x") -> Forgery:
    return lambda files: files | {name: data}


def original(change: Callable[[bytes], bytes], rename: bool = False) -> Forgery:
    def forge(files: Files) -> Files:
        name = next(one for one in files if one.startswith("data/originals/"))
        data = change(files[name])
        rest = {key: value for key, value in files.items() if key != name}
        return rest | {f"data/originals/{hashlib.sha256(data).hexdigest()}" if rename else name: data}
    return forge


def checkpoint(change: Callable[[str], str]) -> Forgery:
    return lambda files: files | {
        "data/log/checkpoint": change(files["data/log/checkpoint"].decode()).encode()}


def resigned(files: Files) -> Files:
    """The log signed by another key of the same name."""
    text = files["data/log/checkpoint"].decode().partition("\n\n")[0] + "\n"
    forger = Signer.generate(Checkpoint.parse(text).origin)
    note = sign(text, forger)
    told = orjson.loads(files["data/log/log.json"])
    told |= {"key": forger.verifier_key, "checkpoints": 1}
    return stated(files | {
        "data/log/checkpoint": note.encode(), "data/log/checkpoints.jsonl": export.checkpoint_line(note),
        "data/log/log.json": orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n",
    }, sender=forger.verifier_key)


SEED = base64.b64encode(bytes(16)).decode()
STRANGER = Signer.generate("headstamp.local/stranger").verifier_key
FORGED: dict[str, Forgery] = {
    # values and what binds them
    "a value changed": body(0, make="Sony"),
    "a value added": body(0, model="MAX 10"),
    "a value taken away": lambda files: line(0, body={"family": "unknown", "tier": "partner"})(files),
    "a tier lowered": body(0, tier="public"),
    "another original named": body(1, digest="0" * 64),
    "a seed changed": line(0, seed=SEED),
    "a seed too short": line(0, seed=base64.b64encode(bytes(8)).decode()),
    "salts that say all was erased": line(
        0, body={}, seed=base64.b64encode(b"\x01" + bytes(48)).decode()),
    "salts in the place of a seed": line(0, seed=base64.b64encode(b"\x01" + bytes(48)).decode()),
    "the version of another entry": line(0, entry=2),
    "the version of a withheld entry": line(0, entry=0),
    "the version of an entry to come": line(1, entry=99),
    "a version made from what was not": line(0, after=["headstamp.local/x 1"]),
    "two versions changed about": lambda files: lined(files, [
        {**one, "entry": other["entry"]}
        for one, other in zip(lines(files), lines(files)[::-1], strict=True)][::-1]),
    "lines out of order": lambda files: lined(files, lines(files)[::-1]),
    "a line twice": lambda files: lined(files, [lines(files)[0], *lines(files)]),
    "a line left out": lambda files: lined(files, lines(files)[1:]),
    "a line more than told": lambda files: stated(files, records=1),
    "a line less than told": lambda files: stated(files, records=3),
    "another key in a line": line(0, more=1),
    "no JSON": lambda files: files | {"data/records.jsonl": b"{nothing\n"},
    "JSON in another spelling": lambda files: files | {
        "data/records.jsonl": files["data/records.jsonl"].replace(b'":', b'": ', 1)},
    # the log
    "an entry with another actor": entry(1, b'"actor":"Ana"', b'"actor":"Bob"'),
    "an entry with another moment": entry(1, b'"at":"2', b'"at":"1'),
    "an entry for another record": entry(1, b"item-first0000", b"item-other0000"),
    "an entry of another kind": entry(1, b'"kind":"item/1"', b'"kind":"site/1"'),
    "an entry with another act": entry(1, b'"act":"put"', b'"act":"pot"'),
    "entries changed about": lambda files: with_entries(files, entries_of(files)[::-1]),
    "an entry where one is withheld": lambda files: with_entries(
        files, [entries_of(files)[1], *entries_of(files)[1:]]),
    "a hash changed": lambda files: files | {
        name: bytes([data[0] ^ 1]) + data[1:] for name, data in files.items()
        if name.startswith("data/log/tile/0/")},
    "no hashes": without("data/log/tile/0/"),
    "no entries": without("data/log/tile/entries/"),
    "no checkpoint": without("data/log/checkpoint"),
    "no log": without("data/log/"),
    "no statement of the log": without("data/log/log.json"),
    "another root": checkpoint(lambda text: text.replace(text.split("\n")[2], SEED[:-2] * 2)),
    "a larger log": checkpoint(lambda text: text.replace("\n3\n", "\n4\n")),
    "a smaller log": checkpoint(lambda text: text.replace("\n3\n", "\n2\n")),
    "no signature": checkpoint(lambda text: text.partition("\n\n")[0] + "\n\n"),
    "an older checkpoint": lambda files: files | {
        "data/log/checkpoint": orjson.loads(
            files["data/log/checkpoints.jsonl"].splitlines()[1]).encode()},
    "signed by another key of that name": resigned,
    # what the bundle says of itself
    "from a log that is not known": lambda files: stated(files, sender=STRANGER),
    "for another device": lambda files: stated(files, to=[STRANGER]),
    "for nobody": lambda files: stated(files, to=[]),
    "up to more than there is": lambda files: stated(files, size=4),
    "up to less than there is": lambda files: stated(files, size=2),
    "from beyond the end": lambda files: stated(files, first=4),
    "from later than its lines": lambda files: stated(files, first=2),
    "with an original more": lambda files: stated(files, originals=2),
    "packed by nobody": lambda files: stated(files, made_by=""),
    "packed at no time": lambda files: stated(files, made_at="yesterday"),
    "of a form to come": lambda files: stated(files, format="headstamp-bundle/2"),
    "with a key more": lambda files: stated(files, more=1),
    "no statement": without("data/bundle.json"),
    "no records": without("data/records.jsonl"),
    # originals and other files
    "an original changed": original(lambda data: data[:-1] + b"x"),
    "an original cut": original(lambda data: data[:-1]),
    "an original left out": without("data/originals/"),
    "an original that nobody told of": lambda files: more(
        f"data/originals/{hashlib.sha256(b'x').hexdigest()}")(files),
    "an original under no digest": more("data/originals/photo.jpg"),
    "a file besides": more("data/run.sh"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Two, Files, Path]:
    two = two_devices(tmp_path_factory.mktemp("forged"))
    path = Path(two.packed().path)
    return two, opened(path), path


def refused(case: Case, path: Path, *, keys: tuple[SealKey, ...] = ()) -> HeadstampError:
    """The error by which a bundle is refused; fails where anything of it stayed."""
    before = state(case)
    with pytest.raises(HeadstampError) as told:
        take(case, path, actor="Ben", reason="came by stick", keys=keys)
    assert len(told.value.message) > 20, "no reason was given"
    assert state(case) == before
    return told.value


def test_there_are_more_than_fifty() -> None:
    assert len(FORGED) + len(RAW) >= 50


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_bundle_is_refused_and_changes_nothing(
    shared: tuple[Two, Files, Path], name: str, tmp_path: Path
) -> None:
    two, files, _ = shared
    forged = FORGED[name](dict(files))
    assert forged != files
    error = refused(two.hq, closed(forged, tmp_path / "forged"))
    assert isinstance(error, Invalid | Unreadable | Tampered | Refused)


def flipped(data: bytes, share: float) -> bytes:
    at = int(len(data) * share)
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def find(data: bytes, wanted: bytes, new: bytes) -> bytes:
    assert wanted in data
    return data.replace(wanted, new, 1)


RAW: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda data: data[:-20000],
    "empty": lambda _: b"",
    "something after the end": lambda data: data + b"x" * 512,
    "a value changed in the box": lambda data: find(data, b"Altera", b"Alters"),
    "an original changed in the box": lambda data: find(data, bytes(range(200)), bytes(range(1, 201))),
    "a sum changed in the manifest": lambda data: find(
        data, b"  data/bundle.json", b"  data/bundle.jsom"),
    "a name out of the folder": lambda data: find(data, b"/data/bundle.json\0", b"/../../bundle.js\0"),
    "bits turned in the middle": lambda data: flipped(data, 0.5),
    "bits turned early": lambda data: flipped(data, 0.02),
}


@pytest.mark.parametrize("name", RAW)
def test_a_damaged_box_is_refused_and_changes_nothing(
    shared: tuple[Two, Files, Path], name: str, tmp_path: Path
) -> None:
    two, _, path = shared
    (tmp_path / "forged").write_bytes(RAW[name](path.read_bytes()))
    refused(two.hq, tmp_path / "forged")


def test_a_damaged_seal_is_refused_and_changes_nothing(
    shared: tuple[Two, Files, Path], tmp_path: Path
) -> None:
    two, _, path = shared
    key = SealKey.generate()
    whole = tmp_path / "sealed"
    with whole.open("wb") as target, sealed(target, [key.public]) as stream:
        stream.write(path.read_bytes())
    data = whole.read_bytes()
    for n, forged in enumerate((data[:-1], data[: len(data) // 2], flipped(data, 0.9), flipped(data, 0.4),
                                data[:100], flipped(data, 0.001))):
        (tmp_path / f"{n}").write_bytes(forged)
        refused(two.hq, tmp_path / f"{n}", keys=(key,))
    refused(two.hq, whole)
    refused(two.hq, whole, keys=(SealKey.generate(),))


def test_after_all_of_them_the_true_bundle_is_taken(shared: tuple[Two, Files, Path], tmp_path: Path) -> None:
    two, _, path = shared
    folder = tmp_path / "hq"
    shutil.copytree(two.hq.folder, folder)
    with Case.open(folder) as hq:
        assert take(hq, path, actor="Ben", reason="r").taken == 2
        assert check_case(hq) == []


def test_a_record_that_stays_where_it_was_made_is_not_taken_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = two_devices(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("headstamp.store.handing.LOCAL", frozenset())
        forged = two.packed()
    assert forged.records == 3
    told = refused(two.hq, Path(forged.path))
    assert "stays where it was made" in str(told)


def test_who_may_not_hand_over_is_refused(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    stranger = Case.create(tmp_path / "stranger")
    put(stranger, "other", make="x")
    know(stranger, two.hq, "HQ")
    foreign = two.packed(stranger)
    assert "is not known here" in refused(two.hq, Path(foreign.path)).message
    know(two.field, stranger, "Third")
    third = tmp_path / "third.bundle.tar"
    pack(two.field, "Third", third, actor="Ana", reason="r")
    assert "for another device" in refused(two.hq, third).message
    own = two.packed(two.hq)
    assert "on this very device" in refused(two.hq, Path(own.path)).message
    good = two.packed()
    retire(two.hq, "Field", actor="Ben", reason="broken")
    assert "no longer used" in refused(two.hq, Path(good.path)).message


def test_what_a_lost_device_signs_later_is_put_aside_as_it_came(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    first = two.packed()
    two.taken(first)
    put(two.field, "second", make="Sony")
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    later = two.packed()
    done = two.taken(later)
    assert (done.state, done.taken, done.receipt) == ("quarantined", 0, "")
    assert two.taken(later).bundle == done.bundle  # twice is once
    with two.hq.vault.stream(two.hq.read().get(done.bundle).get("digest")) as stream:
        assert stream.read() == Path(later.path).read_bytes()
    assert two.hq.read().list("item").total == 1
    assert two.taken(first).state == "known"  # what came before the loss stands
    assert check_case(two.hq) == []


def test_an_older_bundle_adds_nothing_and_hides_nothing(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    old = two.packed()
    with two.field.change(actor="Ana", reason="corrected") as change:
        change.put(make("item", "first", make="Xilinx"))
    new = two.packed()
    assert two.taken(new).taken == 3
    done = two.taken(old)
    assert (done.state, done.taken, done.known, done.beside) == ("taken", 0, 2, 0)
    assert two.hq.read().get("item-first0000").get("make") == "Xilinx"
    assert peer_named(two.hq, "Field").taken == new.size
    for _ in range(3):
        assert [two.taken(one).state for one in (old, new)] == ["known", "known"]
    assert check_case(two.hq) == []


def test_what_a_carrier_left_out_is_not_confirmed_and_comes_with_the_true_bundle(tmp_path: Path) -> None:
    two = two_devices(tmp_path)
    true = two.packed()
    files = opened(Path(true.path))
    some = entries_of(files)
    told = orjson.loads(files["data/log/log.json"]) | {"withheld": 2}
    less = lined(with_entries(files, [b"", some[1], b""]), lines(files)[:1])
    less = stated({name: data for name, data in less.items() if not name.startswith("data/originals/")},
                  originals=0) | {
        "data/log/log.json": orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"}
    done = two.taken(closed(less, tmp_path / "less"))
    assert (done.state, done.taken) == ("taken", 1)
    with pytest.raises(HeadstampError, match="not packed here"):
        two.confirmed(done)
    assert peer_named(two.field, "HQ").sent == 0
    done = two.taken(true)
    assert (done.state, done.taken, done.known, done.originals) == ("taken", 1, 1, 1)
    assert two.confirmed(done).state == "received"
    assert check_case(two.hq) == []
