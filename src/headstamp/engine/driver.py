"""The Java process that Spark is driven from: how it is started, bounded and ended.

Spark is asked for by `pip install headstamp[spark]`; the Java comes from the system. A local master
stays on the loopback address, shows no pages and writes what does not fit into memory encrypted into
a folder of its own, which goes away with it. Nothing is fetched: no package is resolved at run time.
What Java and Spark say goes to a file in that folder, so that the standard output stays the caller's.
One process of Python can drive one Spark; `newSession` gives each snapshot names of its own.
Sources: Spark's documentation, "Configuration" and "Security" (spark.apache.org/docs/latest).
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
import threading
import warnings
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import STDOUT, TimeoutExpired
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from headstamp.errors import Conflicting, Invalid, Problem, Unavailable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

INSTALL: Final = (
    "Spark is not here. Install it with: pip install headstamp[spark], "
    "and Java from the system (Debian: apt-get install openjdk-17-jre-headless)"
)
MEMORY: Final = "2g"
_AMOUNT = re.compile(r"([1-9][0-9]{0,5})([mg])", re.IGNORECASE)
_CHATTER: Final = ("WARNING", "at ", "...", "Setting default log", "To adjust logging", "Using Spark's default")
_LEAST_MB = 512  # Spark itself refuses less than 450 MiB
_ENDING_S = 30

_LOG: Final = """\
rootLogger.level = error
rootLogger.appenderRef.file.ref = told
appender.told.type = Console
appender.told.name = told
appender.told.target = SYSTEM_ERR
appender.told.layout.type = PatternLayout
appender.told.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex{3}
"""

_LOCAL: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    # Rows of a case are put aside on the disk; whoever finds them later cannot read them.
    "spark.io.encryption.enabled": "true",
}
_EVERYWHERE: Final = {
    "spark.app.name": "headstamp",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
}
"""Defaults; an option of the same name takes their place."""
_JAVA: Final = "spark.driver.extraJavaOptions"


class Driver:
    """Spark, started. ``session`` is its first session; ``close`` ends the process and removes its folder.

    ``master`` is Spark's: ``local[*]``, ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://...``.
    ``memory`` bounds the Java heap of the driver, which for a local master is all there is.
    ``options`` are Spark's own settings by name. Raises Invalid, Unavailable, and Conflicting where
    this process drives a Spark already.
    """

    def __init__(
        self, master: str = "local[*]", *, memory: str = MEMORY, options: Mapping[str, str] | None = None,
    ) -> None:
        self.master = master
        self.local = master.startswith("local")
        _check(master, memory)
        launch, context_of, session_of = _pyspark()
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        if context_of._gateway is not None:
            raise Conflicting("Spark is running in this process already: hand over its session, or end it")
        self._folder = Path(tempfile.mkdtemp(prefix="headstamp-spark-"))
        self._told = self._folder / "told.txt"
        before = signal.getsignal(signal.SIGINT) if _in_main() else None
        gateway: Any = None
        with contextlib.ExitStack() as undo:
            undo.callback(lambda: _end(gateway, self._folder, before))
            try:
                conf = self._conf(memory, options or {})
                with self._told.open("wb") as told, _environment(self.local):
                    gateway = launch(conf, {"stdout": told, "stderr": STDOUT})
                self.session: SparkSession = session_of(context_of(gateway=gateway, conf=conf))
            except (PySparkException, Py4JError, OSError, ValueError) as error:
                said = self._said() or str(error)
                raise Unavailable(f"Spark did not start with the master {master}: {said}") from error
            undo.pop_all()
        self._end = weakref.finalize(self, _end, gateway, self._folder, before)

    def close(self) -> None:
        """Ends Spark and its Java process and removes the folder. A second time does nothing."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()

    def _conf(self, memory: str, options: Mapping[str, str]) -> Any:
        from pyspark import SparkConf

        log = self._folder / "log4j2.properties"
        log.write_text(_LOG, "ascii")
        settings = {
            **_EVERYWHERE, **(_LOCAL if self.local else {}),
            "spark.driver.memory": memory.lower(),
            "spark.local.dir": str(self._folder),
            "spark.sql.warehouse.dir": str(self._folder / "warehouse"),
            **options,
            "spark.master": self.master,
        }
        settings[_JAVA] = (f"-Dlog4j2.configurationFile=file:{log} -Djava.io.tmpdir={self._folder} "
                           f"-XX:-UsePerfData {options.get(_JAVA, '')}").strip()
        return SparkConf(loadDefaults=False).setAll(list(settings.items()))

    def _said(self) -> str:
        """The last thing Java said that is no warning, in one line."""
        with contextlib.suppress(OSError):
            lines = [line.strip() for line in self._told.read_text("utf-8", "replace").splitlines()]
            kept = [line for line in lines if line and not line.startswith(_CHATTER)]
            return " / ".join(kept[-3:])[:600]
        return ""


def _check(master: str, memory: str) -> None:
    problems = []
    found = _AMOUNT.fullmatch(memory)
    if not found or int(found[1]) * (1024 if found[2] in "gG" else 1) < _LEAST_MB:
        problems.append(Problem(
            "no amount of memory for Spark", f"Write 4g or 900m; at least {_LEAST_MB}m.", "memory", memory))
    if master.startswith("sc:"):
        problems.append(Problem(
            "Spark Connect is not driven from here", "Name the cluster itself: spark://HOST:7077, yarn, "
            "k8s://..., or local[*].", "master", master))
    elif not re.fullmatch(r"local(\[[^\]]+\]|-cluster\[[0-9, ]+\])?|yarn|(spark|k8s)://\S+", master):
        problems.append(Problem(
            "no master that Spark knows", "Write local[*], local[2], spark://HOST:7077, yarn or "
            "k8s://https://HOST:PORT.", "master", master))
    if problems:
        raise Invalid("Spark cannot be started so", problems)


def _pyspark() -> tuple[Any, Any, Any]:
    """What starts Java, and the classes of Spark's context and session. Raises Unavailable where either is missing."""
    try:
        from pyspark import SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unavailable(INSTALL) from error
    # It writes each faulty question, with Java's whole trace, to the standard error besides raising it.
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    # No dataframe of pandas goes through here.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").is_file() if home else shutil.which("java")):
        raise Unavailable("Spark needs Java 17 or newer, and there is none here. Debian: "
                          "apt-get install openjdk-17-jre-headless; elsewhere set JAVA_HOME")
    return launch_gateway, SparkContext, SparkSession


@contextlib.contextmanager
def _environment(local: bool) -> Iterator[None]:
    """What Java is started with, besides what is there: its environment is copied from this one."""
    # "pyspark-shell" is what Spark calls a Python that drives it; arguments of a shell do not count here.
    wanted = {"PYSPARK_SUBMIT_ARGS": "pyspark-shell", **({"SPARK_LOCAL_IP": "127.0.0.1"} if local else {})}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _in_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _end(gateway: Any, folder: Path, before: Any) -> None:
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession() if SparkContext._active_spark_context else None
    if session is not None:
        session.stop()
    elif SparkContext._active_spark_context is not None:
        SparkContext._active_spark_context.stop()
    if gateway is not None:
        gateway.shutdown()
        process = gateway.proc
        process.stdin.close()  # Java ends where this ends
        try:
            process.wait(_ENDING_S)
        except TimeoutExpired:
            process.kill()
            process.wait()
    SparkContext._gateway = None
    SparkContext._jvm = None
    if before is not None and _in_main():
        signal.signal(signal.SIGINT, before)
    shutil.rmtree(folder, ignore_errors=True)
