"""The verifier that goes into every folder, by itself: signatures by the published vectors, odd input."""

from __future__ import annotations

import json
from random import Random

import pytest

from headstamp.evidence import base64, verify
from headstamp.evidence.entry import read
from headstamp.evidence.tree import root_of
from tests.evidence import sample
from tests.shared import shared


def test_it_knows_ed25519() -> None:
    path = shared("vectors/wycheproof-ed25519") / "ed25519_test.json"
    tried = 0
    for group in json.loads(path.read_text())["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            good = verify.is_signed(public, bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
            assert good == (test["result"] == "valid"), test["comment"]
            tried += 1
    assert tried >= 150


KEY = verify.read_key(sample.signer().verifier_key)
KEYS = {KEY: (0, 2**53)}


def test_it_opens_what_the_product_signs_and_reads_what_it_seals() -> None:
    log = sample.entries(9) + sample.elsewhere()
    assert verify.open_checkpoint(sample.checkpoint(log), KEYS) == (len(log), root_of(log))
    for entry in log:
        told = read(entry)
        bound = {name: base64.decode(sum_) for name, sum_ in told.fields.items()}
        assert verify.read_entry(entry) == (told.id, told.version, bound)


@pytest.mark.parametrize("text", ["", "x", "a+b+c", "name+00000000+AAAA", "n+é+é", "+" * 9, "\ud800+a+b"])
def test_odd_keys_are_refused_in_its_own_words(text: str) -> None:
    with pytest.raises(verify.Wrong):
        verify.read_key(text)


def test_odd_notes_and_entries_are_refused_in_its_own_words() -> None:
    random = Random(5)
    note, entry = sample.checkpoint(sample.entries(3)), random.choice(sample.elsewhere())
    letters = "\0\n\t \u2014+=/A9é\u2028{}\"\\"
    for _ in range(400):
        at = random.randrange(len(note))
        other = note[:at] + random.choice(letters) + note[at + random.randrange(3) :]
        if other != note:
            with pytest.raises(verify.Wrong):
                verify.open_checkpoint(other, KEYS)
        data = bytearray(entry)
        data[random.randrange(len(data))] = random.randrange(256)
        try:
            verify.read_entry(bytes(data))
        except verify.Wrong:
            continue
        read(bytes(data))  # what it takes, the product takes
    for data in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'"\\ud800"', b"NaN", b"1" * 9999):
        with pytest.raises(verify.Wrong):
            verify.read_entry(data)
