"""Values of several parts, such as a place or a quantity.

A struct's parts are kinds themselves. In tables, import columns and forms it
is spread out: ``place`` becomes ``place_latitude``, ``place_country`` and so on.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Struct(BaseModel):
    """Base of all values with several parts: frozen, and no unknown part is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def show(self) -> str:
        """The value as a reader sees it."""
        return ", ".join(
            str(value) for value in self.__dict__.values() if value not in (None, ())
        )
