"""Runs of the product in a process of their own, started fast, stopped, traced or killed.

Starting Python and loading the product takes longer than most of what is tried here. So
one process loads everything once and forks a child for each run; a child that is to be
traced stops itself first, until strace has taken hold of it. Thus calls are counted from
the product's own first one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lacking import lacks
from tests.shared import ROOT

SECONDS = 120


@dataclass(frozen=True)
class Done:
    """How a run ended: its exit code (below 0: the signal), and what it said."""

    code: int
    said: str


class Run:
    """A run that goes on."""

    def __init__(self, stage: Stage, pid: int, out: Path) -> None:
        self._stage = stage
        self.pid = pid
        self.out = out

    def said(self) -> str:
        return self.out.read_text("utf-8", "replace")

    def wait_for(self, word: str) -> None:
        """Until it has said so."""
        deadline = time.monotonic() + SECONDS
        while word not in self.said():
            assert time.monotonic() < deadline and "Traceback" not in self.said(), self.said()
            time.sleep(0.005)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Done:
        return Done(self._stage.ask({"wait": self.pid})["code"], self.said())


class Stage:
    """The process that forks the runs."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._number = 0
        mine = {k: v for k, v in os.environ.items() if not k.startswith("HEADSTAMP_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.child"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**mine, **(environment or {})},
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def ask(self, what: dict[str, object]) -> dict[str, int]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        answer: dict[str, int] = json.loads(self._process.stdout.readline())
        return answer

    def begin(self, *words: object, stopped: bool = False) -> Run:
        """Begins a run: ``work ...`` is the mixed work, anything else a command line."""
        self._number += 1
        out = self.folder / f"run{self._number}.txt"
        out.write_bytes(b"")
        pid = self.ask({"words": [str(w) for w in words], "out": str(out), "stopped": stopped})["pid"]
        return Run(self, pid, out)

    def run(self, *words: object) -> Done:
        return self.begin(*words).wait()

    def traced(self, trace: Path, options: Sequence[str], *words: object) -> Done:
        """A run beneath strace with these options; what it did is written to ``trace``."""
        run = self.begin(*words, stopped=True)
        state = Path(f"/proc/{run.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        tracer = subprocess.Popen(
            ["strace", "-f", "-o", str(trace), *options, "-p", str(run.pid)],
            stderr=subprocess.PIPE, text=True)
        assert tracer.stderr is not None
        try:
            told = tracer.stderr.readline()
            assert "attached" in told, told
            os.kill(run.pid, signal.SIGCONT)
            return run.wait()
        finally:
            run.kill()
            tracer.communicate(timeout=SECONDS)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(SECONDS)


@contextmanager
def stage(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Stage]:
    folder.mkdir(parents=True, exist_ok=True)
    one = Stage(folder, environment)
    try:
        yield one
    finally:
        one.close()


def need_strace(folder: Path) -> None:
    """Skips, by name, where a process cannot be traced."""
    if shutil.which("strace") is None:
        lacks("strace")
    done = subprocess.run(["strace", "-o", str(folder / "tried"), "true"], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()[:200]}")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of that size, in memory; skips by name where none may be mounted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip()[:200]}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


CALL = re.compile(r"^(\d+) +(\w+)\(")
