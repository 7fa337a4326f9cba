"""Salted commitments: a log that binds every value and shows none.

An entry does not hold a record's values but, for each field, the SHA-256 of a
secret salt followed by the value's canonical bytes. Who is shown salt and value
can check them; who is shown neither learns nothing, because the salt is 128 bits
nobody can guess. When the seed and the text are erased, the value cannot be
guessed any more, yet the entry and the whole log still verify.

All salts of one version of one record come from one seed of 16 random bytes,
stretched by SHAKE-128 (FIPS 202). Its output is unpredictable without the seed,
so that showing one field's salt says nothing about the others.

Where single fields are erased, the seed must go too, for it would give their salts
again. Then the salts of the other fields stand in its place: the byte 01 and, for each
field of the entry in sorted order, its salt, zeros where the field is erased. Both forms
are read here; their lengths tell them apart.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable
from hashlib import sha256, shake_128

from headstamp.errors import Invalid

SEED_BYTES = 16
SALT_BYTES = 16
_KEPT = b"\x01"
_ERASED = bytes(SALT_BYTES)


def salts(seed: bytes, count: int) -> bytes:
    """``count`` salts of 16 bytes each, one after the other, in sorted order of field name.

    ``seed`` is the seed, or what stands in its place where fields are erased; then ``count``
    is the number of the entry's fields. Raises Invalid.
    """
    if is_without(seed) and len(seed) == 1 + SALT_BYTES * count:
        return seed[1:]
    if len(seed) != SEED_BYTES:
        raise Invalid(f"A seed has {SEED_BYTES} bytes, this one has {len(seed)}.")
    return shake_128(seed).digest(SALT_BYTES * count)


def salt_at(seed: bytes, position: int) -> bytes:
    """The salt of the field at ``position`` (from 0) among the entry's sorted field names."""
    return salts(seed, position + 1)[SALT_BYTES * position :]


def is_without(seed: bytes) -> bool:
    """Whether this stands in the place of a seed, because fields are erased."""
    return seed[:1] == _KEPT and len(seed) % SALT_BYTES == 1


def without(seed: bytes, count: int, positions: Iterable[int]) -> bytes:
    """What to keep in the place of the seed once the fields at these positions are erased.

    ``count`` is the number of the entry's fields, ``seed`` in either form. Raises Invalid.
    """
    kept = bytearray(_KEPT + salts(seed, count))
    for position in positions:
        if not 0 <= position < count:
            raise Invalid(f"There is no field {position} among {count}.")
        start = 1 + SALT_BYTES * position
        kept[start : start + SALT_BYTES] = _ERASED
    return bytes(kept)


def erased_positions(seed: bytes, count: int) -> list[int]:
    """The positions of the fields whose salts are erased; none where the seed is there."""
    if len(seed) == SEED_BYTES:
        return []
    stream = salts(seed, count)
    return [
        n for n in range(count) if stream[SALT_BYTES * n : SALT_BYTES * (n + 1)] == _ERASED
    ]


def commitment(salt: bytes, value: bytes) -> str:
    """Standard base64 (44 characters) of SHA-256(salt || canonical bytes of the value)."""
    return binascii.b2a_base64(sha256(salt + value).digest(), newline=False).decode("ascii")
