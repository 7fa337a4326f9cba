"""Which characters a text file's bytes stand for: certain where it says so, else a guess with its doubt.

Order of trust: a byte order mark; the pattern of zero bytes that UTF-16
leaves; bytes that are right UTF-8 (text in another encoding almost never is,
by chance); and only then a guess among the older encodings that lists of
finds really come in, by charset-normalizer on the lines that hold such bytes.
The guess never depends on the machine or on earlier files.

Bytes that the encoding cannot stand for become lone surrogates (as Python's
own ``surrogateescape`` does, but for every encoding), so that the one row
holding them can be refused and the reading goes on.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

SAMPLE_BYTES = 1 << 20
"""How much of a file's beginning is looked at for the delimiter and the first guess."""

ESCAPE = "headstamp.undecodable"
"""Error handler: each undecodable byte b becomes U+DC00 + b."""

CANDIDATES = (
    "cp1252",
    "latin_1",
    "cp1251",
    "cp1256",
    "koi8_r",
    "cp866",
    "cp437",
    "gb18030",
    "big5",
    "shift_jis",
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end] or b"\x00"
    return "".join(chr(0xDC00 + byte) for byte in bad), max(error.end, error.start + 1)


codecs.register_error(ESCAPE, _escape)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What was found: a Python codec name and, where it is a guess, why and how sure."""

    name: str
    certain: bool
    notes: tuple[str, ...] = field(default=())


def undecodable(text: str) -> bool:
    """Whether ``text`` holds characters no file may hold (lone surrogates)."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def visible(text: str) -> str:
    r"""``text`` for a message: lone surrogates and NUL written out.

    >>> visible("a\x00b\udce9")
    'a\\x00b\\xe9'
    """

    def told(match: re.Match[str]) -> str:
        code = ord(match.group())
        return f"\\x{code - 0xDC00:02x}" if 0xDC00 <= code < 0xDD00 else f"\\u{code:04x}"

    return _SURROGATE.sub(told, text).replace("\x00", "\\x00")


def known(name: str) -> str:
    """The codec name Python knows ``name`` by; raises LookupError where it is no text encoding."""
    found = codecs.lookup(name)
    if not getattr(found, "_is_text_encoding", True):
        raise LookupError(f"{name} is not an encoding of text")
    return found.name


def _utf16_without_mark(sample: bytes) -> str | None:
    """Zero bytes on one side only: text in UTF-16, else None."""
    zeros = sample.count(0)
    if len(sample) < 4 or zeros * 50 < len(sample):
        return None
    even = len(sample) & ~1
    low, high = sample[:even:2].count(0), sample[1:even:2].count(0)
    if min(low, high) * 20 > max(low, high):
        return None
    name = "utf-16-be" if low > high else "utf-16-le"
    text = sample[:even].decode(name, errors="ignore")
    if "\ufffe" in text or "\x00" in text:
        return None
    # Stray NULs in other text pair with their neighbours too, but its line ends stay without one.
    if text.count("\n") * 2 < sample.count(b"\n"):
        return None
    sane = sum(1 for char in text if char in ",;|\t\r\n " or char.isalnum())
    return name if sane * 2 >= len(text) else None


def _faults(sample: bytes) -> tuple[int, int]:
    """(well-formed characters beyond ASCII, faults) of ``sample`` read as UTF-8."""
    text = sample.decode("utf-8", errors=ESCAPE)
    beyond = len(text) - len(text.encode("ascii", errors="ignore"))
    faults = len(_SURROGATE.findall(text))
    return beyond - faults, faults


def _cut_tail(sample: bytes) -> bytes:
    """``sample`` without a character that the end of the sample may have cut."""
    for back in range(1, 4):
        if len(sample) >= back and sample[-back] >= 0xC0:
            return sample[:-back]
    return sample


def _telling_lines(sample: bytes, most: int = 65_536) -> bytes:
    """The lines of ``sample`` that hold bytes beyond ASCII: the only ones that can tell."""
    lines, size = [], 0
    for line in sample.splitlines():
        if not line.isascii():
            lines.append(line)
            size += len(line) + 1
            if size > most:
                break
    return b"\n".join(lines)


def _guess(sample: bytes) -> Encoding:
    """An older encoding for ``sample``, which is not UTF-8, with the doubt in its notes."""
    telling = _telling_lines(sample)
    matches = from_bytes(telling, cp_isolation=list(CANDIDATES), enable_fallback=False)
    best = matches.best()
    if best is None:
        return Encoding(
            "cp1252",
            False,
            (
                "encoding not known and none of the usual ones fits; read as cp1252, give it by name",
            ),
        )
    others = [m.encoding for m in matches if m.encoding != best.encoding][:3]
    also = f"; {', '.join(others)} would fit too" if others else ""
    return Encoding(
        best.encoding,
        False,
        (
            f"encoding guessed: {best.encoding} (the file does not say){also}; "
            "look at names with accents, and give the encoding by name if they are wrong",
        ),
    )


def detect(sample: bytes, whole: bool, more: Callable[[], bytes | None] = lambda: None) -> Encoding:
    """The encoding of a file that begins with ``sample``.

    ``whole`` says that the sample is all there is. ``more`` is asked only when the
    sample is pure ASCII and gives the first lines further on that are not (or None):
    a list of 100,000 rows may have its first accent in the last one.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, True)
    wide = _utf16_without_mark(sample)
    if wide is not None:
        return Encoding(wide, False, (f"encoding taken for {wide} by its zero bytes, no mark",))
    if sample.isascii():
        further = None if whole else more()
        if further is None:
            return Encoding("utf-8", True)
        sample, whole = further, False
    right, faults = _faults(sample if whole else _cut_tail(sample))
    if faults == 0:
        return Encoding("utf-8", True)
    if right > 4 * faults:
        return Encoding(
            "utf-8", False, (f"taken for UTF-8 although it has bytes that are not ({faults} seen)",)
        )
    return _guess(sample)
