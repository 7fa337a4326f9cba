"""One spelling only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Unreadable
from headstamp.evidence import base64


@given(st.binary(max_size=70))
def test_reads_what_it_writes(data: bytes) -> None:
    assert base64.decode(base64.encode(data)) == data


@pytest.mark.parametrize(
    "text", ["YR==", "YWJ=", "YQ", "Y Q==", "YQ==\n", "YQ==YQ==", "é", "=", "_-8="]
)
def test_refuses_other_spellings(text: str) -> None:
    with pytest.raises(Unreadable):
        base64.decode(text)
