"""Where bundles are unpacked: gone afterwards, also when the program is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headstamp.actions.exchange import room as rooms
from headstamp.actions.exchange.room import room
from headstamp.errors import Unavailable
from headstamp.store.case import Case
from tests.shared import ROOT
from tests.store.encrypted import encrypted_case

sealed = pytest.mark.skipif(not rooms.MEMORY.is_dir(), reason="needs a memory disk")

_UNPACK = """
import sys, time
sys.path[:0] = {paths!r}
from pathlib import Path
from headstamp.actions.exchange.room import room
from tests.store.encrypted import encrypted_case
with encrypted_case(Path({case!r})) as case, room(case, ".taking-") as place:
    (place / "deep").mkdir()
    (place / "deep" / "a").write_bytes(b"secret")
    print(place, flush=True)
    time.sleep(60)
"""


def test_a_plain_case_unpacks_beside_its_originals(tmp_path: Path) -> None:
    with Case.create(tmp_path / "case") as case:
        with room(case, ".taking-") as place:
            assert place.parent == case.folder and place.stat().st_mode & 0o777 == 0o700
            (place / "a").write_bytes(b"x")
        assert not place.exists()


@sealed
def test_an_encrypted_one_in_memory(tmp_path: Path) -> None:
    with encrypted_case(tmp_path / "case") as case:
        with pytest.raises(ZeroDivisionError), room(case, ".taking-") as place:
            assert place.parent == rooms.MEMORY and place.stat().st_mode & 0o777 == 0o700
            (place / "a").write_bytes(b"x")
            raise ZeroDivisionError
        assert not place.exists()


@sealed
def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    words = _UNPACK.format(paths=[str(ROOT / "src"), str(ROOT)], case=str(tmp_path / "case"))
    process = subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True,
                               start_new_session=True)
    assert process.stdout is not None
    place = Path(process.stdout.readline().strip())
    assert (place / "deep" / "a").read_bytes() == b"secret"
    os.killpg(process.pid, 9)
    process.wait()
    process.stdout.close()
    for _ in range(3000):
        if not place.exists():
            break
        time.sleep(0.01)
    assert not place.exists()


def test_without_a_memory_disk_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MEMORY", tmp_path / "none")
    with (encrypted_case(tmp_path / "case") as case, pytest.raises(Unavailable, match="memory disk"),
          room(case, ".taking-")):
        pass
