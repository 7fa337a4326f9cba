"""Salted commitments: a log that binds every value and shows none.

An entry does not hold a record's values but, for each field, the SHA-256 of a
secret salt followed by the value's canonical bytes. Who is shown salt and value
can check them; who is shown neither learns nothing, because the salt is 128 bits
nobody can guess. When the seed and the text are erased, the value cannot be
guessed any more, yet the entry and the whole log still verify.

All salts of one version of one record come from one seed of 16 random bytes,
stretched by SHAKE-128 (FIPS 202). Its output is unpredictable without the seed,
so that showing one field's salt says nothing about the others.
"""

from __future__ import annotations

import binascii
from hashlib import sha256, shake_128

from headstamp.errors import Invalid

SEED_BYTES = 16
SALT_BYTES = 16


def salts(seed: bytes, count: int) -> bytes:
    """``count`` salts of 16 bytes each, one after the other, in sorted order of field name."""
    if len(seed) != SEED_BYTES:
        raise Invalid(f"A seed has {SEED_BYTES} bytes, this one has {len(seed)}.")
    return shake_128(seed).digest(SALT_BYTES * count)


def salt_at(seed: bytes, position: int) -> bytes:
    """The salt of the field at ``position`` (from 0) among the entry's sorted field names."""
    return salts(seed, position + 1)[SALT_BYTES * position :]


def commitment(salt: bytes, value: bytes) -> str:
    """Standard base64 (44 characters) of SHA-256(salt || canonical bytes of the value)."""
    return binascii.b2a_base64(sha256(salt + value).digest(), newline=False).decode("ascii")
