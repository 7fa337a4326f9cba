"""The check of the tables in a process of its own, while this one goes through the log.

Both look at a state of the case that does not change under them; each state is
checked whole, so it need not be the same one. Worth its start on large cases only.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.store.address import backend_of
from headstamp.store.case import Case
from headstamp.store.cipher import Keys
from headstamp.store.search import Keyer
from headstamp.store.verify.finding import Findings
from headstamp.store.verify.tables import check_tables

_RUN = "from headstamp.store.verify.beside import main; main()"
# So many entries take longer to check than a process to start.
WORTH_IT = 40_000


class Beside:
    """The other process, at work."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def finish(self, found: Findings) -> None:
        """Waits for it and takes its findings over. Raises Unavailable where it failed."""
        said, _ = self._process.communicate()
        if self._process.returncode:
            raise Unavailable("the check of the tables ended before it was done; try again")
        for what, id_, detail in json.loads(said):
            found.say(what, id_, detail)


@contextmanager
def begun(case: Case, keys: Keyer) -> Iterator[Beside | None]:
    """Starts it; None where the function of keys cannot be named to another process."""
    name = f"{getattr(keys, '__module__', '')}:{getattr(keys, '__qualname__', '')}"
    if not sys.executable or _named(name) is not keys:
        yield None
        return
    question = {"where": case.where, "folder": str(case.folder), "keys": name,
                "data_key": case.keys.data_key().hex() if case.keys is not None else ""}
    process = subprocess.Popen(  # noqa: S603 - this very module
        [sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdin is not None
        # What it is asked holds the key of an encrypted case, perhaps a password: not on its
        # command line, nor in its environment.
        process.stdin.write(json.dumps(question).encode())
        process.stdin.close()
        process.stdin = None
        yield Beside(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _named(name: str) -> object:
    module, _, function = name.partition(":")
    try:
        return getattr(import_module(module), function, None)
    except (ImportError, ValueError):
        return None


def main() -> None:
    """Answers one question."""
    gc.disable()  # rows make no cycles, and the process ends with its answer
    question = json.load(sys.stdin)
    opened = Keys(bytes.fromhex(question["data_key"])) if question["data_key"] else None
    _, backend = backend_of(question["where"], Path(question["folder"]), opened)
    found = Findings()
    keys: Keyer = _named(question["keys"])  # type: ignore[assignment]
    with backend.reading() as conn:
        check_tables(conn, backend, keys, found)
    json.dump([[one.what, one.id, one.detail] for one in found], sys.stdout)

