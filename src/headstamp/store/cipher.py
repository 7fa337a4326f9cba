"""The keys of an encrypted case: one random data key, and what is derived from it.

Everything an encrypted case writes is under a key derived from 32 random bytes (the
*data key*) by HKDF-SHA-256, each use with a label of its own. The data key itself lies in
``keys/lock.json``, wrapped by the passphrase (``cipher_lock``). So a changed passphrase
rewrites one small file, and never the case.

What is here follows docs/why/0010: ChaCha20-Poly1305 (RFC 8439), because a field laptop
may have no hardware for AES; names of files by HMAC, because the SHA-256 of a photograph
that somebody else has too is as good as the photograph.

Python cannot promise that a key is gone from memory: strings and bytes are copied, and
freed memory is not cleared. ``forget`` clears what can be cleared; only the end of the
process ends it (so ``serve`` ends its process when it locks).
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from headstamp.errors import Tampered, Unavailable

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_SEALED_TEXT = "headstamp-sealed/1 "


class Keys:
    """An unlocked case's keys. Whoever has this can read all of the case."""

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        self._data_key: bytearray | None = bytearray(data_key)
        _no_core_dumps()

    @classmethod
    def generate(cls) -> Keys:
        """A new data key from the system's own randomness."""
        return cls(os.urandom(KEY_BYTES))

    def derived(self, label: str) -> bytes:
        """32 bytes for one use. Raises Unavailable once the keys are forgotten."""
        hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None,
                    info=b"headstamp/1 " + label.encode())
        return hkdf.derive(self.data_key())

    def data_key(self) -> bytes:
        """The data key itself, to be wrapped. Raises Unavailable once the keys are forgotten."""
        if self._data_key is None:
            raise Unavailable("the case is locked")
        return bytes(self._data_key)

    def check(self) -> str:
        """A text by which a data key is recognised, and from which nothing else follows."""
        return self.derived("check").hex()[:32]

    def database(self) -> str:
        """The raw key of the database, hexadecimal, as SQLCipher takes it."""
        return self.derived("database").hex()

    def name(self, room: str, name: str) -> str:
        """The name under which a file lies: 64 hexadecimal digits that tell nothing.

        ``room`` keeps equal names in two places apart.
        """
        key = self.derived("names")
        return hmac.new(key, f"{room}\0{name}".encode(), hashlib.sha256).hexdigest()

    def seal(self, data: bytes, about: str) -> bytes:
        """A small secret sealed; ``about`` is bound to it and must be told again to open it."""
        nonce = os.urandom(NONCE_BYTES)
        sealer = ChaCha20Poly1305(self.derived("small"))
        return nonce + sealer.encrypt(nonce, data, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What ``seal`` sealed. Raises Tampered where it is not that, or not about this."""
        sealer = ChaCha20Poly1305(self.derived("small"))
        try:
            return sealer.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            raise Tampered(f"what is sealed here as {about} was changed, or is of another case"
                           ) from error

    def seal_text(self, text: str, about: str) -> str:
        """``seal`` for a file of text: one line."""
        return _SEALED_TEXT + self.seal(text.encode(), about).hex()

    def open_text(self, sealed: str, about: str) -> str:
        """What ``seal_text`` sealed. Raises Tampered."""
        try:
            data = bytes.fromhex(sealed.strip().removeprefix(_SEALED_TEXT))
        except ValueError as error:
            raise Tampered(f"what is sealed here as {about} was changed") from error
        return self.open(data, about).decode()

    def forget(self) -> None:
        """Clears the data key, as far as Python can. What was derived may be in memory still."""
        if self._data_key is not None:
            self._data_key[:] = bytes(KEY_BYTES)
            self._data_key = None


def is_sealed_text(text: str) -> bool:
    """Whether a text is one that ``Keys.seal_text`` made."""
    return text.startswith(_SEALED_TEXT)


def _no_core_dumps() -> None:
    """A crash must not write the keys to the disk.

    A limit of 0 holds for files alone: where the system hands cores to a program (systemd-coredump,
    apport), Linux asks no limit but this one, 1, at which it hands over nothing (core(5) and
    fs/coredump.c). A file of one byte is less than any core, so none is written either.
    """
    try:
        import resource
    except ImportError:  # no such system writes core files either
        return
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0 if most == 0 else 1, most))
