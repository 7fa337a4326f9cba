"""The pages of a PDF document as pictures, drawn when first asked for and kept beside the case.

They are derived: the folder ``derived/pages`` may be deleted at any time. Who may not see the
document, or its file, gets no page of it either. In an encrypted case they are kept encrypted,
and the path is one in memory.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from headstamp.errors import Missing, Unavailable
from headstamp.intake.limits import LIMITS
from headstamp.intake.pdf import MIME, PdfFacts, page_picture, read_pdf
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown

SMALL, SIDE, LARGE = 400, 1_600, 3_508
"""Pixels of a page's longer side: to choose by, to read beside something, 300 dots an inch of A4."""
FOLDER = "derived/pages"


def is_paged(document: Shown) -> bool:
    """Whether a document says that its file is held and is a PDF."""
    name = str(document.get("original_name") or "").lower()
    return bool(document.get("digest")) and (
        document.get("mime") == MIME or (not document.get("mime") and name.endswith(".pdf")))


def pages_of(case: Case, reader: Reader, document: Shown) -> PdfFacts:
    """How many pages a visible document has, and how large they are.

    Raises Missing where this reader may not see its file, Unreadable where it is no PDF that
    can be shown, with the reason.
    """
    digest, original = _original(reader, document)
    return _facts(case, document, digest, original)


def page_of(case: Case, document_id: str, page: int, *, clearance: str, side: int = SIDE) -> Path:
    """The path of a JPEG of one page (from 1), longer side ``side`` pixels.

    Raises Missing where there is no such document, file or page for this clearance,
    Unreadable where the page cannot be shown.
    """
    reader = case.read(clearance)
    document = reader.get(document_id)
    digest, original = _original(reader, document)
    if not 1 <= page <= _facts(case, document, digest, original).pages:
        raise Missing(f"{document.label} has no page {page:,}")

    def made() -> bytes:
        return page_picture(original, page, side, name=_named(document))

    try:
        return case.working.cached(FOLDER, f"{digest[:2]}/{digest}-{page}-{side}.jpg", made)
    except OSError as error:
        raise _not_kept(case, error) from error


def _facts(case: Case, document: Shown, digest: str, original: Path) -> PdfFacts:
    name = f"{digest[:2]}/{digest}-{LIMITS.pdf_pages}.json"
    try:
        kept = _told(case.working.read(FOLDER, name))
        if kept is None:
            kept = read_pdf(original, name=_named(document))
            case.working.write(FOLDER, name, orjson.dumps(kept.as_dict()), durable=False)
    except OSError as error:
        raise _not_kept(case, error) from error
    return kept


def _told(kept: bytes | None) -> PdfFacts | None:
    try:
        return None if kept is None else PdfFacts.told(orjson.loads(kept))
    except ValueError:
        return None  # cut off or damaged: it is made again


def _original(reader: Reader, document: Shown) -> tuple[str, Path]:
    digest = str(document.get("digest") or "")
    if document.kind != "document" or not digest:
        raise Missing(f"no file of {document.id} is held here")
    original, _ = reader.original(digest)
    return digest, original


def _named(document: Shown) -> str:
    return str(document.get("original_name") or document.label)


def _not_kept(case: Case, error: OSError) -> Unavailable:
    return Unavailable(f"pages cannot be kept in {case.folder / FOLDER}: {error.strerror}")
