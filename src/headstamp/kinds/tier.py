"""Who may see a thing: public, partner, restricted, sealed, in rising order."""

from __future__ import annotations

from typing import Annotated

from headstamp.kinds.code import CodeKind

TIERS = ("public", "partner", "restricted", "sealed")
RANK = {tier: rank for rank, tier in enumerate(TIERS)}


class TierKind(CodeKind):
    """One of the four tiers."""

    def __init__(self) -> None:
        super().__init__("tier")
        self.name = "tier"


TIER = TierKind()
Tier = Annotated[str, TIER]
