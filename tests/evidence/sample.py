"""Small logs to test with: seeded, the same every time."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from headstamp.evidence import base64
from headstamp.evidence.canonical import canonical
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.entry import Stamp, seal
from headstamp.evidence.note import Signer, Verifier
from headstamp.evidence.tree import Frontier

ORIGIN = "example.org/case"
STAMP = Stamp("put", "A. Investigator", "2026-11-21T20:42:36.123456Z", "entered on site")
NAMES = ("calibre", "maker", "marking")


def seed(number: int) -> bytes:
    """The seed of entry ``number``."""
    return sha256(b"seed %d" % number).digest()[:16]


def values(number: int) -> list[bytes]:
    """The canonical bytes of its fields."""
    return [canonical("7.62 x 39"), canonical(None), canonical(f"07-{number:04}")]


def signer(which: int = 0) -> Signer:
    """A key of the sample log, the same every time and of no use elsewhere."""
    secret = sha256(b"sample" + b"+" * which).digest()
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    told = Verifier.of(ORIGIN, public).hash.hex()
    return Signer.parse(f"PRIVATE+KEY+{ORIGIN}+{told}+{base64.encode(bytes([1]) + secret)}")


def entries(count: int) -> list[bytes]:
    """Entries over ``count // 2`` records, so that most have two versions."""
    ids = max(1, count // 2)
    return [
        seal(STAMP, "item/1", f"itm-{n % ids}", n // ids + 1, NAMES, values(n), seed(n))
        for n in range(count)
    ]


def elsewhere() -> list[bytes]:
    """One entry of each act that names versions of other logs, each of a record of its own."""
    of = {"take": ["log/b 9", "log/a 3", "log/b 10"], "hold": ["log/é 0"], "same": ["a 1", "b 2"],
          "settle": ["log/b 10", "log/b 9"]}
    return [
        seal(Stamp(act, STAMP.actor, STAMP.at, STAMP.reason), "item/1", f"itm-{act}", 1, NAMES,
             values(n), seed(n), named)
        for n, (act, named) in enumerate(of.items())
    ]


def checkpoint(first: list[bytes], key: Signer | None = None) -> str:
    """A signed checkpoint over these entries."""
    frontier = Frontier()
    frontier.extend(first)
    return sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), key or signer())
