"""Taking in that is killed, crowded or out of space: nothing is half taken, and again is once."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.contradictions import Contradictions
from headstamp.actions.exchange.devices import mark_lost
from headstamp.actions.exchange.take import take
from headstamp.errors import Conflicting, HeadstampError
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM, Two, originals, put, state, two_devices
from tests.effort import counted

POINTS = counted(20, 100)


def in_a_child(work: Callable[[], int]) -> int:
    """Runs that in a process of its own; its exit code, below 0 for a signal."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def taken(folder: Path, bundle: Path) -> int:
    with Case.open(folder) as case:
        try:
            return 0 if take(case, bundle, actor="Ben", reason="came").state in ("taken", "known") else 1
        except HeadstampError as error:
            return 3 if isinstance(error, Conflicting) else 2


def calls_of(folder: Path, bundle: Path, stop: int | None) -> int:
    """Takes in, counting the calls of functions; kills itself at that one."""
    count = 0

    def called(frame: Any, event: str, arg: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1
            if count == stop:
                os.kill(os.getpid(), signal.SIGKILL)

    with Case.open(folder) as case:
        sys.setprofile(called)
        try:
            take(case, bundle, actor="Ben", reason="came")
        finally:
            sys.setprofile(None)
    return count


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path / "two")


def counts(case: Case) -> tuple[int, int, int]:
    reader = case.read("sealed")
    return (reader.list("item").total, reader.list("photograph").total, len(originals(case)))


def test_killed_at_any_point_it_is_all_or_nothing_and_again_is_once(two: Two, tmp_path: Path) -> None:
    bundle = Path(two.packed().path)
    clean = tmp_path / "clean"
    shutil.copytree(two.hq.folder, clean)
    whole = shutil.copytree(clean, tmp_path / "whole")
    (tmp_path / "count").touch()

    def count() -> int:
        (tmp_path / "count").write_text(str(calls_of(whole, bundle, None)))
        return 0

    assert in_a_child(count) == 0
    total = int((tmp_path / "count").read_text())
    halves = 0
    for n in range(POINTS):
        folder = Path(shutil.copytree(clean, tmp_path / f"c{n}"))
        stop = total * (n + 1) // (POINTS + 1)
        # How many calls there are differs a little from run to run: near the end it may be through before.
        through = in_a_child(partial(calls_of, folder, bundle, stop)) != -signal.SIGKILL
        assert not through or stop > total * 9 // 10
        with Case.open(folder) as case:
            items, photographs, _ = counts(case)
            assert (items, photographs) in ((0, 0), (1, 1)), stop
            halves += items
            assert check_case(case) == []
            done = take(case, bundle, actor="Ben", reason="again")
            assert (done.state, bool(done.receipt)) == ("known" if items else "taken", True)
            assert two.hq.origin == case.origin
            assert counts(case) == (1, 1, 1)
            assert check_case(case) == []
            two.confirmed(done)
            assert len(list(case.read("sealed").stream("bundle"))) == 1
        shutil.rmtree(folder)
    assert 0 < halves < POINTS  # before and after the transaction


def test_two_who_take_the_same_bundle_at_once_take_it_once(two: Two, tmp_path: Path) -> None:
    bundle = Path(two.packed().path)
    pids = []
    for _ in range(3):
        pid = os.fork()
        if pid == 0:
            code = 99
            try:
                code = taken(two.hq.folder, bundle)
            finally:
                os._exit(code)
        pids.append(pid)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    assert 0 in codes
    assert set(codes) <= {0, 3}
    with Case.open(two.hq.folder) as case:
        assert counts(case) == (1, 1, 1)
        assert [one.get("bundle_state") for one in case.read("sealed").stream("bundle")] == ["taken"]
        assert check_case(case) == []
        assert take(case, bundle, actor="Ben", reason="r").state == "known"


def meanwhile(monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Has that happen once, after all of a bundle was checked and before it is written."""
    before = Contradictions.told

    def after(look: Contradictions) -> tuple[str, str]:
        found = before(look)
        monkeypatch.setattr(Contradictions, "told", before)
        what()
        return found

    monkeypatch.setattr(Contradictions, "told", after)


def test_two_forks_at_once_are_not_both_taken(
    two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wants: two states of one laptop taken in, each checked before the other was there."""
    with Case.open(shutil.copytree(two.field.folder, tmp_path / "copy")) as fork:
        put(fork, "fork", make="x")
        other = two.packed(fork)
    put(two.field, "true", make="y")
    true = two.packed()
    meanwhile(monkeypatch, lambda: two.taken(other))
    before = two.hq.read().list("item").total
    with pytest.raises(Conflicting, match="Take this one again"):
        two.taken(true)
    assert two.hq.read().list("item").total == before + 2
    assert two.taken(true).state == "forked"
    assert check_case(two.hq) == []


def test_a_device_marked_as_lost_meanwhile_is_not_taken_from(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = two.packed()
    meanwhile(monkeypatch, lambda: mark_lost(two.hq, "Field", actor="Ben", reason="stolen"))
    with pytest.raises(Conflicting):
        two.taken(bundle)
    assert two.taken(bundle).state == "quarantined"


def test_what_a_person_records_meanwhile_is_not_written_over(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.confirmed(two.taken(two.packed()))
    put(two.field, "first", make="Field says")
    bundle = two.packed()
    meanwhile(monkeypatch, lambda: put(two.hq, "first", make="HQ says"))
    done = two.taken(bundle)
    assert (done.taken, done.beside, done.contested) == (0, 1, (ITEM,))
    assert two.hq.read().get(ITEM).get("make") == "HQ says"
    assert check_case(two.hq) == []


def test_what_is_erased_meanwhile_does_not_come_back(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.confirmed(two.taken(two.packed()))
    put(two.field, "first", make="Altera", model="back again")
    bundle = two.packed()

    def erase() -> None:
        with two.hq.change(actor="Ana", reason="court") as change:
            change.put(make("erasure", "one", record=ITEM, fields=["model"], erasure_ground="order"))
        with two.hq.change(actor="Ben", reason="agreed") as change:
            change.approve("eras-one0000")

    meanwhile(monkeypatch, erase)
    two.taken(bundle)
    assert two.hq.read("sealed").get(ITEM).get("model") is None
    assert check_case(two.hq) == []


@pytest.mark.parametrize("share", [0.1, 0.3, 0.9])
def test_out_of_space_nothing_is_taken_and_again_it_is(two: Two, tmp_path: Path, share: float) -> None:
    picture = os.urandom(600_000)
    with two.field.change(actor="Ana", reason="found") as change:
        kept = change.file(picture)
        change.put(make("photograph", "large", digest=kept.digest, items=[ITEM]))
    bundle = Path(two.packed().path)
    before = state(two.hq)
    two.hq.close()

    def full() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(len(picture) * share),) * 2)
        return taken(two.hq.folder, bundle)

    assert in_a_child(full) == 2
    with Case.open(two.hq.folder) as case:
        assert state(case) == before
        assert take(case, bundle, actor="Ben", reason="again").state == "taken"
        assert check_case(case) == []
