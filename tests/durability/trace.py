"""What a process did to a folder, read from its strace; and the disk as a power cut leaves it.

The rules of the disk, as harsh as POSIX allows: what was written to a file and not synced
since is there or not, each sector of 512 bytes for itself; a name that was made, moved or
taken away counts for sure only when its folder was synced afterwards.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = (
    "openat,open,creat,pwrite64,write,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,"
    "fdatasync,sync_file_range,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,"
    "symlinkat,mkdir,mkdirat,rmdir,copy_file_range,sendfile,splice,sync,syncfs"
)
OPTIONS = ("-y", "-xx", "-s", "2000000", "-e", f"trace={CALLS}")
# Nothing that is kept goes through these; one that does must first be understood here.
_UNKNOWN = {"creat", "writev", "pwritev", "pwritev2", "truncate", "fallocate", "sync_file_range",
            "symlink", "symlinkat", "copy_file_range", "sendfile", "splice"}

_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(.*)$")
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"^\d+ +<\.\.\. \w+ resumed>(.*)$")
_PARTS = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?|(\w+)<((?:\\x[0-9a-f]{2})*)>(?:\(deleted\))?|'
                    r'([^,"<>]+)')


def _bytes(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


@dataclass(frozen=True)
class Call:
    """One call that succeeded: what, on which path (and to which), with which data at which place."""

    what: str
    path: str
    to: str = ""
    data: bytes = b""
    at: int = 0
    flags: str = ""


def calls(trace: Path, root: Path) -> Iterator[Call]:
    """All calls that changed something beneath ``root``, in order; and what was said ("said")."""
    begun: dict[str, tuple[str, int]] = {}  # by thread: what is under way, and after how many calls
    told: list[Call] = []
    for line in trace.read_text("ascii").splitlines():
        process = line.split(" ", 1)[0]
        if line.endswith(_UNFINISHED):
            begun[process] = line.removesuffix(_UNFINISHED), len(told)
            continue
        meanwhile: list[Call] = []
        if resumed := _RESUMED.match(line):
            start, before = begun.pop(process)
            line, meanwhile = start + resumed[1], told[before:]
        found = _LINE.match(line)
        if found is None or found[4].startswith("-"):
            continue
        name, result, tail = found[2], int(found[4]), found[5]
        texts: list[bytes] = []
        handles: list[str] = []
        rest: list[str] = []
        for part in _PARTS.finditer(found[3]):
            assert not part[2], f"strace cut what was written: {line[:200]}"
            if part[4] is not None:
                handles.append(_bytes(part[4]).decode())
            elif part[1] is not None:
                texts.append(_bytes(part[1]))
            elif part[5].strip():
                rest.append(part[5].strip())
        call = _call(name, result, texts, handles, rest, tail)
        if call is None:
            continue
        if call.what in ("said", "flush") or f"{call.path}/".startswith(f"{root}/") or f"{call.to}/".startswith(
            f"{root}/"
        ):
            assert name not in _UNKNOWN, line[:300]
            assert all(_either_way(call, one) for one in meanwhile), (
                f"more than one thread wrote at once: the order is unknown: {line[:300]}")
            told.append(call)
            yield call


def _either_way(one: Call, other: Call) -> bool:
    """Whether two calls that were under way together come to the same in any order.

    That is so of a sync, counted when it returns, and what touches neither that file nor a name in that folder.
    """
    if "sync" not in (one.what, other.what) or "said" in (one.what, other.what):
        return False
    return _touched(one).isdisjoint(_touched(other))


def _touched(call: Call) -> set[str]:
    """The files whose bytes, and the folders whose names, a call makes, changes or syncs."""
    if call.what in ("sync", "append", "write", "cut"):
        return {call.path}
    return {path for path in (call.path, call.to, _folder(call.path), _folder(call.to)) if path}


def _call(
    name: str, result: int, texts: list[bytes], handles: list[str], rest: list[str], tail: str
) -> Call | None:
    if name in ("openat", "open"):
        path = texts[0].decode()
        if not path.startswith("/"):
            path = f"{handles[0]}/{path}"
        return Call("open", path, flags=rest[0]) if "O_RDONLY" not in rest[0] else None
    if name == "write":
        if handles[0].endswith(".txt") and "/run" in handles[0]:
            return Call("said", handles[0], data=texts[0][:result])
        return Call("append", handles[0], data=texts[0][:result])
    if name == "pwrite64":
        return Call("write", handles[0], data=texts[0][:result], at=int(rest[-1]))
    if name == "ftruncate":
        return Call("cut", handles[0], at=int(rest[-1]))
    if name in ("sync", "syncfs"):
        return Call("flush", "")
    if name in ("fsync", "fdatasync"):
        return Call("sync", handles[0])
    if name in ("rename", "renameat", "renameat2"):
        return Call("rename", _at(texts[0], handles, 0), _at(texts[1], handles, 1))
    if name in ("link", "linkat"):
        return Call("link", _at(texts[0], handles, 0), _at(texts[1], handles, 1))
    if name in ("unlink", "unlinkat", "rmdir"):
        return Call("unlink", _at(texts[0], handles, 0))
    if name in ("mkdir", "mkdirat"):
        return Call("mkdir", _at(texts[0], handles, 0))
    return Call(name, handles[0] if handles else texts[0].decode())


def _at(text: bytes, handles: list[str], number: int) -> str:
    path = text.decode()
    return path if path.startswith("/") else f"{handles[number]}/{path}"


@dataclass
class _File:
    """A file: as it was synced, and what was done to it since (place, data; or a new size)."""

    is_folder: bool = False
    safe: bytes = b""
    since: list[tuple[int, bytes | None]] = field(default_factory=list)
    now: bytearray = field(default_factory=bytearray)

    def write(self, at: int, data: bytes) -> None:
        if len(self.now) < at:
            self.now.extend(bytes(at - len(self.now)))
        self.now[at : at + len(data)] = data
        self.since.append((at, data))

    def resize(self, size: int) -> None:
        del self.now[size:]
        self.now.extend(bytes(size - len(self.now)))
        self.since.append((size, None))

    def sync(self) -> None:
        if self.since:
            self.safe = bytes(self.now)
            self.since.clear()

    def survived(self, draw: random.Random, likely: float) -> bytes:
        image = bytearray(self.safe)
        for at, data in self.since:
            if data is None:
                if draw.random() < likely:
                    del image[at:]
                    image.extend(bytes(at - len(image)))
                continue
            start = at
            while start < at + len(data):
                end = min(at + len(data), (start // SECTOR + 1) * SECTOR)
                if draw.random() < likely:
                    if len(image) < start:
                        image.extend(bytes(start - len(image)))
                    image[start:end] = data[start - at : end - at]
                start = end
        return bytes(image)


@dataclass
class _Move:
    """A change of names (gone or there, and which file) that is sure when a folder is synced."""

    changes: list[tuple[str, str, _File | None]]
    waiting: _File | None


class Disk:
    """A disk on which calls are done, and which can lose its power at any of them."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        top = _File(is_folder=True)
        self._now: dict[str, _File] = {self.root: top}
        self._safe: dict[str, _File] = {self.root: top}
        self._moves: list[_Move] = []
        self._ends: dict[str, int] = {}  # where a file that is written in a row has come to

    def do(self, call: Call) -> None:
        if call.what == "said":
            return
        getattr(self, f"_{call.what}")(call)

    def _open(self, call: Call) -> None:
        if call.path not in self._now:
            assert "O_CREAT" in call.flags, call
            self._named(call.path, _File())
        elif "O_TRUNC" in call.flags and self._now[call.path].now:
            self._now[call.path].resize(0)
        self._ends[call.path] = len(self._now[call.path].now) if "O_APPEND" in call.flags else 0

    def _mkdir(self, call: Call) -> None:
        self._named(call.path, _File(is_folder=True))

    def _append(self, call: Call) -> None:
        file = self._now.get(call.path)
        if file is not None:
            file.write(self._ends[call.path], call.data)
            self._ends[call.path] += len(call.data)

    def _write(self, call: Call) -> None:
        file = self._now.get(call.path)
        if file is not None:  # else it has no name any more
            file.write(call.at, call.data)

    def _cut(self, call: Call) -> None:
        file = self._now.get(call.path)
        if file is not None:
            file.resize(call.at)

    def _sync(self, call: Call) -> None:
        file = self._now.get(call.path)
        if file is None:
            return
        if not file.is_folder:
            file.sync()
            return
        for move in list(self._moves):
            if move.waiting is file:
                self._sure(move)

    def _sure(self, move: _Move) -> None:
        """The disk has this change of names, and what was changed before it under the old ones."""
        to = next((path for what, path, _ in move.changes if what == "there"), None)
        for gone in (path for what, path, _ in move.changes if what == "gone"):
            for one in self._moves[: self._moves.index(move)]:
                one.changes = [
                    (what, to + path[len(gone) :] if to and path.startswith(f"{gone}/") else path, file)
                    for what, path, file in one.changes if what == "gone" or path != gone]
        self._moves.remove(move)
        _apply(self._safe, move)

    def _flush(self, call: Call) -> None:
        """The whole disk is synced."""
        for file in self._now.values():
            file.sync()
        for move in self._moves:
            _apply(self._safe, move)
        self._moves.clear()

    def _rename(self, call: Call) -> None:
        file = self._now[call.path]
        changes: list[tuple[str, str, _File | None]] = [
            ("gone", call.path, None), ("there", call.to, file)]
        # Moved as a whole or not at all; sure when the folder it was moved into is synced.
        self._change(changes, call.to)
        self._ends[call.to] = self._ends.pop(call.path, 0)

    def _link(self, call: Call) -> None:
        self._named(call.to, self._now[call.path])

    def _unlink(self, call: Call) -> None:
        if call.path in self._now:
            self._change([("gone", call.path, None)], call.path)

    def _named(self, path: str, file: _File) -> None:
        self._change([("there", path, file)], path)

    def _change(self, changes: list[tuple[str, str, _File | None]], path: str) -> None:
        move = _Move(changes, self._now.get(_folder(path)))
        _apply(self._now, move)
        self._moves.append(move)

    def cut(self, draw: random.Random, target: Path) -> None:
        """Writes the disk as it may be found after a power cut into ``target``."""
        names = dict(self._safe)
        likely = draw.choice((0.0, 0.5, 0.9, 1.0))
        for move in self._moves:
            if draw.random() < likely:
                _apply(names, move)
        bytes_likely = draw.choice((0.0, 0.5, 0.9, 1.0))
        for path, file in sorted(names.items()):
            place = target / path[len(self.root) :].lstrip("/")
            if any(str(parent) not in names or not names[str(parent)].is_folder
                   for parent in Path(path).parents if len(str(parent)) >= len(self.root)):
                continue  # what lies in a folder that is gone is gone
            if file.is_folder:
                place.mkdir(exist_ok=True, mode=0o700)
            elif not path.endswith("-shm"):  # is memory, made anew from the log of writes
                place.write_bytes(file.survived(draw, bytes_likely))
                place.chmod(0o600)


def _apply(names: dict[str, _File], move: _Move) -> None:
    for what, path, file in move.changes:
        if what == "gone":
            moved = {one: names.pop(one) for one in list(names)
                     if one == path or one.startswith(f"{path}/")}
            later = [to for kind, to, _ in move.changes if kind == "there"]
            for one, inner in moved.items():  # what lies in a folder moves with it
                if later and one != path:
                    names[later[0] + one[len(path) :]] = inner
        else:
            assert file is not None
            if not file.is_folder:
                names.pop(path, None)
            names[path] = file


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
