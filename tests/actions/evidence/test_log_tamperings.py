"""Ten ways to tamper with a log, fifty of each: all noticed, with the first false entry by number.

By what ``headstamp verify`` exits with and says (figure I2). Six ways are open to whoever
gets at the database; the last four leave a log that is faultless by itself, and are found
against one checkpoint that was kept elsewhere. A tenth of all in ``make test``.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from headstamp.actions.cases import index_case
from headstamp.cli import main
from headstamp.evidence import base64
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.entry import Stamp, seal
from headstamp.evidence.note import Signer, sign
from headstamp.records import Item, Marking
from headstamp.store.case import Case, settings_text
from tests.effort import EFFORT

CHANGES, ROUNDS = 8, 50
START = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """A case after each of its changes, and a checkpoint that somebody else was given."""

    states: tuple[Path, ...]
    outside: Path
    size: int
    sizes: tuple[int, ...]

    def copy(self, folder: Path, state: int = -1) -> Path:
        """A copy of the case as it was after a change."""
        shutil.copytree(self.states[state], folder)
        return folder


def _record(folder: Path, numbers: range, word: str = "", late: timedelta = timedelta()) -> None:
    for number in numbers:
        with Case.open(folder, clock=lambda n=number: START + timedelta(hours=n) + late) as case:  # type: ignore[misc]
            with case.change(actor="A. Field", reason=f"day {number}") as change:
                items = [Item.build(id=f"item-000000{number}{k}", make=f"{word}make {k}") for k in range(4)]
                change.put_many(items)
                change.put_many([Marking.build(item=one.id, text=f"{word}{number}-{k}")
                                 for k, one in enumerate(items)])
            index_case(case)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    place = tmp_path_factory.mktemp("kept")
    folder, states, sizes = place / "case", [], []
    Case.create(folder, clock=lambda: START).close()
    for number in range(CHANGES + 1):
        if number:
            _record(folder, range(number - 1, number))
        states.append(place / f"state{number}")
        shutil.copytree(folder, states[-1])
        with Case.open(folder) as case:
            sizes.append(case.checkpoint().size)
    # Handed out after the last change but one: what came after it is vouched for by nobody else.
    with Case.open(states[-2]) as case:
        (place / "outside").write_text(case.checkpoint_note(), "utf-8")
    return Kept(tuple(states), place / "outside", sizes[-1], tuple(sizes))


def verify(folder: Path, capsys: pytest.CaptureFixture[str], *more: object) -> tuple[int, set[tuple[str, str]]]:
    """Exit code of ``headstamp verify``, and what it found of what."""
    capsys.readouterr()
    code = main(["verify", "--case", str(folder), "--json", *map(str, more)])
    told = json.loads(capsys.readouterr().out)
    return code, {(one["what"], one["id"]) for one in told["findings"]}


# --- by whoever gets at the database: the log by itself is false from some entry on -------

def _edit(log: list[bytes], random: Random) -> int:
    at = random.randrange(len(log))
    told = parse(log[at])
    told[random.choice(("actor", "reason", "id"))] += "x"
    log[at] = canonical(told)
    return at


def _delete(log: list[bytes], random: Random) -> int:
    at = random.randrange(len(log))
    del log[at]
    return at


def _insert(log: list[bytes], random: Random) -> int:
    at = random.randrange(len(log) + 1)
    stamp = Stamp("put", "A. Field", "2026-11-21T09:00:00.000000Z", "day 1")
    log.insert(at, seal(stamp, "item/1", f"item-{at:08}", 1, ("make",), [b'"x"'], random.randbytes(16)))
    return at


def _swap(log: list[bytes], random: Random) -> int:
    one, other = sorted(random.sample(range(len(log)), 2))
    log[one], log[other] = log[other], log[one]
    return one


def _truncate(log: list[bytes], random: Random) -> int:
    at = random.randrange(len(log))
    del log[at:]
    return at


BY_SQL: dict[str, Callable[[list[bytes], Random], int]] = {
    "edit": _edit, "delete": _delete, "insert": _insert, "swap": _swap, "truncate": _truncate,
}


@pytest.mark.parametrize("kind", BY_SQL)
def test_50_of_50_are_found_with_the_first_false_entry(
    kind: str, kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = 0
    for round_ in _rounds():
        folder = kept.copy(tmp_path / "case")
        with closing(sqlite3.connect(folder / "case.sqlite")) as conn, conn:
            log = [bytes(entry) for (entry,) in conn.execute("SELECT entry FROM log ORDER BY seq")]
            first = BY_SQL[kind](log, Random(f"{kind} {round_}"))
            conn.execute("DELETE FROM log")
            conn.executemany("INSERT INTO log (seq, entry) VALUES (?, ?)", enumerate(log))
        code, told = verify(folder, capsys)
        assert code == 9, (kind, round_)
        numbers = sorted(int(id_.split()[1]) for what, id_ in told
                         if what in ("root_mismatch", "entries_after_last_checkpoint")
                         and id_.startswith("entry "))
        assert numbers and numbers[0] == first, (kind, round_, first, told)
        shutil.rmtree(folder)
        found += 1
    assert found == len(_rounds())


# --- by whoever holds the key and every copy: only the outside checkpoint shows it --------


def _roll_back(kept: Kept, folder: Path, random: Random) -> set[str]:
    """An older copy in the place of the case."""
    kept.copy(folder, random.randrange(CHANGES - 1))
    return {"log_shorter_than_checkpoint"}


def _fork(kept: Kept, folder: Path, random: Random) -> set[str]:
    """An older copy goes on with another story, past the size of the checkpoint."""
    start = random.randrange(CHANGES - 1)
    kept.copy(folder, start)
    _record(folder, range(start, CHANGES), "another ")
    return {"fork"}


def _resign(kept: Kept, folder: Path, random: Random) -> set[str]:
    """Another key signs all of it: settings, checkpoints; and lies in the folder."""
    kept.copy(folder)
    with Case.open(folder) as case:
        meta = case.meta
    signer = Signer.generate(meta["origin"])
    meta = {**meta, "key": signer.verifier_key}
    with closing(sqlite3.connect(folder / "case.sqlite")) as conn, conn:
        for size, note in conn.execute("SELECT size, note FROM checkpoint").fetchall():
            point = Checkpoint(meta["origin"], size, base64.decode(note.split("\n")[2]))
            conn.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (sign_checkpoint(point, signer), size))
        for key, value in (("key", meta["key"]), ("seal", sign(settings_text(meta), signer))):
            conn.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
    (folder / "keys" / "device.pub").write_text(f"{signer.verifier_key}\n")
    (folder / "keys" / "device.key").write_text(f"{signer.text()}\n")
    return {"signature_invalid"}


def _backdate_all(kept: Kept, folder: Path, random: Random) -> set[str]:
    """The same records again from some change on, by a clock that was put back."""
    start = random.randrange(CHANGES - 1)
    kept.copy(folder, start)
    _record(folder, range(start, CHANGES), late=-timedelta(days=random.randint(1, 400)))
    return {"fork"}


def _rewrite(kept: Kept, folder: Path, random: Random) -> set[str]:
    """The whole log from its first entry, with other words."""
    kept.copy(folder, 0)
    _record(folder, range(CHANGES + random.randint(0, 2)), random.choice(("new ", "other ")))
    return {"fork"}


BY_KEY: dict[str, Callable[[Kept, Path, Random], set[str]]] = {
    "roll back": _roll_back, "fork": _fork, "re-sign with another key": _resign,
    "backdate": _backdate_all, "rewrite all": _rewrite,
}


@pytest.mark.parametrize("kind", BY_KEY)
def test_50_of_50_are_found_against_one_outside_checkpoint(
    kind: str, kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = 0
    for round_ in _rounds():
        folder = tmp_path / "case"
        expected = BY_KEY[kind](kept, folder, Random(f"{kind} {round_}"))
        # Faultless by itself: the log proves nothing against whoever has all of it.
        assert verify(folder, capsys) == (0, set()), (kind, round_)
        code, told = verify(folder, capsys, "--against", kept.outside)
        assert (code, {what for what, _ in told}) == (9, expected), (kind, round_, told)
        shutil.rmtree(folder)
        found += 1
    assert found == len(_rounds())


def test_the_case_itself_is_faultless(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(kept.states[-1], capsys, "--against", kept.outside) == (0, set())
    assert len(BY_SQL) + len(BY_KEY) == 10 and ROUNDS == 50


def _rounds() -> range:
    """All fifty in ``make soak``, every tenth else."""
    return range(0, ROUNDS, 10 if EFFORT == 1 else 1)
