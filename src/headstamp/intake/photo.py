"""A photograph as it came in: its digest, what it is, and what its camera claims.

The original is only read. The formats with the newest and largest decoders
(HEIC, AVIF, TIFF) and pictures that break off are decoded in a process of
their own (see ``process``); a picture that breaks off is evidence all the
same and is kept, with a note.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.intake.archive import open_raw
from headstamp.intake.limits import LIMITS, Limits
from headstamp.intake.picture import facts, small_jpeg
from headstamp.intake.process import answers

MIME = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "avif": "image/avif",
}

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What one picture file is and says of itself.

    ``sha256`` (hex) and ``size`` (bytes) are of the file as it is, ``mime`` goes by its
    first bytes. ``width`` and ``height`` are pixels of the picture held upright, 0 where
    it is too damaged to say; ``orientation`` (EXIF 1 to 8) is how it was stored.
    All else is the camera's claim: ``taken_at`` as printed in the EXIF, the camera's
    local time without a zone; ``taken_at_iso`` the same in ISO 8601, with the offset
    where the camera gave one, None where it is no date; ``latitude`` and
    ``longitude`` in decimal degrees (WGS 84), None where impossible or 0, 0;
    ``altitude_m``; ``direction_degrees`` the camera looked to. ``notes`` say what is
    doubtful, ``problems`` what is wrong with the file.
    """

    sha256: str
    size: int
    mime: str
    width: int = 0
    height: int = 0
    taken_at: str | None = None
    taken_at_iso: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    direction_degrees: float | None = None
    make: str | None = None
    model: str | None = None
    software: str | None = None
    orientation: int | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def _kind(head: bytes) -> str | None:
    """The format the first bytes stand for."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith((b"II*\x00", b"MM\x00*")):
        return "tiff"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, len(head) - 3, 4))}
        if brands & _AVIF:
            return "avif"
        if brands & _HEIC:
            return "heic"
    return None


def is_photo(path: str | Path) -> bool:
    """Whether ``path`` begins like a picture this module reads; False too where it cannot be read.

    For walking a folder: what is no picture is listed, not refused.
    """
    try:
        with Path(path).open("rb") as file:
            return _kind(file.read(64)) is not None
    except OSError:
        return False


def _sniffed(path: Path, limits: Limits) -> str:
    with open_raw(path, limits) as file:
        kind = _kind(file.read(64) or b"")
    if kind is None:
        raise Unreadable(
            f"{path.name} is no photograph this program reads (JPEG, PNG, TIFF, WebP, HEIC, AVIF)."
        )
    return kind


_APART = ("heic", "avif", "tiff")


def read_photo(path: str | Path, *, limits: Limits = LIMITS) -> PhotoFacts:
    """The facts of the picture in ``path``.

    Raises Missing where there is no such file, Unreadable where it is no picture, or one
    with more pixels than the limits allow.
    """
    path = Path(path)
    kind = _sniffed(path, limits)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    found = _apart(path, limits) if kind in _APART else facts(path, limits)
    cut = found.pop("cut")
    problems: tuple[Problem, ...] = ()
    if cut:
        rule = f"the picture breaks off or is damaged ({cut})"
        advice = "Kept as it is; ask for the file again if its sender still has it"
        problems = (Problem(rule, advice, file=path.name),)
    notes = tuple(found.pop("notes", ()))
    return PhotoFacts(
        sha256=digest, size=size, mime=MIME[kind], notes=notes, problems=problems, **found
    )


def _apart(path: Path, limits: Limits, **wishes: int) -> dict[str, Any]:
    found: dict[str, Any] = next(answers("photo", path, limits, **wishes))
    return found


def thumbnail(path: str | Path, max_side: int = 400, *, limits: Limits = LIMITS) -> bytes:
    """A small upright JPEG of ``path``, longest side ``max_side`` pixels, without metadata.

    The same file gives the same bytes with the same Pillow. A picture that breaks off is
    shown as far as it goes. Raises as ``read_photo``.
    """
    if not 1 <= max_side <= 10_000:
        raise Invalid(f"A thumbnail has 1 to 10,000 pixels a side, not {max_side}.")
    path = Path(path)
    if _sniffed(path, limits) not in _APART:
        try:
            return small_jpeg(path, max_side, limits)
        except Unreadable:
            pass  # it breaks off: the child may show what there is, or refuse it for good
    return base64.b64decode(_apart(path, limits, max_side=max_side)["jpeg"])
