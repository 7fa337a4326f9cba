"""Writing a file whole or not at all: beside its place first, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.store.disk import refuse_protected


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Nobody ever reads half of it; a file that is there is replaced.

    ``what`` names it in the error: Unavailable where it cannot be written.
    """
    refuse_protected(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
        raise Unavailable(f"{what} cannot be written to {path}: {error.strerror}") from error
