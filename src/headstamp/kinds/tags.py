"""Language and script of a text, by BCP 47 tag and ISO 15924 code."""

from __future__ import annotations

import re
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, want_text


class PatternKind(Kind):
    """A short code of a fixed form."""

    def __init__(self, name: str, title: str, pattern: str, example: str, advice: str) -> None:
        self.name, self.title, self.example, self.advice = name, title, example, advice
        self.schema = {"type": "string", "pattern": f"^{pattern}$"}
        self._pattern = re.compile(pattern)

    def clean(self, value: Any) -> str:
        text = want_text(value, self.title).strip()
        if not self._pattern.fullmatch(text):
            raise Unfit(f"not {self.title}", self.advice)
        return text


LANGUAGE = PatternKind(
    "language", "a language tag (BCP 47)", "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "ar",
    "Write a tag such as ar, ru, zh-Hans.",
)
SCRIPT = PatternKind(
    "script", "a script code (ISO 15924)", "[A-Z][a-z]{3}", "Cyrl",
    "Write a four-letter code such as Latn, Cyrl, Arab, Hans.",
)

Language = Annotated[str, LANGUAGE]
Script = Annotated[str, SCRIPT]
