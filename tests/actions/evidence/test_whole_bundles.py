"""A transfer bundle with everything in it, for all checkers: records of every type, two logs, a
replaced key, an erasure, a time stamp. What one refuses of the log in it, the receiver refuses too (I6).

200 bundles with a tampered log, signed anew by their device, in ``make soak``; 15 in ``make test``.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.evidence.export_log import export_log
from headstamp.actions.evidence.stamping import stamp
from headstamp.actions.exchange.take import take
from headstamp.errors import HeadstampError
from headstamp.evidence.entry import read
from headstamp.exchange.authority import Authority
from headstamp.records import TYPES
from headstamp.store.new_key import replace_key
from tests.actions.evidence import bundles
from tests.actions.evidence.bundles import Bundle, by_form, by_hand
from tests.actions.evidence.bundles.bundle import all_entries
from tests.actions.evidence.test_foreign_checkers import go, verdicts
from tests.actions.exchange.travel import (
    ITEM,
    SIGNERS,
    Files,
    Two,
    closed,
    opened,
    put,
    state,
    two_devices,
)
from tests.effort import counted
from tests.exchange.tsa import Tsa, verifies
from tests.making import fill

__all__ = ["go"]

MANY = counted(15, 200)
LOG = "data/log/"


@dataclass(frozen=True)
class Packed:
    """Two devices, a bundle on its way from the field to headquarters, and the authority's certificate."""

    two: Two
    files: Files
    whole: Bundle
    path: Path
    tsa: Tsa


def _unpacked(files: Files, folder: Path) -> Path:
    for name, data in files.items():
        if name.startswith(LOG):
            path = folder / name.removeprefix(LOG)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    folder = tmp_path_factory.mktemp("packed")
    two, tsa = two_devices(folder), Tsa.make(folder / "tsa")
    with two.field.change(actor="Ana", reason="of every type") as change:
        change.file(b"")
        fill(change)
    two.confirmed(two.taken(two.packed()))
    for case, word in ((two.field, "left"), (two.hq, "right")):
        put(case, "first", make=word)
    two.taken(two.packed(two.hq), two.field)
    asked = ask(two.field, ITEM, fields=["make"], ground="safety", actor="Ana", clearance="sealed")
    approve(two.field, asked, actor="Ben", clearance="sealed")
    kept = folder / "kept"
    kept.write_text(two.field.checkpoint_note(), "utf-8")
    replace_key(two.field, actor="Ana", reason="turn")
    signer = two.field.signer()
    assert signer is not None
    SIGNERS[signer.verifier_key] = signer
    stamp(two.field, [Authority("Ministry", "http://m.example/")], actor="Ana",
          ask=lambda url, request: tsa.answer(request))
    path = Path(two.packed(everything=True).path)
    files = opened(path)
    whole = Bundle(_unpacked(files, folder / "log"), two.field.key_line.first.text(), (kept,),
                   (bundles.Held(0, signer),))
    return Packed(two, files, whole, path, tsa)


def test_all_agree_that_everything_is_good(packed: Packed, go: Path, tmp_path: Path) -> None:
    """Four checkers on the log in the bundle and on exported ones; openssl on the time stamp."""
    field = packed.two.field
    notes = [path.read_text("utf-8") for path in packed.whole.against]
    assert check_case(field, against=notes) == []
    assert {code for code, _ in verdicts(packed.whole, go).values()} == {0}
    told = [read(entry) for entry in all_entries(packed.whole) if entry]
    assert {"put", "hold"} <= {one.act for one in told}
    # Devices and bundles stay where they were made; all other types are in the bundle.
    here = {one.kind.partition("/")[0] for one in told}
    assert here == {kind.name for kind in TYPES} - {"device", "bundle"}
    for clearance in ("public", "partner", "restricted", "sealed"):
        export_log(field, tmp_path / clearance, clearance=clearance, records=True)
        exported = replace(packed.whole, folder=tmp_path / clearance)
        assert {code for code, _ in verdicts(exported, go).values()} == {0}, clearance
    sealed = [read(entry).kind.partition("/")[0] for entry in all_entries(exported) if entry]
    assert set(sealed) == {kind.name for kind in TYPES} and len(TYPES) >= 30
    stamped = sorted((tmp_path / "sealed" / "timestamps").glob("*.checkpoint"))
    assert stamped
    for path in stamped:
        by_log = replace(exported, against=(path,))
        assert {code for code, _ in verdicts(by_log, go).values()} == {0}
        assert verifies(path, path.with_suffix(".tsr"), packed.tsa.ca)
        # An answer is of one imprint: beside another checkpoint of the same log it shows nothing.
        assert not verifies(packed.whole.against[0], path.with_suffix(".tsr"), packed.tsa.ca)


def test_what_a_checker_refuses_of_a_bundle_s_log_the_receiver_refuses(
    packed: Packed, go: Path, tmp_path: Path
) -> None:
    """The device itself signs the whole anew: sums and signature are right, the log is not."""
    ways = {name: way for name, way in (by_hand.ways() | by_form.ways()).items()
            # A link or a pipe cannot stand in a bundle, what was kept is not in it, and a shown
            # value or an original of the log's own neither.
            if not name.startswith(("link", "kept")) and not any(word in name for word in (
                "link", "pipe", "shown", "disclosed", "original", "salt", "withheld", "terminal"))}
    done, seed, before = 0, 0, state(packed.two.hq)
    while done < MANY:
        name = sorted(ways)[seed % len(ways)] if len(ways) < MANY else Random(f"which {seed}").choice(sorted(ways))
        seed += 1
        assert seed < 20 * MANY
        shutil.rmtree(tmp_path / "one", ignore_errors=True)
        bundle = bundles.tampered(replace(packed.whole, against=()), name, seed, tmp_path / "one")
        if bundle is None:
            continue
        codes = {who: code for who, (code, _) in verdicts(bundle, go).items()}
        assert set(codes.values()) == {9}, (name, seed, codes)
        log = {LOG + path.relative_to(bundle.folder).as_posix(): path.read_bytes()
               for path in sorted(bundle.folder.rglob("*")) if path.is_file()}
        rest = {key: data for key, data in packed.files.items() if not key.startswith(LOG)}
        with pytest.raises(HeadstampError):
            take(packed.two.hq, closed(rest | log, tmp_path / "one.bundle.tar"), actor="Ben", reason="came")
        assert state(packed.two.hq) == before, (name, seed)
        done += 1
    assert done == MANY


def test_the_true_bundle_is_taken(packed: Packed, tmp_path: Path) -> None:
    """Nothing of the refused ones stands in its way; sums by coreutils, the log by its own checker."""
    subprocess.run(["tar", "-xf", packed.path, "-C", tmp_path], check=True)
    [bag] = tmp_path.iterdir()
    subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt"],
                   cwd=bag, check=True)
    subprocess.run(["python3", "-I", "data/log/verify.py", "data/log", "--key", packed.whole.key,
                    "--against", packed.whole.against[0]], cwd=bag, check=True, stdout=subprocess.DEVNULL)
    done = packed.two.taken(packed.path)
    assert done.state == "taken"
    assert check_case(packed.two.hq) == []
