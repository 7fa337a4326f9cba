"""Where a record comes from: the document that says so, and where in it.

The document of an imported record is the file itself, kept untouched; ``row``
is its row after the header and ``part`` the sheet, page or column.
"""

from __future__ import annotations

from typing import Annotated

from headstamp.kinds.identity import RefKind
from headstamp.kinds.number import Count
from headstamp.kinds.struct import Struct
from headstamp.kinds.text import Line

DOCUMENT_REF = RefKind("doc")
DocumentRef = Annotated[str, DOCUMENT_REF]


class Source(Struct):
    """A place in a document."""

    document: DocumentRef
    row: Count | None = None
    part: Line | None = None

    def show(self) -> str:
        where = [f"row {self.row}" if self.row is not None else "", self.part or ""]
        return " ".join([self.document, *(part for part in where if part)])
