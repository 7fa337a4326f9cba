"""Where a bundle is unpacked or put together: a folder that is gone afterwards, whatever happens.

Of a plain case it lies beside its originals. Of an encrypted one nothing readable may lie on a
disk, so it is in the memory disk (/dev/shm); and a killed program takes nothing away. So a small
program of its own waits there for the end of this one, and takes the folder away then: it sees
the end by a pipe that nobody holds open any more, also after ``kill -9``. When the machine
itself goes, so does the memory.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.store.case import Case

MEMORY = Path("/dev/shm")  # noqa: S108 - a new folder in it, for this user alone
_WAIT_AND_SWEEP = (
    "import shutil, sys; sys.stdin.buffer.read(); shutil.rmtree(sys.argv[1], ignore_errors=True)"
)


@contextmanager
def room(case: Case, prefix: str) -> Iterator[Path]:
    """A new folder for this while. Raises Unavailable where there is none to be had."""
    if case.keys is None:
        base = case.folder
    elif MEMORY.is_dir():
        base = MEMORY
    else:
        raise Unavailable("this case is encrypted, and this machine has no memory disk (/dev/shm) "
                          "to unpack a bundle on")
    try:
        place = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    except OSError as error:
        raise Unavailable(f"there is no room to unpack: {error.strerror}") from error
    try:
        if case.keys is None:
            yield place
        else:
            with _sweeper(place):
                yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _sweeper(place: Path) -> Iterator[None]:
    """Has the folder taken away when this process ends, however it ends."""
    reading, writing = os.pipe()  # neither is inherited by other programs
    try:
        sweeper = subprocess.Popen(  # noqa: S603 - this very Python, and a program of one line
            # In a session of its own: what stops this program by the keyboard does not stop it.
            [sys.executable, "-I", "-S", "-c", _WAIT_AND_SWEEP, str(place)], stdin=reading,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd="/")
    except OSError as error:
        os.close(reading)
        os.close(writing)
        raise Unavailable(f"nothing would take away what is unpacked, were this cut off: {error.strerror}"
                          ) from error
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        sweeper.wait()
