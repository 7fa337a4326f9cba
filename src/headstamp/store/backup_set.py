"""What a backup consists of, and whether it is whole.

A backup place is a folder for one case::

    backup.json                 whose backups these are
    README.txt                  what this is, for whoever finds it
    originals/ab/cd/<sha256>    each original once, shared by all states
    states/<time>-<entries>/    one state of the case each:
        tables.sqlite           all tables, whatever engine the case itself uses
        keys/device.pub         the public key; device.key only where it was asked for
        keys/lock.json          of an encrypted case: what opens it
        files/...               what else lies in the case's folder (imports, learned costs)
        manifest.json           size and SHA-256 of all of it, checkpoint, counts
        manifest.sha256         SHA-256 of the manifest, as ``sha256sum -c`` reads it

A state appears by one rename when everything in it, and every original it names,
is on disk. Names with a dot in front are unfinished and count for nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from headstamp.errors import HeadstampError, Missing, Problem, Unreadable
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.note import Verifier
from headstamp.store.disk import digest_of
from headstamp.store.progress import Told

SET, STATES, ORIGINALS, FILES = "backup.json", "states", "originals", "files"
MANIFEST, SUM = "manifest.json", "manifest.sha256"
# Not the name it has in a case: nobody opens it there by mistake, and so changes it.
DATABASE = "tables.sqlite"
FORMAT = 1
_HEX = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """A file: its path within the state (an original: its name), size in bytes, SHA-256.

    An original's name is its SHA-256; in an encrypted case it is another one, and size and
    SHA-256 are those of the encrypted file.
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What one state of a backup holds.

    ``records`` counts current records by kind and tier (of an encrypted case nothing);
    ``originals`` are sorted by name; ``faults`` are originals that the case itself did not
    have whole.
    """

    made_at: str
    made_by: str
    origin: str
    key: str
    engine: str
    checkpoint: str
    entries: int
    root: str
    records: dict[str, dict[str, int]]
    signing_key: bool
    files: tuple[Part, ...]
    originals: tuple[Part, ...]
    faults: tuple[dict[str, str], ...] = ()
    encrypted: bool = False
    format: int = field(default=FORMAT)

    def bytes(self) -> bytes:
        """The manifest as it is written."""
        document = asdict(self)
        if not self.encrypted:
            del document["encrypted"]  # older programs do not know it
        return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"

    @property
    def total_bytes(self) -> int:
        """How much the state holds, originals included."""
        return sum(part.size for part in (*self.files, *self.originals))

    @property
    def total_records(self) -> int:
        """How many current records the state holds."""
        return sum(n for tiers in self.records.values() for n in tiers.values())

    def opened(self) -> Checkpoint:
        """The checkpoint, its signature checked. Raises Unreadable where it is not of the key."""
        try:
            found = open_checkpoint(self.checkpoint, [Verifier.parse(self.key)])
        except HeadstampError as error:
            raise Unreadable(f"the backup's checkpoint does not hold: {error}") from error
        if (found.origin, found.size) != (self.origin, self.entries):
            raise Unreadable("the backup's checkpoint is not that of its manifest")
        return found


def sum_line(manifest: bytes) -> bytes:
    """The line that ``sha256sum -c`` reads."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()


def states(place: Path) -> list[Path]:
    """The finished states in a backup place, oldest first."""
    folder = place / STATES
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))


def find_state(place: Path) -> tuple[Path, Path]:
    """(state, folder of originals) of a backup place, or of one of its states by its own path.

    Raises Missing where there is no finished backup.
    """
    if (place / MANIFEST).exists() or place.parent.name == STATES:
        return place, place.parent.parent / ORIGINALS
    found = states(place)
    if not found:
        raise Missing(f"there is no finished backup in {place}")
    return found[-1], place / ORIGINALS


def read_manifest(state: Path) -> Manifest:
    """The manifest of a state, held against its sum. Raises Unreadable."""
    try:
        data = (state / MANIFEST).read_bytes()
        summed = (state / SUM).read_bytes()
    except OSError as error:
        raise Unreadable(f"the backup {state} has no manifest: {error.strerror}") from error
    if summed != sum_line(data):
        raise Unreadable(f"the manifest of the backup {state} is damaged")
    try:
        told: dict[str, Any] = orjson.loads(data)
        if told["format"] != FORMAT:
            raise Unreadable(f"the backup {state} is of format {told['format']}, which this "
                             "program does not know; use a newer headstamp")
        for name in ("files", "originals"):
            told[name] = tuple(Part(**one) for one in told[name])
        told["faults"] = tuple(told["faults"])
        manifest = Manifest(**told)
        _refuse_strange_paths(manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"the manifest of the backup {state} cannot be read: {error}") from error
    manifest.opened()
    return manifest


def _refuse_strange_paths(manifest: Manifest) -> None:
    """A manifest may come from anybody: its paths lead nowhere but into the backup."""
    names = [part.path for part in manifest.files]
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\x00" in name or str(path) != name:
            raise ValueError(f"{name!r} is no path within a backup")
        if name != DATABASE and path.parts[:1] not in (("keys",), (FILES,)):
            raise ValueError(f"{name!r} does not belong into a backup")
    digests = [part.sha256 for part in (*manifest.files, *manifest.originals)]
    digests += [part.path for part in manifest.originals]
    if not all(type(one) is str and _HEX.fullmatch(one) for one in digests):
        raise ValueError("a digest is no SHA-256")
    if DATABASE not in names or len(set(names)) != len(names):
        raise ValueError("its list of files is not whole")


def original_in(folder: Path, digest: str) -> Path:
    """Where an original lies in a folder of originals."""
    return folder / digest[:2] / digest[2:4] / digest  # or the name that hides it


def parts_of(state: Path, originals: Path, manifest: Manifest) -> Iterator[tuple[Part, Path]]:
    """Every file of a state with its place."""
    for part in manifest.files:
        yield part, state / part.path
    for part in manifest.originals:
        yield part, original_in(originals, part.path)


def check_state(
    state: Path, originals: Path, manifest: Manifest, told: Told
) -> list[Problem]:
    """Reads every file again: what is missing, damaged or too many."""
    found: list[Problem] = []
    total = len(manifest.files) + len(manifest.originals)
    for number, (part, path) in enumerate(parts_of(state, originals, manifest), 1):
        now = digest_of(path)
        if now is None:
            found.append(Problem("it is missing", file=part.path))
        elif now != (part.sha256, part.size):
            found.append(Problem("it is not what was backed up", file=part.path))
        told("checked", number, total)
    known = {MANIFEST, SUM, *(part.path for part in manifest.files)}
    for path in sorted(state.rglob("*")):
        name = path.relative_to(state).as_posix()
        if name not in known and (path.is_symlink() or not path.is_dir()):
            found.append(Problem("it does not belong to the backup", file=name))
    return found
