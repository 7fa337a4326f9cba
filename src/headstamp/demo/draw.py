"""The photographs of the teaching case, drawn: no camera, no real thing.

A scene names its surface and the markings on it; the picture shows them with
wear, oblique light, a scale card and the item's tag in the frame, and says at
its foot that it is a drawing. The same scene gives the same bytes with the
same Pillow and the same fonts. What the EXIF claims comes from the scene too,
faults of the device's clock included.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import ExifTags, Image, ImageDraw, ImageFilter

from headstamp.demo import surface
from headstamp.demo.lettering import Line, bars, emblem, line_mask, mask, put, scratched

SIZE = (1200, 900)
FOOT = "DRAWING, NOT A PHOTOGRAPH  -  TEACHING CASE, EVERYTHING INVENTED"
_CAPTION = 34


@dataclass(frozen=True)
class Claims:
    """What the camera says of itself: EXIF date (``YYYY:MM:DD HH:MM:SS``) and place."""

    taken: str = ""
    latitude: float | None = None
    longitude: float | None = None
    camera: str = ""


@dataclass(frozen=True)
class Scene:
    """One picture to draw: its name (also the seed), surface, markings, tag and claims.

    ``texts`` are lines of a paper or names on a plan, beside the markings.
    """

    name: str
    surface: str
    lines: tuple[Line, ...] = ()
    texts: tuple[str, ...] = ()
    tag: str = ""
    claims: Claims = Claims()


def draw(scene: Scene) -> bytes:
    """The scene as JPEG bytes. An unknown surface is drawn as a plain label."""
    random = Random(f"headstamp teaching case {scene.name}")  # noqa: S311 - a drawing
    back = surface.plain(SIZE, surface.GROUND, random, rough=12)
    thing = _SURFACES.get(scene.surface, _label)(scene, random)
    turned = thing.convert("RGBA").rotate(
        random.uniform(-2.4, 2.4), resample=Image.Resampling.BICUBIC, expand=True
    )
    left = (SIZE[0] - turned.width) // 2 + random.randint(-12, 12)
    top = max(6, (SIZE[1] - 130 - turned.height) // 2)
    canvas = back.convert("RGBA")
    canvas.paste((38, 34, 30, 255), (0, 0), _shadow(turned, (left + 9, top + 11)))
    canvas.alpha_composite(turned, (max(0, left), top))
    flat = canvas.convert("RGB")
    _scale(flat, random)
    _tag(flat, scene.tag or scene.name, random)
    flat = surface.lit(flat, random, 34)
    flat = flat.filter(ImageFilter.BoxBlur(random.choice((0.4, 0.5, 0.7))))
    flat = _grained(flat, random)
    _foot(flat)
    return _jpeg(flat, scene.claims)


def _shadow(thing: Image.Image, at: tuple[int, int]) -> Image.Image:
    """The thing's soft shadow as a mask of the whole picture, made small and enlarged."""
    mask_ = Image.new("L", SIZE)
    mask_.paste(thing.getchannel("A").point([v * 3 // 5 for v in range(256)]), at)
    small = mask_.resize((SIZE[0] // 6, SIZE[1] // 6), Image.Resampling.BILINEAR)
    soft = small.filter(ImageFilter.GaussianBlur(1.5))
    return soft.resize(SIZE, Image.Resampling.BILINEAR)


def _grained(picture: Image.Image, random: Random) -> Image.Image:
    grain = surface.noise(picture.size, random, 40)
    return Image.blend(picture, Image.merge("RGB", (grain, grain, grain)), 0.06)


def _foot(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, SIZE[1] - _CAPTION, SIZE[0], SIZE[1]), fill=(26, 26, 28))
    words = mask(FOOT, 19)
    picture.paste((240, 200, 60), ((SIZE[0] - words.width) // 2, SIZE[1] - _CAPTION + 3), words)


def _scale(picture: Image.Image, random: Random) -> None:
    """A card of ten bars of one centimetre; its size in the picture is invented too."""
    card = Image.new("RGB", (430, 76), (250, 250, 248))
    draw = ImageDraw.Draw(card)
    for bar in range(10):
        fill = (10, 10, 10) if bar % 2 == 0 else (250, 250, 248)
        draw.rectangle((14 + bar * 40, 10, 14 + (bar + 1) * 40, 30), fill=fill, outline=(10, 10, 10))
    for place in range(0, 11, 5):
        number = mask(str(place), 18)
        card.paste((10, 10, 10), (10 + place * 40, 34), number)
    card.paste((10, 10, 10), (200, 48), mask("cm   teaching", 16))
    turned = card.convert("RGBA").rotate(random.uniform(-3, 3), expand=True,
                                         resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (40, SIZE[1] - 140), turned)


def _tag(picture: Image.Image, text: str, random: Random) -> None:
    card = Image.new("RGB", (330, 84), (242, 208, 66))
    draw = ImageDraw.Draw(card)
    draw.ellipse((12, 30, 34, 52), fill=surface.GROUND, outline=(120, 90, 20), width=3)
    draw.rectangle((2, 2, 327, 81), outline=(120, 90, 20), width=2)
    words = mask(text, 40, bold=1, room=270)
    card.paste((20, 20, 20), (48, (84 - words.height) // 2), words)
    turned = card.convert("RGBA").rotate(random.uniform(-5, 5), expand=True,
                                         resample=Image.Resampling.BICUBIC)
    picture.paste(turned, (SIZE[0] - 400, SIZE[1] - 150), turned)


# -- what lies in the frame


def _column(picture: Image.Image, scene: Scene, random: Random, *, size: int, top: int = 40,
            left: int = 60) -> None:  # fmt: skip
    """The scene's markings one below the other, each in its own manner."""
    room = picture.width - 2 * left
    share = (picture.height - top - 20) // max(1, len(scene.lines))
    size = max(20, min(size, int(share / 1.9)))
    y = top
    for line in scene.lines:
        x = left + random.randint(0, 30)
        if line.kind == "logo":
            side = min(190, share - 8)
            put(picture, emblem(side, random), (x, y), line)
            y += side + 10
        elif line.text is None:
            box = (x + 20, y + 8, x + min(room, 460), y + size)
            if line.state in ("removed", "defaced"):
                scratched(picture, box, random, 130)
            y += int(size * 1.7)
        elif line.kind == "barcode" and line.text.isascii():
            code = bars(line.text, max(60, min(120, share - 40)), 2 if len(line.text) < 24 else 1)
            picture.paste(code, (x, y))
            y += code.height + 12
        else:
            letters = line_mask(line, size, random, room=room)
            put(picture, letters, (x, y), line)
            if line.state == "defaced":
                scratched(picture, (x, y + 6, x + letters.width, y + size), random, 46)
            y += int(size * 1.55)


def _on(texture: Callable[[tuple[int, int], Random], Image.Image], size: tuple[int, int],
        letter: int) -> Callable[[Scene, Random], Image.Image]:  # fmt: skip
    def drawn(scene: Scene, random: Random) -> Image.Image:
        picture = surface.lit(texture(size, random), random, 70)
        _column(picture, scene, random, size=letter)
        return picture

    return drawn


def _label(scene: Scene, random: Random) -> Image.Image:
    """A printed label on cardboard."""
    board = surface.plain((1000, 690), surface.BOARD, random, rough=12)
    paper = surface.plain((820, 560), surface.WHITE, random, rough=4)
    ImageDraw.Draw(paper).rectangle((8, 8, 811, 551), outline=(40, 40, 44), width=3)
    _column(paper, scene, random, size=48, top=34, left=40)
    board.paste(paper, (90, 60))
    ImageDraw.Draw(board, "RGBA").rectangle((0, 300, 1000, 372), fill=(220, 200, 150, 60))
    return board


def _case_head(scene: Scene, random: Random) -> Image.Image:
    """A cartridge case's head with its characters set around the rim."""
    side = 680
    picture = Image.new("RGBA", (side, side))
    disc = Image.new("L", (side, side))
    ImageDraw.Draw(disc).ellipse((6, 6, side - 6, side - 6), fill=255)
    metal = surface.lit(surface.brass((side, side), random), random, 90)
    draw = ImageDraw.Draw(metal)
    for radius, tone in ((318, (96, 76, 36)), (126, (92, 74, 40)), (118, (196, 176, 120))):
        middle = side // 2
        draw.ellipse((middle - radius, middle - radius, middle + radius, middle + radius),
                     outline=tone, width=5)
    texts = [part for line in scene.lines if line.text for part in line.text.split()]
    technique = scene.lines[0] if scene.lines else Line(None)
    for place, part in enumerate(texts):
        angle = 360 * place / max(1, len(texts))
        letters = line_mask(
            Line(part, "headstamp", "stamped", technique.state), 86, random, room=330
        ).rotate(-angle, expand=True, resample=Image.Resampling.BICUBIC)
        x = side / 2 + 222 * math.sin(math.radians(angle)) - letters.width / 2
        y = side / 2 - 222 * math.cos(math.radians(angle)) - letters.height / 2
        put(metal, letters, (int(x), int(y)), Line(part, "headstamp", "stamped"))
    picture.paste(metal, (0, 0), disc)
    return picture


def _paper(scene: Scene, random: Random) -> Image.Image:
    """A paper found: its text as written, a stamp in blue, folds and stains."""
    paper = surface.sheet((690, 770), random)
    y, lines = 34, [line for text in scene.texts for line in text.split("\n") if line.strip()]
    size = max(13, min(27, 600 // max(1, len(lines))))
    for place, text in enumerate(lines[:34]):
        words = mask(text, size + (6 if place == 0 else 0), room=600)
        arabic = any("\u0600" <= c <= "\u06ff" for c in text)
        x = 650 - words.width if arabic else 40
        paper.paste((44, 42, 52), (x, y), words)
        y += int(size * 1.5) + (8 if place == 0 else 0)
    for line in scene.lines:
        ring = Image.new("L", (210, 210))
        pen = ImageDraw.Draw(ring)
        pen.ellipse((6, 6, 204, 204), outline=235, width=5)
        pen.ellipse((30, 30, 180, 180), outline=200, width=2)
        if line.kind == "logo":
            ring.paste(emblem(110, random), (50, 50))
        elif line.text:
            words = line_mask(line, 24, random, room=150)
            ring.paste(255, (105 - words.width // 2, 88), words)
        turned = ring.rotate(random.uniform(-25, 25), resample=Image.Resampling.BICUBIC)
        faded = turned.point([v * 3 // 4 for v in range(256)])
        paper.paste((40, 56, 140), (random.randint(380, 450), random.randint(500, 545)), faded)
    return paper


def _plan(scene: Scene, random: Random) -> Image.Image:
    """A hand-drawn plan of a site: boxes with names; not to scale, and says so."""
    paper = surface.sheet((1040, 720), random)
    draw = ImageDraw.Draw(paper)
    ink = (40, 60, 110)
    head, *boxes = scene.texts or ("plan",)
    paper.paste(ink, (40, 24), mask(head, 32, room=800))
    columns = max(1, min(4, math.ceil(len(boxes) / 2)))
    wide = 940 // columns
    draw.line((30, 378, 1010, 372 + random.randint(-5, 5)), fill=ink, width=3)
    draw.line((30, 432, 1010, 428 + random.randint(-5, 5)), fill=ink, width=3)
    for place, name in enumerate(boxes):
        x = 50 + (place % columns) * wide + random.randint(-6, 6)
        y = (110 if place < columns else 450) + random.randint(-6, 6)
        corners = [(x, y), (x + wide - 30, y + random.randint(-6, 6)),
                   (x + wide - 30, y + 220), (x + random.randint(-6, 6), y + 224), (x, y)]
        draw.line(corners, fill=ink, width=4, joint="curve")
        for row, part in enumerate(_wrapped(name, 16)[:5]):
            paper.paste(ink, (x + 12, y + 22 + row * 34), mask(part, 25, room=wide - 50))
    draw.line((970, 90, 970, 30), fill=ink, width=4)
    draw.polygon([(970, 18), (960, 42), (980, 42)], fill=ink)
    paper.paste(ink, (770, 682), mask("sketch, not to scale", 22))
    return paper


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _wrapping(scene: Scene, random: Random) -> Image.Image:
    """A thing as it lay in the store, in sacking: the teaching case draws no weapon."""
    picture = Image.new("RGBA", (1020, 420))
    shape = Image.new("L", picture.size)
    top = [(x, 70 + random.randint(-14, 14)) for x in range(30, 1000, 80)]
    bottom = [(x, 350 + random.randint(-14, 14)) for x in range(990, 20, -80)]
    ImageDraw.Draw(shape).polygon(top + bottom, fill=255)
    cloth = surface.lit(surface.plain(picture.size, (126, 112, 84), random, rough=30), random, 90)
    pen = ImageDraw.Draw(cloth)
    for x in (240, 520, 800):
        pen.line((x, 40, x + random.randint(-20, 20), 380), fill=(70, 56, 34), width=9)
    for line in scene.lines:
        if line.text:
            put(cloth, line_mask(line, 54, random, room=900), (80, 170), line)
    picture.paste(cloth, (0, 0), shape.filter(ImageFilter.GaussianBlur(3)))
    return picture


_SURFACES: dict[str, Callable[[Scene, Random], Image.Image]] = {
    "planks": _on(surface.planks, (1060, 640), 84),
    "painted": _on(surface.painted, (1000, 600), 84),
    "grey": _on(lambda size, random: surface.painted(size, random, surface.GREY), (1000, 600), 84),
    "slate": _on(lambda size, random: surface.plain(size, surface.SLATE, random, rough=16),
                 (980, 600), 110),
    "plate": _on(surface.brushed, (860, 520), 64),
    "part": _on(surface.brushed, (940, 430), 72),
    "board": _on(lambda size, random: surface.plain(size, surface.BOARD, random, rough=14),
                 (1000, 640), 66),
    "chip": _on(lambda size, random: surface.plain(size, (46, 46, 50), random, rough=5),
                (620, 520), 60),
    "label": _label, "headstamp": _case_head, "paper": _paper, "plan": _plan,
    "wrapping": _wrapping,
}
SURFACES = frozenset(_SURFACES)


def _jpeg(picture: Image.Image, claims: Claims) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = FOOT
    if claims.camera:
        make, _, model = claims.camera.partition(" ")
        exif[ExifTags.Base.Make] = make
        exif[ExifTags.Base.Model] = model or make
    if claims.taken:
        exif[ExifTags.Base.DateTime] = claims.taken
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = claims.taken
    if claims.latitude is not None and claims.longitude is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if claims.latitude >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = _degrees(claims.latitude)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if claims.longitude >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = _degrees(claims.longitude)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    whole = abs(value)
    minutes = (whole - int(whole)) * 60
    return float(int(whole)), float(int(minutes)), round((minutes - int(minutes)) * 60, 2)
