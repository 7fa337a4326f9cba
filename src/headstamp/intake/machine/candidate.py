"""One reader's answer for one line of text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one reader in one language makes of a line.

    ``language`` is ``rapid`` or tesseract's name of one; ``sure`` (0 to 1) what the
    reader says of itself, over all characters, ``letters`` of the worst word that
    holds a letter (``sure`` where none does). Readers are sure of much that is wrong:
    the numbers are compared with each other and never shown as they are.
    """

    text: str
    sure: float
    letters: float
    language: str
    reader: str
