"""Checkpoints: our own (published ones, and a log of other software: ``test_vectors``)."""

from __future__ import annotations

import pytest

from headstamp.errors import Invalid, Tampered, Unreadable
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from headstamp.evidence.note import Signer, sign


def test_signed_and_opened_again() -> None:
    signer = Signer.generate("example.org/case")
    checkpoint = Checkpoint("example.org/case", 7, bytes(range(32)))
    signed = sign_checkpoint(checkpoint, signer)
    assert open_checkpoint(signed, signer.verifier) == checkpoint
    assert open_checkpoint(signed.encode(), [signer.verifier]) == checkpoint


def test_lines_of_other_software_are_read_and_no_checkpoint_of_ours_has_them() -> None:
    """C2SP allows them; all our checkers refuse them, so that none takes what another does not."""
    signer = Signer.generate("example.org/case")
    checkpoint = Checkpoint("example.org/case", 7, bytes(range(32)), ("time 1", "more"))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    with pytest.raises(Unreadable, match="other software"):
        open_checkpoint(sign_checkpoint(checkpoint, signer), signer.verifier)


def test_carriage_returns_are_told_of_as_what_they_are() -> None:
    signer = Signer.generate("example.org/case")
    signed = sign_checkpoint(Checkpoint("example.org/case", 7, bytes(32)), signer)
    with pytest.raises(Unreadable, match="carriage return"):
        open_checkpoint(signed.replace("\n", "\r\n"), signer.verifier)


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
