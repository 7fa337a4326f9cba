"""A case is made whole, or not at all: whoever was cut off making one simply makes it again."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.errors import Conflicting, Missing, Unavailable
from headstamp.records import Item
from headstamp.store import case as cases
from headstamp.store import disk
from headstamp.store.case import Case
from headstamp.store.founding import is_unfinished


class _PowerCut(BaseException):
    pass


@pytest.mark.parametrize("step", ["write_key", "write_file", "sign", "state_layout", "founding"])
def test_a_making_cut_off_is_no_case_and_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where = tmp_path / "a" / "case"
    if step == "founding":
        (where / "keys").mkdir(parents=True)
        (where / ".being-made").touch()
        (where / "keys" / "device.key").write_text("the key of a case that never was")
        (where / "case.sqlite").write_bytes(b"half a page")
    else:
        def cut(*given: object, **named: object) -> None:
            raise _PowerCut

        with monkeypatch.context() as patch:
            patch.setattr(cases, step, cut)
            with pytest.raises(_PowerCut):
                Case.create(where)
        assert not is_unfinished(where)
        assert not [path for path in where.rglob("*") if path.is_file()]
    with pytest.raises(Missing, match="headstamp init"):
        Case.open(where)
    with Case.create(where) as case:
        with case.change(actor="a", reason="r") as change:
            change.put(Item.build({}))
        assert check_case(case) == []
    assert not is_unfinished(where)


def test_what_is_there_is_not_taken_away(tmp_path: Path) -> None:
    with Case.create(tmp_path) as case:
        key = (tmp_path / "keys" / "device.key").read_bytes()
        with pytest.raises(Conflicting, match="already"):
            Case.create(tmp_path)
        assert check_case(case) == []
    (tmp_path / "case.sqlite").unlink()
    with pytest.raises(Conflicting, match="key of another case"):
        Case.create(tmp_path)
    assert (tmp_path / "keys" / "device.key").read_bytes() == key


def test_two_do_not_make_it_at_once(tmp_path: Path) -> None:
    handle = os.open(tmp_path / ".being-made", os.O_WRONLY | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    (tmp_path / "case.sqlite").write_bytes(b"another's")
    with pytest.raises(Conflicting, match="being made"):
        Case.create(tmp_path)
    assert (tmp_path / "case.sqlite").read_bytes() == b"another's"
    os.close(handle)
    Case.create(tmp_path).close()


def test_every_name_is_on_the_disk_before_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def sync(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(disk.os, "fsync", sync)
    where = tmp_path / "new" / "case"
    Case.create(where).close()
    names = {str(path) for path in (tmp_path, where.parent, where, where / "keys")}
    assert names <= set(synced)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(disk.os, "fsync", full)
        with pytest.raises(Unavailable, match="is full"):
            Case.create(tmp_path / "case")
    Case.create(tmp_path / "case").close()
