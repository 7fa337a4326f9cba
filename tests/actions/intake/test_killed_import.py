"""Imports killed at fifty random moments: what was acknowledged is there, and the next import goes on."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case, make_case, open_case
from headstamp.actions.intake.file import import_file
from tests.shared import ROOT

KILLS = 50
FILES, ROWS = 40, 120

_IMPORTER = """
import sys
from pathlib import Path
from headstamp.actions.cases import open_case
from headstamp.actions.intake.file import import_file
with open_case(sys.argv[1]) as case:
    print("ready", flush=True)
    for name in sys.argv[2:]:
        result = import_file(case, Path(name), actor="test")
        assert result.accepted + result.unchanged == result.read, result
        print("imported", name, result.read, flush=True)
"""


def _file(path: Path, number: int) -> Path:
    lines = ["tag,make,serial,date found"]
    lines += [f"{number}-{row},Make {row % 7},AB {number:03}{row:03},2016-02-{row % 28 + 1:02}"
              for row in range(ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_killed_imports(tmp_path: Path) -> None:
    draw = random.Random(23)
    files = [_file(tmp_path / f"finds-{n}.csv", n) for n in range(FILES)]
    where = tmp_path / "case"
    make_case(where).close()
    acknowledged: set[str] = set()
    deadline = time.monotonic() + 300
    for _ in range(KILLS):
        some = draw.sample(files, 12)
        process = subprocess.Popen(
            [sys.executable, "-c", _IMPORTER, str(where), *map(str, some)], cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        time.sleep(draw.random() * 0.4)
        process.kill()
        said, wrong = process.communicate()
        assert "Error" not in wrong, wrong
        acknowledged |= {
            line.split()[1] for line in said.splitlines()
            if line.startswith("imported ") and line.endswith(f" {ROWS}")
        }
        assert time.monotonic() < deadline
    assert acknowledged
    with open_case(where) as case:
        assert check_case(case) == []
        for path in files:
            before = case.read().list("document", {"original_name": path.name}).rows
            result = import_file(case, path, actor="test")
            assert result.read == ROWS and result.refused == 0
            if str(path) in acknowledged:
                assert len(before) == 1 and result.unchanged == ROWS
        reader = case.read()
        assert reader.totals()["item"] == FILES * ROWS
        assert reader.totals()["marking"] == FILES * ROWS
        assert check_case(case) == []
