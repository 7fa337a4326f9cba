"""Parsing strangers' binary formats in a process of its own, with little memory and no time to lose.

Workbooks, Parquet and phone picture formats are parsed by compiled code that
was written for friendly files. Here such a parser runs in a child process
with limits on memory and processor time, unable to write files; what it reads comes back as lines of
JSON (never pickle: a parser taken over by its file must not be able to send
code). When it dies, the file is Unreadable and we go on.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Missing, Problem, Unreadable
from headstamp.intake.archive import open_raw
from headstamp.intake.limits import Limits, over_limit
from headstamp.intake.source import Record, Source

_READ = 1 << 20
OUT_OF_MEMORY = 134
"""Exit code of a child whose memory ran out in Python itself."""


def answers(task: str, path: Path, limits: Limits, **wishes: Any) -> Iterator[Any]:
    """What the child process says about ``path``, one JSON value after the other.

    ``task`` names the reader in ``child``. Raises Unreadable (or Missing) with the child's own
    reason, or with the way it died. Closing the iterator ends the child.
    """
    open_raw(path, limits).close()
    job = {"task": task, "path": str(path), "limits": asdict(limits), "wishes": wishes}
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "headstamp.intake.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert child.stdin is not None
        child.stdin.write(orjson.dumps(job))
        child.stdin.close()
        ended = False
        for line in _lines(child, path, limits):
            answer = orjson.loads(line)
            if isinstance(answer, dict) and "refused" in answer:
                raise _refusal(answer)
            if answer is None:
                ended = True
                break
            yield answer
        if not ended:
            raise _death(path, child.wait(), limits)
    except (orjson.JSONDecodeError, BrokenPipeError) as error:
        child.kill()
        raise _death(path, child.wait(), limits) from error
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _lines(child: subprocess.Popen[bytes], path: Path, limits: Limits) -> Iterator[bytes]:
    assert child.stdout is not None
    longest = 64 * limits.cell_characters + 2 * _READ
    handle = child.stdout.fileno()
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while True:
            if not selector.select(limits.parser_silent_seconds):
                seconds = limits.parser_silent_seconds
                what = f"the reader gave nothing for {seconds} s"
                raise over_limit(path.name, "parser_silent_seconds", seconds, what)
            block = os.read(handle, _READ)
            if not block:
                return
            *lines, rest = block.split(b"\n")
            if lines:
                lines[0] = b"".join([*parts, lines[0]])
                parts, size = [], 0
                yield from lines
            parts.append(rest)
            size += len(rest)
            if size > longest:
                raise Unreadable(f"{path.name} cannot be read: its reader sends without end.")


def _refusal(answer: dict[str, Any]) -> HeadstampError:
    kind = Missing if answer.get("missing") else Unreadable
    problems = [Problem(**problem) for problem in answer.get("problems", ())]
    return kind(str(answer["refused"]), problems)


def _death(path: Path, code: int, limits: Limits) -> Unreadable:
    """Why a child that did not say goodbye has died, as far as one can tell."""
    name = path.name
    if code == -signal.SIGXCPU:
        seconds = limits.parser_cpu_seconds
        what = f"reading it took over {seconds:,} s of processor time"
        return over_limit(name, "parser_cpu_seconds", seconds, what)
    if code in (-signal.SIGABRT, -signal.SIGKILL, OUT_OF_MEMORY):
        memory = limits.parser_memory_bytes
        what = "its reader ran out of memory"
        return over_limit(name, "parser_memory_bytes", memory, what)
    return Unreadable(
        f"{name} cannot be read: it made its reader break off (exit {code}). "
        "The file is damaged, or made to do this."
    )


class ProcessSource(Source):
    """A table whose records come from the child process, which also says what format it is."""

    def __init__(self, task: str, path: Path, limits: Limits, *, sheet: str | None = None) -> None:
        super().__init__(path, limits)
        self._task = task
        self._wanted = sheet
        self._done = 0
        self._first: Iterator[Any] | None = self._begin()

    def _begin(self) -> Iterator[Any]:
        stream = answers(self._task, self.path, self.limits, sheet=self._wanted)
        about = next(stream)
        self.format = about["format"]
        self.sheet = about.get("sheet")
        self.columns = about.get("columns")
        self.size_hint = about.get("size")
        for note in about["notes"]:
            self.note(note)
        self._done = 0
        return stream

    def progress(self) -> float:
        return min(1.0, self._done / self.size_hint) if self.size_hint else float(self._done > 0)

    def records(self) -> Iterator[Record | Problem]:
        stream, self._first = self._first or self._begin(), None
        try:
            for batch in stream:
                if isinstance(batch, dict):  # about the file once more, at the end
                    for note in batch["notes"]:
                        self.note(note)
                    return
                self._done += len(batch)
                for record in batch:
                    yield record if record.__class__ is list else Problem(**record)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()
