"""What reads a stranger's snapshot can reach no network and start no program, and can still write its answer."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT

_SHUT_IN = """
import os, socket, subprocess, sys, threading
from pathlib import Path
go, told = threading.Event(), []
def reach():
    go.wait()
    try:
        socket.socket()
    except PermissionError:
        told.append("thread")
other = threading.Thread(target=reach)
other.start()
from headstamp.cli import shut_in
shut_in.OWN_PROCESS = True
shut_in.shut_in()
go.set()
other.join()
for what, act in (("network", socket.socket), ("program", lambda: subprocess.run(["true"])),
                  ("signal", lambda: os.kill(os.getppid(), 0))):
    try:
        act()
    except PermissionError:
        told.append(what)
place = Path(sys.argv[1])
place.with_suffix(".writing").write_text("answer")
place.with_suffix(".writing").rename(place)
print(*told)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux") or platform.machine() not in ("x86_64", "aarch64"),
                    reason="the filter of system calls is Linux's")
def test_no_network_no_program_and_the_answer_is_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _SHUT_IN, str(tmp_path / "answer.csv")], cwd=ROOT, text=True,
                          capture_output=True, check=False)
    assert done.stdout.split() == ["thread", "network", "program", "signal"], done
    assert (tmp_path / "answer.csv").read_text() == "answer"


def test_a_program_that_calls_the_commands_keeps_its_rights(tmp_path: Path) -> None:
    from headstamp.cli import main, shut_in

    assert main(["ask", "--sql", "SELECT 1", "--snapshot", str(tmp_path)]) == 3
    assert shut_in.OWN_PROCESS is False
    assert subprocess.run(["true"], check=False).returncode == 0
