"""Files that are on disk when we say so: copied, synced, put in place whole.

A name appears only when what it names is complete. Whatever is under way lies under
a name with a dot in front, locked by its maker, and is swept away by the next one.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headstamp.errors import Conflicting, Unavailable

_BLOCK = 1 << 20
_LOCK = ".lock"


def refuse_protected(path: Path) -> None:
    """Refuses to put a file in the place of one that is write-protected, as every original of a case is.

    A folder's owner may take any name in it for another file, whatever that one's own rights say.
    Raises Conflicting.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_ISREG(mode) and not mode & stat.S_IWUSR:
        raise Conflicting(f"{path} is write-protected, as every original of a case is: nothing is written over it. "
                          "Name another file")


@contextmanager
def told(place: Path) -> Iterator[None]:
    """A disk's refusal in words: which place, and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise full(place) from error
        raise Unavailable(f"{place} cannot be used: {error.strerror or error}") from error


def full(place: Path) -> Unavailable:
    """That there is no room, and what to do."""
    return Unavailable(f"the disk of {place} is full. Nothing was replaced; make room there, or name "
                       "another place, and do it again: what is there already is used")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Makes all folders of a tree durable, the innermost first."""
    for here, _, _ in os.walk(folder, topdown=False):
        sync_folder(Path(here))


def sync_disk(folder: Path) -> None:
    """Everything written so far to the disk that ``folder`` lies on is on it (Linux).

    One call for any number of files. Raises OSError if something of it could not be written
    (told by Linux from 5.8 on); ``os.sync`` says nothing then.
    """
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(number) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(number)


def sync_file(path: Path) -> None:
    """Makes a file's bytes durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> tuple[str, int] | None:
    """SHA-256 and size of a plain file; None where there is none or it cannot be read."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            return found, stream.tell()
    except OSError:
        return None


def copy_file(source: Path, target: Path, mode: int) -> tuple[str, int]:
    """Copies a file to a name that is not there yet; its SHA-256 and size. Durable but for the name."""
    found = copy_bytes(source, target, mode)
    sync_file(target)
    return found


def copy_bytes(source: Path, target: Path, mode: int) -> tuple[str, int]:
    """As ``copy_file``, and nothing of it is durable: for who syncs many files together."""
    total, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, source.open("rb") as stream:
        while block := stream.read(_BLOCK):
            total.update(block)
            out.write(block)
            size += len(block)
    target.chmod(mode)
    return total.hexdigest(), size


def write_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Writes a file whole or not at all, in place of the one that is there."""
    beside = path.with_name(f".{path.name}.writing")
    beside.unlink(missing_ok=True)
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def workplace(folder: Path, what: str) -> Iterator[Path]:
    """A folder to work in, empty, ours alone; gone at the end if it is still there.

    What a killed predecessor left is taken away. Raises Conflicting while another
    process works in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflicting(f"{what} is going on there already ({folder})") from error
        for left in folder.iterdir():
            if left.name == _LOCK:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
