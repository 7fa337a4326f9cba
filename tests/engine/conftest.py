"""One Spark for the whole test session, and the snapshots that both engines are asked about.

Spark takes seconds to start, so all tests that need it stand in one file (``--dist loadfile``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from headstamp.demo.fill import fill
from headstamp.engine.driver import Driver
from headstamp.engine.duckdb import DuckDB
from headstamp.engine.engine import Engine
from headstamp.engine.snapshot import Snapshot, take_snapshot
from headstamp.engine.spark import Spark
from headstamp.store.case import Case
from tests.engine.small import small_case
from tests.web.sample import a_case

# Compiling each question's plan, and Java's compiling of Spark, take longer than to answer over a few rows.
QUICK = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
         "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}

Engines = Callable[[str, Snapshot], Engine]


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """Spark, started once. Skips where it is not installed; in CI that is an error."""
    lacking = [name for name, here in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java")))
               if not here]
    if lacking:
        told = f"Spark cannot be tried: there is no {' and no '.join(lacking)} here"
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with Driver("local[2]", memory="700m", options=QUICK) as started:
        yield started


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest) -> Iterator[Engines]:
    """Gives an engine by its name over a snapshot: the same one each time it is asked for."""
    kept: dict[tuple[str, Path], Engine] = {}

    def one(name: str, snapshot: Snapshot) -> Engine:
        key = (name, snapshot.folder)
        if key not in kept:
            kept[key] = (DuckDB(snapshot) if name == "duckdb"
                         else Spark(snapshot, driver=request.getfixturevalue("driver")))
        return kept[key]

    yield one
    for engine in kept.values():
        engine.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A few records whose answers were counted by hand."""
    folder = tmp_path_factory.mktemp("small")
    with small_case(folder / "case") as case:
        return take_snapshot(case, "restricted", folder / "snapshot")


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """At least one record of every kind."""
    folder = tmp_path_factory.mktemp("everything")
    with a_case(folder / "case") as case:
        return take_snapshot(case, "restricted", folder / "snapshot")


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The demo's street."""
    folder: Path = tmp_path_factory.mktemp("street")
    with Case.create(folder / "case") as case:
        fill(case)
        return take_snapshot(case, "restricted", folder / "snapshot")
