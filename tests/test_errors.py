"""Errors that name the file in which something is wrong."""

from __future__ import annotations

import pytest

from headstamp.errors import (
    Conflicting,
    HeadstampError,
    Invalid,
    Refused,
    Tampered,
    Unreadable,
    naming,
)


@pytest.mark.parametrize("kind", [Invalid, Unreadable, Refused, Tampered])
def test_what_is_wrong_with_a_file_names_it_once(kind: type[HeadstampError]) -> None:
    with pytest.raises(kind) as told, naming("a.tar"):
        raise kind("it is not as it was packed")
    assert told.value.message == "a.tar: it is not as it was packed"
    with pytest.raises(kind) as told, naming("a.tar"):
        raise kind("a.tar cannot be read")
    assert told.value.message == "a.tar cannot be read"


def test_what_is_no_fault_of_the_file_does_not_name_it() -> None:
    with pytest.raises(Conflicting, match=r"^somebody else changed it"), naming("a.tar"):
        raise Conflicting("somebody else changed it")
