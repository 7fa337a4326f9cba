"""A box: the files of one bag in one uncompressed tar, written and read as a stream.

Tar, because every system can open one, and uncompressed, because photographs do not pack
and what is packed can be a bomb. The form is POSIX ustar, with a pax header only where a
file or a name is too long for it. The same files give the same bytes: no owner, no time,
one mode.

What is read comes from anybody. So the reader is our own and knows nothing but plain
files: no links, no devices, no folders, no GNU or sparse headers, no second spelling of a
number, nothing hidden in the padding, nothing after the end. A file is made only where
there was none, in a folder that was empty, so nothing outside it can be reached.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NoReturn

from headstamp.errors import Invalid, Problem, Unavailable, Unreadable
from headstamp.exchange.limits import LIMITS, Limits, over_limit
from headstamp.exchange.names import NAME_BYTES_MAX, Taken, fault

Source = bytes | Path | BinaryIO

_BLOCK = 512
_PIECE = 1 << 20
# POSIX writes archives in records of 20 blocks; some pad to larger ones.
_RECORD = 20 * _BLOCK
_PADDING_MAX = 1 << 20
_SIZE_MAX = 8**11 - 1
_END = bytes(2 * _BLOCK)

_MAGIC = b"ustar\x0000"
_NUMBER = re.compile(rb"[0-7]{1,11}[\0 ]?[\0 ]?")
_PAX_BYTES_MAX = 8192
_PAX_RECORD = re.compile(rb"([1-9][0-9]{0,4}) ([^=\n]+)=")
# What pax headers of honest tools say besides; it changes nothing in what is unpacked.
_PAX_IDLE = frozenset({"mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"})
_KINDS = {
    b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device",
    b"5": "a folder", b"6": "a pipe", b"g": "a header for all that follows",
    b"L": "a GNU header of a long name", b"K": "a GNU header of a long link",
    b"S": "a sparse file", b"D": "a GNU list of a folder", b"M": "a part of another volume",
    b"V": "the name of a volume", b"\0": "an entry of the time before POSIX",
}


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of a bag: its name there, its size in bytes, its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class BoxWriter:
    """Writes a box, file after file, in flat memory.

    ``base`` is the one folder that all names are put under (RFC 8493, section 4).
    ``target`` is a stream whose ``write`` takes all it is given.
    """

    def __init__(self, target: BinaryIO, base: str) -> None:
        if found := fault(base) or ("/" in base and "it has folders"):
            raise Invalid(f"A bag cannot be named {base!a}: {found}.")
        self._target = target
        self._base = base
        self._taken = Taken()
        self._written = 0

    def add(self, name: str, source: Source) -> Filed:
        """Puts a file in, and hashes it meanwhile. An open stream is read from its beginning.

        Raises Invalid for a name that cannot be used, Unreadable where the source cannot be
        read or changes, Unavailable where the box cannot be written.
        """
        if found := fault(name) or self._taken.clash(name):
            raise Invalid("A file cannot be put into the bag.", [Problem(found, value=name)])
        if isinstance(source, bytes):
            return self._put(name, len(source), iter([source] if source else []))
        if isinstance(source, Path):
            try:
                with source.open("rb", buffering=0) as stream:
                    return self._put(name, os.fstat(stream.fileno()).st_size, _pieces(stream))
            except OSError as error:
                raise Unreadable(f"{source.name} cannot be read: {error.strerror}.") from error
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        return self._put(name, size, _pieces(source))

    def close(self) -> None:
        """Writes the end of the box. The stream is left open."""
        self._write(_END)
        self._write(bytes(-self._written % _RECORD))

    def _put(self, name: str, size: int, pieces: Iterator[bytes]) -> Filed:
        head = _header(f"{self._base}/{name}", size)
        total, left = sha256(), size
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                break
            total.update(piece)
            if left == 0:
                piece += bytes(-size % _BLOCK)
            self._write(head + piece if head else piece)
            head = b""
        if left:
            raise Unreadable(f"{name} changed while it was packed. Pack again.")
        self._write(head)
        return Filed(name, size, total.hexdigest())

    def _write(self, data: bytes) -> None:
        if data:
            try:
                self._target.write(data)
            except OSError as error:
                raise Unavailable(f"The bundle cannot be written: {error.strerror}.") from error
            self._written += len(data)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _header(path: str, size: int) -> bytes:
    """The ustar header of a plain file, with a pax header before it where needed."""
    told = path.encode("utf-8")
    records = b""
    if not path.isascii() or len(told) > 100:
        records += _pax_record(b"path", told)
        told = told[-100:] if path.isascii() else b"long-name"
    if size > _SIZE_MAX:
        records += _pax_record(b"size", b"%d" % size)
    head = _ustar(told, 0 if size > _SIZE_MAX else size, b"0")
    if not records:
        return head
    return _ustar(b"pax", len(records), b"x") + records + bytes(-len(records) % _BLOCK) + head


def _pax_record(key: bytes, value: bytes) -> bytes:
    """``LENGTH key=value`` and a line feed; the length counts itself."""
    plain = len(key) + len(value) + 3
    length = plain + len(b"%d" % plain)
    if len(b"%d" % length) + plain != length:
        length += 1
    return b"%d %b=%b\n" % (length, key, value)


def _ustar(name: bytes, size: int, kind: bytes) -> bytes:
    head = bytearray(_BLOCK)
    head[: len(name)] = name
    head[100:148] = b"0000644\0" b"0000000\0" b"0000000\0" b"%011o\0" b"00000000000\0" % size
    head[148:156] = b"        "
    head[156:157] = kind
    head[257:265] = _MAGIC
    head[329:345] = b"0000000\0" b"0000000\0"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def unpack(source: BinaryIO, target: Path, limits: Limits = LIMITS) -> dict[str, Filed]:
    """Unpacks a box into a folder that is new or empty; gives all its files by name, hashed.

    The base folder of the names is left out. Nothing is written outside ``target``; after
    an error what is in it is worthless. Not synced to the disk.

    Raises Unreadable where it is no proper box or is over a limit, Unavailable where
    ``target`` cannot be written.
    """
    try:
        target.mkdir(mode=0o700, exist_ok=True)
        if next(target.iterdir(), None) is not None:
            raise Unavailable(f"The folder {target.name} to unpack into is not empty.")
    except OSError as error:
        raise Unavailable(f"The folder to unpack into cannot be made: {error.strerror}.") from error
    return _Unpacking(source, target, limits).run()


class _Unpacking:
    def __init__(self, source: BinaryIO, target: Path, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._target = str(target)
        self._folders: set[str] = set()
        self._taken = Taken()
        self._base = ""
        self._bytes = 0

    def run(self) -> dict[str, Filed]:
        found: dict[str, Filed] = {}
        while (entry := self._entry()) is not None:
            name, size = entry
            found[name] = self._file(name, size)
        if not found:
            _refuse("there is no file in it")
        return found

    def _entry(self) -> tuple[str, int] | None:
        """Name and size of the next file; None at the end."""
        pax: dict[str, str] = {}
        head = self._exactly(_BLOCK)
        if head == bytes(_BLOCK):
            self._end()
            return None
        path, size, kind = _read_ustar(head)
        if kind == b"x":
            if size > _PAX_BYTES_MAX:
                _refuse(f"a header of {size:,} bytes", path)
            pax = _read_pax(self._padded(size)[:size], path)
            path, size, kind = _read_ustar(self._exactly(_BLOCK))
            path = pax.get("path", path)
            size = int(pax.get("size", size))
        if kind != b"0":
            _refuse(f"{_KINDS.get(kind, 'an entry of an unknown kind')}; a bag holds plain files",
                    path, "Pack it with `headstamp pack`, or by the format document.")
        return self._name(path), self._size(path, size)

    def _name(self, path: str) -> str:
        base, _, name = path.partition("/")
        # The whole path first: a way out begins, as often as not, in the base.
        if found := fault(path, self._limits.depth + 1, 2 * NAME_BYTES_MAX + 1):
            _refuse(found, path)
        if not name:
            _refuse("the file lies outside the folder of the bag", path)
        if found := fault(name, self._limits.depth):
            _refuse(found, path)
        if self._base and base != self._base:
            _refuse("a second folder beside that of the bag", path)
        self._base = base
        if len(self._taken) >= self._limits.files:
            raise over_limit(path, "files", self._limits.files, "one file more")
        if found := self._taken.clash(name):
            _refuse(found, path)
        return name

    def _size(self, path: str, size: int) -> int:
        if size > self._limits.file_bytes:
            raise over_limit(path, "file_bytes", self._limits.file_bytes, f"it has {size:,} bytes")
        self._bytes += size
        if self._bytes > self._limits.bag_bytes:
            raise over_limit(path, "bag_bytes", self._limits.bag_bytes,
                             f"the bag has {self._bytes:,} bytes so far")
        return size

    def _file(self, name: str, size: int) -> Filed:
        total, left = sha256(), size
        handle = self._make(name)
        try:
            while left:
                if left <= _PIECE:
                    piece = self._padded(left)
                    if len(piece) > left:
                        piece = piece[:left]
                else:
                    piece = self._exactly(_PIECE)
                total.update(piece)
                _write_all(handle, piece)
                left -= len(piece)
        finally:
            os.close(handle)
        return Filed(name, size, total.hexdigest())

    def _make(self, name: str) -> int:
        folder = name.rpartition("/")[0]
        try:
            if folder and folder not in self._folders:
                self._make_folder(folder)
            return os.open(f"{self._target}/{name}",
                           os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise Unavailable(f"{name} cannot be written: {error.strerror}.") from error

    def _make_folder(self, folder: str) -> None:
        above = folder.rpartition("/")[0]
        if above and above not in self._folders:
            self._make_folder(above)
        # Never one that is there: all in the target is made here, each folder once.
        os.mkdir(f"{self._target}/{folder}", 0o700)  # noqa: PTH102 - hot, and names are checked
        self._folders.add(folder)

    def _padded(self, size: int) -> bytes:
        """So many bytes and the zeros that fill their last block."""
        data = self._exactly(size + -size % _BLOCK)
        if any(data[size:]):
            _refuse("bytes are hidden after the end of a file")
        return data

    def _end(self) -> None:
        if self._exactly(_BLOCK) != bytes(_BLOCK):
            _refuse("one empty block within it, where two end it")
        padding = 0
        while piece := self._read(_PIECE):
            padding += len(piece)
            if any(piece) or padding > _PADDING_MAX:
                _refuse("more follows after its end")

    def _exactly(self, size: int) -> bytes:
        data = self._read(size)
        if len(data) == size:
            return data
        pieces = [data]
        left = size - len(data)
        while left:
            data = self._read(left)
            if not data:
                _refuse("it is cut short", advice="Copy it again; it may have been on its way still.")
            pieces.append(data)
            left -= len(data)
        return b"".join(pieces)

    def _read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except OSError as error:
            raise Unreadable(f"The bundle cannot be read: {error.strerror}.") from error


def _write_all(handle: int, data: bytes) -> None:
    try:
        done = os.write(handle, data)
        while done < len(data):
            done += os.write(handle, memoryview(data)[done:])
    except OSError as error:
        raise Unavailable(f"The bundle cannot be unpacked: {error.strerror}.") from error


def _refuse(rule: str, file: str = "", advice: str = "") -> NoReturn:
    # A name goes onto a screen: what cannot be seen in it is spelt out.
    shown = file if file.isprintable() else ascii(file)[1:-1]
    raise Unreadable("This is not a proper bundle; nothing of it was taken.",
                     [Problem(rule, advice, file=shown[:NAME_BYTES_MAX])])


def _read_ustar(head: bytes) -> tuple[str, int, bytes]:
    """Path, size and kind of a header; refuses any other than POSIX ustar."""
    if head[257:265] != _MAGIC:
        if head.startswith(b"age-encryption.org/"):
            _refuse("it is sealed", advice="Open it with the key that it is sealed to.")
        if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK")):
            _refuse("it is compressed", advice="A bundle is a plain tar: unpack the outer file first.")
        _refuse("no header of a POSIX tar where one is expected",
                advice="Other forms of tar are not read: pack with `headstamp pack`.")
    told = _number(head[148:156])
    if told != sum(head[:148]) + 8 * 32 + sum(head[156:]):
        _refuse("a header does not fit its own sum: the file is damaged")
    name, prefix = _text(head[0:100]), _text(head[345:500])
    path = f"{prefix}/{name}" if prefix else name
    size, kind = _number(head[124:136]), head[156:157]
    if any(head[500:]) or (kind in b"0x" and any(head[157:257])):
        _refuse("a header holds more than it may", path)
    return path, size, kind


def _number(field: bytes) -> int:
    if not _NUMBER.fullmatch(field):
        _refuse("a number in a header is not written in octal digits")
    return int(field.rstrip(b"\0 "), 8)


def _text(field: bytes) -> str:
    told, _, rest = field.partition(b"\0")
    if any(rest):
        _refuse("bytes are hidden after the end of a name")
    return _decoded(told)


def _decoded(told: bytes) -> str:
    try:
        return told.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("a name is not in UTF-8", ascii(told)[2:-1])


def _read_pax(data: bytes, path: str) -> dict[str, str]:
    """The records of a pax header that matter; refuses those that are not known."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        record = _PAX_RECORD.match(data, at)
        end = at + int(record[1]) if record else 0
        if record is None or end > len(data) or end <= record.end() or data[end - 1 : end] != b"\n":
            _refuse("a pax header that cannot be read", path)
        key, value = _decoded(record[2]), _decoded(data[record.end() : end - 1])
        if key in found or (key not in ("path", "size") and key not in _PAX_IDLE):
            _refuse(f"a pax header that says {key[:40]!a}, which is not read here", path)
        if key == "size" and not re.fullmatch(r"0|[1-9][0-9]{0,17}", value):
            _refuse("a size in a pax header that is none", path)
        found[key] = value
        at = end
    return found
