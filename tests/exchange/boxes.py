"""Boxes for tests: a small whole one, and pieces to make hostile ones of."""

from __future__ import annotations

import io
from pathlib import Path

from headstamp.exchange.bag import BagWriter, Packed

INFO = [("Bagging-Date", "2026-11-22"), ("External-Identifier", "device-1 0-4")]
PAYLOAD = {
    "data/bundle.json": b"{}\n",
    "data/empty": b"",
    "data/log/tile/0/000.p/2": bytes(range(64)),
    "data/originals/a": b"a" * 512,
    "data/originals/b": b"b" * 1300,
    "data/originals/\N{GREEK SMALL LETTER ALPHA}": b"name of two bytes",
}


def packed(payload: dict[str, bytes] | None = None, base: str = "x") -> tuple[bytes, Packed]:
    """A whole box of this payload, and what its writer says of it."""
    target = io.BytesIO()
    writer = BagWriter(target, base, INFO)
    for name, data in (PAYLOAD if payload is None else payload).items():
        writer.add(name, data)
    told = writer.close()
    return target.getvalue(), told


def box() -> bytes:
    """The whole box of ``PAYLOAD``."""
    return packed()[0]


def header(
    name: bytes,
    size: int = 0,
    kind: bytes = b"0",
    *,
    link: bytes = b"",
    prefix: bytes = b"",
    magic: bytes = b"ustar\x0000",
    number: bytes | None = None,
    tail: bytes = b"",
    wrong_sum: bool = False,
) -> bytes:
    """A header of 512 bytes with a right sum, in whatever else it is wrong."""
    head = bytearray(512)
    head[: len(name)] = name
    head[100:124] = b"0000644\x00" b"0000000\x00" b"0000000\x00"
    head[124:136] = b"%011o\x00" % size if number is None else number.ljust(12, b"\0")
    head[136:148] = b"00000000000\x00"
    head[156:157] = kind
    head[157 : 157 + len(link)] = link
    head[257 : 257 + len(magic)] = magic
    head[345 : 345 + len(prefix)] = prefix
    head[500 : 500 + len(tail)] = tail
    head[148:156] = b"        "
    head[148:156] = b"%06o\0 " % (sum(head) + wrong_sum)
    return bytes(head)


def pax(**records: str) -> bytes:
    """A pax header of these records (``__`` in a key is a dot)."""
    data = b""
    for key, value in records.items():
        rest = f" {key.replace('__', '.')}={value}\n".encode("utf-8", "surrogatepass")
        length = len(rest) + len(str(len(rest) + 2))
        data += str(length).encode() + rest
    return header(b"pax", len(data), b"x") + data + bytes(-len(data) % 512)


def entry(name: bytes, data: bytes = b"evil", **more: object) -> bytes:
    """A file with its header."""
    return header(name, len(data), **more) + data + bytes(-len(data) % 512)  # type: ignore[arg-type]


def around(middle: bytes) -> bytes:
    """The whole box with something between its files and its end."""
    whole = box()
    end = -(-len(whole.rstrip(b"\0")) // 512) * 512  # the last file is text
    return whole[:end] + middle + whole[end:]


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: the bytes of files, None for folders; links not followed."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
