"""ASN.1 in its distinguished encoding (X.690), as far as a time stamp needs it: elements and where they lie.

A library checks signatures; this reads what must be known before one is asked: where an
element begins, what it holds, which elements are in it. It believes no length that the
bytes do not carry.
"""

from __future__ import annotations

from dataclasses import dataclass

from headstamp.errors import Unreadable

INTEGER, OCTETS, OBJECT, TEXT, TIME, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x0C, 0x18, 0x30, 0x31
_CONSTRUCTED = 0x20


@dataclass(frozen=True, slots=True)
class Element:
    """One element of ``data``: its tag, where it starts, where its content starts and ends."""

    data: bytes
    tag: int
    start: int
    inner: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes of the content."""
        return self.data[self.inner : self.end]

    @property
    def whole(self) -> bytes:
        """The bytes of the element, tag and length included."""
        return self.data[self.start : self.end]

    def children(self) -> list[Element]:
        """The elements within. Raises Unreadable where it holds none, or not whole ones."""
        if not self.tag & _CONSTRUCTED:
            raise Unreadable("an element that should hold others holds a value")
        found, position = [], self.inner
        while position < self.end:
            found.append(element(self.data, position, self.end))
            position = found[-1].end
        return found

    def of(self, tag: int) -> Element:
        """Itself, where it has this tag. Raises Unreadable where it has another."""
        if self.tag != tag:
            raise Unreadable(f"an element has the tag {self.tag:#04x}, not {tag:#04x}")
        return self

    def number(self) -> int:
        """The whole number that it is."""
        return int.from_bytes(self.of(INTEGER).content, "big", signed=True)


def element(data: bytes, position: int = 0, end: int | None = None) -> Element:
    """The element that starts at ``position``. Raises Unreadable where there is no whole one."""
    end = len(data) if end is None else end
    if position + 2 > end or data[position] & 0x1F == 0x1F:
        raise Unreadable("the bytes end within an element, or it is of a tag unknown here")
    length, inner = data[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or inner + count > end:
            raise Unreadable("the length of an element is written in a way unknown here")
        length, inner = int.from_bytes(data[inner : inner + count], "big"), inner + count
    if inner + length > end:
        raise Unreadable("the bytes end within an element")
    return Element(data, data[position], position, inner, inner + length)


def whole(data: bytes) -> Element:
    """The one element that these bytes are. Raises Unreadable where there are more bytes, or fewer."""
    found = element(data)
    if found.end != len(data):
        raise Unreadable("there are bytes after the end")
    return found


def written(tag: int, *contents: bytes) -> bytes:
    """An element of that tag with these contents, one after the other.

    >>> written(SEQUENCE, number(5)).hex()
    '3003020105'
    """
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def number(value: int) -> bytes:
    """A whole number as an element.

    >>> number(0).hex(), number(128).hex()
    ('020100', '02020080')
    """
    return written(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def identifier(dotted: str) -> bytes:
    """An object identifier as an element.

    >>> identifier("2.16.840.1.101.3.4.2.1").hex()
    '0609608648016503040201'
    """
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = bytearray()
    for part in (40 * first + second, *rest):
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(0x80 | part & 0x7F)
        content += bytes(reversed(digits))
    return written(OBJECT, bytes(content))
