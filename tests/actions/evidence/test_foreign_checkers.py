"""Four checkers agree on good and tampered bundles; three of them share no line (I6).

``headstamp-check``, the verifier that goes into every bundle, and the checker in Go on
golang.org/x/mod; of good ones also ``headstamp verify``, on the case. 200 good ones and twice
every way to tamper in ``make soak``; 20, and each way once, in ``make test``.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from headstamp import check
from headstamp.actions.cases import check_case
from headstamp.actions.evidence.erasing import approve, ask
from headstamp.actions.evidence.export_log import export_log
from headstamp.evidence import verify
from headstamp.evidence.checkpoint import sign_checkpoint
from headstamp.evidence.entry import read
from headstamp.records import Item
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key
from tests.actions.evidence import bundles
from tests.actions.evidence.bundles import Bundle
from tests.actions.evidence.bundles.bundle import all_entries
from tests.effort import EFFORT
from tests.shared import ROOT

MANY = 20 * min(EFFORT, 10)


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checker in Go, built; skips where Go is not, which CI does not allow."""
    if shutil.which("go") is None or not Path("/usr/share/gocode/src/golang.org/x/mod").is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs golang-go and golang-golang-x-mod-dev")
        pytest.skip("there is no Go with golang.org/x/mod here")
    made = tmp_path_factory.mktemp("go") / "checker"
    subprocess.run([ROOT / "tests/foreign/build.sh", made], check=True)
    return made


def verdicts(bundle: Bundle, go: Path) -> dict[str, tuple[int, str]]:
    """Exit code and words of each checker."""
    outside = [str(word) for path in bundle.against for word in ("--against", path)]
    arguments = ["--key", bundle.key, *outside, str(bundle.folder)]
    found = {}
    for name, program in (("headstamp-check", check.main), ("verify.py", verify.main)):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = program(arguments)
        found[name] = code, said.getvalue()
    done = subprocess.run([go, *arguments], capture_output=True, text=True, check=False)
    found["go"] = done.returncode, done.stdout + done.stderr
    # Whatever a bundle holds, a terminal shows it and does not obey it.
    assert not any("\x1b" in said for _, said in found.values())
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Bundle]:
    """So many good bundles."""
    return [bundles.good(seed, tmp_path_factory.mktemp("good")) for seed in range(MANY)]


def test_all_four_agree_that_200_good_bundles_are_good(whole: list[Bundle], go: Path) -> None:
    """A tenth of them in `make test`. The fourth checker is the product: `headstamp verify`."""
    seen: Counter[str] = Counter()
    for bundle in whole:
        found = verdicts(bundle, go)
        assert {code for code, _ in found.values()} == {0}, (bundle.folder, found)
        assert bundle.case is not None
        with Case.open(bundle.case) as case:
            assert check_case(case, against=[p.read_text("utf-8") for p in bundle.against]) == []
        unwitnessed = any(not held.witnessed for held in bundle.held)
        for _, said in found.values():
            assert ("unwitnessed" in said) == unwitnessed
        entries = all_entries(bundle)
        seen += Counter({read(entry).act for entry in entries if entry})
        seen += Counter({"withheld": b"" in entries, "key change": len(bundle.held) > 1,
                         "unwitnessed": unwitnessed, "kept": bool(bundle.against),
                         "erased": any(entry and read(entry).kind == "erasure/1" for entry in entries)})
    assert len(whole) == MANY
    # Enough of each sort that they would be missed.
    assert seen["put"] == MANY or EFFORT > 1
    for what, least in {"withheld": 4, "take": 5, "hold": 5, "same": 5, "settle": 5, "key change": 6,
                        "unwitnessed": 1, "kept": 4, "erased": 4}.items():
        assert seen[what] * 20 >= least * MANY * (1 if EFFORT == 1 else 0.5), (what, seen)


def test_all_agree_that_200_tampered_bundles_are_tampered(
    whole: list[Bundle], go: Path, tmp_path: Path
) -> None:
    """Every way once in `make test`, so more than half of them; in `make soak` at least twice."""
    done, ways = 0, sorted(bundles.ways())
    assert len(ways) >= 140
    for turn in range(1 if EFFORT == 1 else 2):
        for way in ways:
            seed, bundle = turn * 1000, None
            while bundle is None:
                seed += 1
                assert seed % 1000 < 200, f"never possible: {way}"
                start = whole[Random(f"{way} {seed}").randrange(len(whole))]
                shutil.rmtree(tmp_path / "one", ignore_errors=True)
                bundle = bundles.tampered(start, way, seed, tmp_path / "one")
            found = verdicts(bundle, go)
            codes = {name: code for name, (code, _) in found.items()}
            assert set(codes.values()) == {9}, (way, seed, start.folder, codes, found)
            done += 1
    assert done >= (140 if EFFORT == 1 else 200)


@pytest.mark.parametrize("way", sorted(bundles.harmless()))
def test_no_alarm_where_nothing_that_was_signed_is_changed(
    way: str, whole: list[Bundle], go: Path, tmp_path: Path
) -> None:
    for seed, start in enumerate(whole):
        bundle = bundles.tampered(start, way, seed, tmp_path / "one")
        if bundle is not None:
            found = verdicts(bundle, go)
            assert {code for code, _ in found.values()} == {0}, (way, seed, found)
            return
        shutil.rmtree(tmp_path / "one")
    pytest.fail("never possible")


def test_five_rotations_and_a_revoked_key_in_all_four(go: Path, tmp_path: Path) -> None:
    """Whichever key was told, all accept; what the revoked key signs later all refuse (I8)."""
    held = []
    with Case.create(tmp_path / "case") as case:
        for turn in range(6):
            with case.change(actor="A. Field", reason=f"day {turn}") as change:
                change.put(Item.build(make=f"make {turn}", tier="public"))
            signer = case.signer()
            assert signer is not None
            held.append((signer, case.checkpoint_note()))
            if turn < 5:
                replace_key(case, actor="B. Custodian", reason=f"turn {turn}", revoked=turn == 3)
        export_log(case, tmp_path / "bundle", clearance="sealed", records=True)
        later = sign_checkpoint(case.checkpoint(), held[3][0])
        assert {one.what for one in check_case(case, against=[later])} == {"key_retired"}
        assert check_case(case, against=[note for _, note in held]) == []
    kept = [tmp_path / f"kept{n}" for n in range(6)]
    for path, (_, note) in zip(kept, held, strict=True):
        path.write_text(note, "utf-8")
    stolen = tmp_path / "stolen"
    stolen.write_text(later, "utf-8")
    for signer, _ in held:
        good = Bundle(tmp_path / "bundle", signer.verifier_key, tuple(kept))
        assert {code for code, _ in verdicts(good, go).values()} == {0}
        bad = Bundle(tmp_path / "bundle", signer.verifier_key, (stolen,))
        assert {code for code, _ in verdicts(bad, go).values()} == {9}


def test_an_erased_value_is_nowhere_in_what_is_handed_over(go: Path, tmp_path: Path) -> None:
    """Two people erase a field of an item of two versions; all four still find nothing wrong."""
    with Case.create(tmp_path / "case") as case:
        item = Item.build(make="CANARY-MAKE", model="CANARY-MODEL", tier="public")
        for make in ("CANARY-MAKE", "CANARY-MAKE again"):
            with case.change(actor="A. Field", reason="found") as change:
                change.put(item.model_copy(update={"make": make}))
        before = tmp_path / "before"
        before.write_text(case.checkpoint_note(), "utf-8")
        asked = ask(case, item.id, fields=["make"], ground="safety", actor="A. Asks", clearance="sealed")
        approve(case, asked, actor="B. Approves", clearance="sealed")
        export_log(case, tmp_path / "bundle", clearance="sealed", records=True)
        key = case.verifier.text()
        assert check_case(case, against=[before.read_text("utf-8")]) == []
    bundle = Bundle(tmp_path / "bundle", key, (before,))
    assert {code for code, _ in verdicts(bundle, go).values()} == {0}
    handed_over = b"".join(path.read_bytes() for path in bundle.files("**/*"))
    assert b"CANARY-MAKE" not in handed_over and b"CANARY-MODEL" in handed_over
    told = [read(entry) for entry in all_entries(bundle)]
    erasures = [one for one in told if one.kind == "erasure/1"]
    assert [(one.version, one.actor) for one in erasures] == [(1, "A. Asks"), (2, "B. Approves")]
    assert all("make" in one.fields for one in told if one.id == item.id and one.version < 3)
