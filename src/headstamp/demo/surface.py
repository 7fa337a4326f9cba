"""Surfaces to draw markings on: planks, painted steel, bare metal, board, paper, ground.

Every texture comes from a random generator handed in, so that the same seed
gives the same picture with the same Pillow.
"""

from __future__ import annotations

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Size = tuple[int, int]

STEEL: Colour = (140, 142, 144)
OLIVE: Colour = (92, 98, 66)
GREY: Colour = (120, 124, 126)
SLATE: Colour = (52, 58, 56)
WOOD: Colour = (168, 132, 88)
BOARD: Colour = (176, 146, 106)
WHITE: Colour = (240, 239, 232)
GROUND: Colour = (132, 122, 106)


def noise(size: Size, random: Random, spread: int, grain: int = 1) -> Image.Image:
    """Grey noise around 128, ``spread`` to either side, in blots of ``grain`` pixels."""
    small = (max(2, size[0] // grain), max(2, size[1] // grain))
    raw = Image.frombytes("L", small, random.randbytes(small[0] * small[1]))
    table = [128 + (value - 128) * spread // 128 for value in range(256)]
    out = raw.point(table)
    return out.resize(size, Image.Resampling.BICUBIC) if grain > 1 else out


def _shaded(base: Image.Image, light: Image.Image) -> Image.Image:
    """``base`` made lighter and darker by a grey picture around 128."""
    up = light.point([max(0, v - 128) for v in range(256)])
    down = light.point([max(0, 128 - v) for v in range(256)])
    lighter = ImageChops.add(base, Image.merge("RGB", (up, up, up)))
    return ImageChops.subtract(lighter, Image.merge("RGB", (down, down, down)))


def plain(size: Size, colour: Colour, random: Random, *, rough: int = 8) -> Image.Image:
    """A flat surface with fine grain and broad stains."""
    base = Image.new("RGB", size, colour)
    base = _shaded(base, noise(size, random, rough * 2, 60))
    return _shaded(base, noise(size, random, rough, 2))


def planks(size: Size, random: Random, colour: Colour = WOOD) -> Image.Image:
    """Boards side by side, with grain along them, gaps between and nails at the ends."""
    width, height = size
    picture = Image.new("RGB", size, colour)
    count = max(2, height // 130)
    draw = ImageDraw.Draw(picture)
    for board in range(count):
        top, bottom = board * height // count, (board + 1) * height // count
        shade = random.randint(-16, 16)
        strip = Image.new("RGB", (width, bottom - top), _moved(colour, shade))
        grain = noise((width // 24 or 1, bottom - top), random, 44).resize(
            (width, bottom - top), Image.Resampling.BICUBIC
        )
        picture.paste(_shaded(strip, grain), (0, top))
        draw.line((0, top, width, top), fill=(58, 44, 30), width=4)
        for x in (22, width - 24):
            for y in (top + 28, bottom - 28):
                draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=(70, 66, 62))
    return _shaded(picture, noise(size, random, 12, 2))


def brushed(size: Size, random: Random, colour: Colour = STEEL) -> Image.Image:
    """Bare metal with fine lines along it."""
    lines = noise((max(2, size[0] // 40), size[1]), random, 34).resize(
        size, Image.Resampling.BICUBIC
    )
    return _shaded(plain(size, colour, random, rough=5), lines)


def painted(size: Size, random: Random, colour: Colour = OLIVE) -> Image.Image:
    """Painted steel with chips down to a rusty ground."""
    chips = noise(size, random, 127, 14).filter(ImageFilter.GaussianBlur(2))
    mask = chips.point([255 if value > 226 else 0 for value in range(256)])
    return Image.composite(
        plain(size, (112, 74, 52), random), plain(size, colour, random, rough=9),
        mask.filter(ImageFilter.GaussianBlur(0.7)),
    )


def sheet(size: Size, random: Random) -> Image.Image:
    """Paper that was folded and lay in the dust."""
    paper = plain(size, (236, 231, 214), random, rough=5)
    draw = ImageDraw.Draw(paper, "RGBA")
    for part in (1, 2):
        y = size[1] * part // 3 + random.randint(-8, 8)
        draw.line((0, y, size[0], y + random.randint(-3, 3)), fill=(120, 110, 90, 70), width=3)
        draw.line((0, y + 3, size[0], y + 3), fill=(255, 255, 250, 90), width=2)
    for _ in range(3):
        x, y, r = random.randint(0, size[0]), random.randint(0, size[1]), random.randint(20, 70)
        draw.ellipse((x - r, y - r // 2, x + r, y + r // 2), fill=(150, 120, 70, 22))
    return paper.filter(ImageFilter.GaussianBlur(0.4))


def brass(size: Size, random: Random) -> Image.Image:
    """Brass, as a case head shows it, lit from one side."""
    return brushed(size, random, (176, 148, 84))


def lit(picture: Image.Image, random: Random, strength: int = 60) -> Image.Image:
    """Oblique light: one side brighter than the other, at some angle."""
    angle = random.choice((60, 110, 250, 300))
    # The middle of a turned ramp, small: light has no fine detail.
    ramp = Image.linear_gradient("L").rotate(angle).crop((38, 38, 218, 218))
    ramp = ramp.resize(picture.size, Image.Resampling.BILINEAR)
    return _shaded(picture, ramp.point([128 + (v - 128) * strength // 128 for v in range(256)]))


def _moved(colour: Colour, by: int) -> Colour:
    red, green, blue = (max(0, min(255, part + by)) for part in colour)
    return red, green, blue
