"""300 files made to harm who opens them, the same ones each time; small, and harmless if refused.

Nothing here is taken from anywhere: all are generated, so that the list can be
read and added to. Each is named for what is wrong with it. ``Hostile.refused``
holds words that the refusal must have; where it is empty the file may as well
be taken, since nothing in it can do harm to who only reads it.
"""

from __future__ import annotations

import gzip
import io
import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache

import pillow_heif
from PIL import Image, PngImagePlugin

from tests.intake.broken import _ods_row, ods_bytes, rezipped, workbook_bytes

SEED = 20_160_404
COUNT = 300


@dataclass(frozen=True)
class Hostile:
    """One file: its name, which ends as a sender would have it end; its bytes; what is said."""

    name: str
    data: bytes
    refused: str = ""


@cache
def book() -> bytes:
    """A workbook with nothing wrong."""
    return workbook_bytes([["serial", "place"], ["XK1", "a"], ["XK2", "b"]])


@cache
def sheet() -> bytes:
    """An ODS with nothing wrong."""
    return ods_bytes(_ods_row("serial", "place") + _ods_row("XK1", "a"))


def _member(base: bytes, name: str, mode: int = 0, data: bytes = b"<a/>") -> bytes:
    """``base`` with one more member, named with every byte as given."""
    out = io.BytesIO(base)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        info.external_attr = mode << 16
        info.create_system = 3
        archive.writestr(info, data)
    return out.getvalue()


OUTSIDE = "headstamp-outside"
"""In every name that leads out: a file so named must be nowhere afterwards."""
_WAYS = (
    f"../{OUTSIDE}.xml", f"../../../../../../tmp/{OUTSIDE}.xml", f"..\\..\\{OUTSIDE}.xml",
    f"xl/../../{OUTSIDE}.xml", f"./../{OUTSIDE}.xml", f"xl/worksheets/../../../{OUTSIDE}.xml",
    f"/tmp/{OUTSIDE}.xml", f"//tmp/{OUTSIDE}.xml", f"\\tmp\\{OUTSIDE}.xml",
    f"C:\\{OUTSIDE}.xml", f"c:/{OUTSIDE}.xml", f"C:{OUTSIDE}.xml",
    f"\\\\server\\share\\{OUTSIDE}.xml", f"//server/share/{OUTSIDE}.xml",
    f"\\\\?\\C:\\{OUTSIDE}.xml", f"\\\\.\\pipe\\{OUTSIDE}", f"file:///tmp/{OUTSIDE}.xml",
    f"xl/a.xml\x00/../../{OUTSIDE}.xml", f"\x00/tmp/{OUTSIDE}.xml", f"../{OUTSIDE}.xml\x00.png",
    f"．．/{OUTSIDE}.xml", f"..／{OUTSIDE}.xml", f"..∕{OUTSIDE}.xml", f"‥/{OUTSIDE}.xml",
    f"xl/\u202e/../{OUTSIDE}.xml", f"xl/.. /{OUTSIDE}.xml", f"xl/\x1b]0;{OUTSIDE}\x07.xml",
    "CON", "xl/nul.xml", "COM1.xml",
)  # fmt: skip


def _paths() -> Iterator[Hostile]:
    """Names that lead out of the folder: 40 (links in a folder of photographs are in the test)."""
    for number, way in enumerate(_WAYS):
        yield Hostile(f"path-{number:02}.xlsx", _member(book(), way), "names a path outside")
    for number, way in enumerate((_WAYS[0], _WAYS[9], _WAYS[17], _WAYS[21])):
        yield Hostile(f"path-ods-{number}.ods", _member(sheet(), way), "names a path outside")
    links = ((stat.S_IFLNK, b"/etc/passwd"), (stat.S_IFLNK, b"../../../etc/passwd"),
             (stat.S_IFCHR, b""), (stat.S_IFBLK, b""), (stat.S_IFIFO, b""), (stat.S_IFSOCK, b""))  # fmt: skip
    for kind, target in links:
        name = f"link-{kind:o}-{len(target)}.xlsx"
        yield Hostile(name, _member(book(), "xl/link.xml", kind | 0o777, target), "a link or a device")


def overlapping(count: int, size: int, shift: int = 0) -> bytes:
    """``count`` members that are one packed stream (after D. Fifield, 'A better zip bomb', 2019).

    With ``shift`` each begins some bytes after the one before, so that no two are at one place.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"0" * size
    body = packer.compress(plain) + packer.flush()
    crc = zlib.crc32(plain)

    def local(name: bytes) -> bytes:
        return struct.pack(
            "<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(body), size, len(name), 0
        ) + name  # fmt: skip

    names = [b"xl/workbook.xml", *(b"%x" % n for n in range(1, count))]
    heads, places = [], []
    for name in names if shift else names[:1]:
        places.append(sum(map(len, heads)))
        heads.append(local(name))
    first = b"".join(heads) + body
    directory = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(body), size, len(name),
            0, 0, 0, 0, 0, places[n] if shift else 0,
        ) + name
        for n, name in enumerate(names)
    )  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(first), 0)
    return first + directory + end


def many_entries(count: int, said: int | None = None) -> bytes:
    """So many empty members; ``said`` is how many the archive says it has."""
    locals_, directory = [], []
    place = 0
    for number in range(count):
        name = b"xl/%x" % number
        one = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
        directory.append(struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, place
        ) + name)  # fmt: skip
        locals_.append(one)
        place += len(one)
    body, listed = b"".join(locals_), b"".join(directory)
    shown = min(0xFFFF, count if said is None else said)
    return body + listed + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, shown, shown, len(listed),
                                       len(body), 0)  # fmt: skip


def _nested(depth: int, ending: str, kernel: bytes) -> bytes:
    for _ in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", 8) as archive:
            for number in range(10):
                archive.writestr(f"{number}.{ending}", kernel)
        kernel = out.getvalue()
    return kernel


def _bombs() -> Iterator[Hostile]:
    """What unpacks without end: 34."""
    over = r"unpacked_ratio|lie over one another"
    for count, size in ((50, 1_000_000), (200, 1_000_000), (1_500, 400_000), (2, 30_000_000),
                        (900, 60_000), (50, 20_000)):  # fmt: skip
        yield Hostile(f"overlap-{count}-{size}.xlsx", overlapping(count, size), over)
        yield Hostile(f"overlap-shifted-{count}-{size}.ods", overlapping(count, size, 1), over)
    zeros = b"0" * 64_000_000
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                 "xl/workbook.xml", "docProps/app.xml", "xl/media/image1.png"):  # fmt: skip
        data = rezipped(
            book(), lambda name, body, part=part: None if name == part else body, **{part: zeros}
        )
        yield Hostile(f"bomb-{part.replace('/', '-')}.xlsx", data, "unpacked_ratio")
    yield Hostile("bomb-content.ods", rezipped(
        sheet(), lambda name, body: body + zeros if name == "content.xml" else body), "unpacked_ratio")
    for name, unit in (("zeros.csv.gz", b"\0"), ("rows.csv.gz", b"1,2\n"), ("one-line.csv.gz", b"x"),
                       ("lines.jsonl.gz", b'{"a":1}\n'), ("quote.csv.gz", b'"')):  # fmt: skip
        packed = gzip.compress((b"serial,place\n" if ".csv" in name else b"")
                               + unit * (40_000_000 // len(unit)), 9, mtime=0)
        words = "unpacked_ratio|row_characters|is empty|NUL|holds no header"
        yield Hostile(f"gz-{name}", packed, words if unit != b"\0" else "")
    yield Hostile("gz-many-parts.csv.gz", gzip.compress(b"a,b\n", 9, mtime=0)
                  + gzip.compress(b"1,2\n" * 250_000, 9, mtime=0) * 60, "unpacked_ratio")
    yield Hostile("gz-of-bomb.xlsx.gz", gzip.compress(overlapping(50, 1_000_000), 9, mtime=0),
                  "unpack it first")
    yield Hostile("nested-10.xlsx", _nested(10, "zip", b"0" * 100_000), "no workbook|unpacked_ratio")
    yield Hostile("nested-10.ods", _nested(10, "ods", sheet()[:900]), "no workbook|unpacked_ratio")
    inner = b"serial,place\n" + b"1,2\n" * 100_000
    for _ in range(10):
        inner = gzip.compress(inner, 9, mtime=0)
    yield Hostile("nested-10.csv.gz", inner, "unpack it first")
    yield Hostile("nested-in-book.xlsx", _member(book(), "xl/e.xlsx", data=overlapping(50, 10**6)))
    yield Hostile("entries-100000.xlsx", many_entries(100_000), "zip_entries")
    yield Hostile("entries-100000.ods", many_entries(100_000), "zip_entries")
    yield Hostile("entries-100000-hidden.xlsx", many_entries(100_000, said=5), "zip_entries|damaged")
    yield Hostile("entries-60000.zip", many_entries(60_000), "zip_entries")


_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 10)
    for n in range(9)
) + b"]>"
_QUADRATIC = b'<!DOCTYPE x [<!ENTITY a "' + b"A" * 50_000 + b'">]>'
_OUTER = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_PARAMETER = b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'
_TYPES = {"laughs": _LAUGHS, "quadratic": _QUADRATIC, "outer": _OUTER, "parameter": _PARAMETER}


def _entities() -> Iterator[Hostile]:
    """XML that grows, or fetches, when its entities are followed: 44."""
    words = "declares XML entities"
    parts = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml",
             "xl/_rels/workbook.xml.rels", "docProps/core.xml")  # fmt: skip
    for kind, declared in _TYPES.items():
        for part in parts[: 6 if kind in ("laughs", "outer") else 3]:

            def change(name: str, body: bytes, part: str = part, declared: bytes = declared) -> bytes:
                root = body[body.find(b"?>") + 2 :] if body.startswith(b"<?xml") else body
                return b'<?xml version="1.0"?>' + declared + root if name == part else body

            name = f"{kind}-{part.replace('/', '-').strip('[]')}.xlsx"
            yield Hostile(name, rezipped(book(), change), words)
        for part in ("content.xml", "META-INF/manifest.xml"):
            yield Hostile(f"{kind}-{part.replace('/', '-')}.ods", rezipped(
                sheet(), lambda name, body, part=part, declared=declared:
                b'<?xml version="1.0"?>' + declared + b"<x>&a;</x>" if name == part else body), words)
        for ending, root in (("kml", b"kml"), ("gpx", b"gpx"), ("svg", b"svg")):
            body = b'<?xml version="1.0"?>' + declared + b"<%s>&j;&e;</%s>" % (root, root)
            yield Hostile(f"{kind}.{ending}", body, "web page or XML")
    wide = ('<?xml version="1.0" encoding="UTF-16"?>' + _LAUGHS.decode() + "<x>&j;</x>").encode("utf-16")
    yield Hostile("laughs-utf16.xlsx", rezipped(
        book(), lambda name, body: wide if name == "xl/workbook.xml" else body), words)
    yield Hostile("laughs-far-in.xlsx", rezipped(
        book(), lambda name, body: b"<!--" + b" " * 9_000 + b"-->" + _LAUGHS + b"<x>&j;</x>"
        if name == "xl/workbook.xml" else body))
    yield Hostile("script.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
                  "web page or XML")
    yield Hostile("no-prologue.kml", b"<kml><NetworkLink><Link><href>http://127.0.0.1:9/</href></Link>"
                  b"</NetworkLink></kml>", "web page or XML")
    yield Hostile("no-prologue.gpx", b"<gpx>" + b"<trk>" * 50_000, "web page or XML")
    yield Hostile("deep.kml", b"<?xml version='1.0'?>" + b"<a>" * 400_000, "web page or XML")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int = 8, colour: int = 0, *more: bytes, interlaced: int = 0,
        lines: int | None = None, level: int = 1) -> bytes:  # fmt: skip
    """A PNG of nothing, packed as far as it goes; ``lines`` of it are there (all), ``more``
    chunks before."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    packer = zlib.compressobj(level)
    line = b"\0" * (1 + (width * bits + 7) // 8)
    left = height if lines is None else lines
    parts = []
    while left > 0:
        parts.append(packer.compress(line * min(left, 500)))
        left -= 500
    body = b"".join(parts) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    palette = _chunk(b"PLTE", b"\0\0\0" * 2) if colour == 3 else b""
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + palette + b"".join(more)
            + _chunk(b"IDAT", body) + _chunk(b"IEND", b""))  # fmt: skip


@cache
def picture(form: str, width: int = 96, height: int = 64) -> bytes:
    """A small good picture."""
    image = Image.effect_mandelbrot((width, height), (-2, -1, 1, 1), 30).convert("RGB")
    out = io.BytesIO()
    if form == "HEIF":
        pillow_heif.from_pillow(image).save(out)
    else:
        image.save(out, form)
    return out.getvalue()


def _tiff(tags: list[tuple[int, int, int, int]], tail: bytes = b"", after: int = 0) -> bytes:
    """A TIFF of one directory; each tag is (number, kind, count, value or place)."""
    body = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return (b"II*\0" + struct.pack("<IH", 8, len(tags)) + body + struct.pack("<I", after) + tail)


def _huge_pictures() -> Iterator[Hostile]:
    """Pictures that want far more memory or time than they bring: 34."""
    over = "image_pixels"
    yield Hostile("png-16000-grey.png", png(16_000, 16_000, level=9), over)
    yield Hostile("png-16000-bits.png", png(16_000, 16_000, 1), over)
    yield Hostile("png-16000-rgb.png", png(16_000, 16_000, 8, 2, lines=900), over)
    yield Hostile("png-16000-short.png", png(16_000, 16_000, 16, 6, lines=10), over)
    yield Hostile("png-16000-interlaced.png", png(16_000, 16_000, interlaced=1, lines=9), over)
    yield Hostile("png-60000.png", png(60_000, 60_000, lines=2), over)
    yield Hostile("png-2e9.png", png(8, 8).replace(
        struct.pack(">II", 8, 8), struct.pack(">II", 2**31 - 1, 2**31 - 1)))
    # Below the limit of pixels, so that only memory and time are left to hold them.
    room = "image_pixels|parser_memory_bytes|parser_cpu_seconds|not decoded|breaks off"
    yield Hostile("png-15000-rgb.png", png(15_000, 15_000, 8, 2), room)
    yield Hostile("png-15000-wide.png", png(15_000, 15_000, 16, 6, lines=900), room)
    yield Hostile("png-15000-bits.png", png(15_000, 15_000, 1))
    yield Hostile("png-15000-palette.png", png(15_000, 15_000, 8, 3))
    yield Hostile("png-12000-alpha.png", png(12_000, 12_000, 8, 6), room)
    yield Hostile("png-thin.png", png(1, 9_000_000, 1))
    yield Hostile("png-flat.png", png(9_000_000, 1, 1))
    zeros = zlib.compress(b"A" * 64_000_000, 9)
    yield Hostile("png-text.png", png(64, 64, 8, 0, _chunk(b"zTXt", b"k\0\0" + zeros)))
    yield Hostile("png-itext.png", png(64, 64, 8, 0, _chunk(b"iTXt", b"k\0\1\0\0\0" + zeros)))
    yield Hostile("png-profile.png", png(64, 64, 8, 0, _chunk(b"iCCP", b"k\0\0" + zeros)))
    yield Hostile("png-100000-chunks.png", png(64, 64, 8, 0, _chunk(b"tEXt", b"k\0v") * 100_000))
    yield Hostile("png-many-texts.png", png(64, 64, 8, 0, _chunk(
        b"zTXt", b"k\0\0" + zlib.compress(b"A" * 900_000, 9)) * 200))
    good = picture("JPEG")
    size = good.find(b"\xff\xc0") + 5
    yield Hostile("jpeg-65500.jpg", good[:size] + struct.pack(">HH", 65_500, 65_500) + good[size + 4 :],
                  over)
    yield Hostile("jpeg-15800.jpg", good[:size] + struct.pack(">HH", 15_800, 15_800) + good[size + 4 :])
    out = io.BytesIO()
    Image.new("RGB", (6_000, 6_000)).save(out, "JPEG", progressive=True)
    scans = out.getvalue()
    last = scans.rfind(b"\xff\xda")
    yield Hostile("jpeg-2000-scans.jpg", scans[:-2] + scans[last:-2] * 2_000 + b"\xff\xd9")
    yield Hostile("jpeg-comments.jpg", good[:2] + (b"\xff\xfe\xff\xff" + b"c" * 65_533) * 40 + good[2:])
    yield Hostile("jpeg-markers.jpg", good[:2] + b"\xff\xe5\0\2" * 300_000 + good[2:])
    webp = bytearray(picture("WEBP"))
    yield Hostile("webp-canvas.webp", b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10)
                  + b"\0\0\0\0" + b"\xff\xff\xff" * 2 + bytes(webp[12:]))
    frames = b"".join(b"ANMF" + struct.pack("<I", 16 + len(webp) - 12) + bytes(16) + bytes(webp[12:])
                      for _ in range(300))
    body = (b"WEBPVP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + b"\xff\x3e\0" * 2 + b"ANIM"
            + struct.pack("<I", 6) + bytes(6) + frames)
    yield Hostile("webp-frames.webp", b"RIFF" + struct.pack("<I", len(body)) + body)
    plain = [(256, 4, 1, 15_000), (257, 4, 1, 15_000), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1)]
    packed = zlib.compress(b"\0" * 64_000_000, 9)
    strip = [(273, 4, 1, 8 + 2 + 12 * 9 + 4), (279, 4, 1, len(packed)), (278, 4, 1, 15_000)]
    yield Hostile("tiff-packed.tif", _tiff([*plain, (259, 3, 1, 8), *strip], packed))
    yield Hostile("tiff-60000.tif", _tiff([
        (256, 4, 1, 60_000), (257, 4, 1, 60_000), *plain[2:], (259, 3, 1, 1), *strip], b""), over)
    yield Hostile("tiff-loop.tif", _tiff([*plain, (259, 3, 1, 1), *strip], packed[:50], after=8))
    yield Hostile("tiff-strips.tif", _tiff([*plain, (259, 3, 1, 1), (273, 4, 2**31, 8), (279, 4, 2**31, 8)]))
    yield Hostile("tiff-tag.tif", _tiff([*plain, (259, 3, 1, 1), *strip, (270, 2, 2**32 - 1, 8)]))
    yield Hostile("tiff-deep.tif", _tiff([*plain, (259, 3, 1, 1), *strip, (330, 4, 1, 8)], packed[:9]))
    yield Hostile("tiff-bits.tif", _tiff([
        *plain[:2], (258, 3, 1, 64_000), *plain[3:], (259, 3, 1, 1), *strip], packed[:9]))
    yield Hostile("tiff-samples.tif", _tiff([*plain[:4], (277, 3, 1, 65_000), (259, 3, 1, 1), *strip]))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _heif() -> Iterator[Hostile]:
    """Broken HEIC and AVIF: 30."""
    rng = random.Random(SEED)
    for ending, form in (("heic", "HEIF"), ("avif", "AVIF")):
        good = picture(form)
        head = good[: struct.unpack(">I", good[:4])[0]]
        yield Hostile(f"head-only.{ending}", head)
        yield Hostile(f"boxes-deep.{ending}", head + _deep(2_000))
        yield Hostile(f"boxes-endless.{ending}", head + b"\0\0\0\1meta" + b"\xff" * 8 + good[len(head) :])
        yield Hostile(f"box-of-nothing.{ending}", head + b"\0\0\0\0meta" + bytes(4_000))
        yield Hostile(f"boxes-100000.{ending}", head + _box(b"free", b"") * 100_000 + good[len(head) :])
        place = good.find(b"ispe")
        yield Hostile(f"says-65000.{ending}",
                      good[: place + 8] + struct.pack(">II", 65_000, 65_000) + good[place + 16 :])
        yield Hostile(f"says-15000.{ending}",
                      good[: place + 8] + struct.pack(">II", 15_000, 15_000) + good[place + 16 :])
        place = good.find(b"iloc")
        yield Hostile(f"places-outside.{ending}",
                      good[: place + 12] + b"\xff" * 16 + good[place + 28 :])
        for share in (0.3, 0.7):
            yield Hostile(f"cut-{share}.{ending}", good[: int(len(good) * share)])
        for number in range(5):
            broken = bytearray(good)
            for _ in range(12):
                broken[rng.randrange(len(head), len(good))] ^= 1 << rng.randrange(8)
            yield Hostile(f"flipped-{number}.{ending}", bytes(broken))


def _deep(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = _box(b"moov", body)
    return _box(b"meta", bytes(4) + body)


SCRIPTS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=HYPERLINK(\"http://x\",\"y\")",
    "=cmd|' /C calc'!A0", "{{7*7}}${7*7}<%= 7*7 %>", "'; DROP TABLE photograph; --",
    "javascript:alert(1)", "\x1b]0;owned\x07\x1b[2J", "\u202egpj.exe\u202c", "$(touch /tmp/x);`id`",
    "../../../etc/passwd\x00.jpg", "%n%s%x" * 400,
)  # fmt: skip


def _exif() -> Iterator[Hostile]:
    """Scripts in EXIF, and EXIF that lies about itself: 30."""
    for number, script in enumerate(SCRIPTS):
        exif = Image.Exif()
        for tag in (270, 271, 272, 305, 315, 33432):
            exif[tag] = script
        exif.get_ifd(0x8769)[36867] = script
        out = io.BytesIO()
        Image.open(io.BytesIO(picture("JPEG"))).save(out, "JPEG", exif=exif)
        yield Hostile(f"exif-script-{number:02}.jpg", out.getvalue())
    out = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    for script in SCRIPTS:
        info.add_itxt("Comment", script.replace("\x00", ""))
    Image.open(io.BytesIO(picture("PNG"))).save(out, "PNG", pnginfo=info)
    yield Hostile("text-scripts.png", out.getvalue())
    good = picture("JPEG")

    def with_exif(body: bytes) -> bytes:
        told = b"Exif\0\0" + body
        return good[:2] + b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told + good[2:]

    loops = {
        "itself": _tiff([(0x8769, 4, 1, 8), (0x8825, 4, 1, 8)], after=8),
        "count": _tiff([(271, 2, 2**32 - 1, 8), (272, 2, 2**31, 26)]),
        "outside": _tiff([(271, 2, 40, 2**32 - 2), (0x8825, 4, 1, 2**31)]),
        "kind": _tiff([(271, 99, 1, 8), (272, 0, 1, 8), (306, 65_535, 2**30, 8)]),
        "entries": b"II*\0" + struct.pack("<IH", 8, 65_535) + b"\xff" * 800,
        "zero": _tiff([(274, 5, 1, 8), (282, 5, 1, 60)], bytes(80)),
        "negative": b"MM\0*" + b"\xff\xff\xff\xff" + bytes(40),
        "empty": b"", "order": b"XX*\0" + bytes(60), "magic": b"II+\0" + bytes(60),
    }  # fmt: skip
    for name, body in loops.items():
        yield Hostile(f"exif-{name}.jpg", with_exif(body))
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + _LAUGHS + b"<x:xmpmeta>&j;</x:xmpmeta>"
    yield Hostile("xmp-entities.jpg", good[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + good[2:])
    yield Hostile("profile-cut.jpg", good[:2] + b"\xff\xe2\0\x20ICC_PROFILE\0\1\xff" + bytes(16) + good[2:])
    yield Hostile("photoshop.jpg", good[:2] + b"\xff\xed\0\x22Photoshop 3.0\x008BIM\4\4\xff" + b"\xff" * 13 + good[2:])
    yield Hostile("mpf-loop.jpg", good[:2] + b"\xff\xe2" + struct.pack(">H", 50) + b"MPF\0"
                  + _tiff([(0xB001, 4, 1, 60_000), (0xB002, 7, 2**31, 8)], after=8)[:44] + good[2:])
    yield Hostile("adobe-cmyk.jpg", good[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x02" + good[2:])
    yield Hostile("exif-huge.webp", _webp_with_exif(_tiff([(271, 2, 2**32 - 1, 8)], after=8)))
    yield Hostile("exif-loop.png", png(64, 64, 8, 0, _chunk(b"eXIf", loops["itself"])))


def _webp_with_exif(exif: bytes) -> bytes:
    good = picture("WEBP")
    body = (b"WEBPVP8X" + struct.pack("<I", 10) + b"\x08\0\0\0" + struct.pack("<I", 95)[:3]
            + struct.pack("<I", 63)[:3] + good[12:] + b"EXIF" + struct.pack("<I", len(exif)) + exif)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _pdf(action: bytes, more: bytes = b"") -> bytes:
    return (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<<" + action + b">>" + more
            + b">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def _pdfs() -> Iterator[Hostile]:
    """PDF documents that do something when opened: 12."""
    words = "is not a table but a PDF document"
    actions = {
        "script": b"/S/JavaScript/JS(app.alert\\(1\\))", "launch": b"/S/Launch/F(cmd.exe)",
        "link": b"/S/URI/URI(http://127.0.0.1:9/)", "submit": b"/S/SubmitForm/F(http://127.0.0.1:9/)",
        "import": b"/S/ImportData/F(/etc/passwd)", "remote": b"/S/GoToR/F(\\\\\\\\server\\\\share)",
        "embedded": b"/S/GoToE/T<</R/C/N(x.exe)>>", "sound": b"/S/Sound", "movie": b"/S/Movie",
        "rendition": b"/S/Rendition/JS(x\\(\\))",
    }  # fmt: skip
    for name, action in actions.items():
        yield Hostile(f"pdf-{name}.pdf", _pdf(action), words)
    yield Hostile("pdf-stream.pdf", _pdf(b"", b"/X<</Length 99/Filter/FlateDecode>>stream\n")
                  + zlib.compress(b"0" * 10_000_000, 9), words)
    yield Hostile("pdf-called-list.csv", _pdf(actions["script"]), words)


def _two_faces() -> Iterator[Hostile]:
    """Files that are two things at once, or another thing than they are called: 36."""
    page = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
    for ending in ("jpg", "png", "heic", "csv", "xlsx"):
        yield Hostile(f"page.{ending}", page, "web page or XML")
    yield Hostile("page-late.jpg", b"\n\n \t" + page, "web page or XML")
    yield Hostile("php.jpg", b"<?php system($_GET[1]); ?>", "web page or XML")
    yield Hostile("drawing.png", b"<svg onload='alert(1)'/>", "web page or XML")
    jpeg, dot = picture("JPEG"), picture("PNG")
    archive = _member(b"", "x.txt")
    yield Hostile("jpeg-and-zip.jpg", jpeg + archive)
    yield Hostile("jpeg-and-page.jpg", jpeg + page)
    yield Hostile("jpeg-and-book.xlsx", jpeg + book())
    yield Hostile("jpeg-comment-page.html.jpg", jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page + jpeg[2:])
    yield Hostile("png-and-php.png", dot + b"<?php system($_GET[1]); ?>")
    yield Hostile("png-and-book.png", dot + book())
    yield Hostile("png-and-pdf.png", dot + _pdf(b"/S/JavaScript/JS(x)"))
    yield Hostile("pdf-and-zip.pdf", _pdf(b"/S/Launch/F(x)") + archive, "a PDF document")
    yield Hostile("pdf-and-jpeg.jpg", _pdf(b"/S/Launch/F(x)") + jpeg, "a PDF document")
    yield Hostile("gif-and-script.jpg", b"GIF89a/*" + bytes(20) + b"*/=alert(1)//", "a GIF picture")
    yield Hostile("page-and-book.xlsx", page + book(), "web page or XML")
    yield Hostile("book-and-page.xlsx", book() + page)
    yield Hostile("script.xlsx", b"#!/bin/sh\ntouch /tmp/headstamp-outside\n")
    yield Hostile("program.jpg", b"\x7fELF\2\1\1" + bytes(200), "a program")
    yield Hostile("program.xlsx", b"MZ\x90\0" + bytes(200), "a program")
    yield Hostile("postscript.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
                  b"(/etc/passwd) (r) file\n")
    yield Hostile("metafile.jpg", b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(80))
    yield Hostile("photoshop.jpg.png", b"8BPS\0\1" + bytes(80))
    yield Hostile("icon.png", b"\0\0\1\0\xff\xff" + bytes(80))
    yield Hostile("bitmap.jpg", b"BM" + struct.pack("<IIIIIIHH", 0, 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24) + bytes(40))
    yield Hostile("jpeg2000.jpg", b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(80))
    yield Hostile("database.xlsx", b"SQLite format 3\0" + bytes(100), "an SQLite database")
    yield Hostile("sealed.xlsx", b"7z\xbc\xaf\x27\x1c" + bytes(60), "a 7z archive")
    yield Hostile("rar.ods", b"Rar!\x1a\7\0" + bytes(60), "a RAR archive")
    yield Hostile("formulas.csv", b"serial,place\n=cmd|' /C calc'!A0,@SUM(1)\n+1,-1\n")
    yield Hostile("bidi.csv", "serial,place\n\u202e21-85\u202c,\u2066x\u2069\n".encode())
    yield Hostile("linked.xlsx", _linked())
    yield Hostile("macros.xlsx", _member(book(), "xl/vbaProject.bin", data=b"\xd0\xcf\x11\xe0" + bytes(500)))


def _linked() -> bytes:
    """A workbook that would fetch from outside in a program that follows links."""
    outer = (b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
             b'<ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>')
    rels = (b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r" Type="x" Target="http://127.0.0.1:9/x" TargetMode="External"/>'
            b"</Relationships>")
    return _member(_member(book(), "xl/externalLinks/e1.xml", data=outer),
                   "xl/externalLinks/_rels/e1.xml.rels", data=rels)


def _mangled(count: int) -> Iterator[Hostile]:
    """Good pictures and workbooks with bytes changed by chance: as many as are wanting."""
    rng = random.Random(SEED + 1)
    makers: list[tuple[str, Callable[[], bytes]]] = [
        ("jpg", lambda: picture("JPEG")), ("png", lambda: picture("PNG")),
        ("webp", lambda: picture("WEBP")), ("tif", lambda: picture("TIFF")),
        ("heic", lambda: picture("HEIF")), ("avif", lambda: picture("AVIF")),
        ("xlsx", book), ("ods", sheet),
    ]
    for number in range(count):
        ending, make = makers[number % len(makers)]
        broken = bytearray(make())
        for _ in range(rng.choice((1, 4, 40))):
            broken[rng.randrange(16, len(broken))] = rng.randrange(256)
        yield Hostile(f"mangled-{number:02}.{ending}", bytes(broken))


def hostile_files() -> list[Hostile]:
    """All of them, in the same order each time."""
    named = [
        *_paths(), *_bombs(), *_entities(), *_huge_pictures(), *_heif(), *_exif(), *_pdfs(),
        *_two_faces(),
    ]  # fmt: skip
    return [*named, *_mangled(COUNT - len(named))]


def some_of(names: Collection[str]) -> list[Hostile]:
    """Those of them, without making all that is slow to make."""
    packed = b"serial\nx\n"
    for _ in range(10):
        packed = gzip.compress(packed, mtime=0)
    made = [
        Hostile("overlap-50-1000000.xlsx", overlapping(50, 1_000_000)),
        Hostile("entries-100000.xlsx", many_entries(100_000)),
        Hostile("nested-10.csv.gz", packed),
    ]
    for group in (_paths, _entities, _heif, _exif, _pdfs, _two_faces):
        made += group()
    made = [one for one in made if one.name in names]
    assert {one.name for one in made} == set(names)
    return made
