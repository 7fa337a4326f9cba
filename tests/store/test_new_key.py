"""A new signing key: five times over, one of them revoked (I8); lost; killed on the way; in use elsewhere."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headstamp import check
from headstamp.actions.cases import check_case
from headstamp.actions.evidence.export_log import export_log
from headstamp.errors import Conflicting, Tampered, Unavailable
from headstamp.evidence import verify as verifier
from headstamp.evidence.checkpoint import open_checkpoint, sign_checkpoint
from headstamp.evidence.key_line import Retired
from headstamp.evidence.note import Signer
from headstamp.records import Item
from headstamp.store.case import Case
from headstamp.store.new_key import own_device_id, replace_key
from headstamp.store.signing_key import KEY, NEXT, PUBLIC
from tests.effort import EFFORT
from tests.shared import ROOT


def _put(case: Case, make: str) -> None:
    with case.change(actor="A", reason="found") as change:
        change.put(Item.build(make=make))


def _codes(case: Case, note: str) -> set[str]:
    return {one.what for one in check_case(case, against=[note])}


def test_five_rotations_and_a_revoked_key(case: Case, tmp_path: Path) -> None:
    """Old entries and checkpoints stay valid; what a key signs beyond its end is refused (I8)."""
    _put(case, "first")
    signers, notes = [], []
    for turn in range(5):
        signer = case.signer()
        assert signer is not None
        signers.append(signer)
        notes.append(case.checkpoint_note())
        done = replace_key(case, actor="B. Custodian", reason=f"turn {turn}", revoked=turn == 2)
        assert done.witnessed and done.change.size == open_checkpoint(notes[-1], case.key_line).size
        _put(case, f"after {turn}")
        assert check_case(case) == []
    assert [change.why for change in case.key_line.changes].count("revoked") == 1
    # Each checkpoint that was ever handed out still counts, by itself and against the log.
    assert check_case(case, against=notes) == []
    latest = case.checkpoint()
    for signer in signers:
        with pytest.raises(Retired):
            open_checkpoint(sign_checkpoint(latest, signer), case.key_line)
        assert _codes(case, sign_checkpoint(latest, signer)) == {"key_retired"}
    # Whoever checks the exported log with any of the keys comes to the same; also a thief's
    # checkpoint under the revoked key is refused there.
    export_log(case, tmp_path / "log", clearance="sealed", records=True)
    stolen = tmp_path / "stolen"
    stolen.write_text(sign_checkpoint(latest, signers[2]), "utf-8")
    kept = tmp_path / "kept"
    kept.write_text(notes[2], "utf-8")
    for key in case.key_line:
        for program in (check.main, verifier.main):
            assert program([str(tmp_path / "log"), "--key", key.text(), "--against", str(kept)]) == 0
            assert program([str(tmp_path / "log"), "--key", key.text(), "--against", str(stolen)]) == 9
    # The log tells who did it and why.
    told = case.read("sealed").history(own_device_id(case.origin))
    assert [(one.actor, one.reason) for one in told] == [("B. Custodian", f"turn {n}") for n in range(5)]
    assert case.read("sealed").get(own_device_id(case.origin)).get("key") == case.verifier.text()


def test_a_lost_key_is_followed_by_an_unwitnessed_one(sqlite_case: Case, tmp_path: Path) -> None:
    first = sqlite_case.verifier
    with pytest.raises(Conflicting):
        replace_key(sqlite_case, actor="B", reason="not lost at all", lost=True)
    (sqlite_case.folder / "keys" / KEY).unlink()
    with Case.open(sqlite_case.folder) as case:
        with pytest.raises(Unavailable, match="--lost"):
            replace_key(case, actor="B", reason="it is not here")
        done = replace_key(case, actor="B", reason="the laptop was stolen", lost=True, revoked=True)
        assert not done.witnessed and check_case(case) == []
        assert "unwitnessed key change" in case.key_line.remarks()[0]
        _put(case, "it goes on")
        export_log(case, tmp_path / "log", clearance="sealed")
        newest = case.verifier
    for program in (check.main, verifier.main):
        assert program([str(tmp_path / "log"), "--key", first.text()]) == 9
        assert program([str(tmp_path / "log"), "--key", newest.text()]) == 0
        assert program([str(tmp_path / "log")]) == 0  # told, and nobody's key is vouched for
    report = check.check_folder(tmp_path / "log", first)
    assert {one.what for one in report.findings} == {"key_unwitnessed"}


def test_the_old_key_put_back_signs_nothing(sqlite_case: Case, tmp_path: Path) -> None:
    key = sqlite_case.folder / "keys" / KEY
    shutil.copy(key, tmp_path / "old")
    replace_key(sqlite_case, actor="B", reason="r")
    key.unlink()
    shutil.copy(tmp_path / "old", key)
    with Case.open(sqlite_case.folder) as case:
        with pytest.raises(Tampered):
            _put(case, "x")
        assert {one.what for one in check_case(case)} == {"settings_changed"}


def test_another_process_goes_on_with_the_new_key(case: Case) -> None:
    """A server that has the case open while somebody replaces its key at the command line."""
    with Case.open(case.where, folder=case.folder) as server:
        _put(server, "before")
        done = replace_key(case, actor="B", reason="r")
        assert server.checkpoint() == case.checkpoint()
        assert server.verifier == done.change.new
        _put(server, "after")
        assert check_case(server) == check_case(case) == []
        assert case.proof(0).holds() and server.proof(0).holds()


def test_a_key_is_replaced_in_an_encrypted_case(tmp_path: Path) -> None:
    from headstamp.store.cipher_lock import Cost, Lock

    cost = Cost(2, 64 * 1024, 1)
    with Case.create(tmp_path / "case", lock=lambda keys: Lock.make(keys, "six long words of a field", (), cost)
                     ) as case:
        _put(case, "x")
        replace_key(case, actor="B", reason="r")
        _put(case, "y")
        assert check_case(case) == []
        assert b"PRIVATE+KEY" not in (case.folder / "keys" / KEY).read_bytes()
        keys = case.keys
    with Case.open(tmp_path / "case", keys=keys) as again:
        assert again.signer() is not None


_KILLED = """
import os, signal, sys
from pathlib import Path
from headstamp.store import signing_key
from headstamp.store.case import Case
from headstamp.store.new_key import replace_key

calls, end = 0, int(sys.argv[2])
for name in ("unlink", "replace", "open"):
    real = getattr(os, name)
    def counted(*given, real=real, **more):
        global calls
        if "keys" in str(given[0]) or (isinstance(given[-1], (str, os.PathLike)) and "keys" in str(given[-1])):
            calls += 1
            if calls == end:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **more)
    setattr(os, name, counted)
real_sync = os.fsync
def synced(handle):
    global calls
    calls += 1
    if calls == end:
        os.kill(os.getpid(), signal.SIGKILL)
    return real_sync(handle)
os.fsync = synced
with Case.open(Path(sys.argv[1])) as case:
    replace_key(case, actor="B", reason="r")
print("done", calls)
"""


def test_killed_anywhere_on_the_way_leaves_the_old_key_or_the_new_one(
    sqlite_case: Case, tmp_path: Path
) -> None:
    """At each write, sync, rename of the key's files one kill -9: old or new, never neither."""
    _put(sqlite_case, "x")
    old = sqlite_case.verifier
    sqlite_case.close()
    seen = set()
    for step in range(1, 60, 3 if EFFORT == 1 else 1):
        folder = tmp_path / f"case{step}"
        shutil.copytree(sqlite_case.folder, folder)
        done = subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(step)], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        with Case.open(folder) as case:
            seen.add(case.verifier == old)
            assert check_case(case) == [], step
            _put(case, "it goes on")  # so the key in force is here
            # And the next exchange takes away whatever was left lying.
            replace_key(case, actor="B", reason="again")
            assert not (folder / "keys" / NEXT).exists()
            assert (folder / "keys" / PUBLIC).read_text().strip() == case.verifier.text()
            assert (folder / "keys" / KEY).stat().st_mode & 0o077 == 0
            assert check_case(case) == [], step
        if done.returncode == 0:
            break
    else:
        pytest.fail("it never came to its end")
    assert seen == {True, False} and step >= 6
    assert os.path.exists(folder / "keys" / KEY)


def test_a_forged_line_of_keys_is_told_by_the_case_itself(sqlite_case: Case, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    _put(sqlite_case, "x")
    replace_key(sqlite_case, actor="B", reason="r")
    sqlite_case.close()
    strange = Signer.generate(sqlite_case.origin).verifier_key
    for number, statement in enumerate((
        "DELETE FROM key_change", "UPDATE key_change SET size = size + 1",
        "UPDATE key_change SET note = replace(note, 'replaced', 'revoked')",
        f"UPDATE meta SET value = '{strange}' WHERE key = 'key'",
    )):
        folder = tmp_path / str(number)
        shutil.copytree(sqlite_case.folder, folder)
        with closing(sqlite3.connect(folder / "case.sqlite")) as conn, conn:
            assert conn.execute(statement).rowcount == 1
        with Case.open(folder) as case:
            found = {one.what for one in check_case(case)}
            assert found & {"settings_changed", "signature_invalid"}, statement
