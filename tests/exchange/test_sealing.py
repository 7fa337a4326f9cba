"""Seals: the published cases, streams, and what a taken laptop can open: nothing."""

from __future__ import annotations

import contextlib
import io
import os
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from headstamp.errors import HeadstampError, Invalid, Refused, Unavailable, Unreadable
from headstamp.evidence import base64
from headstamp.evidence.note import Signer
from headstamp.exchange import bag, sealing
from headstamp.exchange.keys import SealKey, read_keys, recovery_keys
from headstamp.exchange.limits import Limits
from headstamp.exchange.sealing import is_sealed, opened, seal, sealed, unseal
from tests.exchange.boxes import INFO, PAYLOAD
from tests.shared import shared

KEY = SealKey.generate()


def sealed_bytes(data: bytes, *public: str) -> bytes:
    target = io.BytesIO()
    seal(io.BytesIO(data), target, public or [KEY.public])
    return target.getvalue()


def opened_bytes(data: bytes, *keys: SealKey) -> bytes:
    target = io.BytesIO()
    unseal(io.BytesIO(data), target, keys or [KEY])
    return target.getvalue()


# --- the published cases ---------------------------------------------------

# What is refused here for its kind, whatever the case says: forms that we do not write.
OTHER_KINDS = ("armor", "hybrid", "scrypt")
EXPECTED = {
    "no match": Refused, "HMAC failure": Unreadable, "header failure": Unreadable,
    "payload failure": Unreadable, "armor failure": Unreadable,
}


def vector(path: Path) -> tuple[dict[str, list[str]], bytes]:
    head, _, body = path.read_bytes().partition(b"\n\n")
    told: dict[str, list[str]] = {}
    for line in head.decode().split("\n"):
        key, _, value = line.partition(": ")
        told.setdefault(key, []).append(value)
    return told, zlib.decompress(body) if told.get("compressed") == ["zlib"] else body


def test_the_published_seals() -> None:
    counted = {"right": 0, "other kinds": 0}
    for path in sorted(shared("vectors/age/testdata").iterdir()):
        told, body = vector(path)
        keys = [SealKey.parse(one) for one in told.get("identity", [])
                if one.startswith("AGE-SECRET-KEY-1")]
        target, expect = io.BytesIO(), told["expect"][0]
        if path.name.startswith(OTHER_KINDS):
            # Still no more than an error of ours, and quickly.
            with pytest.raises((Unreadable, Refused)):
                unseal(io.BytesIO(body), target, keys or [KEY])
            counted["other kinds"] += 1
            continue
        if expect == "success":
            unseal(io.BytesIO(body), target, keys)
        else:
            with pytest.raises(EXPECTED[expect]):
                unseal(io.BytesIO(body), target, keys)
        if "payload" in told:
            assert sha256(target.getvalue()).hexdigest() == told["payload"][0], path.name
        counted["right"] += 1
    assert counted == {"right": 67, "other kinds": 76}


# --- streams ---------------------------------------------------------------

@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_000])
def test_sealed_and_opened(size: int) -> None:
    data = os.urandom(size)
    whole = sealed_bytes(data)
    assert is_sealed(whole)
    assert data[:32] not in whole or size < 16
    assert opened_bytes(whole) == data
    with opened(io.BytesIO(whole), [KEY]) as stream:
        assert stream.read() == data


def test_each_of_several_keys_opens() -> None:
    keys = [SealKey.generate() for _ in range(3)]
    whole = sealed_bytes(b"found", *(key.public for key in keys))
    assert [opened_bytes(whole, key) for key in keys] == [b"found"] * 3
    with pytest.raises(Refused, match="other keys"):
        opened_bytes(whole, SealKey.generate())


@pytest.mark.parametrize("cut", [10, 150, 230, 70_000, 131_300, -1])
def test_what_is_cut_short_is_not_whole(cut: int) -> None:
    whole = sealed_bytes(bytes(200_000))
    with pytest.raises(Unreadable):
        opened_bytes(whole[:cut])
    with pytest.raises(Unreadable), opened(io.BytesIO(whole[:cut]), [KEY]) as stream:
        while stream.read(1 << 16):
            pass


def test_flipped_bits_are_found() -> None:
    whole = sealed_bytes(bytes(70_000))
    for at in [*range(230), *range(230, len(whole), 997), len(whole) - 1]:
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        with pytest.raises((Unreadable, Refused)):
            opened_bytes(bytes(changed))


def test_a_bundle_is_sealed_and_opened_as_a_stream(tmp_path: Path) -> None:
    target = io.BytesIO()
    with sealed(target, [KEY.public]) as stream:
        writer = bag.BagWriter(stream, "x", INFO)
        for name, data in PAYLOAD.items():
            writer.add(name, data)
        told = writer.close()
    target.seek(0)
    with opened(target, [KEY]) as stream:
        assert bag.take(stream, tmp_path / "t").sum == told.sum


def test_who_stops_in_the_middle_leaves_nothing_whole() -> None:
    target = io.BytesIO()
    with pytest.raises(KeyError), sealed(target, [KEY.public]) as stream:
        stream.write(bytes(500_000))
        raise KeyError
    with pytest.raises(Unreadable):
        opened_bytes(target.getvalue())


def test_who_stops_reading_is_left_in_peace() -> None:
    whole = sealed_bytes(bytes(3_000_000))
    with opened(io.BytesIO(whole), [KEY]) as stream:
        assert stream.read(5) == bytes(5)
    with pytest.raises(KeyError), opened(io.BytesIO(whole), [KEY]) as stream:
        raise KeyError


class Failing(io.BytesIO):
    """Reads and writes some bytes, then no more."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 300_000:
            raise OSError(5, "Input/output error")
        return super().read(min(size or 0, 100_000))

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() > 300_000:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_disk_that_fails_is_told() -> None:
    with pytest.raises(Unavailable, match="No space left"):
        seal(io.BytesIO(bytes(1_000_000)), Failing(), [KEY.public])
    with pytest.raises(Unreadable, match="Input/output"):
        seal(Failing(bytes(1_000_000)), io.BytesIO(), [KEY.public])
    whole = sealed_bytes(bytes(1_000_000))
    with pytest.raises(Unavailable, match="No space left"):
        unseal(io.BytesIO(whole), Failing(), [KEY])
    with pytest.raises(Unreadable, match="Input/output"):
        unseal(Failing(whole), io.BytesIO(), [KEY])
    with pytest.raises(Unavailable, match="No space left"), sealed(Failing(), [KEY.public]) as stream:
        for _ in range(50):
            stream.write(bytes(100_000))
    with pytest.raises(Unreadable, match="Input/output"), opened(Failing(whole), [KEY]) as stream:
        stream.read()


def test_what_is_no_seal() -> None:
    for data, word in [
        (b"", "not a sealed bundle"), (b"age-encryption.org/v2\n", "version"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "armoured"),
        (sealing.MAGIC + b"-> scrypt AAAA 30\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + b"\n", "passphrase"),
        (sealing.MAGIC + b"--- " + b"A" * 43 + b"\n", "damaged"),
    ]:
        with pytest.raises(Unreadable, match=word):
            opened_bytes(data)
    many = sealed_bytes(b"", *(SealKey.generate().public for _ in range(4)))
    with pytest.raises(Unreadable, match="`recipients`"):
        unseal(io.BytesIO(many), io.BytesIO(), [KEY], Limits(recipients=3))
    with pytest.raises(Invalid):
        sealed_bytes(b"", "age1none")


# --- C7: a taken laptop ----------------------------------------------------

def bech32(prefix: str, data: bytes) -> str:
    """A key of 32 bytes as age writes it (BIP 173), to try any bytes as a secret."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]

    def polymod(some: list[int]) -> int:
        check = 1
        for value in some:
            top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
            for at, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
                check ^= generator if top >> at & 1 else 0
        return check

    head = [ord(x) >> 5 for x in prefix] + [0] + [ord(x) & 31 for x in prefix]
    check = polymod([*head, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return (prefix + "1" + "".join(letters[v] for v in values)
            + "".join(letters[check >> 5 * (5 - at) & 31] for at in range(6))).upper()


def secrets_left(laptop: Path) -> list[SealKey]:
    """Every key that can be made of what lies on the laptop, by whoever has it."""
    found: list[SealKey] = []
    for path in laptop.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        pieces = {sha256(data).digest()}
        for line in [] if is_sealed(data) else data.decode("utf-8").splitlines():
            pieces.add(sha256(line.encode()).digest())
            with contextlib.suppress(Invalid):
                found += read_keys(line)
            with contextlib.suppress(Unreadable):
                pieces.add(base64.decode(line.rpartition("+")[2])[-32:])
        found += [SealKey.parse(bech32("age-secret-key-", one)) for one in pieces if len(one) == 32]
    return found


def test_a_taken_laptop_opens_nothing_that_it_sent(tmp_path: Path) -> None:
    headquarters, first, second = SealKey.generate(), *recovery_keys()
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    # What a laptop has: its log's own key, the public keys to seal to, and what it sealed.
    (laptop / "signing.key").write_text(Signer.generate("laptop-7").text())
    public = [headquarters.public, first.public, second.public]
    (laptop / "seal-to").write_text("\n".join(public) + "\n")
    canary = b"CANARY-7f3a"
    for number in range(100):
        with (laptop / f"{number}.bundle.tar.age").open("wb") as target, \
                sealed(target, (laptop / "seal-to").read_text().split()) as stream:
            writer = bag.BagWriter(stream, f"b{number}", INFO)
            writer.add("data/records.jsonl", canary + b" %d" % number)
            writer.close()
    left = secrets_left(laptop)
    assert len(left) >= 100
    shut = opened_there = 0
    for number in range(100):
        path = laptop / f"{number}.bundle.tar.age"
        assert canary not in path.read_bytes()
        try:
            with path.open("rb") as source:
                unseal(source, io.BytesIO(), left)
        except Refused:
            shut += 1
        for key in (headquarters, first, second):
            with path.open("rb") as source, opened(source, [key]) as stream:
                assert canary + b" %d" % number in stream.read()
                opened_there += 1
    assert (shut, opened_there) == (100, 300)


def test_errors_are_ours() -> None:
    """Whatever stands in a sealed file, only errors of ours come out of it."""
    whole = sealed_bytes(bytes(1000))
    for seed in range(200):
        noise = sha256(b"%d" % seed).digest()
        changed = bytearray(whole)
        changed[noise[0] : noise[0] + noise[1]] = noise[2:noise[3] % 30]
        try:
            opened_bytes(bytes(changed))
        except HeadstampError:
            continue
        assert bytes(changed) == whole
