"""Each fault is made, and the doctor names it with a remedy; it changes nothing, and is silent on health."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import headstamp.actions.keeping.doctor as doctor
import headstamp.actions.markings.index as marking_index
from headstamp.actions.cases import check_case, index_case
from headstamp.actions.evidence.witnesses import note_witness
from headstamp.actions.keeping import work_ailments
from headstamp.actions.keeping.ailment import Ailment
from headstamp.actions.keeping.backup_ailments import BACKUP_HOURS, UNSEEN_DAYS
from headstamp.actions.keeping.backups import back_up, restore_case
from headstamp.evidence.note import Signer, sign
from headstamp.intake.machine.proposal import Absent
from headstamp.records import Item
from headstamp.store.case import Case, now, settings_text
from headstamp.store.marking_texts import texts_of
from headstamp.store.signing_key import MOVED
from headstamp.store.vault import Vault
from tests.store.kept import live, tree


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A case with a backup beside it, everything well."""
    folder = tmp_path_factory.mktemp("healthy")
    with Case.create(folder / "case") as case:
        live(case, many=4)
        for one in (case.folder / "imports").iterdir():
            one.unlink()
        note_witness(case, "paper", "the court's registry", actor="a")
        index_case(case)
        index_of(case)
    back_up(folder / "case", folder / "bk")
    yield folder


def index_of(case: Case) -> None:
    """Keeps the index of markings, which a case as small as this does not."""
    with texts_of(case.backend) as texts:
        marking_index._save(texts, case, marking_index.caught_up(texts, marking_index.EMPTY))
    assert marking_index.index_path(case).is_file()


@pytest.fixture
def place(healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to spoil, in the same places as seen from the case."""
    shutil.copytree(healthy, tmp_path / "h", symlinks=True)
    note = tmp_path / "h" / "case" / "backup.json"
    note.write_text(note.read_text().replace(str(healthy), str(tmp_path / "h")))
    monkeypatch.setattr(doctor, "compiled", lambda: True)
    monkeypatch.setattr(doctor, "absent", lambda: ())
    return tmp_path / "h"


def plenty(folder: Path) -> int:
    return 50_000_000_000


def found(place: Path, **given: object) -> dict[str, Ailment]:
    """What the doctor says, by code; and that it left everything as it was."""
    before = tree(place)
    report = doctor.examine(str(place / "case"), **{"free": plenty, **given})  # type: ignore[arg-type]
    assert tree(place) == before
    for one in report.ailments:
        assert one.words and one.remedy[0].isupper(), one
    return {one.what: one for one in report.ailments}


def exit_code(place: Path, **given: object) -> int:
    return doctor.examine(str(place / "case"), **{"free": plenty, **given}).exit_code  # type: ignore[arg-type]


def test_a_healthy_case(place: Path) -> None:
    assert found(place) == {}
    assert exit_code(place) == 0


def change(place: Path, statement: str) -> None:
    with closing(sqlite3.connect(place / "case" / "case.sqlite")) as conn, conn:
        assert conn.execute(statement).rowcount


def any_original(place: Path) -> Path:
    path = next(p for p in sorted((place / "case" / "originals").rglob("*")) if p.is_file())
    path.chmod(0o600)
    return path


def record_more(place: Path, clock: Callable[[], datetime] = now) -> None:
    with Case.open(place / "case", clock=clock) as case, case.change(actor="a", reason="r") as more:
        more.put(Item.build({"make": "later"}))


def newer(place: Path) -> None:
    with Case.open(place / "case") as case:
        signer = case.signer()
        assert signer is not None
        meta = {**case.meta, "format": "7"}
    with closing(sqlite3.connect(place / "case" / "case.sqlite")) as conn, conn:
        conn.execute("UPDATE meta SET value = '7' WHERE key = 'format'")
        conn.execute("UPDATE meta SET value = ? WHERE key = 'seal'", (sign(settings_text(meta), signer),))


def flip_pages(place: Path) -> None:
    path = place / "case" / "case.sqlite"
    data = bytearray(path.read_bytes())
    data[8192 * 3 : 8192 * 12] = os.urandom(8192 * 9)
    path.write_bytes(data)


def rolled_back(place: Path) -> None:
    """An earlier state of the case under a later backup."""
    shutil.copytree(place / "case", place / "earlier")
    record_more(place)
    back_up(place / "case", place / "bk")
    shutil.copy(place / "case" / "backup.json", place / "earlier" / "backup.json")
    shutil.rmtree(place / "case")
    (place / "earlier").rename(place / "case")


EVIDENCE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a missing original": ("original_missing", lambda p: any_original(p).unlink()),
    "a damaged original": ("original_changed", lambda p: any_original(p).write_bytes(b"x")),
    "a changed record": ("record_changed", lambda p: change(
        p, "UPDATE version SET body = CAST(replace(body, 'make', 'mark') AS BLOB) WHERE seq = 1")),
    "a record that is gone": ("record_missing", lambda p: change(
        p, "DELETE FROM version WHERE seq = 1")),
    "a record slipped in": ("record_not_logged", lambda p: change(
        p, "INSERT INTO version SELECT seq + 500, kind, id, 9, seq, seed, body, held FROM version"
           " WHERE seq = 1")),
    "an entry cut off": ("root_mismatch", lambda p: change(p, "UPDATE log SET entry = x'00' WHERE seq = 2")),
    "a changed list": ("table_changed", lambda p: change(p, "UPDATE item SET make = 'forged'")),
    "a table slipped in": ("foreign_table", lambda p: (
        change(p, "DELETE FROM ref"), sqlite3.connect(p / "case" / "case.sqlite").execute(
            "CREATE TABLE stolen (a)").connection.close())),
    "changed settings": ("settings_changed", lambda p: change(
        p, "UPDATE meta SET value = 'x' WHERE key = 'created_at'")),
    "another key": ("settings_changed", lambda p: (p / "case" / "keys" / "device.key").write_text(
        Signer.generate("headstamp.local/other").text())),
    "a damaged search index": ("database_damaged", lambda p: change(
        p, "DELETE FROM search_fts_data WHERE id > 10")),
    "a file full of noise": ("case_damaged", lambda p: (p / "case" / "case.sqlite").write_bytes(
        os.urandom(50_000))),
    "an older state put back": ("log_shorter_than_checkpoint", rolled_back),
}


@pytest.mark.parametrize("name", EVIDENCE)
def test_damage_to_evidence(place: Path, name: str) -> None:
    what, spoil = EVIDENCE[name]
    spoil(place)
    told = found(place)
    assert what in told, (name, sorted(told))
    assert told[what].grade == "evidence" and "hange nothing" in told[what].remedy
    assert exit_code(place) == 9


def test_noise_over_pages_is_named_and_no_traceback(place: Path) -> None:
    flip_pages(place)
    assert {"database_damaged", "case_damaged", "not_checked", "record_changed"} & set(found(place))
    assert exit_code(place) == 9


def test_many_findings_are_cut_short_and_counted(place: Path) -> None:
    with Case.open(place / "case") as case:
        live(case, "more", many=60)
    change(place, "UPDATE item SET make = 'forged'")
    report = doctor.examine(str(place / "case"), free=plenty)
    told = [one for one in report.ailments if one.what == "table_changed"]
    assert len(told) == 21 and "more of this kind" in told[-1].words


FAULTS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no case": ("case_missing", lambda p: shutil.rmtree(p / "case")),
    "no database": ("case_missing", lambda p: (p / "case" / "case.sqlite").unlink()),
    "a newer case": ("another_version", newer),
    "an older layout": ("another_version", lambda p: change(
        p, "DELETE FROM progress WHERE name = 'layout'")),
    "a key others can read": ("key_open", lambda p: (p / "case" / "keys" / "device.key").chmod(0o644)),
    "no key": ("key_missing", lambda p: (p / "case" / "keys" / "device.key").unlink()),
    "a moved key": ("key_moved", lambda p: (p / "case" / "keys" / "device.key").rename(
        p / "case" / "keys" / MOVED)),
    "no backup": ("no_backup", lambda p: (p / "case" / "backup.json").unlink()),
    "a damaged note of the backup": ("backup_note_damaged", lambda p: (
        p / "case" / "backup.json").write_text("{")),
    "a backup that is gone": ("backup_damaged", lambda p: shutil.rmtree(next((p / "bk/states").iterdir()))),
    "a backup with a damaged manifest": ("backup_damaged", lambda p: next(
        (p / "bk/states").rglob("manifest.json")).write_text("{}")),
    "a backup without an original": ("backup_damaged", lambda p: next(
        q for q in (p / "bk/originals").rglob("*") if q.is_file()).unlink()),
    "a damaged index of markings": ("index_damaged", lambda p: (
        p / "case/derived/markings.index").write_bytes(b"HSMARK02 no more")),
    "a clock that is behind": ("clock_behind", lambda p: record_more(
        p, lambda: now() + timedelta(days=400))),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_machine_and_upkeep(place: Path, name: str) -> None:
    what, spoil = FAULTS[name]
    spoil(place)
    told = found(place)
    assert what in told, (name, sorted(told))
    assert told[what].grade == "fault"
    assert exit_code(place) == 7


@pytest.mark.parametrize(("room", "what"), [
    (0, "disk_full"), (doctor.FULL_BYTES - 1, "disk_full"), (doctor.FULL_BYTES, "disk_nearly_full"),
    (doctor.NEARLY_BYTES - 1, "disk_nearly_full"), (doctor.NEARLY_BYTES, None),
])
def test_disk(place: Path, room: int, what: str | None) -> None:
    assert set(found(place, free=lambda folder: room)) == ({what} if what else set())


def test_a_folder_that_may_not_be_written(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: "originals" not in str(path))
    assert set(found(place)) == {"not_writable"}
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: "device.key" not in str(path))
    assert set(found(place)) == {"key_unreadable"}


def test_a_database_that_cannot_be_used(place: Path) -> None:
    (place / "case" / "case.sqlite").unlink()
    (place / "case" / "case.sqlite").mkdir()
    assert {"case_missing", "case_unavailable"} & set(found(place))


def test_how_old_a_backup_may_be(place: Path) -> None:
    later = datetime.now(UTC) + timedelta(hours=BACKUP_HOURS + 1)
    assert found(place, clock=lambda: later) == {}  # nothing was recorded since
    record_more(place)
    assert "old_backup" not in found(place)
    told = found(place, clock=lambda: later)["old_backup"]
    assert told.grade == "fault" and "1 entry was made since" in told.words


def test_a_backup_disk_that_is_not_plugged_in(place: Path) -> None:
    (place / "bk").rename(place / "away")
    assert found(place)["backup_not_here"].grade == "note"
    later = datetime.now(UTC) + timedelta(days=UNSEEN_DAYS + 1)
    assert found(place, clock=lambda: later)["backup_not_here"].grade == "fault"


NOTES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no index of markings": ("index_missing", lambda p: (
        p / "case/derived/markings.index").unlink()),
    "the search index is behind": ("search_behind", record_more),
    "uploads that wait": ("imports_waiting", lambda p: (
        p / "case/imports/waiting/0123456789abcdef").mkdir(parents=True)),
    "rows that were refused": ("rows_refused", lambda p: (
        p / "case/imports/finds.csv-problems.csv").write_text("row\n")),
    "a restore that was cut off": ("left_over", lambda p: (p / ".case.restoring").mkdir()),
    "an upload that was cut off": ("left_over", lambda p: (
        (p / "case/originals/.incoming-x").write_bytes(b""),
        os.utime(p / "case/originals/.incoming-x", (1, 1)))),
    "an original nobody names": ("originals_unnamed", lambda p: Vault(p / "case/originals").keep(b"?")),
    "a clock that was turned back": ("clock_turned_back", lambda p: record_more(
        p, lambda: now() - timedelta(days=3))),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    what, make = NOTES[name]
    monkeypatch.setattr(work_ailments, "LEAST_UNSAVED", 1)
    make(place)
    assert found(place)[what].grade == "note"
    assert exit_code(place) == 0


def test_parts_that_are_not_installed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "compiled", lambda: False)
    monkeypatch.setattr(doctor, "absent", lambda: (Absent(part="tesseract", reads="Arabic", add="apt-get x"),))
    assert set(found(place)) == {"search_not_compiled", "part_missing"}
    assert exit_code(place) == 0


def test_a_checkpoint_kept_elsewhere(place: Path) -> None:
    with Case.open(place / "case") as case:
        record_more(place)
        note = case.checkpoint_note()
    rolled = place / "x"
    shutil.copytree(place / "case", rolled)
    assert "fork" not in found(place, against=[note])
    assert doctor.examine(str(place / "case"), against=["no note"], free=plenty).exit_code == 9


def test_the_remedy_of_a_lost_original_works(place: Path) -> None:
    """A good copy in the backup outlives the loss: backed up again and restored, all is there."""
    any_original(place).unlink()
    assert "original_missing" in found(place)
    done, _ = back_up(place / "case", place / "bk")
    assert done.manifest.faults == ()
    restore_case(place / "bk", str(place / "again"))
    with Case.open(place / "again") as case:
        assert check_case(case) == []


@pytest.mark.postgres
def test_a_server_that_loses_what_was_acknowledged(tmp_path: Path) -> None:
    from tests.conftest import new_case

    with new_case("postgres", tmp_path / "case") as case:
        live(case)
        report = doctor.examine(case.where, folder=case.folder, free=plenty)
        # The server of the tests runs with fsync off, which is what is to be told.
        told = {one.about for one in report.ailments if one.what == "database_unsafe"}
        assert told == set(case.backend.unsafe_settings())
        assert "fsync" in told or not told
        assert {one.what for one in report.ailments if one.grade != "note"} <= {
            "database_unsafe", "no_backup"}
