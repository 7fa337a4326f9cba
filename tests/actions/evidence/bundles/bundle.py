"""One exported log with what its checker was given by another way, and how its files are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from headstamp.evidence import export
from headstamp.evidence.note import Signer


@dataclass(frozen=True)
class Held:
    """A key of the log as a thief of it would have it, and how it came into force."""

    since: int
    signer: Signer = field(repr=False)
    why: str = ""
    witnessed: bool = True


@dataclass(frozen=True)
class Bundle:
    """A folder with what its checker was given by another way: a key, kept checkpoints."""

    folder: Path
    key: str
    against: tuple[Path, ...] = ()
    held: tuple[Held, ...] = ()
    older: Path | None = None
    case: Path | None = None

    def files(self, of: str) -> list[Path]:
        """Its files of one class, in a fixed order."""
        globs = {"tile0": "tile/0/**/*", "tiles": "tile/[1-9]/**/*", "entries": "tile/entries/**/*",
                 "originals": "originals/*"}
        return sorted(p for p in self.folder.glob(globs.get(of, of)) if p.is_file())

    @property
    def newest(self) -> Signer:
        """The key in force."""
        return self.held[-1].signer


def statement(bundle: Bundle) -> export.Statement:
    """What the folder says of itself."""
    return export.Statement.parse((bundle.folder / export.STATEMENT).read_bytes())


def entries_in(path: Path) -> list[bytes]:
    """The entries of a bundle's file, those withheld empty."""
    data, found, at = path.read_bytes(), [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        found.append(data[at + 2 : end])
        at = end
    return found


def all_entries(bundle: Bundle) -> list[bytes]:
    """All entries in order."""
    size = statement(bundle).entries
    paths = [p for p, (level, _, _) in export.paths_of(size).items() if level < 0]
    return [entry for path in paths for entry in entries_in(bundle.folder / path)]


def lines_of(bundle: Bundle, name: str) -> list[bytes]:
    """The lines of a file with their ends; none where there is no file."""
    path = bundle.folder / name
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def write_lines(bundle: Bundle, name: str, lines: list[bytes]) -> Bundle:
    """Writes them in place of those that were there."""
    (bundle.folder / name).write_bytes(b"".join(lines))
    return bundle
