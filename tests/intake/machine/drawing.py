"""Pictures of markings and codes, drawn here so that their true text is known."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

_NOTO = Path("/usr/share/fonts/truetype/noto")
FONTS = {
    "sans": _NOTO / "NotoSans-Regular.ttf",
    "bold": _NOTO / "NotoSans-Bold.ttf",
    "serif": _NOTO / "NotoSerif-Regular.ttf",
    "arabic": _NOTO / "NotoNaskhArabic-Regular.ttf",
    "chinese": Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
}


def lettered(text: str, font: str = "bold", size: int = 54, *, ink: int = 20,
             ground: int = 225) -> Image.Image:
    """A line of text on a plain ground; skips where the font is not installed."""
    if not FONTS[font].is_file():
        pytest.skip(f"the font {FONTS[font].name} is not installed")
    face = ImageFont.truetype(str(FONTS[font]), size)
    made = Image.new("L", (int(face.getlength(text)) + 120, int(size * 2.4)), ground)
    ImageDraw.Draw(made).text((60, size // 2), text, font=face, fill=ink)
    return made


def page(texts: list[str], font: str = "bold") -> Image.Image:
    """Lines of text one below the other."""
    lines = [lettered(text, font) for text in texts]
    made = Image.new("L", (max(one.width for one in lines), sum(one.height for one in lines)), 225)
    top = 0
    for one in lines:
        made.paste(one, (0, top))
        top += one.height
    return made


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True,
                          fillcolor=picture.getpixel((0, 0)))


def noisy(picture: Image.Image, strength: float, seed: int = 1) -> Image.Image:
    """Normal noise, the same for the same seed."""
    grains = np.random.RandomState(seed).normal(128, strength, picture.size[::-1])
    return ImageChops.add(picture, Image.fromarray(grains.clip(0, 255).astype("uint8")), 1, -128)


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def code(form: str, text: str, scale: int = 3) -> Image.Image:
    """A code of that kind with a white border."""
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, form))
    bars = np.array(zxingcpp.write_barcode_to_image(made, scale=scale))
    return ImageOps.expand(Image.fromarray(bars).convert("L"), 24, 255)


def fence(seed: int) -> Image.Image:
    """Stripes of chance widths: like bars, and no code."""
    rng = random.Random(seed)
    made = Image.new("L", (rng.randint(200, 500), 160), 255)
    draw, x = ImageDraw.Draw(made), 12
    while x < made.width - 12:
        width = 2 * rng.randint(1, 4)
        draw.rectangle((x, 10, x + width - 1, 150), fill=0)
        x += width + 2 * rng.randint(1, 4)
    return made


def squares(seed: int) -> Image.Image:
    """Chance squares: like a 2-D code, and none."""
    rng = np.random.RandomState(seed)
    side = rng.randint(10, 40)
    return Image.fromarray((rng.rand(side, side) > 0.5).astype("uint8") * 255).resize(
        (side * 6, side * 6), Image.Resampling.NEAREST
    )
