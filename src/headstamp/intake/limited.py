"""The limited child: one named task on one file, in a process that can do nothing else.

Pictures, workbooks and Parquet are parsed by compiled code that was written
for friendly files. Here such a parser runs in a process of its own, with
limits on memory and time, without our environment, unable to write, to reach a
network or to start programs (``confine``). What it reads comes back as lines
of JSON over a pipe, never pickle: a parser taken over by its file must not be
able to send code. When it dies the file is Unreadable and we go on.

Starting Python for each of ten thousand photographs would take longer than
reading them. So a process that has loaded the parsers is kept warm (*keeper*)
and makes copies of itself, which takes a millisecond or two. A workbook's copy
ends with it; a copy that reads photographs serves up to ``FILES`` of them, and
ends at once after one that was refused or broke off.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from headstamp.errors import Unavailable

LENGTH = 4
"""Bytes of the number before each job that says how long it is."""
OUT_OF_MEMORY = 134
"""Exit code of a child whose memory ran out in Python itself."""
ALL_TOLD = 99
"""Exit code of a copy that has told the end of every job itself."""
FILES = 100
"""Photographs that one copy reads at most."""

_KEPT = 4
"""Warm processes that wait for work; more are made where more is asked at once, and let go."""
_PICTURES_AT_ONCE = max(2, min(8, os.cpu_count() or 2))
_PASSED_ON = ("PATH", "PYTHONPATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""Of our environment: what says where programs, models and libraries are. No secret, no home."""


@dataclass(frozen=True, slots=True)
class End:
    """How the reading of one file ended: the child's exit code (minus the signal that killed it),
    the most memory it has held, and the processor time that the file took."""

    code: int
    kilobytes: int = 0
    seconds: float = 0.0


_GONE = End(255)


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if "PYTHONPATH" in passed:  # it starts elsewhere
        places = passed["PYTHONPATH"].split(os.pathsep)
        passed["PYTHONPATH"] = os.pathsep.join(str(Path(place).absolute()) for place in places)
    # Each thread of a reader would set aside 64 MiB of the address space for itself (glibc): a few
    # at once, and a file of 300 kB is refused for want of memory.
    return {**passed, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}


class Keeper:
    """One warm process. Used by one thread at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "headstamp.intake.child"],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
                env=_environment(), start_new_session=True,
            )  # fmt: skip
        self._channel = ours
        self._ended = True
        self._used: dict[int, float] = {}
        self.kind = ""

    def begin(self, kind: str, job: bytes, handle: int) -> int:
        """Have it do ``job`` on the file open as ``handle``; the pipe its answer comes out of.

        A copy that is there from another job goes on with this one if it is of the same
        ``kind``. Raises OSError where the process is gone.
        """
        if select.select([self._channel], [], [], 0)[0]:
            raise BrokenPipeError("it says that it ended, without having been asked")
        if self.kind not in ("", kind):
            self._channel.sendall(bytes(LENGTH))
            self.kind = ""
        out, into = os.pipe()
        try:
            head = len(job).to_bytes(LENGTH, "big")
            socket.send_fds(self._channel, [head], [handle, into])
            self._channel.sendall(job)
        except OSError:
            os.close(out)
            raise
        finally:
            os.close(into)
        self._ended, self.kind = False, kind
        return out

    def end(self) -> End:
        """How the job's child ended, once its pipe is closed."""
        told = b""
        while not told.endswith(b"\n"):
            try:
                part = self._channel.recv(200)
            except OSError:
                part = b""
            if not part:
                return _GONE
            told += part
        try:
            code, kilobytes, seconds, copy = orjson.loads(told)
            before = self._used.get(copy, 0.0)  # a copy tells what it took for all its files
            self._used = {copy: float(seconds)}
            end = End(int(code), int(kilobytes), float(seconds) - before)
        except (ValueError, TypeError):  # its parser no longer does what it should
            return _GONE
        self._ended = True
        return end

    @property
    def idle(self) -> bool:
        """Whether its last job has come to its end and it waits for the next."""
        return self._ended and self._process.poll() is None

    def let_go(self) -> None:
        """Stop holding it open; it goes on for who has started it."""
        self._channel.close()

    def close(self) -> None:
        """End it and all that it has started."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()


class Keepers:
    """The warm processes of this program, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.room = threading.BoundedSemaphore(_PICTURES_AT_ONCE)
        """Taken by who has one picture looked at: a page of thumbnails asks for forty at once."""
        self.latest = End(0)
        """How the latest job ended, for those who measure."""
        self._idle: list[Keeper] = []
        self._foreign: list[Keeper] = []

    @contextmanager
    def working(self, kind: str, job: bytes, handle: int) -> Iterator[tuple[Keeper, int]]:
        """A process at work on the file open as ``handle``, and the pipe its answer comes out of.

        ``kind`` names all that a copy's rights depend on: it goes on only with jobs of its own. It is killed on leaving unless its ``end`` has been asked for by then. Raises
        Unavailable where none can be started.
        """
        keeper, out = self._begun(kind, job, handle)
        try:
            yield keeper, out
        finally:
            os.close(out)
            with self._lock:
                kept = keeper.idle and len(self._idle) < _KEPT
                if kept:
                    self._idle.append(keeper)
            if not kept:
                keeper.close()

    def _begun(self, kind: str, job: bytes, handle: int) -> tuple[Keeper, int]:
        while True:
            with self._lock:
                fit = next((one for one in self._idle if one.kind == kind), None)
                keeper = fit or (self._idle[0] if self._idle else None)
                if keeper is not None:
                    self._idle.remove(keeper)
            fresh = keeper is None
            try:
                keeper = keeper or Keeper()
                return keeper, keeper.begin(kind, job, handle)
            except OSError as error:
                if keeper is not None:
                    keeper.close()
                if fresh:
                    raise Unavailable(
                        "the process that reads files from outside cannot be started: "
                        f"{error.strerror or error}"
                    ) from error

    def close(self) -> None:
        """End all that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for keeper in idle:
            keeper.close()

    def forget(self) -> None:
        """In a copy of this program: they belong to the one it was copied from."""
        self.room = threading.BoundedSemaphore(_PICTURES_AT_ONCE)
        self._lock = threading.Lock()  # another thread may have held it, and is not here
        self._idle, self._foreign = [], self._idle
        for keeper in self._foreign:
            keeper.let_go()


KEEPERS = Keepers()
atexit.register(KEEPERS.close)
os.register_at_fork(after_in_child=KEEPERS.forget)
