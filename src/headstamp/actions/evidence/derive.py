"""Working copies and derivatives: files made from an original, which itself is never touched."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from headstamp.errors import Conflicting, Invalid, Missing, Problem, Unreadable
from headstamp.intake.photo import is_photo, read_photo
from headstamp.records import Document, Photograph
from headstamp.records.descent import DERIVATIVE, WORKING
from headstamp.store.case import Case
from headstamp.store.shown import Shown

# What a derivative has from its parent: what it shows, and how secret it is.
_INHERITED = {
    "photograph": ("items", "site", "view", "taken_on", "place", "direction", "camera"),
    "document": ("document_kind", "number", "issuer", "issuer_name", "issued_on", "parties", "items",
                 "found_at", "languages", "credit", "licence", "caution"),
}


@dataclass(frozen=True, slots=True)
class Derived:
    """The new record, its parent, both digests, and whether it is a working copy, byte for byte."""

    id: str
    parent: str
    digest: str
    parent_digest: str
    working: bool


def derive(
    case: Case, parent_id: str, file: Path | None, *, what: str = "", tool: str = "",
    title: str = "", tier: str = "", clearance: str, actor: str, reason: str = "",
) -> Derived:
    """Records a file made from the original of a photograph or document.

    Without ``file`` a working copy is recorded: the same bytes under a record of their own.
    With it, the file is a derivative, and ``what`` says what was done. It has its parent's
    tier where none is given. Raises Missing where parent or file is not there, Invalid where
    the parent holds no file or what was done is not said, Conflicting where the file is in
    the case already.
    """
    reader = case.read(clearance)
    parent = reader.get(parent_id)
    digest = parent.get("digest")
    if parent.kind not in _INHERITED or not digest:
        raise Invalid("nothing can be made from this", [Problem(
            f"{parent_id} holds no original", "Name a photograph or document whose file is held.",
            "parent", parent_id)])
    path = reader.original(digest)[0] if file is None else file
    made_of = _digest(path)
    working = made_of == digest
    if not working:
        for kind in ("photograph", "document"):
            there = reader.list(kind, {"digest": made_of}, limit=1).rows
            if there:
                raise Conflicting(f"this file is in the case already, as {there[0].id}")
    values = {
        **{name: parent.get(name) for name in _INHERITED[parent.kind] if parent.get(name)},
        "tier": tier or parent.get("tier", "partner"), "parent": parent.id, "digest": made_of,
        "generation": WORKING if working else DERIVATIVE,
        "what_was_done": what or ("copied byte for byte" if working else None), "tool": tool or None,
    }
    picture = parent.kind == "photograph" or (file is not None and is_photo(file))
    record = _photograph(values, path, file, title, parent) if picture else (
        _document(values, path, file, title, parent))
    with case.change(actor=actor, reason=reason or "a file made from another") as change:
        kept = change.file(path)
        # The bytes may have changed between the look and the keeping.
        if kept.digest != made_of:
            raise Conflicting(f"{path} changed while it was read")
        change.put(record, expected=0)
    return Derived(record.id, parent.id, made_of, digest, working)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        raise Missing(f"there is no file {path}") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error


def _name(file: Path | None, parent: Shown) -> str | None:
    name = file.name if file is not None else parent.get("original_name")
    return str(name) if name else None


def _photograph(
    values: Mapping[str, Any], path: Path, file: Path | None, title: str, parent: Shown
) -> Photograph:
    facts = read_photo(path) if is_photo(path) else None
    if facts is None:
        raise Unreadable(f"{path} is no picture that can be read; a derivative of a photograph is one")
    on_document = {"items": [parent.id]} if parent.kind == "document" else {}
    allowed = {k: v for k, v in values.items() if k in Photograph.model_fields}
    return Photograph.build({k: v for k, v in {
        **allowed, **on_document, "mime": facts.mime, "size": facts.size, "width": facts.width or None,
        "height": facts.height or None, "original_name": _name(file, parent),
        "caption": title or parent.get("caption"),
    }.items() if v is not None})


def _document(
    values: Mapping[str, Any], path: Path, file: Path | None, title: str, parent: Shown
) -> Document:
    guessed = mimetypes.guess_type(path.name)[0] if file is not None else parent.get("mime")
    return Document.build({k: v for k, v in {
        **values, "mime": guessed, "size": path.stat().st_size, "original_name": _name(file, parent),
        "title": title or f"{parent.label} ({'working copy' if values['generation'] == WORKING else 'derivative'})",
    }.items() if v is not None})
