"""Three checkers that share no line agree on good and tampered bundles.

``headstamp-check``, the verifier that goes into every bundle, and the checker in Go on
golang.org/x/mod. ``make soak`` tries ten times as many.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from headstamp import check
from headstamp.actions.cases import check_case
from headstamp.evidence import verify
from headstamp.store.case import Case
from tests.actions import bundles
from tests.actions.bundles import Bundle
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
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Bundle]:
    """So many good bundles."""
    return [bundles.good(seed, tmp_path_factory.mktemp("good")) for seed in range(MANY)]


def test_all_agree_that_the_good_ones_are_good(whole: list[Bundle], go: Path) -> None:
    for bundle in whole:
        found = verdicts(bundle, go)
        assert {code for code, _ in found.values()} == {0}, (bundle.folder, found)
        assert bundle.case is not None
        with Case.open(bundle.case) as case:
            assert check_case(case, against=[p.read_text("utf-8") for p in bundle.against]) == []
    assert len(whole) == MANY


def test_all_agree_that_the_tampered_ones_are_tampered(
    whole: list[Bundle], go: Path, tmp_path: Path
) -> None:
    done, seed, ways = 0, 0, sorted(bundles.ways())
    tried: set[str] = set()
    # Every way at least once, then on through the seeds.
    while done < MANY or len(tried) < len(ways):
        way = ways[seed % len(ways)]
        bundle = bundles.tampered(
            whole[seed * 7 % len(whole)], way, seed, tmp_path / str(seed))
        seed += 1
        assert seed < 50 * len(ways), f"never tried: {set(ways) - tried}"
        if bundle is None:
            continue
        found = verdicts(bundle, go)
        assert {code for code, _ in found.values()} == {9}, (way, seed - 1, bundle.folder, found)
        shutil.rmtree(bundle.folder)
        tried.add(way)
        done += 1
