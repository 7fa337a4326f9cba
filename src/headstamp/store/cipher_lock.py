"""``keys/lock.json``: the data key of an encrypted case, wrapped by a passphrase and for recovery.

.. code-block:: json

    {"format": 1, "check": "…",
     "passphrase": {"kdf": "argon2id", "version": 19, "time": 4, "memory_kib": 131072,
                    "lanes": 2, "salt": "…", "wrapped": "…"},
     "recovery": [{"to": "age1…", "age": "…"}],
     "sum": "…"}

The passphrase goes through argon2id (RFC 9106), so that each guess costs memory and time:
how much is measured on the machine that makes the case (at least ``LEAST_SECONDS``), and a
file that asks for less than ``LEAST_KIB`` is refused when it is read. The parameters are
bound to what they wrap. Each recovery key is a public key of age (X25519), whose secret
half a custodian keeps elsewhere; either one opens the case without the passphrase.

``sum`` is a plain SHA-256: it tells a damaged file from a wrong passphrase, and guards
against nothing else.
"""

from __future__ import annotations

import hashlib
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyrage
from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from headstamp.errors import Invalid, Missing, Problem, Refused, Tampered, Unavailable, Unreadable
from headstamp.store.cipher import KEY_BYTES, NONCE_BYTES, Keys, is_sealed_text
from headstamp.store.disk import told, write_file

LOCK = "keys/lock.json"
FORMAT = 1
LEAST_SECONDS = 0.3
LEAST_KIB = 64 * 1024
_MOST_KIB, _MOST_TIME, _MOST_LANES = 4 << 20, 1000, 64
_USED_KIB, _LANES = 128 * 1024, 2
_ARGON2_VERSION = 19
_SALT_BYTES = 16
_MOST_FILE = 1 << 20
LEAST_CHARACTERS = 12
_COMMON = ("password", "passphrase", "headstamp", "qwerty", "letmein", "123456", "abcdef")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: passes over ``memory_kib`` of memory, in ``lanes`` at once."""

    time: int
    memory_kib: int
    lanes: int

    def key(self, passphrase: str, salt: bytes) -> bytes:
        """The key that wraps. Raises Unavailable where the machine has not the memory."""
        try:
            return hash_secret_raw(passphrase.encode(), salt, self.time, self.memory_kib, self.lanes,
                                   KEY_BYTES, Type.ID, _ARGON2_VERSION)
        except HashingError as error:
            raise Unavailable(f"the passphrase cannot be tried here: {error}; it takes "
                              f"{self.memory_kib >> 10} MiB of memory") from error


def calibrated(clock: Callable[[], float] = time.process_time) -> Cost:
    """A cost of at least ``LEAST_SECONDS`` on this machine with nothing else to do, measured.

    ``clock`` tells the processor time of all lanes together. By the clock on the wall a busy machine
    makes a cheap lock: whoever guesses has it to himself.
    """
    cost = Cost(2, _USED_KIB, _LANES)
    while cost.time < _MOST_TIME:
        # The faster of two: what else this process did meanwhile is none of its cost.
        spent = min(_seconds(cost, clock) for _ in range(2))
        if spent >= LEAST_SECONDS:
            break
        cost = replace(cost, time=max(cost.time + 1, int(cost.time * LEAST_SECONDS / max(spent, 1e-3))))
    return cost


def _seconds(cost: Cost, clock: Callable[[], float]) -> float:
    start = clock()
    cost.key("a guess", bytes(_SALT_BYTES))
    return (clock() - start) / cost.lanes


@dataclass(frozen=True)
class Lock:
    """What ``lock.json`` says. Holds no secret in the open."""

    check: str
    cost: Cost
    salt: bytes
    wrapped: bytes
    recovery: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def make(cls, keys: Keys, passphrase: str, recovery: Sequence[str] = (),
             cost: Cost | None = None) -> Lock:
        """A lock of these keys. Raises Invalid for a weak passphrase or a recovery key that is none."""
        refuse_weak(passphrase)
        cost = cost or calibrated()
        _refuse_cheap(cost)
        salt = os.urandom(_SALT_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        wrapping = ChaCha20Poly1305(cost.key(passphrase, salt))
        wrapped = nonce + wrapping.encrypt(nonce, keys.data_key(), _bound(keys.check(), cost, salt))
        return cls(keys.check(), cost, salt, wrapped,
                   tuple((one, _for_recovery(keys, one)) for one in dict.fromkeys(recovery)))

    def changed(self, keys: Keys, passphrase: str, cost: Cost | None = None) -> Lock:
        """This lock with another passphrase; the recovery keys stay."""
        return replace(Lock.make(keys, passphrase, (), cost), recovery=self.recovery)

    def unlock(self, passphrase: str) -> Keys:
        """The keys. Raises Refused for a wrong passphrase, Unavailable for want of memory."""
        wrapping = ChaCha20Poly1305(self.cost.key(passphrase, self.salt))
        try:
            data_key = wrapping.decrypt(self.wrapped[:NONCE_BYTES], self.wrapped[NONCE_BYTES:],
                                        _bound(self.check, self.cost, self.salt))
        except InvalidTag as error:
            raise Refused("this is not the passphrase of this case") from error
        return self._checked(data_key)

    def recover(self, secret: str) -> Keys:
        """The keys by the secret half of a recovery key (``AGE-SECRET-KEY-1…``).

        Raises Invalid where it is none, Refused where it is not one of this case.
        """
        try:
            identity = pyrage.x25519.Identity.from_str(secret.strip())
        except pyrage.IdentityError as error:
            raise Invalid("this is no secret key of age; it begins with AGE-SECRET-KEY-1") from error
        for _, sealed in self.recovery:
            try:
                return self._checked(pyrage.decrypt(sealed, [identity]))
            except pyrage.DecryptError:
                continue  # meant for another key; the last one tells
        raise Refused("this recovery key does not open this case")

    def _checked(self, data_key: bytes) -> Keys:
        if len(data_key) != KEY_BYTES or Keys(data_key).check() != self.check:
            raise Tampered("the lock of this case was changed: what it holds is not the case's key")
        return Keys(data_key)

    def bytes(self) -> bytes:
        """The file."""
        document: dict[str, Any] = {
            "format": FORMAT, "check": self.check,
            "passphrase": {
                "kdf": "argon2id", "version": _ARGON2_VERSION, "time": self.cost.time,
                "memory_kib": self.cost.memory_kib, "lanes": self.cost.lanes,
                "salt": b64encode(self.salt).decode(), "wrapped": b64encode(self.wrapped).decode(),
            },
            "recovery": [{"to": to, "age": b64encode(sealed).decode()} for to, sealed in self.recovery],
        }
        document["sum"] = _sum(document)
        return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def is_encrypted(folder: Path) -> bool:
    """Whether the case in a folder is an encrypted one."""
    return (folder / LOCK).exists()


def refuse_lockless(folder: Path) -> None:
    """Raises Unreadable where a case is plainly an encrypted one whose lock is gone."""
    try:
        sealed = is_sealed_text((folder / "keys" / "device.key").read_text("utf-8", "replace"))
    except OSError:
        return
    if sealed and not is_encrypted(folder):
        raise Unreadable(f"this case is encrypted, and its lock {folder / LOCK} is gone: without it "
                         "nobody opens the case. Put back the copy of a backup")


def read_lock(folder: Path) -> Lock:
    """The lock of the case in a folder.

    Raises Missing where there is none, Unreadable where it is damaged, Tampered where it
    would make guessing cheap.
    """
    path = folder / LOCK
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_FILE)
    except FileNotFoundError as error:
        raise Missing(f"there is no lock at {path}") from error
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    damaged = f"{path} is damaged: without it nobody opens the case. Put back the copy of a backup"
    try:
        document = orjson.loads(data)
        if document["format"] != FORMAT:
            raise Unreadable(f"{path} is of a format that this program does not know; use a newer one")
        told_sum = document.pop("sum")
        given = document["passphrase"]
        if told_sum != _sum(document) or (given["kdf"], given["version"]) != (
            "argon2id", _ARGON2_VERSION
        ):
            raise Unreadable(damaged)
        cost = Cost(int(given["time"]), int(given["memory_kib"]), int(given["lanes"]))
        lock = Lock(
            str(document["check"]), cost, b64decode(given["salt"], validate=True),
            b64decode(given["wrapped"], validate=True),
            tuple((str(one["to"]), b64decode(one["age"], validate=True))
                  for one in document["recovery"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(damaged) from error
    _refuse_cheap(cost)
    if len(lock.salt) < _SALT_BYTES or len(lock.wrapped) != NONCE_BYTES + KEY_BYTES + 16:
        raise Unreadable(damaged)
    return lock


def write_lock(folder: Path, lock: Lock) -> None:
    """Puts a lock in its place: the old one or the new one is there, whatever happens."""
    with told(folder):
        write_file(folder / LOCK, lock.bytes())


def refuse_weak(passphrase: str) -> None:
    """Raises Invalid, with the reason, for a passphrase that is soon guessed."""
    why = ""
    plain = passphrase.casefold().strip()
    if not plain:
        why = "it is empty"
    elif len(passphrase) < LEAST_CHARACTERS:
        why = f"it has {len(passphrase)} characters; at least {LEAST_CHARACTERS} are needed"
    elif len(set(plain)) < 5:
        why = "it is made of very few different characters"
    elif any(len(plain) - len(one) < 6 for one in _COMMON if one in plain):
        why = "it is little more than a word that everybody tries first"
    elif plain in "01234567890123456789" or plain in "abcdefghijklmnopqrstuvwxyzabcdefgh":
        why = "it is a plain row of characters"
    if why:
        raise Invalid("this passphrase is too weak", [Problem(
            why, "Take five or more words that do not belong together, drawn by lot.", "passphrase")])


def _refuse_cheap(cost: Cost) -> None:
    if cost.memory_kib < LEAST_KIB or cost.time < 1 or cost.lanes < 1:
        raise Tampered(f"the lock of this case asks for {cost.memory_kib >> 10} MiB a guess; less than "
                       f"{LEAST_KIB >> 10} is not accepted. Somebody changed it: put back the copy of a "
                       "backup")
    if cost.memory_kib > _MOST_KIB or cost.time > _MOST_TIME or cost.lanes > _MOST_LANES:
        raise Tampered("the lock of this case asks for more work than any machine has; somebody "
                       "changed it: put back the copy of a backup")


def refuse_no_recipient(to: str) -> None:
    """Raises Invalid for what is no public key of age."""
    _recipient(to)


def _for_recovery(keys: Keys, to: str) -> bytes:
    return bytes(pyrage.encrypt(keys.data_key(), [_recipient(to)]))


def _recipient(to: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(to.strip())
    except pyrage.RecipientError as error:
        raise Invalid("this is no public key of age", [Problem(
            "a recovery key begins with age1", "Make one with age-keygen; give the public half here.",
            "recovery", to)]) from error


def _bound(check: str, cost: Cost, salt: bytes) -> bytes:
    return b"headstamp/lock1\n" + orjson.dumps(
        [check, cost.time, cost.memory_kib, cost.lanes, salt.hex()])


def _sum(document: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
