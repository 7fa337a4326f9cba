"""An index as one file: a header, then the arrays of its segments as they are in memory.

=======  =======================================================================
8 bytes  ``HSMARK02``
4 bytes  length of the header, little-endian
4 bytes  CRC-32 of the header
header   JSON: for each segment and array its type, shape, place and CRC-32; the
         contexts' values; a note of whoever keeps the file
arrays   little-endian, each at a multiple of 64
=======  =======================================================================

The file is derived from the records and may be thrown away. It is written
beside and put in place whole; opening maps it into memory without reading it.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from headstamp.errors import Missing, Unreadable
from headstamp.markings.alphabet import PLACES
from headstamp.markings.context import Column, Contexts
from headstamp.markings.core import Core
from headstamp.markings.segment import BUCKET_COLUMNS, Segment

MAGIC: Final = b"HSMARK02"
_ALIGNED: Final = 64
_MOST_HEADER: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class IndexFile:
    """What a file holds: segments, contexts, and what its keeper put beside them."""

    segments: list[Segment]
    contexts: Contexts
    beside: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=dict)


def write_index(
    path: Path, segments: Sequence[Segment], contexts: Contexts, *,
    beside: Mapping[str, npt.NDArray[Any]] | None = None, note: Mapping[str, Any] | None = None,
) -> None:
    """Write whole or not at all: a new file takes the old one's place when it is on disk.

    ``beside`` are further arrays of whole numbers, ``note`` plain JSON values.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            write_index_to(file, segments, contexts, beside=beside, note=note)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_index_to(
    file: BinaryIO, segments: Sequence[Segment], contexts: Contexts, *,
    beside: Mapping[str, npt.NDArray[Any]] | None = None, note: Mapping[str, Any] | None = None,
) -> None:
    """Write into an open file, from its beginning."""
    arrays: list[tuple[str, npt.NDArray[Any]]] = []
    for number, segment in enumerate(segments):
        arrays += [(f"{number}.{name}", array) for name, array in segment.arrays().items()]
    for name, column in contexts.columns.items():
        arrays.append((f"context.{name}", column.of))
    arrays += [(f"beside.{name}", array) for name, array in (beside or {}).items()]
    described, at = {}, 0
    for name, array in arrays:
        plain = np.ascontiguousarray(array)
        at = -(-at // _ALIGNED) * _ALIGNED
        described[name] = {
            "type": plain.dtype.newbyteorder("<").str, "shape": plain.shape, "at": at,
            "crc": zlib.crc32(plain.data.cast("B")) if plain.size else 0,
        }
        at += plain.nbytes
    header = json.dumps({
        "segments": len(segments), "arrays": described, "bytes": at,
        "contexts": {name: column.values for name, column in contexts.columns.items()},
        "contexts_of": contexts.number, "note": dict(note or {}),
    }).encode()
    _write(file, header, [array for _, array in arrays])


def _write(file: BinaryIO, header: bytes, arrays: Sequence[npt.NDArray[Any]]) -> None:
    file.write(MAGIC + len(header).to_bytes(4, "little"))
    file.write(zlib.crc32(header).to_bytes(4, "little") + header)
    file.write(bytes(-file.tell() % _ALIGNED))
    start = file.tell()
    for array in arrays:
        file.write(bytes(-(file.tell() - start) % _ALIGNED))
        plain = np.ascontiguousarray(array)
        if plain.size:
            file.write(plain.astype(plain.dtype.newbyteorder("<"), copy=False).data.cast("B"))


def read_index(path: Path, *, check: bool = False) -> IndexFile:
    """What a file holds, mapped into memory (changes stay private).

    With ``check`` every array is read and its CRC compared. Without, only the header
    is, and that the arrays are of sizes that go together: a search over damaged
    arrays then answers wrongly or raises, yet never reads beyond them.

    Raises Missing, Unreadable.
    """
    try:
        # One file from beginning to end: another program may put a newer one in its place.
        with path.open("rb") as file:
            return _read(file, path, check)
    except FileNotFoundError as error:
        raise Missing(f"there is no markings index at {path}") from error
    except OSError as error:
        raise Unreadable(f"the markings index {path.name} cannot be read: {error}") from error


def _read(file: BinaryIO, path: Path, check: bool) -> IndexFile:
    if file.read(8) != MAGIC:
        raise Unreadable(f"{path.name} is not a markings index of this version")
    size = int.from_bytes(file.read(4), "little")
    told = int.from_bytes(file.read(4), "little")
    whole = os.fstat(file.fileno()).st_size
    text = file.read(min(size, _MOST_HEADER))
    if len(text) != size or zlib.crc32(text) != told:
        raise Unreadable(f"the header of {path.name} is damaged")
    try:
        header = json.loads(text)
        start = -(-(16 + size) // _ALIGNED) * _ALIGNED
        if start + int(header["bytes"]) > whole:
            raise Unreadable(f"the markings index {path.name} is cut short")
        arrays = {
            name: _mapped(file, start, entry, int(header["bytes"]))
            for name, entry in header["arrays"].items()
        }
        if check:
            _compare(path, arrays, header["arrays"])
        segments = [
            Segment(**{
                name.partition(".")[2]: array
                for name, array in arrays.items() if name.startswith(f"{number}.")
            })
            for number in range(int(header["segments"]))
        ]
        for segment in segments:
            _fits(segment)
        contexts = Contexts(
            {
                name: Column(list(values), arrays[f"context.{name}"])
                for name, values in header["contexts"].items()
            },
            int(header["contexts_of"]),
        )
        beside = {
            name.partition(".")[2]: array
            for name, array in arrays.items() if name.startswith("beside.")
        }
        return IndexFile(segments, contexts, beside, dict(header["note"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unreadable(f"the markings index {path.name} is damaged: {error}") from error


def _mapped(file: BinaryIO, start: int, entry: dict[str, Any], end: int) -> npt.NDArray[Any]:
    kind = np.dtype(str(entry["type"]))
    shape = tuple(int(v) for v in entry["shape"])
    if kind.kind not in "iu" or min((*shape, 0)) < 0 or int(entry["at"]) < 0:
        raise ValueError("an array of another kind")
    if int(entry["at"]) + math.prod(shape) * kind.itemsize > end:
        raise ValueError("an array beyond the end")
    if math.prod(shape) == 0:
        return np.zeros(shape, dtype=kind)
    # "c": what is taken out of the index in memory is not taken out of the file.
    mapped = np.memmap(file, dtype=kind, mode="c", offset=start + int(entry["at"]), shape=shape)
    return mapped.view(np.ndarray)


def _fits(segment: Segment) -> None:
    """Whether the arrays of a segment go together; ValueError where not."""
    texts, slots, parts = len(segment), segment.slots, len(segment.part_of)
    rows = len(segment.open_of)
    wanted: dict[str, tuple[str, tuple[int | None, ...]]] = {
        "text": ("u1", (None,)), "text_at": ("i8", (texts + 1,)), "slot_of": ("u4", (texts + parts,)),
        "part_of": ("u4", (parts,)), "members": ("u4", (None,)), "members_at": ("u4", (slots + 1,)),
        "weight": ("u4", (slots,)), "blocks": ("u1", (None,)), "heads": ("u1", (None,)),
        "reversed_blocks": ("u1", (None,)), "reversed_heads": ("u1", (None,)),
        "reversed_slots": ("u4", (slots,)), "buckets": ("i8", (None, BUCKET_COLUMNS)),
        "open_rows": ("u1", (rows, PLACES)), "open_lengths": ("u1", (rows,)),
        "open_of": ("u4", (rows,)), "living": ("u1", (texts,)), "shapes": ("i8", (None, 3)),
        "shape_tables": ("u4", (None,)),
    }  # fmt: skip
    for name, array in segment.arrays().items():
        kind, shape = wanted[name]
        right = len(shape) == array.ndim and all(
            size in (None, there) for size, there in zip(shape, array.shape, strict=True)
        )
        if not right or array.dtype.str.lstrip("<|>=") != kind or not array.dtype.isnative:
            raise ValueError(f"{name} does not go with the others")
    if texts < 0:
        raise ValueError("text_at is empty")
    Core(segment)


def _compare(path: Path, arrays: dict[str, npt.NDArray[Any]], described: dict[str, Any]) -> None:
    for name, array in arrays.items():
        crc = zlib.crc32(array.data.cast("B")) if array.size else 0
        if crc != int(described[name]["crc"]):
            raise Unreadable(f"the markings index {path.name} is damaged in {name}")
