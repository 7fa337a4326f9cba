"""The small files that make a folder a bag (BagIt, RFC 8493, section 2), as text.

``bagit.txt`` says that it is a bag and how its lists are written; ``bag-info.txt`` holds
labels and values for people; a manifest has a line for each file, its sum and its name.
Writing gives the one form of version 1.0 in UTF-8. Reading knows the versions 0.93 to 1.0,
takes in what is said so far and adds a Problem for each thing that is wrong.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from headstamp.errors import Invalid, Problem

DECLARATION, INFO, FETCH = "bagit.txt", "bag-info.txt", "fetch.txt"
PAYLOAD = "data/"
# Those of RFC 8493, section 2.4, and those of older bags.
ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
OXUM = "payload-oxum"

_DECLARED = re.compile(
    r"BagIt-Version: ([0-9]+\.[0-9]+)\nTag-File-Character-Encoding: ([A-Za-z0-9._-]{1,40})\n?")
_ENCODINGS = frozenset({
    "ascii", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le",
    "iso8859-1", "iso8859-15", "cp1252",
})
_MANIFEST_NAME = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_LISTED = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\S.*)")
_FETCHED = re.compile(r"(\S+)[ \t]+([0-9]+|-)[ \t]+(\S.*)")
_LABELLED = re.compile(r"([^\s:](?:[^:]*[^\s:])?):[ \t]?(.*)")
_LABELLED_LOOSELY = re.compile(r"([^\s:](?:[^:]*[^\s:])?)[ \t]*:[ \t]*(.*)")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What ``bagit.txt`` says: the version, as written, and the encoding of the other tags."""

    version: str
    encoding: str

    @property
    def strict(self) -> bool:
        """Whether version 1.0 counts, which has no two ways of saying a thing."""
        return self.version == "1.0"


CURRENT = Declaration("1.0", "utf-8")
CURRENT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def read_declaration(data: bytes, problems: list[Problem]) -> Declaration | None:
    """What a ``bagit.txt`` says; None, with a Problem, where it says nothing that can be used."""
    try:
        text = _lines_joined(data.decode("utf-8"))
    except UnicodeDecodeError:
        text = ""
    told = _DECLARED.fullmatch(text)
    if told is None:
        problems.append(Problem("not the two lines of a bag: its version and its encoding",
                                file=DECLARATION, value=text[:80]))
        return None
    try:
        encoding = codecs.lookup(told[2]).name
    except LookupError:
        encoding = ""
    if told[1] not in VERSIONS:
        problems.append(Problem("a version of BagIt that is not known here (0.93 to 1.0)",
                                file=DECLARATION, value=told[1]))
    elif encoding not in _ENCODINGS:
        problems.append(Problem("an encoding that is not read here", file=DECLARATION, value=told[2]))
    else:
        return Declaration(told[1], encoding)
    return None


def manifest_of(name: str) -> tuple[bool, str] | None:
    """Whether a file is a manifest: if of tags (or else of the payload), and its algorithm."""
    told = _MANIFEST_NAME.fullmatch(name)
    return (told[1] is not None, told[2]) if told else None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a manifest: the sum in small letters, the name, and the name as it was written.

    ``odd`` where it is marked as md5sum does, or begins with the folder itself (``./``).
    """

    sum: str
    name: str
    written: str

    @property
    def odd(self) -> bool:
        return self.written.startswith(("*", "./"))


def read_manifest(
    file: str, data: bytes, told: Declaration, problems: list[Problem]
) -> list[Line]:
    """The lines of a manifest."""
    found: list[Line] = []
    for row, line in _numbered(file, data, told, problems):
        parts = _LISTED.fullmatch(line)
        if parts is None:
            problems.append(Problem("not a sum and a name", file=file, row=row, value=line[:80]))
            continue
        # The star is md5sum's mark of a binary file; no name in a bag begins with one.
        name = _unescaped(parts[2].removeprefix("*").removeprefix("./"), told)
        found.append(Line(parts[1].lower(), name, parts[2]))
    return found


def read_fetch(data: bytes, told: Declaration, problems: list[Problem]) -> list[str]:
    """The names in a ``fetch.txt``. Nothing is ever fetched; they must be there already."""
    found = []
    for row, line in _numbered(FETCH, data, told, problems):
        parts = _FETCHED.fullmatch(line)
        if parts is None:
            problems.append(Problem("not an address, a length and a name", file=FETCH, row=row,
                                    value=line[:80]))
        else:
            found.append(_unescaped(parts[3].removeprefix("./"), told))
    return found


def read_info(data: bytes, told: Declaration, problems: list[Problem]) -> list[tuple[str, str]]:
    """The labels and values of ``bag-info.txt``, in order; a label may be there several times."""
    found: list[tuple[str, str]] = []
    form = _LABELLED if told.strict else _LABELLED_LOOSELY
    for row, line in _numbered(INFO, data, told, problems):
        if line[0] in " \t" and found:
            label, value = found[-1]
            found[-1] = label, f"{value} {line.strip()}"
        elif parts := form.fullmatch(line):
            found.append((parts[1], parts[2].strip()))
        else:
            problems.append(Problem("not a label, a colon and a value", file=INFO, row=row,
                                    value=line[:80]))
    return found


def _numbered(
    file: str, data: bytes, told: Declaration, problems: list[Problem]
) -> Iterator[tuple[int, str]]:
    """The lines of a tag file that hold something, numbered from 1."""
    try:
        text = _lines_joined(data.decode(told.encoding))
    except UnicodeDecodeError:
        problems.append(Problem(f"not written in {told.encoding}, as {DECLARATION} says", file=file))
        return
    if text.startswith("\ufeff"):
        problems.append(Problem("begins with a mark of byte order, which is no part of a name",
                                file=file))
        return
    for row, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield row, line


def _lines_joined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unescaped(name: str, told: Declaration) -> str:
    """The name meant: in 1.0 ``%0A``, ``%0D`` and ``%25`` stand for what they encode."""
    if "%" not in name:
        return name
    pairs = {"%0a": "\n", "%0d": "\r"} | ({"%25": "%"} if told.strict else {})
    return re.sub("%0[aAdD]|%25", lambda m: pairs.get(m[0].lower(), m[0]), name)


def write_manifest(lines: Iterable[tuple[str, str]]) -> bytes:
    """A manifest of (sum, name), sorted by name."""
    told = sorted((name.replace("%", "%25"), sum_) for sum_, name in lines)
    return "".join(f"{sum_}  {name}\n" for name, sum_ in told).encode("utf-8")


def write_info(pairs: Sequence[tuple[str, str]]) -> bytes:
    """``bag-info.txt`` of labels and values in this order. Raises Invalid for one that cannot be."""
    for label, value in pairs:
        if not _LABEL.fullmatch(label) or not value.strip() or not value.isprintable():
            raise Invalid("A bag cannot be described so.",
                          [Problem("one line of visible text under a plain label",
                                   field=label, value=value)])
    return "".join(f"{label}: {value.strip()}\n" for label, value in pairs).encode("utf-8")
