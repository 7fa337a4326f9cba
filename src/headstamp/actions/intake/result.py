"""What an import tells: while it runs, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Told = Callable[[int, float, float], None]
"""Called after each batch: rows done, share of the file done (0 to 1), rows a second."""


@dataclass
class ImportResult:
    """What became of a file's rows; ``read`` is always the sum of the other three.

    ``accepted`` rows led to a new or changed record, ``unchanged`` ones to none,
    ``refused`` ones are in the file ``problems``.
    """

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: Path | None = None
    warnings: list[str] = field(default_factory=list)
    document_id: str = ""
    mapping_name: str = ""
    matches: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The result as ``headstamp import --json`` prints it."""
        return {
            "read": self.read, "accepted": self.accepted, "unchanged": self.unchanged,
            "refused": self.refused, "problems": str(self.problems) if self.problems else None,
            "warnings": list(self.warnings),
        }
