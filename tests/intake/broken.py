"""Some 200 files that are broken or made to do harm, the same ones for the same seed.

Each is named for what is wrong with it. Nothing here is taken from anywhere:
all are generated, so that the list can be read and added to.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import openpyxl

GOOD = "serial,calibre,found\n" + "".join(
    f"XK{n:04},7.62x39,2016-02-{n % 28 + 1:02}\n" for n in range(40)
)
ENDINGS = ("csv", "tsv", "xlsx", "ods", "xls", "jsonl", "json", "parquet", "gz", "csv.gz")


def workbook_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    """A small XLSX, as an office program would write it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(data: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The container with each member put through ``change`` (None drops it), and ``more`` added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for name in old.namelist():
            body = change(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
        for name, body in more.items():
            new.writestr(name, body)
    return out.getvalue()


def ods_bytes(
    content: str, mimetype: bytes = b"application/vnd.oasis.opendocument.spreadsheet"
) -> bytes:
    """An ODS around the rows given as XML."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="Finds">{content}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", 8) as new:
        new.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        new.writestr("META-INF/manifest.xml", "<manifest/>")
        new.writestr("content.xml", body)
    return out.getvalue()


def _ods_row(*cells: str, repeat: int = 1, times: int = 1) -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{times}">'
        f"<text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inner}</table:table-row>'


def _sheet(change: Callable[[bytes], bytes]) -> bytes:
    """An XLSX whose sheet XML has been changed."""
    book = workbook_bytes([["a", "b"], ["1", "2"], ["3", "4"]])
    return rezipped(book, lambda name, body: change(body) if "sheet1.xml" in name else body)


def overlapping(size: int = 1_000_000) -> bytes:
    """One packed stream that 200 members share (after D. Fifield, 'A better zip bomb', 2019)."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"0" * size
    body = packed.compress(plain) + packed.flush()
    crc = zlib.crc32(plain)
    name = b"xl/workbook.xml"
    local = struct.pack(
        "<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(body), len(plain), len(name), 0
    )
    first = local + name + body
    directory = b""
    for number in range(200):
        other = name if number == 0 else b"xl/part%03d.xml" % number
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(body), len(plain), len(other),
            0, 0, 0, 0, 0, 0,
        ) + other  # fmt: skip
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 200, 200, len(directory), len(first), 0)
    return first + directory + end


def _parquet(folder: Path) -> bytes:
    place = folder / "made.tmp"
    duckdb.execute(
        f"COPY (SELECT range AS n, 'XK' || range AS serial FROM range(5000)) TO '{place}' (FORMAT parquet)"
    )
    data = place.read_bytes()
    place.unlink()
    return data


def _text() -> Iterator[tuple[str, str, bytes]]:
    good = GOOD.encode()
    header = b"serial,calibre,found\n"
    yield "ragged-long", "csv", good + b"1,2,3,4\n"
    yield "ragged-short", "csv", good + b"1\n"
    yield "ragged-all", "csv", b"".join(b",".join([b"x"] * (n % 9 + 1)) + b"\n" for n in range(300))
    yield "nul-in-cell", "csv", good + b"XK\x00,1,2\n" + good[21:]
    yield "nul-many", "csv", header + b"a\x00,b\x00,c\n" * 500
    yield "nul-in-header", "csv", b"a\x00,b\n1,2\n"
    yield "all-nul", "csv", b"\x00" * 5_000
    yield "huge-cell", "csv", header + b"x" * 1_500_000 + b",1,2\nXK,1,2\n"
    yield "huge-quoted-cell", "csv", header + b'"' + b"x\n" * 700_000 + b'",1,2\nXK,1,2\n'
    yield "huge-line", "csv", header + b"x" * 12_000_000 + b"\nXK,1,2\n"
    yield "huge-line-only", "csv", b"x" * 12_000_000
    yield "commas-only", "csv", b"," * 3_000_000
    yield "wide-header", "csv", b",".join(b"c%d" % n for n in range(100_000)) + b"\n1\n"
    yield "wide-row", "csv", header + b"1," * 100_000 + b"\nXK,1,2\n"
    yield "unclosed-quote", "csv", header + b'"XK,1,2\n' + good[21:]
    yield "unclosed-quote-last", "csv", good + b'XK,1,"2'
    yield "unclosed-quote-header", "csv", b'"serial,calibre\n1,2\n'
    yield "unclosed-quote-large", "csv", header + b'"XK,1,2\n' + b"XK,7.62x39,2016\n" * 400_000
    yield "unclosed-each-line", "csv", header + b'a",",\n' * 400_000
    yield "quote-noise", "csv", header + b'"a"b,"c""d",e"\n"' * 2_000
    yield "quotes-only", "csv", b'"' * 200_001
    yield "mixed-line-ends", "csv", b"a,b\r\n1,2\n3,4\r5,6\r\r\n7,8\n\r9,0"
    yield "line-ends-only", "csv", b"\r\n\n\r" * 1_000
    yield "header-only", "csv", header
    yield "header-only-no-end", "csv", b"serial,calibre"
    yield "empty", "csv", b""
    yield "blank", "csv", b"  \n \n\n"
    yield "one-byte", "csv", b"x"
    yield "mark-only", "csv", b"\xef\xbb\xbf"
    yield (
        "latin-in-utf8",
        "csv",
        "имя,место\n".encode() + "Пётр,Киев\n".encode() * 30 + b"caf\xe9,x\n",
    )
    yield (
        "lone-surrogate",
        "csv",
        "имя,место\n".encode() + "Пётр,Киев\n".encode() * 30 + b"\xed\xa0\x80,x\n",
    )
    yield "overlong-utf8", "csv", "имя,место\n".encode() * 9 + b"\xc0\xaf,\xf8\x88\x80\x80\x80\n"
    yield "cut-utf8", "csv", "имя,место\nПётр,Киев".encode()[:-1]
    yield "utf16-odd", "csv", GOOD.encode("utf-16")[:-1]
    yield "utf16-lone", "csv", GOOD.encode("utf-16") + b"\x00\xd8a\x00\n\x00"
    yield "utf16-mark-lies", "csv", b"\xff\xfe" + good
    yield "utf32-mark-lies", "csv", b"\xff\xfe\x00\x00" + good
    yield "undefined-bytes", "csv", b"name,place\n" + b"\x81\x8d\x8f\x90\x9d,x\n" * 20
    yield "control-characters", "csv", b"a,b\n" + bytes(range(1, 32)) * 30
    yield "sep-line-only", "csv", b"sep=;\n"
    yield "sep-lies", "csv", b"sep=|\n" + good
    yield "bidi-marks", "csv", "serial,place\n\u202e07-85\u202c,\u2066x\u2069\n".encode()
    yield "formula-text", "csv", b'serial,place\n=HYPERLINK("x"),+1\n@SUM(A1),-1\n'
    yield "web-page", "xls", b"<html><table><tr><td>1</td></tr></table></html>"
    yield "xml-2003", "xls", b'<?xml version="1.0"?><Workbook></Workbook>'
    yield "pdf", "csv", b"%PDF-1.7\n" + good
    yield "jpeg", "csv", b"\xff\xd8\xff\xe0" + good
    yield "json-object", "json", b'{"rows": [{"a": 1}]}\n'
    yield "json-pretty", "json", b'{\n "a": 1,\n "b": 2\n}\n'
    yield "json-empty-list", "json", b"[]"
    yield "json-list-of-numbers", "json", b"[[1,2],[3,4]]"
    yield "json-cut", "json", json.dumps([{"a": n} for n in range(99)]).encode()[:-7]
    yield "json-tail", "json", b'[{"a":1}] and more'
    yield "json-deep", "json", b'[{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
    yield "json-open-brackets", "json", b"[{" * 200_000
    yield "json-unclosed-string", "json", b'[{"a":"' + b"x" * 6_000_000
    yield "jsonl-deep", "jsonl", b'{"a":1}\n{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}\n"
    yield "jsonl-nan", "jsonl", b'{"a":1}\n{"a":NaN}\n{"a":Infinity}\n{"a":1e999}\n'
    yield "jsonl-twice", "jsonl", b'{"a":1}\n{"a":1,"a":2}\n'
    yield "jsonl-surrogate", "jsonl", b'{"a":1}\n{"a":"\\ud800"}\n{"\\udfff":2}\n'
    yield "jsonl-nul", "jsonl", b'{"a":1}\n{"a":"\\u0000"}\n{"a":"\x00"}\n'
    yield "jsonl-bad-bytes", "jsonl", b'{"a":"\xd0\x96"}\n{"a":"\xff\xfe"}\n' * 3
    yield "jsonl-mixed", "jsonl", b'{"a":1}\n[1]\n"x"\nnull\n{\n}\n{"b":2}\n'
    yield "jsonl-huge-line", "jsonl", b'{"a":1}\n{"a":"' + b"x" * 6_000_000 + b'"}\n{"a":2}\n'
    yield "jsonl-huge-number", "jsonl", b'{"a":1}\n{"a":' + b"9" * 100_000 + b"}\n"
    yield "jsonl-many-names", "jsonl", b"".join(b'{"n%d":1}\n' % n for n in range(20_000))


def _packed() -> Iterator[tuple[str, str, bytes]]:
    good = gzip.compress(GOOD.encode() * 50, mtime=0)
    yield "gz-cut", "csv.gz", good[: len(good) // 2]
    yield "gz-cut-head", "csv.gz", good[:6]
    yield "gz-cut-tail", "csv.gz", good[:-4]
    yield "gz-bad-sum", "csv.gz", good[:-8] + b"\0\0\0\0" + good[-4:]
    yield "gz-rubbish-behind", "csv.gz", good + b"rubbish"
    yield "gz-flipped", "csv.gz", good[:300] + bytes([good[300] ^ 255]) + good[301:]
    yield "gz-of-gz", "csv.gz", gzip.compress(good, mtime=0)
    yield "gz-of-nothing", "csv.gz", gzip.compress(b"", mtime=0)
    yield "gz-of-workbook", "gz", gzip.compress(workbook_bytes([["a"], ["1"]]), mtime=0)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b"a,b\n" + b"0" * 999_996) for _ in range(300)) + packer.flush()
    yield "gz-bomb", "csv.gz", bomb
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b"a,b\n") + b"".join(
        packer.compress(b"1,2\n" * 250_000) for _ in range(200)
    )
    yield "gz-bomb-of-rows", "csv.gz", bomb + packer.flush()


def _workbooks() -> Iterator[tuple[str, str, bytes]]:
    good = workbook_bytes([["a", "b"], ["1", "2"]])
    same = lambda name, body: body  # noqa: E731
    yield "formula-unstored", "xlsx", workbook_bytes([["a", "b"], [1, "=1+1"], [2, 3]])
    yield (
        "formula-all-unstored",
        "xlsx",
        workbook_bytes([["a"], *[[f"=A{n}+1"] for n in range(2, 50)]]),
    )
    yield "error-cells", "xlsx", _sheet(lambda body: body.replace(b't="s"', b't="e"'))
    yield "empty-book", "xlsx", workbook_bytes([])
    yield "sheet-header-only", "xlsx", workbook_bytes([["a", "b"]])
    yield "overlapping-bomb", "xlsx", overlapping()
    yield "overlapping-members", "xlsx", overlapping(1_000)
    yield "bomb-in-sheet", "xlsx", _sheet(lambda body: body + b" " * 60_000_000)
    yield (
        "bomb-in-strings",
        "xlsx",
        rezipped(good, same, **{"xl/sharedStrings2.xml": b"<a>" + b"0" * 80_000_000 + b"</a>"}),
    )
    yield "bomb-nested", "xlsx", rezipped(good, same, **{"xl/embed.zip": overlapping()})
    yield (
        "many-members",
        "xlsx",
        rezipped(good, same, **{f"xl/m{n}.xml": b"<a/>" for n in range(3_000)}),
    )
    yield "path-outside", "xlsx", rezipped(good, same, **{"../../outside.xml": b"<a/>"})
    yield "path-absolute", "xlsx", rezipped(good, same, **{"/etc/outside.xml": b"<a/>"})
    yield "path-drive", "xlsx", rezipped(good, same, **{"C:\\outside.xml": b"<a/>"})
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (98 + n, *[97 + n] * 4) for n in range(15)
    )
    entity = b'<?xml version="1.0"?>' + laughs + b"]>"
    yield "entities-in-sheet", "xlsx", _sheet(lambda body: entity + body)
    yield (
        "entities-in-book",
        "xlsx",
        rezipped(good, lambda name, body: entity + body if name == "xl/workbook.xml" else body),
    )
    yield (
        "entities-far-in",
        "xlsx",
        _sheet(lambda body: b"<!--" + b" " * 9_000 + b"-->" + entity + body),
    )
    yield (
        "entities-utf16",
        "xlsx",
        _sheet(lambda body: (entity.decode() + "<worksheet/>").encode("utf-16")),
    )
    yield (
        "external-entity",
        "xlsx",
        _sheet(lambda body: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + body),
    )
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    yield "far-cell", "xlsx", _sheet(lambda body: body.replace(b"</sheetData>", far))
    farther = b'<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row></sheetData>'
    yield "impossible-cell", "xlsx", _sheet(lambda body: body.replace(b"</sheetData>", farther))
    low = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    deep = b'<row r="999999999"><c r="A999999999"><f>1+1</f><v></v></c></row></sheetData>'
    yield "deep-formula", "xlsx", _sheet(lambda body: body.replace(b"</sheetData>", deep))
    yield "tall-sheet", "xlsx", _sheet(lambda body: body.replace(b"</sheetData>", low))
    wide = b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'
    yield "wide-sheet", "xlsx", _sheet(lambda body: body.replace(b"</sheetData>", wide))
    yield "string-index", "xlsx", _sheet(lambda body: body.replace(b"<v>0</v>", b"<v>999999</v>"))
    yield (
        "bad-number",
        "xlsx",
        _sheet(lambda body: body.replace(b't="s"', b't="n"').replace(b"<v>0", b"<v>x")),
    )
    yield "not-xml", "xlsx", _sheet(lambda body: b"\x00\x01 not xml")
    yield "cut-xml", "xlsx", _sheet(lambda body: body[: len(body) // 2])
    yield "no-sheet", "xlsx", rezipped(good, lambda n, body: None if "sheet1" in n else body)
    yield (
        "no-book",
        "xlsx",
        rezipped(good, lambda n, body: None if n == "xl/workbook.xml" else body),
    )
    yield "no-types", "xlsx", rezipped(good, lambda n, body: None if "Content_Types" in n else body)
    yield "plain-zip", "xlsx", rezipped(good, lambda n, body: None, **{"finds.csv": b"a,b\n1,2\n"})
    yield "word-document", "ods", ods_bytes("", b"application/vnd.oasis.opendocument.text")
    yield (
        "odd-formula",
        "ods",
        ods_bytes(
            _ods_row("a", "b") + '<table:table-row><table:table-cell table:formula="of:=1+1"/>'
            '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
            "</table:table-row>"
        ),
    )
    yield "ods-rows-repeated", "ods", ods_bytes(_ods_row("a") + _ods_row("x", repeat=2_000_000_000))
    yield "ods-cells-repeated", "ods", ods_bytes(_ods_row("a") + _ods_row("x", times=2_000_000_000))
    yield "ods-both-repeated", "ods", ods_bytes(_ods_row("x", repeat=1_048_576, times=16_384))
    yield "ods-no-number", "ods", ods_bytes(_ods_row("a").replace('="1"', '="-7"') + _ods_row("b"))
    yield (
        "ods-entities",
        "ods",
        rezipped(
            ods_bytes(_ods_row("a")), lambda n, body: entity + body if n == "content.xml" else body
        ),
    )
    yield "ods-empty", "ods", ods_bytes("")
    yield "old-magic-only", "xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    flagged = bytearray(good)
    at = flagged.find(b"PK\1\2")
    flagged[at + 8] |= 1
    yield "locked-member", "xlsx", bytes(flagged)
    liar = bytearray(good)
    liar[liar.find(b"PK\1\2") + 24 : liar.find(b"PK\1\2") + 28] = struct.pack("<I", 10)
    yield "size-lies", "xlsx", bytes(liar)
    yield "many-sheets", "xlsx", _many_sheets()


def _many_sheets() -> bytes:
    book = workbook_bytes([["a"], ["1"]])
    sheets = b"".join(
        b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 1) for n in range(9_000)
    )

    def change(name: str, body: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return body
        start, end = body.find(b"<sheets>"), body.find(b"</sheets>")
        place = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        body = body[: start + 8] + sheets + body[end:]
        return body.replace(b"<workbook ", b'<workbook xmlns:r="' + place + b'" ', 1)

    return rezipped(book, change)


def _mangled(folder: Path, random: random.Random) -> Iterator[tuple[str, str, bytes]]:
    """Cut and flipped copies of good files, and bytes without any sense."""
    good = {
        "xlsx": workbook_bytes([["a", "b"], *[[n, f"XK{n}"] for n in range(200)]]),
        "ods": ods_bytes(_ods_row("a", "b") + _ods_row("1", "2") * 50),
        "parquet": _parquet(folder),
        "csv.gz": gzip.compress(GOOD.encode() * 20, mtime=0),
        "csv": GOOD.encode(),
        "jsonl": b"".join(b'{"serial":"XK%d","n":%d}\n' % (n, n) for n in range(200)),
    }
    for ending, data in good.items():
        for share in (0.05, 0.5, 0.98):
            yield f"cut-{int(share * 100)}", ending, data[: int(len(data) * share)]
        for number in range(8):
            flipped = bytearray(data)
            for _ in range(max(1, len(data) // 400)):
                flipped[random.randrange(len(data))] ^= 1 << random.randrange(8)
            yield f"flipped-{number}", ending, bytes(flipped)
    tail = good["parquet"]
    yield "parquet-head-only", "parquet", b"PAR1" + b"\x00" * 200
    yield "parquet-long-footer", "parquet", tail[:-8] + b"\xff\xff\xff\x7fPAR1"
    for ending in ENDINGS:
        yield "random", ending, random.randbytes(random.randrange(1, 5_000))
    for name, magic in (("zip", b"PK\3\4"), ("gz", b"\x1f\x8b\x08"), ("ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
                        ("parquet", b"PAR1"), ("mark", b"\xef\xbb\xbf")):  # fmt: skip
        yield f"random-behind-{name}", "csv", magic + random.randbytes(3_000)


def broken_files(folder: Path, seed: int = 20_160_201) -> list[tuple[Path, str]]:
    """Write them all into ``folder``: (path, what is wrong)."""
    made: list[tuple[Path, str]] = []
    rng = random.Random(seed)
    for source in (_text(), _packed(), _workbooks(), _mangled(folder, rng)):
        for kind, ending, data in source:
            path = folder / f"{len(made):03}-{kind}.{ending}"
            path.write_bytes(data)
            made.append((path, kind))
    return made
