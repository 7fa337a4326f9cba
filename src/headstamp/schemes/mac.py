"""Hardware address of a network interface (MAC, EUI-48).

Six pairs of hexadecimal digits. The first three name the holder of the block, who is not
always the maker of the device. An address with the "local" bit set was made up by software.

>>> read("d0:50:99:84:a2:a0").canonical
'D0:50:99:84:A2:A0'
>>> read("d050.9984.a2a0").part("block holder") != ""
True
"""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum import mac
from stdnum.exceptions import ValidationError

from headstamp.schemes.reading import SchemeReading, digits_only, labelled

NAME = "mac"
TITLE = "Network hardware address (MAC)"
SOURCE = "IEEE 802; block holders from the IEEE registry as carried by python-stdnum (stdnum.mac)"
EXAMPLE = "d0:50:99:84:a2:a0"

_PAIRS = re.compile(r"[0-9A-F]{2}([:-])(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}")
_DOTTED = re.compile(r"(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}")


@lru_cache(maxsize=4096)
def _holder(address: str) -> str:
    try:
        return str(mac.get_manufacturer(address))
    except ValidationError:
        return ""


def read(text: str) -> SchemeReading | None:
    """Read pairs parted by colons or hyphens, three dotted groups, or twelve bare digits."""
    body, named = labelled(text, "MAC ADDRESS", "MAC ID", "WIFI MAC", "WLAN MAC", "MAC")
    grouped = bool(_PAIRS.fullmatch(body) or _DOTTED.fullmatch(body))
    bare = bool(re.fullmatch(r"[0-9A-F]{12}", body))
    if not grouped and not (bare and (named or not digits_only(body))):
        return None
    plain = re.sub(r"[:.-]", "", body)
    address = ":".join(plain[i : i + 2] for i in range(0, 12, 2))
    first = int(plain[:2], 16)
    holder = _holder(address.lower())
    if not grouped and not named and not holder:
        return None
    local = bool(first & 2)
    parts = [
        ("block", address[:8]),
        ("block holder", holder or "not in the registry we carry"),
        ("kind", "made up locally" if local else "assigned by the registry"),
        ("device", address[9:]),
    ]
    told = f"Network interface; the block of addresses belongs to {holder or 'a holder unknown'}."
    if local:
        told = "Network interface; the address was set by software and names no maker."
    doubt = "" if grouped or named else "twelve hexadecimal digits may also be something else"
    return SchemeReading(NAME, text, address, None, tuple(parts), told, doubt, SOURCE)
