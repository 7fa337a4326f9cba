"""Arrays in a file that is mapped into memory: how the graph of supply is kept.

=======  =======================================================================
8 bytes  ``HSSUPP01``
4 bytes  length of the header, little-endian
4 bytes  CRC-32 of the header
header   JSON: for each array its type, length, place and CRC-32; a note of
         whoever keeps the file
arrays   little-endian, each at a multiple of 64
=======  =======================================================================

Opening reads the header; an array is read once, and held to its CRC-32, when it is first
asked for. So what no question needs costs nothing, and no answer rests on a byte that
was not checked. A file is derived from the records and may be thrown away.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from headstamp.errors import Missing, Unreadable
from headstamp.tracing.graph_edges import U32
from headstamp.tracing.graph_side import Side

MAGIC: Final = b"HSSUPP01"
_ALIGNED: Final = 64
_MOST_HEADER: Final = 1 << 20
SIDE: Final = ("offsets", "other", "low", "high", "table", "limits")
KINDS: Final[dict[str, str]] = {
    "offsets": "<u4", "other": "<u4", "low": "<u2", "high": "|u1", "table": "<i4",
    "limits": "<u4", "numbers": "<u4", "ids": "|u1", "ids_at": "<u8",
}
"""What the arrays of a name are made of. A file has no others."""


def write_arrays(
    file: BinaryIO, arrays: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]
) -> None:
    """Write into an open file, from its beginning; ``note`` is plain JSON."""
    described, at, plain = {}, 0, {}
    for name, array in arrays.items():
        plain[name] = one = np.ascontiguousarray(array, np.dtype(KINDS[name]))
        at = -(-at // _ALIGNED) * _ALIGNED
        crc = zlib.crc32(one.data.cast("B")) if one.size else 0
        described[name] = {"type": KINDS[name], "length": len(one), "at": at, "crc": crc}
        at += one.nbytes
    header = json.dumps({"arrays": described, "bytes": at, "note": dict(note)}).encode()
    file.write(MAGIC + len(header).to_bytes(4, "little"))
    file.write(zlib.crc32(header).to_bytes(4, "little") + header)
    file.write(bytes(-(16 + len(header)) % _ALIGNED))
    at = 0
    for name, one in plain.items():
        place = int(described[name]["at"])  # type: ignore[call-overload]
        file.write(bytes(place - at))
        if one.size:
            file.write(one.data.cast("B"))
        at = place + one.nbytes


def side_arrays(side: Side) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a side, by name."""
    return {name: getattr(side, name) for name in SIDE}


class ArrayFile:
    """An open file: its note, and its arrays when they are asked for.

    Raises Missing where there is none, Unreadable where it is damaged or another's.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._checked: set[str] = set()
        self._lock = Lock()
        # In an encrypted case the bytes are in memory for as long as the path is held.
        self._path = path
        try:
            # One file from beginning to end: another program may put a newer one in its place.
            with path.open("rb") as file:
                self._read(file)
        except FileNotFoundError as error:
            raise Missing(f"there is no graph of supply at {path}") from error
        except OSError as error:
            raise Unreadable(f"the graph of supply {path.name} cannot be read: {error}") from error

    def _read(self, file: BinaryIO) -> None:
        head = file.read(16)
        if head[:8] != MAGIC:
            raise Unreadable(f"{self.name} is not a graph of supply of this version")
        size = int.from_bytes(head[8:12], "little")
        text = file.read(min(size, _MOST_HEADER))
        if len(text) != size or zlib.crc32(text) != int.from_bytes(head[12:16], "little"):
            raise Unreadable(f"the header of {self.name} is damaged")
        try:
            header = json.loads(text)
            start = -(-(16 + size) // _ALIGNED) * _ALIGNED
            self.bytes = int(header["bytes"])
            if start + self.bytes > os.fstat(file.fileno()).st_size:
                raise Unreadable(f"the graph of supply {self.name} is cut short")
            self._crcs = {name: int(one["crc"]) for name, one in header["arrays"].items()}
            self._arrays = {
                name: self._mapped(file, start, name, one)
                for name, one in header["arrays"].items()
            }
            self.note: dict[str, Any] = dict(header["note"])
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError,
                ValueError) as error:
            raise Unreadable(f"the graph of supply {self.name} is damaged: {error}") from error

    def _mapped(
        self, file: BinaryIO, start: int, name: str, one: dict[str, Any]
    ) -> npt.NDArray[Any]:
        kind = np.dtype(KINDS[name])
        length, at = int(one["length"]), int(one["at"])
        if one["type"] != KINDS[name] or length < 0 or at < 0 or at % _ALIGNED:
            raise ValueError(f"{name} is of another kind")
        if at + length * kind.itemsize > self.bytes:
            raise ValueError(f"{name} goes beyond the end")
        if not length:
            return np.empty(0, kind)
        # "r": several programs share the pages, and the system takes them back as it needs.
        mapped = np.memmap(file, dtype=kind, mode="r", offset=start + at, shape=(length,))
        return mapped.view(np.ndarray)

    def array(self, name: str) -> npt.NDArray[Any]:
        """One array, checked. Raises Unreadable where it is not as it was written."""
        found = self._arrays.get(name)
        if found is None:
            raise Unreadable(f"the graph of supply {self.name} has no {name}")
        with self._lock:
            if name not in self._checked:
                crc = zlib.crc32(found.data.cast("B")) if found.size else 0
                if crc != self._crcs[name]:
                    raise Unreadable(f"the graph of supply {self.name} is damaged in {name}")
                self._checked.add(name)
        return found

    def check(self, names: Iterable[str] = ()) -> None:
        """Hold these arrays, or all of them, to what was written. Raises Unreadable."""
        for name in tuple(names) or tuple(self._arrays):
            self.array(name)

    def side(self) -> Side:
        """The arrays of a side."""
        return Side(**{name: self.array(name) for name in SIDE})

    def numbers(self) -> U32:
        """The numbers of a side's edges."""
        return self.array("numbers")
