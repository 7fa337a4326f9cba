"""300 hostile files: each refused or harmless, by name and reason, within the limits.

What a person does is done with each: it is imported into a case, in a fresh
process in which nothing else happens. `make test` takes every fifth, `make
soak` all. Beyond the case's own folder nothing may be written, changed or
removed; the case must verify afterwards, and still take a good file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import check_case, make_case
from headstamp.intake.limits import LIMITS
from headstamp.intake.photo import read_photo, thumbnail
from headstamp.store.case import Case
from tests.effort import EFFORT
from tests.intake.hostile import COUNT, OUTSIDE, Hostile, hostile_files, picture, png
from tests.shared import ROOT

MOST_KILOBYTES = 512 * 1024
MOST_SECONDS = 10.0

_SWEEP = """
import json, sys, time
from pathlib import Path
from headstamp.actions.cases import make_case
from headstamp.actions.intake.file import import_file
from headstamp.errors import HeadstampError
from headstamp.intake import limited

case = make_case(sys.argv[1])
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    path = Path(json.loads(line))
    limited.KEEPERS.latest = limited.End(0)
    began, told = time.process_time(), {}
    try:
        result = import_file(case, path, kind="item", actor="tester", index=False)
        told["warnings"] = result.warnings
        told["counts"] = [result.read, result.accepted, result.unchanged, result.refused]
        if result.problems:
            told["problems"] = result.problems.read_text(encoding="utf-8")[:4000]
    except HeadstampError as error:
        told["refused"], told["code"] = str(error), error.code
    told["seconds"] = time.process_time() - began + limited.KEEPERS.latest.seconds
    told["kilobytes"] = limited.KEEPERS.latest.kilobytes
    print(json.dumps(told), flush=True)
own = Path("/proc/self/status")
print(json.dumps({"own": int(own.read_text().split("VmHWM:")[1].split()[0]) if own.exists() else 0}))
"""


@dataclass(frozen=True)
class Sweep:
    """What became of each file; the case; what lay around it before and after."""

    told: dict[str, dict[str, Any]]
    own_kilobytes: int
    case: Path
    before: dict[str, object]
    after: dict[str, object]
    files: list[Hostile]


def around(folder: Path, but: Path) -> dict[str, object]:
    """Everything below a folder, ``but`` one: kind, size, time of change, digest."""
    found: dict[str, object] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name) != but]
        for name in (*folders, *names):
            path = Path(place, name)
            about = path.lstat()
            digest = (hashlib.sha256(path.read_bytes()).hexdigest()
                      if path.is_file() and not path.is_symlink() else "")
            mark = (about.st_mode, about.st_size, about.st_mtime_ns, about.st_nlink)
            found[str(path.relative_to(folder))] = (*mark, digest) if not path.is_dir() else about.st_mode
    return found


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """The files imported one after the other, in a process and a folder of their own."""
    guard = tmp_path_factory.mktemp("guard")
    every = hostile_files()
    assert len(every) == COUNT == len({one.name for one in every})
    files = every if EFFORT > 1 else every[::5]
    (guard / "in").mkdir()
    (guard / "home").mkdir()
    (guard / "secret.txt").write_text("the secret of somebody else")
    for one in files:
        (guard / "in" / one.name).write_bytes(one.data)
    case = guard / "case"
    before = around(guard, case)
    done = subprocess.run(
        [sys.executable, "-c", _SWEEP, str(case)],
        input="\n".join(json.dumps(str(guard / "in" / one.name)) for one in files),
        capture_output=True, text=True, timeout=1_800, check=False, cwd=guard / "home",
        env={**os.environ, "HOME": str(guard / "home"), "TMPDIR": str(guard / "home"),
             "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])},
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(files) + 2
    told = {one.name: line for one, line in zip(files, lines[1:-1], strict=True)}
    return Sweep(told, lines[-1]["own"], case, before, around(guard, case), files)


def test_each_is_refused_or_harmless_by_name_and_reason(sweep: Sweep) -> None:
    became: Counter[str] = Counter()
    for one in sweep.files:
        told = sweep.told[one.name]
        said = str(told.get("refused", "")) or "\n".join(map(str, told["warnings"]))
        said += str(told.get("problems", ""))
        if "refused" in told:
            became["refused"] += 1
            assert one.name in said, (one.name, said)
            assert len(said) > len(one.name) + 20, (one.name, said)
        else:
            read, accepted, unchanged, refused = told["counts"]
            assert read == accepted + unchanged + refused, one.name
            if "not decoded" in said:
                became["kept, not decoded"] += 1
            elif "breaks off or is damaged" in said:
                became["kept, damage noted"] += 1
            else:
                # Nothing in it asked for a word: it was read to its end, or its rows were refused.
                became["read as any other"] += 1
                assert accepted + unchanged or (refused and "problems" in told), (one.name, told)
            if "not decoded" in said or "breaks off" in said:
                assert one.name in said and accepted == 1, (one.name, said)
        if one.refused:
            assert re.search(one.refused, said), (one.name, one.refused, said)
    assert sum(became.values()) == len(sweep.files)
    assert not [one.name for one in sweep.files if one.refused and "refused" not in sweep.told[one.name]
                and not sweep.told[one.name]["warnings"]]
    print(f"\nhostile files, {len(sweep.files)}: {dict(became)}")


def test_memory_and_time_are_bounded(sweep: Sweep) -> None:
    kilobytes = {name: told["kilobytes"] for name, told in sweep.told.items()}
    seconds = {name: told["seconds"] for name, told in sweep.told.items()}
    assert max(kilobytes.values()) < MOST_KILOBYTES, max(kilobytes, key=kilobytes.__getitem__)
    assert sweep.own_kilobytes < MOST_KILOBYTES
    # Processor time: it is what is limited, and does not depend on who else is at work here.
    assert max(seconds.values()) < MOST_SECONDS, max(seconds, key=seconds.__getitem__)
    print(f"\nmost memory {max(kilobytes.values()):,} kB ({max(kilobytes, key=kilobytes.__getitem__)})"
          f", own {sweep.own_kilobytes:,} kB, most time {max(seconds.values()):.1f} s"
          f" ({max(seconds, key=seconds.__getitem__)})")


def test_nothing_is_written_outside_the_case(sweep: Sweep) -> None:
    assert sweep.after == sweep.before
    for place in (Path("/tmp"), sweep.case.parent, sweep.case):
        assert not list(place.glob(f"*{OUTSIDE}*"))


def test_the_case_stands_and_holds_every_original_that_was_taken(sweep: Sweep) -> None:
    with Case.open(sweep.case) as case:
        assert check_case(case) == []
        kept = {photo.get("original_name"): photo for photo in case.read("sealed").stream("photograph")}
        for one in sweep.files:
            if one.name in kept:
                original, _ = case.read("sealed").original(kept[one.name].get("digest"))
                assert original.read_bytes() == one.data
        undecoded = [name for name, photo in kept.items() if "not decoded" in str(photo.get("claims"))]
        assert all(sweep.told[name]["warnings"] for name in undecoded)
        assert any(name.startswith("png-16000") for name in kept)


@pytest.fixture
def case(tmp_path: Path) -> Any:
    with make_case(tmp_path / "case") as made:
        yield made


def test_links_and_pipes_in_a_folder_lead_nowhere(case: Case, tmp_path: Path) -> None:
    from headstamp.actions.intake.photographs import import_photographs

    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(picture("JPEG"))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "A-1.jpg").symlink_to(outside / "secret.jpg")
    (folder / "A-2").symlink_to(outside)
    (folder / "A-3.jpg").symlink_to(folder / "nowhere.jpg")
    (folder / "A-4.jpg").symlink_to(folder / "A-4.jpg")
    os.mkfifo(folder / "A-5.jpg")
    os.link(outside / "secret.jpg", folder / "A-6.jpg")
    (folder / "A-7.jpg").write_bytes(png(16_000, 16_000, lines=9))
    before = (outside / "secret.jpg").stat()
    result = import_photographs(case, folder, actor="tester")
    # A hard link is the file itself: read, copied, and left as it is.
    assert (result.read, result.accepted) == (2, 2)
    assert any("A-7.jpg" in told and "`image_pixels`" in told for told in result.warnings)
    after = (outside / "secret.jpg").stat()
    assert (before.st_mtime_ns, before.st_mode, before.st_size) == (
        after.st_mtime_ns, after.st_mode, after.st_size)


def test_the_overlapping_archive_is_one_that_zipfile_takes(tmp_path: Path) -> None:
    one = next(one for one in hostile_files() if one.name == "overlap-50-1000000.xlsx")
    assert len(one.data) < 4_000
    path = tmp_path / one.name
    path.write_bytes(one.data)
    with zipfile.ZipFile(path) as archive:
        assert sum(info.file_size for info in archive.infolist()) == 50_000_000


def test_a_refused_picture_has_no_thumbnail_and_leaves_the_next_one_alone(tmp_path: Path) -> None:
    bomb, good = tmp_path / "bomb.png", tmp_path / "good.jpg"
    bomb.write_bytes(png(15_000, 15_000, 8, 2, lines=300))
    good.write_bytes(picture("JPEG"))
    facts = read_photo(bomb, whatever=True)
    assert not facts.decoded and "bomb.png" in str(facts.problems[0])
    assert "`parser_memory_bytes`" in str(facts.problems[0]) and "HEADSTAMP_LIMITS" in str(facts.problems[0])
    assert facts.sha256 == hashlib.sha256(bomb.read_bytes()).hexdigest()
    assert read_photo(good).width == 96
    assert thumbnail(good.read_bytes(), 40, name="good.jpg")
    assert LIMITS.parser_memory(bomb.stat().st_size) < MOST_KILOBYTES * 1024
