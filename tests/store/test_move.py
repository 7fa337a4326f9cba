"""SQLite to PostgreSQL and back: every table, every original, every right the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case, index_case
from headstamp.actions.keeping.backups import move_case
from headstamp.errors import Conflicting, Invalid, Tampered, Unavailable
from headstamp.records import Item
from headstamp.store.case import Case
from headstamp.store.move import key_was_moved
from headstamp.store.transfer import table_sums
from tests.conftest import database
from tests.effort import EFFORT
from tests.making import one_of_each
from tests.shared import ROOT
from tests.store.kept import live, state, tree


@pytest.mark.postgres
def test_there_and_back_is_equal(tmp_path: Path) -> None:
    with Case.create(tmp_path / "one") as case:
        live(case, many=100 if EFFORT == 1 else 5_000)
        with case.change(actor="a", reason="odd texts") as change:
            change.file(b"")
            change.put_many(one_of_each("moved"))
            change.put_many([Item.build({"make": text}) for text in (
                "\\N", "tab\there", "a\\b", "é e\u0301", "😀", "'; DROP TABLE item; --", "NULL")])
        index_case(case)
        before = state(case)
    with database() as url:
        move_case(tmp_path / "one", url, to_folder=tmp_path / "two")
        with Case.open(url, folder=tmp_path / "two") as case:
            assert state(case) == before
            with case.change(actor="b", reason="goes on") as change:
                change.put(Item.build({"make": "after the move"}))
            index_case(case)
            assert [one for one, _ in case.read().find_texts(["after"], 5)]
            after = state(case)
        move_case(url, str(tmp_path / "three"), folder=tmp_path / "two")
        with Case.open(url, folder=tmp_path / "two") as old:
            assert key_was_moved(old.folder)
            with pytest.raises(Unavailable), old.change(actor="x", reason="too late"):
                pass
            assert check_case(old) == []
    with Case.open(tmp_path / "three") as case:
        assert state(case) == after and after != before
        with case.change(actor="c", reason="goes on") as change:
            change.put(Item.build({"make": "home"}))
        assert check_case(case) == []
    assert (tmp_path / "three" / "imports" / "finds.problems.csv").is_file()


def test_a_move_is_refused_without_a_trace(sqlite_case: Case, tmp_path: Path) -> None:
    live(sqlite_case)
    held = tree(sqlite_case.folder)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    for wrong in (tmp_path / "full", sqlite_case.folder):
        with pytest.raises((Conflicting, Invalid)):
            move_case(sqlite_case.folder, str(wrong))
    path = sqlite_case.vault.path(next(iter(sqlite_case.vault.digests())))
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(b"damaged")
    with pytest.raises(Tampered):
        move_case(sqlite_case.folder, str(tmp_path / "to"))
    path.write_bytes(whole)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "full"]
    assert {k: v for k, v in tree(sqlite_case.folder).items() if "case.sqlite" not in k} == {
        k: v for k, v in held.items() if "case.sqlite" not in k}
    assert check_case(sqlite_case) == []
    move_case(sqlite_case.folder, str(tmp_path / "to"))
    with pytest.raises(Unavailable):
        move_case(sqlite_case.folder, str(tmp_path / "again"))


def test_whoever_has_the_old_case_open_cannot_write_there_any_more(
    sqlite_case: Case, tmp_path: Path
) -> None:
    live(sqlite_case)
    move_case(sqlite_case.folder, str(tmp_path / "to"))
    with pytest.raises(Unavailable, match=r"not changed\. The case was moved, ") as told, sqlite_case.change(
        actor="a", reason="a server that was not stopped"
    ) as change:
        change.put(Item.build({}))
    assert "its new place" in told.value.message
    assert check_case(sqlite_case) == []


@pytest.mark.slow
def test_a_killed_move_leaves_one_case_that_goes_on_or_says_how(tmp_path: Path) -> None:
    draw = random.Random(3)
    with Case.create(tmp_path / "case") as case:
        live(case, files=30, many=100)
        with case.backend.reading() as conn:
            sums = table_sums(case.backend, conn)
    env = {k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")}
    usual = 0.0
    for number in range(5 * EFFORT + 1):
        shutil.copytree(tmp_path / "case", tmp_path / "old")
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "headstamp", "move", str(tmp_path / "new"), "--case",
             str(tmp_path / "old")], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        if number:
            time.sleep(usual * draw.uniform(0.4, 1.1))
            process.send_signal(signal.SIGKILL)
        process.wait()
        usual = usual or time.monotonic() - began
        there = (tmp_path / "new").exists()
        assert not (there and (tmp_path / "old" / "keys" / "device.key").exists())
        with Case.open(tmp_path / ("new" if there else "old")) as case:
            assert check_case(case) == []
            with case.backend.reading() as conn:
                assert table_sums(case.backend, conn) == sums
        for name in ("old", "new", ".new.restoring"):
            shutil.rmtree(tmp_path / name, ignore_errors=True)
