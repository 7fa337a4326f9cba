"""What a file is, by its first bytes.

Names lie: half the workbooks sent around are text with an .xls ending. The
first bytes do not. A file that is plainly something else is refused with its
true name, so that the sender can be asked for the right thing.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import orjson

from headstamp.errors import Invalid, Problem, Unreadable
from headstamp.intake.archive import GZIP_MAGIC, CutShort, Stream
from headstamp.intake.delimited import Delimited
from headstamp.intake.encoding import SAMPLE_BYTES, Encoding, detect, known
from headstamp.intake.jsonlines import JsonArray, JsonLines
from headstamp.intake.limits import Limits
from headstamp.intake.process import ProcessSource
from headstamp.intake.source import Source

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = (b"PAR1", b"PARE")
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a picture or a sound"),
    (b"{\\rtf", "an RTF document"),
    (b"BZh", "a bz2 archive; unpack it first"),
    (b"\xfd7zXZ\x00", "an xz archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)
_MARKUP = tuple(
    b"<" + word
    for word in (b"!doctype", b"!entity", b"html", b"?xml", b"svg", b"kml", b"gpx", b"head", b"body",
                 b"script", b"?php", b"iframe", b"img ", b"meta ")
)  # fmt: skip
_CONTROL = bytes(set(range(32)) - set(b"\x00\t\n\x0b\x0c\r\x1a\x1b")) + b"\x7f"


def open_source(
    path: Path,
    limits: Limits,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """The format that can read ``path``. Raises Unreadable where none can."""
    with Stream(path, limits) as stream:
        try:
            sample, whole = _sample(stream)
        except CutShort as error:
            raise Unreadable(error.message, error.problems) from error
        packed = stream.packed
    if not sample.strip(b"\x00 \t\r\n"):
        raise Unreadable(f"{path.name} is empty: there is nothing in it to read.")
    binary = sample.startswith((*_ZIP, _OLE, *_PARQUET))
    if packed and (binary or sample.startswith(GZIP_MAGIC)):
        raise Unreadable(f"{path.name} is a packed archive of something packed; unpack it first.")
    if binary:
        task = "parquet" if sample.startswith(_PARQUET) else "workbook"
        return ProcessSource(task, path, limits, sheet=sheet)
    _refuse_others(path, sample)
    return _text_source(path, limits, sample, whole, encoding, delimiter)


def _sample(stream: Stream) -> tuple[bytes, bool]:
    """(the first bytes, unpacked; whether they are all)."""
    blocks: list[bytes] = []
    size = 0
    while size <= SAMPLE_BYTES:
        try:
            block = stream.read(SAMPLE_BYTES)
        except CutShort:
            if not size:
                raise
            return b"".join(blocks), False  # the rows before the break are still good
        if not block:
            return b"".join(blocks), True
        blocks.append(block)
        size += len(block)
    return b"".join(blocks), False


def _refuse_others(path: Path, sample: bytes) -> None:
    for magic, name in _OTHERS:
        if sample.startswith(magic):
            raise Unreadable(f"{path.name} is not a table but {name}.")
    head = sample[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(_MARKUP):
        raise Unreadable(
            f"{path.name} is a web page or XML, not a table; "
            "open it in a spreadsheet program and save it as XLSX or CSV."
        )


def _text_source(
    path: Path,
    limits: Limits,
    sample: bytes,
    whole: bool,
    encoding: str | None,
    delimiter: str | None,
) -> Source:
    if encoding is not None:
        try:
            found = Encoding(known(encoding), True)
        except LookupError as error:
            message = f"There is no encoding {encoding!r}."
            raise Invalid(message, [Problem("unknown encoding", value=encoding)]) from error
        if found.name == "utf-8" and sample.startswith(codecs.BOM_UTF8):
            found = Encoding("utf-8-sig", True)
    else:
        found = detect(sample, whole, lambda: _further(path, limits))
    wide = found.name.startswith(("utf-16", "utf-32"))
    if not wide and encoding is None:  # a person who names the encoding knows that it is text
        _refuse_binary(path, sample)
    text = codecs.getincrementaldecoder(found.name)(errors="replace").decode(sample, final=whole)
    shape = _json_shape(path, text) if delimiter is None else None
    source: Source
    if shape is not None:
        source = shape(path, limits, encoding=found.name)
    else:
        source = Delimited(
            path, limits, encoding=found.name, sample=text, whole=whole, delimiter=delimiter
        )
    source.notes[:0] = found.notes
    return source


def _json_shape(path: Path, text: str) -> type[JsonLines] | type[JsonArray] | None:
    """Whether ``text`` begins JSON lines or a list of objects; None where it is no JSON."""
    text = text.lstrip("\ufeff \t\r\n")
    if re.match(r"\[\s*[\[{\]]", text):
        return JsonArray
    if not re.match(r'\{\s*["}]', text):
        return None
    for line in text.split("\n", 50)[:50]:
        try:
            if isinstance(orjson.loads(line), dict):
                return JsonLines
        except ValueError:
            continue  # a broken line among good ones is told when the rows are read
    raise Unreadable(
        f"{path.name} is JSON but no table: neither one object a line nor a list of objects. "
        "Save the list inside it as a file of its own."
    )


def _refuse_binary(path: Path, sample: bytes) -> None:
    """Bytes that no text has in such numbers: this is no text in any encoding."""
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if (control > 8 and control * 50 > len(sample)) or sample.count(0) * 2 > len(sample):
        raise Unreadable(f"{path.name} is neither text nor any kind of table this program knows.")


def _further(path: Path, limits: Limits) -> bytes | None:
    """The first stretch of a file that is not plain ASCII, or None."""
    with Stream(path, limits) as stream:
        try:
            while block := stream.read(SAMPLE_BYTES):
                if not block.isascii():
                    return block
        except CutShort:
            return None  # told when the rows are read
    return None
