"""A newer case is refused unchanged, an older one is brought up to date, and never half.

``cases/`` keeps a small case of each layout there was. None may be taken away: whoever
has such a case must be able to open it for good.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.aside import put_aside
from headstamp.actions.exchange.settling import settle
from headstamp.actions.keeping.backups import back_up, restore_case, upgrade_case
from headstamp.cli import main
from headstamp.errors import Conflicting, Invalid, Missing, Tampered, Unavailable
from headstamp.evidence.note import sign
from headstamp.records import Item
from headstamp.store import case as cases
from headstamp.store import layout, upgrade
from headstamp.store.backend import Backend
from headstamp.store.case import Case, settings_text
from headstamp.store.transfer import table_sums
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM
from tests.effort import counted
from tests.shared import ROOT
from tests.store.kept import live, state, tree
from tests.store.make_sample import ERASED
from tests.unpacking import unpack

NEXT = layout.FORMAT + 1
SAMPLES = sorted((Path(__file__).parent / "cases").glob("*.tar.gz"))
# Filled by two devices: the others are of times before there was a second one.
MERGED = [one for one in SAMPLES if one.name.startswith("format-2")]


def unpacked(sample: Path, folder: Path) -> Path:
    with tarfile.open(sample) as packed:
        unpack(packed, folder)
    (folder / "keys").chmod(0o700)
    return folder


def test_there_are_samples(tmp_path: Path) -> None:
    """Of every state of the project that was handed over, and of today's layout."""
    assert len(SAMPLES) >= 6
    stated = set()
    for number, sample in enumerate(SAMPLES):
        with (Case.open(unpacked(sample, tmp_path / str(number)), outdated=True) as case,
              case.backend.reading() as conn):
            stated.add(layout.stated_layout(conn))
    assert layout.fingerprint() in stated, (
        "today's layout has no sample: python -m tests.store.make_sample tests/store/cases/NAME.tar.gz")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name.partition(".")[0])
def test_every_sample_case_opens_and_verifies(sample: Path, tmp_path: Path) -> None:
    folder = unpacked(sample, tmp_path / "case")
    with Case.open(folder, outdated=True) as old:
        root = old.checkpoint()
        with old.backend.reading() as conn:
            had = {name: old.backend.tuples(conn, f"PRAGMA table_info({name})")
                   for name in (table.name for table in layout.KEPT)}
            columns = {name: ",".join(row[1] for row in rows) for name, rows in had.items() if rows}
            del columns["meta"]  # a step between formats seals the settings anew
            kept = _kept_sums(old, conn, columns)
    upgrade_case(folder)
    assert upgrade_case(folder) is False
    with Case.open(folder) as case:
        assert case.checkpoint() == root
        assert check_case(case) == []
        with case.backend.reading() as conn:
            assert _kept_sums(case, conn, columns) == kept
        seen = {tier: sum(case.read(tier).totals().values()) for tier in ("partner", "sealed")}
        assert seen["sealed"] > seen["partner"] > 10
        with case.change(actor="a", reason="goes on") as change:
            change.put(Item.build({"make": "today"}))
        assert check_case(case) == []


@pytest.mark.parametrize("sample", MERGED, ids=lambda path: path.name.partition(".")[0])
def test_what_two_devices_made_stays_as_it_was(sample: Path, tmp_path: Path) -> None:
    """Contradictions stay open, what was put aside stays aside, what was erased stays gone."""
    folder = unpacked(sample, tmp_path / "case")
    upgrade_case(folder)
    with Case.open(folder) as case:
        assert len(case.open_names(ITEM)) == 1
        assert [one.get("bundle_state") for one in put_aside(case.read("sealed"))] == ["quarantined"]
        assert len(case.key_line.changes) == 1
        reader = case.read("sealed")
        with pytest.raises(Missing):
            reader.get(make("item", "gone").id)
        assert [one.erased for one in reader.history(make("item", "part").id)].count(("remark",)) == 1
        item = reader.get(ITEM)
        settle(case, ITEM, {"make": "Altera", "model": "MAX 10"}, names=case.open_names(ITEM),
               expected=item.version, clearance="sealed", actor="Ana", reason="looked")
        assert not case.open_names(ITEM) and check_case(case) == []
    assert not [path for path in folder.rglob("*")
                if path.is_file() and ERASED.encode() in path.read_bytes()]


def _kept_sums(
    case: Case, conn: Connection, columns: dict[str, str]
) -> dict[str, list[tuple[object, ...]]]:
    return {name: sorted(case.backend.tuples(conn, f"SELECT {some} FROM {name}"), key=repr)
            for name, some in columns.items()}


def test_an_older_layout_is_refused_unchanged_with_its_remedy(tmp_path: Path) -> None:
    folder = unpacked(SAMPLES[0], tmp_path / "case")
    Case.open(folder, outdated=True).close()  # packed without a log of writes: now it has one
    held = tree(folder)
    with pytest.raises(Conflicting, match="headstamp upgrade"):
        Case.open(folder)
    assert tree(folder) == held
    # It can be backed up as it is, and restoring brings it up to date; an older format's
    # settings must be sealed anew, for which the key is needed.
    back_up(folder, tmp_path / "bk")
    with pytest.raises(Unavailable, match="--key"):
        restore_case(tmp_path / "bk", str(tmp_path / "back"))
    assert restore_case(tmp_path / "bk", str(tmp_path / "back"),
                        key_file=folder / "keys" / "device.key").upgraded
    with Case.open(tmp_path / "back") as case:
        assert check_case(case) == []


def test_a_newer_case_is_refused_unchanged(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    live(case)
    rows = {**case.meta, "format": str(layout.FORMAT + 1), "something": "new"}
    signer = case.signer()
    assert signer is not None
    seal = sign(settings_text(rows) + "something new\n", signer)
    with case.backend.writing() as conn:
        conn.exec_driver_sql("DELETE FROM meta")
        case.backend.insert(conn, cases.META, ["key", "value"], [*rows.items(), ("seal", seal)])
    case.close()
    held = tree(case.folder)
    for act in (
        lambda: Case.open(case.where, folder=case.folder),
        lambda: upgrade_case(case.where, folder=case.folder),
        lambda: upgrade_case(case.where, folder=case.folder, anew=True),
        lambda: back_up(case.where, case.folder.parent / "bk", folder=case.folder),
    ):
        with pytest.raises(Conflicting, match="newer headstamp"):
            act()
    assert tree(case.folder) == held
    monkeypatch.setenv("HEADSTAMP_FOLDER", str(case.folder))
    for words in (["verify"], ["list", "item"], ["record", "item", "--make", "x", "--reason", "y"]):
        assert main([*words, "--case", case.where]) == 5
    assert tree(case.folder) == held


def test_a_format_changed_by_hand_is_not_taken_for_a_newer_one(sqlite_case: Case) -> None:
    with sqlite_case.backend.writing() as conn:
        conn.exec_driver_sql("UPDATE meta SET value = '9' WHERE key = 'format'")
    with Case.open(sqlite_case.folder) as opened:
        assert "settings_changed" in {one.what for one in check_case(opened)}


def test_made_anew_is_what_was_there(case: Case) -> None:
    """The derived tables made from the versions equal those that many changes made."""
    live(case)
    live(case, "two")
    before = state(case)
    assert upgrade_case(case.where, folder=case.folder) is False
    for statement in ("DELETE FROM marking", "UPDATE facet_count SET n = n + 1", "DELETE FROM ref"):
        with case.backend.writing() as conn:
            conn.exec_driver_sql(statement)
        assert check_case(case)
    case.close()
    assert upgrade_case(case.where, folder=case.folder, anew=True) is True
    after = state(case)
    assert after["wrong"] == []
    for name in ("root", "seen", "originals"):
        assert after[name] == before[name]
    same = {"item", "marking", "ref", "facet_count", "log", "version", "site", "photograph"}
    assert {k: v for k, v in after["sums"].items() if k in same} == {  # type: ignore[attr-defined]
        k: v for k, v in before["sums"].items() if k in same}  # type: ignore[attr-defined]


def test_a_record_unknown_to_this_version_stops_the_upgrade(sqlite_case: Case) -> None:
    live(sqlite_case)
    with sqlite_case.backend.writing() as conn:
        conn.exec_driver_sql("UPDATE version SET kind = 'hovercraft' WHERE seq = 3")
        conn.exec_driver_sql("UPDATE version SET body = CAST('{\"speed\":1,\"tier\":\"partner\"}' AS BLOB)"
                             " WHERE seq = 2")
    sqlite_case.close()
    held = tree(sqlite_case.folder)
    with pytest.raises(Invalid, match="does not know") as refused:
        upgrade_case(sqlite_case.folder, anew=True)
    assert len(refused.value.problems) == 2
    told = " ".join(one.rule for one in refused.value.problems)
    assert "speed: there is no such field" in told and "pydantic" not in told
    with Case.open(sqlite_case.folder, outdated=True) as case, case.backend.reading() as conn:
        assert case.backend.tuples(conn, "SELECT count(*) FROM item") == [(20,)]
    assert {k for k in tree(sqlite_case.folder) if "-wal" not in k and "-shm" not in k} == set(held)


# -- numbered steps between formats


@pytest.fixture
def next_format(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(conn: Connection, backend: Backend) -> None:
        conn.exec_driver_sql("CREATE TABLE made_by_a_step (a TEXT)")
        conn.exec_driver_sql("DROP TABLE made_by_a_step")

    for module in (layout, cases, upgrade):
        monkeypatch.setattr(module, "FORMAT", NEXT)
    monkeypatch.setattr(upgrade, "STEPS", {NEXT - 1: step})


def test_steps_between_formats(case: Case, next_format: None) -> None:
    live(case)
    before = state(case)
    with pytest.raises(Conflicting, match="headstamp upgrade"):
        Case.open(case.where, folder=case.folder)
    key = case.folder / "keys" / "device.key"
    key.rename(key.with_name("away"))
    with pytest.raises(Unavailable, match="key"):
        upgrade_case(case.where, folder=case.folder)
    key.with_name("away").rename(key)
    assert upgrade_case(case.where, folder=case.folder)
    with Case.open(case.where, folder=case.folder) as opened:
        assert opened.meta["format"] == str(NEXT)
        after = state(opened)
    assert (after["root"], after["wrong"]) == (before["root"], [])


def test_no_way_and_a_step_that_fails_leave_the_old_case(
    sqlite_case: Case, next_format: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(conn: Connection, backend: Backend) -> None:
        conn.exec_driver_sql("DELETE FROM log")
        raise Tampered("half way")

    live(sqlite_case)
    with sqlite_case.backend.reading() as conn:
        before = table_sums(sqlite_case.backend, conn)
    for steps in ({}, {NEXT - 1: failing}):
        monkeypatch.setattr(upgrade, "STEPS", steps)
        with pytest.raises((Conflicting, Tampered)):
            upgrade_case(sqlite_case.folder)
        with sqlite_case.backend.reading() as conn:
            assert table_sums(sqlite_case.backend, conn) == before


@pytest.mark.slow
@pytest.mark.parametrize("packed", SAMPLES, ids=lambda path: path.name.partition(".")[0])
def test_a_killed_upgrade_is_the_old_case_or_the_new(packed: Path, tmp_path: Path) -> None:
    draw = random.Random(9)
    sample = unpacked(packed, tmp_path / "sample")
    env = {k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")}
    usual, cut = 0.0, 0
    for number in range(counted(3, 50) + 1):
        folder = tmp_path / "case"
        shutil.copytree(sample, folder)
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, "-m", "headstamp", "upgrade", "--case",
                                    str(folder)], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        if number:
            time.sleep(usual * draw.uniform(0.5, 1.0))
            process.send_signal(signal.SIGKILL)
        cut += process.wait() != 0
        usual = usual or time.monotonic() - began
        upgrade_case(folder)
        with Case.open(folder) as case:
            assert check_case(case) == []
        shutil.rmtree(folder)
    assert cut


def test_the_layout_is_stated_and_held(sqlite_case: Case) -> None:
    with closing(sqlite3.connect(sqlite_case.folder / "case.sqlite")) as conn, conn:
        conn.execute("UPDATE progress SET seq = 7 WHERE name = 'layout'")
    assert [one.id for one in check_case(sqlite_case)] == ["progress"]
    with pytest.raises(Conflicting):
        Case.open(sqlite_case.folder)
