"""A file sealed in pieces, so that any part of it can be read without the rest.

=============  ==================================================================
16 bytes       ``headstamp/seal1\\n``
12 bytes       nonce of the head
578 bytes      the head, sealed: file key (32), size (8, big-endian), length of the
               label (2), label (UTF-8, padded to 520); its tag (16)
pieces         65,536 bytes each, the last one 0 to 65,536, each with its tag (16)
=============  ==================================================================

The head is sealed by a key derived from the data key, with the file's room and stored
name bound to it: a file put in another one's place does not open. Pieces are sealed by
the file's own random key in the STREAM construction (Hoang, Reyhanitabar, Rogaway and
Vizar 2015, as age uses it): the nonce of a piece is its number (11 bytes) and whether it is
the last. So a piece changed, moved, left out or put in is noticed when it is read, and a
file cut short when it is opened, by its size.

The head is written last: while it is written, a file has no head and opens as nothing.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from headstamp.errors import Tampered
from headstamp.store.cipher import KEY_BYTES, NONCE_BYTES, TAG_BYTES, Keys

MAGIC = b"headstamp/seal1\n"
PIECE = 1 << 16
_LABEL_BYTES = 520
_HEAD = KEY_BYTES + 8 + 2 + _LABEL_BYTES
HEAD_BYTES = len(MAGIC) + NONCE_BYTES + _HEAD + TAG_BYTES


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into an open file. ``finish`` makes it whole."""

    def __init__(self, target: BinaryIO, keys: Keys) -> None:
        super().__init__()
        self._target = target
        self._keys = keys
        self._file_key = os.urandom(KEY_BYTES)
        self._sealer = ChaCha20Poly1305(self._file_key)
        self._held = bytearray()
        self._number = 0
        self.size = 0
        target.write(bytes(HEAD_BYTES))

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(data).cast("B")
        self.size += len(view)
        self._held += view
        # The last piece may be a full one: so one is held back until more comes.
        if len(self._held) > PIECE:
            pieces = (len(self._held) - 1) // PIECE
            for at in range(pieces):
                self._piece(self._held[at * PIECE : (at + 1) * PIECE], last=False)
            del self._held[: pieces * PIECE]
        return len(view)

    def _piece(self, data: bytes | bytearray, *, last: bool) -> None:
        self._target.write(self._sealer.encrypt(_nonce(self._number, last), data, None))
        self._number += 1

    def finish(self, room: str, name: str, label: str) -> None:
        """Seals the rest and the head. The file is then to be synced by its owner."""
        self._piece(self._held, last=True)
        told = label.encode()
        if len(told) > _LABEL_BYTES:
            raise ValueError("a label has at most 520 bytes")
        head = (self._file_key + self.size.to_bytes(8, "big") + len(told).to_bytes(2, "big")
                + told.ljust(_LABEL_BYTES, b"\0"))
        nonce = os.urandom(NONCE_BYTES)
        sealed = ChaCha20Poly1305(self._keys.derived("files")).encrypt(nonce, head, _bound(room, name))
        self._target.seek(0)
        self._target.write(MAGIC + nonce + sealed)
        self._target.seek(0, os.SEEK_END)


class SealedReader(io.RawIOBase):
    """Reads a sealed file, at any place. Raises Tampered where it is not what was sealed there."""

    def __init__(self, source: BinaryIO, keys: Keys, room: str, name: str) -> None:
        super().__init__()
        self._source = source
        self._what = f"the sealed file {name[:16]}…"
        try:
            file_key, self.size, self.label = self._head(keys, room, name)
            self._pieces = max(1, -(-self.size // PIECE))
            now = os.fstat(source.fileno()).st_size
            if now != HEAD_BYTES + self.size + self._pieces * TAG_BYTES:
                raise Tampered(f"{self._what} was cut short or made longer")
        except BaseException:
            source.close()
            raise
        self._opener = ChaCha20Poly1305(file_key)
        self._at = 0
        self._piece_number = -1
        self._piece = b""

    def _head(self, keys: Keys, room: str, name: str) -> tuple[bytes, int, str]:
        start = self._source.read(HEAD_BYTES)
        nonce_at = len(MAGIC)
        if len(start) != HEAD_BYTES or not start.startswith(MAGIC):
            raise Tampered(f"{self._what} is damaged at its beginning")
        nonce, sealed = start[nonce_at : nonce_at + NONCE_BYTES], start[nonce_at + NONCE_BYTES :]
        try:
            head = ChaCha20Poly1305(keys.derived("files")).decrypt(nonce, sealed, _bound(room, name))
        except InvalidTag as error:
            raise Tampered(f"{self._what} is damaged at its beginning, or another file was put in "
                           "its place") from error
        size = int.from_bytes(head[KEY_BYTES : KEY_BYTES + 8], "big")
        length = int.from_bytes(head[KEY_BYTES + 8 : KEY_BYTES + 10], "big")
        return head[:KEY_BYTES], size, head[KEY_BYTES + 10 :][:length].decode()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("there is nothing before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self.size:
            piece = self._load(self._at // PIECE)
            start = self._at % PIECE
            some = piece[start : start + len(view) - done]
            view[done : done + len(some)] = some
            done += len(some)
            self._at += len(some)
        return done

    def check(self) -> None:
        """Opens every piece, also the empty one of an empty file. Raises Tampered."""
        for number in range(self._pieces):
            self._load(number)

    def _load(self, number: int) -> bytes:
        if number != self._piece_number:
            self._source.seek(HEAD_BYTES + number * (PIECE + TAG_BYTES))
            sealed = self._source.read(min(PIECE, self.size - number * PIECE) + TAG_BYTES)
            try:
                self._piece = self._opener.decrypt(
                    _nonce(number, number == self._pieces - 1), sealed, None)
            except (InvalidTag, ValueError) as error:
                raise Tampered(f"{self._what} is damaged in piece {number + 1} of {self._pieces}"
                               ) from error
            self._piece_number = number
        return self._piece

    def close(self) -> None:
        if not self.closed:
            self._source.close()
            self._piece = b""
        super().close()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _bound(room: str, name: str) -> bytes:
    return MAGIC + f"{room}\0{name}".encode()
