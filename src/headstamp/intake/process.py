"""What the limited child says of one file, one answer after the other; and tables read that way.

See ``limited`` for why and how. Here its answers are taken in, with a limit on
how long it may say nothing and how much it may say at once, and its end is put
into words: which file, which limit, and how to raise it.
"""

from __future__ import annotations

import os
import selectors
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Missing, Problem, Unreadable
from headstamp.intake.handed import Given, Opened, opened
from headstamp.intake.limited import FILES, KEEPERS, OUT_OF_MEMORY, End
from headstamp.intake.limits import LIMITS, Limits, over_limit
from headstamp.intake.source import Record, Source

_READ = 1 << 20


def answers(
    task: str, given: Given | Opened, limits: Limits, *, name: str | None = None,
    after: Limits | None = None, **wishes: Any,
) -> Iterator[Any]:
    """What the limited child says about a file, one JSON value after the other.

    ``task`` names the reader in ``child``; ``name`` is what messages call the file;
    ``after`` are the limits once the file is decoded, where they are others. Raises
    Unreadable (or Missing) with the child's own reason, or with the way it died. Closing
    the iterator ends the child.
    """
    if not isinstance(given, Opened):
        with opened(given, limits, name) as file:
            yield from answers(task, file, limits, after=after, **wishes)
        return
    memory, seconds = limits.parser_memory(given.size), limits.parser_seconds(given.size)
    job = {
        "task": task, "name": given.name, "limits": asdict(limits), "wishes": wishes,
        "memory": memory, "seconds": seconds, "most": _most(limits, after),
        "files": FILES if task == "photo" else 1,
    }  # fmt: skip
    kind = f"{task} {job['most']}"
    with KEEPERS.working(kind, orjson.dumps(job), given.handle) as (keeper, out):
        refused: HeadstampError | None = None
        ended = False
        for line in _lines(out, given.name, limits):
            if ended or refused:
                continue  # the pipe is emptied, so that the child can end
            try:
                answer = orjson.loads(line)
            except orjson.JSONDecodeError:
                break
            if isinstance(answer, dict) and "refused" in answer:
                refused = _refusal(answer)
            elif answer is None:
                ended = True
            else:
                yield answer
        else:
            KEEPERS.latest = end = keeper.end()
            if not (ended or refused):
                raise _death(given.name, end, memory, seconds)
        if refused is not None:
            raise refused
        if not ended:
            raise without_sense(given.name)


def _most(limits: Limits, after: Limits | None) -> tuple[int, int]:
    """Memory and time that a copy may have at most, whatever files it is given."""
    later = after or limits
    memory = max(limits.parser_memory_most_bytes, later.parser_memory_most_bytes,
                 limits.parser_memory_bytes)
    return memory, max(limits.parser_cpu_most_seconds, later.parser_cpu_most_seconds)


def only_answer(task: str, given: Given | Opened, limits: Limits, **wishes: Any) -> Any:
    """The one thing the child has to say about a file. Raises as ``answers``."""
    with KEEPERS.room if task in ("photo", "pdf") else nullcontext():
        said = list(answers(task, given, limits, **wishes))
    if len(said) != 1:
        raise without_sense(given.name if isinstance(given, Opened) else "the file")
    return said[0]


def holding(limits: Limits = LIMITS) -> list[str]:
    """What holds for the process that parses strangers' files, on this machine."""
    held: list[str] = only_answer("holding", b"", limits)
    return held


def _lines(handle: int, name: str, limits: Limits) -> Iterator[bytes]:
    longest = 64 * limits.cell_characters + 2 * _READ
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        while True:
            if not selector.select(limits.parser_silent_seconds):
                seconds = limits.parser_silent_seconds
                what = f"the reader gave nothing for {seconds} s"
                raise over_limit(name, "parser_silent_seconds", seconds, what)
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
                raise Unreadable(f"{name} cannot be read: its reader sends without end.")


def _refusal(answer: dict[str, Any]) -> HeadstampError:
    kind = Missing if answer.get("missing") else Unreadable
    problems = [Problem(**problem) for problem in answer.get("problems", ())]
    return kind(str(answer["refused"]), problems)


def without_sense(name: str) -> Unreadable:
    """For an answer that has not the form it should: its parser is no longer its own master."""
    return Unreadable(
        f"{name} cannot be read: its reader answered without sense. "
        "The file is damaged, or made to do this."
    )


def _death(name: str, end: End, memory: int, seconds: int) -> Unreadable:
    """Why a child that did not say goodbye has died, as far as one can tell."""
    code = end.code
    if code == -signal.SIGXCPU:
        what = f"reading it took over {seconds:,} s of processor time"
        return over_limit(name, "parser_cpu_seconds", seconds, what)
    # Compiled code that gets no memory often falls over its own feet.
    fallen = code in (-signal.SIGSEGV, -signal.SIGTRAP, -signal.SIGILL)
    full = fallen and end.kilobytes * 1024 > memory // 2
    if full or code in (-signal.SIGABRT, -signal.SIGKILL, OUT_OF_MEMORY):
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
        try:
            self.format = str(about["format"])
            self.sheet = about.get("sheet")
            self.columns = about.get("columns")
            self.size_hint = about.get("size")
            for note in about["notes"]:
                self.note(note)
        except (KeyError, TypeError, AttributeError) as error:
            raise without_sense(self.path.name) from error
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
