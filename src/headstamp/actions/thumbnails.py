"""Small pictures of photographs, made when first asked for and kept beside the case.

They are derived: the folder ``derived/thumbs`` may be deleted at any time. Who
may not see the original does not get its thumbnail either. In an encrypted case they are
kept encrypted, and the path is one in memory.
"""

from __future__ import annotations

from pathlib import Path

from headstamp.errors import Unavailable
from headstamp.intake.photo import thumbnail
from headstamp.store.case import Case

SIDE = 400
FOLDER = "derived/thumbs"


def thumbnail_of(case: Case, digest: str, *, clearance: str, side: int = SIDE) -> Path:
    """The path of a JPEG of the photograph with this digest, longest side ``side`` pixels.

    Raises Missing where there is no such original for this clearance,
    Unreadable where it is no picture.
    """
    original, shown = case.read(clearance).original(digest)
    def made() -> bytes:
        return thumbnail(original, side, name=str(shown.get("original_name") or digest))

    try:
        return case.working.cached(FOLDER, f"{digest[:2]}/{digest}-{side}.jpg", made)
    except OSError as error:
        raise Unavailable(f"thumbnails cannot be kept in {case.folder / FOLDER}: {error.strerror}"
                          ) from error
