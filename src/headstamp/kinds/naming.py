"""Names in several scripts, and identifiers in registers, of parties and sites."""

from __future__ import annotations

from headstamp.kinds.struct import Struct
from headstamp.kinds.tags import Language, Script
from headstamp.kinds.text import Line


class Name(Struct):
    """A name as written: its language and script, and what sort of name it is."""

    text: Line
    language: Language | None = None
    script: Script | None = None
    sort: Line | None = None

    def show(self) -> str:
        return self.text


class Identifier(Struct):
    """A number in a register: ``scheme`` (lei, imo, a tax register...) and ``value``."""

    scheme: Line
    value: Line

    def show(self) -> str:
        return f"{self.scheme} {self.value}"
