"""What must be on disk before something names it: order, errors, and what a killed backup left."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.errors import Unavailable
from headstamp.store import syncing as module
from headstamp.store.backup_set import ORIGINALS, original_in, read_manifest, states
from headstamp.store.case import Case
from headstamp.store.syncing import Syncing, sync_names
from headstamp.store.vault import Vault
from tests.durability.stage import need_strace
from tests.store.kept import live


class Synced:
    """Which files and folders were synced, in which order, by which thread; may fail like a disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: str = "") -> None:
        self.all: list[tuple[str, Path]] = []
        self._failing = failing
        for what in ("file", "folder"):
            monkeypatch.setattr(module, f"sync_{what}", partial(self._sync, what))

    def _sync(self, what: str, path: Path) -> None:
        if what == self._failing:
            raise OSError(errno.EIO, "Input/output error")
        assert path.is_file() == (what == "file")
        self.all.append((what, path))

    def folders(self) -> list[Path]:
        return [path for what, path in self.all if what == "folder"]


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(path.name.encode())
    return path


def test_a_file_takes_its_name_when_it_is_on_disk_and_folders_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = Synced(monkeypatch)
    files = [(written(tmp_path / f"beside-{n}"), tmp_path / "a" / str(n % 3) / str(n)) for n in range(200)]
    for number in range(3):
        (tmp_path / "a" / str(number)).mkdir(parents=True)
    with Syncing() as syncing:
        for beside, name in files:
            syncing.file(beside, name)
            syncing.folders(name.parent, tmp_path / "a")
        assert sum(name.exists() for _, name in files) >= 100, "they do not all wait for the end"
        syncing.finish()
    assert [name.read_bytes().decode() for _, name in files] == [beside.name for beside, _ in files]
    # Under the name beside it: none took its own before.
    assert sorted(synced.all[:200]) == sorted(("file", beside) for beside, _ in files)
    assert sorted(synced.folders()) == [tmp_path / "a", *(tmp_path / "a" / str(n) for n in range(3))]
    assert len(synced.all) == 204


def test_a_file_that_the_disk_refuses_takes_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Synced(monkeypatch, "file")
    with pytest.raises(OSError, match="Input/output"), Syncing() as syncing:
        syncing.file(written(tmp_path / "beside"), tmp_path / "name")
        syncing.finish()
    assert not (tmp_path / "name").exists()
    Synced(monkeypatch, "folder")
    with pytest.raises(OSError, match="Input/output"):
        sync_names(tmp_path)


def test_all_names_of_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = Synced(monkeypatch)
    written(tmp_path / "a" / "b" / "c" / "one")
    written(tmp_path / "a" / "d" / "two")
    sync_names(tmp_path / "a")
    assert sorted(synced.folders()) == sorted(tmp_path / one for one in ("a", "a/b", "a/b/c", "a/d"))


@pytest.mark.parametrize("failing", ["file", "folder"])
def test_a_backup_whose_originals_do_not_reach_the_disk_is_none(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    live(sqlite_case)
    place = tmp_path / "bk"
    with monkeypatch.context() as patch:
        Synced(patch, failing)
        with pytest.raises(Unavailable, match="Input/output"):
            back_up(sqlite_case.folder, place)
        assert states(place) == []
    back_up(sqlite_case.folder, place)
    restore_case(place, str(tmp_path / "back"))


def test_what_a_backup_that_was_cut_off_left_is_synced_by_the_next(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name may be in memory only: no state may name it before its folder is synced."""
    live(sqlite_case)
    place = tmp_path / "bk"
    with monkeypatch.context() as patch:
        Synced(patch, "folder")
        with pytest.raises(Unavailable):
            back_up(sqlite_case.folder, place)
    with monkeypatch.context() as patch:
        synced = Synced(patch)
        done, _ = back_up(sqlite_case.folder, place)
        assert (done.copied, done.checked) == (0, 4)
        needed = {original_in(place / ORIGINALS, part.path).parent for part in done.manifest.originals}
        assert needed | {one.parent for one in needed} | {place / ORIGINALS} == set(synced.folders())
    with monkeypatch.context() as patch:
        synced = Synced(patch)
        back_up(sqlite_case.folder, place)
        assert synced.all == [], "a state names them: they are on disk"


def test_what_is_mended_is_on_disk_before_the_next_is_copied(
    sqlite_case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state names it already, so no later backup would look whether its name is."""
    live(sqlite_case)
    place = tmp_path / "bk"
    done, _ = back_up(sqlite_case.folder, place)
    damaged = [original_in(place / ORIGINALS, part.path) for part in read_manifest(done.state).originals[:2]]
    for one in damaged:
        one.chmod(0o600)
        one.write_bytes(b"damaged")
    synced = Synced(monkeypatch)
    back_up(sqlite_case.folder, place)
    order = [path.name if what == "file" else path for what, path in synced.all]
    assert order.index(damaged[0].parent) < order.index(damaged[1].name)


@pytest.mark.parametrize("when", [1, 2])
def test_files_taken_over_are_told_of_when_their_disk_could_not_write_them(tmp_path: Path, when: int) -> None:
    """A flush of the whole disk whose fault went unsaid would acknowledge what is not there."""
    need_strace(tmp_path)
    beside = tmp_path / "beside"
    beside.write_bytes(b"a photograph")
    digest = hashlib.sha256(b"a photograph").hexdigest()
    words = (f"from pathlib import Path\nfrom {Vault.__module__} import Vault\n"
             f"Vault(Path({str(tmp_path / 'originals')!r})).adopt([({digest!r}, Path({str(beside)!r}))])")
    done = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "-e", "trace=syncfs", "-e", f"inject=syncfs:error=EIO:when={when}",
         sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the vault cannot be written: Input/output error" in done.stderr
