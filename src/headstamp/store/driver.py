"""How a connection to a case's file is made: the only thing that differs in an encrypted case.

A plain case is opened by Python's own SQLite, an encrypted one by SQLCipher (its own SQLite
with AES-256 and an HMAC on each page). Everything above uses what both have in common.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from headstamp.store.cipher import Keys

PAGE_BYTES = 8192
DATABASE_ERRORS = (sqlite3.DatabaseError, sqlcipher.DatabaseError)
OPERATIONAL_ERRORS = (sqlite3.OperationalError, sqlcipher.OperationalError)
"""Those of either driver, for ``except``."""

Raw = Any
"""A connection of either driver; both have the interface of Python's sqlite3."""


class Driver:
    """Makes connections, all of one case. Without keys the case is a plain one."""

    def __init__(self, keys: Keys | None = None) -> None:
        self._keys = keys

    @property
    def module(self) -> ModuleType:
        """The driver's module, as SQLAlchemy wants it."""
        return sqlite3 if self._keys is None else sqlcipher

    @property
    def encrypted(self) -> bool:
        """Whether what the connections write is encrypted."""
        return self._keys is not None

    def connect(self, path: Path, *, wait: float = 5.0, read_only: bool = False) -> Raw:
        """A connection in autocommit; nothing is read from the file yet."""
        where = f"{path.absolute().as_uri()}?mode=ro" if read_only else str(path)
        raw = self.module.connect(
            where, timeout=wait, isolation_level=None, uri=read_only, check_same_thread=False)
        self._unlock(raw)
        return raw

    @staticmethod
    def in_memory(encrypted: bool) -> Raw:
        """A connection to a new, empty database in memory, of the SQLite that such cases have."""
        return (sqlcipher if encrypted else sqlite3).connect(":memory:", isolation_level=None)

    def page_faults(self, raw: Raw) -> list[str]:
        """Pages of the file whose HMAC does not hold; none are known of a plain case."""
        if self._keys is None:
            return []
        return [str(said) for (said,) in raw.execute("PRAGMA cipher_integrity_check")]

    def _unlock(self, raw: Raw) -> None:
        if self._keys is None:
            return
        # A key that is no secret to be stretched: SQLCipher takes it as it is.
        raw.execute(f"PRAGMA key = \"x'{self._keys.database()}'\"")
        raw.execute(f"PRAGMA cipher_page_size = {PAGE_BYTES}")


# What SQLCipher would tell is told by its errors; its log would go to the terminal.
with sqlcipher.connect(":memory:") as _one:
    _one.execute("PRAGMA cipher_log = off")
