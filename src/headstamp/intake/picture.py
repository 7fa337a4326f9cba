"""Opening one picture with Pillow. All of this runs in the limited child and nowhere else.

The number of pixels is read from the header and held against the limit before
anything is decoded. A picture that breaks off is decoded as far as it goes.
What Pillow keeps for a whole process may be set here for one file, since the
process ends with that file.
"""

from __future__ import annotations

import base64
import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from headstamp.errors import Unreadable
from headstamp.intake.exif import read_claims
from headstamp.intake.handed import Handed
from headstamp.intake.limits import Limits, over_limit

TO_LOOK_AT = 2_000
"""Pictures of more pixels a side are made to be read from, not to be looked at."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What makes a picture upright, by its orientation (CIPA DC-008, 4.6.4 A)."""
_FORMS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF")
_TROUBLE = (
    OSError,
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    RuntimeError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
    zlib.error,
)


class Undecodable(Unreadable):
    """A picture by its first bytes, of which not even the size can be had."""


@contextmanager
def _quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Collects what Pillow warns of (damaged EXIF) instead of printing it."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield told


@contextmanager
def _opened(file: Handed, limits: Limits, *, truncated: bool) -> Iterator[Image.Image]:
    """``truncated``: whether a broken picture is decoded as far as it goes."""
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = limits.image_pixels
    ImageFile.LOAD_TRUNCATED_IMAGES = truncated
    try:
        image = Image.open(file.path, formats=_FORMS)
    except Image.DecompressionBombError as error:
        limit, most = "image_pixels", limits.image_pixels
        raise over_limit(file.name, limit, most, "it has far more pixels") from error
    except UnidentifiedImageError as error:
        raise Undecodable("no picture can be made out in it") from error
    except _TROUBLE as error:
        raise Undecodable(str(error)[:200] or type(error).__name__) from error
    with image:
        pixels = image.width * image.height
        if pixels > limits.image_pixels:
            limit, most = "image_pixels", limits.image_pixels
            raise over_limit(file.name, limit, most, f"it has {pixels:,} pixels")
        yield image


@contextmanager
def _named(file: Handed) -> Iterator[None]:
    """Say which file it was."""
    try:
        yield
    except Undecodable as error:
        raise Unreadable(f"{file.name} cannot be read as a picture: {error.message}.") from error


def facts(file: Handed, limits: Limits) -> dict[str, Any]:
    """Size in pixels upright, EXIF claims, and ``cut``: why it does not decode to its end.

    Only ``cut`` where nothing can be made out. Raises Unreadable where it meets a limit.
    """
    try:
        with _quiet() as warned, _opened(file, limits, truncated=False) as image:
            found = _facts(image)
            if any("EXIF" in str(w.message) or "tag" in str(w.message) for w in warned):
                found["notes"].append("EXIF is damaged in part; what could be read of it is given")
            return found
    except Undecodable as error:
        return {"cut": error.message}


def _facts(image: Image.Image) -> dict[str, Any]:
    width, height = image.size
    claims = asdict(read_claims(image))
    if claims["orientation"] in (5, 6, 7, 8) and image.format != "TIFF":  # TIFF: Pillow did it
        width, height = height, width
    cut = ""
    try:
        if image.format in ("JPEG", "MPO"):
            # All bytes are still read, at a fraction of the cost.
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        image.load()
    except _TROUBLE as error:
        cut = str(error)[:200] or type(error).__name__
    return {"width": width, "height": height, **claims, "cut": cut}


def small_jpeg(file: Handed, max_side: int, limits: Limits) -> bytes:
    """The picture upright, within ``max_side`` pixels, as JPEG with nothing but the picture in it.

    Larger ones are made to be read from: they lose less to the compression. A broken
    picture is decoded as far as it goes. Raises Unreadable.
    """
    with _named(file), _quiet(), _opened(file, limits, truncated=True) as image:
        try:
            image.draft("RGB", (max_side * 2, max_side * 2))
            image.load()
            # Small first, turned then: turning the whole would need its memory twice.
            turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
            image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
            upright = image if turn is None else image.transpose(turn)
            out = io.BytesIO()
            quality, subsampling = (85, 2) if max_side <= TO_LOOK_AT else (94, 0)
            _flat(upright).save(
                out, "JPEG", quality=quality, subsampling=subsampling, optimize=False
            )
        except _TROUBLE as error:
            told = str(error)[:200] or type(error).__name__
            raise Unreadable(f"{file.name} cannot be decoded: {told}.") from error
    return out.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """``image`` in plain RGB on white, without its metadata."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = ImageOps.autocontrast(image.convert("F").convert("L"))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    plain = image if image.mode == "RGB" else image.convert("RGB")
    plain.info.clear()
    return plain


def answer(file: Handed, limits: Limits, max_side: int | None = None) -> dict[str, Any]:
    """What the child process says of a picture: its facts, or with ``max_side`` a small JPEG."""
    if max_side is None:
        return facts(file, limits)
    picture = small_jpeg(file, max_side, limits)
    return {"jpeg": base64.b64encode(picture).decode("ascii")}


def upright(file: Handed, limits: Limits) -> Image.Image:
    """The whole picture held upright. Raises Unreadable.

    A picture that breaks off is given as far as it goes, as ``small_jpeg`` does.
    """
    with _named(file), _quiet(), _opened(file, limits, truncated=True) as image:
        try:
            return _readable(ImageOps.exif_transpose(image))
        except _TROUBLE as error:
            told = str(error)[:200] or type(error).__name__
            raise Unreadable(f"{file.name} cannot be decoded: {told}.") from error


def _readable(image: Image.Image) -> Image.Image:
    """``image`` in one of the modes that readers know, its transparency kept."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return ImageOps.autocontrast(image.convert("F").convert("L"))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L")
