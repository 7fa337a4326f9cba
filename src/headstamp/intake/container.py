"""The zip container of a workbook, looked at before anything in it is unpacked.

The tricks known to work against readers of XLSX and ODS are refused here:
far too many members, members that unpack to far more than they are, members
lying over one another (one small stream counted a thousand times), names that
climb out of the folder, encryption, and XML that declares entities.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator

from headstamp.errors import Unreadable
from headstamp.intake.handed import Handed
from headstamp.intake.limits import Limits, over_limit

_CHUNK = 1 << 18
_HEAD = 4_096
_LOCAL_HEADER = 30


class Container:
    """An opened workbook container that has passed the checks; a context manager."""

    def __init__(self, file: Handed, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        _check_directory(file, limits)
        try:
            self._zip = zipfile.ZipFile(file.path)
            self._members = {info.filename: info for info in self._zip.infolist()}
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as e:
            raise self._damaged(e) from e
        self._check_members()
        self._check_xml()

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def _damaged(self, error: Exception) -> Unreadable:
        return Unreadable(f"{self.file.name} is a damaged zip container: {error}.")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one member. Raises Unreadable where they are damaged."""
        try:
            with self._zip.open(self._members[name]) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            struct.error,
            ValueError,
        ) as error:
            raise self._damaged(error) from error

    def _check_members(self) -> None:
        limits, name = self.limits, self.file.name
        infos = self._zip.infolist()
        if len(infos) > limits.zip_entries:
            what = f"its container has {len(infos):,} members"
            raise over_limit(name, "zip_entries", limits.zip_entries, what)
        if len(self._members) != len(infos):
            raise Unreadable(f"{name} was not read: two members of its container share a name.")
        for info in infos:
            if _leads_out(info.orig_filename):
                raise Unreadable(
                    f"{name} was not read: a member of its container names a path outside it "
                    f"({info.orig_filename[:80]!r}). No office program writes this."
                )
            if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise Unreadable(
                    f"{name} was not read: a member of its container is no file but a link or a "
                    f"device ({info.orig_filename[:80]!r}). No office program writes this."
                )
            if info.flag_bits & 0x1:
                raise Unreadable(f"{name} is locked with a password; save it without one.")
        total = sum(info.file_size for info in infos)
        most = min(limits.workbook_bytes, limits.unpacked_bytes)
        if total > most:
            what = f"it unpacks to {total:,} bytes"
            raise over_limit(name, "workbook_bytes", most, what)
        packed = sum(info.compress_size for info in infos)
        if total > limits.ratio_free_bytes and total > max(1, packed) * limits.unpacked_ratio:
            what = f"it unpacks to {total // max(1, packed):,} times its size"
            raise over_limit(name, "unpacked_ratio", limits.unpacked_ratio, what)
        end = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise Unreadable(
                    f"{name} was not read: members of its container lie over one another. "
                    "No office program writes this; it is made to unpack without end."
                )
            end = info.header_offset + _LOCAL_HEADER + len(info.filename) + info.compress_size

    def _check_xml(self) -> None:
        """No declarations of entities: office programs write none, and they can be made to grow."""
        for name in self._members:
            if not name.lower().endswith((".xml", ".rels")):
                continue
            head = b""
            for chunk in self.chunks(name):
                head += chunk
                if len(head) >= _HEAD:
                    break
            plain = head[:_HEAD].replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
                raise Unreadable(
                    f"{self.file.name} was not read: {name[:80]} declares XML entities, "
                    "which no office program writes."
                )


_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_SLASHES = re.compile(r"[/\\\u2044\u2215\u29f5\u29f8]")


def _leads_out(name: str) -> bool:
    """Whether a member's name could lead anywhere if somebody unpacked it, on any system.

    Signs that some systems take for a dot or a slash count as such; so do control
    characters, of which zip readers cut off what follows, and names of devices.

    >>> [_leads_out(name) for name in ("xl/workbook.xml", "xl/../../a", "C:a", "xl/NUL.xml")]
    [False, True, True, True]
    """
    plain = unicodedata.normalize("NFKC", name)
    parts = _SLASHES.split(plain)
    return (
        ".." in (part.strip() for part in parts) or parts[0] == "" or ":" in parts[0]
        or _UNSEEN.search(name) is not None or any(_DEVICE.match(part) for part in parts)
    )


def _check_directory(given: Handed, limits: Limits) -> None:
    """The size of the list of members, before it is read into memory."""
    try:
        with given.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 66_000))
            tail = file.read()
    except OSError as error:
        raise Unreadable(f"{given.name} cannot be read: {error}.") from error
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Unreadable(f"{given.name} is a damaged zip container: its list of members is missing.")
    count, directory = struct.unpack("<HI", tail[end + 10 : end + 16])
    if count > limits.zip_entries or directory > limits.zip_entries * 1_024:
        what = f"its container says it has {count:,} members"
        raise over_limit(given.name, "zip_entries", limits.zip_entries, what)
