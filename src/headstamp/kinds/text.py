"""Text: a line, prose, and the verbatim text of a marking.

A *line* is cleaned (composed Unicode, single spaces). *Verbatim* text is kept
exactly as it was given, since what a marking looks like is evidence (rule 1:
seen, read and judged are three different records).
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, refuse_unstorable, want_text

LINE_LIMIT = 2_000
PROSE_LIMIT = 1_000_000
VERBATIM_LIMIT = 10_000


class LineKind(Kind):
    """One line of text, trimmed, in composed Unicode (NFC), at most 2,000 characters."""

    name, title, widget = "line", "a line of text", "line"
    schema = {"type": "string", "maxLength": LINE_LIMIT}
    example = "crate with a rope handle"

    def clean(self, value: Any) -> str:
        text = value if type(value) is str else want_text(value, "a line")
        if not text.isascii():
            text = unicodedata.normalize("NFC", refuse_unstorable(text))
        elif "\x00" in text:
            refuse_unstorable(text)
        # Runs of blanks are rare; the plain test spares the split for all others.
        if "  " in text or not text.isprintable() or text[:1] == " " or text[-1:] == " ":
            text = " ".join(text.split())
        if not text:
            raise Unfit("the text is empty", "Leave the field out instead.")
        if len(text) > LINE_LIMIT:
            raise Unfit(f"a line holds at most {LINE_LIMIT} characters", "Use the remark for more.")
        return text


class ProseKind(Kind):
    """Several lines of text; line ends become ``\\n``, nothing else is changed."""

    name, title, widget = "prose", "prose", "prose"
    schema = {"type": "string", "maxLength": PROSE_LIMIT}
    example = "Found behind the workshop.\nSeen by two of us."

    def clean(self, value: Any) -> str:
        text = refuse_unstorable(want_text(value, "prose"))
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        if not text.strip():
            raise Unfit("the text is empty", "Leave the field out instead.")
        if len(text) > PROSE_LIMIT:
            raise Unfit(
                f"prose holds at most {PROSE_LIMIT} characters", "Attach a document instead."
            )
        return text


class VerbatimKind(Kind):
    """Text exactly as seen, unread characters written ``?``; not one character is changed."""

    name, title, widget = "verbatim", "verbatim text", "verbatim"
    schema = {"type": "string", "maxLength": VERBATIM_LIMIT}
    example = "AB 12?456"

    def clean(self, value: Any) -> str:
        text = refuse_unstorable(want_text(value, "verbatim text"))
        if not text:
            raise Unfit(
                "the text is empty", "Say by the marking's state why there is nothing to read."
            )
        if len(text) > VERBATIM_LIMIT:
            raise Unfit(
                f"a marking holds at most {VERBATIM_LIMIT} characters", "Attach a document."
            )
        return text


LINE, PROSE, VERBATIM = LineKind(), ProseKind(), VerbatimKind()

Line = Annotated[str, LINE]
Prose = Annotated[str, PROSE]
Verbatim = Annotated[str, VERBATIM]
