"""A power cut at any moment takes nothing that was acknowledged, and leaves nothing torn."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.errors import HeadstampError
from headstamp.store.case import Case
from tests.durability.acts import ACTS
from tests.durability.stage import need_strace, stage
from tests.durability.trace import OPTIONS, Call, Disk, calls
from tests.durability.work import Told, backups_lost, lost, save
from tests.effort import counted
from tests.store.kept import tree

CUTS = counted(100, 2000)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Call]]:
    folder = tmp_path_factory.mktemp("power")
    need_strace(folder)
    root = folder / "disk"
    root.mkdir()
    with stage(folder / "runs") as runs:
        done = runs.traced(folder / "trace", OPTIONS, "work", root / "case", root / "beside", "a",
                           len(ACTS))
        assert done.code == 0, done.said
        # A second process: the log of writes was folded in, and begins anew.
        second = runs.traced(folder / "trace2", OPTIONS, "work", root / "case", root / "beside", "b", 3)
        assert second.code == 0, second.said
    made = [*calls(folder / "trace", root), *calls(folder / "trace2", root)]
    assert {"open", "write", "append", "sync", "rename", "unlink", "mkdir"} <= {c.what for c in made}
    return root, made


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of images are written."""
    base = Path("/dev/shm")
    folder = (base if os.access(base, os.W_OK) else tmp_path) / f"headstamp-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_simulated_disk_is_the_disk(recorded: tuple[Path, list[Call]], memory: Path) -> None:
    """With everything done and nothing lost, the image equals what lies there."""
    root, made = recorded
    disk = Disk(root)
    for call in made:
        disk.do(call)

    class All(random.Random):
        def random(self) -> float:
            return 0.0

        def choice(self, given):  # type: ignore[no-untyped-def]
            return given[-1]

    disk.cut(All(), memory / "image")
    there = {p.relative_to(root): p.read_bytes() for p in root.rglob("*")
             if p.is_file() and not p.name.endswith("-shm")}
    image = {p.relative_to(memory / "image"): p.read_bytes()
             for p in (memory / "image").rglob("*") if p.is_file()}
    assert image.keys() == there.keys()
    assert [name for name in there if there[name] != image[name]] == []


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_power_cuts(
    recorded: tuple[Path, list[Call]], memory: Path
) -> None:
    """2,000 cuts in ``make soak``: half of them at once after something was acknowledged."""
    root, made = recorded
    draw = random.Random(36)
    said = [n for n, call in enumerate(made, 1) if call.what == "said"]
    moments = sorted(draw.choice(said) if n % 2 else draw.randrange(len(made) + 1)
                     for n in range(CUTS))
    disk, done, words = Disk(root), 0, ""
    wrong: list[tuple[int, list[str]]] = []
    opened = backups = 0
    for number, moment in enumerate(moments):
        for call in made[done:moment]:
            disk.do(call)
            words += call.data.decode() if call.what == "said" else ""
        done = moment
        told = Told.of(words.split("\n")[:-1])
        image = memory / "image"
        disk.cut(draw, image)
        found = _looked_at(image, told, root)
        opened += told.created
        if number % 5 == 0 and told.all("backed-up"):
            found += backups_lost(image / "backup", told, memory / "back")
            shutil.rmtree(memory / "back", ignore_errors=True)
            backups += 1
        if found:
            wrong.append((moment, found))
        shutil.rmtree(image)
    print(f"{CUTS} power cuts, {opened} of a case that was acknowledged, {backups} backups restored,"
          f" {len(wrong)} with something lost or torn")
    assert wrong == []
    assert opened > CUTS // 2


def _looked_at(image: Path, told: Told, root: Path) -> list[str]:
    """What is lost or torn on this disk; it must open, verify and go on without any help."""
    if not told.created:
        return []  # nobody was told of a case
    with Case.open(image / "case") as case:
        found = [*lost(case, told), *(f"{one.what} {one.id} {one.detail}" for one in check_case(case))]
        save(case, "afterwards")
    for name in told.all("exported"):
        if tree(image / "beside" / f"log-{name}") != tree(root / "beside" / f"log-{name}"):
            found.append(f"export log-{name}")
    return found


@pytest.mark.slow
def test_the_cuts_find_what_is_not_synced(recorded: tuple[Path, list[Call]], memory: Path) -> None:
    """The simulation itself: where one kind of sync is left out, something is soon lost."""
    root, made = recorded
    said = [n for n, call in enumerate(made, 1) if call.what == "said"]
    draw = random.Random(4)
    for kind in ("case.sqlite-wal", "/keys", "/originals/", "/states", "/snapshots"):
        for _ in range(60):
            moment = draw.choice(said)
            disk = Disk(root)
            for call in made[:moment]:
                if not (call.what == "sync" and kind in call.path):
                    disk.do(call)
            told = Told.of("".join(c.data.decode() for c in made[:moment] if c.what == "said").split("\n"))
            disk.cut(draw, memory / "image")
            try:
                found = [*_looked_at(memory / "image", told, root),
                         *backups_lost(memory / "image" / "backup", told, memory / "back")]
            except HeadstampError as error:
                found = [str(error)]
            shutil.rmtree(memory / "image")
            shutil.rmtree(memory / "back", ignore_errors=True)
            if found:
                break
        else:
            raise AssertionError(f"nothing is lost without the syncs of {kind}")
