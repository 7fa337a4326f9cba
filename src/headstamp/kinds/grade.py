"""How good a source is: the Admiralty code, reliability A-F and credibility 1-6.

The two are judged separately: a usually reliable source may pass on something
improbable (``B5``). Source: STANAG 2511 / Admiralty code.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from headstamp.kinds.kind import Kind, Unfit, want_text

RELIABILITY = {
    "A": "completely reliable", "B": "usually reliable", "C": "fairly reliable",
    "D": "not usually reliable", "E": "unreliable", "F": "reliability cannot be judged",
}
CREDIBILITY = {
    "1": "confirmed by other sources", "2": "probably true", "3": "possibly true",
    "4": "doubtful", "5": "improbable", "6": "truth cannot be judged",
}


class GradeKind(Kind):
    """An Admiralty grade such as ``B2``."""

    name, title, widget = "grade", "a source grade (Admiralty)", "grade"
    schema = {"type": "string", "pattern": "^[A-F][1-6]$"}
    example = "B2"

    def clean(self, value: Any) -> str:
        text = want_text(value, "a grade").strip().upper()
        if not re.fullmatch("[A-F][1-6]", text):
            raise Unfit(
                "not an Admiralty grade",
                "Give a letter A-F for the source and a digit 1-6 for what it says: B2.",
            )
        return text

    def show(self, value: Any) -> str:
        return f"{value}: {RELIABILITY[value[0]]}, {CREDIBILITY[value[1]]}"


GRADE = GradeKind()
Grade = Annotated[str, GRADE]
