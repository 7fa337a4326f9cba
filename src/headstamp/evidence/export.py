"""The log as files for others: what stands beside the tiles in an exported folder.

The folder is a C2SP tlog-tiles log (``checkpoint``, ``tile/...``) with what an
outsider needs besides: all signed checkpoints, the values that are disclosed with
their salts, the originals, and a statement of how many of each there are, so that
a copy that was cut short is known as such. ``docs/evidence-format.md``, sections 8
and 9, is the rule; ``headstamp.check`` is the checker.

An entry that its reader may not see is *withheld*: it has the length 0 in its
bundle. No entry is empty, so the two cannot be confused, and the hash in the
level 0 tile keeps its place in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from headstamp.errors import HeadstampError, Invalid, Unreadable
from headstamp.evidence import base64
from headstamp.evidence.canonical import canonical, parse
from headstamp.evidence.entry import ENTRY_BYTES_MAX, Entry, check_disclosed
from headstamp.evidence.tile import ENTRIES, WIDTH, entries_path, tile_path, tile_width

FORMAT = "headstamp-log/1"
STATEMENT, CHECKPOINT, CHECKPOINTS = "log.json", "checkpoint", "checkpoints.jsonl"
KEYS = "keys.jsonl"  # there only where the log's key was ever changed
DISCLOSED, ORIGINALS, VERIFIER = "disclosed.jsonl", "originals", "verify.py"

_COUNTS = ("checkpoints", "disclosed", "entries", "originals", "withheld")
_DIGEST = re.compile(rb'"([0-9a-f]{64})"')


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle of up to 256 entries, each after its length in two bytes; empty: withheld."""
    pieces: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise Invalid(f"An entry of {len(entry)} bytes does not fit into a bundle.")
        pieces += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(pieces)


def unpack(bundle: bytes, count: int) -> list[bytes]:
    """The ``count`` entries of a bundle; ``Unreadable`` where it holds fewer, more or half ones."""
    entries, at = [], 0
    for _ in range(count):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        if start > len(bundle) or at > len(bundle):
            raise Unreadable(f"This is no bundle of {count} entries: it is cut short.")
        entries.append(bundle[start:at])
    if at != len(bundle):
        raise Unreadable(f"This is no bundle of {count} entries: more bytes follow.")
    return entries


def paths_of(size: int) -> dict[str, tuple[int, int, int]]:
    """Path of every tile and bundle of a log of that size, with level, index and width.

    Bundles have the level ``ENTRIES``. In the order of the log, lowest level first.
    """
    found: dict[str, tuple[int, int, int]] = {}
    level = 0
    while size >> 8 * level:
        for index in range(-(-(size >> 8 * level) // WIDTH)):
            width = tile_width(level, index, size)
            found[tile_path(level, index, width)] = level, index, width
            if level == 0:
                found[entries_path(index, width)] = ENTRIES, index, width
        level += 1
    return found


@dataclass(frozen=True, slots=True)
class Statement:
    """``log.json``: the log's first public key, and how much of each thing the folder holds.

    Not signed. The counts tell of accidents; who cuts a file can mend its count too,
    and then has withheld something, which he may, but changed nothing.
    """

    key: str
    entries: int
    withheld: int
    checkpoints: int
    disclosed: int
    originals: int

    def text(self) -> bytes:
        """The bytes of the file: one canonical object and a line feed."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return canonical({**counts, "format": FORMAT, "key": self.key}) + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """Reads what ``text`` wrote; ``Unreadable`` for anything else."""
        value = _object(data, {*_COUNTS, "format", "key"})
        if value["format"] != FORMAT or type(value["key"]) is not str:
            raise Unreadable(f"{STATEMENT} is not of the format {FORMAT}.")
        counts = {name: value[name] for name in _COUNTS}
        if any(type(count) is not int or count < 0 for count in counts.values()):
            raise Unreadable(f"{STATEMENT} has a count that is none.")
        return cls(value["key"], **counts)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One value that is shown: of which entry and field, its salt, its canonical bytes."""

    entry: int
    field: str
    salt: bytes
    value: bytes

    def line(self) -> bytes:
        """The line of ``disclosed.jsonl``, with its line feed."""
        told = {"entry": self.entry, "field": self.field, "salt": base64.encode(self.salt),
                "value": self.value.decode("utf-8")}
        return canonical(told) + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Disclosure:
        """Reads what ``line`` wrote; ``Unreadable`` for anything else."""
        value = _object(line, {"entry", "field", "salt", "value"})
        number, *texts = (value[key] for key in ("entry", "field", "salt", "value"))
        if type(number) is not int or number < 0 or any(type(text) is not str for text in texts):
            raise Unreadable("This is no disclosed value: number and texts are expected.")
        return cls(number, texts[0], base64.decode(texts[1]), texts[2].encode("utf-8"))

    def holds(self, entry: Entry) -> bool:
        """Whether the entry binds this value."""
        return not check_disclosed(entry, {self.field: (self.salt, self.value)})

    def original(self) -> str | None:
        """The SHA-256 of the original that it names, if it names one."""
        named = _DIGEST.fullmatch(self.value) if self.field == "digest" else None
        return named[1].decode("ascii") if named else None


def original_path(digest: str) -> str:
    """Where the original of that digest lies in the folder."""
    return str(PurePosixPath(ORIGINALS, digest))


def checkpoint_line(note: str) -> bytes:
    """The line of ``checkpoints.jsonl`` (or ``keys.jsonl``) of a signed note."""
    return canonical(note) + b"\n"


def parse_checkpoint_line(line: bytes) -> str:
    """Reads what ``checkpoint_line`` wrote; ``Unreadable`` for anything else."""
    value = _strictly(line)
    if type(value) is not str:
        raise Unreadable("This is no signed note in a line of JSON.")
    return value


def _strictly(line: bytes) -> object:
    """One canonical JSON value and a line feed: exactly one spelling is read."""
    try:
        value: object = parse(line[:-1])
        if canonical(value) + b"\n" == line:
            return value
    except HeadstampError as error:
        raise Unreadable(f"A line cannot be read: {error.message}") from error
    raise Unreadable("A line is not canonical JSON with a line feed.")


def _object(line: bytes, keys: set[str]) -> dict[str, Any]:
    value = _strictly(line)
    if not isinstance(value, dict) or value.keys() != keys:
        raise Unreadable(f"An object with exactly these keys is expected: {', '.join(sorted(keys))}.")
    return value
