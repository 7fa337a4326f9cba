"""An encrypted case for tests: cheap to open, with a passphrase that everybody knows."""

from __future__ import annotations

from pathlib import Path

from headstamp.store.case import Case
from headstamp.store.cipher import Keys
from headstamp.store.cipher_lock import LEAST_KIB, Cost, Lock

PASSPHRASE = "five words drawn by lot"
CHEAP = Cost(1, LEAST_KIB, 1)


def cheap_lock(keys: Keys) -> Lock:
    """The cheapest lock that is accepted."""
    return Lock.make(keys, PASSPHRASE, cost=CHEAP)


def encrypted_case(folder: Path) -> Case:
    """A new, empty, encrypted case."""
    return Case.create(folder, lock=cheap_lock)


def passphrase_file(folder: Path) -> Path:
    """A file with the passphrase, for a program to be pointed to."""
    path = folder / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path
