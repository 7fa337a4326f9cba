"""A calendar file (iCalendar, RFC 5545) of days on which something is due.

Written by hand: of the standard only all-day events are needed, and a library would bring
more code than this. What must be kept: lines end with CRLF and are folded at 75 octets
without parting a character (3.1), text is escaped (3.3.11), each event has its own lasting
UID and a DTSTAMP in UTC (3.6.1), so that a calendar that is read again moves no event twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//headstamp//trace desk//EN"
_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a day: ``uid`` lasting and its own, the rest as text for people."""

    uid: str
    on: date
    summary: str
    description: str = ""
    link: str = ""


def calendar(title: str, events: Iterable[Event], stamp: datetime) -> bytes:
    """The file, in UTF-8. ``stamp`` is the moment it is made."""
    moment = stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(title)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(event.uid)}", f"DTSTAMP:{moment}",
            f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(event.summary)}",
            *([f"DESCRIPTION:{escaped(event.description)}"] if event.description else ()),
            *([f"URL:{event.link}"] if event.link else ()),
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """A text as a value: backslash, semicolon, comma and line ends are escaped.

    >>> escaped("a,b;c")
    'a\\\\,b\\\\;c'
    """
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = "\\n".join(text.splitlines())
    return "".join(char for char in text if char >= " " and char != "\x7f")


def folded(line: str) -> Iterator[bytes]:
    """A line in pieces of at most 75 octets, each ended by CRLF; the later ones begin with a space."""
    piece, room = bytearray(), _OCTETS
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(piece) + len(octets) > room:
            yield bytes(piece) + b"\r\n"
            piece = bytearray(b" ")
        piece += octets
    yield bytes(piece) + b"\r\n"
