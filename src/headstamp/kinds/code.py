"""A word from a controlled list.

The code is stored; a label or synonym is accepted and turned into its code. A
closed list refuses other words and names the ones it knows; an open list keeps
an unknown word as seen.
"""

from __future__ import annotations

from typing import Any

from headstamp.kinds.kind import Kind, Unfit, want_text
from headstamp.kinds.text import LINE
from headstamp.vocab import Vocabulary, vocabulary

_MEMO_LIMIT = 50_000


class CodeKind(Kind):
    """A code from the vocabulary of that name."""

    widget = "select"

    def __init__(self, vocabulary_name: str) -> None:
        self.name = f"code:{vocabulary_name}"
        self.vocabulary: Vocabulary = vocabulary(vocabulary_name)
        self.title = self.vocabulary.title
        codes = [term.code for term in self.vocabulary]
        if self.vocabulary.open or len(codes) > 400:
            self.schema = {"type": "string", "x-vocabulary": vocabulary_name}
        else:
            self.schema = {"type": "string", "enum": codes, "x-vocabulary": vocabulary_name}
        self.example = codes[0]
        self._memo: dict[str, str] = {code: code for code in codes}

    def clean(self, value: Any) -> str:
        known = self._memo.get(value) if type(value) is str else None
        if known is not None:
            return known
        text = LINE.clean(want_text(value, self.title))
        term = self.vocabulary.find(text)
        if term is not None:
            code = term.code
        elif self.vocabulary.open:
            code = text
        else:
            raise Unfit(
                f"{text[:60]!r} is not a word of the list {self.vocabulary.title!r}",
                "Use one of: " + ", ".join(t.code for t in self.vocabulary.terms[:40]) + ".",
            )
        if len(self._memo) < _MEMO_LIMIT:
            self._memo[text] = code
        return code

    def show(self, value: Any) -> str:
        return self.vocabulary.label(str(value))
