"""Unpacking an archive that a test made or that came with the vectors."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

# Debian 12 has Python 3.11.2: the filters came with 3.11.4, and 3.14 warns where none is named.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Everything in the archive, into the folder."""
    archive.extractall(folder, **SAFELY)
