"""The chain of an item: its claims put together to steps in time."""

from __future__ import annotations

from headstamp.tracing.step import Chain, Contradiction, Gap, Step

__all__ = ["Chain", "Contradiction", "Gap", "Step"]
