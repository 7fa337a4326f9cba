"""The picture as machine readers get it: upright, on a plain ground, bounded, or a part of it."""

from __future__ import annotations

from PIL import Image

from headstamp.errors import Invalid, Problem
from headstamp.intake.machine.proposal import Region

# Letters on a picture larger than this are larger too; what is smaller needs a region.
TEXT_SIDE = 4_000
SMALLEST = 8


def grounds(image: Image.Image) -> list[Image.Image]:
    """The picture in 8-bit grey: once, or on white and on black where it is transparent."""
    if not image.has_transparency_data:
        return [_grey(image)]
    layer = image.convert("RGBA")
    found = []
    for colour in ("white", "black"):
        ground = Image.new("RGB", layer.size, colour)
        ground.paste(layer, mask=layer.getchannel("A"))
        found.append(ground.convert("L"))
    return found


def _grey(image: Image.Image) -> Image.Image:
    return image if image.mode == "L" else image.convert("RGB").convert("L")


def asked_region(asked: Region | None, width: int, height: int) -> Region:
    """The part to look at, within the picture; all of it where none was asked for.

    Raises Invalid where the part lies outside or is too small to hold a sign.
    """
    if asked is None:
        return 0, 0, width, height
    left, top = max(0, asked[0]), max(0, asked[1])
    right, bottom = min(width, asked[0] + asked[2]), min(height, asked[1] + asked[3])
    if right - left < SMALLEST or bottom - top < SMALLEST:
        raise Invalid("this part of the picture cannot be read", [Problem(
            f"it has to lie within the picture of {width} by {height} pixels and to measure at "
            f"least {SMALLEST} pixels each way", "Give left, top, width and height in pixels.",
            field="region", value=",".join(map(str, asked)),
        )])
    return left, top, right - left, bottom - top


def cut(image: Image.Image, region: Region) -> Image.Image:
    """A part of the picture."""
    left, top, width, height = region
    return image.crop((left, top, left + width, top + height))
