"""Signed notes: as Go signs them, keys written and read (published ones: ``test_vectors``)."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import verify
from headstamp.evidence.note import Signer, Verifier, open_note, sign
from tests.shared import shared

# The published test key of golang.org/x/mod/sumdb/note.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)


def test_signs_as_the_go_package_does() -> None:
    signer = Signer.parse(SECRET)
    assert signer.text() == SECRET
    assert signer.verifier_key == PUBLIC
    cases = json.loads((shared("vectors/signed-note") / "notes.json").read_text())
    expected = next(case for case in cases if case["name"] == "one-known-one-unknown")
    lines = b64decode(expected["note_b64"]).decode().splitlines(keepends=True)
    assert sign(TEXT, signer) == "".join(lines[:-1])


def test_the_secret_is_not_shown() -> None:
    signer = Signer.parse(SECRET)
    assert "AYEK" not in repr(signer)
    with pytest.raises(Invalid) as caught:
        Signer.parse(SECRET + "x")
    assert "AYEK" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_several_sign_and_the_unknown_are_set_aside() -> None:
    first, second, third = (Signer.generate(f"key-{n}") for n in range(3))
    note = sign(TEXT, first, second, third)
    opened = open_note(note, [third.verifier, first.verifier])
    assert [s.name for s in opened.verified] == ["key-0", "key-2"]
    assert [(s.name, s.hash) for s in opened.unverified] == [("key-1", second.hash)]
    assert opened.text == TEXT


def test_a_second_bad_signature_of_a_known_key_is_not_overlooked() -> None:
    signer = Signer.parse(SECRET)
    bad = sign("other\n", signer).rpartition("\n\n")[2]
    assert open_note(sign(TEXT, signer, signer), [signer.verifier]).text == TEXT
    for note in (sign(TEXT, signer) + bad, f"{TEXT}\n{bad}" + SIGNED.decode().splitlines()[-1]):
        with pytest.raises(Tampered):
            open_note(note.rstrip("\n") + "\n", [signer.verifier])


def test_a_key_of_the_same_name_is_another_key() -> None:
    old, new = Signer.generate("case"), Signer.generate("case")
    with pytest.raises(Tampered):
        open_note(sign(TEXT, new), [old.verifier])
    assert open_note(sign(TEXT, new), [old.verifier, new.verifier]).verified[0].hash == new.hash


SIGNED = sign(TEXT, Signer.parse(SECRET)).encode()


@settings(max_examples=200)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, mask: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= mask
    with pytest.raises((Unreadable, Tampered)):
        open_note(bytes(changed), [Verifier.parse(PUBLIC)])


@pytest.mark.parametrize("text", ["", "no newline", "a\tb\n", "a\r\n", "\ud800\n"], ids=repr)
def test_unfit_texts_are_not_signed(text: str) -> None:
    with pytest.raises(Invalid):
        sign(text, Signer.parse(SECRET))


def test_a_note_needs_a_signature() -> None:
    with pytest.raises(Invalid):
        sign(TEXT)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u2003b", "\ud800"], ids=ascii)
def test_unfit_names(name: str) -> None:
    with pytest.raises(Invalid):
        Signer.generate(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "PeterNeumann+c74f20a4" + PUBLIC[21:],
        "Other" + PUBLIC[12:],
        PUBLIC[:-4],
        PUBLIC[:-1] + "X",
        "PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_unfit_keys(text: str) -> None:
    with pytest.raises(Invalid):
        Verifier.parse(text)
    with pytest.raises(Invalid):
        Signer.parse("PRIVATE+KEY+" + text)
    with pytest.raises(Invalid):
        Signer.parse(text)


@pytest.mark.parametrize("second", [
    0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2**255 - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95FF26,
    2**255 - 19 - 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95FF26,
])
@pytest.mark.parametrize("sign_bit", [0, 1])
def test_a_key_with_which_anybody_can_sign_is_none(second: int, sign_bit: int) -> None:
    """Points of small order, and those that are not written in their one spelling."""
    public = (second | sign_bit << 255).to_bytes(32, "little")
    with pytest.raises(Invalid, match="anybody could sign"):
        Verifier.of("x", public)
    key_id = sha256(b"x\n\x01" + public).hexdigest()[:8]
    try:
        key = verify.read_key(f"x+{key_id}+{b64encode(b'%c' % 1 + public).decode()}")
    except verify.Wrong:
        return
    # It is told from a key by its signatures: none of such a point can be read.
    assert verify.point(key[2]) is None


@given(st.binary(min_size=32, max_size=32))
def test_a_senseless_public_key_verifies_nothing(public: bytes) -> None:
    try:
        Verifier.of("x", public)
    except Invalid:
        return
    assert Verifier.of("x", public).verify(b"text", bytes(64)) in (False, True)
    assert not Verifier.of("x", public).verify(b"text", b"\xff" * 64)
