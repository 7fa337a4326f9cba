"""Small pictures of photographs, made when first asked for and kept beside the case.

They are derived: the folder ``derived/thumbs`` may be deleted at any time. Who
may not see the original does not get its thumbnail either.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.intake.photo import thumbnail
from headstamp.store.case import Case

SIDE = 400


def thumbnail_of(case: Case, digest: str, *, clearance: str, side: int = SIDE) -> Path:
    """The path of a JPEG of the photograph with this digest, longest side ``side`` pixels.

    Raises Missing where there is no such original for this clearance,
    Unreadable where it is no picture.
    """
    original, shown = case.read(clearance).original(digest)
    folder = case.folder / "derived" / "thumbs" / digest[:2]
    place = folder / f"{digest}-{side}.jpg"
    if place.is_file():
        return place
    picture = thumbnail(original, side, name=str(shown.get("original_name") or digest))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".making-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(picture)
        # Two readers may make the same one at once: the later simply replaces the earlier.
        Path(name).replace(place)
    except OSError as error:
        raise Unavailable(f"thumbnails cannot be kept in {folder}: {error.strerror}") from error
    return place
