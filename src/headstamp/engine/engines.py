"""The engines by name, and how a snapshot is opened for one: a folder here, or an address Spark reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from headstamp.engine.driver import MEMORY, Driver
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.remote import Remote, open_remote
from headstamp.engine.snapshot import Snapshot, open_snapshot
from headstamp.engine.spark import Spark
from headstamp.errors import Invalid, Problem

if TYPE_CHECKING:
    from headstamp.engine.engine import Engine
    from headstamp.engine.held import Held

ENGINES: Final = ("duckdb", "spark")
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine, and how much it may take. ``master`` and ``options`` are Spark's own."""

    name: str = "duckdb"
    master: str = ""
    memory: str = ""
    spill: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Raises Invalid naming everything that does not fit together."""
        problems = []
        if self.name not in ENGINES:
            problems.append(Problem(f"no engine; there are {' and '.join(ENGINES)}", "", "engine", self.name))
        if self.name != "spark":
            problems += [Problem("only Spark has this", "Add --engine spark.", name, str(value))
                         for name, value in (("master", self.master), ("set", ", ".join(self.options))) if value]
        elif self.spill is not None:
            problems.append(Problem("Spark takes a folder of its own, encrypted", "Leave it out.", "spill"))
        if problems:
            raise Invalid("no engine can be chosen so", problems)

    def driver(self) -> Driver:
        """Spark, started."""
        return Driver(self.master or "local[*]", memory=self.memory or MEMORY, options=self.options)


@contextmanager
def engine_over(
    place: Snapshot | Held | str | Path, choice: Choice | None = None, *, check: bool = True,
) -> Iterator[tuple[Engine, Snapshot | Held | Remote]]:
    """The engine chosen over a snapshot that is open, or that lies in a folder or at an address.

    Closed afterwards. Raises Invalid, and what opening the snapshot and starting the engine raise.
    """
    choice = choice or Choice()
    choice.check()
    if isinstance(place, str) and _ADDRESS.match(place):
        if choice.name != "spark":
            raise Invalid("a snapshot at an address is asked by Spark", [
                Problem("DuckDB reads folders of this machine", "Add --engine spark.", "snapshot", place)])
        with choice.driver() as driver:
            remote = open_remote(driver.session, place, check=check)
            with Spark(remote, driver=driver) as engine:
                yield engine, remote
        return
    snapshot = open_snapshot(Path(place), check=check) if isinstance(place, (str, Path)) else place
    if choice.name == "duckdb":
        with DuckDB(snapshot, memory=choice.memory, spill=choice.spill) as here:
            yield here, snapshot
        return
    if not isinstance(snapshot, Snapshot):
        raise Invalid("an encrypted case is asked by DuckDB alone", [Problem(
            "its snapshot is in memory and written nowhere", "Leave --engine out, or write a snapshot with "
            "headstamp snapshot --output.", "engine", choice.name)])
    with choice.driver() as driver, Spark(snapshot, driver=driver) as there:
        yield there, snapshot
