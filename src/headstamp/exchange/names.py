"""Names of files that come from somebody else: which of them may be written here.

A name is a path with ``/`` between folder and file, always within the folder that it
is unpacked into. Refused is whatever some file system, shell or viewer reads as more
than that: a way up or out, a drive, a share, a home folder, a device of Windows, a
character that cannot be seen. Names that differ only in case or in the way their accents
are written are one file on many disks, so a bag may hold one of them.
"""

from __future__ import annotations

import re
import unicodedata

NAME_BYTES_MAX = 255

_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
# Names that Windows takes for devices, with whatever ending and in whatever case.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:[ .].*)?", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
# Line and paragraph separators, and all that is no visible character: controls, marks of
# direction, surrogates, unassigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})


def fault(name: str, depth: int = 16, bytes_max: int = NAME_BYTES_MAX) -> str:
    """Which rule a name breaks, in words; empty for a name that may be written.

    >>> fault("data/originals/a.jpg"), fault("data/../../b")
    ('', 'the name leads out of its folder (..)')
    """
    if not name:
        return "the name is empty"
    if len(name.encode("utf-8", "surrogatepass")) > bytes_max:
        return f"the name has more than {bytes_max} bytes"
    parts = name.split("/")
    if len(parts) > depth:
        return f"more than {depth} folders within each other"
    if not _PLAIN.fullmatch(name) and (found := _fault_of_odd(name, parts)):
        return found
    for part in parts:
        if part.endswith("."):
            return "a part of the name ends with a dot, which some disks leave out"
        if _DEVICE.fullmatch(part):
            return f"{part!r} is a device on Windows"
    return ""


def _fault_of_odd(name: str, parts: list[str]) -> str:
    if "\0" in name:
        return "the name holds a NUL"
    if "\\" in name:
        return "the name holds a backslash, on Windows a way into another folder"
    if name.startswith("//"):
        return "the name leads to another machine (//)"
    if name.startswith("/"):
        return "the name is absolute"
    if _DRIVE.match(name):
        return "the name leads to a drive"
    if ".." in parts:
        return "the name leads out of its folder (..)"
    if "" in parts or "." in parts:
        return "the name has an empty part"
    if name.startswith("~"):
        return "the name leads to a home folder (~)"
    if ":" in name:
        return "the name holds a colon, on Windows a stream within a file"
    if any(unicodedata.category(letter) in _UNSEEN for letter in name):
        return "the name holds a character that cannot be seen"
    if any(part != part.strip() for part in parts):
        return "a part of the name begins or ends with a space, which some disks leave out"
    return ""


def folded(name: str) -> str:
    """The name as disks without case and with one way of writing accents see it.

    Unicode's canonical caseless match (The Unicode Standard, 3.13, D145).
    """
    if name.isascii():
        small = name.lower()
        return name if small == name else small  # mostly the same: then once in memory
    once = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFD", once)


class Taken:
    """The names of one bag so far; tells which new one would clash with them."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._files)

    def clash(self, name: str) -> str:
        """Why a file of that name cannot be put beside the others; empty, and noted, if it can."""
        plain = folded(name)
        if plain in self._files:
            return "the name is there twice, or differs only in case or accents from another"
        if plain in self._folders:
            return "the name is that of a folder too"
        end = name.rfind("/")
        while end > 0:
            folder = name[:end]
            key = folded(folder)
            if key in self._files:
                return "a folder of the name is a file too"
            known = self._folders.get(key)
            if known == folder:
                break
            if known is not None:
                return "a folder of the name differs only in case or accents from another"
            self._folders[key] = folder
            end = name.rfind("/", 0, end)
        self._files.add(plain)
        return ""
