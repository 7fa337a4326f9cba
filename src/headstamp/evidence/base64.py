"""Base64 with exactly one spelling per sequence of bytes (RFC 4648, sections 3.5 and 4).

Lenient readers ignore the spare bits of the last character and stray characters,
so that a byte of a signed note could change unnoticed. Here it cannot.
"""

from __future__ import annotations

import binascii

from headstamp.errors import Unreadable


def encode(data: bytes) -> str:
    """Padded standard base64 on one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of padded standard base64; ``Unreadable`` for any other spelling."""
    try:
        data = binascii.a2b_base64(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise Unreadable(f"This is not base64: {text[:80]!r}.") from error
    if encode(data) != text:
        raise Unreadable(f"This is not base64 in its one proper spelling: {text[:80]!r}.")
    return data
