"""Everything a program wrote to files, as strace saw it, also to those that are gone again.

A search of the folders afterwards sees what is left. What was written and taken away is not seen
by it, and lies on the disk all the same: so the calls themselves are read here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.store.canaries import readable

_CALLS = ("openat,open,creat,mknod,mknodat,write,pwrite64,writev,pwritev,pwritev2,sendfile,"
          "copy_file_range,splice,mmap,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,"
          "symlinkat,memfd_create")
OPTIONS = ("-ff", "-qq", "--seccomp-bpf", "-y", "-xx", "-s", "8000000", "-e", f"trace={_CALLS}")
"""One file of calls for each thread: so no call is cut in two by another's."""

_CALL = re.compile(r"^(\w+)\(")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_HANDLE = re.compile(r"\b\d+<((?:\\x[0-9a-f]{2})*)>")
_WRITES = {"write", "pwrite64", "writev", "pwritev", "pwritev2"}
_HANDED = {"sendfile", "copy_file_range", "splice"}
# No places on a disk.
_NOWHERE = ("/memfd:", "pipe:", "socket:", "anon_inode:", "/dev/null", "/dev/pts/", "/dev/tty", "/proc/", "/sys/")


@dataclass
class Written:
    """What was written under one name, in the order of each thread."""

    data: bytearray = field(default_factory=bytearray)
    mapped: bool = False


def written(trace: Path) -> dict[str, Written]:
    """By path, what the threads whose calls lie beside ``trace`` wrote there; every name they gave."""
    found: dict[str, Written] = defaultdict(Written)
    for one in sorted(trace.parent.glob(f"{trace.name}.*")):
        for line in one.read_text("ascii").splitlines():
            _take(line, found)
    return {path: what for path, what in found.items() if not path.startswith(_NOWHERE)}


def _take(line: str, found: dict[str, Written]) -> None:
    call = _CALL.match(line)
    if call is None:
        return
    name = call[1]
    if name in _WRITES:
        handles = _HANDLE.search(line)
        path = _bytes(handles[1]).decode() if handles else "?"
        if path.startswith(_NOWHERE):
            return
        for text in _TEXT.finditer(line, handles.end() if handles else 0):
            assert not text[2], f"strace cut what was written: {line[:200]}"
            found[path].data += _bytes(text[1])
    elif name in _HANDED:
        # From file to file: what came so is on the disk already, and is looked for there.
        for handle in _HANDLE.finditer(line):
            found[_bytes(handle[1]).decode()]
    elif name == "mmap":
        handles = _HANDLE.search(line)
        if handles and "MAP_SHARED" in line and "PROT_WRITE" in line:
            found[_bytes(handles[1]).decode()].mapped = True
    elif not name.startswith("open") or "O_CREAT" in line or "O_TMPFILE" in line:
        for text in _TEXT.finditer(line):
            if text[1]:
                found[_bytes(text[1]).decode("utf-8", "replace")]  # the name itself may tell


def in_the_open(found: dict[str, Written], *asked: Path) -> Iterator[tuple[str, set[str]]]:
    """Each path, but those beneath ``asked``, under which something readable was written, or named so."""
    for path, what in found.items():
        if any(path.startswith(f"{one}/") for one in asked):
            continue
        forms = readable(path.encode(), deep=False) | readable(bytes(what.data))
        if what.mapped and not path.endswith("-shm"):  # SQLite's own, of numbers of pages alone
            forms.add("mapped: what is written so is not seen")
        if forms:
            yield path, forms


def _bytes(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))
