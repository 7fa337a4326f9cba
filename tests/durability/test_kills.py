"""The working product is killed at any moment: nothing acknowledged is lost, nobody has to mend."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.store.case import Case
from tests.durability.stage import stage
from tests.durability.work import Told, backups_lost, goes_on, lost
from tests.effort import counted

KILLS = counted(30, 300)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kills_of_mixed_work(tmp_path: Path) -> None:
    """300 kill -9 in ``make soak``; a case of its own for every ten of them."""
    draw = random.Random(1)
    acknowledged: Counter[str] = Counter()
    with stage(tmp_path / "runs") as runs:
        for number in range(KILLS):
            where = tmp_path / f"c{number // 10}"
            if number % 10 == 0:
                where.mkdir()
                told = Told()
            run = runs.begin("work", where / "case", where / "beside", f"k{number}", 1000)
            if number % 10:
                run.wait_for("ready")
            time.sleep(draw.random() ** 2 * (0.05 if number % 10 == 0 else 5))
            run.kill()
            ended = run.wait()
            assert ended.code == -9, ended.said
            new = Told.of(ended.said.split("\n")[:-1])
            told.created |= new.created
            for what, names in new.safe.items():
                told.safe.setdefault(what, []).extend(names)
                acknowledged[what] += len(names)
            if not told.created:
                continue  # cut off while the case was being made: the next run makes it
            with Case.open(where / "case") as case:
                assert lost(case, told) == [], number
                if number % 5 == 0:
                    assert check_case(case) == []
            if number % 10 == 9:
                assert goes_on(where / "case", told, "at the end") == []
                assert backups_lost(where / "backup", told, where / "back") == []
    print(f"{KILLS} kills, {acknowledged.total()} acknowledged, 0 lost: {dict(acknowledged)}")
    assert acknowledged.total() > KILLS
