"""Receipts: one spelling, signed by the key that is expected, and nothing else taken for one."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence.note import Signer, sign
from headstamp.exchange.receipt import Receipt, open_receipt, sign_receipt

RECEIVER = Signer.generate("headquarters")
RECEIPT = Receipt(
    bundle="0123456789abcdef" * 4, sender="laptop-7", size=12, root=bytes(range(32)), taken=7, known=2,
    beside=1, aside=0, receiver="headquarters", to_size=120, to_root=bytes(32),
    made_at="2026-11-22T08:00:00.000000Z",
)
TEXT = """\
headstamp receipt/1
bundle 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
from laptop-7
size 12
root AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
taken 7
known 2
beside 1
aside 0
to headquarters
to-size 120
to-root AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
made 2026-11-22T08:00:00.000000Z
"""


def test_the_form() -> None:
    assert RECEIPT.text() == TEXT
    assert Receipt.parse(TEXT) == RECEIPT


def test_signed_and_opened() -> None:
    note = sign_receipt(RECEIPT, RECEIVER)
    assert note.startswith(TEXT + "\n\N{EM DASH} headquarters ")
    assert open_receipt(note, RECEIVER.verifier) == RECEIPT
    assert open_receipt(note.encode(), RECEIVER.verifier) == RECEIPT


def test_by_no_other_key() -> None:
    note = sign_receipt(RECEIPT, RECEIVER)
    with pytest.raises(Tampered):
        open_receipt(note, Signer.generate("headquarters").verifier)
    with pytest.raises(Tampered):
        open_receipt(note.replace("taken 7", "taken 8"), RECEIVER.verifier)
    with pytest.raises(Invalid):
        sign_receipt(RECEIPT, Signer.generate("other"))
    other = Signer.generate("other")
    with pytest.raises(Tampered, match="tells of the log"):
        open_receipt(sign(TEXT, other), other.verifier)


@pytest.mark.parametrize(("old", "new"), [
    ("receipt/1", "receipt/2"), ("size 12", "size 012"), ("size 12", "size -1"), ("size 12", "size"),
    ("size 12", "size  12"), ("size 12", "size 12 "), ("size 12", "size 99999999999999999"),
    ("0123456789abcdef\n", "0123456789ABCDEF\n"), ("root AAEC", "root AAE"), ("Hh8=", "Hh9="),
    ("taken 7\n", ""), ("taken 7\nknown 2", "known 2\ntaken 7"), ("from laptop-7", "from lap top"),
    ("from laptop-7", "from a+b"), (".000000Z", "Z"), ("T08", "T25"), ("aside 0\n", "aside 0\n\n"),
    ("made 2026", "more 1\nmade 2026"), ("AAA=\n", "AAA=\r\n"),
])
def test_one_spelling(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(Unreadable):
        Receipt.parse(TEXT.replace(old, new, 1))


@pytest.mark.parametrize("change", [
    {"bundle": "x"}, {"sender": "a b"}, {"size": -1}, {"size": True}, {"root": b""}, {"taken": 1.0},
    {"made_at": "today"}, {"to_size": 2**53},
])
def test_what_cannot_be_told(change: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        dataclasses.replace(RECEIPT, **change)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 1


@given(st.integers(0, len(TEXT)), st.text(max_size=3))
def test_any_change_is_told_or_reads_as_another_receipt(at: int, more: str) -> None:
    for text in (TEXT[:at] + more + TEXT[at:], TEXT[:at] + more + TEXT[at + 1 :]):
        with contextlib.suppress(Unreadable):
            assert Receipt.parse(text).text() == text
