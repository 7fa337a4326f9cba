"""A photograph as it came in: its digest, what it is, and what its camera claims.

The original is only read, and decoded in the limited child alone (see
``limited``): here nothing is looked at but its first bytes and its digest. A
picture that breaks off, or that nobody should decode, is evidence all the
same and can be kept, with a note.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.intake.handed import Given, Opened, opened
from headstamp.intake.limits import LIMITS, Limits
from headstamp.intake.process import only_answer, without_sense
from headstamp.store.memory import as_path

MIME = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "avif": "image/avif",
}

HEAD_BYTES = 64
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
    doubtful, ``problems`` what is wrong with the file. ``decoded`` is false where it met a limit,
    so that nobody should try to show it.
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
    decoded: bool = True


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
        with as_path(path).open("rb") as file:
            return is_photo_head(file.read(HEAD_BYTES))
    except OSError:
        return False


def is_photo_head(head: bytes) -> bool:
    """Whether these first bytes of a file (``HEAD_BYTES`` of them) are those of such a picture."""
    return _kind(head) is not None


def _sniffed(file: Opened) -> str:
    kind = _kind(file.head(64))
    if kind is None:
        raise Unreadable(
            f"{file.name} is no photograph this program reads (JPEG, PNG, TIFF, WebP, HEIC, AVIF)."
        )
    return kind


def read_photo(
    given: Given, *, name: str | None = None, limits: Limits = LIMITS, whatever: bool = False
) -> PhotoFacts:
    """The facts of a picture: a path, its bytes, or a file open for reading.

    ``name`` is what messages call it. Raises Missing where there is no such file, Unreadable
    where it is no picture, or one that meets a limit; with ``whatever`` the latter is among
    the ``problems`` instead, and only digest, size and kind are known.
    """
    with opened(given, limits, name) as file:
        kind = _sniffed(file)
        digest = file.digest()
        try:
            found = _checked(only_answer("photo", file, limits), file.name)
        except Unreadable as error:
            if not whatever:
                raise
            advice = "Kept as it is, undecoded; look at it only on a machine made for that"
            problem = Problem(f"not decoded: {error.message}", advice, file=file.name)
            return PhotoFacts(sha256=digest, size=file.size, mime=MIME[kind],
                              problems=(problem,), decoded=False)
    cut = found.pop("cut")
    problems: tuple[Problem, ...] = ()
    if cut:
        rule = f"the picture breaks off or is damaged ({cut})"
        advice = "Kept as it is; ask for the file again if its sender still has it"
        problems = (Problem(rule, advice, file=file.name),)
    notes = tuple(found.pop("notes", ()))
    return PhotoFacts(
        sha256=digest, size=file.size, mime=MIME[kind], notes=notes, problems=problems, **found
    )


_NUMBERS = frozenset({"latitude", "longitude", "altitude_m", "direction_degrees"})
_COUNTS = frozenset({"width", "height", "orientation"})
_KNOWN = frozenset(field.name for field in fields(PhotoFacts)) - {
    "sha256", "size", "mime", "problems", "decoded",
}


def _checked(found: Any, name: str) -> dict[str, Any]:
    """The child's answer, if it has the form of one: its parser may have been taken over."""
    if not isinstance(found, dict) or not isinstance(found.get("cut"), str):
        raise without_sense(name)
    for key, value in found.items():
        if key == "notes":
            good = isinstance(value, list) and all(isinstance(note, str) for note in value)
        elif key in _COUNTS:
            good = value is None or (isinstance(value, int) and 0 <= value < 1 << 31)
        elif key in _NUMBERS:
            good = value is None or isinstance(value, (int, float))
        else:
            good = key in _KNOWN | {"cut"} and (value is None or isinstance(value, str))
        if not good:
            raise without_sense(name)
    return found


def thumbnail(
    given: Given, max_side: int = 400, *, name: str | None = None, limits: Limits = LIMITS
) -> bytes:
    """A small upright JPEG of a picture, longest side ``max_side`` pixels, without metadata.

    The same file gives the same bytes with the same Pillow. A picture that breaks off is
    shown as far as it goes. Raises as ``read_photo``.
    """
    if not 1 <= max_side <= 10_000:
        raise Invalid(f"A thumbnail has 1 to 10,000 pixels a side, not {max_side}.")
    with opened(given, limits, name) as file:
        _sniffed(file)
        answer = only_answer("photo", file, limits, max_side=max_side)
        try:
            made = base64.b64decode(answer["jpeg"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise without_sense(file.name) from error
        if _kind(made) != "jpeg":
            raise without_sense(file.name)
        return made
