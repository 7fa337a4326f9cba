"""A disk that fills up at any moment: told in words, nothing earlier harmed, and it goes on after."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.keeping.backups import restore_case
from headstamp.store.backup_set import states
from headstamp.store.case import Case
from tests.durability.acts import photograph_of
from tests.durability.stage import small_disk, stage
from tests.durability.work import save
from tests.effort import counted

LEVELS = counted(10, 50)
MEBIBYTE = 1 << 20


def _fill(disk: Path, leave: int) -> Path:
    """Fills a disk until so many bytes are left."""
    at = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(1, at.f_bavail * at.f_frsize - leave))
    return ballast


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 64])
def test_a_disk_full_at_any_level(tmp_path: Path, size: int) -> None:
    """50 levels in ``make soak``, on disks of 16 and 64 MB: save, import, photograph, backup."""
    hit = dict.fromkeys(("record", "table", "photograph", "backup"), 0)
    with small_disk(tmp_path / "disk", f"{size}m") as disk, stage(
        tmp_path / "runs", {"HEADSTAMP_ACTOR": "Ana"}
    ) as runs:
        case, beside = disk / "case", tmp_path / "beside"
        beside.mkdir()
        for level in range(LEVELS // 2):
            if level % 5 == 0:  # the smaller disk does not hold more levels than that
                for old in (case, disk / "backup"):
                    shutil.rmtree(old, ignore_errors=True)
                with Case.create(case) as made:
                    for number in range(5):
                        save(made, f"before{number}")
                first = _state(case)
            # Up to 1.5 MB in steps that become larger: each command fails somewhere.
            ballast = _fill(disk, int(1.5 * MEBIBYTE * (level / (LEVELS // 2)) ** 2))
            (beside / "picture.png").write_bytes(photograph_of(f"{level}") + os.urandom(60_000))
            (beside / "finds.csv").write_text("tag,make\n" + "".join(
                f"t{level}-{n},of level {level} {'x' * 200}\n" for n in range(200)))
            commands: dict[str, list[object]] = {
                "record": ["record", "item", "--make", f"level {level}", "--reason", "r"],
                "table": ["import", beside / "finds.csv", "--as", "item"],
                "photograph": ["import", beside / "picture.png"],
                "backup": ["backup", disk / "backup", "--keep", "1"],
            }
            for name, words in commands.items():
                done = runs.run(*words, "--case", case)
                if done.code:
                    hit[name] += 1
                    assert done.code == 7 and "Traceback" not in done.said, (level, name, done)
                    assert "full" in done.said or "No space left" in done.said, (level, name, done)
            ballast.unlink()
            for one in states(disk / "backup") if (disk / "backup" / "states").is_dir() else []:
                restore_case(one, str(tmp_path / f"back{level}"))
            for name, words in commands.items():
                done = runs.run(*words, "--case", case)
                assert done.code == 0, (level, name, done)
            _holds(case, first, level)
    print(f"{LEVELS // 2} levels of {size} MB, hit: {hit}")
    assert all(hit.values())


def _state(case: Path) -> dict[str, int]:
    with Case.open(case) as opened:
        return {shown.id: shown.version for kind in ("item", "marking", "document")
                for shown in opened.read("sealed").stream(kind)}


def _holds(case: Path, first: dict[str, int], level: int) -> None:
    with Case.open(case) as opened:
        assert [str(one) for one in check_case(opened)] == []
        reader = opened.read("sealed")
        assert {id_: reader.get(id_).version for id_ in first} == first
        _, makes = reader.count("item", "make")
        rows = [n for make, n in makes if f"of level {level} " in str(make)]
        assert rows == [200]

