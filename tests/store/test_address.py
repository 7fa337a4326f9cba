"""Addresses of cases: what is none is told, and no password is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.errors import Invalid
from headstamp.store.address import backend_of, without_password


@pytest.mark.parametrize("where", [
    "mysql://h/cases", "https://example.org/case", "postgresql://", "postgresql://h",
    "postgresql://h:port/cases", "postgresql://anna:secret@h:1:2/cases",
])
def test_what_is_no_address_is_refused(where: str) -> None:
    with pytest.raises(Invalid) as refused:
        backend_of(where, None)
    assert "secret" not in str(refused.value)


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    place, _ = backend_of(str(tmp_path / "a:b@c"), None)
    assert place == tmp_path / "a:b@c"


@pytest.mark.parametrize("where", [
    "postgresql://anna:secret@h/cases?folder=f", "postgresql://:secret@h/cases",
    "postgresql://anna:my@secret@h/cases",
    "postgres://h/cases?password=secret&folder=f", "postgresql+psycopg://a:secret@h:1/c",
])
def test_no_password_is_shown(where: str) -> None:
    assert "secret" not in without_password(where)
    assert without_password(without_password(where)) == without_password(where)
