"""Asking a measure of a case: its inputs fed from a snapshot, and all that the answer rests on told.

The snapshot is of one state of the case and of one clearance. Whoever has it, the version of the
measure and what was given gets the same number again; that is why all of these stand beside it.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import orjson

from headstamp.actions.measures.effort import Effort, effort_of
from headstamp.actions.measures.feeds import BY_MEASURE
from headstamp.actions.measures.feeds.chosen import known
from headstamp.actions.measures.feeds.feed import Fed
from headstamp.actions.measures.plain import inputs
from headstamp.analysis.measure import Measure, Result
from headstamp.analysis.measures import measure_named
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.engine import Engine
from headstamp.engine.held import Held, hold
from headstamp.engine.question import given_values
from headstamp.engine.remote import Remote
from headstamp.engine.snapshot import Snapshot, open_snapshot, take_snapshot
from headstamp.errors import HeadstampError, Invalid, Problem
from headstamp.store.case import Case

_STALE_S = 24 * 3600
AnySnapshot = Snapshot | Held | Remote


@dataclass(frozen=True)
class Measured:
    """A measure's answer with all it rests on.

    ``given`` are the words it was asked with, ``fed`` what of them came from the case.
    ``snapshot`` is the SHA-256 over what the snapshot's tables hold, ``checkpoint`` the signed
    note of the state it is of; ``effort`` what was done in the field behind these counts.
    """

    measure: Measure
    result: Result
    given: Mapping[str, str]
    fed: Fed
    effort: Effort
    snapshot: str
    checkpoint: str
    clearance: str
    engine: str
    headstamp: str = field(default_factory=lambda: version("headstamp"))

    @property
    def method(self) -> str:
        """The measure and its version, as a finding names them."""
        return f"{self.measure.name}, version {self.measure.version} (headstamp {self.headstamp})"

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values, and under ``case`` what it was asked of."""
        return {**self.result.as_dict(), "case": {
            "given": dict(self.given), "taken": list(self.fed.told),
            "records": list(self.fed.records), "rests_on": self.fed.rests_on,
            "effort": self.effort.as_dict(), "snapshot": self.snapshot,
            "checkpoint": self.checkpoint, "clearance": self.clearance, "engine": self.engine,
            "headstamp": self.headstamp,
        }}


def measure_snapshot(
    snapshot: AnySnapshot, name: str, given: Mapping[str, str], engine: Engine | None = None,
) -> Measured:
    """What a measure says of a snapshot. ``given`` are words as typed: parameters of its feed, and inputs.

    Inputs that are given are taken as given; the rest comes from the snapshot. Raises Missing for
    no such measure, Invalid with every faulty word, or where it must be said what is meant.
    """
    found = measure_named(name)
    feed = BY_MEASURE.get(name)
    if feed is None:
        raise Invalid(f"{name} is not asked of a case", [Problem(
            "it has no feed", "Give its inputs: " + ", ".join(one.name for one in found.inputs), "measure", name)])
    fed_names = {one.name for one in feed.parameters}
    own = {one.name for one in found.inputs}
    problems = [
        Problem(f"{name} has no such input or parameter", "It has: " + ", ".join(sorted(own | fed_names)),
                word, given[word])
        for word in given if word not in own and word not in fed_names]
    if problems:
        raise Invalid(f"{name} cannot be asked so", problems)
    asked = engine or DuckDB(_here(snapshot))
    try:
        words = given_values(name, feed.parameters, {word: given[word] for word in given if word in fed_names})
        got = feed.fill(asked, known(name, asked, words))
        typed = {word: text for word, text in given.items()
                 if word in own and word not in got.inputs and word not in feed.instead}
        values = {**inputs(found, typed, fed=frozenset(got.inputs)), **got.inputs}
        result = found.run(**values)
        effort = effort_of(asked, got.sites)
    finally:
        if engine is None:
            asked.close()
    return Measured(found, result, dict(given), got, effort, digest(snapshot), snapshot.checkpoint,
                    snapshot.clearance, asked.name)


def _here(snapshot: AnySnapshot) -> Snapshot | Held:
    if isinstance(snapshot, Remote):
        raise Invalid("a snapshot at an address is asked by Spark", [
            Problem("no engine is given", "Choose Spark.", "engine", snapshot.url)])
    return snapshot


def snapshot_now(case: Case, clearance: str) -> Snapshot | Held:
    """The snapshot of the case's present state: the one there is, else one taken now.

    It lies in the case's folder, and earlier ones of this clearance there are removed; an
    encrypted case's is held in memory and written nowhere.
    """
    if case.working.sealed:
        return hold(case, clearance)
    lie = case.folder.absolute() / "snapshots"
    place = lie / f"{case.checkpoint().size}-{clearance}"
    if place.is_dir():
        try:
            there = open_snapshot(place)
            if there.checkpoint == case.checkpoint_note() and there.clearance == clearance:
                return there
        except HeadstampError:
            pass  # it is taken anew below, in its place
    taken = take_snapshot(case, clearance)
    for old in lie.glob(f"*-{clearance}"):
        if old != taken.folder:
            shutil.rmtree(old, ignore_errors=True)
    for half in lie.glob(".*"):  # of one that was killed while it took a snapshot
        with suppress(OSError):
            if time.time() - half.stat().st_mtime > _STALE_S:
                shutil.rmtree(half)
    return taken


def digest(snapshot: AnySnapshot | Remote) -> str:
    """The SHA-256 over the digests of the snapshot's tables, in the order of their names."""
    told = {name: table.sha256 for name, table in snapshot.tables.items()}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
