"""A clock set back or forward an hour, a day or ten years: the order stays, and it is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.store.case import Case
from tests.durability.stage import stage

SHIFTS = ("-1h", "+1h", "-1d", "+1d", "-10y", "+10y")


def faketime() -> Path:
    """The library that shifts a process's clock; skips by name where there is none."""
    for place in ("/usr/lib", "/usr/local/lib"):
        for found in Path(place).glob("**/faketime/libfaketime.so.1"):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail("CI needs libfaketime")
    pytest.skip("libfaketime is not installed")


@pytest.mark.slow
def test_a_wrong_clock_loses_no_order_and_is_told(tmp_path: Path) -> None:
    shift = tmp_path / "shift"
    shift.write_text("+0")
    environment = {
        "LD_PRELOAD": str(faketime()), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "HEADSTAMP_ACTOR": "Ana",
    }
    with stage(tmp_path / "runs", environment) as runs:
        for number, by in enumerate(SHIFTS):
            folder = tmp_path / f"case{number}"
            Case.create(folder).close()
            ids = []
            for moment, now in enumerate(("+0", by, "+0", by, "+0")):
                shift.write_text(now)
                done = runs.run("record", "item", "--make", f"m{moment}", "--reason", "r", "--case",
                                folder)
                assert done.code == 0, (by, done)
                ids.append(done.said.split()[0])
            with Case.open(folder) as case:
                reader = case.read()
                events = [reader.history(id_)[0] for id_ in ids]
                assert [event.seq for event in events] == sorted(event.seq for event in events)
                times = [event.at for event in events]
                assert times != sorted(times)  # the clock was really wrong
                assert check_case(case) == []
                assert case.checkpoint().size == len(ids)
            for now in ("+0", by):
                shift.write_text(now)
                assert runs.run("verify", "--case", folder).code == 0
                told = json.loads(runs.run("doctor", "--json", "--case", folder).said)
                assert "clock_turned_back" in json.dumps(told), (by, now, told)
                behind = "clock_behind" in json.dumps(told)
                assert behind == ((now, by[0]) in (("+0", "+"), (by, "-"))), (by, now, told)
