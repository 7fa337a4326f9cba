"""Checkpoints: the published cases, a log of other software, our own."""

from __future__ import annotations

import json

import pytest

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence import tree
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from headstamp.evidence.note import Signer, Verifier, sign
from tests.shared import shared

TESTDATA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
# The entries of that log, spelt as its makers spelt them.
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten"]
WORDS += ["ileven", "twelf", "threeten", "fourten", "fivten"]


def test_the_published_cases() -> None:
    cases = json.loads((shared("vectors/signed-note") / "checkpoints.json").read_text())
    assert len(cases) == 9
    for case in cases:
        try:
            checkpoint = Checkpoint.parse(case["text"])
        except Unreadable:
            accepted = False
        else:
            accepted = True
            assert checkpoint.text() == case["text"]
        assert accepted == case["accept"], case["name"]


def test_a_log_of_other_software() -> None:
    log = shared("vectors/tlog-tiles-log") / "log"
    verifier = Verifier.parse(TESTDATA)
    leaves = [word.encode() for word in WORDS]

    def read_node(level: int, index: int) -> bytes:
        return tree.root_of(leaves[index << level : (index + 1) << level])

    checkpoints = [
        open_checkpoint((log / f"checkpoint.{size}").read_bytes(), verifier) for size in range(16)
    ]
    for size, checkpoint in enumerate(checkpoints):
        assert checkpoint.size == size
        assert checkpoint.root == tree.root_of(leaves[:size])
    pairs = 0
    for n in range(1, 16):
        for m in range(1, n + 1):
            proof = tree.consistency_proof(m, n, read_node)
            roots = checkpoints[m].root, checkpoints[n].root
            assert tree.verify_consistency(m, n, *roots, proof)
            pairs += 1
    assert pairs == 120


def test_signed_and_opened_again() -> None:
    signer = Signer.generate("example.org/case")
    checkpoint = Checkpoint("example.org/case", 7, bytes(range(32)), ("time 1", "more"))
    signed = sign_checkpoint(checkpoint, signer)
    assert open_checkpoint(signed, signer.verifier) == checkpoint
    assert open_checkpoint(signed.encode(), [signer.verifier]) == checkpoint


def test_only_the_log_itself_vouches_for_the_log() -> None:
    log, witness = Signer.generate("log"), Signer.generate("witness")
    checkpoint = Checkpoint("log", 1, bytes(32))
    with pytest.raises(Invalid):
        sign_checkpoint(checkpoint, witness)
    known = [log.verifier, witness.verifier]
    assert open_checkpoint(sign(checkpoint.text(), witness, log), known) == checkpoint
    with pytest.raises(Tampered):
        open_checkpoint(sign(checkpoint.text(), witness), known)


@pytest.mark.parametrize(
    ("origin", "size", "root", "extension"),
    [
        ("", 0, bytes(32), ()),
        ("a\nb", 0, bytes(32), ()),
        ("a", -1, bytes(32), ()),
        ("a", 2**63, bytes(32), ()),
        ("a", 0, bytes(31), ()),
        ("a", 0, bytes(32), ("",)),
        ("a", 0, bytes(32), ("b\nc",)),
    ],
)
def test_refuses(origin: str, size: int, root: bytes, extension: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        Checkpoint(origin, size, root, extension)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "log\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n１\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "log\n1\nAAAA\n",
        "log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        "log\n9999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    ],
    ids=repr,
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(Unreadable):
        Checkpoint.parse(text)
