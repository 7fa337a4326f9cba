"""Salts and commitments: known answers, independence, nothing to guess from."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid
from headstamp.evidence.salted import SALT_BYTES, SEED_BYTES, commitment, salt_at, salts


@given(st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES), st.integers(0, 40))
def test_salts_are_the_shake_stream(seed: bytes, count: int) -> None:
    stream = salts(seed, count)
    assert stream == hashlib.shake_128(seed).digest(16 * count)
    parts = [stream[i : i + SALT_BYTES] for i in range(0, len(stream), SALT_BYTES)]
    assert parts == [salt_at(seed, position) for position in range(count)]
    assert len(set(parts)) == count


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_seed_has_sixteen_bytes(length: int) -> None:
    with pytest.raises(Invalid):
        salts(bytes(length), 1)


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=80))
def test_a_commitment_is_base64_of_the_salted_hash(salt: bytes, value: bytes) -> None:
    told = commitment(salt, value)
    assert len(told) == 44
    assert base64.b64decode(told, validate=True) == hashlib.sha256(salt + value).digest()


def test_equal_values_do_not_look_equal() -> None:
    seed = bytes(16)
    assert commitment(salt_at(seed, 0), b'"AK"') != commitment(salt_at(seed, 1), b'"AK"')
