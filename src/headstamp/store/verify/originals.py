"""Every original that a record names, hashed anew.

Hashing leaves the interpreter's lock: threads do it while the records are gone
through, so that a second processor is used where there is one.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from headstamp.store.vault import Vault
from headstamp.store.verify.finding import Findings, Told

_TOLD_EACH = 200


class Originals:
    """The originals to be checked: named one by one, told of at the end."""

    def __init__(self, vault: Vault, found: Findings) -> None:
        self._vault = vault
        self._found = found
        self._pool = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
        # By digest: the record that names it first, and what is wrong with its file.
        self._named: dict[str, tuple[str, Future[tuple[str, str] | None]]] = {}

    def name(self, digest: str, id_: str) -> None:
        """Some version of this record names this original."""
        if digest not in self._named:
            self._named[digest] = id_, self._pool.submit(self._vault.fault, digest)

    def finish(self, told: Told) -> None:
        """Tells of every original that is gone or is not what it was."""
        total = len(self._named)
        for number, (id_, future) in enumerate(self._named.values(), 1):
            wrong = future.result()
            if wrong is not None:
                self._found.say(wrong[0], id_, wrong[1])
            if number % _TOLD_EACH == 0 or number == total:
                told("originals", number, total)

    def close(self) -> None:
        """Lets go of the threads; what is not begun is not done."""
        self._pool.shutdown(cancel_futures=True)
