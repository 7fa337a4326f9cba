"""Keys for sealing: made, printed, typed back, never in the case and never in a message."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from headstamp.errors import Conflicting, Invalid, Refused, Unavailable
from headstamp.exchange.keys import (
    SealKey,
    key_file,
    read_keys,
    read_public,
    recovery_keys,
    sheet,
    write_secret,
)

KEY = SealKey.generate()


def test_a_key_has_two_halves() -> None:
    assert KEY.public.startswith("age1")
    assert KEY.secret.startswith("AGE-SECRET-KEY-1")
    assert KEY.secret not in repr(KEY)
    assert SealKey.parse(KEY.secret) == KEY


def test_recovery_keys_differ() -> None:
    first, second = recovery_keys()
    assert len({first.secret, second.secret, first.public, second.public}) == 4


def test_a_key_file_is_read_back() -> None:
    text = key_file(KEY, "2026-11-22T08:00:00Z", "headquarters")
    assert read_keys(text) == [KEY]
    first, second = recovery_keys()
    assert read_keys(key_file(first, "1", "a") + key_file(second, "2", "b")) == [first, second]


def test_a_printed_key_is_typed_back() -> None:
    page = sheet(KEY, 1, 2, "2026-11-22", "case 7")
    typed = page.split("Secret:")[1].split("Its public")[0]
    assert KEY.secret not in page
    assert SealKey.parse(typed) == KEY
    assert read_keys(typed.lower()) == [KEY]
    assert KEY.public in page


@pytest.mark.parametrize("text", [
    "", "# only a comment\n", "AGE-SECRET-KEY-1", KEY.secret[:-1], KEY.secret[:-1] + "B", KEY.public,
    "more\n" + KEY.secret, KEY.secret + "\nmore",
], ids=range(8))
def test_what_is_no_key_is_not_repeated(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_keys(text)
    assert "AGE-SECRET-KEY-1" not in str(caught.value).replace("AGE-SECRET-KEY-1...", "")
    assert caught.value.__cause__ is None


def test_public_keys_are_checked_all_at_once() -> None:
    other = SealKey.generate()
    assert read_public([KEY.public, f" {other.public}\n", KEY.public]) == (KEY.public, other.public)
    with pytest.raises(Invalid) as caught:
        read_public(["age1abc", KEY.secret, "ssh-ed25519 AAAA", KEY.public[:-1] + "b"])
    assert len(caught.value.problems) == 4
    assert KEY.secret not in str(caught.value)
    with pytest.raises(Invalid, match="one public key at least"):
        read_public([])


def test_a_secret_is_not_written_into_the_case(tmp_path: Path) -> None:
    case = tmp_path / "case"
    (case / "originals").mkdir(parents=True)
    (tmp_path / "way").symlink_to(case)
    for path in (case / "key", case / "originals" / "key", tmp_path / "way" / "key",
                 tmp_path / "case" / ".." / "case" / "key"):
        with pytest.raises(Refused):
            write_secret(path, key_file(KEY, "now", "x"), case)
    assert not [path for path in case.rglob("*") if path.is_file()]


def test_a_secret_is_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_secret(path, key_file(KEY, "now", "x"), tmp_path / "case")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_keys(path.read_text()) == [KEY]
    with pytest.raises(Conflicting):
        write_secret(path, "other", tmp_path / "case")
    with pytest.raises(Unavailable):
        write_secret(tmp_path / "none" / "key", "x", tmp_path / "case")
    assert read_keys(path.read_text()) == [KEY]
