"""Looking for words that must not be readable anywhere: in raw bytes, and in what is packed in them.

A canary is a word that occurs nowhere else. It is looked for as UTF-8, UTF-16 (both ways),
base64 at each of its three positions, hexadecimal, in the codes of the markings' index, and (a word
with accents beside it) decomposed; and in every zlib, gzip and raw deflate stream that
can be found in the bytes; in zip members by way of the last.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from headstamp.markings import alphabet

_MOST, _STEP = 64 << 20, 4096
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")


ACCENTED = "Žůňxéêřýł"
"""A word beside them whose letters can be written composed or decomposed."""

COMMON = "QJXKWZVPTQ"
"""Every canary begins so: one search finds them all, also where only a part is left."""


def canary(number: int) -> str:
    """A word of 16 characters that stands for something nobody may read.

    >>> canary(7)
    'QJXKWZVPTQ000007'
    """
    return f"{COMMON}{number:06d}"


def forms(word: str = COMMON) -> dict[bytes, str]:
    """The bytes in which a word would be readable, each with the name of its form."""
    plain = word.encode()
    found = {plain: "UTF-8", plain.lower(): "UTF-8, small",
             word.encode("utf-16-le"): "UTF-16", word.encode("utf-16-be"): "UTF-16 BE"}
    for before in range(3):
        # The characters at both ends depend on what stands beside the word.
        packed = b64encode(b"\0" * before + plain)
        first = (before * 8 + 5) // 6
        found[packed[first : (before + len(plain)) * 8 // 6]] = "base64"
    for text in (plain.hex(), plain.hex().upper()):
        found[text.encode()] = "hexadecimal"
    found[bytes(alphabet.encode(word))] = "marking index"
    for form in ("NFC", "NFD"):
        accented = unicodedata.normalize(form, ACCENTED)
        found |= {accented.encode(): form, accented.encode("utf-16-le"): f"{form}, UTF-16"}
    return found


_FORMS = forms()


def readable(data: bytes | memoryview, deep: bool = True) -> set[str]:
    """The forms in which canaries are readable in these bytes."""
    plain = bytes(data)
    found = {form for word, form in _FORMS.items() if word in plain}
    if plain.startswith(b"PAR1"):
        found.add("Parquet")  # packed in a way that is not unpacked here; none of it belongs on a disk
    if deep:
        for inner in _unpacked(plain):
            found |= {f"zlib, {form}" for form in readable(inner, False)}
    return found


def in_files(*folders: Path) -> dict[str, set[str]]:
    """By file, the forms in which canaries are readable in any file of these folders, or its name."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for here, folders_here, names in os.walk(folder):
            for name in (*folders_here, *names):
                path = Path(here) / name
                told = readable(os.fsencode(name), False)
                if path.is_file() and not path.is_symlink():
                    try:
                        told |= readable(path.read_bytes())
                    except FileNotFoundError:
                        continue  # it was there a moment ago
                if told:
                    found[str(path)] = told
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    view = memoryview(data)
    for hit in _ZLIB.finditer(data):
        at, wanted = hit.start(), zlib.MAX_WBITS
        if hit[0].startswith(b"PK"):
            at += 30 + int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(
                data[at + 28 : at + 30], "little")
            wanted = -zlib.MAX_WBITS
        elif hit[0].startswith(b"\x1f"):
            wanted |= 16
        unpacking = zlib.decompressobj(wanted)
        out = b""
        try:
            # What is no stream breaks off at once: then the rest is not looked at.
            while at < len(data) and not unpacking.eof and len(out) < _MOST:
                out += unpacking.decompress(view[at : at + _STEP], _MOST)
                at += _STEP
        except zlib.error:
            pass
        if out:
            yield out
