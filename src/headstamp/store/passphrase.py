"""Where a passphrase comes from: a person at the terminal, or for a server a file or a descriptor.

Never from the command line, where every user of the machine could read it. A lost
passphrase is made up for by the secret half of a recovery key, in a file that
HEADSTAMP_RECOVERY_FILE names: every command then opens the case by that.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from headstamp.errors import Invalid, Refused, Unavailable
from headstamp.store.cipher import Keys
from headstamp.store.cipher_lock import read_lock, refuse_weak

FILE, DESCRIPTOR = "HEADSTAMP_PASSPHRASE_FILE", "HEADSTAMP_PASSPHRASE_FD"
NEW, RECOVERY = "HEADSTAMP_NEW_PASSPHRASE_FILE", "HEADSTAMP_RECOVERY_FILE"
_TRIES = 3
_MOST = 4096
_SECRET = "AGE-SECRET-KEY-1"  # noqa: S105 - how such a key begins, not a key
_SECRET_LETTERS = 74  # of an X25519 identity in Bech32, as age writes it

Ask = Callable[[str], str]


def given() -> str | None:
    """The passphrase that the environment leads to; None where it leads to none.

    The first line of the file that HEADSTAMP_PASSPHRASE_FILE names, or of the open descriptor
    whose number HEADSTAMP_PASSPHRASE_FD is. Raises Unavailable where it cannot be read.
    """
    named, number = os.environ.get(FILE), os.environ.get(DESCRIPTOR)
    if named:
        return first_line(Path(named))
    if not number:
        return None
    try:
        return _from_descriptor(int(number)).decode().split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise Unavailable(f"the passphrase cannot be read from descriptor {number}: {error}") from error


_READ: dict[int, bytes] = {}


def _from_descriptor(number: int) -> bytes:
    # A pipe gives its bytes once; a command may open the case twice.
    if number not in _READ:
        _READ[number] = os.read(number, _MOST)
    return _READ[number]


def first_line(path: Path) -> str:
    """The first line of a file. Raises Unavailable where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST).decode().split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError) as error:
        raise Unavailable(f"the passphrase cannot be read from {path}: {error}") from error


def recovery_secret(path: Path) -> str:
    """The secret key of age in a file as ``age-keygen`` writes it, or on a recovery sheet, in groups.

    Raises Unavailable, Invalid.
    """
    try:
        words = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"the recovery key {path} cannot be read: {error}") from error
    starts = [at for at, one in enumerate(words) if one.upper().startswith(_SECRET)]
    if len(starts) != 1:
        raise Invalid(f"{path} does not hold one secret key of age (AGE-SECRET-KEY-1…), but {len(starts)}")
    # On a printed sheet it stands in groups; whole, it has as many letters as age gives it.
    secret = ""
    for one in words[starts[0]:]:
        if len(secret) >= _SECRET_LETTERS:
            break
        secret += one
    return secret.upper()


def asked(question: str) -> str:
    """What a person types, unseen. Raises Unavailable where nobody sits at a terminal."""
    if not sys.stdin.isatty():
        raise Unavailable(f"the case is encrypted and nobody can be asked for its passphrase here; set "
                          f"{FILE} or {DESCRIPTOR}")
    return getpass.getpass(question)


def chosen(ask: Ask = asked, *, fresh: bool = False) -> str:
    """A new passphrase, typed twice. Raises Invalid where it is weak or typed differently.

    ``fresh``: the environment's passphrase is the one in use; the new one is in the file that
    HEADSTAMP_NEW_PASSPHRASE_FILE names.
    """
    if fresh:
        named = os.environ.get(NEW)
        told = None if named is None else first_line(Path(named))
    else:
        told = given()
    if told is None:
        told = ask("New passphrase: ")
        refuse_weak(told)
        if ask("The same once more: ") != told:
            raise Invalid("the two passphrases are not the same; nothing was made")
    refuse_weak(told)
    return told


def unlocked(folder: Path, ask: Ask = asked) -> Keys:
    """The keys of the encrypted case in a folder.

    Raises Refused for a wrong passphrase (a person has three tries), and as ``read_lock``.
    """
    lock = read_lock(folder)
    recovery = os.environ.get(RECOVERY)
    if recovery:
        return lock.recover(recovery_secret(Path(recovery)))
    told = given()
    if told is not None:
        return lock.unlock(told)
    for left in range(_TRIES - 1, -1, -1):
        try:
            return lock.unlock(ask(f"Passphrase of {folder}: "))
        except Refused:
            if not left:
                raise
    raise AssertionError("a last try always returns or raises")
