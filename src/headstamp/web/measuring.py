"""Asking a measure from a page: what stands in the address, where files lie, and the work itself.

An answer is a job like an import, known by what was asked and of which state of the case, so that
the same address finds the answer that is there, and a long one goes on when its page is left.
A file is never named by its path: from a page only files that were sent here are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final

import orjson

from headstamp.actions.measures.feeds import BY_MEASURE
from headstamp.actions.measures.measuring import Measured, measure_snapshot, snapshot_now
from headstamp.actions.measures.plain import measure
from headstamp.analysis.measure import Measure, Result
from headstamp.errors import Invalid, Missing, Problem, Unavailable
from headstamp.store.case import Case
from headstamp.web.jobs import Job, Jobs, Told, Work
from headstamp.web.page import Params
from headstamp.web.uploads import Waiting, waiting

WAYS: Final = ("case", "values")
SENT: Final = "sent:"
"""Before the id of files that were sent, where an address gives an input."""
SOON: Final = 6.0
"""So many seconds a page waits for an answer; then it says that the answer is on its way."""
MOST_AT_WORK: Final = 8
"""So many answers are worked out at once; whoever asks for one more is told so."""
_ASK = "ask"
_SORT: Final = "measure "
_STARTING = Lock()
# A page that waits holds the case open, and there is an end to how many can.
_MAY_WAIT = BoundedSemaphore(5)
# One at a time: a snapshot is taken anew in the place of the one before it.
_OF_THE_CASE = Lock()


@dataclass(frozen=True)
class Asked:
    """A measure asked in one way (``case`` or ``values``) with these words, as the address has them."""

    measure: Measure
    way: str
    given: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What came of it; ``measured`` where it was asked of the case."""

    result: Result
    measured: Measured | None = None


def asked_of(found: Measure, params: Params) -> Asked | None:
    """What the address asks; None where it only shows the measure. Raises Invalid for no such way."""
    if not params.has(_ASK):
        return None
    way = params.choice(_ASK, WAYS)
    given = {name: text.strip() for name, text in params.query if name != _ASK and text.strip()}
    return Asked(found, way, given)


def pairs(asked: Asked) -> list[tuple[str, str]]:
    """The same as the query of an address."""
    return [(_ASK, asked.way), *asked.given.items()]


def ask(case: Case, clearance: str, jobs: Jobs, asked: Asked, seconds: float | None = None) -> Job:
    """The job of this question over the case's present state, ended or, after so long, still at work.

    Raises what the measure raises, Invalid where the words name a file, Unavailable where too many are at work.
    """
    _refuse_paths(asked)
    state = case.checkpoint_note() if asked.way == "case" else ""
    key = hashlib.sha256(orjson.dumps(
        [asked.measure.name, asked.way, sorted(asked.given.items()), state, clearance])).hexdigest()
    what = f"{_SORT}{key[:24]}"
    with _STARTING:
        job = jobs.latest(what)
        if job is None or (job.state == "failed" and isinstance(job.error, Unavailable)):
            if jobs.at_work(_SORT) >= MOST_AT_WORK:
                raise Unavailable(f"{MOST_AT_WORK} answers of measures are being worked out already; ask again when "
                                  "one of them is there")
            job = jobs.start(what, f"Measure {asked.measure.name}", work(case, clearance, asked))
    if _MAY_WAIT.acquire(blocking=False):
        try:
            job = jobs.wait(job.id, SOON if seconds is None else seconds)
        finally:
            _MAY_WAIT.release()
    else:
        job = jobs.get(job.id)
    if job.error is not None:
        raise job.error
    return job


def work(case: Case, clearance: str, asked: Asked) -> Work:
    """The asking itself."""

    def run(told: Told) -> Answer:
        words, files = _words(case, asked)
        name = asked.measure.name
        try:
            if asked.way == "values":
                told("asking the measure", 0, 0)
                return Answer(measure(name, words))
            with _OF_THE_CASE:
                told("taking a snapshot of the case", 0, 0)
                snapshot = snapshot_now(case, clearance)
                told("asking the measure", 0, 0)
                found = measure_snapshot(snapshot, name, words)
        finally:
            del files  # in an encrypted case they are in memory for as long as they are held
        # The numbers themselves are not kept: there may be millions.
        return Answer(found.result, replace(
            found, given=asked.given, fed=replace(found.fed, inputs={})))

    return run


def _refuse_paths(asked: Asked) -> None:
    known = {one.name: one for one in asked.measure.inputs}
    problems: list[Problem] = []
    for name, text in asked.given.items():
        one = known.get(name)
        if one is None or text.startswith(SENT):
            continue
        if one.kind == "table" or text.startswith("@"):
            problems.append(Problem("a file is sent here, not named", "Choose the file and send it.", name, text[:200]))
    if problems:
        raise Invalid(f"{asked.measure.name} cannot be asked so", problems)


def _words(case: Case, asked: Asked) -> tuple[dict[str, str], list[Waiting]]:
    """The words for the measure, with files that were sent in the place of their ids."""
    words: dict[str, str] = {}
    held: list[Waiting] = []
    own = {one.name: one for one in asked.measure.inputs}
    for name, text in asked.given.items():
        if name not in own or not text.startswith(SENT):
            words[name] = text
            continue
        files = waiting(case, text.removeprefix(SENT))
        if len(files.tables) != 1:
            raise Invalid(f"{asked.measure.name} cannot be asked so", [Problem(
                "this is no table", "Send one file with rows and columns.", name)])
        held.append(files)
        words[name] = _path(own[name].kind, files.tables[0])
    return words, held


def _path(kind: str, path: Path) -> str:
    return str(path) if kind == "table" else f"@{path}"


def is_fed(name: str) -> bool:
    """Whether a measure can be asked of a case."""
    return name in BY_MEASURE


def sent_name(case: Case, text: str) -> str:
    """The name of a file that was sent, for who asks; empty where it waits no longer."""
    try:
        return ", ".join(waiting(case, text.removeprefix(SENT)).names)
    except Missing:
        return ""
