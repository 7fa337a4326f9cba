"""A log put back, forked or written anew is faultless by itself, and found against one outside checkpoint.

Fifty of each, and fifty honest logs that grew, through the check that ``headstamp verify
--against`` runs. The forger here has everything: the key, every copy, and this program.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from headstamp.actions.cases import check_case
from headstamp.evidence.note import Signer
from headstamp.records import Item, Note
from headstamp.store.case import Case
from tests.cli.conftest import Run, run
from tests.effort import EFFORT

__all__ = ["run"]
MANY = 50 * EFFORT
DAYS = 16


@dataclass(frozen=True)
class Day:
    """The case as it was at the end of a day: a copy of its folder, and the checkpoint handed out."""

    folder: Path
    size: int
    note: str


def work(case: Case, random: Random, *, words: str = "seen") -> None:
    """A day's work: some records, now and then a correction."""
    for number in range(random.randint(1, 3)):
        with case.change(actor=random.choice(("Ana", "Ben")), reason="on site") as change:
            item = Item.build(make=f"{words} {random.random()}")
            change.put_many([item, *(Note.build(about=item.id, text=f"{words} {n}")
                                     for n in range(random.randint(0, 3)))])
            if number:
                change.put(item.model_copy(update={"make": "corrected"}))


def copy(case: Path, to: Path) -> Path:
    with closing(sqlite3.connect(case / "case.sqlite")) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(case, to)
    return to


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    """A case as it grew, day by day."""
    folder, random = tmp_path_factory.mktemp("days"), Random(1)
    found = []
    for day in range(DAYS):
        with (Case.create(folder / "case") if day == 0 else Case.open(folder / "case")) as case:
            work(case, random)
            note, size = case.checkpoint_note(), case.checkpoint().size
        found.append(Day(copy(folder / "case", folder / f"day{day}"), size, note))
    return found


def codes(folder: Path, *against: str) -> set[str]:
    with Case.open(folder) as case:
        return {one.what for one in check_case(case, against=against)}


def test_logs_that_only_grew_are_not_accused(days: list[Day]) -> None:
    random = Random(2)
    for _ in range(MANY):
        now = random.randrange(DAYS)
        then = random.randint(0, now)
        assert codes(days[now].folder, days[then].note) == set()


def test_rollback_is_found(days: list[Day]) -> None:
    """An older copy is put back: the end of the log is gone."""
    random, found = Random(3), 0
    for _ in range(MANY):
        back, known = sorted(random.sample(range(DAYS), 2))
        assert codes(days[back].folder) == set()
        found += codes(days[back].folder, days[known].note) == {"log_shorter_than_checkpoint"}
    assert found == MANY


def test_a_fork_is_found(days: list[Day], tmp_path: Path) -> None:
    """An older copy is put back, and the work since is done again, otherwise, as long or longer."""
    random, found = Random(4), 0
    for number in range(MANY):
        back, known = sorted(random.sample(range(DAYS), 2))
        folder = copy(days[back].folder, tmp_path / str(number))
        with Case.open(folder) as case:
            while case.checkpoint().size < days[known].size:
                work(case, random, words="invented")
            assert check_case(case) == []
            assert {one.what for one in check_case(case, against=[days[back].note])} == set()
            told = check_case(case, against=[days[known].note])
        found += {one.what for one in told} == {"fork"} and str(days[known].size) in told[0].id
        shutil.rmtree(folder)
    assert found == MANY


@contextmanager
def same_key(monkeypatch: pytest.MonkeyPatch, key: Path) -> Iterator[None]:
    signer = Signer.parse(key.read_text("utf-8").strip())
    with monkeypatch.context() as patch:
        patch.setattr(Signer, "generate", staticmethod(lambda name: signer))
        yield


def test_a_whole_log_written_anew_is_found(
    days: list[Day], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same key signs another past from the first entry on: any checkpoint of the true one shows it."""
    random, found = Random(5), 0
    for number in range(MANY):
        known = random.randrange(DAYS)
        with (
            same_key(monkeypatch, days[0].folder / "keys" / "device.key"),
            Case.create(tmp_path / str(number)) as case,
        ):
            while case.checkpoint().size < days[known].size:
                work(case, random, words="never seen")
            assert case.origin == days[0].note.split("\n")[0]
            assert check_case(case) == []
            told = check_case(case, against=[days[known].note])
        found += {one.what for one in told} == {"fork"}
        shutil.rmtree(tmp_path / str(number))
    assert found == MANY


def test_the_command_says_so(days: list[Day], tmp_path: Path, run: Run) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(days[-1].note.encode("utf-8"))
    assert run("verify", "--case", days[-1].folder, "--against", kept).code == 0
    put_back = run("verify", "--case", days[3].folder, "--against", kept, "--json")
    assert (put_back.code, put_back.json["ok"]) == (9, False)
    assert [one["what"] for one in put_back.json["findings"]] == ["log_shorter_than_checkpoint"]
    doctor = run("doctor", "--case", days[3].folder, "--against", kept)
    assert doctor.code == 9 and "an older state was put back" in doctor.out
