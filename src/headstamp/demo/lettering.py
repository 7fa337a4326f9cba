"""Letters as they stand on things: stencilled, struck, engraved, printed, worn, scraped.

A text becomes a mask (white where a letter is); how the mask is put on the
surface depends on the technique. Characters that nobody can read, written
``?`` in the marking, are drawn as some character worn down to a trace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from headstamp.demo.barcode import code128, ean13, gtin_check
from headstamp.demo.surface import noise

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# Found by name in the system's font folders; none is shipped.
_FONTS = {
    "Arab": ("NotoNaskhArabic-Bold.ttf", "NotoSansArabic-Regular.ttf", "DejaVuSans.ttf"),
    "Cyrl": ("NotoSans-Regular.ttf", "DejaVuSans.ttf"),
    "Hans": ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf",
             "wqy-zenhei.ttc", "wqy-microhei.ttc"),
}
_NUMBER = re.compile(r"[0-9٠-٩]+(?:[-/.][0-9٠-٩]+)+")
# How much of 255 wears off, by how the letters were put on.
_WEAR = {"stencil": 64, "ink": 52, "printed": 22, "label": 22, "engraved": 30, "laser": 14}
STRUCK = frozenset({"stamped", "dot_peen", "engraved", "laser", "cast", "etched", "embossed"})


@dataclass(frozen=True)
class Line:
    """One marking to draw: its text (None where nothing is left to read) and how it was made."""

    text: str | None
    kind: str = "unknown"
    technique: str = "unknown"
    state: str = "clear"
    script: str = ""


@cache
def font(size: int, script: str = "", mixed: bool = False) -> Font | None:
    """A font for the script; Pillow's own for Latin, None where the machine has none.

    ``mixed``: Latin letters or figures stand in the text too, and many a fine
    Arabic font has none.
    """
    if script in ("", "Latn"):
        return ImageFont.load_default(size)
    names = _FONTS.get(script, ())
    for name in reversed(names) if mixed else names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def script_of(text: str) -> str:
    """The script of the first letter that is not Latin, as this module names fonts."""
    for c in text:
        if "\u0600" <= c <= "\u06ff":
            return "Arab"
        if "\u0400" <= c <= "\u04ff":
            return "Cyrl"
        if "\u4e00" <= c <= "\u9fff":
            return "Hans"
    return "Latn"


def mask(text: str, size: int, *, bold: int = 0, room: int = 10_000) -> Image.Image:
    """The text in white on black, as wide as it needs, at most ``room`` pixels."""
    script = script_of(text)
    if script == "Arab":
        # 07-85 must not turn into 85-07 among Arabic letters: kept apart by an isolate
        # and an override (figures of the Arabic script would turn inside a mere isolate).
        text = _NUMBER.sub("\u2066\u202d\\g<0>\u202c\u2069", text)
    chosen = font(size, script, any("!" <= c <= "~" for c in text))
    if chosen is None or (script == "Arab" and not features.check("raqm")):
        return _strokes(text, size)
    direction, language = ("rtl", "ar") if script == "Arab" else (None, None)
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = probe.textbbox((0, 0), text, font=chosen, stroke_width=bold,
                         direction=direction, language=language)
    width, height = int(box[2] - box[0]) + 4, int(size * 1.4)
    if width > room:
        return mask(text, max(9, int(size * room / width * 0.97)), bold=bold)
    picture = Image.new("L", (max(2, width), height))
    ImageDraw.Draw(picture).text(
        (2 - box[0], size * 0.1), text, font=chosen, fill=255, stroke_width=bold,
        direction=direction, language=language,
    )
    return picture


def _strokes(text: str, size: int) -> Image.Image:
    """Where no font has the script: rows of strokes in its stead, plainly not letters."""
    random = Random(text)  # noqa: S311 - a drawing, the same each time
    picture = Image.new("L", (max(2, len(text) * size), int(size * 1.4)))
    draw = ImageDraw.Draw(picture)
    for place, c in enumerate(text):
        if c.isspace():
            continue
        left, top, side = place * size + 3, int(size * 0.15), size - 8
        for _ in range(4):
            if random.random() < 0.5:
                y = top + random.randrange(side)
                draw.line((left, y, left + side, y), fill=255, width=max(1, size // 14))
            else:
                x = left + random.randrange(side)
                draw.line((x, top, x, top + side), fill=255, width=max(1, size // 14))
    return picture


def worn(letters: Image.Image, random: Random, loss: int) -> Image.Image:
    """The mask with ``loss`` of 255 of it rubbed away in blots."""
    blots = noise(letters.size, random, 127, 7).filter(ImageFilter.GaussianBlur(1.2))
    keep = blots.point([255 if v > loss else 0 for v in range(256)])
    return ImageChops.multiply(letters, keep.filter(ImageFilter.GaussianBlur(0.8)))


def line_mask(line: Line, size: int, random: Random, *, room: int) -> Image.Image:
    """The marking's text as a mask, unread characters worn down to a trace."""
    text = line.text or ""
    struck = line.technique in STRUCK
    bold = 1 if struck or line.technique == "stencil" else 0
    loss = _WEAR.get(line.technique, 40)
    if "?" not in text:
        whole = mask(text, size, bold=bold, room=room)
        return worn(whole, random, loss)
    known = "".join(random.choice("3568BS9") if c == "?" else c for c in text)
    whole = mask(known, size, bold=bold, room=room)
    sharp = worn(whole, random, loss)
    faint = worn(whole, random, 150).point([v // 3 for v in range(256)])
    # The traces are put in by the share of the line's width; letters differ little in width.
    step = whole.width / len(known)
    for place, c in enumerate(text):
        if c == "?":
            box = (int(place * step), 0, int((place + 1) * step) + 1, whole.height)
            sharp.paste(faint.crop(box), box)
    return sharp


def put(surface: Image.Image, letters: Image.Image, at: tuple[int, int], line: Line) -> None:
    """Puts the mask on the surface in the manner of the line's technique."""
    if line.technique == "stencil":
        letters = _bridged(letters)
    if line.technique == "dot_peen":
        letters = _dotted(letters)
    bright = sum(surface.resize((1, 1)).getpixel((0, 0))) > 330  # type: ignore[arg-type]
    if line.technique in STRUCK and (bright or line.technique != "laser"):
        raised = line.technique in ("cast", "embossed")
        light, dark = ((-2, -2), (2, 2)) if raised else ((2, 2), (-1, -1))
        shine = letters.point([v * 2 // 3 for v in range(256)])
        surface.paste((250, 250, 244), (at[0] + light[0], at[1] + light[1]), shine)
        surface.paste((34, 34, 34), (at[0] + dark[0], at[1] + dark[1]), letters)
        if raised:
            surface.paste((150, 150, 146), at, letters)
        return
    ink = (24, 24, 28) if bright else (232, 226, 200)
    if line.technique == "ink":
        ink = (36, 52, 128)
    surface.paste(ink, at, letters)


def _bridged(letters: Image.Image) -> Image.Image:
    """The bridges a stencil needs, so that its letters hold together."""
    out = letters.copy()
    draw = ImageDraw.Draw(out)
    for x in range(9, letters.width, max(14, letters.height // 2)):
        draw.rectangle((x, 0, x + 2, letters.height), fill=0)
    return out.filter(ImageFilter.GaussianBlur(0.8))


def _dotted(letters: Image.Image) -> Image.Image:
    dots = Image.new("L", letters.size)
    draw = ImageDraw.Draw(dots)
    for y in range(0, letters.height, 5):
        for x in range(0, letters.width, 5):
            draw.ellipse((x, y, x + 3, y + 3), fill=255)
    return ImageChops.multiply(letters, dots)


def bars(text: str, height: int, module: int = 2) -> Image.Image:
    """The text as a barcode with its characters below: EAN-13 where it is one, else Code 128."""
    digits = "".join(c for c in text if c.isdigit())
    ean = len(digits) == 13 and digits == text.replace(" ", "") and (
        gtin_check(digits[:12]) == digits[12]
    )
    bits = ean13(digits) if ean else code128(text if text.isascii() else digits or "0")
    width = len(bits) * module + 40
    picture = Image.new("RGB", (width, height + 30), (248, 248, 244))
    draw = ImageDraw.Draw(picture)
    for place, bit in enumerate(bits):
        if bit == "1":
            x = 20 + place * module
            draw.rectangle((x, 8, x + module - 1, height), fill=(12, 12, 14))
    below = mask(text, 20, room=width - 10)
    picture.paste((12, 12, 14), ((width - below.width) // 2, height + 3), below)
    return picture


def emblem(size: int, random: Random) -> Image.Image:
    """The invented group's mark, as a mask: an anvil in a ring."""
    picture = Image.new("L", (size, size))
    draw = ImageDraw.Draw(picture)
    s = size / 100
    draw.ellipse((4 * s, 4 * s, 96 * s, 96 * s), outline=255, width=max(3, int(7 * s)))
    anvil = [(20, 36), (80, 36), (74, 48), (58, 52), (58, 62), (72, 74), (28, 74), (42, 62), (42, 52),
             (30, 46)]  # fmt: skip
    draw.polygon([(x * s, y * s) for x, y in anvil], fill=255)
    return worn(picture, random, 60)


def scratched(surface: Image.Image, box: tuple[int, int, int, int], random: Random, depth: int) -> None:
    """Scrapes a part of the surface: many strokes, light and dark, more with ``depth``."""
    draw = ImageDraw.Draw(surface, "RGBA")
    left, top, right, bottom = box
    for _ in range(depth):
        x, y = random.randint(left, right), random.randint(top, bottom)
        dx, dy = random.randint(20, 90), random.randint(-14, 14)
        tone = random.choice(((235, 235, 232, 170), (60, 60, 60, 150), (190, 190, 186, 190)))
        draw.line((x - dx, y - dy, x + dx, y + dy), fill=tone, width=random.randint(1, 3))
