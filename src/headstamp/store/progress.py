"""Telling how far a long piece of work has come: to whoever asked to be told, or to nobody."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[str, int, int], None]
"""Is told the step, how much of it is done and how much there is in all (0: not known)."""


def silent(step: str, done: int, total: int) -> None:
    """Says nothing to nobody."""
