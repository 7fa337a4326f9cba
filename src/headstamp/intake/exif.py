"""What a camera says of a photograph: claims, never facts.

A camera's clock may be wrong, its place may be the last one it knew, and both
are changed with a few clicks. They are kept as claims beside the original,
with what is doubtful about them. Tags: CIPA DC-008 (Exif 3.0), sections 4.6.4
to 4.6.6.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from PIL import Image

EXIF_TROUBLE = (
    SyntaxError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OSError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
)
"""All that Pillow raises on damaged EXIF, found by feeding it such."""

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TIMES = (
    (36867, 36881, ""),
    (36868, 36882, "time is when the picture was digitised; none for when it was taken"),
    (306, 36880, "time is when the file was last changed; none for when it was taken"),
)
_CLOCK = re.compile(r"(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"[+-]\d{2}:\d{2}")


@dataclass(slots=True)
class Claims:
    """See ``photo.PhotoFacts`` for what each means."""

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
    notes: list[str] = field(default_factory=list)


def read_claims(image: Image.Image) -> Claims:
    """The claims in the EXIF of ``image``; damage to it is among the notes, never an error."""
    claims = Claims()
    try:
        exif = image.getexif()
        main = dict(exif)
        inner = dict(exif.get_ifd(_EXIF_IFD))
        gps = dict(exif.get_ifd(_GPS_IFD))
    except EXIF_TROUBLE as error:
        claims.notes.append(f"EXIF is damaged and was not read: {type(error).__name__}")
        return claims
    claims.make, claims.model = _text(main.get(271)), _text(main.get(272))
    claims.software = _text(main.get(305))
    turned = main.get(274)
    if isinstance(turned, int) and 1 <= turned <= 8:
        claims.orientation = turned
    elif turned is not None:
        claims.notes.append(f"orientation is not one of 1 to 8: {str(turned)[:20]}")
    _time(claims, main, inner)
    _place(claims, gps)
    return claims


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return None
    plain = value.replace("\x00", "").encode("utf-8", errors="replace").decode("utf-8")
    return plain.strip()[:500] or None


def _time(claims: Claims, main: Mapping[int, Any], inner: Mapping[int, Any]) -> None:
    for tag, offset_tag, doubt in _TIMES:
        printed = _text(inner.get(tag, main.get(tag)))
        if printed is None:
            continue
        claims.taken_at = printed
        if doubt:
            claims.notes.append(doubt)
        match = _CLOCK.match(printed)
        moment = _moment(match.groups()) if match else None
        if moment is None:
            claims.notes.append(f"time is no date there ever was: {printed[:40]}")
            return
        if moment.year < 1990:
            claims.notes.append(f"time is before there were such cameras: {printed[:40]}")
        offset = _text(inner.get(offset_tag))
        claims.taken_at_iso = moment.isoformat()
        if offset and _OFFSET.fullmatch(offset):
            claims.taken_at_iso += offset
        return


def _moment(parts: tuple[str, ...]) -> datetime | None:
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - as its clock: no zone
    except ValueError:
        return None


def _place(claims: Claims, gps: Mapping[int, Any]) -> None:
    latitude = _degrees(gps.get(2), gps.get(1), "S")
    longitude = _degrees(gps.get(4), gps.get(3), "W")
    if latitude is None or longitude is None:
        if 2 in gps or 4 in gps:
            claims.notes.append("place is given but cannot be read")
    elif latitude == 0 and longitude == 0:
        claims.notes.append("place is given as 0, 0: the receiver had no position")
    elif abs(latitude) > 90 or abs(longitude) > 180:
        claims.notes.append(f"place is not on Earth: {latitude:g}, {longitude:g}")
    else:
        claims.latitude, claims.longitude = latitude, longitude
    altitude = _number(gps.get(6))
    if altitude is not None:
        below = gps.get(5) in (1, b"\x01", 3, b"\x03")
        claims.altitude_m = round(-altitude if below else altitude, 2)
    direction = _number(gps.get(17))
    if direction is not None and 0 <= direction <= 360:
        claims.direction_degrees = round(direction, 2)


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _degrees(value: object, reference: object, negative: str) -> float | None:
    """Decimal degrees (7 places) from degrees, minutes and seconds."""
    parts = [_number(part) for part in value] if isinstance(value, (tuple, list)) else []
    if not 1 <= len(parts) <= 3 or None in parts:
        return None
    degrees: float = sum(part / 60.0**place for place, part in enumerate(parts) if part is not None)
    side = (_text(reference) or "").upper()
    return round(-degrees if side.startswith(negative) else degrees, 7)
