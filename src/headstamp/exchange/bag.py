"""Bags: a folder of files with lists of all their sums (BagIt 1.0, RFC 8493).

A bag says what was sent, so that what arrived can be held to it, by anybody and with
any tool: its lists are what ``sha256sum -c`` reads. It proves nothing about who sent it;
that is the signed log inside.

``read`` checks any bag in a folder, with all that is wrong at once. ``take`` unpacks a
box and checks it as a transfer bundle, which is narrower: version 1.0, SHA-256, every file
listed, nothing besides. ``BagWriter`` writes such a box in one pass over the files.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from headstamp.errors import Invalid, Missing, Problem, Unavailable
from headstamp.exchange import tags
from headstamp.exchange.box import BoxWriter, Filed, Source, unpack
from headstamp.exchange.limits import LIMITS, Limits, over_limit
from headstamp.exchange.names import fault
from headstamp.exchange.tags import DECLARATION, FETCH, INFO, PAYLOAD

MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
TAG_FILES = frozenset({DECLARATION, INFO, MANIFEST, TAG_MANIFEST})

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that was checked.

    ``info`` are the labels and values of ``bag-info.txt``; ``payload`` the size of each file
    below ``data/``; ``sums`` the sums by algorithm and name as its manifests tell them;
    ``sum`` the SHA-256 of ``tagmanifest-sha256.txt``, by which a bundle is named (empty
    where there is none); ``warnings`` what is allowed but odd.
    """

    version: str
    info: tuple[tuple[str, str], ...]
    payload: Mapping[str, int]
    sums: Mapping[str, Mapping[str, str]]
    sum: str
    warnings: tuple[Problem, ...]

    def told(self, label: str) -> str:
        """The first value of a label of ``bag-info.txt``; empty where there is none."""
        return next((v for k, v in self.info if k.lower() == label.lower()), "")


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: the sum the bundle is named by, its payload files and their bytes."""

    sum: str
    files: tuple[Filed, ...]
    bytes: int


class BagWriter:
    """Writes a bag as a box, in one pass: each payload file is hashed while it is written.

    ``base`` is the folder all lies in; ``info`` the labels of ``bag-info.txt``, with
    ``Bagging-Date`` (the date, from the caller's clock); the oxum is added.
    """

    def __init__(self, target: BinaryIO, base: str, info: Sequence[tuple[str, str]]) -> None:
        self._info = list(info)
        tags.write_info(self._info)  # refused before anything is written
        self._box = BoxWriter(target, base)
        self._files: list[Filed] = []
        self._tags = [self._box.add(DECLARATION, tags.CURRENT_TEXT)]

    @property
    def files(self) -> Sequence[Filed]:
        """The payload files so far, with their sums: what the crate tells of."""
        return self._files

    def add(self, name: str, source: Source) -> Filed:
        """Adds a payload file; its name begins with ``data/``. Raises as ``BoxWriter.add``."""
        if not name.startswith(PAYLOAD):
            raise Invalid(f"The payload of a bag lies below {PAYLOAD}.",
                          [Problem("outside the payload", value=name)])
        filed = self._box.add(name, source)
        self._files.append(filed)
        return filed

    def close(self) -> Packed:
        """Writes the lists and the end. The stream is left open."""
        size = sum(one.size for one in self._files)
        info = [*self._info, ("Payload-Oxum", f"{size}.{len(self._files)}")]
        manifest = tags.write_manifest((one.sha256, one.name) for one in self._files)
        self._tags.append(self._box.add(INFO, tags.write_info(info)))
        self._tags.append(self._box.add(MANIFEST, manifest))
        listed = tags.write_manifest((one.sha256, one.name) for one in self._tags)
        last = self._box.add(TAG_MANIFEST, listed)
        self._box.close()
        return Packed(last.sha256, tuple(self._files), size)


def take(source: BinaryIO, target: Path, limits: Limits = LIMITS) -> Bag:
    """Unpacks the box of a transfer bundle into a new or empty folder and checks all of it.

    Each file is hashed while it is written and not read again. Raises Unreadable where it
    is no proper box, Invalid with all problems where the bag does not agree with its
    lists, Unavailable where the folder cannot be written. After an error throw the folder away.
    """
    return _Reading(target, unpack(source, target, limits), limits).run()


def read(folder: Path, limits: Limits = LIMITS) -> Bag:
    """Checks a bag of any version that lies in a folder. Writes nothing, fetches nothing.

    Raises Invalid with all problems, Missing where there is no such folder, Unavailable
    where a file of it cannot be read.
    """
    if not folder.is_dir():
        raise Missing(f"There is no folder {folder}.")
    return _Reading(folder, None, limits).run()


class _Reading:
    """One check of one bag. With ``known``, the files as unpacked, it is a transfer bundle."""

    def __init__(self, folder: Path, known: Mapping[str, Filed] | None, limits: Limits) -> None:
        self._folder = folder
        self._known = known
        self._limits = limits
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._sizes: dict[str, int] = {}

    def run(self) -> Bag:
        if self._known is None:
            self._walk("", 0)
        else:
            self._sizes = {name: one.size for name, one in self._known.items()}
        bag = self._bag() if self._has(DECLARATION) else None
        if self._problems or bag is None:
            raise Invalid("The bag is not whole, or not a bag.", _some(self._problems, self._limits))
        return bag

    def _bag(self) -> Bag | None:
        told = tags.read_declaration(self._tag(DECLARATION), self._problems)
        if told is None:
            return None
        info = tuple(tags.read_info(self._tag(INFO), told, self._problems)
                     if INFO in self._sizes else ())
        self._oxum(info)
        sums = self._manifests(told)
        if FETCH in self._sizes:
            self._fetch(tags.read_fetch(self._tag(FETCH), told, self._problems))
        if self._known is not None:
            self._narrower(told, sums)
        self._compare(sums)
        payload = {name: size for name, size in self._sizes.items() if name.startswith(PAYLOAD)}
        return Bag(told.version, info, payload, sums, self._named_by(), tuple(self._warnings))

    def _named_by(self) -> str:
        if TAG_MANIFEST not in self._sizes:
            return ""
        return hashlib.sha256(self._tag(TAG_MANIFEST)).hexdigest()

    def _wrong(self, rule: str, file: str, value: str = "", row: int | None = None) -> None:
        self._problems.append(Problem(rule, file=file, value=value, row=row))

    def _has(self, name: str) -> bool:
        if name in self._sizes:
            return True
        self._wrong("is missing", name)
        return False

    def _walk(self, below: str, depth: int) -> None:
        """Finds all files, and says what else is there. No link is followed."""
        try:
            for entry in sorted(os.scandir(self._folder / below), key=lambda entry: entry.name):
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if depth >= self._limits.depth:
                        self._wrong(f"more than {self._limits.depth} folders in each other", name)
                    else:
                        self._walk(f"{name}/", depth + 1)
                elif entry.is_file(follow_symlinks=False):
                    self._sizes[name] = entry.stat(follow_symlinks=False).st_size
                else:
                    self._wrong("is a link or a device; a bag holds plain files", name)
        except OSError as error:
            raise Unavailable(f"{below or 'the bag'} cannot be read: {error.strerror}.") from error
        if len(self._sizes) > self._limits.files:
            raise over_limit(below, "files", self._limits.files, f"{len(self._sizes):,} files")

    def _tag(self, name: str) -> bytes:
        if self._sizes[name] > self._limits.tag_bytes:
            raise over_limit(name, "tag_bytes", self._limits.tag_bytes,
                             f"it has {self._sizes[name]:,} bytes")
        with _opened(self._folder, name) as stream:
            return stream.read()

    def _oxum(self, info: Iterable[tuple[str, str]]) -> None:
        sizes = [size for name, size in self._sizes.items() if name.startswith(PAYLOAD)]
        right = f"{sum(sizes)}.{len(sizes)}"
        told = [value for label, value in info if label.lower() == tags.OXUM]
        for value in told:
            if value != right:
                self._wrong(f"the payload has {right} (bytes.files), not what is told", INFO, value)
        if self._known is not None and len(told) != 1:
            self._wrong("the size of the payload (Payload-Oxum) is told once", INFO)

    def _manifests(self, told: tags.Declaration) -> dict[str, dict[str, str]]:
        """All manifests: their names to what they tell, each name to its sum."""
        found: dict[str, dict[str, str]] = {}
        for file in sorted(self._sizes):
            kind = tags.manifest_of(file)
            if kind is None:
                continue
            of_tags, algorithm = kind
            if algorithm not in tags.ALGORITHMS:
                self._wrong("sums of a kind that is not known here", file)
                continue
            lines = tags.read_manifest(file, self._tag(file), told, self._problems)
            found[file] = self._listed(file, lines, of_tags, told)
        payload = [sums for file, sums in found.items() if not file.startswith("tag")]
        if not payload:
            self._wrong("no list of the payload (manifest-sha256.txt) is there", "")
        everything = {name for name in self._sizes if name.startswith(PAYLOAD)}
        # Since 1.0 each list is of the whole payload; before, all of them together.
        lists = payload if told.strict else [set().union(*payload)] if payload else []
        for listed in lists:
            for name in sorted(everything.difference(listed)):
                self._wrong("is in the bag but not in its list", name)
        return found

    def _listed(
        self, file: str, lines: list[tags.Line], of_tags: bool, told: tags.Declaration
    ) -> dict[str, str]:
        sums: dict[str, str] = {}
        digits = tags.ALGORITHMS[file.rpartition("-")[2].removesuffix(".txt")]
        for line in lines:
            # Old bags hold names that are fit for one system only; the way out is never fit.
            if found := fault(line.name, self._limits.depth):
                self._wrong(found, file, line.written)
            elif of_tags == line.name.startswith(PAYLOAD):
                self._wrong("a name of the payload in a list of tags, or the other way round",
                            file, line.written)
            elif len(line.sum) != digits:
                self._wrong(f"a sum of this kind has {digits} digits", file, line.written)
            elif sums.setdefault(line.name, line.sum) != line.sum:
                self._wrong("is listed twice with different sums", file, line.written)
                continue
            if line.odd:
                self._odd("a name is written in a way that version 1.0 does not have", file, line)
        if len(lines) > len({line.name for line in lines}):
            self._twice(file, lines, told)
        return sums

    def _twice(self, file: str, lines: list[tags.Line], told: tags.Declaration) -> None:
        seen: set[str] = set()
        for line in lines:
            if line.name in seen:
                if told.strict:
                    self._wrong("is listed twice", file, line.written)
                else:
                    self._odd("is listed twice", file, line)
            seen.add(line.name)

    def _odd(self, rule: str, file: str, line: tags.Line) -> None:
        self._warnings.append(Problem(rule, file=file, value=line.written))

    def _fetch(self, names: Iterable[str]) -> None:
        for name in names:
            if found := fault(name, self._limits.depth):
                self._wrong(found, FETCH, name)
            elif not name.startswith(PAYLOAD):
                self._wrong("only the payload can be fetched", FETCH, name)

    def _narrower(self, told: tags.Declaration, sums: Mapping[str, Mapping[str, str]]) -> None:
        """The rules of a transfer bundle besides: one form, and nothing that is not listed."""
        if told != tags.CURRENT:
            self._wrong("a transfer bundle is of version 1.0 and in UTF-8", DECLARATION)
        for name in sorted(TAG_FILES - self._sizes.keys()):
            self._wrong("is missing", name)
        for name in sorted(self._sizes):
            if not name.startswith(PAYLOAD) and name not in TAG_FILES:
                self._wrong("has no place in a transfer bundle", name)
        unlisted = (TAG_FILES & self._sizes.keys()) - {TAG_MANIFEST} - sums.get(TAG_MANIFEST, {}).keys()
        for name in sorted(unlisted):
            self._wrong("is in the bag but not in its list of tags", name)
        for file, listed in sums.items():
            # One spelling, or one bundle could go by several names.
            if self._tag(file) != tags.write_manifest((sum_, name) for name, sum_ in listed.items()):
                self._wrong("its lines are not in the one form: sum in small letters, two blanks, "
                            "name, sorted by name", file)

    def _compare(self, sums: Mapping[str, Mapping[str, str]]) -> None:
        """Holds every listed file to its sums, reading each at most once."""
        if self._known is not None:
            # Hashed while it was unpacked. Lists of other sums have no place, as was told.
            for file in (MANIFEST, TAG_MANIFEST):
                for name, sum_ in sums.get(file, {}).items():
                    filed = self._known.get(name)
                    self._held_to(name, filed is not None, filed is None or filed.sha256 == sum_)
            return
        wanted: dict[str, dict[str, str]] = {}
        for file, listed in sums.items():
            algorithm = file.rpartition("-")[2].removesuffix(".txt")
            for name, sum_ in listed.items():
                wanted.setdefault(name, {})[algorithm] = sum_
        for name, told in wanted.items():
            there = name in self._sizes
            self._held_to(name, there, not there or self._sums(name, told) == told)

    def _held_to(self, name: str, there: bool, same: bool) -> None:
        if not there:
            self._wrong("is in the list but not in the bag", name)
        elif not same:
            self._wrong("has other bytes than its list says", name)

    def _sums(self, name: str, told: Iterable[str]) -> dict[str, str]:
        totals = {one: hashlib.new(one, usedforsecurity=False) for one in told}
        with _opened(self._folder, name) as stream:
            while piece := stream.read(_PIECE):
                for total in totals.values():
                    total.update(piece)
        return {one: total.hexdigest() for one, total in totals.items()}


@contextmanager
def _opened(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A plain file of the bag, opened for reading, never through a link."""
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb", buffering=0) as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Unavailable(f"{name} is no plain file.")
            yield stream
    except OSError as error:
        raise Unavailable(f"{name} cannot be read: {error.strerror}.") from error


def _some(problems: Sequence[Problem], limits: Limits) -> Iterator[Problem]:
    yield from problems[: limits.problems]
    if len(problems) > limits.problems:
        yield Problem(f"and {len(problems) - limits.problems:,} more")
