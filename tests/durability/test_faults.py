"""Each call that writes fails once: the case stays whole, the user is told, the next try works.

The calls of five commands are counted from their trace; then each command is run again for
each of its calls, which strace lets fail with EIO or ENOSPC, or at which it kills.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.keeping.backups import restore_case
from headstamp.store.case import Case
from tests.durability.acts import photograph_of
from tests.durability.stage import Done, Stage, need_strace, stage
from tests.effort import counted

EVERY = counted(48, 1)
WRITING = ("openat", "pwrite64", "write", "fsync", "fdatasync", "rename", "ftruncate", "unlink", "mkdir")
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
# What opens a file to read it may fail too, but nothing can be lost by that.
_WRITES = re.compile(r"O_(WRONLY|RDWR)")
_LINE = re.compile(r"^(\d+) +(\w+)\(")


@dataclass(frozen=True)
class Aim:
    """One call of a command: the n-th of its name, and what it did, for the message."""

    call: str
    number: int
    line: str


def _commands(place: Path) -> dict[str, list[object]]:
    case = place / "case"
    return {
        "record": ["record", "item", "--make", "tried", "--reason", "r", "--case", case],
        "photograph": ["import", place / "picture.png", "--case", case],
        "table": ["import", place / "finds.csv", "--as", "item", "--case", case],
        "backup": ["backup", place / "backup", "--case", case],
        "export": ["export-log", place / "log", "--case", case],
        "init": ["init", place / "another"],
    }


def _prepared(folder: Path) -> Path:
    place = folder / "whole"
    place.mkdir()
    with Case.create(place / "case") as case:
        from tests.durability.work import save

        save(case, "before")
    (place / "picture.png").write_bytes(photograph_of("tried"))
    (place / "finds.csv").write_text("tag,make\n" + "".join(f"t{n},of tried\n" for n in range(5)))
    return place


def _aims(trace: Path, root: Path) -> list[Aim]:
    """The calls that write beneath ``root`` (where they do is in the line: ``strace -y``)."""
    counts: dict[str, int] = {}
    found = []
    lines = trace.read_text("utf-8", "replace").splitlines()
    process = lines[0].split()[0]  # strace counts each process for itself
    for line in lines:
        call = _LINE.match(line)
        if call is None or call[1] != process or call[2] not in WRITING:
            continue
        name = call[2]
        counts[name] = counts.get(name, 0) + 1
        if str(root) not in line or "-shm" in line or (name == "openat" and not _WRITES.search(line)):
            continue
        found.append(Aim(name, counts[name], line[:300]))
    return found


def _wrong(place: Path, name: str, done: Done, fault: str, again: Stage, back: Path) -> list[str]:
    """What is wrong after a fault: not told, not whole, or the second try does not work."""
    found = []
    if fault != "KILL":
        if done.code == 0:
            # Borne: then all that was asked for must be there, as the next try shows.
            found += [] if "item-" in done.said or name != "record" else ["said nothing"]
        elif done.code not in (5, 6, 7):
            found.append(f"exit code {done.code}")
        elif not done.said.strip() or "Traceback" in done.said:
            found.append("not told")
    if name != "init":
        with Case.open(place / "case") as case:
            found += [str(one) for one in check_case(case)]
            before = case.read().list("item", {"make": "tried"}, limit=5).total
        found += ["acknowledged and lost"] if name == "record" and done.code == 0 and not before else []
        found += ["half there"] if before > 1 else []
    for state in (place / "backup" / "states").glob("2*"):
        restore_case(state, str(back))
        shutil.rmtree(back)
    if (place / "log").exists() and done.code == 0:
        found += [] if (place / "log" / "verify.py").is_file() else ["half a log"]
    if name == "export" and done.code != 0 and (place / "log").exists():
        # Only the very last sync failed: it is whole.
        found += [] if (place / "log" / "verify.py").is_file() else ["half a log"]
        shutil.rmtree(place / "log")
    if name == "export" and done.code == 0:
        shutil.rmtree(place / "log")
    second = again.run(*_commands(place)[name])
    whole = name == "init" and second.code == 5 and "already" in second.said
    if second.code and not whole:
        found.append(f"the second try: {second.code} {second.said[:300]}")
    with Case.open(place / ("another" if name == "init" else "case")) as case:
        found += [f"afterwards: {one}" for one in check_case(case)]
        rows = case.read().list("item", {"make": "of tried"}, limit=9).total
        found += ["rows are there by half"] if name == "table" and rows != 5 else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["record", "photograph", "table", "backup", "export", "init"])
def test_a_fault_in_each_call_that_writes(tmp_path: Path, name: str) -> None:
    """Every call times every fault in ``make soak``; every 48th of them in ``make test``."""
    need_strace(tmp_path)
    whole = _prepared(tmp_path)
    runs = borne = 0
    wrong = []
    quiet = {"HEADSTAMP_ACTOR": "Ana"}
    with stage(tmp_path / "runs", quiet) as runner:
        place = tmp_path / "place"
        shutil.copytree(whole, place)
        trace = tmp_path / f"trace-{name}"
        options = ["-y", "-e", f"trace={','.join(WRITING)}"]
        done = runner.traced(trace, options, *_commands(place)[name])
        assert done.code == 0, done.said
        shutil.rmtree(place)
        aims = _aims(trace, place)
        assert len(aims) > 5, name
        tries = [(aim, fault) for aim in aims for fault in FAULTS]
        for aim, fault in tries[::EVERY]:
            shutil.copytree(whole, place)
            inject = f"inject={aim.call}:{FAULTS[fault]}:when={aim.number}"
            done = runner.traced(tmp_path / "trace", [*options, "-e", inject],
                                 *_commands(place)[name])
            hit = "INJECTED" in (tmp_path / "trace").read_text("utf-8", "replace")
            assert hit or (fault == "KILL" and done.code == -9), (aim, done)
            found = _wrong(place, name, done, fault, runner, tmp_path / "back")
            if found:
                wrong.append((name, fault, aim, done, found))
            runs += 1
            borne += done.code == 0
            shutil.rmtree(place)
    print(f"{name}: {runs} faults, {borne} borne, {len(wrong)} with something wrong")
    for one in wrong:
        print(one)
    assert wrong == []
