"""Identities: a record's id, a reference to a record, a file's digest, a web link."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, refuse_unstorable, want_text

_ID = re.compile(r"([a-z]{2,12})-[0-9a-z]{4,40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LINK = re.compile(r"https?://[^\s\x00-\x1f<>\"]{1,2000}")


# Crockford's alphabet, two letters at a time: ids are made for every row of an import.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def _spell(raw: bytes) -> str:
    """Ten bytes as sixteen letters."""
    number = int.from_bytes(raw, "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in (70, 60, 50, 40, 30, 20, 10, 0)])


def new_id(prefix: str) -> str:
    """A fresh id: the type's prefix and 80 random bits in Crockford's alphabet."""
    return f"{prefix}-{_spell(secrets.token_bytes(10))}"


def derived_id(prefix: str, *parts: str) -> str:
    """The id that these parts always give: the same row of the same source is the same record.

    >>> derived_id("item", "list", "7") == derived_id("item", "list", "7")
    True
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return f"{prefix}-{_spell(digest[:10])}"


def is_record_id(text: str) -> bool:
    """Whether a text has the form of a record's id."""
    return _ID.fullmatch(text) is not None


class RecordIdKind(Kind):
    """The id of a record: its type's prefix, a hyphen, letters and digits."""

    name, title, widget = "id", "a record's id", "hidden"
    schema = {"type": "string", "pattern": f"^{_ID.pattern}$"}
    example = "item-7k3m9qxz2a4b6c8d"

    def clean(self, value: Any) -> str:
        if type(value) is str and _ID.fullmatch(value):
            return value
        raise Unfit("not a record's id", f"An id looks like {self.example}.")


class RefKind(RecordIdKind):
    """A reference to a record of one of these types (any type where none is named)."""

    widget = "ref"

    def __init__(self, *prefixes: str) -> None:
        self.prefixes = prefixes
        self.name = "ref:" + ",".join(prefixes or ("any",))
        self.title = "a reference to " + (" or ".join(prefixes) or "any record")
        begin = f"({'|'.join(prefixes)})" if prefixes else "[a-z]{2,12}"
        self.schema = {"type": "string", "pattern": f"^{begin}-[0-9a-z]{{4,40}}$",
                       "x-ref": list(prefixes)}
        self.example = f"{prefixes[0] if prefixes else 'item'}-7k3m9qxz2a4b6c8d"

    def clean(self, value: Any) -> str:
        try:
            text = super().clean(value)
        except Unfit as unfit:
            if "item" not in self.prefixes:
                raise
            raise Unfit(unfit.rule, f"{unfit.advice} In a table the tag will do, where exactly one "
                                    "item has it.") from None
        if self.prefixes and text.partition("-")[0] not in self.prefixes:
            raise Unfit(f"{text} is not {self.title}", "Give the id of the right kind of record.")
        return text


class DigestKind(Kind):
    """A file's SHA-256 as 64 hexadecimal digits."""

    name, title, widget = "digest", "a file's SHA-256", "file"
    schema = {"type": "string", "pattern": f"^{_DIGEST.pattern}$"}
    example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    def clean(self, value: Any) -> str:
        text = want_text(value, "a digest").strip().lower()
        if not _DIGEST.fullmatch(text):
            raise Unfit("not a SHA-256 in hexadecimal", "Give 64 digits 0-9, a-f.")
        return text


class LinkKind(Kind):
    """A web address; kept and shown, never fetched by itself."""

    name, title, widget = "link", "a web address", "link"
    schema = {"type": "string", "format": "uri", "pattern": f"^{_LINK.pattern}$"}
    example = "https://example.org/find/1"

    def clean(self, value: Any) -> str:
        text = refuse_unstorable(want_text(value, "a web address")).strip()
        if not _LINK.fullmatch(text):
            raise Unfit("not a web address", "Give an address that begins with https:// or http://.")
        return text


RECORD_ID, DIGEST, LINK = RecordIdKind(), DigestKind(), LinkKind()

RecordId = Annotated[str, RECORD_ID]
Digest = Annotated[str, DIGEST]
Link = Annotated[str, LINK]
