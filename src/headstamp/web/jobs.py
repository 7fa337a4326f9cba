"""Long work beside the pages: an import, a verification. Each runs in a thread and tells how far it is.

A job belongs to the running program, not to the case: what it wrote is in the
case, logged, whether or not somebody looked at its page. Finished jobs are kept
until a number of newer ones have come.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Condition, Lock, Thread
from typing import Any, Literal

from headstamp.errors import Conflicting, HeadstampError, Missing

logger = logging.getLogger("headstamp.web")

State = Literal["running", "done", "failed"]
Told = Callable[[str, int, int], None]
Work = Callable[[Told], Any]
_KEPT = 50


@dataclass(frozen=True)
class Job:
    """One piece of work as it now stands. Times are seconds of a clock that never goes back."""

    id: str
    what: str
    title: str
    state: State = "running"
    step: str = ""
    done: int = 0
    total: int = 0
    result: Any = None
    error: HeadstampError | None = None
    started: float = 0.0
    step_started: float = 0.0
    ended: float = 0.0
    now: float = field(default=0.0, compare=False)

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return max(0.0, (self.ended or self.now) - self.started)

    @property
    def rate(self) -> float:
        """How many of ``total`` a second, in this step; 0 where nothing is known yet."""
        spent = (self.ended or self.now) - self.step_started
        return self.done / spent if spent > 0.2 and self.done else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left of this step; None where that cannot be told."""
        if self.state != "running" or not self.rate or self.total <= 0:
            return None
        return max(0, self.total - self.done) / self.rate

    @property
    def share(self) -> float | None:
        """How much of this step is done, 0 to 1; None where its size is not known."""
        return min(1.0, self.done / self.total) if self.total > 0 else None


class Jobs:
    """All jobs of the running program. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ended = Condition(self._lock)
        self._jobs: dict[str, Job] = {}

    def start(self, what: str, title: str, work: Work) -> Job:
        """Begins the work and returns at once. ``work`` is given ``told(step, done, total)``.

        Raises Conflicting while another job of the same sort runs.
        """
        now = self._clock()
        job = Job(secrets.token_hex(8), what, title, started=now, step_started=now, now=now)
        with self._lock:
            if any(one.what == what and one.state == "running" for one in self._jobs.values()):
                raise Conflicting(f"another {what} is running; wait until it has ended")
            self._jobs[job.id] = job
            for old in [one.id for one in self._jobs.values() if one.state != "running"][:-_KEPT]:
                del self._jobs[old]
        Thread(target=self._run, args=(job.id, work), name=f"{what} {job.id}", daemon=True).start()
        return job

    def get(self, job_id: str) -> Job:
        """A job as it now stands. Raises Missing."""
        with self._lock:
            found = self._jobs.get(job_id)
        if found is None:
            raise Missing("there is no such job in the program as it now runs; "
                          "what it wrote, if it wrote, is in the case")
        return replace(found, now=self._clock())

    def wait(self, job_id: str, seconds: float) -> Job:
        """The job when it has ended, or after so many seconds as it then stands. Raises Missing."""
        with self._ended:
            self._ended.wait_for(
                lambda: job_id not in self._jobs or self._jobs[job_id].state != "running", seconds)
        return self.get(job_id)

    def forget_ended(self) -> None:
        """Forgets jobs that have ended with their results: something of what they tell was erased."""
        with self._lock:
            self._jobs = {id_: one for id_, one in self._jobs.items() if one.state == "running"}

    def running(self) -> bool:
        """Whether any job is at work."""
        with self._lock:
            return any(one.state == "running" for one in self._jobs.values())

    def at_work(self, sort: str) -> int:
        """How many jobs are at work whose ``what`` begins so."""
        with self._lock:
            return sum(one.state == "running" and one.what.startswith(sort) for one in self._jobs.values())

    def latest(self, what: str, state: State | None = None) -> Job | None:
        """The newest job of a sort, if there is one."""
        with self._lock:
            some = [one for one in self._jobs.values()
                    if one.what == what and (state is None or one.state == state)]
        return replace(some[-1], now=self._clock()) if some else None

    def _run(self, job_id: str, work: Work) -> None:
        def told(step: str, done: int, total: int) -> None:
            self._change(job_id, step=step, done=done, total=total)

        try:
            result = work(told)
        except HeadstampError as error:
            self._change(job_id, state="failed", error=error)
        except BaseException as error:  # the edge of a thread: nobody else would ever hear of it
            logger.error("fault in job %s", job_id, exc_info=error)
            said = HeadstampError("the program met a fault of its own; the details stand in the "
                                  "window where it runs")
            self._change(job_id, state="failed", error=said)
        else:
            self._change(job_id, state="done", result=result)

    def _change(self, job_id: str, **given: Any) -> None:
        now = self._clock()
        with self._lock:
            job = self._jobs[job_id]
            if "step" in given and given["step"] != job.step:
                given["step_started"] = now
            if given.get("state"):
                given["ended"] = now
            self._jobs[job_id] = replace(job, **given)
            if given.get("state"):
                self._ended.notify_all()
