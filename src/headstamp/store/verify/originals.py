"""Every original that a record names, hashed anew.

Hashing leaves the interpreter's lock: threads do it while the records are gone
through, so that a second processor is used where there is one. They are handed many at
once: for a small photograph, handing it over takes as long as hashing it.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from headstamp.store.vault import Vault
from headstamp.store.verify.finding import Findings, Told

_TOLD_EACH = 200
_AT_ONCE = 50

Fault = tuple[str, str]


class Originals:
    """The originals to be checked: named one by one, told of at the end."""

    def __init__(self, vault: Vault, found: Findings) -> None:
        self._vault = vault
        self._found = found
        self._pool = ThreadPoolExecutor(min(8, os.cpu_count() or 1))
        # By digest: the record that names it first.
        self._named: dict[str, str] = {}
        # Not yet handed over; handed over, by digest what is wrong with its file.
        self._next: list[str] = []
        self._checks: list[Future[dict[str, Fault]]] = []

    def name(self, digest: str, id_: str) -> None:
        """Some version of this record names this original."""
        if digest not in self._named:
            self._named[digest] = id_
            self._next.append(digest)
            if len(self._next) == _AT_ONCE:
                self._hand_over()

    def _hand_over(self) -> None:
        self._checks.append(self._pool.submit(self._faults, self._next))
        self._next = []

    def _faults(self, digests: list[str]) -> dict[str, Fault]:
        found = ((digest, self._vault.fault(digest)) for digest in digests)
        return {digest: fault for digest, fault in found if fault is not None}

    def finish(self, told: Told) -> None:
        """Tells of every original that is gone or is not what it was."""
        if self._next:
            self._hand_over()
        done, total = 0, len(self._named)
        for check in self._checks:
            for digest, (what, detail) in check.result().items():
                self._found.say(what, self._named[digest], detail)
            done = min(done + _AT_ONCE, total)
            if done % _TOLD_EACH == 0 or done == total:
                told("originals", done, total)

    def close(self) -> None:
        """Lets go of the threads; what is not begun is not done."""
        self._pool.shutdown(cancel_futures=True)
